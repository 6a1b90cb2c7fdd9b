//! Lists: what a query asks for, and the page that it gets (`list.*`).

use std::{cmp::Reverse, fmt::Display};

use rebuttal_model::{DEFAULT_LIST_LIMIT, List, MAX_LIST_LIMIT, Order, Timestamp, list::ListObject};
use serde_json::{Value, json};

use crate::{answer::Context, config::OutOfRange, fault::Fault, refusal::Refusal};

/// What a list request asks for, defaults filled in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Page {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    pub(crate) offset: u32,
    pub(crate) limit: u32,
    pub(crate) order: Order,
}

impl Page {
    /// What a request without a query gets.
    pub(crate) const fn first(now: Timestamp) -> Self {
        Self {
            from: Timestamp::EPOCH,
            to: now,
            offset: 0,
            limit: DEFAULT_LIST_LIMIT,
            order: Order::Chronological,
        }
    }

    /// Reads a query. Of a parameter that is there twice the last counts; unknown ones are ignored.
    pub(crate) fn parse(query: Option<&str>, context: &Context, now: Timestamp) -> Result<Self, Refusal> {
        let mut page = Self::first(now);
        if context.has(Fault::NewestFirst) {
            page.order = Order::ReverseChronological;
        }
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let taken = page.take(&name, &value);
            match (taken, context.settings.variants.out_of_range) {
                (Ok(()), _) | (Err(_), OutOfRange::Clamped) => {}
                (Err(_), _) if context.has(Fault::BadDateAnswers500) && matches!(&*name, "from" | "to") => {
                    return Err(Refusal::internal());
                }
                (Err(_), _) if context.has(Fault::BadParameterAnswers500) => return Err(Refusal::internal()),
                (Err(refusal), OutOfRange::Refused) => return Err(refusal),
            }
        }
        if context.has(Fault::CrossedBoundsSwapped) && page.from > page.to {
            std::mem::swap(&mut page.from, &mut page.to);
        }
        if context.has(Fault::LimitOfHundredCut) && page.limit == MAX_LIST_LIMIT {
            page.limit -= 1;
        }
        Ok(page)
    }

    /// Takes one parameter. On an error the nearest value is taken, or the default stays.
    fn take(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        match name {
            "from" | "to" => {
                let time = Timestamp::parse_tolerant(value);
                let time = time.map_err(|_| refused(name, "a datetime such as 2019-12-31T12:59:59Z"))?;
                *(if name == "from" {
                    &mut self.from
                } else {
                    &mut self.to
                }) = time;
                Ok(())
            }
            "offset" => number(name, value, 0, u32::MAX, &mut self.offset),
            "limit" => number(name, value, 1, MAX_LIST_LIMIT, &mut self.limit),
            "order" => {
                let known = [Order::Chronological, Order::ReverseChronological];
                let order = known.into_iter().find(|order| order.as_str() == value);
                self.order = order.ok_or_else(|| refused(name, "chronological or reverse_chronological"))?;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The records on this page, and how many there are on all pages (`list.limit`, `list.from-to`).
    ///
    /// `records` come in the order in which they were made.
    pub(crate) fn cut<T>(
        &self,
        records: Vec<T>,
        created_at: impl Fn(&T) -> Timestamp,
        context: &Context,
    ) -> (Vec<T>, usize) {
        let unfiltered = records.len();
        let offset_first = |records: Vec<T>| {
            let (offset, limit) = self.window(context);
            records.into_iter().skip(offset).take(limit).collect::<Vec<_>>()
        };
        let records = if context.has(Fault::FilterAfterPage) && self.is_filtered() {
            offset_first(records)
        } else {
            records
        };
        let inside = |record: &T| {
            let time = created_at(record);
            (context.has(Fault::FromIgnored) || self.from <= time)
                && (context.has(Fault::ToIgnored) || time <= self.to || self.forgets_to(context))
        };
        let mut records: Vec<T> = records.into_iter().filter(inside).collect();
        if !context.has(Fault::DestroyMovesLast) {
            records.sort_by_key(&created_at);
        }
        let ignored = context.has(Fault::ReverseIgnored)
            || context.has(Fault::ReverseIgnoredWithFrom) && self.is_filtered();
        let reverse = self.order == Order::ReverseChronological && !ignored;
        let within_page = context.has(Fault::ReverseWithinPage);
        if reverse && context.has(Fault::ReverseBySecond) {
            records.sort_by_key(|record| Reverse(created_at(record)));
        } else if reverse && !within_page {
            records.reverse();
        }
        let filtered = records.len();
        let (offset, limit) = self.window(context);
        let mut page: Vec<T> = records.into_iter().skip(offset).take(limit).collect();
        if reverse && within_page {
            page.reverse();
        }
        if context.has(Fault::LastRecordDropped) && offset > 0 && offset + limit >= filtered {
            page.pop();
        }
        let total = match context.settings.fault {
            Some(Fault::TotalIsPageLength) => page.len(),
            Some(Fault::TotalIgnoresFilter) => unfiltered,
            Some(Fault::TotalOffByOne) => filtered + 1,
            _ => filtered,
        };
        (page, total)
    }

    /// Whether the query named a bound, or might have.
    fn is_filtered(&self) -> bool {
        self.from != Timestamp::EPOCH
    }

    fn forgets_to(&self, context: &Context) -> bool {
        context.has(Fault::ToIgnoredWithFrom) && self.is_filtered()
            || context.has(Fault::ToIgnoredInReverse) && self.order == Order::ReverseChronological
    }

    fn window(&self, context: &Context) -> (usize, usize) {
        let offset = usize::try_from(self.offset).unwrap_or(usize::MAX);
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        match context.settings.fault {
            Some(Fault::LimitIgnored) => (offset, 20),
            Some(Fault::LimitOffByOne) => (offset, limit + 1),
            Some(Fault::OffsetIgnored) => (0, limit),
            Some(Fault::OffsetInPages) => (offset.saturating_mul(limit), limit),
            Some(Fault::LimitOfOneIgnored) if limit == 1 => (offset, 20),
            Some(Fault::OffsetFromOne) => (offset.saturating_sub(1), limit),
            Some(Fault::OffsetStopsAtTwenty) => (offset.min(20), limit),
            _ => (offset, limit),
        }
    }

    /// The List object (`list.shape`).
    pub(crate) fn to_json(
        self,
        data: Vec<Value>,
        total: usize,
        location: &str,
        query: Option<&str>,
        context: &Context,
    ) -> Value {
        let location = match query {
            Some(query) if context.has(Fault::ListLocationWithQuery) => format!("{location}?{query}"),
            _ => location.to_owned(),
        };
        let list = List {
            object: ListObject::List,
            from: self.from,
            to: self.to,
            offset: self.offset,
            limit: self.limit,
            total: total as u64,
            order: Some(self.order),
            location: Some(location),
            data,
        };
        let mut value = json!(list);
        if context.has(Fault::TotalAsText) {
            value["total"] = total.to_string().into();
        }
        if total == 0 && context.has(Fault::EmptyListDataNull) {
            value["data"] = Value::Null;
        }
        if context.has(Fault::ListOrderMissing)
            && let Some(members) = value.as_object_mut()
        {
            members.remove("order");
        }
        value
    }
}

fn number(name: &str, value: &str, least: u32, most: u32, to: &mut u32) -> Result<(), Refusal> {
    let wanted = || refused(name, format_args!("a whole number from {least} to {most}"));
    let number: i128 = value.parse().map_err(|_| wanted())?;
    let nearest = number.clamp(least.into(), most.into());
    *to = u32::try_from(nearest).unwrap_or(least);
    if nearest == number { Ok(()) } else { Err(wanted()) }
}

fn refused(name: &str, wanted: impl Display) -> Refusal {
    Refusal::bad_request(format!("{name} must be {wanted}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::Variants, service::Settings};

    fn context(settings: Settings) -> Context {
        Context::new(settings, [b'0'; 36])
    }

    fn now() -> Timestamp {
        "2020-01-01T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn queries() {
        let first = Page::first(now());
        let time: Timestamp = "2019-12-31T12:59:59Z".parse().unwrap();
        for (query, wanted) in [
            ("", Some(first)),
            ("limit=1", Some(Page { limit: 1, ..first })),
            (
                "limit=100&offset=7",
                Some(Page {
                    limit: 100,
                    offset: 7,
                    ..first
                }),
            ),
            ("limit=1&limit=2", Some(Page { limit: 2, ..first })),
            (
                "order=reverse_chronological",
                Some(Page {
                    order: Order::ReverseChronological,
                    ..first
                }),
            ),
            (
                "from=2019-12-31T12%3A59%3A59Z",
                Some(Page { from: time, ..first }),
            ),
            ("to=2019-12-31T12:59:59Z", Some(Page { to: time, ..first })),
            ("unknown=1", Some(first)),
            ("limit=0", None),
            ("limit=-1", None),
            ("limit=101", None),
            ("limit=ten", None),
            ("limit=", None),
            ("limit=1.5", None),
            ("limit=99999999999999999999999999999999999999999", None),
            ("offset=-1", None),
            ("offset=4294967296", None),
            ("order=newest", None),
            ("from=yesterday", None),
            ("to=2019-13-01", None),
        ] {
            let found = Page::parse(Some(query), &context(Settings::default()), now()).ok();
            assert_eq!(found, wanted, "{query}");
        }
    }

    #[test]
    fn clamping_takes_the_nearest_value() {
        let variants = Variants {
            out_of_range: OutOfRange::Clamped,
            ..Variants::default()
        };
        let context = context(Settings {
            variants,
            ..Settings::default()
        });
        let first = Page::first(now());
        for (query, wanted) in [
            ("limit=0", Page { limit: 1, ..first }),
            ("limit=101", Page { limit: 100, ..first }),
            ("limit=ten", first),
            ("offset=-1", first),
            ("order=newest&limit=3", Page { limit: 3, ..first }),
        ] {
            assert_eq!(Page::parse(Some(query), &context, now()), Ok(wanted), "{query}");
        }
    }

    #[test]
    fn pages_partition_and_reverse_exactly() {
        let context = context(Settings::default());
        let at = |seconds| now().plus_seconds(seconds);
        // Two were made in the same second: the order in which they were made decides.
        let records = vec![(1, at(-40)), (2, at(-30)), (3, at(-30)), (4, at(-10)), (5, at(1))];
        let cut = |page: Page| {
            let (page, total) = page.cut(records.clone(), |record| record.1, &context);
            (page.into_iter().map(|record| record.0).collect::<Vec<_>>(), total)
        };
        let first = Page {
            limit: 3,
            ..Page::first(now())
        };
        let reverse = Page {
            order: Order::ReverseChronological,
            ..first
        };
        assert_eq!(cut(first), (vec![1, 2, 3], 4));
        assert_eq!(cut(Page { offset: 3, ..first }), (vec![4], 4));
        assert_eq!(cut(reverse), (vec![4, 3, 2], 4));
        assert_eq!(cut(Page { offset: 3, ..reverse }), (vec![1], 4));
        assert_eq!(
            cut(Page {
                from: at(-30),
                to: at(-30),
                ..first
            }),
            (vec![2, 3], 2)
        );
        assert_eq!(
            cut(Page {
                from: at(-30),
                to: at(-40),
                ..first
            }),
            (vec![], 0)
        );
        assert_eq!(cut(Page { offset: 9, ..first }), (vec![], 4));
    }
}
