//! What was received: a ring with a bound on its length and on its bytes.

use std::{
    borrow::Cow,
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use http::{HeaderMap, Method};
use rebuttal_model::Timestamp;
use tokio::sync::watch;

use super::{
    mask,
    shown::{Diagnosis, Entry, Header, JournalPage},
    wire::OperationName,
};

/// What an entry weighs besides its texts, in bytes.
const ENTRY_BYTES: usize = 256;

/// The most entries that are told at once.
pub(crate) const MAX_PAGE: usize = 1000;

/// The journal. What is written is written before the request is answered.
#[derive(Debug)]
pub(crate) struct Journal {
    ring: Mutex<Ring>,
    /// The number of the last entry, for those who wait for the next.
    last: watch::Sender<u64>,
}

#[derive(Debug)]
struct Ring {
    entries: VecDeque<Recorded>,
    bytes: usize,
    last: u64,
    dropped: u64,
    max_entries: usize,
    max_bytes: usize,
}

/// An entry as it is kept, without keys. Its head is one text, which does not hold on to the buffer that it was
/// read into.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) number: u64,
    pub(crate) at: Timestamp,
    pub(crate) method: Method,
    pub(crate) path: Box<str>,
    pub(crate) query: Option<Box<str>>,
    pub(crate) head: Box<str>,
    pub(crate) operation: Option<OperationName>,
    pub(crate) body_bytes: u64,
    pub(crate) status: u16,
    pub(crate) error: Option<(String, String)>,
    pub(crate) answer_bytes: u64,
    pub(crate) took_us: u64,
    pub(crate) orders: Vec<u64>,
    pub(crate) clause: Option<&'static str>,
    pub(crate) diagnoses: Vec<Diagnosis>,
}

/// Which entries are asked for; all that is there must fit.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Filter {
    /// Only those with a higher number.
    pub since: u64,
    /// Only those that were answered with this status.
    pub status: Option<Statuses>,
    /// Only those whose path has this in it.
    pub path: Option<String>,
    /// Only those that ask for this.
    pub operation: Option<OperationName>,
    /// The most that are told, at most 1000; 100 where none is named.
    pub limit: Option<usize>,
}

/// Which statuses are asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Statuses {
    /// This one.
    One(u16),
    /// Those of a class: 4 for 400 to 499.
    Class(u16),
}

impl Statuses {
    fn has(self, status: u16) -> bool {
        match self {
            Self::One(one) => one == status,
            Self::Class(class) => class == status / 100,
        }
    }
}

impl Filter {
    fn takes(&self, entry: &Recorded) -> bool {
        self.status.is_none_or(|statuses| statuses.has(entry.status))
            && self.path.as_deref().is_none_or(|path| entry.path.contains(path))
            && self
                .operation
                .is_none_or(|operation| entry.operation == Some(operation))
    }
}

impl Journal {
    pub(crate) fn new(max_entries: usize, max_bytes: usize) -> Self {
        Self {
            ring: Mutex::new(Ring {
                entries: VecDeque::new(),
                bytes: 0,
                last: 0,
                dropped: 0,
                max_entries,
                max_bytes,
            }),
            last: watch::Sender::new(0),
        }
    }

    /// Whether anything is kept.
    pub(crate) fn is_on(&self) -> bool {
        self.ring().max_entries > 0
    }

    pub(crate) fn record(&self, mut entry: Recorded) {
        let last = {
            let mut ring = self.ring();
            ring.last += 1;
            entry.number = ring.last;
            ring.bytes += entry.bytes();
            ring.entries.push_back(entry);
            while ring.entries.len() > ring.max_entries || ring.bytes > ring.max_bytes {
                let Some(oldest) = ring.entries.pop_front() else {
                    break;
                };
                ring.bytes -= oldest.bytes();
                ring.dropped += 1;
            }
            ring.last
        };
        // Whoever begins to wait looks at the entries after that, and so misses none that nobody was told of.
        if self.last.receiver_count() > 0 {
            self.last.send_replace(last);
        }
    }

    /// The number of the last entry, to wait for the next with.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }

    pub(crate) fn page(&self, filter: &Filter) -> JournalPage {
        let ring = self.ring();
        let limit = filter.limit.unwrap_or(100).min(MAX_PAGE);
        // Numbers have no gaps, so where to begin is known.
        let first = ring.last - ring.entries.len() as u64;
        let behind = usize::try_from(filter.since.saturating_sub(first)).unwrap_or(usize::MAX);
        let mut fitting = ring
            .entries
            .iter()
            .skip(behind)
            .filter(|entry| filter.takes(entry));
        let entries: Vec<_> = fitting.by_ref().take(limit).map(Recorded::shown).collect();
        let more = fitting.next().is_some();
        let last = match entries.last() {
            Some(told) if more => told.number,
            _ => ring.last,
        };
        JournalPage {
            entries,
            last,
            dropped: ring.dropped,
            more,
        }
    }

    pub(crate) fn entry(&self, number: u64) -> Option<Entry> {
        let ring = self.ring();
        let first = ring.last - ring.entries.len() as u64;
        let place = usize::try_from(number.checked_sub(first + 1)?).ok()?;
        ring.entries.get(place).map(Recorded::shown)
    }

    /// Forgets every entry. Numbers go on, so that whoever waits for the next one gets it.
    pub(crate) fn clear(&self) {
        let mut ring = self.ring();
        ring.dropped += ring.entries.len() as u64;
        ring.entries.clear();
        ring.bytes = 0;
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorded {
    fn bytes(&self) -> usize {
        let diagnoses: usize = self
            .diagnoses
            .iter()
            .map(|it| ENTRY_BYTES + it.code.len() + it.message.len() + it.advice.len())
            .sum();
        let error = self
            .error
            .as_ref()
            .map_or(0, |(code, message)| code.len() + message.len());
        let query = self.query.as_ref().map_or(0, |query| query.len());
        ENTRY_BYTES + self.path.len() + query + self.head.len() + error + diagnoses
    }

    fn shown(&self) -> Entry {
        let headers = self.head.lines().filter_map(|line| line.split_once(": "));
        Entry {
            number: self.number,
            at: self.at,
            method: self.method.to_string(),
            path: self.path.to_string(),
            query: self.query.as_deref().map(str::to_owned),
            headers: headers
                .map(|(name, value)| Header {
                    name: name.to_owned(),
                    value: value.to_owned(),
                })
                .collect(),
            operation: self.operation,
            body_bytes: self.body_bytes,
            status: self.status,
            error_code: self.error.as_ref().map(|(code, _)| code.clone()),
            error_message: self.error.as_ref().map(|(_, message)| message.clone()),
            answer_bytes: self.answer_bytes,
            took_us: self.took_us,
            orders: self.orders.clone(),
            clause: self.clause.map(str::to_owned),
            diagnoses: self.diagnoses.clone(),
        }
    }
}

/// Headers as one text, a line each; credentials do not get into it.
pub(crate) fn head(headers: &HeaderMap) -> Box<str> {
    let bytes = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + ": \n".len());
    let mut text = String::with_capacity(bytes.sum());
    for (name, value) in headers {
        // `from_utf8_lossy` finds out letter by letter what this knows at once.
        let value = match std::str::from_utf8(value.as_bytes()) {
            Ok(value) => Cow::Borrowed(value),
            Err(_) => String::from_utf8_lossy(value.as_bytes()),
        };
        text.push_str(name.as_str());
        text.push_str(": ");
        if mask::is_credential(name) {
            mask::push_credential(&mut text, &value);
        } else {
            text.push_str(&mask::starred(&value));
        }
        text.push('\n');
    }
    text.into_boxed_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, status: u16) -> Recorded {
        Recorded {
            number: 0,
            at: Timestamp::EPOCH,
            method: Method::GET,
            path: path.into(),
            query: None,
            head: "host: x\n".into(),
            operation: None,
            body_bytes: 0,
            status,
            error: None,
            answer_bytes: 0,
            took_us: 0,
            orders: Vec::new(),
            clause: None,
            diagnoses: Vec::new(),
        }
    }

    fn numbers(page: &JournalPage) -> Vec<u64> {
        page.entries.iter().map(|entry| entry.number).collect()
    }

    #[test]
    fn the_oldest_make_room_by_number_and_by_bytes() {
        let journal = Journal::new(3, 10_000);
        for status in [200, 401, 404, 500] {
            journal.record(entry("/disputes", status));
        }
        let page = journal.page(&Filter::default());
        assert_eq!((numbers(&page), page.last, page.dropped), (vec![2, 3, 4], 4, 1));
        journal.record(entry(&"x".repeat(9_500), 200));
        assert_eq!(numbers(&journal.page(&Filter::default())), [5]);
        journal.record(entry(&"x".repeat(20_000), 200));
        assert_eq!(numbers(&journal.page(&Filter::default())), Vec::<u64>::new());
        journal.record(entry("/", 200));
        assert_eq!(numbers(&journal.page(&Filter::default())), [7]);
        assert!(journal.entry(6).is_none() && journal.entry(8).is_none() && journal.entry(0).is_none());
        assert_eq!(journal.entry(7).unwrap().path, "/");
    }

    #[test]
    fn filters_and_pages() {
        let journal = Journal::new(100, 100_000);
        for (path, status) in [("/a", 200), ("/b", 401), ("/a", 404), ("/b", 200)] {
            journal.record(entry(path, status));
        }
        let found = |filter: Filter| numbers(&journal.page(&filter));
        let all = Filter::default();
        assert_eq!(
            found(Filter {
                since: 2,
                ..all.clone()
            }),
            [3, 4]
        );
        assert_eq!(
            found(Filter {
                since: 9,
                ..all.clone()
            }),
            Vec::<u64>::new()
        );
        assert_eq!(
            found(Filter {
                status: Some(Statuses::Class(4)),
                ..all.clone()
            }),
            [2, 3]
        );
        assert_eq!(
            found(Filter {
                status: Some(Statuses::One(401)),
                ..all.clone()
            }),
            [2]
        );
        assert_eq!(
            found(Filter {
                path: Some("a".to_owned()),
                ..all.clone()
            }),
            [1, 3]
        );
        let page = journal.page(&Filter {
            limit: Some(3),
            ..all
        });
        assert_eq!((page.last, page.more), (3, true));
        journal.clear();
        assert_eq!(found(Filter::default()), Vec::<u64>::new());
        assert_eq!(journal.page(&Filter::default()).last, 4);
    }
}
