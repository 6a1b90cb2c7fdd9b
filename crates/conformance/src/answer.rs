//! What a run makes of an answer, bytes in and findings out, without asking anybody for it.
//!
//! For those who test the judge: it reads what strangers write. Nothing here opens a connection or waits.

use std::{cell::RefCell, collections::BTreeSet, time::Duration};

use bytes::Bytes;
use rebuttal_model::{ApiVersion, inspect::Subject};
use tokio::runtime::{Builder, Runtime};

use crate::{
    redact::Secrets,
    run::{Asked, At, Ledger, Seen, judge_everywhere},
    transport::{Canned, Client, Limits, Request, Script, TransportError},
    verdict::{Mismatch, Observation},
};

/// Which of the two readers of answers is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reader {
    /// The HTTP library, which reads nearly every answer.
    Library,
    /// Our own, for requests that no library sends.
    ByHand,
}

/// An answer as it comes, and what it answers.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// The bytes that the endpoint sends once it has the request; then it closes the connection.
    pub bytes: &'a [u8],
    /// How many of them come at once, at most.
    pub piece: usize,
    /// Who reads them.
    pub reader: Reader,
    /// What a success is.
    pub subject: Subject,
    /// The version that was asked for.
    pub version: ApiVersion,
    /// The longest body that is read, in bytes.
    pub answer_bytes: usize,
}

/// What a run makes of an answer.
#[derive(Debug)]
pub struct Judged {
    /// Status and body, or why there is no answer.
    pub answer: Result<(u16, Bytes), TransportError>,
    /// How many bytes the run keeps of what came, for its report.
    pub kept_bytes: usize,
    /// Where the answer departs from the contract.
    pub mismatches: Vec<Mismatch>,
    /// What is worth a word besides.
    pub observations: BTreeSet<Observation>,
}

thread_local! {
    static RUNTIME: RefCell<Option<Runtime>> = const { RefCell::new(None) };
}

/// Reads and judges an answer.
///
/// # Panics
///
/// When there can be no runtime, or the caller is in one.
pub fn judge_answer(received: &Received<'_>, secrets: &Secrets) -> Judged {
    RUNTIME.with_borrow_mut(|runtime| {
        let runtime = runtime.get_or_insert_with(|| {
            let runtime = Builder::new_current_thread().enable_time().build();
            runtime.expect("a runtime of one thread")
        });
        runtime.block_on(read_and_judge(received, secrets))
    })
}

async fn read_and_judge(received: &Received<'_>, secrets: &Secrets) -> Judged {
    let limits = Limits {
        answer_bytes: received.answer_bytes,
        ..Limits::default()
    };
    let endpoint = "http://127.0.0.1:1".parse().expect("a URL");
    let client = Client::new(endpoint, limits).expect("a client without TLS");
    let stream = Canned::new(received.bytes, received.piece);
    let outcome = match received.reader {
        Reader::Library => client.send_over(stream, &Request::new("GET", "/")).await,
        Reader::ByHand => {
            let script = Script::of_pieces(&[b"GET / HTTP/1.1\r\n\r\n".to_vec()], Duration::ZERO);
            let outcomes = client.converse_over(stream, &script).await;
            outcomes.into_iter().next().expect("an outcome for each request")
        }
    };
    let kept_bytes = outcome.tape.received.len();
    let mut ledger = Ledger::default();
    let answer = outcome.result.map(|response| {
        let answer = (response.status, response.body.clone());
        let seen = Seen::new(response, Duration::ZERO);
        let asked = Asked {
            seen: &seen,
            success: Some(received.subject),
            version: received.version,
            named_version: Some(received.version),
            dispute: None,
            robust: false,
            said: &String::new,
        };
        let at = At {
            step: 1,
            exchange: None,
        };
        judge_everywhere(&mut ledger, at, &asked, secrets);
        answer
    });
    Judged {
        answer,
        kept_bytes,
        mismatches: ledger.mismatches,
        observations: ledger.observations,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(bytes: &[u8], reader: Reader, piece: usize) -> Received<'_> {
        Received {
            bytes,
            piece,
            reader,
            subject: Subject::Document,
            version: ApiVersion::default(),
            answer_bytes: 1000,
        }
    }

    fn judged(bytes: &[u8], reader: Reader, piece: usize) -> Judged {
        judge_answer(&received(bytes, reader, piece), &Secrets::default())
    }

    #[test]
    fn both_readers_read_an_answer_however_it_comes() {
        let bytes =
            b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        for reader in [Reader::Library, Reader::ByHand] {
            for piece in [1, 7, 1000] {
                let judged = judged(bytes, reader, piece);
                let (status, body) = judged.answer.expect("an answer");
                assert_eq!((status, &body[..]), (404, &b"{}"[..]), "{reader:?}, {piece}");
                assert_eq!(judged.kept_bytes, bytes.len());
                let places: Vec<_> = judged.mismatches.iter().map(|it| it.place.as_str()).collect();
                assert_eq!(places, ["/object", "/location", "/code", "/message"]);
            }
        }
    }

    #[test]
    fn a_key_is_seen_wherever_an_answer_shows_it() {
        let key = "skey_test_5xuy4w91xqz7d1w9u0t";
        let secrets = Secrets::new([key].into_iter());
        for (reason, field, wanted) in [
            ("Bad Request", "X-Hint: none".to_owned(), None),
            (key, "X-Hint: none".to_owned(), Some("reason phrase")),
            ("Bad Request", format!("X-Hint: {key}"), Some("header x-hint")),
            // Not all of it is ASCII.
            ("Bad Request", format!("X-Hint: clé {key}"), Some("header x-hint")),
        ] {
            let bytes = format!("HTTP/1.1 400 {reason}\r\n{field}\r\nContent-Length: 2\r\n\r\n{{}}");
            for reader in [Reader::Library, Reader::ByHand] {
                let judged = judge_answer(&received(bytes.as_bytes(), reader, 1000), &secrets);
                let leak = judged.mismatches.iter().find(|it| it.clause == "error.no-leak");
                assert_eq!(leak.map(|it| it.place.as_str()), wanted, "{reader:?}, {bytes}");
            }
        }
    }

    #[test]
    fn an_answer_that_is_cut_is_none() {
        for reader in [Reader::Library, Reader::ByHand] {
            for bytes in [
                &b""[..],
                b"HTTP/1.1 200",
                b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
            ] {
                let judged = judged(bytes, reader, 3);
                assert!(
                    judged.answer.is_err() && judged.mismatches.is_empty(),
                    "{reader:?}: {judged:?}"
                );
            }
        }
    }
}
