//! Wire types, clauses and schemas of the Dispute Documents API.
