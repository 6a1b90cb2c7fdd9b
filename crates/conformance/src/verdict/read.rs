//! Reads clause ids: those of this program's contract, and no others.

use rebuttal_model::clause;
use serde::{Deserialize, Deserializer, de::Error};

pub(crate) fn clause<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static str, D::Error> {
    let id = String::deserialize(deserializer)?;
    known(&id)
}

pub(crate) fn clauses<'de, D, C>(deserializer: D) -> Result<C, D::Error>
where
    D: Deserializer<'de>,
    C: FromIterator<&'static str>,
{
    let ids = Vec::<String>::deserialize(deserializer)?;
    ids.iter().map(|id| known(id)).collect()
}

fn known<E: Error>(id: &str) -> Result<&'static str, E> {
    let clause = clause::find(id);
    clause
        .map(|clause| clause.id)
        .ok_or_else(|| E::custom(format!("unknown clause `{id}`")))
}
