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
    /// What waits of a header block, small because there can be much of it.
    of_block: VecDeque<OfBlock>,
    failure: Option<Diagnosis>,
}

/// A finding in a header block, whose bytes are still there when it is handed out.
#[derive(Clone, Debug)]
struct OfBlock {
    id: ViolationId,
    severity: Severity,
    start: u32,
    len: u32,
}

/// A part and its header block, as far as it is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block<'b> {
    pub(super) part: u32,
    /// Where it begins, in bytes of the body.
    pub(super) start: u64,
    pub(super) bytes: &'b [u8],
    /// The line ends that spaces stand for by now.
    pub(super) folds: &'b [Range<usize>],
}

impl Block<'_> {
    fn diagnosis(self, id: ViolationId, severity: Severity, span: &Range<usize>) -> Diagnosis {
        Diagnosis {
            id,
            severity,
            place: Place::Body,
            span: self.start + span.start as u64..self.start + span.end as u64,
            part: Some(self.part),
            found: self.window(span),
        }
    }

    /// The beginning of a span, as it came.
    fn window(self, span: &Range<usize>) -> Window {
        let found = self.bytes.get(span.clone()).unwrap_or_default();
        let mut shown = [0; Window::MAX_BYTES];
        let len = found.len().min(shown.len());
        shown[..len].copy_from_slice(&found[..len]);
        for fold in self.folds {
            for (place, byte) in fold.clone().rev().zip(b"\n\r") {
                if let Some(at) = place.checked_sub(span.start).filter(|at| *at < len) {
                    shown[at] = *byte;
                }
            }
        }
        Window::new(&shown[..len])
    }
}

impl Reports {
    pub(super) fn new(policy: Policy, room: usize) -> Self {
        Self {
            policy,
            pending: false,
            room,
            waiting: VecDeque::new(),
            of_block: VecDeque::new(),
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

    /// Whether the reader goes on behind a finding in a header block; `span` is that within the block.
    pub(super) fn add_of_block(
        &mut self,
        id: ViolationId,
        span: &Range<usize>,
        is_ambiguous: bool,
        block: Block<'_>,
    ) -> bool {
        let action = if is_ambiguous {
            self.policy.action_where_ambiguous(id)
        } else {
            self.policy.action(id)
        };
        let severity = self.policy.severity(id, action);
        let small = |number: usize| u32::try_from(number).ok();
        match action {
            Action::Allow => return self.failure.is_none(),
            Action::Report if self.room > 0 => {
                // A block of 4 GiB is beyond any limit that is meant.
                if let (Some(start), Some(len)) = (small(span.start), small(span.len())) {
                    self.room -= 1;
                    self.pending = true;
                    self.of_block.push_back(OfBlock {
                        id,
                        severity,
                        start,
                        len,
                    });
                    return self.failure.is_none();
                }
            }
            Action::Report | Action::Deny => {}
        }
        let id = if action == Action::Report {
            ViolationId::L09
        } else {
            id
        };
        self.pending = true;
        self.failure
            .get_or_insert(block.diagnosis(id, Severity::Error, span));
        false
    }

    /// Reports what is no more than information in every mode, unless it is allowed.
    pub(super) fn add_info(&mut self, id: ViolationId, span: Range<u64>, found: Window) {
        if self.policy.action(id) == Action::Allow {
            return;
        }
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

    pub(super) fn next(&mut self, block: Block<'_>) -> Option<Diagnosis> {
        // Both wait at once only where a boundary ends the block, behind all that is in it.
        let of_block = self.of_block.pop_front().map(|found| {
            let start = found.start as usize;
            let span = start..start + found.len as usize;
            block.diagnosis(found.id, found.severity, &span)
        });
        let next = of_block.or_else(|| self.waiting.pop_front());
        let waits = !self.waiting.is_empty() || !self.of_block.is_empty();
        self.pending = self.failure.is_some() || waits;
        next
    }

    pub(super) fn failure(&self) -> Option<&Diagnosis> {
        self.failure.as_ref()
    }
}
