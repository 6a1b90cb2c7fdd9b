//! What a recording tells, as data: one object a line.

use rebuttal_model::{Level, Timestamp, schema::schema_of};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{
    finding::{Finding, Side},
    route::Operation,
};
use crate::{
    redact::Secrets,
    verdict::{ExitStatus, Verdict},
};

/// Something that a recording tells.
#[derive(Clone, Debug, JsonSchema, Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Line {
    /// The proxy takes requests.
    Listening {
        /// The address to give to a client, in place of the API's.
        url: String,
        /// Where requests go.
        upstream: String,
    },
    /// A request and its answer.
    Exchange(Recorded),
    /// Something that is no exchange: a client that does not speak HTTP, a file that cannot be written.
    Trouble {
        /// When.
        at: String,
        /// What.
        text: String,
    },
    /// The recording is over.
    Summary(Summary),
}

/// A request and its answer.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Recorded {
    /// Counted from 1, in the order of the answers.
    pub number: u64,
    /// When it was answered, in UTC.
    pub at: String,
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// What it asks for.
    pub operation: Operation,
    /// The status of the answer; null where the endpoint gave none.
    pub status: Option<u16>,
    /// The answer in a few words, or why there is none.
    pub answer: String,
    /// Whether the endpoint was asked.
    pub sent_on: bool,
    /// How long the endpoint took, in milliseconds.
    pub duration_ms: u64,
    /// What the client's part comes to.
    pub client: Verdict,
    /// What the server's part comes to; `skip` where it was not asked, or owes nothing by this contract.
    pub server: Verdict,
    /// What is wrong, the gravest first.
    pub findings: Vec<Finding>,
    /// The scenario that it was saved in, below the folder; null where it was not saved.
    pub saved: Option<String>,
    /// What could not be saved, and why; null where nothing is missing.
    pub unsaved: Option<String>,
}

/// What a recording came to.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Summary {
    /// The version of this program.
    pub rebuttal: &'static str,
    /// How many exchanges there were.
    pub exchanges: u64,
    /// How many of them the endpoint did not answer, though it was asked.
    pub unanswered: u64,
    /// How many were not sent on.
    pub refused: u64,
    /// How many were under way when the recording ended, and are not in it.
    pub cut_off: usize,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// What the clients' parts come to.
    pub client: Verdict,
    /// What the server's part comes to.
    pub server: Verdict,
    /// What was found, by side and clause, the gravest first.
    pub told: Vec<Told>,
    /// The clauses that some answer showed to hold, and none showed broken.
    pub held: Vec<&'static str>,
    /// The scenarios that were written, below the folder.
    pub saved: Vec<String>,
    /// What could not be saved, and why.
    pub unsaved: Vec<String>,
    /// Why some file could not be written; null where all could.
    pub failed_to_save: Option<String>,
}

/// How often a side did one thing.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Told {
    /// Who.
    pub side: Side,
    /// The clause.
    pub clause: &'static str,
    /// How grave it is.
    pub level: Level,
    /// The mistake's own name; null for a server.
    pub rule: Option<&'static str>,
    /// What is wrong, in a few words.
    pub what: &'static str,
    /// How often.
    pub count: u64,
}

impl Summary {
    /// The exit status: 1 where a side broke a MUST, 3 where something could not be asked or written, 4 where there
    /// was nothing.
    pub fn exit_status(&self) -> ExitStatus {
        if self.client == Verdict::Fail || self.server == Verdict::Fail {
            ExitStatus::Failed
        } else if self.unanswered > 0 || self.refused > 0 || self.failed_to_save.is_some() {
            ExitStatus::NotRun
        } else if self.exchanges == 0 {
            ExitStatus::Nothing
        } else {
            ExitStatus::Pass
        }
    }
}

impl Line {
    /// The line for programs, with its line end. Its schema is published.
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

pub(crate) fn schema() -> Value {
    schema_of::<Line>("record.json")
}

/// The time as lines tell it.
pub(super) fn now() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Timestamp::from_unix(since.unwrap_or_default()).to_string()
}

impl Recorded {
    /// Takes out what must not show: keys, and what a terminal would obey.
    pub(super) fn clean(&mut self, secrets: &Secrets) {
        for text in [&mut self.method, &mut self.target, &mut self.answer] {
            clean(text, secrets);
        }
        for text in [&mut self.saved, &mut self.unsaved].into_iter().flatten() {
            clean(text, secrets);
        }
        for finding in &mut self.findings {
            for text in [&mut finding.place, &mut finding.expected, &mut finding.found] {
                clean(text, secrets);
            }
            if let Some(hint) = &mut finding.hint {
                clean(hint, secrets);
            }
        }
    }
}

/// Masks keys, and escapes what changes how text is shown.
pub(super) fn clean(text: &mut String, secrets: &Secrets) {
    let hidden = |char: char| {
        char.is_control()
            || matches!(char, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let masked = secrets.mask(text);
    *text = if masked.contains(hidden) {
        masked
            .chars()
            .map(|char| {
                if hidden(char) {
                    char.escape_default().to_string()
                } else {
                    char.to_string()
                }
            })
            .collect()
    } else {
        masked
    };
}
