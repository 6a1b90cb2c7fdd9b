//! Which scenarios hold an endpoint to which clause, and what no scenario can ask.

use rebuttal_model::{Clause, clause};

use crate::scenario::Library;

/// A clause, and the scenarios that cover it.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// The clause.
    pub clause: &'static Clause,
    /// The scenarios, by id.
    pub scenarios: Vec<String>,
    /// Why no scenario can bring about what the clause is about; its scenarios only watch for it.
    pub untestable: Option<&'static str>,
}

/// Every clause of the contract, in its order, with the scenarios of a library that cover it.
pub fn coverage(library: &Library) -> Vec<Coverage> {
    clause::all()
        .map(|clause| Coverage {
            clause,
            scenarios: library
                .iter()
                .filter(|(_, scenario)| scenario.clauses().any(|it| it == clause))
                .map(|(id, _)| id.clone())
                .collect(),
            untestable: untestable(clause),
        })
        .collect()
}

/// Why a clause cannot be tested from outside, where that is so.
pub(crate) fn untestable(clause: &Clause) -> Option<&'static str> {
    if *clause == clause::http::RATE_429 {
        Some("only a flood of requests brings it about, which the provider asks not to send")
    } else if *clause == clause::http::SERVER_5XX {
        Some("only a failure inside the endpoint brings it about")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use rebuttal_model::Level;

    use super::*;
    use crate::scenario;

    #[test]
    fn every_clause_is_covered_and_what_binds_can_be_tested() {
        for it in coverage(&scenario::checked().unwrap()) {
            assert!(!it.scenarios.is_empty(), "{}", it.clause.id);
            assert!(
                it.untestable.is_none() || it.clause.level == Level::Obs,
                "{}",
                it.clause.id
            );
        }
    }
}
