//! Measures the check of files: against the limits that the machine sets, and against crates that name types.

mod files;
mod gates;
mod measured;

use std::{fmt::Write as _, path::Path, process::Command as Process};

use anyhow::{Context, Result};

use self::{
    files::Crowd,
    measured::{Measured, OURS},
};
use super::{
    Command,
    gates::Gate,
    measured::each_once,
    report::{duration, judged, short, table},
};
use crate::{
    rebuttal::program,
    workspace::{Workspace, output},
};

/// Times, weighs, judges: the report and the gates.
pub(super) fn run(
    workspace: &Workspace,
    target: &Path,
    programs: &Path,
    command: Command,
) -> Result<(String, Vec<Gate>)> {
    let folder = target.join("evidence");
    eprintln!("timing, {} rounds", command.rounds());
    let times = output(
        Process::new(programs.join(program("evidence_time")))
            .arg(command.rounds().to_string())
            .arg(&folder),
    )?;
    eprintln!("counting allocations");
    let heap = output(&mut Process::new(programs.join(program("evidence_heap"))))?;
    let measured = Measured::read(&times, &heap)?;
    let crowds = files::time(workspace, programs, &folder, command.quick)?;
    std::fs::remove_dir_all(&folder).with_context(|| format!("expected to remove {}", folder.display()))?;
    let gates = gates::judge(&measured, &crowds);
    Ok((report(&measured, &crowds, &gates, command.rounds()), gates))
}

fn report(measured: &Measured, crowds: &[Crowd], gates: &[Gate], rounds: u32) -> String {
    let mut text = format!(
        "# The check of files, and what it is held against\n\n\
         {rounds} rounds, CPU time of the thread. A ratio is the best time of the check over the best of the other, \
         with the median of the ratios within each round in brackets: less is faster.\n\n\
         ## Files of 10 MB\n"
    );
    let rows = measured
        .samples()
        .into_iter()
        .map(|sample| sample_row(measured, sample));
    table(
        &mut text,
        "file | check | ÷ copy | ÷ limit | limit | infer | file-format | peak, bytes | outcome",
        rows,
    );
    text.push_str("\n## Files of 1 MB, `rebuttal check` and `cat`, time on the clock\n");
    let rows = crowds.iter().map(|crowd| {
        format!(
            "{} | {} | {} | {} | {}",
            crowd.name,
            crowd.files,
            duration(crowd.check * 1e9),
            duration(crowd.cat * 1e9),
            short(crowd.ratio())
        )
    });
    table(&mut text, "files | how many | check | cat | ÷ cat", rows);
    judged(&mut text, gates);
    text
}

fn sample_row(measured: &Measured, sample: &str) -> String {
    let time = |lane| {
        let found = measured.time(sample, lane);
        found.map_or(String::new(), |time| duration(time.nanoseconds))
    };
    let ratio = |lane| match (measured.ratio(sample, lane), measured.time(sample, lane)) {
        (Some(ratio), Some(time)) => format!("{} ({})", short(ratio), short(time.median)),
        _ => String::new(),
    };
    let limit = measured.limit(sample);
    let peak = measured
        .peak(sample)
        .map_or(String::new(), |peak| peak.to_string());
    let mut row = String::new();
    let _ = write!(
        row,
        "{sample} | {} | {} | {} | {} | {} | {} | {peak} | {}",
        time(OURS),
        ratio("copy"),
        limit.map(ratio).unwrap_or_default(),
        limit.unwrap_or_default(),
        time("infer"),
        time("file-format"),
        measured.verdict(sample).unwrap_or_default()
    );
    row
}

impl Measured {
    fn samples(&self) -> Vec<&str> {
        each_once(self.times.iter().map(|time| time.sample.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_shows_ratios_and_what_was_missed() {
        let measured = measured::tests::measured(
            "pdf-pages verdict accept a,b\npdf-pages rebuttal-validate timed 5000000 1 10\n\
             pdf-pages copy timed 500000 9.5 10\npdf-pages memmem timed 800000 4.5 10",
            "pdf-pages 700 2",
        );
        let crowds = [Crowd {
            name: "pdf".to_owned(),
            files: 7,
            check: 0.5,
            cat: 0.25,
        }];
        let text = report(&measured, &crowds, &gates::judge(&measured, &crowds), 7);
        for wanted in [
            "| pdf-pages | 5.00 ms | 10.00 (9.50) | 6.25 (4.50) | memmem |",
            "| 700         | accept a,b |",
            "| pdf   | 7        | 500.00 ms | 250.00 ms | 2.00  |",
            "MISSED",
        ] {
            assert!(text.contains(wanted), "{wanted} is not in\n{text}");
        }
    }
}
