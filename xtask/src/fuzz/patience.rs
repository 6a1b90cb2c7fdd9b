//! Whether a target that broke is worth another start.

use std::{collections::BTreeSet, time::Duration};

/// What becomes of a process that ended with a finding.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Next {
    /// It is started again, after a while.
    After(Duration),
    /// The target is given up.
    Never(&'static str),
}

/// What was seen of one target in this run.
#[derive(Debug, Default)]
pub(super) struct Patience {
    known: BTreeSet<String>,
    /// Ends in a row that showed nothing new.
    repeats: u32,
    /// Ends in a row before the inputs that were there had all been run.
    early: u32,
}

const REPEATS: u32 = 20;
const EARLY: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

impl Patience {
    /// `early`: the process had not yet run all inputs that were there before.
    pub(super) fn after(&mut self, signature: &str, early: bool) -> Next {
        self.early = if early { self.early + 1 } else { 0 };
        if self.early >= EARLY {
            return Next::Never(
                "it breaks on an input that is kept: mend that first (`fuzz replay` names it)",
            );
        }
        if self.known.insert(signature.to_owned()) {
            self.repeats = 0;
            return Next::After(Duration::ZERO);
        }
        self.repeats += 1;
        if self.repeats >= REPEATS {
            return Next::Never("it breaks in the same way again and again: mend that first");
        }
        Next::After(LONGEST_WAIT.min(FIRST_WAIT * 2_u32.saturating_pow(self.repeats - 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_starts_at_once_and_what_repeats_waits_longer() {
        let mut patience = Patience::default();
        let millis = |count| Next::After(Duration::from_millis(count));
        assert_eq!(patience.after("a", false), millis(0));
        assert_eq!(patience.after("a", false), millis(250));
        assert_eq!(patience.after("a", false), millis(500));
        assert_eq!(patience.after("b", false), millis(0));
        assert_eq!(patience.after("a", false), millis(250));
        for _ in 0..18 {
            assert!(matches!(patience.after("a", false), Next::After(wait) if wait <= LONGEST_WAIT));
        }
        assert!(matches!(patience.after("a", false), Next::Never(_)));
    }

    #[test]
    fn a_target_that_breaks_at_once_is_given_up() {
        let mut patience = Patience::default();
        assert!(matches!(patience.after("a", true), Next::After(_)));
        assert!(matches!(patience.after("b", true), Next::After(_)));
        assert!(matches!(patience.after("c", true), Next::Never(why) if why.contains("kept")));
        let mut patience = Patience::default();
        for _ in 0..2 {
            assert!(matches!(patience.after("a", true), Next::After(_)));
        }
        assert!(matches!(patience.after("a", false), Next::After(_)));
        assert!(matches!(patience.after("a", true), Next::After(_)));
    }
}
