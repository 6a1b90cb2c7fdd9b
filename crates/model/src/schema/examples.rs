//! One answer of each kind, as a server writes it: examples for readers, and for tools that make requests of them.

use serde_json::{Value, json};

use crate::{
    dispute::{Dispute, DisputeObject, DisputeStatus},
    document::{Document, DocumentObject, write},
    error::{ApiError, ErrorCode},
    id::DisputeId,
    kind::Kind,
    list::{List, ListObject, Order},
    time::Timestamp,
    version::ApiVersion,
};

/// A document of each kind that a reader meets: with a kind, and without.
pub(crate) fn documents(version: ApiVersion) -> Vec<Value> {
    let documents = two_documents();
    documents.iter().map(|it| it.to_json(version)).collect()
}

/// The answer to destroy.
pub(crate) fn destroyed(version: ApiVersion) -> Vec<Value> {
    let documents = two_documents();
    documents
        .first()
        .map(|it| it.to_deleted_json(version))
        .into_iter()
        .collect()
}

/// A page with documents, and one without.
pub(crate) fn document_lists(version: ApiVersion) -> Vec<Value> {
    let list = |documents: Vec<Document>| {
        let mut list = write(&page::<()>(
            documents.len(),
            "/disputes/dspt_test_5fzexd718s2izg1md4l/documents",
        ));
        list["data"] = documents.iter().map(|it| it.to_json(version)).collect();
        list
    };
    vec![list(two_documents()), list(Vec::new())]
}

/// An open dispute, and a decided one.
pub(crate) fn disputes(version: ApiVersion) -> Vec<Value> {
    two_disputes().iter().map(|it| it.to_json(version)).collect()
}

/// A page of disputes.
pub(crate) fn dispute_lists(version: ApiVersion) -> Vec<Value> {
    let mut list = write(&page::<()>(2, "/disputes"));
    list["data"] = disputes(version).into();
    vec![list]
}

/// An error that every operation may answer.
pub(crate) fn errors() -> Vec<Value> {
    vec![
        write(&ApiError::new(
            ErrorCode::AuthenticationFailure,
            "authentication failed",
        )),
        write(&ApiError::new(ErrorCode::NotFound, "the dispute was not found")),
    ]
}

fn two_documents() -> Vec<Document> {
    [
        (
            "docu_test_5fzf0a1q2r3s4t5u6v7",
            "slip.png",
            Some(Kind::ProofOfReceipt),
        ),
        (
            "docu_test_5fzf1b8w9x0y1z2a3b4",
            "\u{9818}\u{53ce}\u{66f8}.pdf",
            None,
        ),
    ]
    .into_iter()
    .filter_map(|(id, filename, kind)| {
        let (dispute, id) = (dispute_id()?, id.parse().ok()?);
        Some(Document {
            object: DocumentObject::Document,
            location: Document::path(&dispute, &id),
            id,
            livemode: false,
            deleted: false,
            filename: filename.to_owned(),
            kind: kind.map(Into::into),
            download_uri: None,
            created_at: moment("2019-05-22T10:41:00Z"),
        })
    })
    .collect()
}

fn two_disputes() -> Vec<Dispute> {
    let answered = (
        DisputeStatus::Won,
        Some("The parcel was signed for.".to_owned()),
        Some(moment("2019-06-03T08:00:00Z")),
    );
    [(DisputeStatus::Open, None, None), answered]
        .into_iter()
        .filter_map(|(status, message, closed_at)| {
            let id = dispute_id()?;
            let documents = two_documents();
            Some(Dispute {
                object: DisputeObject::Dispute,
                location: format!("/disputes/{id}"),
                livemode: false,
                amount: 1_000_000,
                currency: "THB".to_owned(),
                funding_amount: 1_000_000,
                funding_currency: "THB".to_owned(),
                metadata: [("order".to_owned(), json!("A-1071"))].into(),
                charge: "chrg_test_5fzbppsjk5q9cxqjz0o".parse().ok()?,
                documents: List {
                    data: documents.clone(),
                    ..page(documents.len(), &format!("/disputes/{id}/documents"))
                },
                transactions: vec![json!({"object": "transaction", "id": "trxn_test_5fzexd78n6tue5redq4"})],
                admin_message: None,
                message,
                reason_code: "goods_or_services_not_provided".to_owned(),
                reason_message: "Services not provided or Merchandise not received".to_owned(),
                status: status.into(),
                closed_at,
                created_at: moment("2019-05-22T10:38:00Z"),
                id,
            })
        })
        .collect()
}

/// A page of the default length from the first record on.
fn page<T>(total: usize, location: &str) -> List<T> {
    List {
        object: ListObject::List,
        from: Timestamp::EPOCH,
        to: moment("2019-05-22T10:42:27Z"),
        offset: 0,
        limit: 20,
        total: total as u64,
        order: Some(Order::Chronological),
        location: Some(location.to_owned()),
        data: Vec::new(),
    }
}

fn dispute_id() -> Option<DisputeId> {
    "dspt_test_5fzexd718s2izg1md4l".parse().ok()
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap_or(Timestamp::EPOCH)
}
