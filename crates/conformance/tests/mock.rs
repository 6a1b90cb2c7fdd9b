//! A correct endpoint is never accused: the mock passes, in both profiles, however little it offers.

mod support;

use std::time::Duration;

use rebuttal_conformance::{ExitStatus, ObservedProfile, Options, RunReport, Verdict, run, scenario};
use rebuttal_mock::{
    Clock, Config, Connections, Destroyed, DownloadUri, Layout, MemberOrder, Members, Mock, OutOfRange,
    TooLargeBody, Variants,
};
use rebuttal_model::Profile;
use support::{run_on, target_of};

/// What is wrong with a run, one line each; nothing for a right one.
fn complaints(report: &RunReport) -> Vec<String> {
    let mut found = Vec::new();
    for scenario in &report.scenarios {
        for it in &scenario.mismatches {
            found.push(format!(
                "{}: {} step {}, {}: expected {}, found {}",
                scenario.id, it.clause, it.step, it.place, it.expected, it.found
            ));
        }
        if scenario.verdict == Verdict::Error {
            found.push(format!(
                "{}: {}",
                scenario.id,
                scenario.reason.clone().unwrap_or_default()
            ));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mock_passes_in_both_profiles() {
    // Beside each other: a run mostly waits.
    tokio::join!(passes_in(Profile::Documented), passes_in(Profile::Recorded));
}

async fn passes_in(profile: Profile) {
    let config = Config {
        profile,
        ..Config::default()
    };
    let mut run = run_on(
        config,
        scenario::embedded().expect("the suite"),
        &Options::default(),
    )
    .await;
    run.report.strict = true;
    assert_eq!(complaints(&run.report), Vec::<String>::new(), "{profile}");
    let skipped: Vec<_> = run
        .report
        .scenarios
        .iter()
        .filter(|it| it.verdict == Verdict::Skip)
        .collect();
    assert!(skipped.is_empty(), "{profile}: skipped {skipped:?}");
    let wanted = match profile {
        Profile::Documented => ObservedProfile::Documented,
        Profile::Recorded => ObservedProfile::Recorded,
    };
    assert_eq!(run.report.profile.observed, wanted);
    assert_eq!(run.report.exit_status(), ExitStatus::Pass);
}

/// Mocks that make another legal choice where the contract leaves one.
fn legal_choices() -> Vec<(&'static str, Config)> {
    let with = |variants| Config {
        variants,
        ..Config::default()
    };
    let usual = Variants::default();
    vec![
        (
            "destroyed documents are shown",
            with(Variants {
                destroyed: Destroyed::Shown,
                ..usual
            }),
        ),
        (
            "lists clamp",
            with(Variants {
                out_of_range: OutOfRange::Clamped,
                ..usual
            }),
        ),
        (
            "a download_uri",
            with(Variants {
                download_uri: DownloadUri::Url,
                ..usual
            }),
        ),
        (
            "pretty-printed",
            with(Variants {
                layout: Layout::Pretty,
                ..usual
            }),
        ),
        (
            "extra members",
            with(Variants {
                members: Members::Extra,
                ..usual
            }),
        ),
        (
            "members in another order",
            with(Variants {
                order: MemberOrder::Reversed,
                ..usual
            }),
        ),
        (
            "connections that are closed",
            with(Variants {
                connections: Connections::Closed,
                ..usual
            }),
        ),
        (
            "HTTP/1.0",
            with(Variants {
                connections: Connections::Http10,
                ..usual
            }),
        ),
        (
            "slow by 300 ms",
            with(Variants {
                delay: Duration::from_millis(300),
                ..usual
            }),
        ),
        (
            "few documents",
            with(Variants {
                max_documents: Some(3),
                ..usual
            }),
        ),
        (
            "a maximum of documents",
            with(Variants {
                max_documents: Some(29),
                ..usual
            }),
        ),
        (
            "a clock that is slow",
            Config {
                clock: Clock::Shifted(-60),
                ..Config::default()
            },
        ),
        (
            "a clock that is fast",
            Config {
                clock: Clock::Shifted(60),
                ..Config::default()
            },
        ),
        (
            "413 as a page",
            Config {
                profile: Profile::Recorded,
                variants: Variants {
                    too_large: TooLargeBody::Html,
                    ..usual
                },
                ..Config::default()
            },
        ),
    ]
}

/// A run mostly waits: seconds must pass between some of its uploads, and a slow mock takes its time.
fn many_at_once() -> Options {
    Options {
        jobs: 16,
        ..Options::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_legal_choice_is_accused() {
    let mut runs = tokio::task::JoinSet::new();
    for (name, config) in legal_choices() {
        runs.spawn(async move {
            (
                name,
                run_on(config, scenario::embedded().unwrap(), &many_at_once()).await,
            )
        });
    }
    for (name, run) in runs.join_all().await {
        assert_eq!(complaints(&run.report), Vec::<String>::new(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pinned_profile_refuses_the_other_one() {
    for (speaks, asked) in [
        (Profile::Documented, Profile::Recorded),
        (Profile::Recorded, Profile::Documented),
    ] {
        let library = scenario::embedded().unwrap();
        let library = library
            .into_iter()
            .filter(|(id, _)| id.starts_with("upload/dispute-pending"))
            .collect();
        let config = Config {
            profile: speaks,
            ..Config::default()
        };
        let options = Options {
            profiles: vec![asked],
            ..Options::default()
        };
        let run = run_on(config, library, &options).await;
        assert_eq!(
            run.report.exit_status(),
            ExitStatus::Failed,
            "{speaks} asked as {asked}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_open_dispute_is_enough_and_what_is_missing_is_skipped_with_its_reason() {
    let mock = Mock::start(Config::default()).await.unwrap();
    let mut target = target_of(&mock);
    target.charges.clear();
    target.other_secret = None;
    target.public = None;
    target.disputes.open.retain(|id| mock.documents(id).is_empty());
    target.disputes.open.truncate(1);
    target.disputes.pending.clear();
    target.disputes.foreign.clear();
    let run = run(target, scenario::embedded().unwrap(), &Options::default(), |_| {})
        .await
        .unwrap();
    assert_eq!(complaints(&run.report), Vec::<String>::new());
    let skipped: Vec<_> = run
        .report
        .scenarios
        .iter()
        .filter(|it| it.verdict == Verdict::Skip)
        .collect();
    assert!(!skipped.is_empty());
    assert!(skipped.iter().all(|it| {
        it.reason
            .as_ref()
            .is_some_and(|reason| reason.starts_with("needs"))
    }));
    assert_eq!(run.report.left_behind, Vec::<String>::new());
    mock.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_open_dispute_that_has_documents_is_enough() {
    let mock = Mock::start(Config::default()).await.unwrap();
    let mut target = target_of(&mock);
    target.charges.clear();
    target.disputes.open.retain(|id| !mock.documents(id).is_empty());
    target.disputes.open.truncate(1);
    let before = mock.documents(&target.disputes.open[0]).len();
    let open = target.disputes.open[0].clone();
    let run = run(target, scenario::embedded().unwrap(), &many_at_once(), |_| {})
        .await
        .unwrap();
    assert_eq!(complaints(&run.report), Vec::<String>::new());
    assert_eq!(mock.documents(&open).len(), before);
    mock.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_run_uploads_it_destroys() {
    let mock = Mock::start(Config::default()).await.unwrap();
    let before: Vec<_> = mock
        .target()
        .disputes
        .open
        .iter()
        .map(|id| mock.documents(id).len())
        .collect();
    let mut target = target_of(&mock);
    target.charges.clear();
    let library = scenario::embedded().unwrap();
    let library = library
        .into_iter()
        .filter(|(id, _)| id.starts_with("upload/") || id.starts_with("list/"))
        .collect();
    let run = run(target, library, &Options::default(), |_| {}).await.unwrap();
    let after: Vec<_> = mock
        .target()
        .disputes
        .open
        .iter()
        .map(|id| mock.documents(id).len())
        .collect();
    assert_eq!(after, before);
    assert_eq!(run.report.left_behind, Vec::<String>::new());
    mock.shutdown().await;
}
