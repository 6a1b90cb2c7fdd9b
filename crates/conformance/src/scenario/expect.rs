//! What must come back.

use std::collections::BTreeMap;

use rebuttal_model::Situation;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What must come back. Every member that is given must hold.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expect {
    /// What the answer is: its status is a success (that it is exactly 200 is judged everywhere), and its
    /// body is of this type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// The status codes, one of which is right.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<u16>,
    /// The status is any 4xx.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub client_error: bool,
    /// The error code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// A refusal whose status and code the profile decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Situation>,
    /// Headers and the patterns that their values match.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Members of the body, by name or JSON pointer, and the patterns that their values match.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub body: BTreeMap<String, Value>,
    /// The answer is the same as that of another step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_as: Option<SameAs>,
    /// The document is none of these ids: each upload makes a document of its own (`upload.distinct-ids`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub distinct_from: Vec<String>,
    /// A list has these documents, in this order, others between them allowed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<String>,
    /// A list has none of these documents.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<String>,
    /// A list has the documents of this step's list, in exactly the reverse order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reverse_of: Option<String>,
    /// A list has the documents of this step's list, from this position on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slice_of: Option<SliceOf>,
    /// Every item of a list is created no later than the next (`chronological`) or no earlier
    /// (`reverse_chronological`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sorted: Option<String>,
    /// The documents of `main` are the same after the step as before it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unchanged: bool,
    /// What holds whatever was sent: a whole answer comes, it is no 5xx, it shows no key, and where it is a refusal the
    /// documents of `main` are the same as before. An answer that does not come, or not whole, is then no reason why
    /// the endpoint could not be asked: it breaks the clause of the step.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub robust: bool,
    /// The answer comes within this time, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_ms: Option<u64>,
}

/// The type of a success.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// A document.
    Document,
    /// A list of documents.
    List,
    /// A document that is now destroyed.
    Destroyed,
}

/// Another step's answer, to be compared with.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SameAs {
    /// The name of the step.
    pub step: String,
    /// Members that may differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
}

/// A part of another step's list.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SliceOf {
    /// The name of the step.
    pub step: String,
    /// How many documents are passed over.
    pub offset: usize,
    /// How many follow at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// One of the answers that the contract allows.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// What is reported when it fits.
    #[schemars(length(min = 1))]
    pub label: String,
    /// What comes back.
    #[serde(default)]
    pub expect: Expect,
}
