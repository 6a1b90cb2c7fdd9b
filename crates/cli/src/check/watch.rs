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

/// How long a file has to be at rest until it is checked again, at least.
const PAUSE: Duration = Duration::from_millis(500);

/// What tells a file from what it was before: when it was written, and its length. `None`: it is not there.
type State = Option<(Option<SystemTime>, u64)>;

/// Checks all files, and then those that are new or changed, until nobody reads the results or it is stopped.
pub(super) fn run(plan: &Plan, paths: &[PathBuf]) -> Result<ExitCode> {
    let mut told = HashMap::new();
    let mut last: Option<HashMap<PathBuf, State>> = None;
    eprintln!("watching; Ctrl-C ends it");
    loop {
        let mut files = Files::find(paths);
        let states: HashMap<_, _> = files
            .items
            .iter()
            .map(|item| (item.path.clone(), state(&item.path)))
            .collect();
        files.items.retain(|item| {
            let state = &states[&item.path];
            // What is still being written looks cut off, so a change has to have come to rest.
            let rests = last
                .as_ref()
                .is_none_or(|last| last.get(&item.path) == Some(state));
            let is_due = rests && told.get(&item.path) != Some(state);
            if is_due {
                told.insert(item.path.clone(), *state);
            }
            is_due
        });
        told.retain(|path, _| states.contains_key(path));
        last = Some(states);
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
