//! What a line of libFuzzer's log counts.

/// One line that begins with `#`, such as `#99 NEW cov: 34 ft: 40 corp: 2/9b exec/s: 0 rss: 27Mb`, with a tab
/// behind the number.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Pulse {
    /// Inputs run so far.
    pub(super) runs: u64,
    /// Edges of the program that some input reached.
    pub(super) edges: u64,
    /// Edges told apart by how often they are taken, and the like.
    pub(super) features: u64,
    /// Inputs that libFuzzer goes on from.
    pub(super) corpus: u64,
    /// Whether the inputs that were there before have all been run.
    pub(super) inited: bool,
}

impl Pulse {
    /// Reads a line; `None` is any other line.
    pub(super) fn read(line: &str) -> Option<Self> {
        let (runs, rest) = line.strip_prefix('#')?.split_once('\t')?;
        let runs = runs.parse().ok()?;
        let mut words = rest.split_whitespace();
        let kind = words.next()?;
        let mut pulse = Self {
            runs,
            inited: kind != "READ",
            ..Self::default()
        };
        while let (Some(name), Some(value)) = (words.next(), words.clone().next()) {
            let number = || value.split('/').next().and_then(|number| number.parse().ok());
            match name {
                "cov:" => pulse.edges = number()?,
                "ft:" => pulse.features = number()?,
                "corp:" => pulse.corpus = number()?,
                _ => {}
            }
        }
        Some(pulse)
    }
}

/// A count that `-print_final_stats=1` prints at the end.
pub(super) fn stat(line: &str, name: &str) -> Option<u64> {
    let rest = line.strip_prefix("stat::")?.strip_prefix(name)?;
    rest.strip_prefix(':')?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_are_read_from_the_log() {
        let pulse = |runs, edges, features, corpus, inited| {
            Some(Pulse {
                runs,
                edges,
                features,
                corpus,
                inited,
            })
        };
        for (line, wanted) in [
            (
                "#99\tNEW    cov: 34 ft: 40 corp: 2/9b lim: 4 exec/s: 0 rss: 27Mb L: 2/2 MS: 1 CopyPart-",
                pulse(99, 34, 40, 2, true),
            ),
            (
                "#2097152\tpulse  cov: 120 ft: 300 corp: 81/90Kb exec/s: 99",
                pulse(2_097_152, 120, 300, 81, true),
            ),
            ("#2\tINITED exec/s: 0 rss: 27Mb", pulse(2, 0, 0, 0, true)),
            (
                "#128\tREAD units: 128 exec/s: 0 rss: 27Mb",
                pulse(128, 0, 0, 0, false),
            ),
            ("INFO: seed corpus: files: 8", None),
            ("#x\tNEW cov: 1", None),
            ("", None),
        ] {
            assert_eq!(Pulse::read(line), wanted, "{line}");
        }
    }

    #[test]
    fn the_final_counts_are_read_by_name() {
        assert_eq!(
            stat("stat::number_of_executed_units: 1234", "number_of_executed_units"),
            Some(1234)
        );
        assert_eq!(
            stat("stat::average_exec_per_sec:     56", "average_exec_per_sec"),
            Some(56)
        );
        assert_eq!(stat("stat::new_units_added: 1", "number_of_executed_units"), None);
    }
}
