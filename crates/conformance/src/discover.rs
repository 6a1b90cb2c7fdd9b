//! Finds the disputes of an account, where nobody named any.

use rebuttal_model::{DisputeId, json::Node};
use thiserror::Error;

use crate::{
    run::Session,
    target::Target,
    transport::{Limits, TransportError},
};

/// Why the disputes of an account could not be looked for.
#[derive(Debug, Error)]
pub enum DiscoverError {
    /// The endpoint could not be asked.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The endpoint does not let the key in.
    #[error("the endpoint refuses the key: GET {path} was answered 401")]
    Key {
        /// What was asked for.
        path: String,
    },
}

/// Asks an endpoint for the disputes of its account and adds them to the target. An endpoint that does not
/// offer those lists leaves the target as it is.
///
/// # Errors
///
/// When the endpoint cannot be reached, says nothing at all, or refuses the key.
pub async fn discover(target: &mut Target, limits: Limits) -> Result<(), DiscoverError> {
    let session = Session::new(target.clone(), limits)?;
    session.client.probe().await?;
    for (path, wanted) in [
        ("open", "open"),
        ("pending", "pending"),
        ("closed", "won"),
        ("closed", "lost"),
    ] {
        let request = session.request("GET", format!("/disputes/{path}?limit=20"));
        let answer = match session.ask(&request, false, None).await.result {
            Ok(answer) if answer.status == 401 => return Err(DiscoverError::Key { path: request.path }),
            Ok(answer) => answer,
            // Who says nothing now is not asked three times more.
            Err(error) if error.is_silence() => return Err(error.into()),
            Err(_) => continue,
        };
        let found = Node::parse(&answer.body).ok().filter(|_| answer.status == 200);
        let Some(Node::Array(data)) = found.as_ref().and_then(|list| list.get("data")) else {
            continue;
        };
        let of_status = |item: &&Node| item.get("status").and_then(Node::as_str) == Some(wanted);
        let ids = data
            .iter()
            .filter(of_status)
            .filter_map(|item| item.get("id")?.as_str()?.parse::<DisputeId>().ok());
        let disputes = &mut target.disputes;
        let known = match wanted {
            "open" => &mut disputes.open,
            "pending" => &mut disputes.pending,
            "won" => &mut disputes.won,
            _ => &mut disputes.lost,
        };
        known.extend(ids);
    }
    Ok(())
}
