//! How a mock is set up: where it listens, what it speaks, and which legal choices it makes.

use std::{
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    time::{Duration, SystemTime},
};

use rebuttal_model::{DisputeId, DocumentId, Profile, SecretKey, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{control::Declared, fault::Fault};

/// Everything that [`Mock::start`](crate::Mock::start) takes.
///
/// ```
/// use rebuttal_mock::{Config, Fault};
///
/// let config = Config { fault: Some(Fault::GifAccepted), ..Config::default() };
/// assert_eq!(config.port, 0);
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to listen on; loopback unless told.
    pub host: IpAddr,
    /// The port to listen on; 0 lets the system choose.
    pub port: u16,
    /// What keys, ids and seeded records are made from: the same seed makes the same ones.
    pub seed: u64,
    /// What time it is.
    pub clock: Clock,
    /// The reading of the contract that is spoken.
    pub profile: Profile,
    /// The one way in which the contract is broken.
    pub fault: Option<Fault>,
    /// Choices that the contract leaves open.
    pub variants: Variants,
    /// A record of the first account with identifiers of the caller's choice.
    pub plant: Option<Plant>,
    /// The file that keeps everything, contents included, so that nothing is lost that was answered 200; in
    /// memory only where there is none. What it holds goes before `seed` and `plant`.
    pub state: Option<PathBuf>,
    /// Records and orders that are there from the start, besides the seeded ones.
    pub declared: Declared,
    /// Bounds on what clients may take.
    pub limits: Limits,
    /// Where TLS is spoken, with what; `None` means nowhere.
    pub tls: Option<TlsOptions>,
}

/// How TLS is spoken.
#[derive(Clone, Debug)]
pub struct TlsOptions {
    /// The folder of the [`Authority`](crate::Authority), made where there is none.
    pub state: PathBuf,
    /// Whether requests that are not encrypted are refused; otherwise the port takes both.
    pub only: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            host: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            seed: 0,
            clock: Clock::System,
            profile: Profile::default(),
            fault: None,
            variants: Variants::default(),
            plant: None,
            state: None,
            declared: Declared::default(),
            limits: Limits::default(),
            tls: None,
        }
    }
}

/// Where the time comes from.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Clock {
    /// The system's clock.
    #[default]
    System,
    /// The system's clock, this many seconds fast, or slow where negative.
    Shifted(i64),
    /// A clock that stands still.
    Fixed(Timestamp),
}

impl Clock {
    /// What the clock shows.
    pub fn now(self) -> Timestamp {
        match self {
            Self::System => system_time(),
            Self::Shifted(seconds) => system_time().plus_seconds(seconds),
            Self::Fixed(time) => time,
        }
    }
}

fn system_time() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Timestamp::from_unix(since.unwrap_or_default())
}

/// Choices that the contract leaves open; every value is legal.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Variants {
    /// How a destroyed document is retrieved (`destroy.then-retrieve`).
    pub destroyed: Destroyed,
    /// What a list parameter outside its range gets (`list.bad-parameter`).
    pub out_of_range: OutOfRange,
    /// What `download_uri` holds.
    pub download_uri: DownloadUri,
    /// What the body of a 413 is in the profile `recorded` (`upload.too-large`).
    pub too_large: TooLargeBody,
    /// How JSON is written.
    pub layout: Layout,
    /// What members objects have (`document.shape`).
    pub members: Members,
    /// In which order the members of objects stand.
    pub order: MemberOrder,
    /// Where the parameters of a list are read.
    pub list_parameters: ListParameters,
    /// What becomes of a connection behind an answer.
    pub connections: Connections,
    /// How long every answer takes at least.
    pub delay: Duration,
    /// The most documents that a dispute takes (`upload.max-documents`); `None` means no maximum.
    pub max_documents: Option<u32>,
}

/// How a destroyed document is retrieved.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Destroyed {
    /// It is not found.
    #[default]
    NotFound,
    /// It is answered with `deleted: true`.
    Shown,
}

/// What a list parameter outside its range gets.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutOfRange {
    /// 400 `bad_request`.
    #[default]
    Refused,
    /// The nearest value within the range; what does not parse gets the default.
    Clamped,
}

/// What `download_uri` holds.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DownloadUri {
    /// Null.
    #[default]
    Null,
    /// A URL under which nothing is served.
    #[serde(rename = "dead")]
    Url,
    /// A URL of this mock under which the file is served for a while, and to whoever has it.
    Served,
}

/// What the body of a 413 is in the profile `recorded`.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TooLargeBody {
    /// An Error object.
    #[default]
    Json,
    /// A proxy's page.
    Html,
}

/// How JSON is written.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// On one line.
    #[default]
    Compact,
    /// Indented, as the recorded answers are.
    Pretty,
}

/// What members objects have.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Members {
    /// Those of the contract.
    #[default]
    Listed,
    /// One more, which a reader must tolerate.
    Extra,
}

/// In which order the members of objects stand.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemberOrder {
    /// That of the contract.
    #[default]
    Usual,
    /// The other way round.
    Reversed,
}

/// Where the parameters of a list are read.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListParameters {
    /// In the query.
    #[default]
    InQuery,
    /// In the query, or where there is none in a JSON body.
    InBody,
}

/// What becomes of a connection behind an answer.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Connections {
    /// It can be used again.
    #[default]
    Kept,
    /// It is closed.
    Closed,
    /// It is closed, and the answer is of HTTP/1.0.
    #[serde(rename = "http-1.0")]
    Http10,
}

/// An open dispute with one document that belongs to an account of this key, made beside the seeded ones.
///
/// For tests that replay requests whose paths and credentials are given.
#[derive(Clone, Debug)]
pub struct Plant {
    /// The account's secret key.
    pub secret: SecretKey,
    /// The dispute.
    pub dispute: DisputeId,
    /// The document, a small PNG.
    pub document: DocumentId,
}

/// Bounds on what clients may take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Connections at a time; further ones wait.
    pub connections: usize,
    /// Head of a request, in bytes.
    pub head_bytes: usize,
    /// How long a client may take to send the head of a request, and to begin the next one.
    pub head_timeout: Duration,
    /// How long a client may pause while it sends a body.
    pub body_idle: Duration,
    /// How long a body may take in all.
    pub body_total: Duration,
    /// How long a refused client's bytes are still read, so that it can read its answer.
    pub linger: Duration,
    /// How long a `download_uri` that is served holds.
    pub download: Duration,
    /// How long a shutdown waits for running requests.
    pub shutdown: Duration,
    /// How many requests the journal keeps; 0 for no journal.
    pub journal_entries: usize,
    /// How many bytes the journal takes.
    pub journal_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            head_bytes: 64 * 1024,
            head_timeout: Duration::from_secs(30),
            body_idle: Duration::from_secs(30),
            body_total: Duration::from_mins(10),
            linger: Duration::from_secs(5),
            download: Duration::from_mins(15),
            shutdown: Duration::from_secs(5),
            journal_entries: 1000,
            journal_bytes: 4 * 1024 * 1024,
        }
    }
}
