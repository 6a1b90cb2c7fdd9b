//! What the programs of `bench/` print about the check of files, read.

use anyhow::{Context, Result, bail};

/// The lane of our check.
pub(super) const OURS: &str = "rebuttal-validate";

/// Lanes that are no limit of the machine for one kind of file.
const OTHERS: &[&str] = &[OURS, "copy", "infer", "file-format"];

#[derive(Debug, Default)]
pub(super) struct Measured {
    pub(super) times: Vec<Time>,
    /// Samples with the outcome and the codes that the check came to.
    verdicts: Vec<(String, String)>,
    /// Samples with the peak of a check's heap, in bytes.
    peaks: Vec<(String, u64)>,
}

/// How long one lane took for one sample.
#[derive(Clone, Debug)]
pub(super) struct Time {
    pub(super) sample: String,
    pub(super) lane: String,
    /// The best of all rounds.
    pub(super) nanoseconds: f64,
    /// Median of our time over this one's within each round.
    pub(super) median: f64,
}

impl Measured {
    pub(super) fn read(times: &str, heap: &str) -> Result<Self> {
        let mut measured = Self::default();
        for text in times.lines() {
            measured.add(text).with_context(|| unexpected(text))?;
        }
        for line in heap.lines() {
            let fields: Vec<_> = line.split('\t').collect();
            let [sample, peak, _] = fields.as_slice() else {
                bail!(unexpected(line));
            };
            let peak = peak.parse().with_context(|| unexpected(line))?;
            measured.peaks.push(((*sample).to_owned(), peak));
        }
        Ok(measured)
    }

    fn add(&mut self, text: &str) -> Result<()> {
        let fields: Vec<_> = text.split('\t').collect();
        match fields.as_slice() {
            [sample, "verdict", outcome, codes] => {
                let verdict = format!("{outcome} {codes}").trim().to_owned();
                self.verdicts.push(((*sample).to_owned(), verdict));
            }
            [sample, lane, "timed", best, median, _] => self.times.push(Time {
                sample: (*sample).to_owned(),
                lane: (*lane).to_owned(),
                nanoseconds: best.parse()?,
                median: median.parse()?,
            }),
            _ => bail!("expected other fields"),
        }
        Ok(())
    }

    pub(super) fn time(&self, sample: &str, lane: &str) -> Option<&Time> {
        let mut times = self.times.iter();
        times.find(|time| time.sample == sample && time.lane == lane)
    }

    /// Our best time over the lane's best.
    pub(super) fn ratio(&self, sample: &str, lane: &str) -> Option<f64> {
        let own = self.time(sample, OURS)?;
        Some(own.nanoseconds / self.time(sample, lane)?.nanoseconds)
    }

    /// The lane that is the limit for this sample.
    pub(super) fn limit(&self, sample: &str) -> Option<&str> {
        let mut lanes = self.times.iter().filter(|time| time.sample == sample);
        lanes
            .find(|time| !OTHERS.contains(&time.lane.as_str()))
            .map(|time| time.lane.as_str())
    }

    pub(super) fn verdict(&self, sample: &str) -> Option<&str> {
        let mut verdicts = self.verdicts.iter();
        verdicts
            .find(|(name, _)| name == sample)
            .map(|(_, verdict)| verdict.as_str())
    }

    pub(super) fn peak(&self, sample: &str) -> Option<u64> {
        let mut peaks = self.peaks.iter();
        peaks.find(|(name, _)| name == sample).map(|(_, peak)| *peak)
    }

    /// The largest peak, with its sample.
    pub(super) fn most(&self) -> Option<(&str, u64)> {
        let most = self.peaks.iter().max_by_key(|(_, peak)| *peak);
        most.map(|(name, peak)| (name.as_str(), *peak))
    }
}

fn unexpected(line: &str) -> String {
    format!("expected a line of measurements, found {line:?}")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Measurements from lines with spaces for tabs.
    pub(in crate::bench::validate) fn measured(times: &str, heap: &str) -> Measured {
        Measured::read(&times.replace(' ', "\t"), &heap.replace(' ', "\t")).unwrap()
    }

    #[test]
    fn what_the_programs_print_is_read() {
        let measured = measured(
            "a verdict warn x,y\na rebuttal-validate timed 300 1 9\na copy timed 100 2.5 9\na memchr timed 150 2 9\n\
             b rebuttal-validate timed 1 1 9",
            "a 7 1\nb 9 1",
        );
        assert_eq!(measured.ratio("a", "copy"), Some(3.0));
        assert_eq!((measured.limit("a"), measured.limit("b")), (Some("memchr"), None));
        assert_eq!(measured.verdict("a"), Some("warn x,y"));
        assert_eq!((measured.peak("a"), measured.most()), (Some(7), Some(("b", 9))));
        for bad in ["a", "a\tcopy\ttimed\tx\t1\t1"] {
            assert!(Measured::read(bad, "").is_err(), "{bad}");
        }
        assert!(Measured::read("", "a\tx\t1").is_err());
    }
}
