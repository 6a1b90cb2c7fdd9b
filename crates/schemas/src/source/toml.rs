//! TOML. A datetime, which JSON has not, is its text.

use std::collections::BTreeMap;

use rebuttal_model::json::push_pointer;
use serde_json::{Number, Value};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Notation, Place, Source, Unreadable};

pub(super) fn read(text: &str) -> Result<Source<'_>, Unreadable> {
    let table = DeTable::parse(text).map_err(|error| Unreadable {
        notation: Notation::Toml,
        found: error.message().lines().next().unwrap_or_default().to_owned(),
        place: error.span().map(|span| Place::of(text, span.start)),
    })?;
    let mut reader = Reader {
        lines: line_starts(text),
        text,
        places: BTreeMap::from([(String::new(), Place { line: 1, column: 1 })]),
    };
    let value = reader.table(table.get_ref(), "")?;
    let places = Some(reader.places);
    Ok(Source {
        value,
        twice: Vec::new(),
        text,
        places,
    })
}

struct Reader<'a> {
    text: &'a str,
    lines: Vec<usize>,
    places: BTreeMap<String, Place>,
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable<'_>, pointer: &str) -> Result<Value, Unreadable> {
        let mut members = serde_json::Map::new();
        for (name, value) in table {
            let here = push_pointer(pointer, name.get_ref());
            let value = self.value(value, &here)?;
            members.insert(name.get_ref().to_string(), value);
        }
        Ok(members.into())
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, pointer: &str) -> Result<Value, Unreadable> {
        let place = self.place(value.span().start);
        self.places.insert(pointer.to_owned(), place);
        let wrong = |found: String| Unreadable {
            notation: Notation::Toml,
            found,
            place: Some(place),
        };
        Ok(match value.get_ref() {
            DeValue::String(text) => text.as_ref().into(),
            DeValue::Boolean(value) => (*value).into(),
            DeValue::Datetime(moment) => moment.to_string().into(),
            DeValue::Integer(integer) => {
                let number = i64::from_str_radix(integer.as_str(), integer.radix());
                number
                    .map_err(|_| wrong("an integer over 64 bits".to_owned()))?
                    .into()
            }
            DeValue::Float(float) => {
                let number = float.as_str().parse().ok().and_then(Number::from_f64);
                number
                    .ok_or_else(|| wrong("a number that JSON has not".to_owned()))?
                    .into()
            }
            DeValue::Array(items) => {
                let items = items.iter().enumerate();
                items
                    .map(|(index, item)| self.value(item, &push_pointer(pointer, index)))
                    .collect::<Result<_, _>>()?
            }
            DeValue::Table(table) => self.table(table, pointer)?,
        })
    }

    fn place(&self, offset: usize) -> Place {
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self
            .lines
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or_default();
        let before = self.text.get(start..offset).unwrap_or_default();
        Place {
            line,
            column: before.chars().count() + 1,
        }
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    let ends = text.match_indices('\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(ends).collect()
}
