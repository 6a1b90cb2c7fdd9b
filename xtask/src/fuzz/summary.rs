//! What a run came to, for people and for programs.

use std::{fmt::Write, time::Duration};

use serde_json::{Value, json};

use super::{journal::Origin, tally::Tally};

/// One line about one target.
pub(super) fn line(tally: &Tally) -> String {
    let before = tally.edges_before.unwrap_or(tally.edges);
    let work = format!("{:+} files", difference(tally.work[1].0, tally.work[0].0));
    let broken: u64 = tally.groups.iter().map(|group| group.count).sum();
    let mut line = format!(
        "fuzz: {:<24} {:>15} runs in {:>6}, {:>9} a second; edges {before} → {}, the last new {} ago; {work}; {}\n",
        tally.target,
        grouped(tally.runs),
        clock(tally.elapsed),
        grouped(rounded(tally.rate())),
        tally.edges,
        clock(tally.since_new_edge()),
        if broken == 0 {
            "nothing broke".to_owned()
        } else {
            format!("BROKE {broken} times in {} ways", tally.groups.len())
        }
    );
    if let Some(why) = &tally.stopped {
        let _ = writeln!(line, "fuzz: {} was given up: {why}", tally.target);
    }
    line
}

/// What broke, by signature, and how it was all told.
pub(super) fn findings(tallies: &[Tally], root: &str) -> String {
    let (mut text, mut broken) = (String::new(), Vec::new());
    for tally in tallies.iter().filter(|tally| !tally.groups.is_empty()) {
        broken.push(tally.target.as_str());
        for group in &tally.groups {
            let _ = write!(text, "\n{} broke", tally.target);
            if group.count > 1 {
                let _ = write!(text, ", {} times", group.count);
            }
            let _ = writeln!(text, ": {}", group.signature);
            for line in group.told.lines() {
                let _ = writeln!(text, "  {line}");
            }
            for artifact in &group.artifacts {
                let _ = writeln!(text, "  cargo xtask fuzz adopt {}", artifact.display());
            }
            if group.artifacts.is_empty() {
                text.push_str("  no input is known: it did not happen again while inputs were kept\n");
            }
        }
    }
    let runs: u64 = tallies.iter().map(|tally| tally.runs).sum();
    let _ = match broken.as_slice() {
        [] => writeln!(
            text,
            "fuzz: {} fuzzed, {} runs, none broke",
            targets(tallies.len()),
            grouped(runs)
        ),
        broken => writeln!(
            text,
            "\nfuzz: {} of {} broke: {}",
            broken.len(),
            targets(tallies.len()),
            broken.join(", ")
        ),
    };
    text.replace(&format!("{root}/"), "")
}

fn targets(count: usize) -> String {
    format!("{count} target{}", if count == 1 { "" } else { "s" })
}

/// That a signal ended a run, and which targets it would still have come to.
pub(super) fn stopped(left: &[&str]) -> String {
    let begun = "fuzz: stopped by a signal before the time was over";
    if left.is_empty() {
        return begun.to_owned();
    }
    format!("{begun}; {} not begun: {}", targets(left.len()), left.join(", "))
}

/// The same as one JSON document.
pub(super) fn json(origin: &Origin, tallies: &[Tally], stopped: bool, root: &str) -> Value {
    let relative = |path: &std::path::PathBuf| path.display().to_string().replace(&format!("{root}/"), "");
    let target = |tally: &Tally| {
        let groups = tally.groups.iter().map(|group| {
            json!({
                "signature": group.signature,
                "count": group.count,
                "artifacts": group.artifacts.iter().map(relative).collect::<Vec<_>>(),
                "told": group.told,
            })
        });
        json!({
            "target": tally.target,
            "processes": tally.processes,
            "seconds": tally.elapsed.as_secs(),
            "runs": tally.runs,
            "runs_per_second": rounded(tally.rate()),
            "edges_before": tally.edges_before,
            "edges": tally.edges,
            "features": tally.features,
            "seconds_since_new_edge": tally.since_new_edge().as_secs(),
            "work_files": [tally.work[0].0, tally.work[1].0],
            "restarts": tally.restarts,
            "given_up": tally.stopped,
            "findings": groups.collect::<Vec<_>>(),
        })
    };
    json!({
        "commit": origin.commit,
        "compiler": origin.compiler,
        "flavour": origin.flavour,
        "stopped": stopped,
        "targets": tallies.iter().map(target).collect::<Vec<_>>(),
    })
}

fn difference(after: usize, before: usize) -> i64 {
    i64::try_from(after).unwrap_or(i64::MAX) - i64::try_from(before).unwrap_or(i64::MAX)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate is positive and small"
)]
pub(super) fn rounded(rate: f64) -> u64 {
    rate.round() as u64
}

/// Digits in groups of three.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Minutes and seconds, or hours and minutes.
pub(super) fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..3_600 => format!("{}:{:02}", seconds / 60, seconds % 60),
        _ => format!("{} h {:02}", seconds / 3_600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzz::tally::Group;

    fn tally() -> Tally {
        Tally {
            target: "decode".to_owned(),
            processes: 2,
            elapsed: Duration::from_mins(1),
            runs: 12_345_678,
            edges_before: Some(1_000),
            edges: 1_020,
            newest: Duration::from_secs(48),
            work: [(7, 70), (19, 900)],
            ..Tally::default()
        }
    }

    #[test]
    fn a_line_tells_speed_growth_and_age() {
        assert_eq!(
            line(&tally()),
            "fuzz: decode                        12,345,678 runs in   1:00,   205,761 a second; \
             edges 1000 → 1020, the last new 0:12 ago; +12 files; nothing broke\n"
        );
    }

    #[test]
    fn findings_say_what_to_do_with_them() {
        let mut broken = tally();
        broken.groups.push(Group {
            signature: "src/x.rs:1:1: spans tile".to_owned(),
            told: "thread panicked at src/x.rs:1:1:\nspans tile".to_owned(),
            count: 3,
            artifacts: vec!["/r/fuzz/artifacts/decode/crash-1".into()],
        });
        let text = findings(&[broken.clone(), tally()], "/r");
        assert!(
            text.contains("decode broke, 3 times: src/x.rs:1:1: spans tile\n  thread"),
            "{text}"
        );
        assert!(
            text.contains("\n  cargo xtask fuzz adopt fuzz/artifacts/decode/crash-1\n"),
            "{text}"
        );
        assert!(text.ends_with("fuzz: 1 of 2 targets broke: decode\n"), "{text}");
        broken.groups[0].artifacts.clear();
        assert!(findings(&[broken], "/r").contains("no input is known"));
        assert_eq!(
            findings(&[tally()], "/r"),
            "fuzz: 1 target fuzzed, 12,345,678 runs, none broke\n"
        );
    }

    #[test]
    fn a_run_that_was_stopped_names_what_it_did_not_begin() {
        let text = "fuzz: stopped by a signal before the time was over";
        assert_eq!(stopped(&[]), text);
        assert_eq!(
            stopped(&["decode", "inspect"]),
            format!("{text}; 2 targets not begun: decode, inspect")
        );
    }

    #[test]
    fn numbers_are_written_as_people_read_them() {
        let counts = [0, 999, 1_000, 12_345_678].map(grouped);
        assert_eq!(counts, ["0", "999", "1,000", "12,345,678"]);
        let times = [0, 61, 3_599, 3_600, 90_061].map(|seconds| clock(Duration::from_secs(seconds)));
        assert_eq!(times, ["0:00", "1:01", "59:59", "1 h 00", "25 h 01"]);
    }
}
