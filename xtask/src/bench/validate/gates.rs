//! What the check has to reach.

use super::{files::Crowd, measured::Measured};
use crate::bench::gates::{Gate, Outcome};

/// Samples, the lane that each is held against, and the most that the check may take of it.
const OF_LIMIT: &[(&str, &str, f64)] = &[
    ("png-walk", "crc32fast", 1.3),
    ("png-photo", "flate2", 1.2),
    ("png-stored", "flate2", 1.2),
    ("jpeg-photo", "memchr", 2.5),
    ("pdf-scan", "memmem", 5.0),
    ("pdf-pages", "memmem", 5.0),
];

/// Hostile shapes start so.
const HOSTILE: &str = "hostile-";

/// The most that a hostile shape may take, in copies out of the page cache.
const MOST_COPIES: f64 = 20.0;

/// The most heap of a check, in bytes.
const HEAP_BYTES: u64 = 64 * 1024;

/// The most that many files may take, in times of `cat`.
const MOST_CATS: f64 = 1.5;

/// The crowd that is judged: the others show what it is made of.
pub(super) const ALL_FILES: &str = "all";

pub(super) fn judge(measured: &Measured, crowds: &[Crowd]) -> Vec<Gate> {
    let mut gates = Vec::new();
    for (sample, lane, most) in OF_LIMIT {
        gates.push(of_lane(measured, sample, lane, *most));
    }
    let hostile = measured
        .samples()
        .into_iter()
        .filter(|name| name.starts_with(HOSTILE));
    gates.extend(hostile.map(|sample| of_lane(measured, sample, "copy", MOST_COPIES)));
    if let Some((sample, peak)) = measured.most() {
        let what = "peak heap of a check over all files, bytes";
        let bar = format!("< {HEAP_BYTES}");
        gates.push(Gate::new(
            what,
            bar,
            peak < HEAP_BYTES,
            format!("{peak} for {sample}"),
        ));
    }
    gates.extend(
        crowds
            .iter()
            .filter(|crowd| crowd.name == ALL_FILES)
            .map(|crowd| {
                let ratio = crowd.ratio();
                let what = format!("{} files of 1 MB", crowd.files);
                Gate::new(
                    what,
                    format!("≤ {MOST_CATS} × cat"),
                    ratio <= MOST_CATS,
                    format!("{ratio:.2}"),
                )
            }),
    );
    gates
}

fn of_lane(measured: &Measured, sample: &str, lane: &str, most: f64) -> Gate {
    let bar = format!("≤ {most} × {lane}");
    match measured.ratio(sample, lane) {
        Some(ratio) => Gate::new(sample, bar, ratio <= most, format!("{ratio:.2}")),
        None => Gate {
            what: sample.to_owned(),
            bar,
            outcome: Outcome::Unknown("not among the samples"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{super::measured::tests::measured, *};

    fn missed(times: &str, heap: &str, check: f64) -> Vec<String> {
        let crowd = |name: &str| Crowd {
            name: name.to_owned(),
            files: 3,
            check,
            cat: 1.0,
        };
        let gates = judge(&measured(times, heap), &[crowd("png"), crowd(ALL_FILES)]);
        let missed = gates.into_iter().filter(Gate::is_missed);
        missed.map(|gate| gate.what).collect()
    }

    #[test]
    fn a_gate_is_met_at_its_bar_and_missed_above() {
        let times = |own: u32| {
            format!(
                "png-walk rebuttal-validate timed {own} 1 9\npng-walk crc32fast timed 100 1 9\n\
                 hostile-x rebuttal-validate timed {own} 1 9\nhostile-x copy timed 6 1 9"
            )
        };
        assert_eq!(missed(&times(120), "png-walk 65535 1", 1.5), [""; 0]);
        assert_eq!(
            missed(&times(131), "png-walk 65536 1", 1.6),
            [
                "png-walk",
                "hostile-x",
                "peak heap of a check over all files, bytes",
                "3 files of 1 MB"
            ]
        );
    }
}
