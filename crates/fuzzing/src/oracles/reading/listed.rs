//! A body, line by line.

use rebuttal_multipart::{Boundary, Explainer, Limits, Line, LineKind, Listing, Mode, Parser};

use crate::oracles::cut;

const KINDS: [(LineKind, &str); 9] = [
    (LineKind::Preamble, "preamble"),
    (LineKind::Boundary, "boundary"),
    (LineKind::Close, "close"),
    (LineKind::Header, "header"),
    (LineKind::Fold, "folded"),
    (LineKind::Blank, "blank"),
    (LineKind::Content, "content"),
    (LineKind::Epilogue, "epilogue"),
    (LineKind::Unread, "not read"),
];

/// Each line shows its own bytes, and each violation is told under the line it is in.
pub(super) fn lines(boundary: Boundary, mode: Mode, body: &[u8], announced: u64, choice: u8) {
    let listing = |chunks: cut::Chunks<'_>| {
        let mut explainer = Explainer::new(boundary, mode, Limits::default()).expecting(announced);
        chunks.for_each(|chunk| explainer.feed(chunk));
        explainer.finish()
    };
    let whole = listing(cut::whole(body));
    assert_eq!(
        listing(cut::chosen(body, choice)),
        whole,
        "{}",
        body.escape_ascii()
    );
    let parser = Parser::new(boundary, mode, Limits::default()).expecting(announced);
    let (said, stopped) = super::said(parser, cut::whole(body));
    assert_eq!((&whole.violations, &whole.stopped), (&said, &stopped));
    let mut at = 0;
    for line in &whole.lines {
        assert_eq!(line.span.start, at, "{:?}", whole.lines);
        at = line.span.end;
        shows(line, body);
    }
    assert_eq!(at, body.len() as u64, "bytes in no line");
    for it in whole.violations.iter().chain(&whole.stopped) {
        placed(&whole, it.span.start, whole.line_of(it));
    }
    for (kind, word) in KINDS {
        assert_eq!(kind.as_str(), word);
        let mut of = whole
            .lines
            .iter()
            .filter(|line| line.kind == kind)
            .map(|line| &line.span);
        let first = of.next();
        let wanted = first.map(|first| first.start..of.next_back().unwrap_or(first).end);
        assert_eq!(whole.span_of(kind), wanted, "{word}");
    }
    for part in &whole.parts {
        assert!(
            part.content.start >= part.span.start && part.content.end == part.span.end,
            "{part:?}"
        );
        let own = |kind: LineKind| {
            let line = |line: &&Line| line.part == Some(part.index) && line.kind == kind;
            whole.lines.iter().find(line).map(|line| line.span.clone())
        };
        assert_eq!(own(LineKind::Content), Some(part.content.clone()), "{part:?}");
        // Where a delimiter follows the headers at once, there is no blank line.
        let blank = own(LineKind::Blank);
        assert!(blank.is_none_or(|it| it.end == part.content.start), "{part:?}");
    }
}

/// A line shows what stands there: all of a header line, the beginning of another, nothing of what was not read.
fn shows(line: &Line, body: &[u8]) {
    let span = usize::try_from(line.span.start).expect("in memory")
        ..usize::try_from(line.span.end).expect("in memory");
    let there = &body[span];
    let shown = line.shown();
    assert!(there.starts_with(shown), "{line:?} of {}", body.escape_ascii());
    let most = match line.kind {
        LineKind::Header | LineKind::Fold => usize::MAX,
        LineKind::Unread => 0,
        _ => Line::MAX_SHOWN_BYTES,
    };
    assert_eq!(
        shown.len(),
        there.len().min(most),
        "{line:?} of {}",
        body.escape_ascii()
    );
}

/// The line of a place is the one that holds it; behind all, the last.
fn placed(listing: &Listing, place: u64, line: Option<usize>) {
    let wanted = listing.lines.iter().position(|line| line.span.contains(&place));
    assert_eq!(line, wanted.or(listing.lines.len().checked_sub(1)), "{listing:?}");
}
