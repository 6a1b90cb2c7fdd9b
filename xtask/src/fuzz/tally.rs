//! What a run of one target came to.

use std::{path::PathBuf, time::Duration};

use super::{finding::Finding, pulse::Pulse};

/// How many files of one kind of finding are kept, the first ones.
const KEPT: usize = 3;

/// What is counted while the processes of one target run.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) target: String,
    pub(super) processes: u64,
    pub(super) elapsed: Duration,
    pub(super) runs: u64,
    /// What the inputs reached that were there before, once they have been run.
    pub(super) edges_before: Option<u64>,
    pub(super) edges: u64,
    pub(super) features: u64,
    /// When the last edge was found that no input before had reached, since the start.
    pub(super) newest: Duration,
    /// Files and bytes of the working corpus before and after.
    pub(super) work: [(usize, u64); 2],
    pub(super) samples: Samples,
    pub(super) groups: Vec<Group>,
    pub(super) restarts: u32,
    /// Why it ended before its time.
    pub(super) stopped: Option<String>,
}

/// Findings of one signature.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Group {
    pub(super) signature: String,
    /// What the first of them said.
    pub(super) told: String,
    pub(super) count: u64,
    /// The files that show it.
    pub(super) artifacts: Vec<PathBuf>,
}

impl Tally {
    /// Takes what a process counts into account.
    pub(super) fn count(&mut self, pulse: Pulse, now: Duration) {
        self.features = self.features.max(pulse.features);
        if !pulse.inited {
            return;
        }
        if self.edges_before.is_none() {
            self.edges_before = Some(pulse.edges);
            self.edges = pulse.edges;
        }
        if pulse.edges > self.edges {
            self.edges = pulse.edges;
            self.newest = now;
        }
    }

    /// Adds a finding; the file that is not worth keeping, since there are enough of its kind, is handed back.
    pub(super) fn found(&mut self, finding: Finding) -> Option<PathBuf> {
        let artifact = finding.artifact.map(PathBuf::from);
        let known = self
            .groups
            .iter_mut()
            .find(|group| group.signature == finding.signature);
        let Some(group) = known else {
            self.groups.push(Group {
                signature: finding.signature,
                told: finding.told,
                count: 1,
                artifacts: artifact.into_iter().collect(),
            });
            return None;
        };
        group.count += 1;
        match artifact {
            Some(path) if group.artifacts.contains(&path) => None,
            Some(path) if group.artifacts.len() < KEPT => {
                group.artifacts.push(path);
                None
            }
            surplus => surplus,
        }
    }

    /// Executions a second, over all processes.
    pub(super) fn rate(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 {
            to_float(self.runs) / seconds
        } else {
            0.0
        }
    }

    /// How long nothing new has been reached.
    pub(super) fn since_new_edge(&self) -> Duration {
        self.elapsed.saturating_sub(self.newest)
    }
}

/// A count as it is plotted; counts beyond 2^53 lose their last digits, which no plot shows.
#[expect(clippy::cast_precision_loss, reason = "for rates and plots")]
pub(super) fn to_float(count: u64) -> f64 {
    count as f64
}

/// How the counts grew: seconds since the start, runs, edges, features, corpus.
pub(super) type Sample = [u64; 5];

/// Samples at even distances, never more than a few, however long a run is.
#[derive(Clone, Debug, Default)]
pub(super) struct Samples {
    pub(super) taken: Vec<Sample>,
    /// Seconds between two of them, less one.
    sparse: u64,
}

const MOST: usize = 96;

impl Samples {
    /// Takes a sample, where one is due at this second.
    pub(super) fn offer(&mut self, sample: Sample) {
        let due = self
            .taken
            .last()
            .is_none_or(|last| sample[0] > last[0] + self.sparse);
        if !due {
            return;
        }
        self.finish(sample);
    }

    /// Takes the last sample, in place of one of the same second.
    pub(super) fn finish(&mut self, sample: Sample) {
        self.taken.pop_if(|last| last[0] >= sample[0]);
        self.taken.push(sample);
        if self.taken.len() > MOST {
            let mut index = 0;
            self.taken.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.sparse = self.sparse * 2 + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(signature: &str, artifact: &str) -> Finding {
        Finding {
            signature: signature.to_owned(),
            told: String::new(),
            artifact: (!artifact.is_empty()).then(|| artifact.to_owned()),
        }
    }

    #[test]
    fn findings_are_grouped_and_few_files_of_each_are_kept() {
        let mut tally = Tally::default();
        for (artifact, surplus) in [
            ("1", None),
            ("2", None),
            ("1", None),
            ("3", None),
            ("4", Some("4")),
            ("", None),
        ] {
            assert_eq!(
                tally.found(finding("a", artifact)),
                surplus.map(PathBuf::from),
                "{artifact}"
            );
        }
        assert_eq!(tally.found(finding("b", "5")), None);
        let counts: Vec<_> = tally
            .groups
            .iter()
            .map(|group| (group.count, group.artifacts.len()))
            .collect();
        assert_eq!(counts, [(6, 3), (1, 1)]);
    }

    #[test]
    fn an_edge_is_new_when_no_input_from_before_reached_it() {
        let mut tally = Tally::default();
        let pulse = |edges, inited| Pulse {
            edges,
            inited,
            ..Pulse::default()
        };
        tally.count(pulse(5, false), Duration::from_secs(1));
        tally.count(pulse(90, true), Duration::from_secs(2));
        assert_eq!((tally.edges_before, tally.newest), (Some(90), Duration::ZERO));
        tally.count(pulse(91, true), Duration::from_secs(7));
        tally.count(pulse(90, true), Duration::from_secs(9));
        tally.elapsed = Duration::from_secs(10);
        assert_eq!(
            (tally.edges, tally.since_new_edge()),
            (91, Duration::from_secs(3))
        );
    }

    #[test]
    fn samples_stay_few_and_even() {
        let mut samples = Samples::default();
        for second in 0..100_000 {
            samples.offer([second, 0, 0, 0, 0]);
        }
        assert!(
            (MOST / 2..=MOST).contains(&samples.taken.len()),
            "{}",
            samples.taken.len()
        );
        let steps: Vec<_> = samples
            .taken
            .windows(2)
            .map(|pair| pair[1][0] - pair[0][0])
            .collect();
        assert!(steps.windows(2).all(|pair| pair[0] == pair[1]), "{steps:?}");
    }
}
