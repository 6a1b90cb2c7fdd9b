//! Operations as requests.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, Method, header};
use rebuttal_model::version::VERSION_HEADER;

use super::{Names, World, forms, words};
use crate::generators::operations::{
    Ask, Call, Decision, DisputeRef, DocumentRef, Filter, Form, Key, Message, Stray, Version,
};

/// A request as it is sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path.
    pub path: String,
    /// What stands behind the question mark.
    pub query: Option<String>,
    /// The headers; the body's length is the sender's to add.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

/// The request of an operation, before the model has done it.
pub fn request(world: &World, names: &Names, ask: &Ask) -> Request {
    let (method, path) = target(world, names, &ask.call);
    let mut headers = HeaderMap::new();
    for value in authorization(names, ask.key) {
        headers.append(header::AUTHORIZATION, value);
    }
    match ask.version {
        Version::Absent => {}
        Version::Known(version) => {
            headers.insert(VERSION_HEADER, HeaderValue::from_static(version.as_str()));
        }
        Version::Unknown => drop(headers.insert(VERSION_HEADER, HeaderValue::from_static("2018-01-01"))),
    }
    let (content_type, body) = body(ask);
    if let Some(content_type) = content_type.and_then(|it| HeaderValue::from_bytes(&it).ok()) {
        headers.insert(header::CONTENT_TYPE, content_type);
    }
    let query = world.query(ask);
    let query = (!query.is_empty()).then(|| {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(query)
            .finish()
    });
    Request {
        method,
        path,
        query,
        headers,
        body,
    }
}

fn target(world: &World, names: &Names, call: &Call) -> (Method, String) {
    let dispute = |dispute: DisputeRef| match dispute {
        DisputeRef::Unknown => "dspt_test_unknown".to_owned(),
        DisputeRef::Malformed(place) => words::one_of(words::MALFORMED_IDS, place).to_owned(),
        made @ DisputeRef::Made(_) => {
            let place = world.dispute(made);
            place.map_or_else(String::new, |place| names.disputes[place].clone())
        }
    };
    let document = |of: DisputeRef, document: DocumentRef| match document {
        DocumentRef::Malformed(place) => words::one_of(words::MALFORMED_IDS, place).to_owned(),
        document => match world.document(world.dispute(of), document) {
            Some(place) => names.documents[place].clone(),
            None => "docu_test_unknown".to_owned(),
        },
    };
    match call {
        Call::Upload(of, _) => (Method::POST, format!("/disputes/{}/documents", dispute(*of))),
        Call::List(of, _) => (Method::GET, format!("/disputes/{}/documents", dispute(*of))),
        Call::Retrieve(of, it) => (
            Method::GET,
            format!("/disputes/{}/documents/{}", dispute(*of), document(*of, *it)),
        ),
        Call::Destroy(of, it) => (
            Method::DELETE,
            format!("/disputes/{}/documents/{}", dispute(*of), document(*of, *it)),
        ),
        Call::ListDisputes(filter, _) => {
            let path = match filter {
                Filter::All => "/disputes",
                Filter::Open => "/disputes/open",
                Filter::Pending => "/disputes/pending",
                Filter::Closed => "/disputes/closed",
            };
            (Method::GET, path.to_owned())
        }
        Call::RetrieveDispute(of) => (Method::GET, format!("/disputes/{}", dispute(*of))),
        Call::Answer(of, _) => (Method::PATCH, format!("/disputes/{}", dispute(*of))),
        Call::Accept(of) => (Method::PATCH, format!("/disputes/{}/accept", dispute(*of))),
        Call::Close(of, _) => (Method::PATCH, format!("/disputes/{}/close", dispute(*of))),
        Call::Open(known) => {
            let charge = if *known {
                &names.charge
            } else {
                "chrg_test_unknown"
            };
            (Method::POST, format!("/charges/{charge}/disputes"))
        }
        Call::Stray(stray) => stray_target(names, stray),
    }
}

fn stray_target(names: &Names, stray: &Stray) -> (Method, String) {
    let list = || format!("/disputes/{}/documents", names.disputes[0]);
    let method = |methods, place| {
        let method = words::one_of(methods, place);
        Method::from_bytes(method.as_bytes()).unwrap_or(Method::GET)
    };
    match stray {
        Stray::Options => (Method::OPTIONS, list()),
        Stray::WrongMethod(place) => (method(words::WRONG_METHODS, *place), list()),
        Stray::Nowhere(text, place) => {
            let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
            (method(words::METHODS, *place), format!("/nowhere/{text}"))
        }
    }
}

fn authorization(names: &Names, key: Key) -> Vec<HeaderValue> {
    let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
    let first = &names.first;
    let values = match key {
        Key::First => vec![basic(&format!("{first}:"))],
        Key::WithPassword => vec![basic(&format!("{first}:secret"))],
        Key::Other => vec![basic(&format!("{}:", names.other))],
        Key::Public => vec![basic(&format!("{}:", names.public))],
        Key::Unknown => vec![basic("skey_test_5xuy4w91xqz7d1w9u0t:")],
        Key::Longer => vec![basic(&format!("{first}0:"))],
        Key::LastLetter => {
            let other = if first.ends_with('0') { '1' } else { '0' };
            vec![basic(&format!("{}{other}:", &first[..first.len() - 1]))]
        }
        Key::Absent => Vec::new(),
        Key::Bearer => vec![format!("Bearer {first}")],
        Key::NoColon => vec![basic(first)],
        Key::NotBase64 => vec![format!("Basic {first}:")],
        Key::NoUser => vec![basic(":")],
        Key::Twice => vec![basic(&format!("{first}:")); 2],
    };
    values
        .iter()
        .filter_map(|value| HeaderValue::from_str(value).ok())
        .collect()
}

const JSON: &[u8] = b"application/json";

fn body(ask: &Ask) -> (Option<Vec<u8>>, Vec<u8>) {
    let json = |body: String| (Some(JSON.to_vec()), body.into_bytes());
    match &ask.call {
        Call::Upload(_, Form::Plain(plain)) => (Some(forms::CONTENT_TYPE.into()), forms::body(plain)),
        Call::Upload(_, Form::Drawn(content_type, body)) => (Some(content_type.clone()), body.clone()),
        Call::Upload(_, Form::NotMultipart(place)) => match place % 5 {
            0 => json("{\"file\":\"x\"}".to_owned()),
            1 => (
                Some(b"application/x-www-form-urlencoded".to_vec()),
                b"file=x".to_vec(),
            ),
            2 => (None, b"x".to_vec()),
            3 => (Some(b"multipart/form-data".to_vec()), b"--x--\r\n".to_vec()),
            _ => (None, Vec::new()),
        },
        Call::Answer(_, message) => match message {
            Message::Text(length) => json(format!("{{\"message\":\"{}\"}}", forms::message(*length))),
            Message::AsForm(length) => (
                Some(b"application/x-www-form-urlencoded".to_vec()),
                format!("message={}", forms::message(*length)).into_bytes(),
            ),
            Message::Empty => json("{\"message\":\"\"}".to_owned()),
            Message::NotText => json("{\"message\":1}".to_owned()),
            Message::Null => json("{\"message\":null}".to_owned()),
            Message::NotJson => json("{".to_owned()),
            Message::Metadata => json("{\"metadata\":{\"order\":1}}".to_owned()),
            Message::None => (None, Vec::new()),
        },
        Call::Close(_, decision) => match decision {
            Decision::Won => json("{\"status\":\"won\"}".to_owned()),
            Decision::Lost => json("{\"status\":\"lost\"}".to_owned()),
            Decision::Other => json("{\"status\":\"open\"}".to_owned()),
            Decision::None => (None, Vec::new()),
        },
        _ if ask.idle_body => json("{\"limit\":1,\"order\":null}".to_owned()),
        _ => (None, Vec::new()),
    }
}
