//! What a request is about, by its method and path.

use percent_encoding::percent_decode_str;
use rebuttal_model::inspect::Subject;
use schemars::JsonSchema;
use serde::Serialize;

/// What a request asks for.
#[derive(Clone, Copy, Debug, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// Attaches a document to a dispute.
    Upload,
    /// Lists the documents of a dispute.
    List,
    /// Retrieves a document.
    Retrieve,
    /// Destroys a document.
    Destroy,
    /// Something else that the provider has, which this contract says nothing about.
    Other,
}

impl Operation {
    /// The operation's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::List => "list",
            Self::Retrieve => "retrieve",
            Self::Destroy => "destroy",
            Self::Other => "other",
        }
    }

    /// What a success is.
    pub(super) const fn success(self) -> Option<Subject> {
        match self {
            Self::Upload | Self::Retrieve => Some(Subject::Document),
            Self::List => Some(Subject::DocumentList),
            Self::Destroy => Some(Subject::DestroyedDocument),
            Self::Other => None,
        }
    }
}

/// Where a request goes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Route {
    /// One of the four operations. The ids are as they were meant, and need not be ids.
    Documents {
        operation: Operation,
        dispute: String,
        document: Option<String>,
    },
    /// The path is there, the method is not.
    WrongMethod { allowed: &'static str },
    /// No such path; the one that was meant, where that can be told.
    Unknown { meant: Option<String> },
    /// Beside the contract.
    Other,
}

impl Route {
    pub(super) fn new(method: &str, path: &str) -> Self {
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        match segments.as_slice() {
            ["disputes", dispute, "documents"] => match method {
                "POST" => Self::of(Operation::Upload, dispute, None),
                "GET" | "HEAD" => Self::of(Operation::List, dispute, None),
                _ => Self::WrongMethod {
                    allowed: "POST to upload, GET to list",
                },
            },
            ["disputes", dispute, "documents", document] => match method {
                "GET" | "HEAD" => Self::of(Operation::Retrieve, dispute, Some(document)),
                "DELETE" => Self::of(Operation::Destroy, dispute, Some(document)),
                _ => Self::WrongMethod {
                    allowed: "GET to retrieve, DELETE to destroy",
                },
            },
            ["disputes"]
            | ["disputes", _]
            | ["disputes", _, "accept" | "close"]
            | ["charges", _, "disputes"] => Self::Other,
            _ if is_meant_for_us(&segments) => Self::Unknown {
                meant: meant(&segments),
            },
            _ => Self::Other,
        }
    }

    fn of(operation: Operation, dispute: &str, document: Option<&str>) -> Self {
        Self::Documents {
            operation,
            dispute: decoded(dispute),
            document: document.map(decoded),
        }
    }

    pub(super) fn operation(&self) -> Operation {
        match self {
            Self::Documents { operation, .. } => *operation,
            _ => Operation::Other,
        }
    }
}

fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// Whether a path looks as if it should lead to documents.
fn is_meant_for_us(segments: &[&str]) -> bool {
    segments.iter().any(|segment| {
        let segment = segment.to_ascii_lowercase();
        segment.starts_with("document") || segment.starts_with("dispute") || is_id(&segment)
    })
}

fn is_id(segment: &str) -> bool {
    segment.starts_with("dspt_") || segment.starts_with("docu_")
}

/// The path of the contract that one was meant to be, where its ids show it.
fn meant(segments: &[&str]) -> Option<String> {
    let id = |prefix: &str| segments.iter().find(|segment| segment.starts_with(prefix));
    let dispute = id("dspt_")?;
    Some(match id("docu_") {
        Some(document) => format!("/disputes/{dispute}/documents/{document}"),
        None => format!("/disputes/{dispute}/documents"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_and_paths_are_told_apart() {
        let of = |operation, document: Option<&str>| Route::of(operation, "dspt_test_1", document);
        let unknown = |meant: Option<&str>| Route::Unknown {
            meant: meant.map(str::to_owned),
        };
        let list = "/disputes/dspt_test_1/documents";
        for (method, path, wanted) in [
            ("POST", list, of(Operation::Upload, None)),
            ("GET", list, of(Operation::List, None)),
            ("HEAD", list, of(Operation::List, None)),
            (
                "GET",
                "/disputes/dspt_test_1/documents/docu_test_2",
                of(Operation::Retrieve, Some("docu_test_2")),
            ),
            (
                "DELETE",
                "/disputes/dspt_test_1/documents/a%20b",
                of(Operation::Destroy, Some("a b")),
            ),
            (
                "GET",
                "/disputes/dspt_test_1/documents/",
                of(Operation::Retrieve, Some("")),
            ),
            (
                "PUT",
                list,
                Route::WrongMethod {
                    allowed: "POST to upload, GET to list",
                },
            ),
            ("GET", "/disputes/dspt_test_1", Route::Other),
            ("PATCH", "/disputes/dspt_test_1/close", Route::Other),
            ("GET", "/charges", Route::Other),
            ("GET", "/", Route::Other),
            ("POST", "/v1/disputes/dspt_test_1/documents", unknown(Some(list))),
            ("POST", "/dispute/dspt_test_1/document", unknown(Some(list))),
            ("POST", "//disputes/dspt_test_1/documents", unknown(Some(list))),
            (
                "POST",
                "/disputes/dspt_test_1/documents/docu_test_2/",
                unknown(Some("/disputes/dspt_test_1/documents/docu_test_2")),
            ),
            ("POST", "/documents", unknown(None)),
        ] {
            assert_eq!(Route::new(method, path), wanted, "{method} {path}");
        }
    }
}
