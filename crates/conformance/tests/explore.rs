//! Exploration accuses no correct endpoint, finds what takes several steps to show, and repeats itself.

mod support;

use std::{fs, time::Duration};

use rebuttal_conformance::{
    Ended, ExitStatus, ExploreOptions, ExploreReport, Halt, Limits, Options, Target, explore, scenario,
};
use rebuttal_mock::{Config, Fault, Mock, Variants};
use rebuttal_model::Profile;
use support::{faulty, legal_choices, run_on, target_of};

fn options(seed: u64, cases: u64) -> ExploreOptions {
    ExploreOptions {
        profiles: Profile::ALL.to_vec(),
        limits: Limits::default(),
        seed,
        cases,
        time: None,
        clients: 3,
        only_must: false,
        strict: true,
        halt: Halt::default(),
        locks: None,
    }
}

async fn explored(
    config: Config,
    options: &ExploreOptions,
    change: impl FnOnce(&mut Target),
) -> ExploreReport {
    let mock = Mock::start(config).await.expect("a mock");
    let mut target = target_of(&mock);
    change(&mut target);
    let explored = explore(target, options, |_| {}).await.expect("it can be reached");
    mock.shutdown().await;
    explored.report
}

/// What is wrong with the exploration of a correct endpoint.
fn complaint(report: &ExploreReport) -> Option<String> {
    let finding = report.finding.as_ref().map(|finding| {
        format!(
            "{} {}: expected {}, found {}\n{}",
            finding.clause, finding.place, finding.expected, finding.found, finding.scenario
        )
    });
    finding.or_else(|| report.reasons.first().cloned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correct_mock_is_not_accused_in_either_profile() {
    for profile in Profile::ALL {
        let config = Config {
            profile,
            ..Config::default()
        };
        let report = explored(config, &options(21, 60), |_| {}).await;
        assert_eq!(complaint(&report), None, "{profile}");
        assert_eq!(
            (report.ended, report.cases, report.unfinished),
            (Ended::Cases, 60, 0)
        );
        assert_eq!(report.exit_status(), ExitStatus::Pass);
        assert_eq!(report.operations.len(), 16, "{:?}", report.operations);
        assert_eq!(report.not_offered, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_legal_choice_is_accused() {
    let usual = Variants::default();
    for (name, variants) in legal_choices(4) {
        let config = Config {
            variants,
            ..Config::default()
        };
        let report = explored(config, &options(22, 30), |_| {}).await;
        assert_eq!(complaint(&report), None, "{name}");
        if usual.max_documents != variants.max_documents {
            assert!(report.full > 0, "no case met the maximum");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_open_dispute_with_documents_is_enough() {
    let report = explored(Config::default(), &options(23, 20), |target| {
        // The first of them holds more documents than a page.
        target.disputes.open.truncate(1);
        target.disputes.pending.clear();
        target.disputes.won.clear();
        target.disputes.lost.clear();
        target.disputes.foreign.clear();
        target.charges.clear();
        target.other_secret = None;
    })
    .await;
    assert_eq!(complaint(&report), None);
    assert_eq!(report.cases, 20);
    assert_eq!(report.not_offered.len(), 4, "{:?}", report.not_offered);
    assert_eq!(report.left_behind, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_that_take_several_steps_are_found_made_short_and_kept_as_scenarios() {
    for (fault, clause, most_steps) in [
        (Fault::DestroyedReappears, "destroy.gone-from-list", 4),
        (Fault::OffsetStopsAtTwenty, "list.offset", 4),
        (Fault::IdReused, "upload.distinct-ids", 3),
        (Fault::RefusedDestroyDestroys, "destroy.not-open", 4),
    ] {
        let report = explored(faulty(fault), &options(1, 60), |_| {}).await;
        let finding = report
            .finding
            .as_ref()
            .unwrap_or_else(|| panic!("{fault} was not found"));
        assert_eq!(finding.clause, clause, "{fault}\n{}", finding.scenario);
        assert!(finding.steps.len() <= most_steps, "{fault}: {:#?}", finding.steps);
        assert!(finding.repeated, "{fault}");
        assert_eq!(
            (report.exit_status(), report.ended),
            (ExitStatus::Failed, Ended::Finding)
        );

        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("found.toml"), &finding.scenario).expect("it is written");
        let replayed = async |config| {
            let library = scenario::from_folder(folder.path()).expect("the suite's own loader reads it");
            let mut report = run_on(config, library, &Options::default()).await.report;
            report.strict = true;
            report
        };
        let report = replayed(faulty(fault)).await;
        assert_eq!(report.exit_status(), ExitStatus::Failed, "{fault}");
        let mismatches = &report.scenarios[0].mismatches;
        assert!(
            mismatches.iter().any(|it| it.clause == clause),
            "{fault}: {mismatches:?}"
        );
        for profile in Profile::ALL {
            let config = Config {
                profile,
                ..Config::default()
            };
            assert_eq!(
                replayed(config).await.exit_status(),
                ExitStatus::Pass,
                "{fault} {profile}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_finds_the_same() {
    let config = || faulty(Fault::IdReused);
    let one = explored(config(), &options(5, 40), |_| {}).await;
    let other = explored(config(), &options(5, 40), |_| {}).await;
    let told = |report: &ExploreReport| {
        let finding = report.finding.clone().expect("it is found");
        (
            finding.case,
            finding.steps,
            finding.tries,
            report.operations.clone(),
        )
    };
    assert_eq!(told(&one), told(&other));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_musts_are_looked_for_where_that_was_asked() {
    let config = faulty(Fault::DestroyTwiceAnswers200);
    let strict = explored(config.clone(), &options(1, 30), |_| {}).await;
    assert_eq!(
        strict.finding.map(|finding| finding.clause),
        Some("destroy.twice")
    );
    let only_must = ExploreOptions {
        only_must: true,
        ..options(1, 30)
    };
    let report = explored(config, &only_must, |_| {}).await;
    assert_eq!(report.finding.map(|finding| finding.clause), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exploration_ends_when_it_is_told_to_and_when_its_time_is_up() {
    let mock = Mock::start(Config::default()).await.expect("a mock");
    let halted = options(1, 10);
    halted.halt.press("stopped by a test");
    let stopped = explore(target_of(&mock), &halted, |_| {})
        .await
        .expect("it starts");
    assert_eq!(
        (stopped.report.ended, stopped.report.cases),
        (Ended::Interrupted, 0)
    );
    assert_eq!(stopped.report.exit_status(), ExitStatus::NotRun);
    mock.shutdown().await;

    let short = ExploreOptions {
        time: Some(Duration::ZERO),
        ..options(1, 10)
    };
    let report = explored(Config::default(), &short, |_| {}).await;
    assert_eq!(
        (report.ended, report.exit_status()),
        (Ended::Time, ExitStatus::Nothing)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_to_work_on_is_told() {
    let report = explored(Config::default(), &options(1, 10), |target| {
        target.disputes.open.clear();
        target.charges.clear();
    })
    .await;
    assert_eq!(
        (report.ended, report.exit_status()),
        (Ended::Unavailable, ExitStatus::Nothing)
    );
    assert!(
        report
            .reasons
            .first()
            .is_some_and(|reason| reason.contains("[disputes] open")),
        "{:?}",
        report.reasons
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_at_once_must_be_distinct() {
    const AT_ONCE: &str = r#"
covers = ["upload.distinct-ids"]
why = "Two clients that upload at the same moment must not overwrite each other."
disputes = { main = "fresh" }

[[step]]
upload = { kind = "details_of_purchase", times = 5, at_once = true }
expect = { answer = "document" }
"#;
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("at-once.toml"), AT_ONCE).expect("it is written");
    for (fault, wanted) in [
        (None, ExitStatus::Pass),
        (Some(Fault::DuplicateId), ExitStatus::Failed),
    ] {
        let library = scenario::from_folder(folder.path()).expect("it loads");
        let config = Config {
            fault,
            ..Config::default()
        };
        let mut run = run_on(config, library, &Options::default()).await;
        run.report.strict = true;
        assert_eq!(run.report.exit_status(), wanted, "{fault:?}");
    }
}
