//! One endpoint, its keys, and the manners to ask it with.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, SystemTime},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rebuttal_model::SecretKey;

use super::{
    pace::{Pace, backoff},
    retry_after,
};
use crate::{
    redact::Secrets,
    scenario::{Credentials, Then},
    target::Target,
    transport::{Client, Connection, Limits, Outcome, Request, Script, TransportError},
};

/// After so many requests in a row to which the endpoint said nothing at all, it is given up.
const SILENCES: u32 = 6;

/// Where it never said anything, so many are enough.
const FIRST_SILENCES: u32 = 3;

/// How often a request is sent again on a 5xx, where a success is due.
const RETRIES: u32 = 3;

/// How often a request is sent again on a 429.
const LIMITED_RETRIES: u32 = 5;

/// The first wait of the exponential backoff on a 5xx (`server.5xx`).
const BACKOFF: Duration = Duration::from_millis(100);

/// The first wait on a 429 that has no `Retry-After`.
const LIMITED_BACKOFF: Duration = Duration::from_millis(500);

/// The longest `Retry-After` that is waited for: asking earlier than one was told to is no way to ask again.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

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
    pace: Pace,
    /// Whether a second request on a connection got no answer: none is sent again but where a step asks for it.
    forgets_requests: AtomicBool,
    /// Whether the endpoint made the session wait for longer than it may.
    out_of_patience: AtomicBool,
    patience: Duration,
}

impl Session {
    pub(crate) fn new(target: Target, limits: Limits) -> Result<Self, TransportError> {
        Ok(Self {
            client: Client::new(target.endpoint.clone(), limits)?,
            secrets: target.secrets(WRONG_KEY),
            target,
            // Any answer begins to count from 0.
            silences: AtomicU32::new(SILENCES - FIRST_SILENCES),
            health: Mutex::default(),
            pace: Pace::new(limits.rate, limits.patience),
            forgets_requests: AtomicBool::new(false),
            out_of_patience: AtomicBool::new(false),
            patience: limits.patience,
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
        self.silences.load(Ordering::Relaxed) >= SILENCES || self.out_of_patience.load(Ordering::Relaxed)
    }

    /// Why it is not.
    pub(crate) fn why_given_up(&self) -> String {
        if self.out_of_patience.load(Ordering::Relaxed) {
            let patience = self.patience.as_secs_f32();
            format!(
                "the endpoint answers 429 or 5xx, and the run waited {patience} s for it, which is as long as it may"
            )
        } else {
            "the endpoint has stopped answering".to_owned()
        }
    }

    /// How long the endpoint made the session wait.
    pub(crate) fn waited(&self) -> Duration {
        self.pace.waited()
    }

    /// Sends a request. A 429 is waited for and asked again, and holds back all other requests too; a 5xx is asked
    /// again only where `success_due`: where a refusal is due, that would hide what the endpoint does.
    pub(crate) async fn ask(
        &self,
        request: &Request,
        success_due: bool,
        mut connection: Option<Connection>,
    ) -> Outcome {
        let (mut failed, mut limited) = (0, 0);
        loop {
            self.pace.turn().await;
            let outcome = self.client.send(request, connection.take()).await;
            self.note(&outcome);
            let Ok(response) = &outcome.result else {
                return outcome;
            };
            let asked = retry_after(&response.headers, SystemTime::now());
            match response.status {
                429 => {
                    limited += 1;
                    if let Err(reason) = self.wait_for_more(limited, asked) {
                        return refused(outcome, limited, reason);
                    }
                }
                // A gateway's word for "not now" says nothing about the request, whatever was due.
                status @ 500.. if success_due || matches!(status, 502..=504) => {
                    self.health().failed += u64::from(failed == 0);
                    if failed == RETRIES || asked.is_some_and(|wait| wait > LONGEST_WAIT) {
                        return outcome;
                    }
                    let wait = asked.unwrap_or_else(|| backoff(BACKOFF, failed));
                    failed += 1;
                    if !self.pace.back_off(wait).await {
                        self.out_of_patience.store(true, Ordering::Relaxed);
                        return outcome;
                    }
                }
                _ => {
                    self.health().recovered += u64::from(failed > 0);
                    return outcome;
                }
            }
        }
    }

    /// Sends a request that may be sent twice and accuses nobody: what is listed beside a step, or cleaned up. It
    /// takes the connection that the one before left open, and leaves it for the next.
    pub(crate) async fn ask_aside(
        &self,
        request: &Request,
        success_due: bool,
        spare: &mut Option<Connection>,
    ) -> Outcome {
        let spared = spare
            .take()
            .filter(|_| !self.forgets_requests.load(Ordering::Relaxed));
        let reused = spared.is_some();
        let mut outcome = self.ask(request, success_due, spared).await;
        let is_decided = match &outcome.result {
            Ok(response) => response.status < 300 || response.status >= 500,
            Err(error) => matches!(error, TransportError::Limited { .. }),
        };
        if reused && !is_decided {
            // Whatever that was, a connection of its own decides. One that was closed was closed rightly.
            let is_broken = !matches!(outcome.result, Ok(_) | Err(TransportError::Closed { .. }));
            self.forgets_requests.fetch_or(is_broken, Ordering::Relaxed);
            outcome = self.ask(request, success_due, None).await;
        }
        *spare = outcome.connection.take().filter(|_| outcome.is_success());
        outcome
    }

    /// Holds everything back after a 429, or says why that makes no sense.
    fn wait_for_more(&self, times: u32, asked: Option<Duration>) -> Result<(), String> {
        if times > LIMITED_RETRIES {
            return Err("it was asked again as often as makes sense".to_owned());
        }
        if let Some(asked) = asked.filter(|asked| *asked > LONGEST_WAIT) {
            let (asked, longest) = (asked.as_secs(), LONGEST_WAIT.as_secs());
            return Err(format!(
                "it asks to wait {asked} s, and no more than {longest} s are waited"
            ));
        }
        if !self
            .pace
            .hold(asked.unwrap_or_else(|| backoff(LIMITED_BACKOFF, times - 1)))
        {
            self.out_of_patience.store(true, Ordering::Relaxed);
            return Err(self.why_given_up());
        }
        Ok(())
    }

    /// Carries out a script. Where an answer says "not now", all is sent again, as by [`Self::ask`].
    pub(crate) async fn converse(&self, script: &Script) -> Vec<Outcome> {
        let (mut failed, mut limited) = (0, 0);
        loop {
            self.pace.turn().await;
            let mut outcomes = self.client.converse(script).await;
            // Whoever was not asked for an answer is not silent.
            if script.then.is_none_or(|then| then == Then::HalfClose) {
                for outcome in &outcomes {
                    self.note(outcome);
                }
            }
            let later = outcomes.iter().enumerate().find_map(|(index, outcome)| {
                let response = outcome.result.as_ref().ok()?;
                let is_later = matches!(response.status, 429 | 502..=504);
                is_later.then(|| {
                    (
                        index,
                        response.status,
                        retry_after(&response.headers, SystemTime::now()),
                    )
                })
            });
            let Some((index, status, asked)) = later else {
                return outcomes;
            };
            if status == 429 {
                limited += 1;
                if let Err(reason) = self.wait_for_more(limited, asked) {
                    let outcome = outcomes.remove(index);
                    outcomes.insert(index, refused(outcome, limited, reason));
                    return outcomes;
                }
                continue;
            }
            if failed == RETRIES || asked.is_some_and(|wait| wait > LONGEST_WAIT) {
                return outcomes;
            }
            let wait = asked.unwrap_or_else(|| backoff(BACKOFF, failed));
            failed += 1;
            if !self.pace.back_off(wait).await {
                self.out_of_patience.store(true, Ordering::Relaxed);
                return outcomes;
            }
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

/// An answer of 429 says nothing about what was asked: there is none.
fn refused(outcome: Outcome, times: u32, reason: String) -> Outcome {
    Outcome {
        result: Err(TransportError::Limited { times, reason }),
        ..outcome
    }
}
