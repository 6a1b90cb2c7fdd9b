//! Measures the mock: against a bare server on hyper, and against what it should start in and hold.

use std::{
    fmt::Write as _,
    path::Path,
    process::{Command as Process, Stdio},
};

use anyhow::{Context, Result};

use super::{
    Command,
    gates::{Gate, Outcome},
    report::{judged, table},
};
use crate::{
    rebuttal::{build_optimised, program},
    workspace::{Workspace, output},
};

const ROUNDS: u32 = 7;
const QUICK_ROUNDS: u32 = 3;

/// How the figures of a measurement are to be read, and what the ratio should be.
struct Bar {
    name: &'static str,
    what: &'static str,
    unit: &'static str,
    needed: Needed,
}

#[derive(Clone, Copy)]
enum Needed {
    AtLeast(f64),
    AtMost(f64),
    /// A figure to know, and no gate.
    None,
}

const BARS: &[Bar] = &[
    Bar {
        name: "retrieve",
        what: "GET of a document ÷ bare hyper",
        unit: "a second",
        needed: Needed::AtLeast(0.8),
    },
    Bar {
        name: "list-20",
        what: "GET of a list of 20 ÷ bare hyper",
        unit: "a second",
        needed: Needed::AtLeast(0.6),
    },
    Bar {
        name: "upload-100k-jpg",
        what: "upload of 100 KB, JPEG ÷ bare hyper",
        unit: "a second",
        needed: Needed::AtLeast(0.8),
    },
    Bar {
        name: "upload-100k-jpg-kept",
        what: "the same ÷ bare hyper that keeps the body",
        unit: "a second",
        needed: Needed::None,
    },
    Bar {
        name: "upload-100k-png",
        what: "upload of 100 KB, PNG ÷ bare hyper",
        unit: "a second",
        needed: Needed::AtLeast(0.8),
    },
    Bar {
        name: "upload-100k-png-kept",
        what: "the same ÷ bare hyper that keeps the body",
        unit: "a second",
        needed: Needed::None,
    },
    Bar {
        name: "upload-100k-pdf",
        what: "upload of 100 KB, PDF ÷ bare hyper",
        unit: "a second",
        needed: Needed::AtLeast(0.8),
    },
    Bar {
        name: "upload-100k-pdf-kept",
        what: "the same ÷ bare hyper that keeps the body",
        unit: "a second",
        needed: Needed::None,
    },
    Bar {
        name: "upload-10m-jpg",
        what: "upload of 10 MB, JPEG ÷ bare hyper",
        unit: "a second",
        needed: Needed::AtLeast(0.8),
    },
    Bar {
        name: "upload-10m-jpg-kept",
        what: "the same ÷ bare hyper that keeps the body",
        unit: "a second",
        needed: Needed::None,
    },
    Bar {
        name: "upload-10m-png",
        what: "upload of 10 MB, PNG ÷ bare hyper",
        unit: "a second",
        needed: Needed::AtLeast(0.8),
    },
    Bar {
        name: "upload-10m-png-kept",
        what: "the same ÷ bare hyper that keeps the body",
        unit: "a second",
        needed: Needed::None,
    },
    Bar {
        name: "upload-10m-pdf",
        what: "upload of 10 MB, PDF ÷ bare hyper",
        unit: "a second",
        needed: Needed::AtLeast(0.8),
    },
    Bar {
        name: "upload-10m-pdf-kept",
        what: "the same ÷ bare hyper that keeps the body",
        unit: "a second",
        needed: Needed::None,
    },
    Bar {
        name: "memory-64",
        what: "64 clients upload 10 MB: held beside it, a client ÷ one chunk",
        unit: "bytes",
        needed: Needed::AtMost(1.0),
    },
    Bar {
        name: "start",
        what: "start to first answer ÷ 50 ms",
        unit: "ms",
        needed: Needed::AtMost(1.0),
    },
    Bar {
        name: "start-state",
        what: "the same with a new state file",
        unit: "ms",
        needed: Needed::None,
    },
    Bar {
        name: "p99",
        what: "p99 of a GET beside uploads ÷ idle",
        unit: "ms",
        needed: Needed::AtMost(5.0),
    },
    Bar {
        name: "p99-state",
        what: "the same with a state file",
        unit: "ms",
        needed: Needed::None,
    },
    Bar {
        name: "p99-bare",
        what: "the same of bare hyper that keeps the body",
        unit: "ms",
        needed: Needed::None,
    },
];

/// What a program measured: ours, what it is held against, and the ratio.
struct Figures {
    ours: f64,
    other: f64,
    ratio: f64,
}

/// Loads, judges: the report and the gates.
pub(super) fn run(
    workspace: &Workspace,
    target: &Path,
    programs: &Path,
    command: Command,
) -> Result<(String, Vec<Gate>)> {
    for tool in ["wrk", "ab"] {
        if !is_installed(tool) {
            let why = "wrk and ab are not installed (apt-get install wrk apache2-utils)";
            let gates = BARS
                .iter()
                .filter(|bar| !matches!(bar.needed, Needed::None))
                .map(|bar| Gate {
                    what: bar.what.to_owned(),
                    bar: bar.needed.told(),
                    outcome: Outcome::Unknown(why),
                })
                .collect::<Vec<_>>();
            return Ok((report(&[], &gates, 0), gates));
        }
    }
    let rebuttal = build_optimised(workspace)?;
    let rounds = if command.quick { QUICK_ROUNDS } else { ROUNDS };
    eprintln!("loading the mock and a bare server by turns, {rounds} rounds");
    let text = output(
        Process::new(programs.join(program("mock_load")))
            .arg(rebuttal)
            .arg(programs.join(program("plain")))
            .arg(target.join("load"))
            .arg(rounds.to_string()),
    )?;
    let measured = read(&text)?;
    let gates = judge(&measured);
    Ok((report(&measured, &gates, rounds), gates))
}

fn is_installed(tool: &str) -> bool {
    let mut ask = Process::new(tool);
    // Each tells its version by another letter; that it runs is enough.
    ask.arg("-V").stdout(Stdio::null()).stderr(Stdio::null());
    ask.status().is_ok()
}

fn read(text: &str) -> Result<Vec<(&'static Bar, Figures)>> {
    text.lines()
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let bar = BARS.iter().find(|bar| words.first() == Some(&bar.name));
            let numbers: Vec<f64> = words.iter().skip(1).flat_map(|word| word.parse()).collect();
            match (bar, numbers.as_slice()) {
                (Some(bar), &[ours, other, ratio]) => Ok((bar, Figures { ours, other, ratio })),
                _ => None.with_context(|| format!("expected a name and three figures, found {line:?}")),
            }
        })
        .collect()
}

impl Needed {
    fn told(self) -> String {
        match self {
            Self::AtLeast(bar) => format!("≥ {bar}"),
            Self::AtMost(bar) => format!("≤ {bar}"),
            Self::None => String::new(),
        }
    }
}

fn judge(measured: &[(&Bar, Figures)]) -> Vec<Gate> {
    let gate = |bar: &Bar| {
        let found = measured.iter().find(|(of, _)| of.name == bar.name);
        let Some((_, figures)) = found else {
            return Gate {
                what: bar.what.to_owned(),
                bar: bar.needed.told(),
                outcome: Outcome::Unknown("this system does not tell"),
            };
        };
        let is_met = match bar.needed {
            Needed::AtLeast(least) => figures.ratio >= least,
            Needed::AtMost(most) => figures.ratio <= most,
            Needed::None => true,
        };
        Gate::new(
            bar.what,
            bar.needed.told(),
            is_met,
            format!("{:.2}", figures.ratio),
        )
    };
    let with_bars = BARS.iter().filter(|bar| !matches!(bar.needed, Needed::None));
    with_bars.map(gate).collect()
}

fn report(measured: &[(&Bar, Figures)], gates: &[Gate], rounds: u32) -> String {
    let mut text = String::from("# The mock, and what it is held against\n");
    let _ = write!(
        text,
        "\n{rounds} rounds, both by turns on one machine; the median of the figures and of the ratios within a round.\n"
    );
    let rows = measured.iter().map(|(bar, figures)| {
        let Figures { ours, other, ratio } = figures;
        format!(
            "{} | {ours:.2} | {other:.2} | {} | {ratio:.2}",
            bar.what, bar.unit
        )
    });
    table(&mut text, "what | mock | other | unit | ratio", rows);
    judged(&mut text, gates);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_and_judged() {
        let text =
            "retrieve 80000.00 90000.00 0.89\nmemory-64 900000 524288 1.717\nupload-10m-png-kept 9 40 0.2\n";
        let measured = read(text).expect("figures");
        let gates = judge(&measured);
        let missed: Vec<_> = gates.iter().filter(|gate| gate.is_missed()).collect();
        assert_eq!(missed.len(), 1, "{gates:?}");
        assert!(missed[0].what.contains("held beside"));
        let report = report(&measured, &gates, 3);
        assert!(report.contains("GET of a document ÷ bare hyper"), "{report}");
        assert!(report.contains("not measured"), "{report}");
        assert!(read("retrieve 1 2").is_err());
        assert!(read("retrieved 1 2 3").is_err());
    }
}
