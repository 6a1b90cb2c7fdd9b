//! What was taken, as something that can be replayed.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};

use crate::tap::{Event, Taken};

/// A shorter wait is no pause that anybody asked for.
const PAUSE: Duration = Duration::from_millis(40);

/// What one scenario sends.
#[derive(Debug)]
pub(crate) struct Scenario {
    pub(crate) connections: Vec<Connection>,
}

#[derive(Debug)]
pub(crate) struct Connection {
    /// The connections of the scenario that were done with when this one began.
    pub(crate) after: Vec<usize>,
    /// How long nothing was sent then.
    pub(crate) pause: Duration,
    pub(crate) script: Script,
}

#[derive(Debug)]
pub(crate) enum Script {
    /// Requests that any client sends.
    Plain(Vec<Exchange>),
    /// Bytes that no client sends so.
    Raw {
        pieces: Vec<Piece>,
        /// How many bytes came back.
        answered: usize,
        /// How long the connection was held behind the last piece.
        held: Duration,
    },
}

#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
    pub(crate) chunked: bool,
    /// The status of the answer.
    pub(crate) status: u16,
    /// The ids that the answer named, in order.
    pub(crate) ids: Vec<String>,
}

/// Bytes, or where there are none the end of what is sent.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) pause: Duration,
    pub(crate) bytes: Bytes,
}

impl Scenario {
    pub(crate) fn of(taken: Vec<Taken>) -> Self {
        // Whoever only looked whether the endpoint is there said nothing.
        let mut taken: Vec<_> = taken
            .into_iter()
            .filter_map(|taken| Some((span(&taken)?, taken)))
            .collect();
        taken.sort_by_key(|((from, _), _)| *from);
        let mut connections = Vec::new();
        for (index, ((from, _), it)) in taken.iter().enumerate() {
            let ended = |(_, ((_, to), _)): &(usize, &((Duration, Duration), Taken))| to <= from;
            let before: Vec<_> = taken[..index].iter().enumerate().filter(ended).collect();
            let last = before.iter().map(|(_, ((_, to), _))| *to).max();
            connections.push(Connection {
                after: before.iter().map(|(index, _)| *index).collect(),
                pause: last.map_or(Duration::ZERO, |last| pause(from.saturating_sub(last))),
                script: plain(it).map_or_else(|| raw(it), Script::Plain),
            });
        }
        Self { connections }
    }

    /// How many requests are sent.
    pub(crate) fn exchanges(&self) -> usize {
        let of = |connection: &Connection| match &connection.script {
            Script::Plain(exchanges) => exchanges.len(),
            Script::Raw { .. } => 1,
        };
        self.connections.iter().map(of).sum()
    }
}

fn pause(wait: Duration) -> Duration {
    if wait < PAUSE { Duration::ZERO } else { wait }
}

/// From the first byte of the client to the last of anybody.
fn span(taken: &Taken) -> Option<(Duration, Duration)> {
    let said = |event: &&Event| !event.bytes.is_empty();
    let first = taken.events.iter().filter(said).find(|event| event.by_client)?;
    let last = taken.events.iter().rfind(said)?;
    Some((first.at, last.at))
}

/// The requests, each sent at one go and answered before the next.
fn plain(taken: &Taken) -> Option<Vec<Exchange>> {
    let mut exchanges = Vec::new();
    let mut events = taken.events.iter().peekable();
    while events.peek().is_some_and(|event| !event.bytes.is_empty()) {
        let (mut sent, mut heard) = (Vec::new(), Vec::new());
        let mut last = None;
        let mut waits = false;
        // An interim answer comes before the request is whole.
        while let Some(event) = events
            .next_if(|event| !event.bytes.is_empty() && (!event.by_client || final_answer(&heard).is_none()))
        {
            if event.by_client {
                waits |= last.is_some_and(|last| event.at.saturating_sub(last) > PAUSE);
                last = Some(event.at);
                sent.extend_from_slice(&event.bytes);
            } else {
                heard.extend_from_slice(&event.bytes);
            }
        }
        let exchange = exchange(&sent, &heard)?;
        let expects = exchange.headers.iter().any(|(name, _)| name == "expect");
        if waits && !expects {
            return None;
        }
        exchanges.push(exchange);
    }
    // Whoever stops sending before the answer is no usual client.
    let ends_early = events.any(|event| !event.bytes.is_empty());
    (!exchanges.is_empty() && !ends_early).then_some(exchanges)
}

/// The status of the answer, and where its body begins.
fn final_answer(heard: &[u8]) -> Option<(u16, usize)> {
    let mut from = 0;
    loop {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut answer = httparse::Response::new(&mut headers);
        let httparse::Status::Complete(length) = answer.parse(&heard[from..]).ok()? else {
            return None;
        };
        from += length;
        match answer.code? {
            100..=199 => {}
            status => return Some((status, from)),
        }
    }
}

fn exchange(sent: &[u8], heard: &[u8]) -> Option<Exchange> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(start) = request.parse(sent).ok()? else {
        return None;
    };
    let (status, body) = final_answer(heard)?;
    let headers = request.headers.iter().map(|header| {
        let name = HeaderName::from_bytes(header.name.as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(header.value).ok()?))
    });
    let mut headers: Vec<_> = headers.collect::<Option<_>>()?;
    let of = |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, it)| it);
    let length = of("content-length").map(|it| it.to_str().ok()?.parse::<usize>().ok());
    let chunked = of("transfer-encoding").is_some();
    let rest = &sent[start..];
    let body_of_request = match (length, chunked) {
        (None, false) if rest.is_empty() => Vec::new(),
        (Some(length), false) if length == Some(rest.len()) => rest.to_vec(),
        (None, true) => joined(rest)?,
        _ => return None,
    };
    headers.retain(|(name, _)| name != "content-length" && name != "transfer-encoding");
    Some(Exchange {
        method: request.method?.parse().ok()?,
        path: request.path?.to_owned(),
        headers,
        body: body_of_request.into(),
        chunked,
        status,
        ids: ids(&heard[body..]),
    })
}

/// The chunks of a whole body.
fn joined(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let httparse::Status::Complete((start, length)) = httparse::parse_chunk_size(rest).ok()? else {
            return None;
        };
        let end = start + usize::try_from(length).ok()?;
        whole.extend_from_slice(rest.get(start..end)?);
        rest = rest.get(end + 2..)?;
        if length == 0 {
            return rest.is_empty().then_some(whole);
        }
    }
}

fn raw(taken: &Taken) -> Script {
    let heard = |event: &&Event| !event.by_client;
    let last_heard = taken
        .events
        .iter()
        .rposition(|event| heard(&event) && !event.bytes.is_empty());
    let (mut pieces, mut last): (Vec<Piece>, Option<Duration>) = (Vec::new(), None);
    let mut until = Duration::ZERO;
    for (index, event) in taken.events.iter().enumerate() {
        until = event.at;
        // Closing behind the last answer is nothing that is sent.
        if event.by_client && (!event.bytes.is_empty() || last_heard > Some(index)) {
            pieces.push(Piece {
                pause: last.map_or(Duration::ZERO, |last| pause(event.at.saturating_sub(last))),
                bytes: event.bytes.clone().into(),
            });
            last = Some(event.at);
        }
    }
    Script::Raw {
        pieces,
        answered: taken
            .events
            .iter()
            .filter(heard)
            .map(|event| event.bytes.len())
            .sum(),
        held: until.saturating_sub(last.unwrap_or(until)),
    }
}

/// The ids of disputes and documents that a text names, in order.
pub(crate) fn ids(text: &[u8]) -> Vec<String> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let words = text.split(|byte| !is_part(byte));
    words
        .filter(|word| word.starts_with(b"docu_") || word.starts_with(b"dspt_"))
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect()
}
