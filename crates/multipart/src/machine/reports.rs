//! What the machine has found wrong, until it is handed out.

use std::collections::VecDeque;

use crate::error::{Error, Violation, Window};
use crate::parser::Mode;
use crate::violation::{Severity, ViolationId};

/// Violations that wait to be handed out, and the one that stops the reader.
#[derive(Debug)]
pub(super) struct Reports {
    mode: Mode,
    /// How many more may be reported.
    room: usize,
    waiting: VecDeque<Violation>,
    failure: Option<Error>,
}

impl Reports {
    pub(super) fn new(mode: Mode, room: usize) -> Self {
        Self {
            mode,
            room,
            waiting: VecDeque::new(),
            failure: None,
        }
    }

    /// Whether the reader goes on.
    pub(super) fn add(&mut self, id: ViolationId, offset: u64, part: Option<u32>, found: Window) -> bool {
        let Some(severity) = id.severity(self.mode) else {
            return true;
        };
        if severity == Severity::Error {
            self.fail(id, offset, part, found);
        } else {
            self.push(Violation {
                id,
                severity,
                offset,
                part,
                found,
            });
        }
        self.failure.is_none()
    }

    /// Reports what is no more than information in every mode.
    pub(super) fn add_info(&mut self, id: ViolationId, offset: u64, found: Window) {
        self.push(Violation {
            id,
            severity: Severity::Info,
            offset,
            part: None,
            found,
        });
    }

    fn push(&mut self, violation: Violation) {
        if self.room == 0 {
            self.fail(
                ViolationId::L09,
                violation.offset,
                violation.part,
                violation.found,
            );
        } else {
            self.room -= 1;
            self.waiting.push_back(violation);
        }
    }

    /// The first failure stays.
    pub(super) fn fail(&mut self, violation: ViolationId, offset: u64, part: Option<u32>, found: Window) {
        self.failure.get_or_insert(Error {
            violation,
            offset,
            part,
            found,
        });
    }

    pub(super) fn next(&mut self) -> Option<Violation> {
        self.waiting.pop_front()
    }

    pub(super) fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }
}
