//! One endpoint, its keys, and the manners to ask it with.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rebuttal_model::SecretKey;

use crate::{
    redact::Secrets,
    scenario::{Credentials, Then},
    target::Target,
    transport::{Client, Connection, Limits, Outcome, Request, Response, Script, TransportError},
};

/// After so many requests in a row to which the endpoint said nothing at all, it is given up.
const SILENCES: u32 = 6;

/// How often a request is sent again on a 429 or, where a success is due, on a 5xx.
const RETRIES: u32 = 3;

/// The first wait of the exponential backoff (`server.5xx`).
const BACKOFF: Duration = Duration::from_millis(100);

/// The longest wait that a `Retry-After` can ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// A secret key of the right form that nobody has.
pub(crate) const WRONG_KEY: &str = "skey_test_0000000000000000000";

/// What was seen of the endpoint's health, whatever a scenario was about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Health {
    /// How many requests were sent.
    pub(crate) requests: u64,
    /// How many were answered 429, and how many of those without Retry-After.
    pub(crate) limited: u64,
    pub(crate) limited_without_wait: u64,
    /// How many were answered 5xx where a success was due, and how many of those recovered on a retry.
    pub(crate) failed: u64,
    pub(crate) recovered: u64,
}

/// An endpoint that is asked.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) target: Target,
    pub(crate) secrets: Secrets,
    silences: AtomicU32,
    health: Mutex<Health>,
}

impl Session {
    pub(crate) fn new(target: Target, limits: Limits) -> Result<Self, TransportError> {
        Ok(Self {
            client: Client::new(target.endpoint.clone(), limits)?,
            secrets: target.secrets(WRONG_KEY),
            target,
            silences: AtomicU32::new(0),
            health: Mutex::default(),
        })
    }

    /// The value of the Authorization header; `None` where the target has no such key.
    pub(crate) fn authorization(&self, credentials: Credentials) -> Option<String> {
        let key = match credentials {
            Credentials::Secret => self.target.secret.expose(),
            Credentials::Other => self.target.other_secret.as_ref().map(SecretKey::expose)?,
            Credentials::Public => self.target.public.as_ref()?.expose(),
            Credentials::Wrong => WRONG_KEY,
            Credentials::None => return None,
        };
        Some(format!("Basic {}", STANDARD.encode(format!("{key}:"))))
    }

    /// A request with the secret key.
    pub(crate) fn request(&self, method: &str, path: impl Into<String>) -> Request {
        let authorization = self.authorization(Credentials::Secret).unwrap_or_default();
        Request::new(method, path).header("authorization", authorization)
    }

    /// Whether the endpoint has stopped to answer, and is not worth another request.
    pub(crate) fn is_given_up(&self) -> bool {
        self.silences.load(Ordering::Relaxed) >= SILENCES
    }

    /// Sends a request. A 429 is waited for and asked again; a 5xx only where `success_due`: where a refusal
    /// is due, asking again would hide what the endpoint does.
    pub(crate) async fn ask(
        &self,
        request: &Request,
        success_due: bool,
        mut connection: Option<Connection>,
    ) -> Outcome {
        let mut failed = false;
        let mut tries = 0;
        loop {
            let outcome = self.client.send(request, connection.take()).await;
            self.note(&outcome);
            let status = outcome.result.as_ref().map_or(0, |response| response.status);
            let wait = match (&outcome.result, status) {
                (Ok(response), 429) => wait_of(response, tries),
                // A gateway's word for "not now" says nothing about the request, whatever was due.
                (_, status @ 500..) if success_due || matches!(status, 502..=504) => {
                    self.health().failed += u64::from(!failed);
                    failed = true;
                    BACKOFF * 2_u32.pow(tries)
                }
                _ => {
                    self.health().recovered += u64::from(failed && outcome.result.is_ok());
                    return outcome;
                }
            };
            if tries == RETRIES {
                return outcome;
            }
            tries += 1;
            tokio::time::sleep(wait.min(LONGEST_WAIT)).await;
        }
    }

    /// Carries out a script. Where an answer says "not now", all is sent again, as by [`Self::ask`].
    pub(crate) async fn converse(&self, script: &Script) -> Vec<Outcome> {
        let mut tries = 0;
        loop {
            let outcomes = self.client.converse(script).await;
            // Whoever was not asked for an answer is not silent.
            if script.then.is_none_or(|then| then == Then::HalfClose) {
                for outcome in &outcomes {
                    self.note(outcome);
                }
            }
            let later = outcomes.iter().find_map(|outcome| {
                let response = outcome.result.as_ref().ok()?;
                matches!(response.status, 429 | 502..=504).then(|| wait_of(response, tries))
            });
            let Some(wait) = later.filter(|_| tries < RETRIES) else {
                return outcomes;
            };
            tries += 1;
            tokio::time::sleep(wait.min(LONGEST_WAIT)).await;
        }
    }

    fn note(&self, outcome: &Outcome) {
        match &outcome.result {
            Err(error) if error.is_silence() => {
                self.silences.fetch_add(1, Ordering::Relaxed);
            }
            _ => self.silences.store(0, Ordering::Relaxed),
        }
        let mut health = self.health();
        health.requests += 1;
        if let Ok(response) = &outcome.result
            && response.status == 429
        {
            health.limited += 1;
            health.limited_without_wait += u64::from(response.header("retry-after").is_none());
        }
    }

    pub(crate) fn health(&self) -> std::sync::MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long to wait before a request is sent again.
fn wait_of(response: &Response, tries: u32) -> Duration {
    let asked = response
        .header("retry-after")
        .and_then(|it| it.trim().parse().ok());
    asked.map_or(BACKOFF * 2_u32.pow(tries), Duration::from_secs)
}
