//! Requests that only prepare: they are asked tolerantly, and judged by nobody.

use rebuttal_model::{DisputeId, DocumentId, json::Node};

use super::session::Session;
use crate::{
    evidence::Sample,
    transport::{Body, Request},
};

/// Why something could not be prepared.
#[derive(Clone, Debug)]
pub(crate) enum Refusal {
    /// The target does not offer what is needed.
    Missing(String),
    /// The endpoint did not let us prepare it.
    Failed(String),
}

pub(super) fn upload_of(session: &Session, dispute: &DisputeId) -> Request {
    let boundary = rebuttal_multipart::Boundary::from_entropy(0x5eed);
    let form = rebuttal_multipart::Form::new().file(
        "file",
        Sample::Pdf.filename(),
        Some(Sample::Pdf.media_type()),
        Sample::Pdf.content(None),
    );
    let mut request = session
        .request("POST", format!("/disputes/{dispute}/documents"))
        .header("content-type", boundary.content_type());
    request.body = Body::Whole(form.to_vec(&boundary).unwrap_or_default().into());
    request
}

/// The documents of a dispute, at most 100.
pub(crate) async fn documents(session: &Session, id: &DisputeId) -> Result<Vec<DocumentId>, Refusal> {
    let request = session.request("GET", format!("/disputes/{id}/documents?limit=100"));
    let body = prepare(session, &request, "list the documents").await?;
    let data = body.get("data").and_then(Node::as_array).unwrap_or_default();
    let ids = data
        .iter()
        .filter_map(|item| item.get("id")?.as_str()?.parse().ok());
    Ok(ids.collect())
}

/// Sends a request that only prepares, and reads its answer tolerantly.
pub(super) async fn prepare(session: &Session, request: &Request, purpose: &str) -> Result<Node, Refusal> {
    let failed = |reason: String| {
        Refusal::Failed(format!(
            "could not {purpose}: {} {} {reason}",
            request.method, request.path
        ))
    };
    let response = session
        .ask(request, true, None)
        .await
        .result
        .map_err(|error| failed(format!("failed: {error}")))?;
    if !(200..300).contains(&response.status) {
        return Err(failed(format!("was answered {}", response.status)));
    }
    Node::parse(&response.body).map_err(|error| failed(format!("was answered no JSON: {error}")))
}
