//! Bodies as a server may write them, and what is put in the place of a member to see who notices.
//!
//! One table for the tests of this crate and for the test vectors that other languages use.

use serde_json::{Value, json};

/// A body with one member changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// The member.
    pub member: String,
    /// What stands there now; `None` where it was taken out.
    pub value: Option<Value>,
    /// The whole.
    pub body: Value,
}

/// Every member of a body taken out, and set to each of the values.
pub fn changes(body: &Value, values: &[Value]) -> Vec<Changed> {
    let members = body.as_object().into_iter().flat_map(serde_json::Map::keys);
    members
        .flat_map(|member| {
            let values = std::iter::once(None).chain(values.iter().cloned().map(Some));
            values.map(move |value| {
                let mut changed = body.clone();
                if let Some(members) = changed.as_object_mut() {
                    match &value {
                        Some(value) => drop(members.insert(member.clone(), value.clone())),
                        None => drop(members.remove(member)),
                    }
                }
                Changed {
                    member: member.clone(),
                    value,
                    body: changed,
                }
            })
        })
        .collect()
}

/// What a member may be set to, right or wrong.
pub fn values() -> Vec<Value> {
    let values = json!([
        null, true, false, 0, 1, -1, 1.5, 1.0, 1e30, 100, 101, 5_000_000_000_u64, [], {}, [1], {"a": 1},
        "", " ", "x", "document", "Document", "list", "dispute", "error",
        "proof_of_receipt", "proof_of_refund", "open", "closed", "chronological", "desc", "THB", "thb", "THBX",
        "docu_test_1", "docu_1", "DOCU_1", "docu_", "dspt_test_1", "dspt_test_2", "dspt_1", "chrg_test_1",
        "2019-12-31T12:59:59Z", "2019-12-31T12:59:59.5Z", "2019-12-31T19:59:59+07:00", "2019-12-31",
        "2019-02-30T00:00:00Z", "9999-12-31T00:00:00Z", "2019-12-31T23:59:60Z", "2019-12-31T24:00:00Z",
        "https://x.example/a?b=%20#not-found", "https://x.example/a#bad-request", "https://x.example/a b",
        "/downloads/1", "x:", "/disputes/dspt_test_1", "/disputes/dspt_test_2",
        "/disputes/dspt_test_1/documents", "/disputes/dspt_test_1/documents?limit=1",
        "/disputes/dspt_test_1/documents/docu_test_1", "/disputes/dspt_test_1/documents/docu_test_2",
        "not_found", "bad_request",
    ]);
    values.as_array().cloned().unwrap_or_default()
}

/// A document of the current version.
pub fn document() -> Value {
    json!({
        "object": "document", "id": "docu_test_1", "livemode": false, "deleted": false,
        "filename": "slip.png", "location": "/disputes/dspt_test_1/documents/docu_test_1",
        "kind": "proof_of_receipt", "download_uri": null, "created_at": "2019-12-31T12:59:59Z",
    })
}

/// A page of documents.
pub fn list() -> Value {
    json!({
        "object": "list", "from": "1970-01-01T00:00:00Z", "to": "2020-01-01T00:00:00Z", "offset": 0,
        "limit": 20, "total": 2, "order": "chronological", "location": "/disputes/dspt_test_1/documents",
        "data": [document(), document()],
    })
}

/// A dispute with its first page of documents.
pub fn dispute() -> Value {
    json!({
        "object": "dispute", "id": "dspt_test_1", "livemode": false, "location": "/disputes/dspt_test_1",
        "amount": 100_000, "currency": "THB", "funding_amount": 100_000, "funding_currency": "THB",
        "metadata": {}, "charge": "chrg_test_1", "documents": list(), "transactions": [],
        "admin_message": null, "message": null, "reason_code": "fraudulent", "reason_message": "",
        "status": "open", "closed_at": null, "created_at": "2019-12-31T12:59:59Z",
    })
}

/// An error.
pub fn error() -> Value {
    json!({
        "object": "error", "location": "https://www.omise.co/api-errors#not-found", "code": "not_found",
        "message": "the dispute was not found",
    })
}
