//! Pages of lists (`list.*`).

use rebuttal_model::{DEFAULT_LIST_LIMIT, MAX_LIST_LIMIT, Order, Timestamp};

use super::{Page, World, words};
use crate::generators::operations::{Moment, Number, Param};

/// The name and the value of a parameter as they are sent.
pub(super) fn sent(world: &World, records: &[(usize, Timestamp)], param: &Param) -> (&'static str, String) {
    match param {
        Param::Limit(number) => ("limit", number_sent(records, *number)),
        Param::Offset(number) => ("offset", number_sent(records, *number)),
        Param::Order(Some(true)) => ("order", "reverse_chronological".to_owned()),
        Param::Order(Some(false)) => ("order", "chronological".to_owned()),
        Param::Order(None) => ("order", "newest".to_owned()),
        Param::From(moment) => ("from", moment_sent(world, records, *moment)),
        Param::To(moment) => ("to", moment_sent(world, records, *moment)),
        Param::Unknown => ("sort", "-1".to_owned()),
    }
}

fn number_sent(records: &[(usize, Timestamp)], number: Number) -> String {
    match number {
        Number::Text(place) => words::one_of(words::NOT_NUMBERS, place).to_owned(),
        number => value(records, number).to_string(),
    }
}

fn value(records: &[(usize, Timestamp)], number: Number) -> i64 {
    match number {
        Number::Value(value) => value,
        Number::Count(more) => i64::try_from(records.len()).unwrap_or(i64::MAX) + i64::from(more),
        Number::Text(_) => 0,
    }
}

fn moment_sent(world: &World, records: &[(usize, Timestamp)], moment: Moment) -> String {
    match moment {
        Moment::Text(place) => words::one_of(words::NOT_TIMES, place).to_owned(),
        moment => time(world, records, moment).to_string(),
    }
}

fn time(world: &World, records: &[(usize, Timestamp)], moment: Moment) -> Timestamp {
    match moment {
        Moment::Of(place, more) if !records.is_empty() => {
            let (_, created_at) = records[usize::from(place) % records.len()];
            created_at.plus_seconds(more.into())
        }
        Moment::Of(_, more) | Moment::Now(more) => world.now.plus_seconds(more.into()),
        Moment::Epoch | Moment::Text(_) => Timestamp::EPOCH,
    }
}

/// The page that the parameters ask for; `None` where one of them is refused.
pub(super) fn page(world: &World, records: &[(usize, Timestamp)], params: &[Param]) -> Option<Page> {
    let mut page = Page {
        from: Timestamp::EPOCH,
        to: world.now,
        offset: 0,
        limit: DEFAULT_LIST_LIMIT,
        order: Order::Chronological,
        total: 0,
        data: Vec::new(),
    };
    for param in params {
        let taken = match *param {
            Param::Limit(number) => take(records, number, 1, MAX_LIST_LIMIT, &mut page.limit),
            Param::Offset(number) => take(records, number, 0, u32::MAX, &mut page.offset),
            Param::Order(None) | Param::From(Moment::Text(_)) | Param::To(Moment::Text(_)) => false,
            Param::Order(Some(reverse)) => {
                page.order = if reverse {
                    Order::ReverseChronological
                } else {
                    Order::Chronological
                };
                true
            }
            Param::From(moment) => {
                page.from = time(world, records, moment);
                true
            }
            Param::To(moment) => {
                page.to = time(world, records, moment);
                true
            }
            Param::Unknown => true,
        };
        if !taken && !world.clamps() {
            return None;
        }
    }
    let mut inside: Vec<_> = records
        .iter()
        .filter(|(_, created_at)| page.from <= *created_at && *created_at <= page.to)
        .copied()
        .collect();
    // Within a second the order of upload stands.
    inside.sort_by_key(|(_, created_at)| *created_at);
    if page.order == Order::ReverseChronological {
        inside.reverse();
    }
    page.total = inside.len();
    let offset = usize::try_from(page.offset).unwrap_or(usize::MAX);
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    page.data = inside
        .iter()
        .skip(offset)
        .take(limit)
        .map(|(place, _)| *place)
        .collect();
    Some(page)
}

/// Takes a number, or the nearest one; says whether it was within its range.
fn take(records: &[(usize, Timestamp)], number: Number, least: u32, most: u32, to: &mut u32) -> bool {
    if let Number::Text(_) = number {
        return false;
    }
    let value = value(records, number);
    *to = u32::try_from(value.clamp(least.into(), most.into())).unwrap_or(least);
    i64::from(*to) == value
}
