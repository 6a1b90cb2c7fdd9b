//! What a strict and a lenient reader make of a body.

use rebuttal_multipart::{
    Boundary, ContentType, Diagnosis, Event, Events, Limits, Mode, Parser, Severity, ViolationId,
};

/// What a reader came to.
#[derive(Clone, Debug, Default)]
pub(super) struct Verdict {
    /// What it stopped at; `None` when it read all.
    pub(super) stopped: Option<Diagnosis>,
    /// Parts read to their end.
    pub(super) parts: usize,
    /// Whether it had a boundary to read with.
    pub(super) has_read: bool,
    pub(super) warnings: usize,
    pub(super) infos: usize,
}

/// A reader in one mode, with the default limits.
pub(super) struct Reader {
    parser: Option<Parser>,
    verdict: Verdict,
}

impl Reader {
    /// Takes the boundary from the value of `Content-Type`, or the one that was guessed where there is none to
    /// judge.
    pub(super) fn new(
        value: Option<&[u8]>,
        guessed: Option<&Boundary>,
        mode: Mode,
        length: Option<u64>,
    ) -> Self {
        let mut verdict = Verdict::default();
        let boundary = match value {
            None => guessed.copied(),
            Some(value) => {
                let read = ContentType::read(value, &mode.into());
                read.diagnoses().iter().for_each(|it| verdict.count(it));
                let boundary = read.boundary().copied();
                boundary.map_err(|stop| verdict.stopped = Some(stop)).ok()
            }
        };
        let parser = boundary.map(|boundary| {
            let parser = Parser::new(boundary, mode, Limits::default());
            match length {
                Some(length) => parser.expecting(length),
                None => parser,
            }
        });
        verdict.has_read = parser.is_some();
        Self { parser, verdict }
    }

    pub(super) fn feed(&mut self, piece: &[u8]) {
        if let Some(parser) = &mut self.parser
            && self.verdict.stopped.is_none()
        {
            self.verdict.take(parser.feed(piece));
        }
    }

    pub(super) fn finish(mut self) -> Verdict {
        if let Some(parser) = &mut self.parser
            && self.verdict.stopped.is_none()
        {
            self.verdict.take(parser.finish());
        }
        self.verdict
    }
}

impl Verdict {
    fn take(&mut self, mut events: Events<'_, '_>) {
        loop {
            match events.next_event() {
                Ok(None) => return,
                Ok(Some(Event::PartEnd { .. })) => self.parts += 1,
                Ok(Some(Event::Violation(diagnosis))) => self.count(&diagnosis),
                Ok(Some(_)) => {}
                Err(diagnosis) => {
                    self.stopped = Some(diagnosis);
                    return;
                }
            }
        }
    }

    fn count(&mut self, diagnosis: &Diagnosis) {
        match diagnosis.severity {
            Severity::Warning => self.warnings += 1,
            Severity::Info => self.infos += 1,
            Severity::Error => {}
        }
    }

    /// The limit it stopped at, if it is one.
    pub(super) fn limit(&self) -> Option<&Diagnosis> {
        self.stopped
            .as_ref()
            .filter(|stopped| ViolationId::is_hard(stopped.id))
    }
}
