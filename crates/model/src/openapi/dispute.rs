//! The operations on disputes that lead to the states in which documents are changed and locked.

use serde_json::{Map, Value, json};

use super::{
    answer::{Refused, by_profile, responses, success},
    component::{Body, Shapes},
    ids, parameter,
};
use crate::{clause, profile::Situation};

pub(super) fn paths(shapes: &Shapes) -> Map<String, Value> {
    let lists = [
        (
            "/disputes",
            "listDisputes",
            "List disputes",
            "Every dispute of the account.",
        ),
        (
            "/disputes/open",
            "listOpenDisputes",
            "List open disputes",
            "The disputes that can still be answered.",
        ),
        (
            "/disputes/pending",
            "listPendingDisputes",
            "List pending disputes",
            "The disputes that were answered and not decided.",
        ),
        (
            "/disputes/closed",
            "listClosedDisputes",
            "List closed disputes",
            "The disputes that were won or lost.",
        ),
    ];
    let mut paths: Map<String, Value> = lists
        .into_iter()
        .map(|(path, id, summary, description)| {
            (
                path.to_owned(),
                json!({ "get": list(shapes, id, summary, description) }),
            )
        })
        .collect();
    let mut add = |path: &str, record: &str, operations: Value| {
        let mut item = json!({ "parameters": parameter::references(&[record]) });
        for (method, operation) in operations.as_object().into_iter().flatten() {
            item[method] = operation.clone();
        }
        paths.insert(path.to_owned(), item);
    };
    add(
        "/disputes/{dispute}",
        "dispute",
        json!({ "get": retrieve(shapes), "patch": update(shapes) }),
    );
    add(
        "/disputes/{dispute}/accept",
        "dispute",
        json!({ "patch": accept(shapes) }),
    );
    add(
        "/disputes/{dispute}/close",
        "dispute",
        json!({ "patch": close(shapes) }),
    );
    add(
        "/charges/{charge}/disputes",
        "charge",
        json!({ "post": open(shapes) }),
    );
    paths
}

fn not_found() -> Refused {
    Refused::not_found("dispute-not-found", "the dispute was not found", &[])
}

fn list(shapes: &Shapes, id: &str, summary: &str, description: &str) -> Value {
    let answered = success(shapes, "A page of disputes.", Body::DisputeList, &[]);
    json!({
        "operationId": id,
        "tags": ["disputes"],
        "summary": summary,
        "description": description,
        "parameters": parameter::page(),
        "responses": responses(&answered, vec![Refused::bad_parameter()]),
    })
}

fn retrieve(shapes: &Shapes) -> Value {
    let answered = success(shapes, "The dispute.", Body::Dispute, &[]);
    operation(
        "retrieveDispute",
        "Retrieve a dispute",
        "A dispute with the first page of its documents.",
        &responses(&answered, vec![not_found()]),
    )
}

fn update(shapes: &Shapes) -> Value {
    let schema = json!({
        "type": "object",
        "properties": {
            "message": {
                "type": ["string", "null"],
                "minLength": 1,
                "description": "The answer to the dispute. It moves the dispute from open to pending and locks its \
                    documents; null moves nothing.",
                "x-clause": ids(&[&clause::upload::DISPUTE_PENDING]),
            },
            "metadata": {
                "type": ["object", "null"],
                "additionalProperties": { "type": "string" },
                "description": "Notes of the merchant's own. They move nothing.",
            },
        },
    });
    let answered = success(shapes, "The dispute as it is now.", Body::Dispute, &[]);
    let mut refused = vec![
        Refused::bad("bad-message", "message must be a text", &[]),
        not_found(),
    ];
    refused.extend(by_profile(Situation::NotOpen, &[]));
    let mut operation = operation(
        "updateDispute",
        "Answer a dispute",
        "Answers a dispute that is open, or notes something on one in any state.",
        &responses(&answered, refused),
    );
    operation["requestBody"] = body(&schema, &json!({ "message": "The parcel was signed for." }));
    operation
}

fn accept(shapes: &Shapes) -> Value {
    let answered = success(shapes, "The dispute, lost.", Body::Dispute, &[]);
    let mut refused = vec![not_found()];
    refused.extend(by_profile(Situation::NotOpen, &[]));
    operation(
        "acceptDispute",
        "Accept a dispute",
        "Gives up a dispute that is open: it is lost.",
        &responses(&answered, refused),
    )
}

fn close(shapes: &Shapes) -> Value {
    let schema = json!({
        "type": "object",
        "required": ["status"],
        "properties": {
            "status": { "type": "string", "enum": ["won", "lost"], "description": "How it is decided." },
        },
    });
    let answered = success(shapes, "The dispute, decided.", Body::Dispute, &[]);
    let mut refused = vec![
        Refused::bad("bad-status", "status must be won or lost", &[]),
        not_found(),
    ];
    refused.extend(by_profile(Situation::NotOpen, &[]));
    let mut operation = operation(
        "closeDispute",
        "Decide a dispute",
        "Decides a dispute that is not decided yet. In test mode only.",
        &responses(&answered, refused),
    );
    operation["requestBody"] = body(&schema, &json!({ "status": "won" }));
    operation["requestBody"]["required"] = true.into();
    operation
}

fn open(shapes: &Shapes) -> Value {
    let mut answered = success(shapes, "A new dispute, open.", Body::Dispute, &[]);
    answered["links"] = links();
    let refused = vec![Refused::not_found(
        "charge-not-found",
        "the charge was not found",
        &[],
    )];
    operation(
        "openDispute",
        "Open a dispute",
        "Disputes a charge, as a cardholder would. In test mode only.",
        &responses(&answered, refused),
    )
}

/// What can be done with a dispute that was just opened.
fn links() -> Value {
    let followed = [
        ("retrieveDispute", "The new dispute can be retrieved."),
        ("updateDispute", "It can be answered."),
        ("acceptDispute", "It can be given up."),
        ("closeDispute", "It can be decided."),
        ("uploadDocument", "It takes documents."),
        ("listDocuments", "Its documents can be listed."),
    ];
    followed
        .into_iter()
        .map(|(operation, description)| {
            let parameters = json!({ "dispute": "$response.body#/id" });
            let link =
                json!({ "operationId": operation, "description": description, "parameters": parameters });
            (operation.to_owned(), link)
        })
        .collect::<Map<_, _>>()
        .into()
}

fn operation(id: &str, summary: &str, description: &str, responses: &Value) -> Value {
    json!({
        "operationId": id,
        "tags": ["disputes"],
        "summary": summary,
        "description": description,
        "parameters": parameter::references(&["version"]),
        "responses": responses,
    })
}

/// A small body, as JSON or as a form.
fn body(schema: &Value, example: &Value) -> Value {
    let content = json!({ "schema": schema, "example": example });
    json!({
        "content": { "application/json": content, "application/x-www-form-urlencoded": content },
    })
}
