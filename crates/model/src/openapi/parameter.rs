//! What a request names: records in its path, a page in its query, a version in a header.

use serde_json::{Map, Value, json};

use super::{ids, reference};
use crate::{
    DEFAULT_LIST_LIMIT, MAX_LIST_LIMIT,
    clause::{self, Clause},
    list::Order,
    version::ApiVersion,
};

/// References to the parameters of a page, and to the version.
pub(super) fn page() -> Vec<Value> {
    references(&["from", "to", "offset", "limit", "order", "version"])
}

pub(super) fn references(names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| reference("parameters", name)).collect()
}

pub(super) fn components(versions: &[ApiVersion]) -> Value {
    let dispute: &[&Clause] = &[
        &clause::upload::DISPUTE_UNKNOWN,
        &clause::upload::DISPUTE_MALFORMED_ID,
        &clause::upload::DISPUTE_FOREIGN,
        &clause::list::DISPUTE_UNKNOWN,
        &clause::list::DISPUTE_FOREIGN,
    ];
    let document: &[&Clause] = &[
        &clause::retrieve::UNKNOWN,
        &clause::retrieve::MALFORMED_ID,
        &clause::retrieve::FOREIGN,
        &clause::retrieve::OTHER_DISPUTE,
        &clause::destroy::UNKNOWN,
        &clause::destroy::FOREIGN,
        &clause::destroy::OTHER_DISPUTE,
    ];
    let mut parameters = Map::new();
    let mut add = |name: &str, parameter: Value| parameters.insert(name.to_owned(), parameter);
    add(
        "dispute",
        path(
            "dispute",
            "The dispute, one of the key's own account.",
            "dspt",
            dispute,
        ),
    );
    add(
        "document",
        path("document", "The document, one of that dispute.", "docu", document),
    );
    add("charge", path("charge", "The charge, in test mode.", "chrg", &[]));
    add(
        "from",
        query(
            "from",
            "The earliest time of creation. The default is 1970-01-01T00:00:00Z.",
            &json!({ "type": "string", "format": "date-time" }),
            &[
                &clause::list::FROM_TO,
                &clause::list::FROM_TO_INCLUSIVE,
                &clause::list::BAD_PARAMETER,
            ],
        ),
    );
    add(
        "to",
        query(
            "to",
            "The latest time of creation. The default is now.",
            &json!({ "type": "string", "format": "date-time" }),
            &[
                &clause::list::FROM_TO,
                &clause::list::FROM_TO_INCLUSIVE,
                &clause::list::BAD_PARAMETER,
            ],
        ),
    );
    add(
        "offset",
        query(
            "offset",
            "How many records to pass over.",
            &json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX, "default": 0 }),
            &[&clause::list::OFFSET, &clause::list::BAD_PARAMETER],
        ),
    );
    add(
        "limit",
        query(
            "limit",
            "How many records a page has at most.",
            &json!({ "type": "integer", "minimum": 1, "maximum": MAX_LIST_LIMIT, "default": DEFAULT_LIST_LIMIT }),
            &[&clause::list::LIMIT, &clause::list::BAD_PARAMETER],
        ),
    );
    let orders = [Order::Chronological, Order::ReverseChronological].map(Order::as_str);
    add(
        "order",
        query(
            "order",
            "Oldest first, or newest first.",
            &json!({ "type": "string", "enum": orders, "default": Order::default().as_str() }),
            &[&clause::list::ORDER, &clause::list::BAD_PARAMETER],
        ),
    );
    add(
        "version",
        json!({
            "name": "Omise-Version",
            "in": "header",
            "description": "The version of the API whose shapes are answered. Without it the account's own is.",
            "schema": version(versions),
            "x-clause": ids(&[
                &clause::http::VERSION_ECHO,
                &clause::http::VERSION_2017_SHAPE,
                &clause::http::VERSION_2014_SHAPE,
            ]),
        }),
    );
    parameters.into()
}

/// The schema of a version, one of these.
pub(super) fn version(versions: &[ApiVersion]) -> Value {
    let names: Vec<_> = versions.iter().map(|version| version.as_str()).collect();
    json!({ "type": "string", "enum": names })
}

fn path(name: &str, description: &str, prefix: &str, clauses: &[&Clause]) -> Value {
    json!({
        "name": name,
        "in": "path",
        "required": true,
        "description": description,
        "schema": { "type": "string", "pattern": format!("^{prefix}(_test)?_[0-9a-z]+$"), "maxLength": 64 },
        "x-clause": ids(clauses),
    })
}

fn query(name: &str, description: &str, schema: &Value, clauses: &[&Clause]) -> Value {
    json!({
        "name": name,
        "in": "query",
        "description": description,
        "schema": schema,
        "x-clause": ids(clauses),
    })
}
