//! Executions a second of each target, beside an empty target and a plain reading by multer in the same run.
//!
//! Those two are examples of the fuzz package, so that no campaign takes them for targets.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{ExitCode, Stdio},
    time::Instant,
};

use anyhow::{Context, Result};

use super::{
    build::{self, Built, Flavour, Kind, Programs},
    folder::{Folder, inputs},
    process, pulse,
    summary::{grouped, rounded},
    tally::to_float,
};
use crate::workspace::Workspace;

const EMPTY: &str = "speed_empty";
const MULTER: &str = "speed_multer";
/// Whose seeds and dictionary multer gets.
const FORMS: &str = "multipart_raw";
/// The longest input, in bytes.
const LONGEST: u32 = 1_024;

/// What a family of targets has to reach, in hundredths of a peer's speed.
struct Bar {
    /// A target, or the beginning of its name where `_` ends it.
    target: &'static str,
    peer: &'static str,
    hundredths: u64,
}

const BARS: &[Bar] = &[
    Bar {
        target: "multipart_raw",
        peer: MULTER,
        hundredths: 300,
    },
    Bar {
        target: "multipart_structured",
        peer: MULTER,
        hundredths: 100,
    },
    Bar {
        target: "decode_",
        peer: EMPTY,
        hundredths: 20,
    },
];

/// The bar of a target, if it has one.
fn bar(target: &str) -> Option<&'static Bar> {
    BARS.iter().find(|bar| {
        if bar.target.ends_with('_') {
            target.starts_with(bar.target)
        } else {
            target == bar.target
        }
    })
}

/// How one target did.
struct Measured {
    target: String,
    rate: f64,
}

/// Measures, prints, judges; 1 is the status where a bar is missed and `check` holds.
pub(super) fn speed(workspace: &Workspace, folder: &Folder, seconds: u64, check: bool) -> Result<ExitCode> {
    let peers = [EMPTY, MULTER].map(str::to_owned);
    let targets = folder.targets()?;
    let Some(programs) = build::build(workspace, folder, &targets, Kind::Targets, Flavour::Plain)? else {
        return Ok(ExitCode::SUCCESS);
    };
    let Some(peers) = build::build(workspace, folder, &peers, Kind::Examples, Flavour::Plain)? else {
        return Ok(ExitCode::SUCCESS);
    };
    eprintln!(
        "fuzz: {} targets and two peers, {seconds} s each, inputs up to {LONGEST} bytes",
        targets.len()
    );
    let mut measured = Vec::new();
    for target in peers.built.iter().chain(&programs.built) {
        let rate = rate(folder, &programs, target, seconds)?;
        measured.push(Measured {
            target: target.name.clone(),
            rate,
        });
    }
    let (text, missed, all) = report(&measured);
    print!("{text}");
    println!("\nfuzz: {missed} of {all} bars missed");
    Ok(if check && missed > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Executions in a second of a processor, from the committed inputs on. A second of a clock would tell what else the
/// machine has to do; where the system does not tell the other, it has to serve.
fn rate(folder: &Folder, programs: &Programs, target: &Built, seconds: u64) -> Result<f64> {
    let fresh = programs.directory.join("speed").join(&target.name);
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    fs::create_dir_all(&fresh)?;
    let as_target = match target.name.as_str() {
        EMPTY | MULTER => FORMS,
        name => name,
    };
    for seed in short(&folder.seeds(as_target))? {
        fs::copy(&seed, fresh.join(seed.file_name().unwrap_or_default()))?;
    }
    let mut command = process::call(
        folder,
        &Built {
            name: as_target.to_owned(),
            program: target.program.clone(),
        },
        Flavour::Plain,
    )?;
    command
        .args(["-seed=1", "-print_final_stats=1"])
        .arg(format!("-max_len={LONGEST}"))
        .arg(format!("-max_total_time={seconds}"))
        .arg(&fresh)
        .stdout(Stdio::null());
    let (used, clock) = (processor(), Instant::now());
    let output = command.output();
    let output = output.with_context(|| format!("expected to run {}", target.program.display()))?;
    let took = match (used, processor()) {
        (Some(before), Some(after)) if after > before => (after - before) / TICKS,
        _ => clock.elapsed().as_secs_f64(),
    };
    let log = String::from_utf8_lossy(&output.stderr);
    let runs = log
        .lines()
        .find_map(|line| pulse::stat(line, "number_of_executed_units"));
    let runs = runs.filter(|_| output.status.success());
    let runs = runs.with_context(|| {
        format!(
            "{} broke: `cargo xtask fuzz run {as_target}` tells how",
            target.name
        )
    })?;
    Ok(to_float(runs) / took)
}

/// The inputs that are not cut off.
fn short(folder: &Path) -> Result<Vec<PathBuf>> {
    let fits = |path: &PathBuf| fs::metadata(path).is_ok_and(|metadata| metadata.len() <= u64::from(LONGEST));
    Ok(inputs(folder)?.into_iter().filter(fits).collect())
}

/// Parts of a second that Linux counts processor time in, the same on every machine.
const TICKS: f64 = 100.0;

/// What the children that have ended used of processors, in ticks; Linux alone tells it in a file.
fn processor() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    used(&stat)
}

fn used(stat: &str) -> Option<f64> {
    // Behind the name, which may have spaces and brackets, children's user and system time are the 14th and 15th.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ').skip(13);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(to_float(user + system))
}

/// The table, how many bars are missed, and how many there are.
fn report(measured: &[Measured]) -> (String, usize, usize) {
    let of = |peer: &str| {
        let found = measured.iter().find(|measured| measured.target == peer);
        found.map_or(1.0, |measured| measured.rate)
    };
    let (empty, multer) = (of(EMPTY), of(MULTER));
    let (mut missed, mut all) = (0, 0);
    let mut text = format!(
        "{:<24} {:>12} {:>10} {:>10}  {}\n",
        "target", "a second", "of empty", "of multer", "bar"
    );
    for one in measured {
        let verdict = bar(&one.target).map_or(String::new(), |bar| {
            let needed = to_float(bar.hundredths) / 100.0;
            let held = one.rate >= of(bar.peer) * needed;
            all += 1;
            missed += usize::from(!held);
            let peer = bar.peer.trim_start_matches("speed_");
            format!("{needed:.1} of {peer}{}", if held { "" } else { ": MISSED" })
        });
        let line = format!(
            "{:<24} {:>12} {:>10.3} {:>10.2}  {verdict}",
            one.target,
            grouped(rounded(one.rate)),
            one.rate / empty,
            one.rate / multer
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    (text, missed, all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_judged_by_their_peers() {
        let measured = [
            (EMPTY, 2_000_000.0),
            (MULTER, 100_000.0),
            ("decode_list", 400_000.0),
            ("decode_error", 399_000.0),
            ("evidence_png", 10.0),
            ("multipart_raw", 300_000.0),
            ("multipart_structured", 99_999.0),
        ]
        .map(|(target, rate)| Measured {
            target: target.to_owned(),
            rate,
        });
        let (text, missed, all) = report(&measured);
        assert_eq!((missed, all), (2, 4), "{text}");
        assert!(
            text.contains("\nmultipart_raw                 300,000      0.150       3.00  3.0 of multer\n"),
            "{text}"
        );
        assert!(
            text.contains("0.2 of empty: MISSED") && text.contains("1.0 of multer: MISSED"),
            "{text}"
        );
    }

    #[test]
    fn the_time_of_children_is_read_behind_any_name() {
        let stat = "41 (a (b) c) S 1 41 41 0 -1 4194560 1 2 3 4 5 6 70 8 20 0 1 0 9 10 11";
        assert_eq!(used(stat), Some(78.0));
        assert_eq!(used("41 (x) S"), None);
    }
}
