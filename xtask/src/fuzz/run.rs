//! Runs one fuzz program and reads its log.

use std::{
    fs::{self, File},
    process::{Command, ExitStatus},
};

use anyhow::{Context, Result};

use super::{Folder, build::Built};

/// When a run ends by itself.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Limit {
    /// After so many seconds of new inputs, from a seed on.
    Seconds(u32, u32),
    /// After the committed inputs.
    Replay,
}

/// Runs one target and prints one line, or what broke; whether it held.
pub(super) fn run(folder: &Folder, target: &Built, limit: Limit) -> Result<bool> {
    let name = &target.name;
    let corpus = folder.root.join("corpus").join(name);
    let artifacts = folder.root.join("artifacts").join(name);
    fs::create_dir_all(&artifacts)?;
    let mut command = Command::new(&target.program);
    command
        .args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"])
        .arg(format!("-artifact_prefix={}/", artifacts.display()));
    match limit {
        Limit::Seconds(seconds, seed) => {
            let work = corpus.join("work");
            fs::create_dir_all(&work)?;
            command
                .args([format!("-max_total_time={seconds}"), format!("-seed={seed}")])
                .arg(work);
        }
        Limit::Replay => {
            command.arg("-runs=0");
        }
    }
    let dictionary = folder.root.join("multipart.dict");
    if name.starts_with("multipart") && dictionary.exists() {
        command.arg(format!("-dict={}", dictionary.display()));
    }
    command
        .arg(&corpus)
        .arg(folder.root.join("regressions").join(name));
    command.env("RUST_BACKTRACE", "0");
    let log =
        File::create(&target.log).with_context(|| format!("expected to write {}", target.log.display()))?;
    let status = command
        .stdout(log.try_clone()?)
        .stderr(log)
        .status()
        .with_context(|| format!("expected to run {}", target.program.display()))?;
    let log = String::from_utf8_lossy(&fs::read(&target.log)?).into_owned();
    if status.success() {
        println!("fuzz: {name}: {}", summary(&log));
        return Ok(true);
    }
    let root = format!("{}/", folder.root.parent().unwrap_or(&folder.root).display());
    println!("{}", finding(name, status, &log).replace(&root, ""));
    println!("the whole log: {}", target.log.display());
    Ok(false)
}

/// What libFuzzer counted.
fn summary(log: &str) -> String {
    let stat = |name: &str| {
        log.lines()
            .find_map(|line| line.strip_prefix("stat::")?.strip_prefix(name)?.strip_prefix(':'))
            .map_or("?", str::trim)
    };
    let edges = log
        .lines()
        .rev()
        .find_map(|line| line.split_once("cov: ")?.1.split(' ').next())
        .unwrap_or("?");
    format!(
        "{} runs, {} a second, {edges} edges",
        stat("number_of_executed_units"),
        stat("average_exec_per_sec")
    )
}

/// How much of a log is repeated: a failed comparison can be as long as its input.
const LINES: usize = 12;
const LINE_CHARS: usize = 600;

/// What broke, and which file shows it again.
fn finding(name: &str, status: ExitStatus, log: &str) -> String {
    let told: Vec<_> = log
        .lines()
        .skip_while(|line| !line.contains("panicked at") && !line.contains("ERROR: "))
        .take_while(|line| !line.contains("rudimentary signal handlers") && !line.starts_with("MS: "))
        .map(|line| line.chars().take(LINE_CHARS).collect::<String>())
        .take(LINES)
        .collect();
    let told = told.join("\n  ");
    let artifact = log
        .lines()
        .find_map(|line| line.split_once("Test unit written to ").map(|(_, path)| path));
    let artifact = match artifact {
        Some(path) => format!(
            "artifact: {path}\nadopt it: see \"A crash\" in fuzz/README.md, then `cargo xtask fuzz replay`"
        ),
        None => "no artifact: a stack overflow, or a kill from outside".to_owned(),
    };
    format!("fuzz: {name} broke ({status}):\n  {told}\n{artifact}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_are_read_from_the_log() {
        let log = "#8\tINITED cov: 34 ft: 40 corp: 2/9b\n#99\tDONE   cov: 120 ft: 300 corp: 8/90b\n\
                   stat::number_of_executed_units: 1234\nstat::average_exec_per_sec:     56\n";
        assert_eq!(summary(log), "1234 runs, 56 a second, 120 edges");
        assert_eq!(summary(""), "? runs, ? a second, ? edges");
    }

    #[test]
    #[cfg(unix)]
    fn a_crash_names_its_artifact_and_an_overflow_says_there_is_none() {
        use std::os::unix::process::ExitStatusExt;

        let log = "INFO: seed\nthread 'x' panicked at y:1:1:\nboom\nMS: 1 x\n\
                   artifact_prefix='a/'; Test unit written to a/crash-00\n";
        let found = finding("decode", ExitStatus::from_raw(77 << 8), log);
        assert!(
            found.contains("boom") && found.contains("artifact: a/crash-00"),
            "{found}"
        );
        assert!(!found.contains("INFO") && !found.contains("MS:"), "{found}");
        let found = finding("decode", ExitStatus::from_raw(11), "");
        assert!(found.contains("no artifact: a stack overflow"), "{found}");
    }
}
