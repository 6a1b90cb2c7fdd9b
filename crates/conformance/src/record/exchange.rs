//! One exchange: taken, judged, sent on, judged again, saved, told, answered.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, request};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::sync::Semaphore;

use super::{
    HELD_BYTES,
    answer::{in_words, seen_of, wait_asked_for},
    client::{BodyEnd, Credentials, Due, Judged, Sent},
    finding::{self, Finding, Side},
    intake::{self, MOST_LARGE},
    keys::{self, Keyring},
    line::{self, Line, Recorded, Summary},
    memory::{Flight, Memory},
    message,
    route::Route,
    save::{Folder, Taken},
    server::{self, Answered, Question},
    tally::Tally,
};
use crate::{
    transport::{Client, Relayed, TransportError},
    verdict::Verdict,
};

/// The host that serves documents; a client that takes the proxy for a forward one names it.
const API_HOST: &str = "api.omise.co";

/// What the proxy says to a live key.
const LIVE: &str = "a live key: this would change disputes about real money. Use a test key, or start the recording with \
                    --live-key and --change-real-disputes both. Nothing was sent on";

/// What everybody shares.
pub(super) struct Desk {
    client: Client,
    live: bool,
    large: Semaphore,
    under_way: AtomicUsize,
    book: Mutex<Book>,
    on_line: Box<dyn Fn(&Line) + Send + Sync>,
}

/// What is written down.
#[derive(Debug)]
struct Book {
    keyring: Keyring,
    memory: Memory,
    tally: Tally,
    folder: Option<Folder>,
    /// Until when a client was asked to wait, and by which header.
    not_before: Option<(Instant, String)>,
}

/// What became of a request that went on, or did not.
enum Outcome {
    /// The endpoint answered.
    Answered(Relayed, Duration),
    /// It was asked, and did not answer.
    Failed(TransportError, Duration),
    /// It was not asked; the proxy answers in its place.
    Kept(StatusCode, &'static str, String),
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk")
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

impl Desk {
    pub(super) fn new(
        client: Client,
        live: bool,
        folder: Option<Folder>,
        on_line: Box<dyn Fn(&Line) + Send + Sync>,
    ) -> Self {
        let book = Book {
            keyring: Keyring::default(),
            memory: Memory::default(),
            tally: Tally::new(),
            folder,
            not_before: None,
        };
        Self {
            client,
            live,
            large: Semaphore::new(MOST_LARGE),
            under_way: AtomicUsize::new(0),
            book: Mutex::new(book),
            on_line,
        }
    }

    pub(super) fn tell(&self, line: &Line) {
        (self.on_line)(line);
    }

    /// Tells what is no exchange.
    pub(super) fn trouble(&self, text: &str) {
        let book = self.book();
        let mut text = text.to_owned();
        line::clean(&mut text, book.keyring.secrets());
        let at = line::now();
        self.tell(&Line::Trouble { at, text });
    }

    pub(super) fn summary(&self) -> Summary {
        let book = self.book();
        let (saved, failed) = match &book.folder {
            Some(folder) => (folder.saved(), folder.failed()),
            None => (Vec::new(), None),
        };
        let summary = book
            .tally
            .summary(saved, failed, self.under_way.load(Ordering::Relaxed));
        self.tell(&Line::Summary(summary.clone()));
        summary
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a request through. The answer, and whether the connection can be used again.
    pub(super) async fn exchange(&self, request: Request<Incoming>) -> (Response<Full<Bytes>>, bool) {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        let (head, mut body) = request.into_parts();
        let credentials = Credentials::new(&head.headers);
        let mut shown = keys_of_head(&head);
        self.book()
            .keyring
            .learn(credentials.texts.iter().chain(&shown).map(String::as_str));
        let _place;
        let (bytes, end) = if self.refuses(&credentials.texts, &shown) || head.method == Method::CONNECT {
            (Bytes::new(), BodyEnd::Unread)
        } else {
            let read = intake::read(&mut body, &self.large).await;
            _place = read.2;
            (read.0, read.1)
        };
        let in_body = keys::find(&bytes);
        self.book().keyring.learn(in_body.iter().map(String::as_str));
        let hides = !in_body.is_empty()
            || !shown.is_empty()
            || self
                .book()
                .keyring
                .secrets()
                .shows_in(&String::from_utf8_lossy(&bytes[..bytes.len().min(64 * 1024)]));
        shown.extend(in_body);
        let is_live = self.refuses(&credentials.texts, &shown);
        let sent = Sent {
            method: head.method.clone(),
            uri: head.uri.clone(),
            headers: head.headers.clone(),
            body: bytes,
            end,
        };
        let allowed = [self.client.endpoint().host.clone(), API_HOST.to_owned()];
        let judged = Judged::new(&sent, &allowed, hides);
        let flight = self.depart(&judged);
        let outcome = self.ask(head, &sent, is_live).await;
        let response = self.conclude(&sent, &judged, &flight, outcome);
        self.under_way.fetch_sub(1, Ordering::Relaxed);
        (response, sent.end == BodyEnd::Whole)
    }

    /// Whether a live key stands somewhere, and none may.
    fn refuses<'k>(
        &self,
        texts: impl IntoIterator<Item = &'k String>,
        shown: impl IntoIterator<Item = &'k String>,
    ) -> bool {
        let in_texts = || {
            let found: Vec<_> = texts
                .into_iter()
                .flat_map(|text| keys::find(text.as_bytes()))
                .collect();
            keys::has_live(&found)
        };
        !self.live && (keys::has_live(shown) || in_texts())
    }

    fn depart(&self, judged: &Judged) -> Flight {
        let dispute = match &judged.route {
            Route::Documents { dispute, .. } => dispute.as_str(),
            _ => "",
        };
        self.book().memory.depart(dispute)
    }

    async fn ask(&self, head: request::Parts, sent: &Sent, is_live: bool) -> Outcome {
        let kept = |status, code, message: &str| Outcome::Kept(status, code, message.to_owned());
        if is_live {
            return kept(StatusCode::FORBIDDEN, "live_key_refused", LIVE);
        }
        if head.method == Method::CONNECT {
            let message =
                "this is no forward proxy: give the client this address in place of the API's, with http://";
            return kept(StatusCode::NOT_IMPLEMENTED, "not_a_forward_proxy", message);
        }
        match &sent.end {
            BodyEnd::Whole | BodyEnd::Unread => {}
            BodyEnd::Cut(_) => {
                let message = "the body broke off; nothing was sent on";
                return kept(StatusCode::BAD_REQUEST, "body_broke_off", message);
            }
            BodyEnd::Stalled => {
                let message = "the body stopped coming; nothing was sent on";
                return kept(StatusCode::REQUEST_TIMEOUT, "body_stopped", message);
            }
            BodyEnd::TooLong => {
                let message =
                    format!("a body of more than {HELD_BYTES} bytes is not held; nothing was sent on");
                return kept(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", &message);
            }
        }
        let started = Instant::now();
        let (head, body) = message::onward(head, &sent.body);
        match self.client.relay(head, &body).await {
            Ok(answer) => Outcome::Answered(answer, started.elapsed()),
            Err(error) => Outcome::Failed(error, started.elapsed()),
        }
    }

    /// Judges the answer, saves and tells the exchange, and makes the answer for the client.
    fn conclude(
        &self,
        sent: &Sent,
        judged: &Judged,
        flight: &Flight,
        outcome: Outcome,
    ) -> Response<Full<Bytes>> {
        let mut book = self.book();
        let book = &mut *book;
        let alone = book.memory.arrive(flight);
        let mut recorded = Recorded {
            number: book.tally.next(),
            at: line::now(),
            method: sent.method.to_string(),
            target: sent
                .uri
                .path_and_query()
                .map_or_else(|| sent.uri.to_string(), ToString::to_string),
            operation: judged.operation(),
            status: None,
            answer: String::new(),
            sent_on: true,
            duration_ms: 0,
            client: Verdict::Pass,
            server: Verdict::Skip,
            findings: judged.findings.clone(),
            saved: None,
            unsaved: None,
        };
        let too_soon = book
            .not_before
            .take()
            .filter(|(until, _)| Instant::now() < *until);
        if let Some((_, header)) = too_soon {
            let found = "the next request came before that";
            recorded
                .findings
                .push(finding::AGAIN_AT_ONCE.finding("time", header, found));
        }
        let is_head = sent.method == Method::HEAD;
        let mut answered = Answered::default();
        let mut is_judged = judged.due != Due::Nothing;
        let mut seen = None;
        let response = match outcome {
            Outcome::Answered(answer, elapsed) => {
                recorded.duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
                let it = seen_of(&answer, elapsed);
                let question = Question {
                    sent,
                    judged,
                    seen: &it,
                    secrets: book.keyring.secrets(),
                    alone,
                };
                recorded.status = Some(it.status);
                recorded.answer = in_words(&it);
                match it
                    .header("content-encoding")
                    .filter(|coding| *coding != "identity")
                {
                    Some(coding) => {
                        is_judged = false;
                        let coding = coding.escape_debug();
                        recorded.answer = format!(
                            "{} in {coding}, which was not offered and is not judged",
                            it.status
                        );
                    }
                    None => answered = server::judge(&question, &mut book.memory),
                }
                book.not_before = wait_asked_for(&it);
                seen = Some(it);
                message::back(answer, is_head)
            }
            Outcome::Failed(error, elapsed) => {
                recorded.duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
                recorded.server = Verdict::Error;
                recorded.answer = format!("no answer: {error}");
                let status = match error {
                    TransportError::Timeout { .. } => StatusCode::GATEWAY_TIMEOUT,
                    _ => StatusCode::BAD_GATEWAY,
                };
                let mut text = format!("the upstream did not answer: {error}");
                line::clean(&mut text, book.keyring.secrets());
                message::own(status, "upstream_failed", &text)
            }
            Outcome::Kept(status, code, text) => {
                recorded.sent_on = false;
                recorded.answer = format!("not sent on: {text}");
                message::own(status, code, &text)
            }
        };
        recorded.findings.append(&mut answered.findings);
        recorded.findings.sort_by_key(|finding| finding.level);
        recorded.client = finding::verdict(of(&recorded.findings, Side::Client));
        if recorded.status.is_some() && is_judged {
            recorded.server = finding::verdict(of(&recorded.findings, Side::Server));
        }
        if let (Some(folder), Some(seen)) = (&mut book.folder, seen.as_ref().filter(|_| is_judged)) {
            let taken = Taken {
                sent,
                judged,
                seen,
                refused: answered.refused,
                secrets: book.keyring.secrets(),
            };
            (recorded.saved, recorded.unsaved) = folder.keep(&taken);
            if let Some(text) = folder.news() {
                self.tell(&Line::Trouble {
                    at: line::now(),
                    text,
                });
            }
        }
        recorded.clean(book.keyring.secrets());
        book.tally.add(&recorded, &answered.held);
        self.tell(&Line::Exchange(recorded));
        response
    }
}

fn of(findings: &[Finding], side: Side) -> impl Iterator<Item = &Finding> {
    findings.iter().filter(move |finding| finding.side == side)
}

/// The keys that stand in a head, but for those that are where they belong.
fn keys_of_head(head: &request::Parts) -> std::collections::BTreeSet<String> {
    let target = head.uri.to_string();
    let mut found = keys::find(target.as_bytes());
    for (name, value) in &head.headers {
        if name != http::header::AUTHORIZATION {
            found.extend(keys::find(value.as_bytes()));
        }
    }
    found
}
