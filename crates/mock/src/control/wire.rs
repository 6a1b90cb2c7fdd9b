//! What is asked of the control API: the bodies of its requests, which a configuration file uses too.
//!
//! Members that are left out have the value that their description names; unknown members are refused.

use std::collections::BTreeMap;

use bytes::Bytes;
use rebuttal_model::{ChargeId, DisputeId, DisputeStatus, DocumentId, Kind, PublicKey, SecretKey, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::encoded;
use crate::fault::Fault;

/// An account to be made.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewAccount {
    /// The secret key, of test mode; one is made up where it is left out.
    #[serde(with = "encoded::key", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("x-form" = "secret key"))]
    pub secret: Option<SecretKey>,
    /// The public key, of test mode; one is made up where it is left out.
    #[serde(with = "encoded::key", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("x-form" = "public key"))]
    pub public: Option<PublicKey>,
}

/// A charge to be made, which can be disputed.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewCharge {
    /// The number of the account; the first one's is 0.
    pub account: u32,
    /// Its identifier; one is made up where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<ChargeId>,
}

/// A dispute to be made.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewDispute {
    /// The number of the account; the first one's is 0.
    pub account: u32,
    /// Its identifier, of test mode; one is made up where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<DisputeId>,
    /// The charge that is disputed; one is made up where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charge: Option<ChargeId>,
    /// Where it stands; open where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<DisputeStatus>,
    /// How much is disputed, in the smallest unit of the currency; made up where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000_000_000_i64))]
    pub amount: Option<i64>,
    /// What the merchant answered; a dispute that is not open gets one where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The merchant's own data.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, Value>,
    /// When it was opened; now where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When it was decided, for one that is won or lost; now where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// How many documents it has besides `files`, each a small PNG.
    #[schemars(range(max = 10_000))]
    pub documents: u32,
    /// Documents that it has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<NewDocument>,
}

/// A document to be made, whatever state its dispute is in.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewDocument {
    /// Its identifier, of test mode; one is made up where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<DocumentId>,
    /// Its name; `evidence.png` where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// What it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// When it was uploaded; now where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// The file, in base64; a PNG of one pixel where left out. It is not checked.
    #[serde(
        rename = "content_base64",
        with = "encoded::base64",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Option<String>", extend("contentEncoding" = "base64", "x-form" = "base64"))]
    pub content: Option<Bytes>,
}

/// Where a dispute is moved to. Every move is possible, also those that the API has no request for.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Where it stands from now on. What is open again has neither a message nor a time of closing.
    pub status: DisputeStatus,
    /// What the merchant answered; one is made up where it is left out and none was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What time it shall be: exactly one of the members.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClockSetting {
    /// The system's time, with `true`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub system: bool,
    /// The time at which the clock stands still.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed: Option<Timestamp>,
    /// The time that it is now, from which the clock runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
    /// How far the clock is before the system's, in seconds; negative where behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -100_000_000_000_i64, max = 100_000_000_000_i64))]
    pub shifted_by_seconds: Option<i64>,
}

/// How far the clock is moved.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    /// Seconds, negative for back. A clock that stands still stands still afterwards.
    #[schemars(range(min = -100_000_000_000_i64, max = 100_000_000_000_i64))]
    pub seconds: i64,
}

/// Something that shall go wrong. At least one of `answer`, `fault`, `delay_ms`, `cut`, `truncated` and
/// `bytes_per_second` is there; several work together.
///
/// ```
/// use rebuttal_mock::control::{NewOrder, OrderedAnswer};
///
/// let busy = NewOrder {
///     times: Some(2),
///     answer: Some(OrderedAnswer { status: 429, retry_after_seconds: Some(1), ..OrderedAnswer::default() }),
///     ..NewOrder::default()
/// };
/// assert_eq!(busy.matching.operation, None);
/// ```
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewOrder {
    /// Which requests it is about; all of them where left out.
    #[serde(rename = "match")]
    pub matching: Match,
    /// How many matching requests are left alone first.
    pub skip: u32,
    /// How many requests it takes; every one until it is removed where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub times: Option<u32>,
    /// What is answered in place of what was due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<OrderedAnswer>,
    /// The one way in which the contract is broken, by its name.
    #[serde(with = "encoded::fault", skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "encoded::fault::schema")]
    pub fault: Option<Fault>,
    /// How long the answer is held back, in milliseconds; the request is served meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 600_000))]
    pub delay_ms: Option<u32>,
    /// Where the connection is closed half way through the answer. The request was served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
    /// Whether half of the answer's body is missing while its framing is right: JSON that does not parse.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// How fast the body of the answer is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub bytes_per_second: Option<u32>,
}

/// Which requests an order is about; all that is there must fit.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Match {
    /// The method, such as `POST`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The path: `*` is any one segment, `**` at the end is any rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<OperationName>,
    /// The dispute that the path names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispute: Option<DisputeId>,
    /// The number of the account whose secret key is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<u32>,
    /// The user of the Basic credentials, for one that may belong to no account.
    #[serde(with = "encoded::text_key", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub key: Option<encoded::SentKey>,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationName {
    /// `POST /disputes/{dispute}/documents`
    Upload,
    /// `GET /disputes/{dispute}/documents`
    List,
    /// `GET /disputes/{dispute}/documents/{document}`
    Retrieve,
    /// `DELETE /disputes/{dispute}/documents/{document}`
    Destroy,
    /// `GET /disputes` and its three filters
    ListDisputes,
    /// `GET /disputes/{dispute}`
    RetrieveDispute,
    /// `PATCH /disputes/{dispute}`
    UpdateDispute,
    /// `PATCH /disputes/{dispute}/accept`
    AcceptDispute,
    /// `PATCH /disputes/{dispute}/close`
    CloseDispute,
    /// `POST /charges/{charge}/disputes`
    OpenDispute,
    /// `OPTIONS` on any path
    Options,
}

impl OperationName {
    /// The name as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::List => "list",
            Self::Retrieve => "retrieve",
            Self::Destroy => "destroy",
            Self::ListDisputes => "list_disputes",
            Self::RetrieveDispute => "retrieve_dispute",
            Self::UpdateDispute => "update_dispute",
            Self::AcceptDispute => "accept_dispute",
            Self::CloseDispute => "close_dispute",
            Self::OpenDispute => "open_dispute",
            Self::Options => "options",
        }
    }
}

/// Every operation.
pub(crate) const OPERATIONS: [OperationName; 11] = [
    OperationName::Upload,
    OperationName::List,
    OperationName::Retrieve,
    OperationName::Destroy,
    OperationName::ListDisputes,
    OperationName::RetrieveDispute,
    OperationName::UpdateDispute,
    OperationName::AcceptDispute,
    OperationName::CloseDispute,
    OperationName::OpenDispute,
    OperationName::Options,
];

/// An answer in place of what was due: an Error object, unless `body` says otherwise.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OrderedAnswer {
    /// The status.
    #[schemars(range(min = 400, max = 599))]
    pub status: u16,
    /// The code of the Error object; the usual one of the status where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The message of the Error object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The value of `Retry-After`, which is not sent where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u32>,
    /// The body, in place of an Error object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The type of the body; JSON where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Whether the request is served all the same and only its answer is lost, as behind a broken gateway.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub served: bool,
}

impl Default for OrderedAnswer {
    fn default() -> Self {
        Self {
            status: 503,
            code: None,
            message: None,
            retry_after_seconds: None,
            body: None,
            content_type: None,
            served: false,
        }
    }
}

/// Where a connection is closed.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// Not a byte of the answer is sent.
    BeforeHead,
    /// Half of the head is sent.
    WithinHead,
    /// The head and half of the body are sent.
    WithinBody,
}
