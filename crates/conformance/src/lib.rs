//! Replays scenarios against an endpoint and says clause by clause what holds.
//!
//! The judge shares nothing with what it judges but the wire types: expectations stand in the scenarios, and
//! the files they send are made here.

pub mod answer;
mod campaign;
pub mod compare;
mod coverage;
pub mod diagnostic;
mod discover;
pub mod evidence;
mod explore;
mod filter;
pub mod known;
mod pattern;
mod published;
pub mod record;
mod redact;
pub mod report;
mod run;
pub mod scenario;
mod segments;
mod selection;
mod shape;
mod shortened;
mod target;
mod template;
mod transport;
mod verdict;

pub use campaign::{
    CampaignEnd, CampaignOptions, CampaignProgress, CampaignReport, Campaigned, Promise, Sighting, campaign,
};
pub use coverage::{Coverage, coverage};
pub use discover::{DiscoverError, discover};
pub use explore::{Ended, ExploreOptions, ExploreReport, Explored, Finding, Progress, explore};
pub use filter::Filter;
pub use known::{KnownReport, KnownState};
pub use published::published;
pub use redact::Secrets;
pub use run::{Halt, InvalidPattern, InvalidRate, Options, Rate, Run, RunError, Selector, run};
pub use selection::{InvalidShard, MeansNothing, Selection, Shard};
pub use target::{Disputes, Target, TargetError};
pub use transport::{Endpoint, InvalidEndpoint, Limits, TransportError};
pub use verdict::{
    Attempt, ClauseReport, Counts, Exchange, ExitStatus, Mismatch, Observation, ObservedProfile,
    ProfileReport, RunReport, ScenarioReport, Summary, Verdict,
};
