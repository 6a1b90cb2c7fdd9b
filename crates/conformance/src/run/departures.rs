//! What one body departs in, clause by clause.

use std::collections::HashSet;

use rebuttal_model::{
    ApiVersion, Clause, clause,
    inspect::{Subject, Wanted, Weight, inspect, is_cut},
    json::Node,
};

use super::{
    ledger::{At, Difference, Ledger},
    seen::count_of,
};

/// At most so many departures of one body are reported, and as many members that nobody lists; of each clause one at
/// least.
const MOST_DEPARTURES: usize = 12;

/// Judges a body: these clauses hold where it departs from them in nothing.
pub(super) fn departures(
    ledger: &mut Ledger,
    at: At,
    wanted: &Wanted<'_>,
    body: &[u8],
    clauses: &[&'static Clause],
) {
    let found = inspect(wanted, body);
    for clause in clauses {
        if !is_cut(&found)
            && found
                .iter()
                .all(|it| it.clause != *clause || it.weight == Weight::Observation)
        {
            ledger.hold(clause);
        }
    }
    let is_empty = wanted.subject == Subject::DocumentList && is_empty_list(body);
    let (mut told, mut clauses_told, mut observed) = (0, HashSet::new(), 0);
    for mut departure in found {
        if departure.weight == Weight::Observation {
            observed += 1;
            if observed <= MOST_DEPARTURES {
                let member = departure.pointer.rsplit('/').next().unwrap_or_default();
                let member = member.escape_debug();
                let text = format!("a member that the contract does not list: {member}");
                ledger.observe(departure.clause, text);
            }
            continue;
        }
        told += 1;
        if !clauses_told.insert(departure.clause.id) && told > MOST_DEPARTURES {
            continue;
        }
        if is_empty && matches!(departure.pointer.as_str(), "/data" | "/total") {
            departure.clause = &clause::list::EMPTY;
        }
        let place = if departure.pointer.is_empty() {
            "body".to_owned()
        } else {
            departure.pointer
        };
        let difference = Difference::new(place, departure.expected, departure.found);
        ledger.miss(departure.clause, at, difference);
    }
}

/// Whether a list says that it has nothing, in whatever way.
fn is_empty_list(body: &[u8]) -> bool {
    let Ok(json) = Node::parse(body) else { return false };
    let nothing = |node: Option<&Node>| match node {
        None | Some(Node::Null) => true,
        Some(Node::Array(items)) => items.is_empty(),
        Some(node) => count_of(node) == Some(0),
    };
    nothing(json.get("data")) && nothing(json.get("total"))
}

/// The clauses that a conforming body of this kind shows to hold.
pub(super) fn shape_clauses(subject: Subject, version: ApiVersion) -> Vec<&'static Clause> {
    let shape = match version {
        ApiVersion::V2019_05_29 => &clause::document::SHAPE,
        ApiVersion::V2017_11_02 | ApiVersion::V2015_11_17 => &clause::http::VERSION_2017_SHAPE,
        ApiVersion::V2014_07_27 => &clause::http::VERSION_2014_SHAPE,
    };
    match subject {
        Subject::DocumentList => vec![&clause::document::ANSWER_JSON, shape, &clause::list::SHAPE],
        _ => vec![&clause::document::ANSWER_JSON, shape],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn judged(data: &str) -> Ledger {
        let body = format!(
            r#"{{"object":"list","from":"1970-01-01T00:00:00Z","to":"2026-01-01T00:00:00Z","offset":0,"limit":100,
                "total":99999,"order":"chronological","location":"/disputes/dspt_test_1/documents","data":[{data}]}}"#
        );
        let wanted = Wanted::new(Subject::DocumentList, ApiVersion::V2019_05_29);
        let (mut ledger, at) = (
            Ledger::default(),
            At {
                step: 1,
                exchange: None,
            },
        );
        let clauses = shape_clauses(wanted.subject, wanted.version);
        departures(&mut ledger, at, &wanted, body.as_bytes(), &clauses);
        ledger
    }

    fn document(more: &str) -> String {
        format!(
            r#"{{"object":"document","livemode":false,"id":"docu_test_1","deleted":false,"filename":"a.png",
                "location":"/disputes/dspt_test_1/documents/docu_test_1","download_uri":null,
                "created_at":"2019-12-31T12:59:59Z"{more}}}"#
        )
    }

    #[test]
    fn members_that_nobody_lists_hide_no_breach() {
        let more: String = (0..MOST_DEPARTURES).fold(r#","kind":null"#.to_owned(), |more, n| {
            format!(r#"{more},"new_{n}":1"#)
        });
        let ledger = judged(&format!("{},{}", document(&more), document("")));
        let missed: Vec<_> = ledger
            .mismatches
            .iter()
            .map(|it| (it.clause, &it.place[..]))
            .collect();
        assert_eq!(missed, [("document.shape", "/data/1/kind")]);
        assert_eq!(ledger.observations.len(), MOST_DEPARTURES);
    }

    #[test]
    fn breaches_of_one_clause_hide_none_of_another() {
        let data = vec![document(r#","kind":1"#); MOST_DEPARTURES].join(",");
        let data = format!("{data},{}", document(r#","kind":null"#).replace("false", "true"));
        let ledger = judged(&data);
        let missed = ledger
            .mismatches
            .iter()
            .filter(|it| it.clause == "upload.livemode")
            .count();
        assert_eq!((missed, ledger.mismatches.len()), (1, MOST_DEPARTURES + 1));
    }

    #[test]
    fn where_more_is_broken_than_is_told_nothing_holds() {
        let data = vec!["{}"; 9000].join(",");
        let ledger = judged(&data);
        assert!(ledger.held(&BTreeSet::new()).is_empty());
        assert!(!ledger.mismatches.is_empty() && ledger.mismatches.len() <= MOST_DEPARTURES + 3);
    }
}
