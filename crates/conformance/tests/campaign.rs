//! Campaigns accuse no correct endpoint, find what breaks a promise, and repeat themselves.

mod support;

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use rebuttal_conformance::{
    CampaignEnd, CampaignOptions, CampaignReport, ExitStatus, Halt, Limits, Options, Promise, Sighting,
    campaign, scenario,
};
use rebuttal_mock::{Config, Fault, Mock};
use rebuttal_model::Profile;
use support::{legal_choices, run_on, target_of};
use tokio::task::LocalSet;

/// How many faults were noticed: a task that panics fails no test by itself.
static NOTICED: AtomicUsize = AtomicUsize::new(0);

fn options(seed: u64, requests: u64) -> CampaignOptions {
    CampaignOptions {
        profiles: rebuttal_model::Profile::ALL.to_vec(),
        limits: Limits {
            answer: Duration::from_secs(20),
            ..Limits::default()
        },
        seed,
        requests: Some(requests),
        time: None,
        halt: Halt::default(),
        locks: None,
    }
}

async fn report_on(config: Config, options: &CampaignOptions) -> CampaignReport {
    let mock = Mock::start(config).await.expect("a mock");
    let campaigned = campaign(target_of(&mock), options, |_| {})
        .await
        .expect("it can be reached");
    mock.shutdown().await;
    campaigned.report
}

/// What is wrong with a campaign against a correct endpoint.
fn complaint(report: &CampaignReport) -> Option<String> {
    let finding = report.findings.first().map(|it| {
        format!(
            "{} {}: {}, found {}\n{}",
            it.signature, it.input, it.expected, it.found, it.scenario
        )
    });
    finding.or_else(|| report.reasons.first().cloned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correct_mock_is_not_accused_in_either_profile() {
    for (seed, profile) in [31, 32].into_iter().zip(Profile::ALL) {
        let config = Config {
            profile,
            ..Config::default()
        };
        let report = report_on(config, &options(seed, 1_300)).await;
        assert_eq!(complaint(&report), None, "{profile}");
        assert_eq!(
            (report.ended, report.inputs, report.unfinished),
            (CampaignEnd::Requests, 1_300, 0)
        );
        assert_eq!(report.exit_status(), ExitStatus::Pass);
        assert!(
            report.inputs > report.catalogue && report.families.len() > 18,
            "{:?}",
            report.families
        );
        // It reaches what is behind the first check.
        for status in ["200", "400", "401", "404"] {
            assert!(report.answers.contains_key(status), "{:?}", report.answers);
        }
        // Disputes that were made cannot be removed; documents can.
        assert!(
            report.left_behind.iter().all(|it| it.starts_with("dispute ")),
            "{:?}",
            report.left_behind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_legal_choice_is_accused() {
    for (name, variants) in legal_choices(3) {
        let config = Config {
            variants,
            ..Config::default()
        };
        let report = report_on(config, &options(33, 350)).await;
        assert_eq!(complaint(&report), None, "{name}");
        assert_eq!(report.inputs, 350);
    }
}

/// Faults, the promise that each breaks, and the clause that this is told of.
const FAULTS: &[(Fault, Promise, &str)] = &[
    (
        Fault::BadParameterAnswers500,
        Promise::NoServerError,
        "list.bad-parameter",
    ),
    (
        Fault::BrokenMultipartAnswers500,
        Promise::NoServerError,
        "upload.broken-multipart",
    ),
    (
        Fault::NotMultipartAnswers500,
        Promise::NoServerError,
        "upload.not-multipart",
    ),
    (
        Fault::MalformedBasicAnswers500,
        Promise::NoServerError,
        "auth.malformed-basic",
    ),
    (
        Fault::UnknownRouteAnswers500,
        Promise::NoServerError,
        "http.unknown-route",
    ),
    (
        Fault::TooLargeAnswers500,
        Promise::NoServerError,
        "upload.too-large",
    ),
    (
        Fault::StalledUploadAnswers500,
        Promise::NoServerError,
        "upload.broken-multipart",
    ),
    (
        Fault::RefusedFileStored,
        Promise::NothingStored,
        "upload.too-large-not-stored",
    ),
    (
        Fault::CutUploadStored,
        Promise::NothingStored,
        "upload.broken-multipart",
    ),
    (
        Fault::StalledUploadStored,
        Promise::NothingStored,
        "upload.broken-multipart",
    ),
    (Fault::KeyInError, Promise::NoLeak, "error.no-leak"),
    (Fault::TraceInError, Promise::NoLeak, "error.no-leak"),
    (Fault::PathInError, Promise::NoLeak, "error.no-leak"),
    (Fault::ErrorWrapped, Promise::ErrorShape, "error.shape"),
    (Fault::ErrorAsTextHtml, Promise::ErrorShape, "error.shape"),
    (Fault::RefusalLeavesBody, Promise::WholeAnswer, "http.keep-alive"),
    (Fault::RefusedBodyServed, Promise::WholeAnswer, "http.keep-alive"),
    (
        Fault::BrokenMultipartStored,
        Promise::Refused,
        "upload.broken-multipart",
    ),
    (Fault::BadKindAccepted, Promise::Refused, "upload.bad-kind"),
];

#[tokio::test]
async fn what_breaks_a_promise_is_found_and_kept_as_a_scenario_that_repeats_it() {
    // A campaign stays on its thread.
    let here = LocalSet::new();
    for (fault, promise, clause) in FAULTS {
        here.spawn_local(notices(*fault, *promise, clause));
    }
    here.await;
    assert_eq!(
        NOTICED.load(Ordering::Relaxed),
        FAULTS.len(),
        "one of them is told above"
    );
}

async fn notices(fault: Fault, promise: Promise, clause: &str) {
    let config = Config {
        fault: Some(fault),
        ..Config::default()
    };
    let report = report_on(config.clone(), &options(1, 1_000)).await;
    let found = report
        .findings
        .iter()
        .find(|it| it.promise == promise && it.clause == clause);
    let Some(found) = found else {
        let signatures: Vec<_> = report.findings.iter().map(|it| &it.signature).collect();
        panic!("{fault}: {signatures:?} {:?}", report.reasons)
    };
    assert!(found.repeated && !found.flaky, "{fault}: {found:#?}");
    assert_eq!((found.failed_again, found.tried_again), (3, 3), "{fault}");
    assert_eq!(report.exit_status(), ExitStatus::Failed);
    let count = report.findings.len();
    assert!(count <= 5, "{fault}: {count} findings of one fault");
    replay(found, config, fault).await;
    NOTICED.fetch_add(1, Ordering::Relaxed);
}

fn keep(finding: &Sighting, folder: &Path) {
    fs::write(folder.join("found.toml"), &finding.scenario).expect("it works");
    for (name, bytes) in &finding.contents {
        fs::write(folder.join(name), bytes).expect("it works");
    }
}

/// What is written fails with the fault, by the same clause, and holds without it.
async fn replay(finding: &Sighting, config: Config, fault: Fault) {
    let folder = tempfile::tempdir().expect("a folder");
    keep(finding, folder.path());
    let library = scenario::from_folder(folder.path()).unwrap_or_else(|error| panic!("{fault}: {error}"));
    let with = run_on(config.clone(), library.clone(), &Options::default()).await;
    let broken: Vec<_> = with
        .report
        .scenarios
        .iter()
        .flat_map(|it| &it.mismatches)
        .collect();
    let same = broken
        .iter()
        .any(|it| it.clause == finding.clause && it.place == finding.place);
    assert!(same, "{fault}: {broken:?}\n{}", finding.scenario);
    let correct = Config {
        fault: None,
        ..config
    };
    let without = run_on(correct, library, &Options::default()).await;
    let broken: Vec<_> = without
        .report
        .scenarios
        .iter()
        .flat_map(|it| &it.mismatches)
        .collect();
    assert!(broken.is_empty(), "{fault}: {broken:?}\n{}", finding.scenario);
}

#[tokio::test]
async fn a_campaign_that_is_halted_says_so_and_one_without_a_dispute_says_why() {
    let mut options = options(5, 1_000_000);
    let halt = options.halt.clone();
    let mock = Mock::start(Config::default()).await.expect("a mock");
    let campaigned = campaign(target_of(&mock), &options, |_| halt.press("enough")).await;
    let report = campaigned.expect("it can be reached").report;
    assert_eq!(
        (report.ended, report.exit_status()),
        (CampaignEnd::Interrupted, ExitStatus::NotRun)
    );
    assert!(report.inputs > 0);

    options.halt = Halt::default();
    let mut target = target_of(&mock);
    target.disputes.open.clear();
    target.charges.clear();
    let campaigned = campaign(target, &options, |_| {})
        .await
        .expect("it can be reached");
    mock.shutdown().await;
    let report = campaigned.report;
    assert_eq!(
        (report.ended, report.exit_status()),
        (CampaignEnd::Unavailable, ExitStatus::NotRun)
    );
    assert!(
        report.reasons.iter().any(|it| it.contains("open disputes")),
        "{:?}",
        report.reasons
    );
}
