//! What follows from what: a clause whose checks build on another clause says nothing where that one is broken.
//!
//! One defect is told once, as what it is. The other clause is then not decided, and says because of which.

mod rows;

use std::collections::{BTreeMap, BTreeSet};

use self::rows::{Difference, ROWS};
use crate::verdict::{Mismatch, Observation, ScenarioReport, Verdict};

/// The clauses that are not decided, each with those that it builds on and that do not hold.
pub(super) type Undecided = BTreeMap<&'static str, BTreeSet<&'static str>>;

/// Takes back what is explained by a clause that is broken itself, and turns it into observations.
pub(super) fn settle(scenarios: &mut [ScenarioReport]) -> Undecided {
    let broken: BTreeSet<_> = scenarios
        .iter()
        .flat_map(|scenario| &scenario.mismatches)
        .map(|mismatch| (mismatch.clause, Difference::of(mismatch)))
        .collect();
    let mut explained = Undecided::new();
    for (clause, _) in &broken {
        // All of a clause's differences are explained, or it stands accused.
        let each: Vec<_> = broken
            .iter()
            .filter(|(id, _)| id == clause)
            .map(|(id, difference)| causes(id, *difference, &broken))
            .collect();
        if each.iter().all(|causes| !causes.is_empty()) {
            explained.insert(clause, each.into_iter().flatten().collect());
        }
    }
    let count = |id: &str| {
        let breaks = |it: &&ScenarioReport| it.mismatches.iter().any(|it| it.clause == id);
        scenarios.iter().filter(breaks).count()
    };
    let undecided = rooted(explained, count);
    for scenario in scenarios {
        take_back(scenario, &undecided);
    }
    undecided
}

/// Those that lead back to a clause that stands accused. Of clauses that only explain each other the one that
/// most scenarios find broken is accused.
fn rooted(mut explained: Undecided, count: impl Fn(&str) -> usize) -> Undecided {
    let mut kept = Undecided::new();
    while !explained.is_empty() {
        let is_known = |cause: &&str| kept.contains_key(cause) || !explained.contains_key(cause);
        let next = explained.iter().find(|(_, causes)| causes.iter().any(is_known));
        if let Some(clause) = next.map(|(clause, _)| *clause) {
            if let Some(causes) = explained.remove(clause) {
                kept.insert(clause, causes);
            }
        } else if let Some(most) = explained.keys().copied().max_by_key(|clause| count(clause)) {
            explained.remove(most);
        }
    }
    kept
}

/// The broken clauses that explain a difference of this clause.
fn causes(
    clause: &str,
    difference: Difference,
    broken: &BTreeSet<(&'static str, Difference)>,
) -> Vec<&'static str> {
    ROWS.iter()
        .filter(|(clauses, _, explains)| {
            explains.fits(difference) && clauses.iter().any(|it| it.id == clause)
        })
        .flat_map(|(_, causes, _)| causes.iter())
        .map(|cause| cause.id)
        .filter(|cause| *cause != clause && broken.iter().any(|(id, _)| id == cause))
        .collect()
}

fn take_back(scenario: &mut ScenarioReport, undecided: &Undecided) {
    let (explained, left): (Vec<Mismatch>, _) = std::mem::take(&mut scenario.mismatches)
        .into_iter()
        .partition(|it| undecided.contains_key(it.clause));
    scenario.mismatches = left;
    let Some(first) = explained.first() else { return };
    let reason = reason(&undecided[first.clause]);
    for it in &explained {
        let text = format!(
            "step {}, {}: expected {}, found {} ({reason})",
            it.step, it.place, it.expected, it.found
        );
        scenario.observations.push(Observation {
            clause: it.clause,
            text,
        });
    }
    scenario.verdict = match scenario.mismatches.iter().map(|it| it.level).min() {
        Some(rebuttal_model::Level::Must) => Verdict::Fail,
        Some(_) => Verdict::Warn,
        None => Verdict::Skip,
    };
    if scenario.mismatches.is_empty() {
        scenario.reason = Some(reason);
    }
}

/// Why a clause, or a scenario, is not decided.
pub(super) fn reason(causes: &BTreeSet<&'static str>) -> String {
    let causes: Vec<_> = causes.iter().copied().collect();
    let verb = if causes.len() == 1 { "does" } else { "do" };
    format!("not decided, because {} {verb} not hold", causes.join(" and "))
}

#[cfg(test)]
mod tests {
    use rebuttal_model::{
        Clause, Level,
        clause::{document, http, retrieve, upload},
    };

    use super::*;
    use crate::run::unasked;

    fn scenario(mismatches: &[(&'static Clause, &str)]) -> ScenarioReport {
        let mismatches = mismatches
            .iter()
            .map(|(clause, place)| Mismatch {
                clause: clause.id,
                level: Level::Must,
                step: 1,
                place: (*place).to_owned(),
                expected: String::new(),
                found: String::new(),
                exchange: None,
                known: None,
            })
            .collect();
        ScenarioReport {
            mismatches,
            ..unasked("a/b".to_owned(), Vec::new(), Verdict::Fail, String::new())
        }
    }

    fn accused(scenarios: &[ScenarioReport]) -> Vec<&str> {
        scenarios
            .iter()
            .flat_map(|it| &it.mismatches)
            .map(|it| it.clause)
            .collect()
    }

    #[test]
    fn what_follows_from_a_broken_clause_is_not_decided() {
        let mut found = vec![
            scenario(&[(&upload::DISTINCT_IDS, "/total")]),
            scenario(&[(&retrieve::SAME_AS_UPLOAD, "/kind")]),
        ];
        settle(&mut found);
        assert_eq!(accused(&found), ["upload.distinct-ids"]);
        assert_eq!(found[1].verdict, Verdict::Skip);
        assert_eq!(
            found[1].reason.as_deref(),
            Some("not decided, because upload.distinct-ids does not hold")
        );
        assert_eq!(found[1].observations.len(), 1);
    }

    #[test]
    fn a_clause_that_is_broken_in_its_own_way_too_stands_accused() {
        let mut found = vec![scenario(&[
            (&upload::PNG, "status"),
            (&upload::FILENAME_ECHO, "status"),
            (&upload::FILENAME_ECHO, "/filename"),
        ])];
        let undecided = settle(&mut found);
        assert_eq!(undecided, Undecided::new());
        assert_eq!(accused(&found).len(), 3);
    }

    #[test]
    fn a_clause_alone_is_decided() {
        let mut found = vec![scenario(&[(&http::VERSION_2014_SHAPE, "/created")])];
        settle(&mut found);
        assert_eq!(accused(&found), ["version.2014-shape"]);
    }

    #[test]
    fn of_clauses_that_explain_each_other_the_most_broken_is_accused() {
        let mut found = vec![
            scenario(&[(&upload::ATTACHED, "/id")]),
            scenario(&[(&upload::DISTINCT_IDS, "/filename")]),
            scenario(&[(&retrieve::SAME_AS_UPLOAD, "/id")]),
            scenario(&[(&retrieve::SAME_AS_UPLOAD, "/kind")]),
        ];
        settle(&mut found);
        assert_eq!(accused(&found), ["retrieve.same-as-upload"; 2]);
    }

    #[test]
    fn a_kind_that_is_wrong_is_of_each_kind_and_one_that_is_missing_of_the_shape() {
        let both = |found: &str| {
            let mut one = scenario(&[(&upload::EACH_KIND, "/kind"), (&document::SHAPE, "/kind")]);
            for it in &mut one.mismatches {
                it.found = found.to_owned();
            }
            let mut all = vec![one];
            settle(&mut all);
            accused(&all).join(" ")
        };
        assert_eq!(both("\"a\""), "upload.each-kind");
        assert_eq!(both("no such member"), "document.shape");
    }

    #[test]
    fn of_any_two_broken_clauses_one_stays_accused() {
        let clauses: BTreeSet<_> = ROWS
            .iter()
            .flat_map(|(one, other, _)| one.iter().chain(*other))
            .map(|it| it.id)
            .collect();
        let all: Vec<_> = clauses
            .iter()
            .filter_map(|id| rebuttal_model::clause::find(id))
            .collect();
        for one in &all {
            for other in &all {
                for (place, next) in [
                    ("status", "status"),
                    ("status", "/kind"),
                    ("/kind", "/kind"),
                    ("/x", "/kind"),
                    ("/x", "/x"),
                ] {
                    let mut found = vec![scenario(&[(one, place), (other, next)])];
                    settle(&mut found);
                    assert!(!accused(&found).is_empty(), "{} {}", one.id, other.id);
                }
            }
        }
    }
}
