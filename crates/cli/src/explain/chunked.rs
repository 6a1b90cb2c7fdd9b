//! Undoes `Transfer-Encoding: chunked` (RFC 9112 §7.1), for a body that may be broken.

/// The longest line of framing that is read, in bytes.
const MAX_LINE_BYTES: usize = 4096;

/// A reader of chunks.
#[derive(Debug, Default)]
pub(super) struct Chunked {
    state: State,
    line: Vec<u8>,
    /// How many bytes were taken, framing included.
    taken: u64,
    problem: Option<String>,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Size,
    Data(u64),
    /// The line end behind a chunk.
    DataEnd,
    Trailer,
    /// Behind the last line, or behind what no reader goes on after.
    Done,
}

impl Chunked {
    /// Takes bytes as they came and appends those of the body.
    pub(super) fn decode(&mut self, mut bytes: &[u8], body: &mut Vec<u8>) {
        while let Some(first) = bytes.first() {
            let step = match self.state {
                State::Done => bytes.len(),
                State::Data(left) => {
                    let step = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                    body.extend_from_slice(&bytes[..step]);
                    let left = left - step as u64;
                    self.state = if left == 0 {
                        State::DataEnd
                    } else {
                        State::Data(left)
                    };
                    step
                }
                State::Size | State::DataEnd | State::Trailer => {
                    if *first == b'\n' {
                        let line = std::mem::take(&mut self.line);
                        self.end_line(line.strip_suffix(b"\r").unwrap_or(&line));
                    } else if self.line.len() < MAX_LINE_BYTES {
                        self.line.push(*first);
                    } else {
                        self.fail("a line end");
                    }
                    1
                }
            };
            self.taken += step as u64;
            bytes = &bytes[step..];
        }
    }

    /// Whether nothing more can come.
    pub(super) fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    /// What is wrong with the chunks, once there are no more bytes.
    pub(super) fn finish(mut self) -> Option<String> {
        match self.state {
            State::Done => {}
            State::Size => self.fail("another chunk, the last one of size 0"),
            State::Data(left) => self.fail(&format!("{left} more bytes of the chunk")),
            State::DataEnd => self.fail("CRLF behind the chunk"),
            State::Trailer => self.fail("the blank line behind the last chunk"),
        }
        self.problem
    }

    fn end_line(&mut self, line: &[u8]) {
        match self.state {
            State::Size => {
                let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
                let digits = str::from_utf8(digits.trim_ascii()).unwrap_or_default();
                let is_plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                match u64::from_str_radix(digits, 16) {
                    Ok(0) if is_plain => self.state = State::Trailer,
                    Ok(size) if is_plain => self.state = State::Data(size),
                    _ => self.fail("the size of a chunk, in hexadecimal digits"),
                }
            }
            State::DataEnd if line.is_empty() => self.state = State::Size,
            State::DataEnd => self.fail("CRLF right behind the chunk"),
            State::Trailer if line.is_empty() => self.state = State::Done,
            State::Trailer | State::Data(_) | State::Done => {}
        }
    }

    fn fail(&mut self, expected: &str) {
        let place = self.taken;
        self.problem.get_or_insert(format!(
            "the chunks are broken at byte {place} of what follows the head: expected {expected}"
        ));
        self.state = State::Done;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined_and_what_is_broken_is_told() {
        for (name, bytes, body, problem) in [
            ("whole", &b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"[..], "abcde", ""),
            (
                "upper case, LF, a trailer",
                b"A\n0123456789\n0\nx: y\n\n",
                "0123456789",
                "",
            ),
            ("more behind it", b"1\r\na\r\n0\r\n\r\nGET /", "a", ""),
            (
                "no last chunk",
                b"1\r\na\r\n",
                "a",
                "byte 6 of what follows the head: expected another chunk",
            ),
            (
                "cut in a chunk",
                b"5\r\nab",
                "ab",
                "byte 5 of what follows the head: expected 3 more bytes",
            ),
            (
                "no size",
                b"--b\r\n",
                "",
                "byte 4 of what follows the head: expected the size",
            ),
            ("a sign", b"+1\r\na\r\n", "", "expected the size"),
            (
                "too large a size",
                b"11112222333344445\r\na",
                "",
                "expected the size",
            ),
            (
                "wrong size",
                b"1\r\nab\r\n0\r\n\r\n",
                "a",
                "expected CRLF right behind the chunk",
            ),
            ("no end", b"0\r\n", "", "expected the blank line"),
            ("nothing", b"", "", "expected another chunk"),
            (
                "a long line",
                &[b'0'; 5000],
                "",
                "byte 4096 of what follows the head: expected a line end",
            ),
        ] {
            for cut in [1, 2, bytes.len().max(1)] {
                let (mut chunked, mut out) = (Chunked::default(), Vec::new());
                bytes
                    .chunks(cut)
                    .for_each(|bytes| chunked.decode(bytes, &mut out));
                assert_eq!(out, body.as_bytes(), "{name}, by {cut}");
                let told = chunked.finish().unwrap_or_default();
                assert!(
                    told.contains(problem) && problem.is_empty() == told.is_empty(),
                    "{name}: {told}"
                );
            }
        }
    }
}
