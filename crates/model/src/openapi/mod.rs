//! The contract as an OpenAPI 3.1 document, for tools that make clients, servers and requests of one.
//!
//! It is made from the wire types, the refusals of both profiles and the clauses; `x-clause` names the
//! clauses that a part of the document says something of. What OpenAPI cannot say (that a file is an image, that
//! pages partition a list) stands in descriptions and in the clauses that are named.

mod answer;
mod component;
mod dispute;
mod document;
mod down;
mod parameter;

use serde_json::{Value, json};

use crate::{
    clause::{self, Clause},
    schema::Published,
    version::ApiVersion,
};

/// Where the API is served.
const SERVER: &str = "https://api.omise.co";

/// The documents below `schemas/`: of all versions, for tools of OpenAPI 3.0, and of each version by itself.
pub fn published() -> Vec<Published> {
    let all = openapi(&ApiVersion::ALL);
    vec![
        Published {
            path: "openapi-3.0.json",
            content: down::to_3_0(&all),
        },
        Published {
            path: "openapi.json",
            content: all,
        },
        of_version("2014-07-27/openapi.json", ApiVersion::V2014_07_27),
        of_version("2015-11-17/openapi.json", ApiVersion::V2015_11_17),
        of_version("2017-11-02/openapi.json", ApiVersion::V2017_11_02),
        of_version("2019-05-29/openapi.json", ApiVersion::V2019_05_29),
    ]
}

fn of_version(path: &'static str, version: ApiVersion) -> Published {
    Published {
        path,
        content: openapi(&[version]),
    }
}

/// The OpenAPI document of an API that serves these versions.
///
/// Members stand in the order in which a reader wants them.
pub fn openapi(versions: &[ApiVersion]) -> Value {
    let shapes = component::Shapes::of(versions);
    let mut paths = document::paths(&shapes);
    paths.extend(dispute::paths(&shapes));
    let mut document = json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Dispute Documents API",
            "summary": "Evidence against chargebacks: PNG, JPG and PDF files, attached to disputes.",
            "description": DESCRIPTION,
            "version": ApiVersion::default().as_str(),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
            "x-clause": ids(&[
                &clause::http::HEAD_OF_LINE,
                &clause::http::KEEP_ALIVE,
                &clause::http::BODY_ON_GET,
                &clause::http::UNKNOWN_ROUTE,
            ]),
        },
        "servers": [{ "url": SERVER, "description": "Live and test mode; the key says which." }],
        "security": [{ "secretKey": [] }],
        "tags": [
            { "name": "documents", "description": "The files that are evidence in a dispute." },
            { "name": "disputes", "description": "Chargebacks, and what a merchant answers them with." },
        ],
        "paths": paths,
        "components": component::components(&shapes),
    });
    without_empty(&mut document);
    document
}

/// Takes out the `x-clause` of what no clause speaks of.
fn without_empty(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if members
                .get("x-clause")
                .and_then(Value::as_array)
                .is_some_and(Vec::is_empty)
            {
                members.shift_remove("x-clause");
            }
            members.values_mut().for_each(without_empty);
        }
        Value::Array(items) => items.iter_mut().for_each(without_empty),
        _ => {}
    }
}

const DESCRIPTION: &str = "\
A dispute that is open takes documents; once it is answered or decided they can be read and no longer changed.

Where the provider's own pages contradict its recorded answers, both are described: an example whose name begins with \
`documented` is what the pages say, one that begins with `recorded` is what was seen. A client should bear either.

`x-clause` names the clauses of the contract that a part of this document speaks of; `clauses.json` has their text.";

/// The ids of clauses, for `x-clause`.
fn ids(clauses: &[&Clause]) -> Value {
    clauses.iter().map(|clause| clause.id).collect()
}

/// A reference to a component.
fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}
