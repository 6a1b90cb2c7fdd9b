//! A campaign: the jobs are dealt over the targets, round by round, and what came of it is told and logged.

use std::{
    collections::VecDeque,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result};
use signal_hook::{consts::SIGINT, consts::SIGTERM, flag};

use super::{
    build::{self, Built, Kind, Programs},
    campaign::{self, Round},
    command::Run,
    folder::Folder,
    journal::{self, Journal},
    summary,
    tally::Tally,
};
use crate::workspace::Workspace;

/// How often a long run says on stderr how it goes.
const WATCH: Duration = Duration::from_mins(1);

/// Fuzzes what was asked for; 1 is the status where something broke.
pub(super) fn run(workspace: &Workspace, folder: &Folder, asked: &Run) -> Result<ExitCode> {
    let targets = folder.wanted(&asked.targets)?;
    let Some(programs) = build::build(workspace, folder, &targets, Kind::Targets, asked.flavour)? else {
        return Ok(ExitCode::SUCCESS);
    };
    let origin = journal::Origin::find(workspace, &programs);
    let mut journal = Journal::open(folder)?;
    let mut tallies = Vec::new();
    let stopped = rounds(folder, &programs, asked, |tally| {
        if !asked.json {
            print!("{}", summary::line(&tally));
        }
        journal.add(&origin, &tally)?;
        tallies.push(tally);
        Ok(())
    })?;
    let root = workspace.root.display().to_string();
    let report = summary::json(&origin, &tallies, stopped, &root);
    if asked.json {
        println!("{report:#}");
    } else {
        print!("{}", summary::findings(&tallies, &root));
    }
    let path = programs.directory.join("last-run.json");
    std::fs::write(&path, format!("{report:#}\n"))
        .with_context(|| format!("expected to write {}", path.display()))?;
    Ok(if tallies.iter().all(|tally| tally.groups.is_empty()) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Runs round after round until all is done or a signal stops it, and tells which it was: true when stopped.
pub(super) fn rounds(
    folder: &Folder,
    programs: &Programs,
    asked: &Run,
    mut done: impl FnMut(Tally) -> Result<()>,
) -> Result<bool> {
    let halt = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // A second one ends it at once; the processes notice that their supervisor is gone.
        flag::register_conditional_shutdown(signal, 130, Arc::clone(&halt))?;
        flag::register(signal, Arc::clone(&halt))?;
    }
    let seed = asked.seed.unwrap_or_else(any_seed);
    let time = Duration::from_secs(asked.seconds);
    let mut left: VecDeque<&Built> = programs.built.iter().collect();
    while !left.is_empty() && !halt.load(Ordering::Relaxed) {
        let dealt = deal(left.len(), asked.jobs);
        let targets: Vec<_> = left.drain(..dealt.len()).zip(dealt).collect();
        let names: Vec<_> = targets
            .iter()
            .map(|(target, processes)| format!("{} × {processes}", target.name))
            .collect();
        eprintln!(
            "fuzz: {} for {} s, seed {seed}, {}",
            names.join(", "),
            asked.seconds,
            programs.flavour.name()
        );
        let round = Round {
            folder,
            programs,
            targets,
            seed,
            time,
            halt: &halt,
        };
        let mut watched = Duration::ZERO;
        let tallies = campaign::round(&round, &mut |tallies| {
            let now = tallies
                .iter()
                .map(|tally| tally.elapsed)
                .max()
                .unwrap_or_default();
            if now >= watched + WATCH {
                watched = now;
                for tally in tallies {
                    eprint!("{}", summary::line(tally));
                }
            }
        })?;
        tallies.into_iter().try_for_each(&mut done)?;
    }
    let stopped = halt.load(Ordering::Relaxed);
    if stopped {
        let left: Vec<_> = left.iter().map(|target| target.name.as_str()).collect();
        eprintln!("{}", summary::stopped(&left));
    }
    Ok(stopped)
}

/// How many processes each target of the next round has. A target is never without one, so with more targets than
/// jobs a round takes as many targets as there are jobs.
fn deal(targets: usize, jobs: u64) -> Vec<u64> {
    let jobs = usize::try_from(jobs).unwrap_or(usize::MAX);
    let now = targets.min(jobs);
    let share = |index| jobs / now + usize::from(index < jobs % now);
    (0..now).map(|index| share(index) as u64).collect()
}

/// Another seed each time. It is told, so that the way can be taken again.
fn any_seed() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.map_or(1, |now| u64::from(now.subsec_nanos()) / 1_000 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_dealt_so_that_none_idles_and_every_target_has_one() {
        for (targets, jobs, wanted) in [
            (1, 1, &[1][..]),
            (1, 8, &[8]),
            (3, 8, &[3, 3, 2]),
            (17, 2, &[1, 1]),
            (2, 2, &[1, 1]),
            (3, 1, &[1]),
        ] {
            assert_eq!(deal(targets, jobs), wanted, "{targets} targets, {jobs} jobs");
        }
    }
}
