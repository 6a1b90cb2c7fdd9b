//! `--watch`: checks again what changes.
//!
//! The files are looked at twice a second. A service of the system would tell sooner and cost a crate for each
//! system; it also says nothing on many network drives, where scanners like to put their files.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    thread,
    time::{Duration, SystemTime},
};

use anyhow::Result;

use super::{Plan, files::Files, teller::Teller};

/// How long it takes at most until a change is noticed.
const PAUSE: Duration = Duration::from_millis(500);

/// What tells a file from what it was before: when it was written, and its length. `None`: it is not there.
type State = Option<(Option<SystemTime>, u64)>;

/// Checks all files, and then those that are new or changed, until nobody reads the results or it is stopped.
pub(super) fn run(plan: &Plan, paths: &[PathBuf]) -> Result<ExitCode> {
    let mut known = HashMap::new();
    eprintln!("watching; Ctrl-C ends it");
    loop {
        let mut files = Files::find(paths);
        let mut seen = HashMap::new();
        files.items.retain(|item| {
            let state = state(&item.path);
            let is_new = known.get(&item.path) != Some(&state);
            seen.insert(item.path.clone(), state);
            is_new
        });
        known = seen;
        if !files.items.is_empty() {
            let teller = Teller::new(plan.form, plan.language, &files);
            let tally = plan.check(teller, &files)?;
            if tally.is_cut() {
                return Ok(tally.exit());
            }
        }
        thread::sleep(PAUSE);
    }
}

fn state(path: &Path) -> State {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok(), metadata.len()))
}
