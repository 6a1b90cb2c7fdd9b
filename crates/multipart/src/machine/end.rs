//! The end of the input.

use super::framing::Closing;
use super::{Machine, Source, State, Step};
use crate::scan::Held;
use crate::violation::ViolationId;

impl Machine {
    /// Counts the bytes of a chunk that is used up.
    #[inline]
    pub(crate) fn advance(&mut self, chunk: &[u8]) {
        if let Some(expected) = self.expected {
            let inside = expected.saturating_sub(self.base).min(chunk.len() as u64);
            let inside = usize::try_from(inside).unwrap_or(chunk.len());
            self.beyond.add(&chunk[inside..]);
        }
        self.base += chunk.len() as u64;
    }

    /// The first step when there is no more input, then the second, and so on, until one is `Starved`.
    pub(crate) fn conclude(&mut self) -> Step {
        if let Some(expected) = self.expected.take()
            && expected != self.base
        {
            let span = expected.min(self.base)..expected.max(self.base);
            let part = self.current_part();
            self.reports.add(ViolationId::F21, span, part, self.beyond);
            return Step::Again;
        }
        let in_boundary = self.held.is_in_boundary();
        let id = match self.state {
            State::Preamble if self.base == 0 => ViolationId::F16,
            State::Preamble | State::Content if !in_boundary => ViolationId::F10,
            State::Preamble | State::Content | State::Line(_) => ViolationId::F11,
            State::Block(_) | State::Head(_) => ViolationId::F12,
            State::Closing(_) | State::Epilogue => return self.conclude_epilogue(),
            State::Cut => return self.conclude_cut(),
            State::Ended => return Step::Starved,
        };
        if self.note(id, self.base, &[]) {
            let is_preamble = matches!(self.state, State::Preamble) && self.base > 0;
            self.state = match self.state {
                State::Content => State::Cut,
                _ => State::Closing(Closing::default()),
            };
            if is_preamble {
                return Step::Preamble(0..self.base);
            }
        }
        Step::Again
    }

    /// A part that was cut ends with the input: what waited is content, unless it is half a boundary.
    fn conclude_cut(&mut self) -> Step {
        let held = std::mem::replace(&mut self.held, Held::NOTHING);
        let waiting = held.waiting();
        if !waiting.is_empty() && !held.is_in_boundary() {
            let len = waiting.len();
            return self.hand_out(&[], Source::Delimiter(waiting), len);
        }
        self.state = State::Closing(Closing::default());
        let part = &self.part;
        Step::PartEnd {
            index: part.index,
            span: part.start..part.content + part.len,
            len: part.len,
        }
    }

    /// What waited for the rest of a delimiter is epilogue after all.
    fn conclude_epilogue(&mut self) -> Step {
        if let State::Closing(Closing {
            carriage_return: true,
            ..
        }) = self.state
        {
            self.begin_epilogue(self.base - 1, Held::NOTHING);
            self.add_epilogue(&[], &Source::Delimiter(0..1));
            return Step::Again;
        }
        let waiting = std::mem::replace(&mut self.held, Held::NOTHING).waiting();
        if matches!(self.state, State::Epilogue) && !waiting.is_empty() {
            self.add_epilogue(&[], &Source::Delimiter(waiting));
            return Step::Again;
        }
        let has_epilogue = matches!(self.state, State::Epilogue) && !self.text.is_empty();
        if has_epilogue {
            self.state = State::Closing(Closing::default());
            return Step::Epilogue(self.text.clone());
        }
        self.state = State::Ended;
        Step::End
    }
}
