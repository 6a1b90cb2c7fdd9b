//! What a reader puts up with: a mode, and exceptions from it.

use crate::violation::{Severity, ViolationId};

/// How much a reader puts up with. [`ViolationId::severity`] has the difference in full.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Mode {
    /// Stops at whatever leaves room for a second reading, or that RFC 7578 forbids. For tests of senders.
    Strict,
    /// Goes on wherever there is one reading, and reports what was wrong. For servers.
    Lenient,
    /// Goes on behind everything but limits, with the reading that most readers have, and lists all that
    /// strict mode would stop at. For people who look at a body; never for a server.
    Observe,
}

/// What a reader does at a violation.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Action {
    /// Stops.
    Deny,
    /// Reports it and goes on.
    Report,
    /// Goes on without a word.
    Allow,
}

/// A mode, with exceptions for single violations.
///
/// ```
/// use rebuttal_multipart::{Action, Mode, Policy, ViolationId};
///
/// let policy = Policy::new(Mode::Strict).with(ViolationId::D07, Action::Report);
/// assert_eq!(policy.action(ViolationId::D07), Action::Report);
/// assert_eq!(policy.action(ViolationId::D08), Action::Deny);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Policy {
    mode: Mode,
    actions: [Action; COUNT],
}

const COUNT: usize = ViolationId::ALL.len();

const STRICT: [Action; COUNT] = actions(Mode::Strict);
const LENIENT: [Action; COUNT] = actions(Mode::Lenient);
const OBSERVE: [Action; COUNT] = actions(Mode::Observe);

const fn actions(mode: Mode) -> [Action; COUNT] {
    let mut actions = [Action::Allow; COUNT];
    let mut at = 0;
    while at < COUNT {
        let id = ViolationId::ALL[at];
        actions[at] = match (id.severity(mode), mode) {
            (None, _) => Action::Allow,
            (Some(Severity::Error), Mode::Strict | Mode::Lenient) => Action::Deny,
            (Some(_), Mode::Observe) if id.is_hard() => Action::Deny,
            (Some(_), _) => Action::Report,
        };
        at += 1;
    }
    actions
}

impl Policy {
    /// The mode without exceptions.
    pub const fn new(mode: Mode) -> Self {
        let actions = match mode {
            Mode::Strict => STRICT,
            Mode::Lenient => LENIENT,
            Mode::Observe => OBSERVE,
        };
        Self { mode, actions }
    }

    /// Makes an exception. Where the reader goes on behind what its mode would stop at, it reads on as
    /// [`Mode::Observe`] does. A violation that is [hard](ViolationId::is_hard) is denied all the same, and so is
    /// in lenient mode what leaves two readings there (see [`ViolationId::severity`]). The lone CRLF before
    /// and behind a body is information whatever the action on `F01` and `F13`, unless that is `Allow`.
    #[must_use]
    pub const fn with(mut self, id: ViolationId, action: Action) -> Self {
        if !id.is_hard() {
            self.actions[id as usize] = action;
        }
        self
    }

    /// The mode.
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// What a reader does at a violation, where it leaves one reading.
    pub const fn action(&self, id: ViolationId) -> Action {
        self.actions[id as usize]
    }

    /// What a reader does at this occurrence of a violation, which leaves two readings.
    pub(crate) const fn action_where_ambiguous(&self, id: ViolationId) -> Action {
        match (self.mode, self.action(id)) {
            (Mode::Lenient, _) => Action::Deny,
            (_, action) => action,
        }
    }

    /// How serious a violation is when this policy takes that action on it.
    pub(crate) fn severity(&self, id: ViolationId, action: Action) -> Severity {
        match action {
            Action::Deny => Severity::Error,
            Action::Report | Action::Allow => id.severity(self.mode).unwrap_or(Severity::Info),
        }
    }
}

impl From<Mode> for Policy {
    fn from(mode: Mode) -> Self {
        Self::new(mode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_index_the_tables() {
        for (index, id) in ViolationId::ALL.iter().enumerate() {
            assert_eq!(*id as usize, index);
        }
    }

    #[test]
    fn only_what_is_hard_stops_one_who_observes() {
        let policy = Policy::new(Mode::Observe);
        for id in ViolationId::ALL {
            assert_eq!(policy.action(*id) == Action::Deny, id.is_hard(), "{id}");
            let relaxed = Policy::new(Mode::Strict).with(*id, Action::Allow);
            assert_eq!(relaxed.action(*id) == Action::Deny, id.is_hard(), "{id}");
        }
    }

    #[test]
    fn an_exception_is_for_one_violation() {
        let policy = Policy::new(Mode::Lenient).with(ViolationId::F01, Action::Deny);
        for id in ViolationId::ALL {
            let wanted = if *id == ViolationId::F01 {
                Action::Deny
            } else {
                Policy::new(Mode::Lenient).action(*id)
            };
            assert_eq!(policy.action(*id), wanted, "{id}");
        }
    }
}
