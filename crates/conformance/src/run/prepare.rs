//! Requests that only prepare: they are asked tolerantly, and judged by nobody.

use std::collections::BTreeSet;

use rebuttal_model::{DisputeId, DocumentId, Kind, json::Node};

use super::{exec::Stop, session::Session};
use crate::{
    evidence::Sample,
    transport::{Body, Connection, Outcome, Request},
};

/// Why something could not be prepared.
#[derive(Clone, Debug)]
pub(crate) enum Refusal {
    /// The target does not offer what is needed.
    Missing(String),
    /// The endpoint says that there is no such thing.
    NoSuch(String),
    /// The endpoint did not let us prepare it.
    Failed(String),
    /// The endpoint could not be asked.
    Unanswered(String),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Missing(reason) => Self::Skip(reason),
            Refusal::NoSuch(reason) | Refusal::Failed(reason) | Refusal::Unanswered(reason) => {
                Self::Error(reason)
            }
        }
    }
}

pub(super) fn upload_of(session: &Session, dispute: &DisputeId) -> Request {
    let boundary = rebuttal_multipart::Boundary::from_entropy(0x5eed);
    let form = rebuttal_multipart::Form::new()
        .text("kind", Kind::ProofOfReceipt.as_str())
        .file(
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

/// What the list of a dispute's documents holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listed {
    /// The documents that are there.
    pub(crate) live: BTreeSet<DocumentId>,
    /// How many are listed although they are deleted.
    pub(crate) deleted: usize,
}

/// The documents of a dispute, at most 100.
pub(crate) async fn documents(
    session: &Session,
    id: &DisputeId,
    spare: &mut Option<Connection>,
) -> Result<Listed, Refusal> {
    let request = session.request("GET", format!("/disputes/{id}/documents?limit=100"));
    let outcome = session.ask_aside(&request, true, spare).await;
    let body = prepared(&request, outcome, "list the documents")?;
    let data = body.get("data").and_then(Node::as_array).unwrap_or_default();
    let is_deleted = |item: &&Node| item.get("deleted") == Some(&Node::Bool(true));
    let (deleted, live): (Vec<_>, Vec<_>) = data.iter().partition(is_deleted);
    let live = live
        .into_iter()
        .filter_map(|item| item.get("id")?.as_str()?.parse().ok());
    Ok(Listed {
        live: live.collect(),
        deleted: deleted.len(),
    })
}

/// Sends a request that only prepares, and reads its answer tolerantly.
pub(super) async fn prepare(session: &Session, request: &Request, purpose: &str) -> Result<Node, Refusal> {
    prepared(request, session.ask(request, true, None).await, purpose)
}

fn prepared(request: &Request, outcome: Outcome, purpose: &str) -> Result<Node, Refusal> {
    let told = |reason: String| {
        format!(
            "could not {purpose}: {} {} {reason}",
            request.method, request.path
        )
    };
    let failed = |reason| Refusal::Failed(told(reason));
    let response = outcome
        .result
        .map_err(|error| Refusal::Unanswered(told(format!("failed: {error}"))))?;
    if response.status == 404 {
        let path = &request.path;
        return Err(Refusal::NoSuch(format!(
            "could not {purpose}: {path} was answered 404; is it this account's?"
        )));
    }
    if !(200..300).contains(&response.status) {
        return Err(failed(format!("was answered {}", response.status)));
    }
    Node::parse(&response.body).map_err(|error| failed(format!("was answered no JSON: {error}")))
}
