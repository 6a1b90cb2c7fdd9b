//! Bodies of responses.

use arbitrary::{Arbitrary, Result, Unstructured};
use rebuttal_model::samples;
use serde_json::{Map, Value};

use super::{below, edited, rarely, text};

/// What a body says it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shape {
    /// One document.
    Document,
    /// A page of documents.
    List,
    /// One dispute, with its documents.
    Dispute,
    /// An error.
    Error,
}

impl Shape {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::Document, Self::List, Self::Dispute, Self::Error];
}

/// A body as a server of some version may write it, with up to three members that are none of its own; one in four
/// is damaged as text besides.
#[derive(Clone, Debug)]
pub struct Body(pub super::Input);

impl<'a> Arbitrary<'a> for Body {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let shape = *u.choose(&Shape::ALL)?;
        Ok(Self(super::Input(written(u, shape)?)))
    }
}

/// The text of a body of this shape; one in four is damaged.
///
/// # Errors
///
/// None: every source makes something.
pub fn written(u: &mut Unstructured<'_>, shape: Shape) -> Result<Vec<u8>> {
    let body = drawn(u, shape)?.to_string().into_bytes();
    if rarely(u, 4)? { edited(u, body) } else { Ok(body) }
}

/// A body of this shape, with members that are none of its own.
///
/// # Errors
///
/// None: every source makes something.
pub fn drawn(u: &mut Unstructured<'_>, shape: Shape) -> Result<Value> {
    let mut body = match shape {
        Shape::Document => samples::document(),
        Shape::List => samples::list(),
        Shape::Dispute => samples::dispute(),
        Shape::Error => samples::error(),
    };
    if below(u, 4)? == 3 {
        older(&mut body);
    }
    for _ in 0..u.int_in_range(0..=3)? {
        change(u, &mut body)?;
    }
    Ok(body)
}

/// The names that versions before 2019-05-29 have.
fn older(body: &mut Value) {
    match body {
        Value::Object(members) => {
            if let Some(created) = members.shift_remove("created_at") {
                members.insert("created".to_owned(), created);
            }
            members.shift_remove("deleted");
            members.values_mut().for_each(older);
        }
        Value::Array(items) => items.iter_mut().for_each(older),
        _ => {}
    }
}

/// Takes a member out, puts another value in its place, or adds one, here or further in.
fn change(u: &mut Unstructured<'_>, value: &mut Value) -> Result<()> {
    match value {
        Value::Object(members) if !members.is_empty() => {
            let at = u.choose_index(members.len())?;
            let Some((name, inner)) = members.iter_mut().nth(at) else {
                return Ok(());
            };
            let name = name.clone();
            match u.int_in_range(0..=7)? {
                0..=2 if inner.is_object() || inner.is_array() => change(u, inner),
                0..=4 => {
                    *inner = any(u, 2)?;
                    Ok(())
                }
                5 | 6 => {
                    members.shift_remove(&name);
                    Ok(())
                }
                _ => {
                    let name = text(u, 4)?;
                    members.insert(name, any(u, 2)?);
                    Ok(())
                }
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let at = u.choose_index(items.len())?;
            match u.int_in_range(0..=3)? {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                _ => change(u, &mut items[at])?,
            }
            Ok(())
        }
        other => {
            *other = any(u, 2)?;
            Ok(())
        }
    }
}

/// Any value: mostly one that some member has.
fn any(u: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
    Ok(match u.int_in_range(0..=9)? {
        0..=4 => {
            let values = values();
            values[u.choose_index(values.len())?].clone()
        }
        5 => text(u, 8)?.into(),
        6 => u.arbitrary::<i64>()?.into(),
        7 => serde_json::Number::from_f64(u.arbitrary()?).map_or(Value::Null, Value::Number),
        8 if depth > 0 => {
            let items = below(u, 3)?;
            (0..items).map(|_| any(u, depth - 1)).collect::<Result<_>>()?
        }
        9 if depth > 0 => {
            let mut members = Map::new();
            for _ in 0..below(u, 3)? {
                members.insert(text(u, 4)?, any(u, depth - 1)?);
            }
            members.into()
        }
        _ => Value::Null,
    })
}

/// The values that tests put in the place of members.
fn values() -> &'static [Value] {
    static VALUES: std::sync::OnceLock<Vec<Value>> = std::sync::OnceLock::new();
    VALUES.get_or_init(samples::values)
}
