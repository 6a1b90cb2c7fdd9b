//! The four operations on documents.

use serde_json::{Map, Value, json};

use super::{
    answer::{Refused, by_profile, responses, success},
    component::{Body, Shapes},
    ids, parameter,
};
use crate::{
    MAX_FILE_BYTES,
    clause::{self, Clause},
    kind::Kind,
    profile::Situation,
};

pub(super) fn paths(shapes: &Shapes) -> Map<String, Value> {
    let mut paths = Map::new();
    paths.insert(
        "/disputes/{dispute}/documents".to_owned(),
        json!({
            "parameters": parameter::references(&["dispute"]),
            "get": list(shapes),
            "post": upload(shapes),
        }),
    );
    paths.insert(
        "/disputes/{dispute}/documents/{document}".to_owned(),
        json!({
            "parameters": parameter::references(&["dispute", "document"]),
            "get": retrieve(shapes),
            "delete": destroy(shapes),
        }),
    );
    paths
}

fn upload(shapes: &Shapes) -> Value {
    let mut answered = success(
        shapes,
        "The document, which is attached to the dispute from now on.",
        Body::Document,
        &[
            &clause::upload::ATTACHED,
            &clause::upload::LOCATION,
            &clause::upload::NOT_DELETED,
        ],
    );
    answered["links"] = links();
    let mut refused = vec![
        Refused::bad(
            "file-missing",
            "the form has no part named file",
            &[&clause::upload::FILE_MISSING],
        ),
        Refused::bad("file-empty", "the file is empty", &[&clause::upload::FILE_EMPTY]),
        Refused::bad(
            "file-as-text",
            "the part file must have a filename",
            &[&clause::upload::FILE_AS_TEXT],
        ),
        Refused::bad(
            "bad-kind",
            "kind must be one of cardholder_details, details_of_purchase, proof_of_receipt, proof_of_acceptance",
            &[&clause::upload::BAD_KIND],
        ),
        Refused::bad(
            "not-multipart",
            "the body must be multipart/form-data",
            &[&clause::upload::NOT_MULTIPART],
        ),
        Refused::bad(
            "broken-multipart",
            "the body ends before the last boundary",
            &[&clause::upload::BROKEN_MULTIPART],
        ),
        Refused::not_found(
            "dispute-not-found",
            "the dispute was not found",
            &[
                &clause::upload::DISPUTE_UNKNOWN,
                &clause::upload::DISPUTE_MALFORMED_ID,
                &clause::upload::DISPUTE_FOREIGN,
            ],
        ),
        Refused::too_slow(),
    ];
    refused.extend(by_profile(Situation::BadFormat, &[&clause::upload::BAD_FORMAT]));
    refused.extend(by_profile(
        Situation::TooLarge,
        &[&clause::upload::TOO_LARGE, &clause::upload::TOO_LARGE_NOT_STORED],
    ));
    refused.extend(by_profile(
        Situation::NotOpen,
        &[
            &clause::upload::DISPUTE_PENDING,
            &clause::upload::DISPUTE_WON,
            &clause::upload::DISPUTE_LOST,
        ],
    ));
    refused.extend(by_profile(
        Situation::MaxDocuments,
        &[&clause::upload::MAX_DOCUMENTS],
    ));
    json!({
        "operationId": "uploadDocument",
        "tags": ["documents"],
        "summary": "Upload a document",
        "description": "Attaches a PNG, JPG or PDF file to a dispute that is open. The file is judged by its bytes, \
            whatever its name and its declared type say. Each upload makes a document of its own.",
        "parameters": parameter::references(&["version"]),
        "requestBody": form(),
        "responses": responses(&answered, refused),
        "x-clause": ids(&[
            &clause::upload::PNG,
            &clause::upload::JPG,
            &clause::upload::PDF,
            &clause::upload::DISTINCT_IDS,
            &clause::http::EXPECT_CONTINUE,
            &clause::http::CHUNKED_UPLOAD,
        ]),
    })
}

/// The multipart form (RFC 7578) of an upload.
fn form() -> Value {
    let kinds = Kind::ALL.map(Kind::as_str);
    json!({
        "required": true,
        "description": "A form with a part `file`, which must have a filename, and at most one part `kind`, in \
            either order. Other fields are ignored.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "contentMediaType": "application/octet-stream",
                            "description": format!(
                                "The file: 1 to {MAX_FILE_BYTES} bytes of PNG, JPG or PDF. Every reading of \"10MB\" \
                                 takes 10,000,000."
                            ),
                            "x-clause": ids(&[
                                &clause::upload::SIZE_LIMIT_INCLUSIVE,
                                &clause::upload::SIZE_LIMIT_MIB,
                                &clause::upload::FILENAME_ECHO,
                                &clause::upload::PART_WITHOUT_TYPE,
                            ]),
                        },
                        "kind": {
                            "type": "string",
                            "enum": kinds,
                            "description": "What the document is evidence of.",
                            "x-clause": ids(&[&clause::upload::EACH_KIND, &clause::upload::KIND_OPTIONAL]),
                        },
                    },
                },
                "encoding": {
                    "file": { "contentType": "image/png, image/jpeg, application/pdf, application/octet-stream" },
                    "kind": { "contentType": "text/plain" },
                },
            },
        },
        "x-clause": ids(&[&clause::upload::PART_ORDER, &clause::upload::UNKNOWN_FIELDS]),
    })
}

/// What can be done with a document that was just uploaded.
fn links() -> Value {
    let link = |operation: &str, description: &str, document: bool| {
        let mut parameters = json!({ "dispute": "$request.path.dispute" });
        if document {
            parameters["document"] = "$response.body#/id".into();
        }
        json!({ "operationId": operation, "description": description, "parameters": parameters })
    };
    json!({
        "retrieveDocument": link("retrieveDocument", "The new document can be retrieved at once.", true),
        "destroyDocument": link("destroyDocument", "It can be destroyed while the dispute is open.", true),
        "listDocuments": link("listDocuments", "It is in the list at once.", false),
    })
}

fn list(shapes: &Shapes) -> Value {
    let answered = success(
        shapes,
        "A page of documents.",
        Body::DocumentList,
        &[
            &clause::list::EMPTY,
            &clause::list::EXCLUDES_DELETED,
            &clause::list::ANY_STATUS,
        ],
    );
    let not_found: &[&Clause] = &[&clause::list::DISPUTE_UNKNOWN, &clause::list::DISPUTE_FOREIGN];
    let refused = vec![
        Refused::bad_parameter(),
        Refused::not_found("dispute-not-found", "the dispute was not found", not_found),
    ];
    json!({
        "operationId": "listDocuments",
        "tags": ["documents"],
        "summary": "List documents",
        "description": "The documents of a dispute in any state, page by page. `total` counts those between `from` and \
            `to`, on all pages together.",
        "parameters": parameter::page(),
        "responses": responses(&answered, refused),
        "x-clause": ids(&[&clause::list::SHAPE, &clause::list::ANY_STATUS]),
    })
}

fn retrieve(shapes: &Shapes) -> Value {
    let answered = success(
        shapes,
        "The document as the upload answered it. One that was destroyed may be answered with `deleted` true.",
        Body::Document,
        &[&clause::retrieve::SAME_AS_UPLOAD, &clause::destroy::THEN_RETRIEVE],
    );
    let refused = vec![
        Refused::not_found(
            "dispute-not-found",
            "the dispute was not found",
            &[&clause::retrieve::FOREIGN, &clause::retrieve::MALFORMED_ID],
        ),
        Refused::not_found(
            "document-not-found",
            "the document was not found",
            &[&clause::retrieve::UNKNOWN, &clause::retrieve::OTHER_DISPUTE],
        ),
    ];
    json!({
        "operationId": "retrieveDocument",
        "tags": ["documents"],
        "summary": "Retrieve a document",
        "description": "A document of a dispute in any state.",
        "parameters": parameter::references(&["version"]),
        "responses": responses(&answered, refused),
        "x-clause": ids(&[&clause::retrieve::ANY_STATUS]),
    })
}

fn destroy(shapes: &Shapes) -> Value {
    let answered = success(
        shapes,
        "The document, destroyed.",
        Body::Destroyed,
        &[
            &clause::destroy::ANSWERS_DOCUMENT,
            &clause::destroy::GONE_FROM_LIST,
        ],
    );
    let mut refused = vec![
        Refused::not_found(
            "dispute-not-found",
            "the dispute was not found",
            &[&clause::destroy::FOREIGN],
        ),
        Refused::not_found(
            "document-not-found",
            "the document was not found",
            &[
                &clause::destroy::UNKNOWN,
                &clause::destroy::OTHER_DISPUTE,
                &clause::destroy::TWICE,
            ],
        ),
    ];
    refused.extend(by_profile(Situation::NotOpen, &[&clause::destroy::NOT_OPEN]));
    json!({
        "operationId": "destroyDocument",
        "tags": ["documents"],
        "summary": "Destroy a document",
        "description": "Destroys a document while its dispute is open.",
        "parameters": parameter::references(&["version"]),
        "responses": responses(&answered, refused),
        "x-clause": ids(&[&clause::destroy::GONE_FROM_LIST]),
    })
}
