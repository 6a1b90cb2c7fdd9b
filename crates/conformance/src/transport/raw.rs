//! Sends bytes that no HTTP library would send: in pieces, with pauses, several requests together, with an end
//! that comes too soon.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf},
    time::{Instant, sleep, sleep_until, timeout},
};

use super::{
    Canned, Client, Connection, Limits, Outcome, Stream, TransportError,
    answers::{Answered, Answers},
    wire::Tape,
};
use crate::scenario::Then;

/// How long an endpoint gets to see that a connection was closed.
const SEEN: Duration = Duration::from_millis(150);

/// What is sent over one connection, and what is done then.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    /// The requests: what is sent of each.
    pub(crate) requests: Vec<Vec<u8>>,
    /// Where the bytes of all requests together are cut into pieces.
    pub(crate) cuts: Vec<usize>,
    /// The wait between two pieces.
    pub(crate) gap: Duration,
    /// What is done behind the last piece.
    pub(crate) then: Option<Then>,
    /// How long nothing more is sent, where that is what is done.
    pub(crate) stall: Duration,
}

impl Script {
    /// One request in these pieces.
    pub(crate) fn of_pieces(pieces: &[Vec<u8>], gap: Duration) -> Self {
        let mut sent = 0;
        let cuts = pieces.iter().map(|piece| {
            sent += piece.len();
            sent
        });
        Self {
            cuts: cuts.collect(),
            requests: vec![pieces.concat()],
            gap,
            ..Self::default()
        }
    }

    fn pieces(&self) -> Vec<Vec<u8>> {
        let all = self.requests.concat();
        let mut from = 0;
        let mut pieces = Vec::new();
        for &to in self.cuts.iter().chain([&all.len()]) {
            if let Some(piece) = all.get(from..to).filter(|piece| !piece.is_empty()) {
                pieces.push(piece.to_vec());
                from = to;
            }
        }
        pieces
    }
}

/// What is over when an exchange by hand is.
struct Heard {
    answers: Vec<Answered>,
    /// Why no more answers came, where not all did.
    error: Option<TransportError>,
}

impl Client {
    /// Carries out a script. There is an outcome for each answer, and one more where another was due; only the
    /// last has the connection.
    pub(crate) async fn converse(&self, script: &Script) -> Vec<Outcome> {
        let started = Instant::now();
        let stream = match self.dial().await {
            Ok(stream) => stream,
            Err(error) => {
                return vec![Outcome {
                    result: Err(error),
                    tape: Tape::default(),
                    elapsed: started.elapsed(),
                    connection: None,
                }];
            }
        };
        self.converse_on(stream, script, started).await
    }

    /// Carries out a script over a stream that is open already.
    pub(crate) async fn converse_over(&self, stream: Canned, script: &Script) -> Vec<Outcome> {
        self.converse_on(Box::new(stream), script, Instant::now()).await
    }

    async fn converse_on(&self, stream: Box<dyn Stream>, script: &Script, started: Instant) -> Vec<Outcome> {
        let (mut reader, mut writer) = tokio::io::split(stream);
        let mut answers = Answers::new(self.limits.answer_bytes);
        let mut sent = 0;
        let heard = hear(
            script,
            &mut reader,
            &mut writer,
            &mut answers,
            &mut sent,
            &self.limits,
        )
        .await;
        let stream = reader.unsplit(writer);
        if script.then == Some(Then::Close) || script.then == Some(Then::Stall) && heard.error.is_some() {
            drop(stream);
            sleep(SEEN).await;
            return outcomes(script, heard, &answers, sent, started, None);
        }
        let reusable = script.then.is_none() && heard.answers.last().is_some_and(|last| last.reusable);
        let unread = answers.pending();
        let connection = (reusable && heard.error.is_none()).then_some(Connection::Raw { stream, unread });
        outcomes(script, heard, &answers, sent, started, connection)
    }
}

/// Sends, and reads at the same time: an endpoint may answer and close before it has everything.
async fn hear(
    script: &Script,
    reader: &mut ReadHalf<Box<dyn Stream>>,
    writer: &mut WriteHalf<Box<dyn Stream>>,
    answers: &mut Answers,
    sent: &mut u64,
    limits: &Limits,
) -> Heard {
    let due = script.requests.len();
    let mut heard = Heard {
        answers: Vec::with_capacity(due),
        error: None,
    };
    let writing = write(script, writer, sent, limits);
    tokio::pin!(writing);
    let mut written = false;
    let mut until = Instant::now() + limits.answer;
    let mut scrap = vec![0; 16 * 1024];
    let mut closed = false;
    loop {
        match answers.next(closed) {
            Ok(Some(answer)) => {
                heard.answers.push(answer);
                until = until.max(Instant::now() + limits.answer);
                if heard.answers.len() == due {
                    return heard;
                }
                continue;
            }
            Ok(None) if closed => {
                let received = answers.pending();
                heard.error = Some(match received {
                    0 => TransportError::Closed { sent: 0 },
                    received => TransportError::Truncated { received },
                });
                return heard;
            }
            Ok(None) => {}
            Err(error) => {
                heard.error = Some(error);
                return heard;
            }
        }
        tokio::select! {
            () = &mut writing, if !written => {
                written = true;
                let wait = match script.then {
                    Some(Then::Close) => Duration::ZERO,
                    Some(Then::Stall) => script.stall,
                    Some(Then::HalfClose) | None => limits.answer,
                };
                until = Instant::now() + wait;
            }
            read = reader.read(&mut scrap) => match read {
                Ok(0) | Err(_) => closed = true,
                Ok(length) => answers.feed(&scrap[..length]),
            },
            () = sleep_until(until), if written => {
                heard.error = Some(TransportError::Timeout {
                    after: if script.then == Some(Then::Stall) { script.stall } else { limits.answer },
                    received: answers.pending(),
                });
                return heard;
            }
        }
    }
}

async fn write(script: &Script, writer: &mut WriteHalf<Box<dyn Stream>>, sent: &mut u64, limits: &Limits) {
    for (index, piece) in script.pieces().iter().enumerate() {
        if index > 0 {
            sleep(script.gap).await;
        }
        let wait = limits.answer + Duration::from_millis(piece.len() as u64 / 100);
        let written = timeout(wait, async {
            writer.write_all(piece).await?;
            writer.flush().await
        });
        // An endpoint may answer and close before it has everything: its answer is read all the same.
        if !matches!(written.await, Ok(Ok(()))) {
            return;
        }
        *sent += piece.len() as u64;
    }
    if script.then == Some(Then::HalfClose) {
        let _ = timeout(limits.connect, writer.shutdown()).await;
    }
}

fn outcomes(
    script: &Script,
    heard: Heard,
    answers: &Answers,
    sent: u64,
    started: Instant,
    mut connection: Option<Connection>,
) -> Vec<Outcome> {
    let mut before = 0;
    let mut tape_of = |index: usize| {
        let request = script.requests.get(index).map_or(&[][..], Vec::as_slice);
        // Of the request that was under way when the endpoint closed, what it was sent.
        let part = usize::try_from(sent.saturating_sub(before)).unwrap_or(usize::MAX);
        before += request.len() as u64;
        let mut tape = Tape {
            by_hand: true,
            ..Tape::default()
        };
        tape.send(&request[..request.len().min(part)]);
        tape
    };
    let last = heard.answers.len() + usize::from(heard.error.is_some());
    let mut found = Vec::with_capacity(last);
    let answered = heard.answers.into_iter().map(|it| (Ok(it.response), it.tape));
    let failed = heard.error.map(|error| (Err(error), answers.tape()));
    for (index, (mut result, heard)) in answered.chain(failed).enumerate() {
        let mut tape = tape_of(index);
        if let Err(TransportError::Closed { sent }) = &mut result {
            *sent = tape.sent_bytes;
        }
        tape.received = heard.received;
        tape.received_bytes = heard.received_bytes;
        found.push(Outcome {
            result,
            tape,
            elapsed: started.elapsed(),
            connection: (index + 1 == last).then(|| connection.take()).flatten(),
        });
    }
    found
}
