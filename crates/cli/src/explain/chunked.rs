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
    oddities: Vec<Oddity>,
    /// How many bytes came behind the last chunk.
    pub(super) behind: u64,
}

/// What is wrong with chunks, and what is odd about them.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    pub(super) problem: Option<String>,
    pub(super) notes: Vec<String>,
}

/// What some readers take and others do not.
#[derive(Debug)]
struct Oddity {
    what: &'static str,
    /// Where it was first.
    place: u64,
    count: u64,
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
                State::Done => {
                    self.behind += bytes.len() as u64;
                    bytes.len()
                }
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
                        let text = line.strip_suffix(b"\r");
                        if text.is_none() {
                            self.odd("LF in place of CRLF in the framing of the chunks", self.taken);
                        }
                        self.end_line(text.unwrap_or(&line), self.taken - line.len() as u64);
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

    /// Whether the chunks ended at something that no reader goes on after.
    pub(super) fn is_broken(&self) -> bool {
        self.problem.is_some()
    }

    /// What is wrong with the chunks, once there are no more bytes.
    pub(super) fn finish(mut self) -> Chunks {
        match self.state {
            State::Done => {}
            State::Size => self.fail("another chunk, the last one of size 0"),
            State::Data(left) => self.fail(&format!("{left} more bytes of the chunk")),
            State::DataEnd => self.fail("CRLF behind the chunk"),
            State::Trailer => self.fail("the blank line behind the last chunk"),
        }
        let mut notes: Vec<String> = self.oddities.iter().map(Oddity::to_string).collect();
        if self.problem.is_none() && self.behind > 0 {
            let (count, place) = (self.behind, self.taken - self.behind);
            notes.push(format!(
                "{count} more bytes behind the last chunk, from byte {place} of what follows the head: none of \
                 this body"
            ));
        }
        Chunks {
            problem: self.problem,
            notes,
        }
    }

    fn odd(&mut self, what: &'static str, place: u64) {
        match self.oddities.iter_mut().find(|known| known.what == what) {
            Some(known) => known.count += 1,
            None => self.oddities.push(Oddity {
                what,
                place,
                count: 1,
            }),
        }
    }

    /// Takes a line that began at `start`.
    fn end_line(&mut self, line: &[u8], start: u64) {
        match self.state {
            State::Size => {
                let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
                if digits.trim_ascii() != digits {
                    self.odd("white space around the size of a chunk", start);
                }
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
            State::Trailer if !line.contains(&b':') => {
                self.odd("a trailer line without a colon", start);
            }
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

impl std::fmt::Display for Oddity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { what, place, count } = self;
        write!(f, "{what}, at byte {place} of what follows the head")?;
        match count {
            1 => Ok(()),
            2 => f.write_str(" and once more"),
            count => write!(f, " and {} times more", count - 1),
        }
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
                let told = chunked.finish().problem.unwrap_or_default();
                assert!(
                    told.contains(problem) && problem.is_empty() == told.is_empty(),
                    "{name}: {told}"
                );
            }
        }
    }

    #[test]
    fn what_only_some_readers_take_is_noted() {
        let chunk = "1\r\na\r\n";
        for (name, bytes, wanted) in [
            ("plain", format!("{chunk}0\r\nx: y\r\n\r\n"), &[][..]),
            ("an extension", "1;a= b\r\na\r\n0\r\n\r\n".to_owned(), &[]),
            (
                "more",
                format!("{chunk}0\r\n\r\nGET /"),
                &["5 more bytes behind the last chunk, from byte 11 of"],
            ),
            (
                "LF",
                "1\na\r\n0\n\n".to_owned(),
                &["LF in place of CRLF in the framing of the chunks, at byte 1 of"],
            ),
            (
                "LF thrice",
                "1\na\n0\n\r\n".to_owned(),
                &["at byte 1 of what follows the head and 2 times more"],
            ),
            (
                "a space",
                format!("{chunk} 1\r\na\r\n0\r\n\r\n"),
                &["white space around the size of a chunk, at byte 6 of"],
            ),
            (
                "a space behind",
                "1 \r\na\r\n0 \r\n\r\n".to_owned(),
                &["at byte 0 of what follows the head and once more"],
            ),
            (
                "a trailer",
                "0\r\nabc\r\n\r\n".to_owned(),
                &["a trailer line without a colon, at byte 3 of"],
            ),
            (
                "two",
                " 0\r\nabc\r\n\r\n".to_owned(),
                &["white space", "a trailer"],
            ),
        ] {
            for cut in [1, 2, bytes.len()] {
                let (mut chunked, mut out) = (Chunked::default(), Vec::new());
                let pieces = bytes.as_bytes().chunks(cut);
                pieces.for_each(|bytes| chunked.decode(bytes, &mut out));
                let Chunks { problem, notes } = chunked.finish();
                assert_eq!((problem, notes.len()), (None, wanted.len()), "{name}: {notes:?}");
                let all = notes.iter().zip(wanted);
                assert!(
                    all.into_iter().all(|(note, wanted)| note.contains(wanted)),
                    "{name}: {notes:?}"
                );
            }
        }
    }
}
