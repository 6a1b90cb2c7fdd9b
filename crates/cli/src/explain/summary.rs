//! The end of the listing for people: how much was read, how much is wrong, and who would read it.

use std::fmt::Write;

use rebuttal_multipart::{Place, Severity};

use super::{Explained, human::WORTH_KNOWING, verdict::Verdict};
use crate::output::{BAD, DOUBTFUL, GOOD};

/// What stands below a listing; nothing where there was nothing to read.
pub(super) fn lines(explained: &Explained) -> Vec<String> {
    if explained.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new()];
    if let Some(listing) = &explained.listing {
        let parts = counted(listing.parts.len(), "part");
        lines.push(format!(
            "{parts} in {} bytes: {}",
            listing.bytes,
            counts(explained)
        ));
    }
    lines.push(format!("strict readers:  {}", verdict(&explained.strict)));
    lines.push(format!("lenient readers: {}", verdict(&explained.lenient)));
    lines
}

fn counts(explained: &Explained) -> String {
    let kinds = [
        (Severity::Error, BAD),
        (Severity::Warning, DOUBTFUL),
        (Severity::Info, WORTH_KNOWING),
    ];
    let mut counts = Vec::new();
    for (severity, style) in kinds {
        let broken = explained.broken().filter(|_| severity == Severity::Error);
        let count = explained.count(severity) + broken.count();
        let text = match severity {
            Severity::Info => format!("{count} for information"),
            Severity::Error | Severity::Warning => counted(count, severity.as_str()),
        };
        if count > 0 {
            counts.push(format!("{style}{text}{style:#}"));
        }
    }
    if counts.is_empty() {
        return format!("{GOOD}nothing is wrong{GOOD:#}");
    }
    counts.join(", ")
}

fn verdict(verdict: &Verdict) -> String {
    let mut text = match &verdict.stopped {
        None if !verdict.has_read => "have no boundary to read with".to_owned(),
        None => format!("{GOOD}read{GOOD:#} {}", counted(verdict.parts, "part")),
        Some(stopped) => {
            let place = match stopped.place {
                Place::Body => "",
                Place::ContentType => " of the Content-Type",
            };
            let after = if verdict.parts == 0 {
                String::new()
            } else {
                format!(", after {}", counted(verdict.parts, "part"))
            };
            format!(
                "{BAD}stop{BAD:#} at {}, byte {}{place}{after}",
                stopped.id, stopped.span.start
            )
        }
    };
    if verdict.warnings > 0 {
        let _ = write!(text, ", {}", counted(verdict.warnings, "warning"));
    }
    if verdict.infos > 0 {
        let _ = write!(text, ", {} for information", verdict.infos);
    }
    text
}

fn counted(count: usize, what: &str) -> String {
    match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}
