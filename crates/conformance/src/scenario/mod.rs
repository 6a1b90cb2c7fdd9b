//! Scenarios: what is sent, what must come back, and which clauses that shows.
//!
//! A scenario is data. Its file says everything: there are no conditions and no loops. The doc comments of
//! these types are the descriptions in the published schema.

mod attach;
mod expect;
mod load;
mod sending;
mod source;
mod tags;
mod terms;

use std::collections::BTreeMap;

use bytes::Bytes;
use rebuttal_model::{ApiVersion, clause::Clause};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use expect::{Alternative, Answer, Expect, SameAs, SliceOf};
pub use load::{Library, LoadError, bundle, checked, embedded, embedded_one, from_folder, parse, schema};
pub use sending::{RawBytes, Sending, Then};
pub use source::{Source, locate};
pub use tags::meaning as meaning_of_tag;
pub use terms::CLAUSES_JUDGED_EVERYWHERE;
pub(crate) use terms::NOT_STORED;

use crate::evidence::Sample;

/// A scenario: steps against an endpoint, and the clauses that they show to hold or not.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The clauses that this scenario shows, the one that a step is about first.
    #[schemars(length(min = 1))]
    pub covers: Vec<String>,
    /// Why it matters, or what goes wrong for a client when it fails.
    #[schemars(length(min = 1))]
    pub why: String,
    /// What the scenario is like, for `--filter`, where that cannot be read off it: tags such as large, slow, raw,
    /// reads, writes and needs-open are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("items" = { "type": "string", "pattern": "^[a-z][a-z0-9-]*$" }))]
    pub tags: Vec<String>,
    /// The disputes that the steps work on, each under a name of its own; `main` is the default of a step.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub disputes: BTreeMap<String, Need>,
    /// Keys that the scenario cannot do without, beside the secret key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<ExtraKey>,
    /// What is sent, in order.
    #[serde(rename = "step")]
    #[schemars(length(min = 1))]
    pub steps: Vec<Step>,
    /// What is sent at the end, whatever happened before. Documents that a step uploaded need no cleanup
    /// step: they are destroyed anyway.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cleanup: Vec<Step>,
    /// Where it was read from, where that is a file.
    #[serde(skip)]
    pub source: Option<Source>,
}

/// What a dispute must be like.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Open, and nobody else's until the scenario ends; it may hold documents from before.
    Open,
    /// Open, without any document, and nobody else's until the scenario ends.
    Empty,
    /// Open, made for this scenario alone from a disputable charge of the target, and lent to nobody after it:
    /// the steps may close it.
    Fresh,
    /// Any other dispute of the account; it is only read.
    Another,
    /// Pending.
    Pending,
    /// Won.
    Won,
    /// Lost.
    Lost,
    /// Pending, with at least one document.
    PendingWithDocument,
    /// Won, with at least one document.
    WonWithDocument,
    /// Lost, with at least one document.
    LostWithDocument,
    /// Owned by another account.
    Foreign,
}

/// A key beside the secret key.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExtraKey {
    /// The public key of the account.
    Public,
    /// The secret key of another account.
    Other,
}

/// One request and what must come back. Exactly one of `upload`, `list`, `retrieve`, `destroy`, `walk`,
/// `request`, `send` and `together` is given.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Step {
    /// A name, so that later steps can refer to the answer: `{{name/id}}` is the member `id` of its body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("pattern" = "^[a-z][a-z0-9-]*$"))]
    pub name: Option<String>,
    /// Uploads a document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload: Option<Upload>,
    /// Lists documents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<ListRequest>,
    /// Retrieves a document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retrieve: Option<Target>,
    /// Destroys a document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destroy: Option<Target>,
    /// Lists page after page and checks that the pages partition the documents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub walk: Option<Walk>,
    /// Sends any other HTTP request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<RawRequest>,
    /// Sends bytes that a proper HTTP client cannot send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send: Option<RawBytes>,
    /// Sends several requests over one connection before any of them is answered; the answers come in the same
    /// order. Each is a step of its own, with its expectation. The endpoint may close the connection behind any
    /// answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 2, max = 10))]
    pub together: Vec<Step>,
    /// Who sends it.
    #[serde(rename = "as", skip_serializing_if = "Credentials::is_default")]
    pub credentials: Credentials,
    /// The whole value of the Authorization header, in place of anybody's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<String>,
    /// The API version asked for with the header Omise-Version; none is sent where this is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<ApiVersion>,
    /// A step that only prepares: where the endpoint refuses it, the scenario could not be asked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub setup: bool,
    /// Waits this long before the step, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 5000))]
    pub pause_ms: Option<u64>,
    /// Sends the request on the connection of the step before, where the endpoint left it open.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub same_connection: bool,
    /// Holds an upload to `main` half sent on another connection while the step runs.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub beside_slow_upload: bool,
    /// The clause that the expectation belongs to, where it is not the first one covered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// What must come back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expect: Option<Expect>,
    /// What may come back, where the contract leaves a choice: the first that fits is reported by its label.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub observe: Vec<Alternative>,
}

/// Whose credentials go with a request.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Credentials {
    /// The secret key of the account.
    #[default]
    Secret,
    /// The secret key of another account.
    Other,
    /// The public key of the account.
    Public,
    /// A well-formed secret key that nobody has.
    Wrong,
    /// No Authorization header.
    None,
}

impl Credentials {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_default(&self) -> bool {
        *self == Self::Secret
    }
}

/// An upload. Without any member it is a valid one: a small PNG named receipt.png.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a key of the file, and most files name none"
)]
pub struct Upload {
    /// The dispute; the one named `main` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispute: Option<String>,
    /// The content of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Sample>,
    /// The content of the file: that of a file beside the scenario, by its path from there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// What stands in that file.
    #[serde(skip)]
    pub(crate) loaded: Option<Bytes>,
    /// Sends no file part at all.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_file: bool,
    /// Makes the file exactly this long, in bytes, and keeps it valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 20_000_000))]
    pub bytes: Option<u64>,
    /// The name of the file; one that fits the content where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// The Content-Type of the file part; one that fits the content where absent, none where empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Sends the file part as a text field, without a filename.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub as_text: bool,
    /// The kind; no such part is sent where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Sends the kind before the file.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub kind_first: bool,
    /// More text fields.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// More file parts behind the others, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, Sample>,
    /// The Content-Type of the request, where it is not the form's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Breaks the form in this one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
    /// Sends the smallest form that breaks this rule and no other, in place of an upload: the id of a violation
    /// as `rebuttal explain` names it. It has no field named file, so every reading of it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub malformed: Option<String>,
    /// Sends the body in chunked transfer coding.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub chunked: bool,
    /// Asks for 100-continue first, and waits for it up to a second.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub expect_continue: bool,
    /// Sends it in another way than an HTTP client would.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<Sending>,
    /// Uploads up to this many times, and stops at the first refusal; the last answer is judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 2, max = 100))]
    pub times: Option<u32>,
    /// Sends all `times` uploads at the same time, each on a connection of its own; every answer is judged, and
    /// the documents must be distinct.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub at_once: bool,
}

/// A list of a dispute's documents.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListRequest {
    /// The dispute; the one named `main` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispute: Option<String>,
    /// The query: from, to, offset, limit, order, each as text.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    /// A JSON body, which some clients send with a GET.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
}

/// A document to be retrieved or destroyed.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Target {
    /// The dispute; the one named `main` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispute: Option<String>,
    /// The document.
    pub document: String,
    /// A JSON body, which some clients send with a GET or DELETE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
}

/// A walk over the pages of a list. Its answer has two members: `ids`, in the order of the pages, and
/// `totals`, the different totals that the pages gave.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Walk {
    /// The dispute; the one named `main` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispute: Option<String>,
    /// The limit of each page.
    #[schemars(range(min = 1, max = 100))]
    pub limit: u32,
    /// The order of the list, where it is not the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
}

/// Any HTTP request.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RawRequest {
    /// The method.
    pub method: String,
    /// The path, with its query.
    pub path: String,
    /// Headers beside Host, Authorization and what the body needs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The body, as JSON, with its Content-Type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// The body: the bytes of a file beside the scenario, by its path from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// What stands in that file.
    #[serde(skip)]
    pub(crate) loaded: Option<Bytes>,
}

impl RawRequest {
    /// Whether it asks for an upload.
    pub(crate) fn is_upload(&self) -> bool {
        self.method == "POST" && self.path.ends_with("/documents")
    }
}

impl Scenario {
    /// The clauses covered, in the order of the file. Those that do not exist were refused when loading.
    pub fn clauses(&self) -> impl Iterator<Item = &'static Clause> {
        self.covers
            .iter()
            .filter_map(|id| rebuttal_model::clause::find(id))
    }
}
