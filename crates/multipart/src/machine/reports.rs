//! What the machine has found wrong, until it is handed out.

use std::collections::VecDeque;
use std::ops::Range;

use crate::error::{Diagnosis, Place, Window};
use crate::policy::{Action, Policy};
use crate::violation::{Severity, ViolationId};

/// Diagnoses that wait to be handed out, and the one that stops the reader.
#[derive(Debug)]
pub(super) struct Reports {
    policy: Policy,
    /// Whether anything waits to be handed out.
    pending: bool,
    /// How many more may be reported.
    room: usize,
    waiting: VecDeque<Diagnosis>,
    failure: Option<Diagnosis>,
}

impl Reports {
    pub(super) fn new(policy: Policy, room: usize) -> Self {
        Self {
            policy,
            pending: false,
            room,
            waiting: VecDeque::new(),
            failure: None,
        }
    }

    /// Whether the reader goes on.
    pub(super) fn add(
        &mut self,
        id: ViolationId,
        span: Range<u64>,
        part: Option<u32>,
        found: Window,
    ) -> bool {
        self.take(self.policy.action(id), id, span, part, found)
    }

    /// Whether the reader goes on behind what leaves two readings here.
    pub(super) fn add_ambiguous(
        &mut self,
        id: ViolationId,
        span: Range<u64>,
        part: Option<u32>,
        found: Window,
    ) -> bool {
        self.take(self.policy.action_where_ambiguous(id), id, span, part, found)
    }

    /// Reports what is no more than information in every mode.
    pub(super) fn add_info(&mut self, id: ViolationId, span: Range<u64>, found: Window) {
        self.push(Diagnosis {
            id,
            severity: Severity::Info,
            place: Place::Body,
            span,
            part: None,
            found,
        });
    }

    fn take(
        &mut self,
        action: Action,
        id: ViolationId,
        span: Range<u64>,
        part: Option<u32>,
        found: Window,
    ) -> bool {
        match action {
            Action::Deny => self.fail(id, span, part, found),
            Action::Allow => {}
            Action::Report => self.push(Diagnosis {
                id,
                severity: self.policy.severity(id, action),
                place: Place::Body,
                span,
                part,
                found,
            }),
        }
        self.failure.is_none()
    }

    fn push(&mut self, diagnosis: Diagnosis) {
        if self.room == 0 {
            self.fail(ViolationId::L09, diagnosis.span, diagnosis.part, diagnosis.found);
        } else {
            self.room -= 1;
            self.pending = true;
            self.waiting.push_back(diagnosis);
        }
    }

    /// The first failure stays.
    pub(super) fn fail(&mut self, id: ViolationId, span: Range<u64>, part: Option<u32>, found: Window) {
        self.pending = true;
        self.failure.get_or_insert(Diagnosis {
            id,
            severity: Severity::Error,
            place: Place::Body,
            span,
            part,
            found,
        });
    }

    pub(super) fn is_pending(&self) -> bool {
        self.pending
    }

    pub(super) fn next(&mut self) -> Option<Diagnosis> {
        let next = self.waiting.pop_front();
        self.pending = self.failure.is_some() || !self.waiting.is_empty();
        next
    }

    pub(super) fn failure(&self) -> Option<&Diagnosis> {
        self.failure.as_ref()
    }
}
