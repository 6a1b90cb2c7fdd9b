//! What was wrong with a request, in words: from its head, from the reader of the form, and from the checks
//! on the file.

mod contract;
mod head;
mod refused;

use http::{HeaderMap, Method};
use rebuttal_model::Clause;
use rebuttal_multipart::{self as multipart, Place};
use rebuttal_validate as validate;

pub(crate) use self::contract::clause;
use super::{
    mask,
    operation::Named,
    shown::{About, Diagnosis, Severity},
};
use crate::{notes::Noticed, store::Store};

/// A request that was answered.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) operation: Option<Named<'a>>,
    pub(crate) body_bytes: u64,
    pub(crate) noticed: &'a Noticed,
}

/// Everything that was wrong with a request, or is worth knowing. `store` is there where it was refused, and
/// `clause` where a clause of the contract refused it.
pub(crate) fn diagnose(
    request: &Request<'_>,
    store: Option<&Store>,
    clause: Option<&Clause>,
) -> Vec<Diagnosis> {
    let mut found = Vec::new();
    head::diagnose(request, store, &mut found);
    found.extend(request.noticed.form.iter().map(of_form));
    if request.noticed.untyped {
        found.push(diagnosis(
            About::Form,
            Severity::Info,
            "part_without_type",
            "the part of the file has no Content-Type; its bytes decide",
            "other servers may take such a part for text: send the type of the file",
        ));
    }
    found.extend(request.noticed.file.iter().map(of_file));
    if let (Some(refusal), Some(clause)) = (&request.noticed.refusal, clause)
        && found.iter().all(|it| it.severity != Severity::Error)
    {
        found.extend(refused::refused(clause, refusal));
    }
    found
}

fn diagnosis(
    about: About,
    severity: Severity,
    code: &str,
    message: impl AsRef<str>,
    advice: impl Into<String>,
) -> Diagnosis {
    Diagnosis {
        about,
        severity,
        code: code.to_owned(),
        message: mask::starred(message.as_ref()).into_owned(),
        offset: None,
        part: None,
        advice: advice.into(),
    }
}

fn of_form(defect: &multipart::Diagnosis) -> Diagnosis {
    let severity = match defect.severity {
        multipart::Severity::Info => Severity::Info,
        multipart::Severity::Warning => Severity::Warning,
        multipart::Severity::Error => Severity::Error,
    };
    let about = match defect.place {
        Place::ContentType => About::Head,
        Place::Body => About::Form,
    };
    let id = defect.id;
    let message = format!(
        "{}: expected {}, found {}",
        id.summary(),
        id.expected(),
        defect.found
    );
    Diagnosis {
        offset: Some(defect.offset()),
        part: defect.part,
        ..diagnosis(about, severity, id.as_str(), message, id.hint())
    }
}

fn of_file(finding: &validate::Finding) -> Diagnosis {
    let severity = match finding.severity {
        validate::Severity::Note => Severity::Info,
        validate::Severity::Warning => Severity::Warning,
        validate::Severity::Rejection => Severity::Error,
    };
    let message = format!("expected {}, found {}", finding.expected, finding.found);
    Diagnosis {
        offset: finding.offset,
        ..diagnosis(
            About::File,
            severity,
            finding.code.as_str(),
            message,
            finding.advice.as_str(),
        )
    }
}
