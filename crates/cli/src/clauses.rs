//! `rebuttal conformance --clauses`: which scenarios hold an endpoint to each clause, and which faults of the mock
//! break it.

use std::fmt::Write;

use rebuttal_conformance::{coverage, scenario::Library};
use rebuttal_mock::Fault;

/// The matrix of clauses, scenarios and faults, as text.
pub(crate) fn matrix(library: &Library) -> String {
    let mut text = String::new();
    for it in coverage(library) {
        let clause = it.clause;
        let faults: Vec<_> = Fault::ALL
            .iter()
            .filter(|fault| fault.clause() == clause)
            .map(|fault| fault.as_str())
            .collect();
        let (scenarios, broken) = (it.scenarios.len(), faults.len());
        let _ = writeln!(
            text,
            "{} {}: {scenarios} scenarios, {broken} faults\n  {}",
            clause.id,
            clause.level.as_str(),
            clause.statement
        );
        if let Some(why) = it.untestable {
            let _ = writeln!(text, "  cannot be tested from outside: {why}");
        }
        for (what, names) in [
            ("scenario", it.scenarios),
            ("fault", faults.iter().map(|&it| it.to_owned()).collect()),
        ] {
            for name in names {
                let _ = writeln!(text, "  {what:<8} {name}");
            }
        }
    }
    text
}
