//! The configuration file (TOML): what a mock speaks and holds from the start.

use std::{fmt, net::IpAddr, ops::Range, sync::LazyLock, time::Duration};

use rebuttal_model::{Profile, schema::schema_to_read};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    declared::{Declared, make_records},
    encoded, fit,
    problem::ControlError,
    shown::Problem,
    wire::{ClockSetting, NewAccount, NewCharge, NewDispute, NewOrder},
};
use crate::{
    config::{
        Config, Connections, Destroyed, DownloadUri, Layout, Limits, ListParameters, MemberOrder, Members,
        OutOfRange, TooLargeBody, Variants,
    },
    fault::Fault,
    service::{Service, Settings},
};

/// A configuration file of the mock (TOML). What is left out has its default.
#[derive(Default, Deserialize, JsonSchema, Serialize)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "MockConfig")]
struct File {
    /// The address to listen on.
    host: Option<String>,
    /// The port to listen on; 0 lets the system choose.
    port: Option<u16>,
    /// What keys and ids are made from.
    seed: Option<u64>,
    /// The reading of the contract to speak.
    profile: Option<Profile>,
    /// The one way in which the contract is broken.
    #[serde(with = "encoded::fault")]
    #[schemars(schema_with = "encoded::fault::schema")]
    fault: Option<Fault>,
    /// What time it is; the system's where left out.
    clock: Option<ClockSetting>,
    /// Whether the disputes, documents and charges that a mock has by itself are made; they are where left out.
    seeded: Option<bool>,
    /// Choices that the contract leaves open.
    variants: FileVariants,
    /// Bounds on what clients may take.
    limits: FileLimits,
    /// Accounts. A mock always has two: the first two give them their keys.
    accounts: Vec<NewAccount>,
    /// Charges.
    charges: Vec<NewCharge>,
    /// Disputes, with documents.
    disputes: Vec<NewDispute>,
    /// What shall go wrong from the start.
    orders: Vec<NewOrder>,
}

/// Choices that the contract leaves open; every value is legal.
#[derive(Default, Deserialize, JsonSchema, Serialize)]
#[serde(default, deny_unknown_fields)]
struct FileVariants {
    /// How a destroyed document is retrieved.
    destroyed: Option<Destroyed>,
    /// What a list parameter outside its range gets.
    out_of_range: Option<OutOfRange>,
    /// What `download_uri` holds.
    download_uri: Option<DownloadUri>,
    /// What the body of a 413 is in the profile `recorded`.
    too_large: Option<TooLargeBody>,
    /// How JSON is written.
    layout: Option<Layout>,
    /// What members objects have.
    members: Option<Members>,
    /// In which order the members of objects stand.
    order: Option<MemberOrder>,
    /// Where the parameters of a list are read.
    list_parameters: Option<ListParameters>,
    /// What becomes of a connection behind an answer.
    connections: Option<Connections>,
    /// How long every answer takes at least, in milliseconds.
    #[schemars(range(max = 600_000))]
    delay_ms: Option<u32>,
    /// The most documents that a dispute takes.
    max_documents: Option<u32>,
}

/// Bounds on what clients may take.
#[derive(Default, Deserialize, JsonSchema, Serialize)]
#[serde(default, deny_unknown_fields)]
struct FileLimits {
    /// Connections at a time.
    #[schemars(range(min = 1, max = 1_000_000))]
    connections: Option<u32>,
    /// The head of a request, in bytes.
    #[schemars(range(min = 8192, max = 16_777_216))]
    head_bytes: Option<u32>,
    /// How long the head of a request may take, in milliseconds.
    #[schemars(range(min = 1))]
    head_timeout_ms: Option<u32>,
    /// How long a client may pause within a body, in milliseconds.
    #[schemars(range(min = 1))]
    body_idle_ms: Option<u32>,
    /// How long a body may take, in milliseconds.
    #[schemars(range(min = 1))]
    body_total_ms: Option<u32>,
    /// How many requests the journal keeps; 0 for no journal.
    #[schemars(range(max = 1_000_000))]
    journal_entries: Option<u32>,
    /// How many bytes the journal takes.
    journal_bytes: Option<u32>,
}

static SCHEMA: LazyLock<Value> = LazyLock::new(|| schema_to_read::<File>("mock-config.json"));

/// The JSON Schema of a configuration file.
pub(crate) fn file_schema() -> &'static Value {
    &SCHEMA
}

/// One thing wrong in a configuration file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FileDefect {
    /// The bytes it is about.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write instead, where that is known.
    pub help: Option<String>,
}

/// Everything wrong in a configuration file, in the order of its text; at least one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FileDefects {
    /// The file, as it was named.
    pub path: String,
    /// Its text.
    pub text: String,
    /// What is wrong.
    pub defects: Vec<FileDefect>,
}

/// A line a defect: `path:line:column: message`.
impl fmt::Display for FileDefects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, defect) in self.defects.iter().enumerate() {
            let before = self.text.get(..defect.span.start).unwrap_or(&self.text);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{}:{line}:{column}: {}", self.path, defect.message)?;
            if let Some(help) = &defect.help {
                write!(f, " ({help})")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for FileDefects {}

impl Config {
    /// Reads the text of a configuration file (`schemas/mock-config.json`); `path` is only for messages.
    ///
    /// ```
    /// use rebuttal_mock::Config;
    ///
    /// let config = Config::from_toml("mock.toml", "seed = 7\n[variants]\nlayout = \"pretty\"\n")?;
    /// assert_eq!(config.seed, 7);
    /// let error = Config::from_toml("mock.toml", "sede = 7\n").unwrap_err();
    /// assert!(error.to_string().starts_with("mock.toml:1:1: "));
    /// # Ok::<(), rebuttal_mock::control::FileDefects>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the file is wrong: every problem at once, with line and column. No message repeats a key.
    pub fn from_toml(path: &str, text: &str) -> Result<Self, FileDefects> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut defects: Vec<_> = errors
            .iter()
            .map(|error| FileDefect {
                span: error.span().unwrap_or(0..0),
                message: error.message().to_owned(),
                help: None,
            })
            .collect();
        if defects.is_empty() {
            let placed = |problem: &Problem| FileDefect {
                span: span(table.get_ref(), &problem.pointer, problem.is_about_name),
                message: format!("expected {}, found {}", problem.expected, problem.found),
                help: problem.help.clone(),
            };
            match config(object(table.get_ref())) {
                Ok(config) => return Ok(config),
                Err(error) => defects.extend(error.problems().iter().map(placed)),
            }
        }
        defects.sort_by_key(|defect| defect.span.start);
        // One slip makes the parser stumble several times at its place.
        defects.dedup_by_key(|defect| defect.span.clone());
        Err(FileDefects {
            path: path.to_owned(),
            text: text.to_owned(),
            defects,
        })
    }
}

fn config(value: Value) -> Result<Config, ControlError> {
    let file: File = fit::from_value(file_schema(), "", value)?;
    let default = Config::default();
    let host: IpAddr = match &file.host {
        Some(host) => host.parse().map_err(|_| {
            super::problem::problem("/host", "an address such as 127.0.0.1", format!("{host:?}"))
        })?,
        None => default.host,
    };
    let clock = match &file.clock {
        Some(setting) => setting.clock().map_err(|error| error.below("/clock"))?,
        None => default.clock,
    };
    let config = Config {
        host,
        port: file.port.unwrap_or(default.port),
        seed: file.seed.unwrap_or(default.seed),
        clock,
        profile: file.profile.unwrap_or_default(),
        fault: file.fault,
        variants: file.variants.choose(default.variants),
        limits: file.limits.bound(default.limits),
        declared: Declared {
            bare: file.seeded == Some(false),
            accounts: file.accounts,
            charges: file.charges,
            disputes: file.disputes,
            orders: file.orders,
        },
        ..default
    };
    // Whether the records go together is known by making them.
    let settings = Settings::default();
    let now = config.clock.now();
    let mut service = Service::seeded(settings, config.seed, now, &config.declared)?;
    make_records(&mut service, &config.declared, now)?;
    Ok(config)
}

impl FileVariants {
    fn choose(self, default: Variants) -> Variants {
        Variants {
            destroyed: self.destroyed.unwrap_or(default.destroyed),
            out_of_range: self.out_of_range.unwrap_or(default.out_of_range),
            download_uri: self.download_uri.unwrap_or(default.download_uri),
            too_large: self.too_large.unwrap_or(default.too_large),
            layout: self.layout.unwrap_or(default.layout),
            members: self.members.unwrap_or(default.members),
            order: self.order.unwrap_or(default.order),
            list_parameters: self.list_parameters.unwrap_or(default.list_parameters),
            connections: self.connections.unwrap_or(default.connections),
            delay: self.delay_ms.map_or(default.delay, milliseconds),
            max_documents: self.max_documents.or(default.max_documents),
        }
    }
}

impl FileLimits {
    fn bound(self, default: Limits) -> Limits {
        let size = |given: Option<u32>, default| {
            given.map_or(default, |given| usize::try_from(given).unwrap_or(default))
        };
        Limits {
            connections: size(self.connections, default.connections),
            head_bytes: size(self.head_bytes, default.head_bytes),
            head_timeout: self.head_timeout_ms.map_or(default.head_timeout, milliseconds),
            body_idle: self.body_idle_ms.map_or(default.body_idle, milliseconds),
            body_total: self.body_total_ms.map_or(default.body_total, milliseconds),
            journal_entries: size(self.journal_entries, default.journal_entries),
            journal_bytes: size(self.journal_bytes, default.journal_bytes),
            ..default
        }
    }
}

fn milliseconds(given: u32) -> Duration {
    Duration::from_millis(given.into())
}

/// A table as JSON. A datetime is its text, so that it can be written with or without quotes.
fn object(table: &DeTable<'_>) -> Value {
    let members = table
        .iter()
        .map(|(key, item)| (key.get_ref().to_string(), value(item)));
    Value::Object(members.collect::<Map<_, _>>())
}

fn value(item: &Spanned<DeValue<'_>>) -> Value {
    match item.get_ref() {
        DeValue::String(text) => text.to_string().into(),
        DeValue::Integer(integer) => {
            let (text, radix) = (integer.as_str(), integer.radix());
            let small = i64::from_str_radix(text, radix).map(Value::from);
            small
                .or_else(|_| u64::from_str_radix(text, radix).map(Value::from))
                .unwrap_or(Value::Null)
        }
        DeValue::Float(float) => float.as_str().parse::<f64>().map_or(Value::Null, Value::from),
        DeValue::Boolean(boolean) => (*boolean).into(),
        DeValue::Datetime(datetime) => datetime.to_string().into(),
        DeValue::Array(items) => items.iter().map(value).collect(),
        DeValue::Table(table) => object(table),
    }
}

/// The bytes of the value at a pointer, of its key where the key is what is wrong, or of the deepest on the way.
fn span(table: &DeTable<'_>, pointer: &str, is_about_name: bool) -> Range<usize> {
    let mut found = 0..0;
    let (mut table, mut array) = (Some(table), None);
    let mut tokens = pointer.split('/').skip(1).peekable();
    while let Some(token) = tokens.next() {
        let token = token.replace("~1", "/").replace("~0", "~");
        let next = match (table, array) {
            (Some(members), _) => {
                let Some((key, item)) = members.iter().find(|(key, _)| key.get_ref().as_ref() == token)
                else {
                    break;
                };
                // A table's own span may be its header far away from what is meant.
                found = match item.get_ref() {
                    DeValue::Table(_) | DeValue::Array(_) => key.span(),
                    _ if is_about_name && tokens.peek().is_none() => key.span(),
                    _ => item.span(),
                };
                item
            }
            (None, Some(items)) => {
                let items: &toml::de::DeArray<'_> = items;
                let Some(item) = token.parse::<usize>().ok().and_then(|place| items.get(place)) else {
                    break;
                };
                found = item.span();
                item
            }
            (None, None) => break,
        };
        (table, array) = match next.get_ref() {
            DeValue::Table(table) => (Some(table), None),
            DeValue::Array(items) => (None, Some(items)),
            _ => (None, None),
        };
    }
    found
}
