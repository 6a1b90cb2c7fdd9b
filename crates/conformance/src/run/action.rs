//! Turns a step into requests.

use std::collections::BTreeMap;

use rebuttal_model::{DisputeId, DocumentId, inspect::Subject};
use rebuttal_multipart::{Boundary, Breakage, Form, Part, ViolationId, malform};

use super::{scope::Scope, session::Session};
use crate::{
    scenario::{Credentials, Step, Upload},
    segments::Segments,
    transport::{Body, Request},
};

/// A request of a step, and what its answer is by the contract.
#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) request: Request,
    /// What a success is; `None` for requests that are none of the four operations.
    pub(crate) success: Option<Subject>,
    /// The dispute that is worked on.
    pub(crate) dispute: Option<DisputeId>,
    /// What a success adds or removes.
    pub(crate) effect: Effect,
}

/// What a success does to the documents of a dispute.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    Nothing,
    Adds,
    Removes(DocumentId),
}

/// The random part of boundaries, the same in every run: a transcript can be repeated to the byte.
const BOUNDARY_SEED: u128 = 0x7265_6275_7474_616c_2d63_6f6e_7472_6163;

/// The request of a step that is neither a walk nor raw bytes. `Err` says what cannot be made.
pub(crate) fn action(step: &Step, scope: &Scope, session: &Session) -> Result<Action, String> {
    let mut action = if let Some(upload) = &step.upload {
        let dispute = dispute(upload.dispute.as_ref(), scope)?;
        let request = upload_request(upload, &format!("/disputes/{dispute}/documents"), scope)?;
        Action {
            request,
            success: Some(Subject::Document),
            dispute: dispute.parse().ok(),
            effect: Effect::Adds,
        }
    } else if let Some(list) = &step.list {
        let dispute = dispute(list.dispute.as_ref(), scope)?;
        let path = format!("/disputes/{dispute}/documents{}", query(&list.query, scope)?);
        let request = with_json(Request::new("GET", path), list.json.as_ref(), scope)?;
        Action {
            request,
            success: Some(Subject::DocumentList),
            dispute: dispute.parse().ok(),
            effect: Effect::Nothing,
        }
    } else if let Some(target) = step.retrieve.as_ref().or(step.destroy.as_ref()) {
        let dispute = dispute(target.dispute.as_ref(), scope)?;
        let document = scope.text(&target.document)?;
        let (method, success) = if step.destroy.is_some() {
            ("DELETE", Subject::DestroyedDocument)
        } else {
            ("GET", Subject::Document)
        };
        let path = format!("/disputes/{dispute}/documents/{}", encode(&document));
        let effect = match document.parse() {
            Ok(id) if step.destroy.is_some() => Effect::Removes(id),
            _ => Effect::Nothing,
        };
        let request = with_json(Request::new(method, path), target.json.as_ref(), scope)?;
        Action {
            request,
            success: Some(success),
            dispute: dispute.parse().ok(),
            effect,
        }
    } else if let Some(raw) = &step.request {
        let mut request = Request::new(&scope.text(&raw.method)?, scope.text(&raw.path)?);
        if let Some(body) = &raw.body {
            request.body = Body::Whole(scope.text(body)?.into());
        }
        if let Some(bytes) = &raw.loaded {
            request.body = Body::Whole(bytes.clone().into());
        }
        request = with_json(request, raw.json.as_ref(), scope)?;
        for (name, value) in &raw.headers {
            request = request.header(name, scope.text(value)?);
        }
        Action {
            request,
            success: None,
            dispute: None,
            effect: Effect::Nothing,
        }
    } else {
        return Err("the step has no request".to_owned());
    };
    if let Some(value) = authorization(step, scope, session)? {
        action.request = action.request.header("authorization", value);
    }
    if let Some(version) = step.version {
        action.request = action.request.header("omise-version", version.as_str());
    }
    Ok(action)
}

/// The Authorization header of a step; `None` where it sends none.
pub(crate) fn authorization(step: &Step, scope: &Scope, session: &Session) -> Result<Option<String>, String> {
    if let Some(value) = &step.authorization {
        return scope.text(value).map(Some);
    }
    match session.authorization(step.credentials) {
        None if step.credentials != Credentials::None => Err("the target has no such key".to_owned()),
        value => Ok(value),
    }
}

fn dispute(named: Option<&String>, scope: &Scope) -> Result<String, String> {
    let text = scope.text(named.map_or("{{main}}", String::as_str))?;
    Ok(encode(&text))
}

/// A path segment, percent-encoded where it must be (RFC 3986 §3.3).
fn encode(segment: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
        .remove(b'_')
        .remove(b'-')
        .remove(b'.')
        .remove(b'~')
        .remove(b'%');
    percent_encoding::utf8_percent_encode(segment, KEPT).to_string()
}

fn query(parameters: &BTreeMap<String, String>, scope: &Scope) -> Result<String, String> {
    let mut query = String::new();
    for (name, value) in parameters {
        let separator = if query.is_empty() { '?' } else { '&' };
        let value = scope.text(value)?;
        query.push(separator);
        query.extend([&encode(name), "=", &encode(&value.replace('%', "%25"))]);
    }
    Ok(query)
}

fn with_json(request: Request, json: Option<&serde_json::Value>, scope: &Scope) -> Result<Request, String> {
    Ok(match json {
        Some(json) => request.json(&scope.pattern(json)?),
        None => request,
    })
}

fn upload_request(upload: &Upload, path: &str, scope: &Scope) -> Result<Request, String> {
    let (body, content_type) = match &upload.malformed {
        Some(id) => malformed(id)?,
        None => form_body(upload, scope)?,
    };
    let mut request = Request::new("POST", path).header("content-type", content_type);
    request.expect_continue = upload.expect_continue;
    request.body = if upload.chunked {
        Body::Chunked(body)
    } else {
        Body::Whole(body)
    };
    Ok(request)
}

/// A form of which only one rule is broken, and its Content-Type.
fn malformed(id: &str) -> Result<(Segments, String), String> {
    let id: ViolationId = id.parse().map_err(|error| format!("{error}"))?;
    let request = malform(id).ok_or_else(|| format!("no request breaks {id}"))?;
    let content_type = String::from_utf8(request.content_type).map_err(|error| error.to_string())?;
    Ok((request.body.into(), content_type))
}

fn form_body(upload: &Upload, scope: &Scope) -> Result<(Segments, String), String> {
    let boundary = Boundary::from_entropy(BOUNDARY_SEED);
    let content = match &upload.loaded {
        Some(given) => given.clone().into(),
        None => upload.file.unwrap_or_default().segments(upload.bytes),
    };
    let body = match upload.broken.as_deref().map(str::parse::<Breakage>) {
        Some(Ok(breakage)) => {
            let (form, _) = form_of(upload, content.to_bytes().into(), scope)?;
            form.to_broken_vec(&boundary, breakage).into()
        }
        Some(Err(error)) => return Err(error.to_string()),
        None => {
            let (form, file) = form_of(upload, Vec::new(), scope)?;
            spread(&form, &boundary, file, &content)?
        }
    };
    let content_type = match &upload.content_type {
        Some(given) => scope.text(given)?,
        None => boundary.content_type(),
    };
    Ok((body, content_type))
}

/// A form as it is sent, without a copy of its file: the part of this number, empty so far, has this content.
fn spread(
    form: &Form,
    boundary: &Boundary,
    file: Option<usize>,
    content: &Segments,
) -> Result<Segments, String> {
    let delimiter = format!("--{}", boundary.as_str());
    // What is made here in many pieces has no boundary in it.
    if let [given] = content.pieces()
        && memchr::memmem::find(given, delimiter.as_bytes()).is_some()
    {
        return Err("expected a file without the boundary that the form has".to_owned());
    }
    let mut body = Segments::default();
    let pieces = form.segments(boundary).map_err(|error| error.to_string())?;
    for (index, piece) in pieces.enumerate() {
        body.push(piece.into_owned().into());
        // Each part is its head and its content.
        if file.is_some_and(|file| index == 2 * file) {
            body.extend(content.pieces().iter().cloned());
        }
    }
    Ok(body)
}

/// The form, and which of its parts is the file.
fn form_of(upload: &Upload, content: Vec<u8>, scope: &Scope) -> Result<(Form, Option<usize>), String> {
    let sample = upload.file.unwrap_or_default();
    let filename = match &upload.filename {
        Some(name) => scope.text(name)?,
        None => sample.filename().to_owned(),
    };
    let media_type = upload
        .media_type
        .as_deref()
        .unwrap_or_else(|| sample.media_type());
    let file = match (upload.no_file, upload.as_text) {
        (true, _) => None,
        (false, true) => Some(Part::new("file", content)),
        (false, false) => {
            let part = Part::new("file", content).filename(&filename);
            Some(if media_type.is_empty() {
                part
            } else {
                part.content_type(media_type)
            })
        }
    };
    let kind = match &upload.kind {
        Some(kind) => Some(Part::new("kind", scope.text(kind)?.into_bytes())),
        None => None,
    };
    let behind_kind = upload.kind_first && kind.is_some();
    let place = file.is_some().then_some(usize::from(behind_kind));
    let parts = if upload.kind_first {
        [kind, file]
    } else {
        [file, kind]
    };
    let mut form = Form::new();
    for part in parts.into_iter().flatten() {
        form = form.part(part);
    }
    for (name, value) in &upload.fields {
        form = form.text(name, scope.text(value)?);
    }
    for (name, sample) in &upload.files {
        let part = Part::new(name, sample.content(None)).filename(sample.filename());
        form = form.part(part.content_type(sample.media_type()));
    }
    Ok((form, place))
}
