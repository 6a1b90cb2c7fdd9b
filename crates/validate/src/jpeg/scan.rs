//! Scan data: stuffing and restart markers stay in it, any other marker leaves it.

use memchr::memchr;

use super::marker;
use crate::{code::Code, finding::Findings};

/// How much of the scan data is looked at for line ends that were changed, in bytes.
const SAMPLE_BYTES: u64 = 16 * 1024;

/// How much scan data is searched for markers at once, in bytes.
const BLOCK_BYTES: usize = 256;

/// Restart markers in their order, and once more, so that any of them may come first.
const RESTARTS: [u8; 32] = {
    let mut markers = [0xFF; 32];
    let mut at = 0;
    while at < 16 {
        markers[2 * at + 1] = marker::RST0 + at.to_le_bytes()[0] % 8;
        at += 1;
    }
    markers
};

/// So many line feeds, each behind a carriage return, are no chance: one in four billion files has them.
const MIN_LINES: u32 = 4;

/// All scans so far.
#[derive(Debug, Default)]
pub(super) struct Scans {
    /// Bytes of scan data so far.
    pub(super) bytes: u64,
    /// Where the first scan data starts.
    offset: u64,
    /// How many restart markers the present scan must have, where that is known.
    due: Option<u64>,
    restarts: u64,
    lines: Lines,
}

/// Line feeds in the first scan data: a transfer in text mode puts a carriage return before each.
#[derive(Debug, Default)]
struct Lines {
    after_return: bool,
    after_line: bool,
    changed: u32,
    unchanged: bool,
    /// The values of bytes behind line feeds, 64 to a bit: a repeated pattern has one.
    followers: u64,
}

impl Scans {
    /// Starts a scan whose data is at `offset` and must have `due` restart markers, where that is known.
    pub(super) fn start(&mut self, offset: u64, due: Option<u64>) {
        if self.bytes == 0 {
            self.offset = offset;
        }
        self.due = due;
        self.restarts = 0;
    }

    /// Takes scan data, up to the end of the input or the FF of a marker that may leave it; says how much
    /// that is and whether it ends in such an FF.
    pub(super) fn feed(&mut self, input: &[u8], offset: u64, findings: &mut Findings) -> (usize, bool) {
        let mut at = 0;
        // Scans of a few bytes end before it is worth to look at a block.
        let mut near = 16;
        while at < input.len() {
            let end = input.len().min(at + near);
            near = BLOCK_BYTES;
            while at < end {
                if input[at] != 0xFF {
                    let found = next_ff(&input[at..end]).map_or(end, |found| at + found);
                    self.pass(&input[at..found]);
                    at = found;
                } else if self.stays(input.get(at + 1), offset + at as u64, findings) {
                    at += 2;
                    at += self.skip_restarts(&input[at..]);
                } else {
                    return (at + 1, true);
                }
            }
            at += self.skip_quiet(&input[at..]);
        }
        (input.len(), false)
    }

    /// Skips restart markers in their order with nothing between them: a hostile file has millions.
    fn skip_restarts(&mut self, input: &[u8]) -> usize {
        let due = usize::try_from(self.restarts % 8).unwrap_or_default();
        let Some(wanted) = RESTARTS[2 * due..].first_chunk::<16>() else {
            return 0;
        };
        let blocks = input.as_chunks().0;
        let taken = blocks.iter().take_while(|block| *block == wanted).count();
        self.restarts += 8 * taken as u64;
        16 * taken
    }

    /// Skips whole blocks without a marker: to search for each FF costs more, as nearly all are data.
    fn skip_quiet(&mut self, input: &[u8]) -> usize {
        if self.bytes < SAMPLE_BYTES {
            return 0;
        }
        let mut taken = 0;
        while let Some(block) = input[taken..].first_chunk()
            && is_quiet(block)
        {
            taken += BLOCK_BYTES;
        }
        self.bytes += taken as u64;
        taken
    }

    /// Takes what may stand behind FF in scan data, and says whether it is that.
    fn stays(&mut self, behind: Option<&u8>, offset: u64, findings: &mut Findings) -> bool {
        match behind {
            Some(0x00) => self.stuffing(),
            Some(marker @ marker::RST0..=marker::RST7) => self.restart(*marker, offset, findings),
            _ => return false,
        }
        true
    }

    /// Where the first scan data starts.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    pub(super) fn stuffing(&mut self) {
        self.bytes += 1;
        self.lines.interrupt();
    }

    /// A restart marker: its FF is at `offset`.
    pub(super) fn restart(&mut self, marker: u8, offset: u64, findings: &mut Findings) {
        let (due, found) = (self.restarts % 8, u64::from(marker - marker::RST0));
        if due != found {
            findings.warn(Code::JpegRestartOrder, offset, || {
                format!("restart marker D{found} where D{due} is due")
            });
        }
        // The next one counts on from this one.
        self.restarts += (found + 8 - due) % 8 + 1;
        self.lines.interrupt();
    }

    /// The scan has ended, and the marker that ended it is at `offset`.
    pub(super) fn end(&mut self, offset: u64, findings: &mut Findings) {
        // Some encoders write one more at the end, and viewers skip it.
        if let Some(due) = self.due.take()
            && self.bytes > 0
            && !(due..=due + 1).contains(&self.restarts)
        {
            let restarts = self.restarts;
            findings.warn(Code::JpegRestartOrder, offset, || {
                format!("{restarts} restart markers in a scan that has {due}")
            });
        }
    }

    /// Whether the line ends in the scan data were changed, as a transfer in text mode does.
    pub(super) fn text_mode(&self) -> bool {
        let lines = &self.lines;
        !lines.unchanged && lines.changed >= MIN_LINES && lines.followers.count_ones() > 2
    }

    fn pass(&mut self, bytes: &[u8]) {
        if self.bytes < SAMPLE_BYTES {
            self.lines.pass(bytes, SAMPLE_BYTES - self.bytes);
        }
        self.bytes += bytes.len() as u64;
    }
}

impl Lines {
    fn pass(&mut self, bytes: &[u8], room: u64) {
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        for byte in &bytes[..bytes.len().min(room)] {
            if self.after_line {
                self.followers |= 1 << (byte & 63);
            }
            self.after_line = *byte == b'\n';
            if self.after_line && self.after_return {
                self.changed += 1;
            } else if self.after_line {
                self.unchanged = true;
            }
            self.after_return = *byte == b'\r';
        }
    }

    fn interrupt(&mut self) {
        self.after_return = false;
        self.after_line = false;
    }
}

/// Where the next FF is; scans of a few bytes are not worth a search.
fn next_ff(input: &[u8]) -> Option<usize> {
    const NEAR: usize = 8;
    let near = input.len().min(NEAR);
    let found = input[..near].iter().position(|byte| *byte == 0xFF);
    found.or_else(|| memchr(0xFF, &input[near..]).map(|found| near + found))
}

/// Whether every FF of a block stands before 00; the last byte belongs to the next block.
fn is_quiet(block: &[u8; BLOCK_BYTES + 1]) -> bool {
    let pairs = block.iter().zip(&block[1..]);
    // Numbers and no way out early, so that this becomes vector instructions.
    let marker = |(byte, behind): (&u8, &u8)| u8::from(*byte == 0xFF) & u8::from(*behind != 0);
    pairs.fold(0, |any, pair| any | marker(pair)) == 0
}

/// How many bytes FF the input starts with.
pub(super) fn fill(input: &[u8]) -> usize {
    const STEP: usize = 32;
    let steps = input.chunks_exact(STEP).take_while(|step| *step == [0xFF; STEP]);
    let whole = STEP * steps.count();
    whole + input[whole..].iter().take_while(|byte| **byte == 0xFF).count()
}
