//! The list of known failures is held both ways.

mod support;

use rebuttal_conformance::{
    ExitStatus, KnownState, Options, Run, Verdict,
    known::{Known, suite},
    report::{Format, render},
    scenario,
};
use rebuttal_mock::Fault;
use support::{faulty, only, run_on};

/// Two scenarios on a mock whose pages have one document too many, held against a list.
async fn held(list: &str, scenarios: &[&str]) -> Run {
    let whole = suite(&scenario::embedded().expect("the suite"));
    let config = faulty(Fault::LimitOffByOne);
    let mut run = run_on(config, only(scenarios), &Options::default()).await;
    let known = Known::parse("known.toml", list).expect("a list");
    known.apply(&mut run, &whole);
    run
}

const PIN: &str = r#"
[[known]]
scenario = "list/limit"
mismatch = { place = "/data", found = "*" }
reason = "pages are one too long: TICKET-1"
"#;

#[tokio::test]
async fn a_failure_that_is_known_fails_no_run_and_is_not_green() {
    let run = held(PIN, &["list/limit", "upload/png"]).await;
    let report = &run.report;
    assert_eq!(report.exit_status(), ExitStatus::Pass);
    assert_eq!(report.known[0].state, KnownState::Fails);
    assert_eq!(report.known[0].shown_by, ["list/limit"]);
    let limit = report.scenarios.iter().find(|it| it.id == "list/limit").unwrap();
    assert_eq!(limit.verdict, Verdict::Known);
    assert!(limit.mismatches.iter().all(|it| it.known == Some(0)));
    let clause = report.clauses.iter().find(|it| it.id == "list.limit").unwrap();
    assert_eq!(clause.verdict, Verdict::Known);
    assert_eq!(
        (report.summary.scenarios.known, report.summary.scenarios.pass),
        (1, 1)
    );
    for format in Format::ALL {
        let text = render(&run, format);
        assert!(
            text.contains("TICKET-1") || format == Format::Github,
            "{format:?}: {text}"
        );
        assert!(text.contains("known"), "{format:?}: {text}");
    }
}

#[tokio::test]
async fn an_entry_that_is_no_longer_true_fails_the_run_in_every_report() {
    let entry = |head: &str, found: &str, more: &str| {
        format!(
            "\n\n[[known]]\n{head}\nmismatch = {{ place = \"/data\", found = \"{found}\" }}\nreason = \"TICKET-2\"\n{more}"
        )
    };
    for (name, text, state, told) in [
        (
            "it passes",
            entry("scenario = \"upload/png\"", "*", ""),
            KnownState::Passes,
            "take it off the list",
        ),
        (
            "its clause passes",
            entry("clause = \"upload.bad-kind\"", "*", ""),
            KnownState::Passes,
            "take it off the list",
        ),
        (
            "it fails otherwise",
            entry("clause = \"list.limit\"", "an object", ""),
            KnownState::Differs,
            "not as is known: found /data: ",
        ),
        (
            "it has expired",
            entry("clause = \"list.limit\"", "*", "expires = \"2020-02-29\""),
            KnownState::Expired,
            "good until 2020-02-29",
        ),
        (
            "there is no such clause",
            entry("clause = \"list.limits\"", "*", ""),
            KnownState::Nothing,
            "there is no clause `list.limits`, did you mean `list.limit`?",
        ),
        (
            "there is no such scenario",
            entry("scenario = \"list/limitt\"", "*", ""),
            KnownState::Nothing,
            "there is no scenario `list/limitt`, did you mean `list/limit`?",
        ),
    ] {
        let mut scenarios = vec!["list/limit", "upload/png"];
        let whole = scenario::embedded().unwrap();
        let covering = whole
            .iter()
            .filter(|(_, it)| it.covers.iter().any(|it| it == "upload.bad-kind"));
        scenarios.extend(covering.map(|(id, _)| id.as_str()));
        // The other failures are known: what fails the run is the stale entry.
        let run = held(&format!("{PIN}{text}"), &scenarios).await;
        let known = &run.report.known[1];
        assert_eq!(known.state, state, "{name}: {}", known.message);
        assert!(known.message.contains(told), "{name}: {}", known.message);
        assert_eq!((known.line, known.column), (8, 1), "{name}");
        assert_eq!(run.report.exit_status(), ExitStatus::Failed, "{name}");
        for format in Format::ALL {
            let text = render(&run, format);
            let place = match format {
                Format::Json => "\"line\": 8,",
                Format::Github => "::error file=known.toml,line=8,col=1,",
                _ => "known.toml:8:1",
            };
            assert!(text.contains(place), "{name}: {format:?} lacks {place}: {text}");
            assert!(
                text.contains(state.as_str()) || text.contains("not ok") || format == Format::Junit,
                "{format:?}"
            );
        }
        let junit = render(&run, Format::Junit);
        assert!(
            junit.contains("<testsuite name=\"known-failures\"") && junit.contains("failures=\"1\""),
            "{junit}"
        );
    }
}

#[tokio::test]
async fn an_expired_entry_covers_nothing() {
    let list = PIN.replace("reason", "expires = \"2020-01-01\"\nreason");
    let run = held(&list, &["list/limit"]).await;
    assert_eq!(run.report.summary.scenarios.fail, 1);
}

#[tokio::test]
async fn part_of_a_suite_does_not_make_an_entry_stale() {
    let list = r#"
[[known]]
scenario = "list/limit"
mismatch = { place = "/data", found = "*" }
reason = "not selected here"

[[known]]
clause = "upload.bad-kind"
mismatch = { place = "status", found = "200" }
reason = "shown by some of the scenarios only"
"#;
    let run = held(list, &["upload/png"]).await;
    let states: Vec<_> = run.report.known.iter().map(|it| it.state).collect();
    assert_eq!(states, [KnownState::Unasked, KnownState::Unasked]);
    assert_eq!(run.report.exit_status(), ExitStatus::Pass);
}

#[tokio::test]
async fn a_pin_covers_no_other_mismatch() {
    let list = PIN.replace("found = \"*\"", "found = \"2\"");
    let run = held(&list, &["list/limit"]).await;
    assert_eq!(run.report.known[0].state, KnownState::Fails);
    assert_eq!(run.report.exit_status(), ExitStatus::Failed);
    let limit = &run.report.scenarios[0];
    assert_eq!(limit.verdict, Verdict::Fail);
    assert!(limit.mismatches.iter().any(|it| it.known.is_some()));
    assert!(limit.mismatches.iter().any(|it| it.known.is_none()));
}
