//! What the programs of `bench/` print, read.

use std::str::FromStr;

use anyhow::{Context, Result, anyhow, bail};

use super::linear::Count;

/// Our own reader, among the contestants.
pub(super) const OURS: &str = "rebuttal-multipart";
/// The bare search for the delimiter.
pub(super) const REFERENCE: &str = "memmem";

/// Everything that was measured.
#[derive(Debug, Default)]
pub(super) struct Measured {
    pub(super) times: Vec<Time>,
    pub(super) heaps: Vec<Heap>,
    /// What our reader's peak may be, in bytes.
    pub(super) heap_bound: u64,
    /// `None` where valgrind is missing.
    pub(super) linear: Option<Vec<Count>>,
}

/// How one contestant did in one scenario.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Time {
    pub(super) scenario: String,
    pub(super) contestant: String,
    /// `Err` where it did not read the body right, and was not timed.
    pub(super) outcome: Result<Speed, String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Speed {
    /// Best time of the reference over best time.
    pub(super) best: f64,
    /// Median of the ratio within each round.
    pub(super) median: f64,
    /// Best time for one request.
    pub(super) nanoseconds: f64,
    /// Length of the request.
    pub(super) bytes: f64,
}

/// What one contestant allocated for one request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Heap {
    pub(super) input: String,
    pub(super) contestant: String,
    pub(super) peak_bytes: u64,
    pub(super) allocations: u64,
}

impl Measured {
    pub(super) fn read(times: &str, heap: &str, linear: Option<Vec<Count>>) -> Result<Self> {
        let mut measured = Self {
            linear,
            ..Self::default()
        };
        for line in times.lines() {
            measured.times.push(time(line).with_context(|| unexpected(line))?);
        }
        for line in heap.lines() {
            let fields: Vec<_> = line.split('\t').collect();
            match fields.as_slice() {
                ["bound", bytes] => measured.heap_bound = number(bytes)?,
                [input, contestant, peak, allocations] => measured.heaps.push(Heap {
                    input: (*input).to_owned(),
                    contestant: (*contestant).to_owned(),
                    peak_bytes: number(peak)?,
                    allocations: number(allocations)?,
                }),
                _ => bail!(unexpected(line)),
            }
        }
        Ok(measured)
    }

    /// How the contestant did, where it was timed.
    pub(super) fn speed(&self, scenario: &str, contestant: &str) -> Option<Speed> {
        self.times
            .iter()
            .find(|time| time.scenario == scenario && time.contestant == contestant)
            .and_then(|time| time.outcome.clone().ok())
    }

    /// The fastest of the peers in a scenario.
    pub(super) fn best_peer(&self, scenario: &str) -> Option<(&str, Speed)> {
        self.times
            .iter()
            .filter(|time| {
                time.scenario == scenario && ![OURS, REFERENCE].contains(&time.contestant.as_str())
            })
            .filter_map(|time| Some((time.contestant.as_str(), time.outcome.clone().ok()?)))
            .min_by(|(_, a), (_, b)| a.nanoseconds.total_cmp(&b.nanoseconds))
    }

    /// How often the contestant allocated for an input.
    pub(super) fn allocations(&self, input: &str, contestant: &str) -> Option<u64> {
        self.heaps
            .iter()
            .find(|heap| heap.input == input && heap.contestant == contestant)
            .map(|heap| heap.allocations)
    }
}

/// The names in a column, each once, as they first come.
pub(super) fn each_once<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut once = Vec::new();
    for name in names {
        if !once.contains(&name) {
            once.push(name);
        }
    }
    once
}

fn time(line: &str) -> Result<Time> {
    let fields: Vec<_> = line.split('\t').collect();
    let (scenario, contestant, outcome) = match fields.as_slice() {
        [scenario, contestant, "wrong", why @ ..] => (scenario, contestant, Err(why.join(" "))),
        [scenario, contestant, "timed", best, median, nanoseconds, bytes] => (
            scenario,
            contestant,
            Ok(Speed {
                best: number(best)?,
                median: number(median)?,
                nanoseconds: number(nanoseconds)?,
                bytes: number(bytes)?,
            }),
        ),
        _ => bail!("expected other fields"),
    };
    Ok(Time {
        scenario: (*scenario).to_owned(),
        contestant: (*contestant).to_owned(),
        outcome,
    })
}

fn number<T: FromStr>(text: &str) -> Result<T> {
    text.parse()
        .map_err(|_| anyhow!("expected a number, found {text:?}"))
}

fn unexpected(line: &str) -> String {
    format!("expected a line of measurements, found {line:?}")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Measurements from lines with spaces for tabs.
    pub(in crate::bench) fn measured(times: &str, heap: &str, linear: Option<Vec<Count>>) -> Measured {
        let tabs = |text: &str| text.replace(' ', "\t");
        Measured::read(&tabs(times), &tabs(heap), linear).unwrap()
    }

    #[test]
    fn what_the_programs_print_is_read() {
        let measured = measured(
            "zeros memmem timed 1 1 100 1024\nzeros a timed 0.5 0.25 200 1024\nzeros b timed 0.9 0.9 110 1024\n\
             zeros c wrong finds 1 of 2 parts\nzeros rebuttal-multipart timed 1 1 100 1024",
            "bound 100\nzeros a 7 8",
            None,
        );
        assert_eq!(measured.heap_bound, 100);
        assert_eq!(measured.allocations("zeros", "a"), Some(8));
        assert_eq!(measured.best_peer("zeros").unwrap().0, "b");
        assert_eq!(measured.speed("zeros", "c"), None);
        assert_eq!(measured.times[3].outcome, Err("finds 1 of 2 parts".to_owned()));
        for bad in ["zeros", "zeros\ta\ttimed\tx\t1\t1\t1"] {
            assert!(Measured::read(bad, "", None).is_err(), "{bad}");
        }
        assert!(Measured::read("", "bound\tx", None).is_err());
    }
}
