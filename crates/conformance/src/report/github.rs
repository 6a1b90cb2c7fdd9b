//! The report for GitHub's log: annotations, the gravest first.
//!
//! An annotation stands for a clause, not for a mismatch: GitHub shows ten of each sort of a step and drops the
//! rest, so that a clause broken in a hundred scenarios would hide the others.

use std::fmt::Write;

use rebuttal_model::Level;

use super::plural;
use crate::verdict::{ClauseReport, RunReport, ScenarioReport, Verdict};

/// How many annotations of a sort GitHub shows of one step.
const SHOWN: usize = 10;

/// An annotation.
struct Note {
    /// `error`, `warning` or `notice`.
    sort: &'static str,
    /// File, line and column, where it is about a file.
    place: Option<(String, usize, usize)>,
    title: String,
    message: String,
}

pub(super) fn render(report: &RunReport) -> String {
    let mut notes = Vec::new();
    for known in report.known.iter().filter(|known| known.state.is_stale()) {
        notes.push(Note {
            sort: "error",
            place: Some((known.path.clone(), known.line, known.column)),
            title: format!("known failure {}: {}", known.state.as_str(), known.subject()),
            message: format!("{}\n{}", known.message, known.reason),
        });
    }
    notes.extend(report.clauses.iter().filter_map(|clause| broken(report, clause)));
    notes.extend(unasked(report));
    notes.extend(flaky(report));
    if report.is_mixed() {
        notes.push(Note {
            sort: if report.strict { "error" } else { "warning" },
            place: None,
            title: "the endpoint mixes the profiles".to_owned(),
            message: report.profile.seen.join("\n"),
        });
    }
    if let Some(reason) = &report.stopped {
        notes.push(Note {
            sort: "error",
            place: None,
            title: "the run was not finished".to_owned(),
            message: reason.clone(),
        });
    }
    let mut text = String::new();
    for sort in ["error", "warning", "notice"] {
        let mut notes: Vec<_> = notes.iter().filter(|note| note.sort == sort).collect();
        let rest = if notes.len() > SHOWN {
            notes.split_off(SHOWN - 1)
        } else {
            Vec::new()
        };
        for note in notes {
            line(&mut text, note);
        }
        if !rest.is_empty() {
            let titles: Vec<_> = rest.iter().map(|note| note.title.as_str()).collect();
            let note = Note {
                sort,
                place: None,
                title: format!("and {} more", rest.len()),
                message: titles.join("\n"),
            };
            line(&mut text, &note);
        }
    }
    let _ = writeln!(text, "{}", super::headline(report));
    text
}

fn broken(report: &RunReport, clause: &ClauseReport) -> Option<Note> {
    let (sort, title) = match (clause.verdict, clause.level) {
        (Verdict::Fail, _) => ("error", "does not hold"),
        (Verdict::Warn, _) if report.strict => ("error", "does not hold"),
        (Verdict::Warn, _) => ("warning", "does not hold"),
        (Verdict::Known, _) => ("notice", "does not hold, which is known"),
        _ => return None,
    };
    let found: Vec<_> = report
        .scenarios
        .iter()
        .flat_map(|scenario| scenario.mismatches.iter().map(move |it| (scenario, it)))
        .filter(|(_, it)| it.clause == clause.id && (it.known.is_none() || clause.verdict == Verdict::Known))
        .collect();
    let mut message = clause.statement.clone();
    for (scenario, mismatch) in found.iter().take(3) {
        let _ = write!(
            message,
            "\n{}, step {}, {}: expected {}, found {}",
            scenario.id, mismatch.step, mismatch.place, mismatch.expected, mismatch.found
        );
    }
    if found.len() > 3 {
        let _ = write!(message, "\nand {} more of the kind", found.len() - 3);
    }
    let level = if clause.level == Level::Obs {
        ""
    } else {
        clause.level.as_str()
    };
    Some(Note {
        sort,
        place: found
            .iter()
            .find_map(|(scenario, mismatch)| place(scenario, mismatch.step)),
        title: format!("{} ({level}) {title}", clause.id),
        message,
    })
}

/// Where a step stands.
fn place(scenario: &ScenarioReport, step: usize) -> Option<(String, usize, usize)> {
    let source = scenario.source.as_ref()?;
    Some((source.path.clone(), source.line(step), 1))
}

fn flaky(report: &RunReport) -> Option<Note> {
    let count = report.summary.flaky;
    let told = report
        .flaky()
        .take(SHOWN)
        .filter_map(|it| Some(format!("{}: {}", it.id, it.flakiness()?)));
    (count > 0).then(|| Note {
        sort: "warning",
        place: None,
        title: format!("{count} {} flaky", plural(count, "scenario")),
        message: told.collect::<Vec<_>>().join("\n"),
    })
}

/// One annotation for all that could not be asked: one reason often stops many scenarios.
fn unasked(report: &RunReport) -> Option<Note> {
    let errors: Vec<_> = report
        .scenarios
        .iter()
        .filter(|scenario| scenario.verdict == Verdict::Error)
        .collect();
    let first = errors.first()?;
    let count = errors.len();
    Some(Note {
        sort: "error",
        place: place(first, 1),
        title: format!("{count} {} could not be asked", plural(count, "scenario")),
        message: format!(
            "{}: {}",
            first.id,
            first.reason.as_deref().unwrap_or("no reason given")
        ),
    })
}

fn line(text: &mut String, note: &Note) {
    let place = note
        .place
        .as_ref()
        .map_or_else(String::new, |(file, line, column)| {
            format!("file={},line={line},col={column},", property(file))
        });
    let _ = writeln!(
        text,
        "::{} {place}title={}::{}",
        note.sort,
        property(&note.title),
        data(&note.message)
    );
}

/// The text of an annotation, on one line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which a comma or colon would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_an_endpoint_says_becomes_a_command() {
        let note = Note {
            sort: "error",
            place: Some(("a,b.toml".to_owned(), 1, 2)),
            title: "100%: x,y".to_owned(),
            message: "found a\r\n::set-output name=x::y".to_owned(),
        };
        let mut text = String::new();
        line(&mut text, &note);
        assert_eq!(
            text,
            "::error file=a%2Cb.toml,line=1,col=2,title=100%25%3A x%2Cy::found a%0D%0A::set-output name=x::y\n"
        );
    }
}
