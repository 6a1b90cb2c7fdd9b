//! What our reader has to reach, and whether it has.

use std::fmt;

use super::{
    linear::{Count, MOST_GROWTH},
    measured::{Measured, OURS},
};

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Gate {
    /// What is measured.
    pub(super) what: String,
    /// What it should be.
    pub(super) bar: String,
    pub(super) outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    Met(String),
    Missed(String),
    /// Why nobody knows.
    Unknown(&'static str),
}

impl Gate {
    pub(super) fn is_missed(&self) -> bool {
        matches!(self.outcome, Outcome::Missed(_))
    }

    pub(super) fn new(what: impl Into<String>, bar: impl Into<String>, met: bool, found: String) -> Self {
        Self {
            what: what.into(),
            bar: bar.into(),
            outcome: if met {
                Outcome::Met(found)
            } else {
                Outcome::Missed(found)
            },
        }
    }

    /// A gate that there is no figure for because our reader got the body wrong.
    fn wrong(what: impl Into<String>, bar: impl Into<String>) -> Self {
        Self::new(what, bar, false, "not read right".to_owned())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Met(found) => write!(f, "met | {found}"),
            Self::Missed(found) => write!(f, "MISSED | {found}"),
            Self::Unknown(why) => write!(f, "not measured | {why}"),
        }
    }
}

/// Scenarios, and their least ratio to the reference.
const OF_REFERENCE: &[(&str, f64)] = &[
    ("random", 0.93),
    ("text76", 0.93),
    ("zeros", 0.93),
    ("crlf", 0.85),
    ("crlfdashdash", 0.85),
    ("dashes", 0.85),
    ("nearboundary", 5.0),
    ("nearmid", 2.0),
    ("random-1k-chunks", 0.6),
];

/// Scenarios in which no peer is faster.
const OF_EVERY_PEER: &[&str] = &["random", "text76", "zeros"];

/// Scenarios of a large file that should not differ much: all that are not named here.
const NOT_FILES: &[&str] = &["random-1k-chunks", "tinyparts", "small1k"];

pub(super) fn judge(measured: &Measured) -> Vec<Gate> {
    let mut gates = Vec::new();
    for (scenario, bar) in OF_REFERENCE {
        let (what, bar_text) = (scenario.to_string(), format!("≥ {bar} × memmem"));
        gates.push(match measured.speed(scenario, OURS) {
            Some(speed) => Gate::new(what, bar_text, speed.best >= *bar, format!("{:.2}", speed.best)),
            None => Gate::wrong(what, bar_text),
        });
    }
    for scenario in OF_EVERY_PEER {
        gates.push(of_best_peer(measured, scenario, 1.0));
    }
    gates.push(evenness(measured));
    gates.push(of_peer(
        measured,
        "tinyparts",
        2.5,
        measured
            .speed("tinyparts", "s3s-multipart")
            .map(|speed| ("s3s-multipart", speed.nanoseconds)),
    ));
    gates.push(of_best_peer(measured, "small1k", 1.8));
    gates.push(peak(measured));
    gates.push(allocations(measured));
    match &measured.linear {
        Some(counts) => gates.extend(counts.iter().map(linear)),
        None => gates.push(Gate {
            what: "hostile bodies, instructions at 2n / at n".to_owned(),
            bar: format!("≤ {MOST_GROWTH}"),
            outcome: Outcome::Unknown("valgrind is not installed"),
        }),
    }
    gates
}

fn of_best_peer(measured: &Measured, scenario: &str, bar: f64) -> Gate {
    let peer = measured
        .best_peer(scenario)
        .map(|(name, speed)| (name, speed.nanoseconds));
    let mut gate = of_peer(measured, scenario, bar, peer);
    gate.bar = format!("≥ {bar} × every peer");
    gate
}

fn of_peer(measured: &Measured, scenario: &str, bar: f64, peer: Option<(&str, f64)>) -> Gate {
    let bar_text = match peer {
        Some((name, _)) => format!("≥ {bar} × {name}"),
        None => format!("≥ {bar} × a peer"),
    };
    let Some(own) = measured.speed(scenario, OURS) else {
        return Gate::wrong(scenario, bar_text);
    };
    let Some((name, nanoseconds)) = peer else {
        return Gate {
            what: scenario.to_owned(),
            bar: bar_text,
            outcome: Outcome::Unknown("no peer reads it right"),
        };
    };
    let ratio = nanoseconds / own.nanoseconds;
    Gate::new(scenario, bar_text, ratio >= bar, format!("{ratio:.2} × {name}"))
}

/// The slowest large file against the fastest.
fn evenness(measured: &Measured) -> Gate {
    let (what, bar) = ("slowest file / fastest, bytes a second", "≥ 1/6");
    let mut speeds: Vec<_> = measured
        .times
        .iter()
        .filter(|time| time.contestant == OURS && !NOT_FILES.contains(&time.scenario.as_str()))
        .map(|time| {
            let speed = time.outcome.clone().ok()?;
            Some((speed.bytes / speed.nanoseconds, time.scenario.as_str()))
        })
        .collect();
    speeds.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    let (Some(Some(slow)), Some(Some(fast))) = (speeds.first(), speeds.last()) else {
        return Gate::wrong(what, bar);
    };
    let ratio = slow.0 / fast.0;
    let found = format!("1/{:.1}, {} to {}", 1.0 / ratio, slow.1, fast.1);
    Gate::new(what, bar, ratio >= 1.0 / 6.0, found)
}

fn peak(measured: &Measured) -> Gate {
    let (what, bar) = (
        "peak heap over all inputs, bytes",
        format!("≤ {}", measured.heap_bound),
    );
    let own = measured.heaps.iter().filter(|heap| heap.contestant == OURS);
    match own.max_by_key(|heap| heap.peak_bytes) {
        Some(most) => Gate::new(
            what,
            bar,
            most.peak_bytes <= measured.heap_bound,
            format!("{} for {}", most.peak_bytes, most.input),
        ),
        None => Gate::wrong(what, bar),
    }
}

fn allocations(measured: &Measured) -> Gate {
    let (what, bar) = ("allocations for 9,000 parts more", "= 0");
    let few = measured.allocations("tinyparts-few", OURS);
    let many = measured.allocations("tinyparts", OURS);
    match (few, many) {
        (Some(few), Some(many)) => Gate::new(
            what,
            bar,
            many <= few,
            format!("{} ({few} to {many})", many.saturating_sub(few)),
        ),
        _ => Gate::wrong(what, bar),
    }
}

fn linear(count: &Count) -> Gate {
    let what = format!("{}, instructions at 2n / at n", count.family);
    let bar = format!("≤ {MOST_GROWTH}");
    match &count.cost {
        Ok(cost) => Gate::new(what, bar, cost.is_linear(), format!("{:.2}", cost.growth())),
        Err(why) => Gate::new(what, bar, false, why.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::{linear::Cost, measured::tests::measured};

    fn outcome<'g>(gates: &'g [Gate], what: &str, bar: &str) -> &'g Outcome {
        let found = gates
            .iter()
            .find(|gate| gate.what.starts_with(what) && gate.bar.contains(bar));
        &found.unwrap().outcome
    }

    fn met(gates: &[Gate], what: &str, bar: &str) -> bool {
        matches!(outcome(gates, what, bar), Outcome::Met(_))
    }

    /// All scenarios, ours at the same ratio in each.
    fn times(ratio: f64) -> String {
        let scenarios = OF_REFERENCE.iter().map(|(scenario, _)| *scenario);
        let mut lines = Vec::new();
        for scenario in scenarios.chain(["tinyparts", "small1k"]) {
            let own = 100.0 / ratio;
            lines.push(format!("{scenario} memmem timed 1 1 100 1000"));
            lines.push(format!("{scenario} {OURS} timed {ratio} {ratio} {own} 1000"));
            lines.push(format!("{scenario} s3s-multipart timed 0.5 0.5 200 1000"));
            lines.push(format!("{scenario} other wrong finds nothing"));
        }
        lines.join("\n")
    }

    #[test]
    fn a_gate_is_met_at_its_bar_and_missed_below() {
        let heap = format!("bound 100\ntinyparts-few {OURS} 100 4\ntinyparts {OURS} 100 4");
        let count = |twice| {
            Some(vec![Count {
                family: "cr".to_owned(),
                cost: Ok(Cost {
                    bytes: 1,
                    instructions: 160_000.0,
                    twice,
                }),
            }])
        };
        let good = judge(&measured(&times(5.0), &heap, count(320_000.0)));
        assert!(good.iter().all(|gate| !gate.is_missed()), "{good:#?}");
        let lean = judge(&measured(&times(0.93), &heap, count(640_000.0)));
        assert!(met(&lean, "random", "memmem") && met(&lean, "zeros", "every peer"));
        for (what, bar) in [("nearboundary", "5"), ("tinyparts", "2.5"), ("cr,", "2.3")] {
            assert!(!met(&lean, what, bar), "{what}");
        }
        let slow = judge(&measured(&times(0.45), &heap, count(0.0)));
        assert!(!met(&slow, "random", "memmem") && !met(&slow, "zeros", "every peer"));
    }

    #[test]
    fn the_heap_is_held_against_its_bound_and_parts_are_free() {
        let heap = format!("bound 100\ntinyparts-few {OURS} 100 4\ntinyparts {OURS} 101 5\nzeros big 999 9");
        let gates = judge(&measured(&times(5.0), &heap, None));
        assert_eq!(
            outcome(&gates, "peak", "100"),
            &Outcome::Missed("101 for tinyparts".to_owned())
        );
        assert_eq!(
            outcome(&gates, "allocations", "0"),
            &Outcome::Missed("1 (4 to 5)".to_owned())
        );
        assert!(matches!(outcome(&gates, "hostile", "2.3"), Outcome::Unknown(_)));
    }

    #[test]
    fn the_slowest_file_is_held_against_the_fastest() {
        let times = format!(
            "zeros {OURS} timed 1 1 100 1000\ncrlf {OURS} timed 1 1 700 1000\nsmall1k {OURS} timed 1 1 9999 1"
        );
        let gates = judge(&measured(&times, "", None));
        assert_eq!(
            outcome(&gates, "slowest", "1/6"),
            &Outcome::Missed("1/7.0, crlf to zeros".to_owned())
        );
    }

    #[test]
    fn what_our_reader_gets_wrong_is_missed() {
        let times = times(5.0).replace(&format!("small1k {OURS} timed 5"), "small1k other timed 5");
        let wrong = format!("{times}\nsmall1k {OURS} wrong finds nothing");
        let gates = judge(&measured(&wrong, "", None));
        assert_eq!(
            outcome(&gates, "small1k", "every peer"),
            &Outcome::Missed("not read right".to_owned())
        );
    }
}
