//! Records as the API writes them, per version, with what variants and faults do to them.

use rebuttal_model::{ApiVersion, Dispute, Document, List, Timestamp, dispute::DisputeObject};
use serde_json::{Map, Value, json};

use crate::{
    answer::Context,
    config::{DownloadUri, Members},
    fault::Fault,
    listing::Page,
    store::Record,
};

/// What a destroyed document's answer is, or a document's in any other place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Shape {
    Whole,
    /// The answer to destroy.
    Destroyed,
}

/// A document (`document.shape`).
pub(crate) fn document(context: &Context, document: &Document, shape: Shape) -> Value {
    let mut document = document.clone();
    if context.settings.variants.download_uri == DownloadUri::Url && !document.deleted {
        document.download_uri = Some(format!("https://files.example.com/{}", document.id));
    }
    if let Some(links) = &context.links
        && !document.deleted
    {
        document.download_uri = links.to(&document);
    }
    if context.has(Fault::LivemodeTrue) {
        document.livemode = true;
    }
    if context.has(Fault::LocationWithHost) {
        document.location = format!("https://api.omise.co{}", document.location);
    }
    let version = context.shape();
    let mut value = match shape {
        Shape::Whole => document.to_json(version),
        Shape::Destroyed if context.has(Fault::DestroyAnswersLive) => document.to_json(version),
        Shape::Destroyed if version.is_legacy() && context.has(Fault::OldDestroyWhole) => {
            document.to_json(version)
        }
        Shape::Destroyed if context.has(Fault::DestroyAnswersShort) => {
            document.to_deleted_json(ApiVersion::V2017_11_02)
        }
        Shape::Destroyed => document.to_deleted_json(version),
    };
    if let Some(members) = value.as_object_mut() {
        distort(context, &document, members);
    }
    value
}

fn distort(context: &Context, document: &Document, members: &mut Map<String, Value>) {
    match context.settings.fault {
        Some(Fault::CreatedAtWithFraction) => rewrite_created(members, "Z", ".000Z"),
        Some(Fault::CreatedAtWithOffset) => rewrite_created(members, "Z", "+00:00"),
        Some(Fault::DeletedMissing) => {
            members.remove("deleted");
        }
        Some(Fault::DownloadUriMissing) if document.download_uri.is_none() => {
            members.remove("download_uri");
        }
        Some(Fault::CreatedAtInLocalTime) => {
            let local = document.created_at.plus_seconds(7 * 3600).to_string();
            rewrite_created(members, &document.created_at.to_string(), &local);
        }
        Some(Fault::KindEmptyText) if document.kind.is_none() && members.contains_key("kind") => {
            members.insert("kind".to_owned(), "".into());
        }
        Some(Fault::LivemodeAsText) => {
            members.insert("livemode".to_owned(), document.livemode.to_string().into());
        }
        Some(Fault::FilenameMissing) => {
            members.remove("filename");
        }
        _ => {}
    }
    if context.settings.variants.members == Members::Extra {
        members.insert("origin".to_owned(), json!({ "channel": "api", "tags": [] }));
    }
}

fn rewrite_created(members: &mut Map<String, Value>, from: &str, to: &str) {
    for name in ["created_at", "created"] {
        if let Some(value) = members.get_mut(name)
            && let Some(text) = value.as_str()
        {
            *value = text.replace(from, to).into();
        }
    }
}

/// A dispute with the first page of its documents.
pub(crate) fn dispute(context: &Context, record: &Record, now: Timestamp) -> Value {
    let path = format!("/disputes/{}", record.id);
    let page = Page::first(now);
    let documents: Vec<&Document> = record.documents().map(|stored| &stored.document).collect();
    // As in a list of them: one that was made before the clock was set back is not there yet.
    let total = documents.iter().filter(|it| it.created_at <= page.to).count();
    let (data, _) = page.cut(documents, |document| document.created_at, context);
    let data: Vec<Value> = data
        .into_iter()
        .map(|item| document(context, item, Shape::Whole))
        .collect();
    let livemode = !record.id.is_test();
    let dispute = Dispute {
        object: DisputeObject::Dispute,
        id: record.id.clone(),
        livemode,
        location: path.clone(),
        amount: record.amount,
        currency: CURRENCY.to_owned(),
        funding_amount: record.amount,
        funding_currency: CURRENCY.to_owned(),
        metadata: record.metadata.clone(),
        charge: record.charge.clone(),
        documents: List {
            object: rebuttal_model::list::ListObject::List,
            from: page.from,
            to: page.to,
            offset: page.offset,
            limit: page.limit,
            total: total as u64,
            order: Some(page.order),
            location: Some(format!("{path}/documents")),
            data: Vec::new(),
        },
        transactions: vec![transaction(record)],
        admin_message: None,
        message: record.message.clone(),
        reason_code: "goods_or_services_not_provided".to_owned(),
        reason_message: "Services not provided or Merchandise not received".to_owned(),
        status: record.status.into(),
        closed_at: record.closed_at,
        created_at: record.created_at,
    };
    let mut value = dispute.to_json(context.shape());
    value["documents"]["data"] = data.into();
    value
}

const CURRENCY: &str = "THB";

/// The debit that every dispute begins with.
fn transaction(record: &Record) -> Value {
    let id = record.id.as_str().replacen("dspt", "trxn", 1);
    json!({
        "object": "transaction",
        "id": id,
        "livemode": !record.id.is_test(),
        "location": format!("/transactions/{id}"),
        "direction": "debit",
        "key": "dispute.started.debit",
        "origin": record.id,
        "amount": record.amount,
        "currency": CURRENCY,
        "transferable_at": record.created_at,
        "created_at": record.created_at,
    })
}
