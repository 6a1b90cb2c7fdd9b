//! What the control API answers.

use rebuttal_model::{ChargeId, DisputeId, DisputeStatus, DocumentId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::wire::{NewOrder, OperationName};

/// Everything that the mock holds.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct State {
    /// What time it is.
    pub clock: ClockState,
    /// The reading of the contract that is spoken.
    pub profile: String,
    /// The fault that the mock was started with.
    pub fault: Option<String>,
    /// The accounts, with their keys, which are of test mode and open nothing but this mock.
    pub accounts: Vec<AccountState>,
    /// The disputes of all accounts.
    pub disputes: Vec<DisputeState>,
    /// What shall go wrong.
    pub orders: Vec<OrderState>,
    /// The names of the snapshots.
    pub snapshots: Vec<String>,
}

/// What time it is.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct ClockState {
    /// What the clock shows.
    pub now: Timestamp,
    /// Whether the clock stands still.
    pub stands_still: bool,
    /// How far it is before the system's, in seconds; 0 for one that stands still.
    pub shifted_by_seconds: i64,
}

/// An account.
#[derive(Clone, Deserialize, JsonSchema, Serialize)]
pub struct AccountState {
    /// Its number, counted from 0.
    pub number: u32,
    /// Its secret key.
    pub secret: String,
    /// Its public key.
    pub public: String,
    /// Its charges that can be disputed.
    pub charges: Vec<ChargeId>,
}

impl std::fmt::Debug for AccountState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountState")
            .field("number", &self.number)
            .field("charges", &self.charges)
            .finish_non_exhaustive()
    }
}

/// A dispute.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct DisputeState {
    /// Its identifier.
    pub id: DisputeId,
    /// The number of its account.
    pub account: u32,
    /// Where it stands.
    pub status: DisputeStatus,
    /// How much is disputed, in the smallest unit of the currency.
    pub amount: i64,
    /// The charge that is disputed.
    pub charge: ChargeId,
    /// What the merchant answered.
    pub message: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was decided.
    pub closed_at: Option<Timestamp>,
    /// Its documents in the order of upload, destroyed ones included.
    pub documents: Vec<DocumentState>,
}

/// A document.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct DocumentState {
    /// Its identifier.
    pub id: DocumentId,
    /// Its name, which is whatever a client sent.
    pub filename: String,
    /// What it shows.
    pub kind: Option<String>,
    /// How long the file is.
    pub bytes: u64,
    /// When it was uploaded.
    pub created_at: Timestamp,
    /// Whether it was destroyed.
    pub deleted: bool,
}

/// An order, and what became of it.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct OrderState {
    /// Its number, counted from 1.
    pub number: u64,
    /// How many requests it took.
    pub taken: u32,
    /// How many requests it will take; without an end where null.
    pub left: Option<u32>,
    /// What was ordered.
    pub order: NewOrder,
}

/// A part of the journal, oldest first.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct JournalPage {
    /// The requests.
    pub entries: Vec<Entry>,
    /// The number of the last request that was received; what to give as `since` to go on from here.
    pub last: u64,
    /// How many requests are no longer kept, because newer ones needed their place or they were cleared.
    pub dropped: u64,
    /// Whether there are more that fit than were asked for.
    pub more: bool,
}

/// A request that was received and answered.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct Entry {
    /// Its number, counted from 1.
    pub number: u64,
    /// When it was received, by the mock's clock.
    pub at: Timestamp,
    /// The method.
    pub method: String,
    /// The path, as sent. What looks like a key is starred here and everywhere else.
    pub path: String,
    /// What stands behind the question mark, as sent.
    pub query: Option<String>,
    /// The headers; the values of those that carry credentials are starred.
    pub headers: Vec<Header>,
    /// What it asked for; null where the API has no such path or method.
    pub operation: Option<OperationName>,
    /// How many bytes of the body were read.
    pub body_bytes: u64,
    /// The status of the answer.
    pub status: u16,
    /// The code of the Error object that was answered.
    pub error_code: Option<String>,
    /// Its message.
    pub error_message: Option<String>,
    /// How long the body of the answer is.
    pub answer_bytes: u64,
    /// How long it took until the answer was ready to be sent, in microseconds.
    pub took_us: u64,
    /// The numbers of the orders that were applied.
    pub orders: Vec<u64>,
    /// The clause of the contract that refused it.
    pub clause: Option<String>,
    /// What was wrong with the request, or worth knowing.
    pub diagnoses: Vec<Diagnosis>,
}

/// A header.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct Header {
    /// The name, in lower case.
    pub name: String,
    /// The value.
    pub value: String,
}

/// Something wrong with a request, or worth knowing about it.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Diagnosis {
    /// What it is about.
    pub about: About,
    /// How much it matters.
    pub severity: Severity,
    /// A stable name: the id of a violation (`F10`), the code of a finding (`type_not_allowed`), or one of the
    /// journal's own.
    pub code: String,
    /// What is wrong, in words.
    pub message: String,
    /// Where it shows, in bytes from the start of the body, or of the file for what is about that.
    pub offset: Option<u64>,
    /// The part of the form, counted from 0.
    pub part: Option<u32>,
    /// What can be done about it.
    pub advice: String,
}

/// What a diagnosis is about.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// The request's line and headers.
    Head,
    /// The bytes of the form.
    Form,
    /// The file, or the kind.
    File,
}

/// How much a diagnosis matters.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Served, but some server would not.
    Warning,
    /// Why the request was refused.
    Error,
}

/// A fault that can be ordered.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct FaultState {
    /// Its name.
    pub name: String,
    /// The clause that it breaks.
    pub clause: String,
    /// What goes wrong.
    pub description: String,
    /// Whether it can be ordered for single requests; the others are about whole connections.
    pub orderable: bool,
}

/// What a request to the control API is told that cannot be served.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct Refused {
    /// What is wrong, all of it.
    pub problems: Vec<Problem>,
}

/// One thing wrong with a request to the control API, or in a configuration file.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Problem {
    /// Where in the body it is, as a JSON pointer (RFC 6901); empty for the whole, or where it is not in the
    /// body.
    pub pointer: String,
    /// What was expected there.
    pub expected: String,
    /// What was found there.
    pub found: String,
    /// What to write instead, where that is known.
    pub help: Option<String>,
    /// Whether it is the name of the member that is wrong, and not its value.
    #[serde(skip)]
    pub(crate) is_about_name: bool,
}
