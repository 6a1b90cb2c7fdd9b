//! Steering a mock while it runs: over HTTP, and from Rust.
//!
//! Everything below [`PREFIX`] is the mock's own, and nothing of the API begins like it. Requests to it are
//! not in the journal, take no part in orders, and need no key from this machine:
//!
//! | request below `/_mock/` | what it does |
//! | --- | --- |
//! | `GET` (nothing) | a page for people |
//! | `GET state` | accounts with their keys, disputes, documents, the clock, orders, snapshots |
//! | `POST accounts`, `POST charges`, `POST disputes` | make records |
//! | `GET disputes/{id}`, `PATCH disputes/{id}` | one dispute; move it to any state |
//! | `POST disputes/{id}/documents` | make a document, whatever state the dispute is in |
//! | `GET clock`, `PUT clock`, `POST clock/advance` | the time; set it; move it |
//! | `GET journal`, `GET journal/{number}`, `DELETE journal` | what was received: `since`, `status` (`404`, `4xx`), `path`, `operation`, `limit`, and `wait` (seconds until there is something) |
//! | `GET orders`, `POST orders`, `DELETE orders`, `GET` and `DELETE orders/{number}` | what shall go wrong |
//! | `GET faults` | the faults that an order can name |
//! | `POST reset` | the records, the clock and the orders as they were at the start; the journal is emptied |
//! | `GET snapshots`, `PUT snapshots/{name}`, `DELETE snapshots/{name}` | the records, the clock, randomness and orders, kept in memory |
//! | `POST snapshots/{name}/restore` | all of that as it was then |
//! | `GET schema` | this as JSON Schema |
//!
//! A change is JSON and says so in its `Content-Type`. So that no page of a stranger can steer a mock through
//! the browser of who runs it, a request with an `Origin` that is not the mock's own is refused, and so is one
//! whose `Host` is a name that a stranger could own. From other machines a secret key of the mock is needed.

mod apply;
mod clock;
mod cut;
mod declared;
mod desk;
mod diagnose;
mod edge;
mod encoded;
mod face;
mod file;
mod fit;
mod guard;
mod journal;
mod make;
mod mask;
mod operation;
mod orders;
mod paced;
mod page;
mod problem;
mod query;
mod routes;
mod schema;
mod shown;
mod snapshots;
mod state;
mod watch;
mod wire;

pub(crate) use self::{
    apply::ordered,
    clock::LiveClock,
    cut::{Cuts, Severed},
    declared::{OWN_ACCOUNTS, make_records, place_orders},
    desk::Desk,
    edge::serve,
    orders::{Manner, Orders},
    paced::{Outgoing, outgoing},
    problem::problem,
    watch::Watched,
};
pub use self::{
    clock::InvalidClock,
    declared::Declared,
    encoded::SentKey,
    file::{FileDefect, FileDefects},
    journal::{Filter, Statuses},
    problem::ControlError,
    schema::{published, schema},
    shown::{
        About, AccountState, ClockState, Diagnosis, DisputeState, DocumentState, Entry, FaultState, Header,
        JournalPage, OrderState, Problem, Refused, Severity, State,
    },
    wire::{
        Advance, ClockSetting, Cut, Match, Move, NewAccount, NewCharge, NewDispute, NewDocument, NewOrder,
        OperationName, OrderedAnswer,
    },
};

/// What every path of the control API begins with.
pub const PREFIX: &str = "/_mock/";

/// Whether a path is one of the control API.
pub(crate) fn is_control(path: &str) -> bool {
    path.starts_with(PREFIX) || path == PREFIX.trim_end_matches('/')
}
