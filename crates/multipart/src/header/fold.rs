//! Lines that go on in the next one (RFC 5322 §2.2.3).

use std::ops::Range;

use super::line;

/// Whether a line of a block, not the first, begins with white space.
pub(crate) fn has_fold(block: &[u8]) -> bool {
    memchr::memchr_iter(b'\n', block).any(|newline| matches!(block.get(newline + 1), Some(b' ' | b'\t')))
}

/// Joins folded lines, byte for byte: spaces stand for their line ends (RFC 9112 §5.2), which are added to
/// `folds`. `report` is told each line that goes on another, and whether the break is within quotes; it
/// answers whether to go on.
pub(crate) fn unfold(
    block: &mut [u8],
    folds: &mut Vec<Range<usize>>,
    report: &mut impl FnMut(&[u8], Range<usize>, bool) -> bool,
) {
    let (mut at, mut quotes) = (0, Quotes::default());
    while let Some((end, next)) = line(block, at) {
        quotes.read(&block[at..end]);
        let goes_on = matches!(block.get(next), Some(b' ' | b'\t'));
        match line(block, next) {
            Some((more, _)) if goes_on => {
                if !report(block, next..more, quotes.are_open) {
                    return;
                }
                block[end..next].fill(b' ');
                folds.push(end..next);
            }
            _ => quotes = Quotes::default(),
        }
        at = next;
    }
}

/// Whether a text has come to a point within double quotes.
#[derive(Default)]
struct Quotes {
    are_open: bool,
    escapes: bool,
}

impl Quotes {
    fn read(&mut self, text: &[u8]) {
        for byte in text {
            match byte {
                _ if std::mem::take(&mut self.escapes) => {}
                b'\\' => self.escapes = self.are_open,
                b'"' => self.are_open = !self.are_open,
                _ => {}
            }
        }
    }
}
