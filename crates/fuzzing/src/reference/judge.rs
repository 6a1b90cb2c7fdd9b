//! Whether an answer is what the model owes.

use std::{collections::BTreeSet, fmt::Write as _};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use rebuttal_mock::{DownloadUri, Members};
use rebuttal_model::{ApiVersion, DisputeId, DisputeStatus, DocumentId, Kind, version::VERSION_HEADER};
use serde_json::{Value, json};

use super::{Due, Names, Page, World, predict, same::same};
use crate::generators::operations::Ask;

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status code.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// Where error codes are explained.
const ERRORS: &str = "https://www.omise.co/api-errors";

/// Holds an answer against what is due, after the model has done the operation; learns the names of new records.
///
/// # Panics
///
/// When the answer is not what is due.
pub fn judge(world: &mut World, names: &mut Names, ask: &Ask, reply: &Reply) {
    let status = reply.status.as_u16();
    let text = String::from_utf8_lossy(&reply.body);
    assert!(status < 500, "answered {status}: {text}");
    assert!(
        !text.contains(&names.first) && !text.contains(&names.other),
        "a key in {text}"
    );
    let version = predict::version(ask.version);
    match world.due.clone() {
        Due::Silence => {}
        Due::Nothing => {
            assert_eq!(status, 204, "{text}");
            assert!(reply.headers.contains_key(header::ALLOW), "no Allow");
        }
        Due::Refusal(wanted, code) => refused(reply, &[wanted], &[code]),
        Due::Either(dispute) if status == 200 => {
            let value = object(world, version, reply);
            learn(world, &value, dispute);
            let place = world.documents.len() - 1;
            uploaded(world, names, version, &value, place);
        }
        Due::Either(_) => refused(
            reply,
            &[400, 413],
            &[
                "bad_request",
                "invalid_file_format",
                "invalid_file_type",
                "file_too_large",
            ],
        ),
        Due::Documents(dispute, page) if reply.body == written(world, names, dispute, &page).as_bytes() => {
            success(world, version, reply);
        }
        due => served(world, names, version, due, &object(world, version, reply)),
    }
}

/// A list of documents as the mock writes it where nothing bends it: most lists are that, and need not be parsed.
fn written(world: &World, names: &Names, dispute: usize, page: &Page) -> String {
    let path = format!("/disputes/{}/documents", names.disputes[dispute]);
    let mut text = format!(
        "{{\"object\":\"list\",\"from\":\"{}\",\"to\":\"{}\",\"offset\":{},\"limit\":{},\"total\":{},\
         \"order\":\"{}\",\"location\":\"{path}\",\"data\":[",
        page.from,
        page.to,
        page.offset,
        page.limit,
        page.total,
        page.order.as_str()
    );
    for (index, place) in page.data.iter().enumerate() {
        let (document, id) = (&world.documents[*place], &names.documents[*place]);
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(
            text,
            "{comma}{{\"object\":\"document\",\"id\":\"{id}\",\"livemode\":{},\"location\":\"{path}/{id}\",\
             \"deleted\":{},\"filename\":{},\"kind\":{},\"download_uri\":null,\"created_at\":\"{}\"}}",
            is_live(id),
            document.is_destroyed,
            json!(document.filename),
            json!(document.kind),
            document.created_at
        );
    }
    text + "]}"
}

fn served(world: &World, names: &mut Names, version: ApiVersion, due: Due, value: &Value) {
    match due {
        Due::Document(place) => {
            same(
                value,
                &document(world, names, version, place),
                "a retrieved document",
            );
        }
        Due::Uploaded(place) => uploaded(world, names, version, value, place),
        Due::Destroyed(place) => {
            let mut wanted = document(world, names, version, place);
            if version.is_legacy() {
                let id = &names.documents[place];
                wanted = json!({"object": "document", "id": id, "livemode": is_live(id), "deleted": true});
            }
            same(value, &wanted, "a destroyed document");
        }
        Due::Documents(dispute, page) => {
            let path = format!("/disputes/{}/documents", names.disputes[dispute]);
            let data = page
                .data
                .iter()
                .map(|place| document(world, names, version, *place));
            same(
                value,
                &list(&page, &path, data.collect::<Vec<_>>()),
                "a list of documents",
            );
        }
        Due::Disputes(path, page) => {
            let mut found = value.clone();
            let data = found["data"].take();
            let data = data.as_array().expect("data is an array");
            same(&found, &list(&page, path, Value::Null), "a list of disputes");
            assert_eq!(data.len(), page.data.len(), "disputes on a page");
            for (value, place) in data.iter().zip(page.data) {
                dispute(world, names, version, value, place);
            }
        }
        Due::Dispute(place) => dispute(world, names, version, value, place),
        Due::Opened(place) => {
            let id = fresh(value, &names.disputes);
            assert!(
                id.parse::<DisputeId>().is_ok(),
                "an id of a dispute, found {id:?}"
            );
            assert_eq!(place, names.disputes.len(), "the places of disputes");
            names.disputes.push(id);
            dispute(world, names, version, value, place);
        }
        Due::Silence | Due::Nothing | Due::Refusal(..) | Due::Either(_) => {}
    }
}

/// A refusal: its status, and an Error object of one of the codes.
fn refused(reply: &Reply, statuses: &[u16], codes: &[&str]) {
    let text = String::from_utf8_lossy(&reply.body);
    let status = reply.status.as_u16();
    assert!(
        statuses.contains(&status),
        "expected {statuses:?} {codes:?}, found {status}: {text}"
    );
    if status == 401 {
        assert!(
            reply.headers.contains_key(header::WWW_AUTHENTICATE),
            "no challenge"
        );
    }
    if status == 405 {
        assert!(reply.headers.contains_key(header::ALLOW), "no Allow");
    }
    is_json(reply);
    let value: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let code = value["code"].as_str().unwrap_or_default();
    assert!(codes.contains(&code), "expected {codes:?}, found {text}");
    let message = value["message"].as_str().unwrap_or_default();
    assert!(!message.trim().is_empty(), "an error without a message: {text}");
    assert_eq!(value["object"], "error", "{text}");
    assert_eq!(
        value["location"],
        format!("{ERRORS}#{}", code.replace('_', "-")),
        "{text}"
    );
}

/// The head of a success.
fn success(world: &World, version: ApiVersion, reply: &Reply) {
    let text = String::from_utf8_lossy(&reply.body);
    assert_eq!(
        reply.status,
        StatusCode::OK,
        "expected 200 for {:?}, found {text}",
        world.due
    );
    is_json(reply);
    let echo = reply.headers.get(VERSION_HEADER);
    assert_eq!(
        echo.map(http::HeaderValue::as_bytes),
        Some(version.as_str().as_bytes()),
        "the version"
    );
}

/// The object of a success, as the mock would write it without its choices.
fn object(world: &World, version: ApiVersion, reply: &Reply) -> Value {
    success(world, version, reply);
    let text = String::from_utf8_lossy(&reply.body);
    let mut value = serde_json::from_slice(&reply.body).unwrap_or_else(|error| panic!("{error}: {text}"));
    plain(world, &mut value);
    value
}

fn is_json(reply: &Reply) {
    let types: Vec<_> = reply.headers.get_all(header::CONTENT_TYPE).iter().collect();
    assert_eq!(types, ["application/json; charset=utf-8"], "the media type");
}

/// Takes out of documents what the mock's legal choices put into them.
fn plain(world: &World, value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| plain(world, item)),
        Value::Object(members) if members.get("object").is_some_and(|it| it == "document") => {
            if world.settings.variants.members == Members::Extra {
                assert!(
                    members.remove("origin").is_some(),
                    "no further member: {members:?}"
                );
            }
            let has_link = world.settings.variants.download_uri == DownloadUri::Url;
            if let Some(link) = members.get_mut("download_uri")
                && has_link
                && link.as_str().is_some_and(|it| it.starts_with("https://"))
            {
                *link = Value::Null;
            }
        }
        Value::Object(members) => members.values_mut().for_each(|member| plain(world, member)),
        _ => {}
    }
}

/// A new document, whose id is learnt.
fn uploaded(world: &World, names: &mut Names, version: ApiVersion, value: &Value, place: usize) {
    let id = fresh(value, &names.documents);
    assert!(
        id.parse::<DocumentId>().is_ok(),
        "an id of a document, found {id:?}"
    );
    assert_eq!(place, names.documents.len(), "the places of documents");
    names.documents.push(id);
    same(
        value,
        &document(world, names, version, place),
        "an uploaded document",
    );
}

/// An id that nothing had before.
fn fresh(value: &Value, taken: &[String]) -> String {
    let id = value["id"].as_str().unwrap_or_default().to_owned();
    assert!(!taken.contains(&id), "the id {id:?} is not new");
    id
}

/// Takes what an odd form made for what it is.
fn learn(world: &mut World, value: &Value, dispute: usize) {
    let filename = value["filename"].as_str().unwrap_or_default();
    assert!(
        !filename.is_empty() && !filename.contains(['/', '\\']),
        "a filename, found {value}"
    );
    let kind = value["kind"].as_str();
    let kinds: BTreeSet<_> = Kind::ALL.map(Kind::as_str).into();
    assert!(
        kind.is_none_or(|kind| kinds.contains(kind)),
        "a kind, found {value}"
    );
    world.attach(dispute, filename.to_owned(), kind.map(str::to_owned));
}

fn document(world: &World, names: &Names, version: ApiVersion, place: usize) -> Value {
    let document = &world.documents[place];
    let id = &names.documents[place];
    let location = names.location(document.dispute, place);
    let created_at = document.created_at.to_string();
    if version.is_legacy() {
        return json!({
            "object": "document", "id": id, "livemode": is_live(id), "location": location,
            "filename": document.filename, "kind": document.kind, "created": created_at,
        });
    }
    json!({
        "object": "document", "livemode": is_live(id), "id": id, "deleted": document.is_destroyed,
        "filename": document.filename, "location": location, "kind": document.kind,
        "download_uri": null, "created_at": created_at,
    })
}

fn list(page: &Page, path: &str, data: impl Into<Value>) -> Value {
    let data = data.into();
    json!({
        "object": "list", "from": page.from.to_string(), "to": page.to.to_string(), "offset": page.offset,
        "limit": page.limit, "total": page.total, "order": page.order.as_str(), "location": path, "data": data,
    })
}

/// What a dispute's answer says of its state and of its documents.
fn dispute(world: &World, names: &Names, version: ApiVersion, value: &Value, place: usize) {
    let dispute = &world.disputes[place];
    let id = &names.disputes[place];
    assert_eq!(value["object"], "dispute", "{value}");
    assert_eq!(value["id"], *id, "the id of a dispute");
    assert_eq!(
        value["location"],
        format!("/disputes/{id}"),
        "the location of a dispute"
    );
    assert_eq!(value["livemode"], is_live(id), "the mode of {id}");
    assert_eq!(value["status"], dispute.status.as_str(), "the status of {id}");
    assert_eq!(
        value["closed_at"].is_null(),
        !dispute.is_closed,
        "closed_at of {id}"
    );
    if dispute.status == DisputeStatus::Open || dispute.message.is_some() {
        assert_eq!(value["message"], json!(dispute.message), "the message of {id}");
    }
    let created = if version.is_legacy() {
        "created"
    } else {
        "created_at"
    };
    assert_eq!(
        value[created],
        dispute.created_at.to_string(),
        "{created} of {id}"
    );
    let page = world.first_page(place).expect("a page without parameters");
    let documents = &value["documents"];
    assert_eq!(documents["total"], page.total, "the documents of {id}");
    let data: Vec<_> = page
        .data
        .iter()
        .map(|it| document(world, names, version, *it))
        .collect();
    same(
        &documents["data"],
        &Value::Array(data),
        "the documents of a dispute",
    );
}

fn is_live(id: &str) -> bool {
    !id.contains("_test_")
}
