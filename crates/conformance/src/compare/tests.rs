use std::collections::BTreeSet;

use rebuttal_model::Timestamp;

use super::*;
use crate::run::{of_scenarios, unasked};

fn sketch(step: usize, status: u16, members: &[(&str, &str)]) -> Sketch {
    Sketch {
        step,
        clause: clause::retrieve::SAME_AS_UPLOAD.id,
        ask: "GET /disputes/dspt_…/documents/docu_…".to_owned(),
        status,
        media_type: Some("application/json".to_owned()),
        members: members
            .iter()
            .map(|(place, kind)| ((*place).to_owned(), BTreeSet::from([(*kind).to_owned()])))
            .collect(),
    }
}

fn report(scenarios: &[(&str, &[Sketch])]) -> RunReport {
    let scenarios = scenarios
        .iter()
        .map(|(id, sketches)| {
            let covers = vec![clause::retrieve::SAME_AS_UPLOAD.id];
            let mut scenario = unasked((*id).to_owned(), covers.clone(), Verdict::Pass, String::new());
            scenario.held.extend(covers);
            scenario.sketches = sketches.to_vec();
            scenario
        })
        .collect();
    of_scenarios(
        "http://localhost:1".to_owned(),
        Timestamp::from_unix(std::time::Duration::ZERO),
        scenarios,
    )
}

const DOCUMENT: &[(&str, &str)] = &[("", "object"), ("/object", "\"document\""), ("/kind", "null")];

/// Each difference as `clause place A B`.
fn told(a: &[(&str, &[Sketch])], b: &[(&str, &[Sketch])]) -> Vec<String> {
    let comparison = compare(&report(a), &report(b)).unwrap();
    let lines = comparison.clauses.iter().flat_map(|drift| {
        let lines = drift.differences.iter();
        lines.map(|it| format!("{} {}: {} | {}", drift.id, it.place, it.a, it.b))
    });
    lines.collect()
}

#[test]
fn what_looks_the_same_is_no_difference() {
    let one: &[(&str, &[Sketch])] = &[("a/b", &[sketch(1, 200, DOCUMENT)])];
    assert_eq!(told(one, one), Vec::<String>::new());
    assert!(compare(&report(one), &report(one)).unwrap().is_empty());
}

#[test]
fn a_member_is_told_under_the_clause_of_its_shape_and_a_status_under_that_of_the_step() {
    let more = [DOCUMENT, &[("/size", "integer"), ("/size/deep", "null")]].concat();
    assert_eq!(
        told(
            &[("a/b", &[sketch(1, 200, DOCUMENT), sketch(2, 404, &[])])],
            &[("a/b", &[sketch(1, 200, &more), sketch(2, 400, DOCUMENT)])],
        ),
        [
            "document.shape /size: absent | integer",
            "retrieve.same-as-upload status: 404 | 400",
        ]
    );
}

#[test]
fn items_of_an_empty_list_are_no_difference() {
    let empty: &[(&str, &str)] = &[("", "object"), ("/object", "\"list\""), ("/data", "array")];
    let full = [empty, &[("/data/*", "object"), ("/data/*/kind", "null")]].concat();
    let other = [empty, &[("/data/*", "object"), ("/data/*/kind", "string")]].concat();
    let lists = |it: &[(&str, &str)]| sketch(1, 200, it);
    assert_eq!(
        told(&[("a/b", &[lists(empty)])], &[("a/b", &[lists(&full)])]),
        Vec::<String>::new()
    );
    assert_eq!(
        told(&[("a/b", &[lists(&full)])], &[("a/b", &[lists(&other)])]),
        ["document.shape /data/*/kind: null | string"]
    );
}

#[test]
fn what_has_no_counterpart_is_named() {
    let a = report(&[
        ("a/b", &[sketch(1, 200, DOCUMENT), sketch(2, 200, DOCUMENT)]),
        ("a/c", &[]),
    ]);
    let b = report(&[("a/b", &[sketch(2, 200, DOCUMENT)]), ("a/d", &[])]);
    let comparison = compare(&a, &b).unwrap();
    assert_eq!(comparison.uncompared, ["a/b", "a/c", "a/d"]);
    assert_eq!(comparison.answers, 1);
}

#[test]
fn a_report_without_sketches_is_refused() {
    let with = report(&[("a/b", &[sketch(1, 200, DOCUMENT)])]);
    let without = report(&[("a/b", &[])]);
    assert_eq!(compare(&with, &without).unwrap_err(), NoSketches);
}
