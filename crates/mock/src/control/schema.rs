//! The control API as JSON Schema, from the types that are read and written.

use std::sync::LazyLock;

use rebuttal_model::schema::{Published, schema_to_read};
use schemars::JsonSchema;
use serde_json::Value;

use super::{
    file::file_schema,
    shown::{
        AccountState, ClockState, DisputeState, Entry, FaultState, JournalPage, OrderState, Refused, State,
    },
    wire::{Advance, ClockSetting, Move, NewAccount, NewCharge, NewDispute, NewDocument, NewOrder},
};

/// The control API of the mock: what each request takes and gets. What is refused gets a `Refused`.
#[derive(JsonSchema)]
#[schemars(rename = "MockControl")]
#[expect(dead_code, reason = "only its schema is wanted")]
struct Api {
    /// Everything that the mock holds.
    #[schemars(rename = "GET /_mock/state")]
    state: Answers<State>,
    /// Makes an account.
    #[schemars(rename = "POST /_mock/accounts")]
    accounts: Takes<NewAccount, AccountState>,
    /// Makes a charge that can be disputed.
    #[schemars(rename = "POST /_mock/charges")]
    charges: Takes<NewCharge, AccountState>,
    /// Makes a dispute, with documents.
    #[schemars(rename = "POST /_mock/disputes")]
    disputes: Takes<NewDispute, DisputeState>,
    /// One dispute.
    #[schemars(rename = "GET /_mock/disputes/{dispute}")]
    dispute: Answers<DisputeState>,
    /// Moves a dispute to any state.
    #[schemars(rename = "PATCH /_mock/disputes/{dispute}")]
    moves: Takes<Move, DisputeState>,
    /// Makes a document.
    #[schemars(rename = "POST /_mock/disputes/{dispute}/documents")]
    documents: Takes<NewDocument, DisputeState>,
    /// The time.
    #[schemars(rename = "GET /_mock/clock")]
    clock: Answers<ClockState>,
    /// Sets the clock.
    #[schemars(rename = "PUT /_mock/clock")]
    set_clock: Takes<ClockSetting, ClockState>,
    /// Moves the clock.
    #[schemars(rename = "POST /_mock/clock/advance")]
    advance: Takes<Advance, ClockState>,
    /// What was received: `since`, `status`, `path`, `operation`, `limit`, `wait`.
    #[schemars(rename = "GET /_mock/journal")]
    journal: Answers<JournalPage>,
    /// One request.
    #[schemars(rename = "GET /_mock/journal/{number}")]
    entry: Answers<Entry>,
    /// What shall go wrong.
    #[schemars(rename = "GET /_mock/orders")]
    orders: Answers<Vec<OrderState>>,
    /// Orders something that shall go wrong.
    #[schemars(rename = "POST /_mock/orders")]
    order: Takes<NewOrder, OrderState>,
    /// The faults that an order can name.
    #[schemars(rename = "GET /_mock/faults")]
    faults: Answers<Vec<FaultState>>,
    /// The names of the snapshots.
    #[schemars(rename = "GET /_mock/snapshots")]
    snapshots: Answers<Vec<String>>,
    /// What a request is told that cannot be served.
    #[schemars(rename = "4xx")]
    refused: Refused,
}

/// A request without a body.
#[derive(JsonSchema)]
#[schemars(inline)]
#[expect(dead_code, reason = "only its schema is wanted")]
struct Answers<A> {
    /// What is answered.
    answer: A,
}

/// A request with a body.
#[derive(JsonSchema)]
#[schemars(inline)]
#[expect(dead_code, reason = "only its schema is wanted")]
struct Takes<R, A> {
    /// The body of the request.
    request: R,
    /// What is answered.
    answer: A,
}

static SCHEMA: LazyLock<Value> = LazyLock::new(|| schema_to_read::<Api>("mock-control.json"));

/// The control API as JSON Schema: a member for each request, with its body and its answer.
pub fn schema() -> &'static Value {
    &SCHEMA
}

/// A schema without the words that only our own reader knows: strict validators refuse what they do not.
fn without_forms(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| *name != "x-form")
            .map(|(name, value)| (name.clone(), without_forms(value)))
            .collect(),
        Value::Array(items) => items.iter().map(without_forms).collect(),
        other => other.clone(),
    }
}

/// What this crate publishes below `schemas/`.
pub fn published() -> Vec<Published> {
    vec![
        Published {
            path: "mock-control.json",
            content: without_forms(schema()),
        },
        Published {
            path: "mock-config.json",
            content: without_forms(file_schema()),
        },
    ]
}
