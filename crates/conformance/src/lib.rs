//! Replays scenarios against an endpoint and judges the answers clause by clause.
