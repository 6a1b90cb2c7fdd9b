//! Executions a second of each target, beside an empty target and a plain reading by multer in the same run.
//!
//! Those are examples of the fuzz package, so that no campaign takes them for targets. Two more do what targets do
//! without any oracle: nothing that holds a promise can be faster.
//!
//! Each begins with the committed inputs and looks for more until half its time is over. What it does in the other
//! half is counted, from what it has then: a campaign that has run for a while neither finds much nor writes it down.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, bail};

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
const READER: &str = "speed_reader";
const DECODER: &str = "speed_decoder";
/// The peers, and whose seeds and dictionary they get.
const PEERS: [(&str, &str); 4] = [
    (EMPTY, "multipart_raw"),
    (MULTER, "multipart_raw"),
    (READER, "multipart_raw"),
    (DECODER, "decode_list"),
];
/// The longest input, in bytes.
const LONGEST: u32 = 1_024;

/// What a family of targets has to reach, in hundredths of a peer's speed.
struct Bar {
    /// A target, or the beginning of its name where `_` ends it.
    target: &'static str,
    peer: &'static str,
    /// Less is a loss. What was measured had a quarter to spare.
    hundredths: u64,
    /// What was asked for. `docs/fuzzing.md` says why nothing reaches it.
    wanted: u64,
}

const BARS: &[Bar] = &[
    Bar {
        target: "multipart_raw",
        peer: MULTER,
        hundredths: 30,
        wanted: 300,
    },
    Bar {
        target: "multipart_structured",
        peer: MULTER,
        hundredths: 8,
        wanted: 100,
    },
    Bar {
        target: "decode_",
        peer: EMPTY,
        hundredths: 4,
        wanted: 20,
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
    let peers = PEERS.map(|(peer, _)| peer.to_owned());
    let targets = folder.targets()?;
    let Some(programs) = build::build(workspace, folder, &targets, Kind::Targets, Flavour::Plain)? else {
        return Ok(ExitCode::SUCCESS);
    };
    let Some(peers) = build::build(workspace, folder, &peers, Kind::Examples, Flavour::Plain)? else {
        return Ok(ExitCode::SUCCESS);
    };
    eprintln!(
        "fuzz: {} targets and {} peers, {seconds} s each, inputs up to {LONGEST} bytes",
        targets.len(),
        PEERS.len()
    );
    let mut measured = Vec::new();
    for target in peers.built.iter().chain(&programs.built) {
        let rate = rate(folder, &programs, target, seconds)?;
        measured.push(Measured {
            target: target.name.clone(),
            rate,
        });
    }
    let (text, lost, short, all) = report(&measured);
    print!("{text}");
    println!("\nfuzz: {all} bars: {lost} slower than it was, {short} short of what is wanted");
    Ok(if check && lost > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Executions in a second of a processor. A second of a clock would tell what else the machine has to do; where the
/// system does not tell the other, it has to serve.
fn rate(folder: &Folder, programs: &Programs, target: &Built, seconds: u64) -> Result<f64> {
    let fresh = programs.directory.join("speed").join(&target.name);
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    fs::create_dir_all(&fresh)?;
    let peer = PEERS.iter().find(|(peer, _)| *peer == target.name);
    let as_target = peer.map_or(target.name.as_str(), |(_, target)| *target);
    for seed in short(&folder.seeds(as_target))? {
        fs::copy(&seed, fresh.join(seed.file_name().unwrap_or_default()))?;
    }
    let call = |time: u64| {
        let program = target.program.clone();
        let name = as_target.to_owned();
        let mut command = process::call(folder, &Built { name, program }, Flavour::Plain)?;
        command
            .args(["-seed=1", "-print_final_stats=1"])
            .arg(format!("-max_len={LONGEST}"))
            .arg(format!("-max_total_time={time}"))
            .env_remove(process::THOROUGH)
            .stdout(Stdio::null());
        anyhow::Ok(command)
    };
    let broke = || {
        format!(
            "{} broke: `cargo xtask fuzz run {as_target}` tells how",
            target.name
        )
    };
    let run = |mut command: Command| {
        let output = command.output();
        let output = output.with_context(|| format!("expected to run {}", target.program.display()))?;
        anyhow::ensure!(output.status.success(), broke());
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let mut growing = call((seconds / 2).max(1))?;
    growing.arg(&fresh);
    run(growing)?;
    let mut counted = call((seconds - seconds / 2).max(1))?;
    // As a folder it would be written to.
    let list = fresh.with_extension("list");
    fs::write(&list, listed(&inputs(&fresh)?)?)?;
    counted.arg(format!("-seed_inputs=@{}", list.display()));
    let (used, clock) = (processor(), Instant::now());
    let log = run(counted)?;
    let took = match (used, processor()) {
        (Some(before), Some(after)) if after > before => (after - before) / TICKS,
        _ => clock.elapsed().as_secs_f64(),
    };
    let runs = log
        .lines()
        .find_map(|line| pulse::stat(line, "number_of_executed_units"));
    Ok(to_float(runs.with_context(broke)?) / took)
}

/// Paths as libFuzzer takes a list of them.
fn listed(paths: &[PathBuf]) -> Result<String> {
    let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
    let odd = paths.iter().find(|path| path.contains(','));
    if let Some(path) = odd {
        bail!("expected a target directory without commas in its path, found {path}");
    }
    Ok(paths.join(","))
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

/// The table; how many bars are lost, how many targets are short of what is wanted, and how many bars there are.
fn report(measured: &[Measured]) -> (String, usize, usize, usize) {
    let of = |peer: &str| {
        let found = measured.iter().find(|measured| measured.target == peer);
        found.map_or(1.0, |measured| measured.rate)
    };
    let (empty, multer) = (of(EMPTY), of(MULTER));
    let (mut lost, mut short, mut all) = (0, 0, 0);
    let mut text = format!(
        "{:<24} {:>12} {:>10} {:>10}  {}\n",
        "target", "a second", "of empty", "of multer", "bar"
    );
    for one in measured {
        let verdict = bar(&one.target).map_or(String::new(), |bar| {
            let [needed, wanted] = [bar.hundredths, bar.wanted].map(|it| to_float(it) / 100.0);
            let reaches = |times: f64| one.rate >= of(bar.peer) * times;
            let peer = bar.peer.trim_start_matches("speed_");
            all += 1;
            lost += usize::from(!reaches(needed));
            short += usize::from(!reaches(wanted));
            let verdict = match (reaches(needed), reaches(wanted)) {
                (false, _) => ": SLOWER",
                (true, false) => ": holds, short",
                (true, true) => "",
            };
            format!("{needed:.2} of {peer}, wanted {wanted:.1}{verdict}")
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
    (text, lost, short, all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_judged_by_their_peers() {
        let measured = [
            (EMPTY, 2_000_000.0),
            (MULTER, 100_000.0),
            ("decode_list", 100_000.0),
            ("decode_error", 79_000.0),
            ("evidence_png", 10.0),
            ("multipart_raw", 300_000.0),
            ("multipart_structured", 7_999.0),
        ]
        .map(|(target, rate)| Measured {
            target: target.to_owned(),
            rate,
        });
        let (text, lost, short, all) = report(&measured);
        assert_eq!((lost, short, all), (2, 3, 4), "{text}");
        for line in [
            "multipart_raw                 300,000      0.150       3.00  0.30 of multer, wanted 3.0",
            "multipart_structured            7,999      0.004       0.08  0.08 of multer, wanted 1.0: SLOWER",
            "decode_list                   100,000      0.050       1.00  0.04 of empty, wanted 0.2: holds, short",
            "decode_error                   79,000      0.040       0.79  0.04 of empty, wanted 0.2: SLOWER",
        ] {
            assert!(text.lines().any(|it| it == line), "{line}: {text}");
        }
    }

    #[test]
    fn paths_are_listed_as_libfuzzer_takes_them() {
        let paths = ["/a/b", "/a/c"].map(PathBuf::from);
        assert_eq!(listed(&paths).unwrap(), "/a/b,/a/c");
        assert!(listed(&["/a,b/c".into()]).is_err(), "it would be two");
    }

    #[test]
    fn the_time_of_children_is_read_behind_any_name() {
        let stat = "41 (a (b) c) S 1 41 41 0 -1 4194560 1 2 3 4 5 6 70 8 20 0 1 0 9 10 11";
        assert_eq!(used(stat), Some(78.0));
        assert_eq!(used("41 (x) S"), None);
    }
}
