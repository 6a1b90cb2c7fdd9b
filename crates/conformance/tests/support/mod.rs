//! What the tests of the suite share: the mock as a target, and runs on it.
#![allow(dead_code, reason = "each test file uses some of these")]

use rebuttal_conformance::{Disputes, Options, Run, Target, run, scenario::Library};
use rebuttal_mock::{Config, Mock};

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
#[allow(dead_code, reason = "each test file uses some of these")]
pub(crate) async fn run_on(config: Config, library: Library, options: &Options) -> Run {
    let mock = Mock::start(config).await.expect("a mock");
    let finished = run(target_of(&mock), library, options, |_| {}).await;
    mock.shutdown().await;
    finished.expect("a run")
}
