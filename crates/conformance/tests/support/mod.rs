//! What the tests of the suite share: the mock as a target, and runs on it.
#![allow(dead_code, reason = "each test file uses some of these")]

use rebuttal_conformance::{
    Disputes, Options, Run, Target, run,
    scenario::{self, Library},
};
use rebuttal_mock::{Config, Destroyed, DownloadUri, Fault, Layout, Members, Mock, OutOfRange, Variants};

/// A mock with a fault, and otherwise as it is by itself.
pub(crate) fn faulty(fault: Fault) -> Config {
    Config {
        fault: Some(fault),
        ..Config::default()
    }
}

/// Choices that the contract leaves open, by what is unusual about each; a dispute may have so many documents.
pub(crate) fn legal_choices(documents: u32) -> [(&'static str, Variants); 3] {
    let usual = Variants::default();
    [
        (
            "destroyed documents are shown, lists clamp",
            Variants {
                destroyed: Destroyed::Shown,
                out_of_range: OutOfRange::Clamped,
                ..usual
            },
        ),
        (
            "a download_uri, pretty-printed, extra members",
            Variants {
                download_uri: DownloadUri::Url,
                layout: Layout::Pretty,
                members: Members::Extra,
                ..usual
            },
        ),
        (
            "a maximum of documents",
            Variants {
                max_documents: Some(documents),
                ..usual
            },
        ),
    ]
}

/// These scenarios of the suite.
pub(crate) fn only(ids: &[&str]) -> Library {
    let mut library = scenario::embedded().expect("the suite");
    library.retain(|id, _| ids.contains(&id.as_str()));
    assert_eq!(library.len(), ids.len(), "{ids:?}");
    library
}

/// The running mock as a target of a run.
pub(crate) fn target_of(mock: &Mock) -> Target {
    let target = mock.target();
    Target {
        endpoint: target.url.parse().expect("the mock's own URL"),
        secret: target.secret,
        public: Some(target.public),
        other_secret: Some(target.other_secret),
        disputes: Disputes {
            open: target.disputes.open,
            pending: target.disputes.pending,
            won: target.disputes.won,
            lost: target.disputes.lost,
            foreign: target.disputes.foreign,
        },
        charges: target.charges,
    }
}

/// Starts a mock, runs scenarios on it, and stops it.
pub(crate) async fn run_on(config: Config, library: Library, options: &Options) -> Run {
    let mock = Mock::start(config).await.expect("a mock");
    let finished = run(target_of(&mock), library, options, |_| {}).await;
    mock.shutdown().await;
    finished.expect("a run")
}
