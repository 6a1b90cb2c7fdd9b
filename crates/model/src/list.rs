//! Lists: one page of records, with what was asked for echoed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// The order of a list, by time of creation (`list.order`).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Oldest first.
    #[default]
    Chronological,
    /// Newest first.
    ReverseChronological,
}

impl Order {
    /// The order as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chronological => "chronological",
            Self::ReverseChronological => "reverse_chronological",
        }
    }
}

/// One page of a list (`list.shape`).
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[schemars(rename = "{T}List")]
pub struct List<T> {
    /// Always `list`.
    pub object: ListObject,
    /// The earliest time of creation that was asked for.
    pub from: Timestamp,
    /// The latest time of creation that was asked for.
    pub to: Timestamp,
    /// How many records were passed over.
    pub offset: u32,
    /// How many records a page has at most: 1 to 100.
    #[schemars(range(min = 1, max = 100))]
    pub limit: u32,
    /// How many records there are between `from` and `to`, on all pages together.
    pub total: u64,
    /// The order of the records; null in lists embedded in a dispute before 2019-05-29.
    #[serde(default)]
    #[schemars(with = "Order")]
    pub order: Option<Order>,
    /// The path of the list, without a query.
    #[serde(default)]
    #[schemars(with = "String", extend("pattern" = "^/[^?]*$"))]
    pub location: Option<String>,
    /// The records of this page.
    pub data: Vec<T>,
}

/// The list of documents within a dispute before 2019-05-29, whose `order` is null.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[schemars(rename = "Embedded{T}List")]
pub struct EmbeddedList<T> {
    /// Always `list`.
    pub object: ListObject,
    /// The earliest time of creation.
    pub from: Timestamp,
    /// The latest time of creation.
    pub to: Timestamp,
    /// How many records were passed over.
    pub offset: u32,
    /// How many records a page has at most: 1 to 100.
    #[schemars(range(min = 1, max = 100))]
    pub limit: u32,
    /// How many records there are on all pages together.
    pub total: u64,
    /// Null, or the order of the records.
    pub order: Option<Order>,
    /// The path of the list, without a query.
    #[schemars(with = "String", extend("pattern" = "^/[^?]*$"))]
    pub location: Option<String>,
    /// The records of this page.
    pub data: Vec<T>,
}

/// The constant `list`.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[schemars(inline)]
pub enum ListObject {
    /// `list`
    #[default]
    #[serde(rename = "list")]
    List,
}
