//! What shall go wrong, and for which requests.
//!
//! Orders about different things work together. Of two about the same thing the older one goes first, and
//! the other waits for the next request.

use std::time::Duration;

use http::Method;

use super::{
    problem::{ControlError, problem},
    shown::OrderState,
    wire::{Cut, Match, NewOrder, OperationName, OrderedAnswer},
};
use crate::{fault::Fault, tamper};

/// The most orders that are kept at a time.
const MAX_ORDERS: usize = 256;

/// Everything that was ordered and not removed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Orders {
    last: u64,
    placed: Vec<Placed>,
}

#[derive(Clone, Debug)]
struct Placed {
    number: u64,
    order: NewOrder,
    /// How many requests matched and were left alone.
    skipped: u32,
    taken: u32,
}

/// What an order is matched with.
pub(crate) struct Seen<'a> {
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) operation: Option<OperationName>,
    pub(crate) dispute: Option<&'a str>,
    /// The user of the credentials.
    pub(crate) user: Option<&'a str>,
    /// The number of the account that the user is the key of.
    pub(crate) account: Option<u32>,
}

/// What goes wrong with one request.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) numbers: Vec<u64>,
    pub(crate) answer: Option<OrderedAnswer>,
    pub(crate) fault: Option<Fault>,
    pub(crate) delay: Option<Duration>,
    pub(crate) manner: Manner,
}

/// How an answer is sent.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Manner {
    pub(crate) cut: Option<Cut>,
    pub(crate) truncated: bool,
    pub(crate) bytes_per_second: Option<u32>,
}

/// Whether a fault can be had by one request alone.
pub(crate) fn is_orderable(fault: Fault) -> bool {
    !tamper::meddles(fault) && !matches!(fault, Fault::ConnectionRemembersKey | Fault::SlowUploadBlocksAll)
}

/// Refuses an order that asks for nothing, or for what no single request can have.
pub(crate) fn check(order: &NewOrder) -> Result<(), ControlError> {
    let asks = order.answer.is_some()
        || order.fault.is_some()
        || order.delay_ms.is_some()
        || order.cut.is_some()
        || order.truncated
        || order.bytes_per_second.is_some();
    if !asks {
        return Err(problem(
            "",
            "one of answer, fault, delay_ms, cut, truncated, bytes_per_second",
            "none of them",
        ));
    }
    if let Some(fault) = order.fault.filter(|fault| !is_orderable(*fault)) {
        return Err(problem(
            "/fault",
            "a fault that a single request can have",
            format!("`{fault}`, which is about a whole connection"),
        )
        .help(format!("start the mock with --fault {fault}")));
    }
    if let Some(method) = &order.matching.method
        && !method.bytes().all(|byte| byte.is_ascii_uppercase())
    {
        return Err(problem(
            "/match/method",
            "a method such as POST",
            format!("{method:?}"),
        ));
    }
    if let Some(path) = &order.matching.path
        && !path.starts_with('/')
    {
        return Err(problem(
            "/match/path",
            "a path that begins with a slash",
            format!("{path:?}"),
        ));
    }
    if let Some(answer) = &order.answer
        && let Some(found) = answer.content_type.as_deref()
        && http::HeaderValue::from_str(found).is_err()
    {
        return Err(problem(
            "/answer/content_type",
            "a media type",
            format!("{found:?}"),
        ));
    }
    Ok(())
}

impl Orders {
    /// Places an order that was checked; answers its number.
    pub(crate) fn place(&mut self, order: NewOrder) -> Result<u64, ControlError> {
        check(&order)?;
        if self.placed.len() >= MAX_ORDERS {
            self.placed.retain(|placed| placed.left() != Some(0));
        }
        if self.placed.len() >= MAX_ORDERS {
            let found = format!("{MAX_ORDERS} that are not through");
            return Err(problem("", format!("at most {MAX_ORDERS} orders"), found));
        }
        self.last += 1;
        self.placed.push(Placed {
            number: self.last,
            order,
            skipped: 0,
            taken: 0,
        });
        Ok(self.last)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.placed.is_empty()
    }

    /// Removes one order; says whether it was there.
    pub(crate) fn remove(&mut self, number: u64) -> bool {
        let before = self.placed.len();
        self.placed.retain(|placed| placed.number != number);
        self.placed.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.placed.clear();
    }

    pub(crate) fn list(&self) -> Vec<OrderState> {
        self.placed.iter().map(Placed::state).collect()
    }

    pub(crate) fn get(&self, number: u64) -> Option<OrderState> {
        let found = self.placed.iter().find(|placed| placed.number == number);
        found.map(Placed::state)
    }

    /// What goes wrong with this request; the orders count it.
    pub(crate) fn take(&mut self, seen: &Seen<'_>) -> Taken {
        let mut taken = Taken::default();
        for placed in &mut self.placed {
            if placed.left() == Some(0) || !fits(&placed.order.matching, seen) {
                continue;
            }
            if placed.skipped < placed.order.skip {
                placed.skipped += 1;
            } else if taken.add(&placed.order) {
                placed.taken = placed.taken.saturating_add(1);
                taken.numbers.push(placed.number);
            }
        }
        taken
    }
}

impl Placed {
    fn left(&self) -> Option<u32> {
        self.order.times.map(|times| times.saturating_sub(self.taken))
    }

    fn state(&self) -> OrderState {
        OrderState {
            number: self.number,
            taken: self.taken,
            left: self.left(),
            order: self.order.clone(),
        }
    }
}

impl Taken {
    /// Adds an order, unless something else was ordered about the same.
    fn add(&mut self, order: &NewOrder) -> bool {
        let manner = &mut self.manner;
        let collides = self.answer.is_some() && order.answer.is_some()
            || self.fault.is_some() && order.fault.is_some()
            || self.delay.is_some() && order.delay_ms.is_some()
            || manner.cut.is_some() && order.cut.is_some()
            || manner.truncated && order.truncated
            || manner.bytes_per_second.is_some() && order.bytes_per_second.is_some();
        if collides {
            return false;
        }
        let delay = order.delay_ms.map(|delay| Duration::from_millis(delay.into()));
        self.answer = self.answer.take().or_else(|| order.answer.clone());
        self.fault = self.fault.or(order.fault);
        self.delay = self.delay.or(delay);
        manner.cut = manner.cut.or(order.cut);
        manner.truncated |= order.truncated;
        manner.bytes_per_second = manner.bytes_per_second.or(order.bytes_per_second);
        true
    }
}

fn fits(wanted: &Match, seen: &Seen<'_>) -> bool {
    let Match {
        method,
        path,
        operation,
        dispute,
        account,
        key,
    } = wanted;
    method
        .as_deref()
        .is_none_or(|method| method == seen.method.as_str())
        && operation.is_none_or(|operation| Some(operation) == seen.operation)
        && dispute
            .as_ref()
            .is_none_or(|dispute| Some(dispute.as_str()) == seen.dispute)
        && account.is_none_or(|account| Some(account) == seen.account)
        && key.as_ref().is_none_or(|key| Some(key.expose()) == seen.user)
        && path.as_deref().is_none_or(|path| fits_path(path, seen.path))
}

/// Whether a path fits a pattern, segment by segment. One slash at the end is forgiven, as the API does.
fn fits_path(pattern: &str, path: &str) -> bool {
    let mut segments = path.strip_suffix('/').unwrap_or(path).split('/');
    for wanted in pattern.strip_suffix('/').unwrap_or(pattern).split('/') {
        match (wanted, segments.next()) {
            ("**", _) => return true,
            ("*", Some(_)) => {}
            (wanted, Some(found)) if wanted == found => {}
            _ => return false,
        }
    }
    segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_paths() {
        for (pattern, path, wanted) in [
            ("/disputes", "/disputes", true),
            ("/disputes", "/disputes/", true),
            ("/disputes", "/disputes/a", false),
            ("/disputes/*", "/disputes/a", true),
            ("/disputes/*", "/disputes", false),
            ("/disputes/*/documents", "/disputes/a/documents", true),
            ("/disputes/*/documents", "/disputes/a/documents/b", false),
            ("/disputes/**", "/disputes/a/documents/b", true),
            ("/**", "/", true),
            ("/", "/", true),
            ("/", "/disputes", false),
        ] {
            assert_eq!(fits_path(pattern, path), wanted, "{pattern} {path}");
        }
    }

    #[test]
    fn orders_about_the_same_wait_and_others_work_together() {
        let mut orders = Orders::default();
        let delay = |delay_ms, times| NewOrder {
            delay_ms: Some(delay_ms),
            times,
            ..NewOrder::default()
        };
        orders.place(delay(5, Some(1))).unwrap();
        orders.place(delay(7, None)).unwrap();
        let truncated = NewOrder {
            truncated: true,
            skip: 1,
            ..NewOrder::default()
        };
        orders.place(truncated).unwrap();
        let seen = Seen {
            method: &Method::GET,
            path: "/disputes",
            operation: None,
            dispute: None,
            user: None,
            account: None,
        };
        let numbers: Vec<_> = (0..3).map(|_| orders.take(&seen).numbers).collect();
        assert_eq!(numbers, [vec![1], vec![2, 3], vec![2, 3]]);
        assert_eq!(orders.list()[0].left, Some(0));
    }

    #[test]
    fn their_number_has_a_bound_and_those_that_are_through_make_room() {
        let mut orders = Orders::default();
        let order = NewOrder {
            truncated: true,
            ..NewOrder::default()
        };
        for _ in 0..MAX_ORDERS {
            orders.place(order.clone()).unwrap();
        }
        assert!(orders.place(order.clone()).is_err());
        orders.placed[3].order.times = Some(1);
        orders.placed[3].taken = 1;
        assert_eq!(orders.place(order).unwrap(), 257);
    }
}
