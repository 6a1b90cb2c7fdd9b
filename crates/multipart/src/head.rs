//! The header block of a part, kept beyond the chunk that it came in.

use std::fmt;
use std::ops::Range;

use crate::event::PartHead;
use crate::text::{Decoding, Text};

/// What a part says of itself.
///
/// Whether it is a file shows in [`Head::filename`], and never in its type: a field may have any type, and a
/// file none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Head {
    index: u32,
    span: Range<u64>,
    /// The header block, and behind it what does not stand in it word for word.
    kept: Vec<u8>,
    block_len: usize,
    /// Name and value of each header.
    fields: Vec<(Range<usize>, Range<usize>)>,
    content_type: Option<Range<usize>>,
    name: Option<Name>,
    filename: Option<Name>,
}

impl Head {
    pub(crate) fn new(head: &PartHead<'_>) -> Self {
        let raw = head.raw();
        let block = &*raw;
        let mut kept = block.to_vec();
        let mut keep = |slice: &[u8]| place(block, slice, &mut kept);
        Self {
            index: head.index,
            span: head.span.clone(),
            fields: head
                .headers()
                .map(|(name, value)| (keep(name), keep(value)))
                .collect(),
            content_type: head.content_type().map(&mut keep),
            block_len: block.len(),
            name: head.name().as_ref().map(Name::new),
            filename: head.filename().as_ref().map(Name::new),
            kept,
        }
    }

    /// Counted from 0.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// The header block with its blank line, in bytes from the start of the body.
    pub fn span(&self) -> Range<u64> {
        self.span.clone()
    }

    /// The name of the field; opaque text, never a path into anything (RFC 7578 §4.2). `None` only where a
    /// reader was told to put up with that.
    pub fn name(&self) -> Option<&Name> {
        self.name.as_ref()
    }

    /// The filename; see [`PartHead::filename`]. Never use it as a path.
    pub fn filename(&self) -> Option<&Name> {
        self.filename.as_ref()
    }

    /// The value of `Content-Type` as sent. When it is absent, RFC 7578 §4.4 reads `text/plain`.
    pub fn content_type(&self) -> Option<&[u8]> {
        self.kept.get(self.content_type.clone()?)
    }

    /// Every header in order: name and value as sent, without the white space around them.
    pub fn headers(&self) -> impl ExactSizeIterator<Item = (&[u8], &[u8])> {
        let text = |range: &Range<usize>| self.kept.get(range.clone()).unwrap_or_default();
        self.fields
            .iter()
            .map(move |(name, value)| (text(name), text(value)))
    }

    /// The header block as sent, with its blank line.
    pub fn raw(&self) -> &[u8] {
        &self.kept[..self.block_len]
    }
}

/// Where `slice` stands in what is kept of the block; what is no part of the block is added.
fn place(block: &[u8], slice: &[u8], kept: &mut Vec<u8>) -> Range<usize> {
    let start = slice.as_ptr().addr().checked_sub(block.as_ptr().addr());
    match start.map(|start| start..start + slice.len()) {
        Some(range) if range.end <= block.len() => range,
        _ => {
            let start = kept.len();
            kept.extend_from_slice(slice);
            start..kept.len()
        }
    }
}

/// A name or filename, as [`Text`] has it, kept beyond its chunk.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Name {
    text: String,
    /// Where they are others than those of the text.
    raw: Option<Vec<u8>>,
    percent_decoded: Option<String>,
    decoding: Decoding,
    lossy: bool,
    offset: u64,
}

impl Name {
    fn new(text: &Text<'_>) -> Self {
        let (decoded, plain) = (text.percent_decoded(), text.as_str());
        Self {
            text: plain.to_owned(),
            raw: (text.raw() != plain.as_bytes()).then(|| text.raw().to_vec()),
            percent_decoded: (decoded != plain).then(|| decoded.into_owned()),
            decoding: text.decoding(),
            lossy: text.is_lossy(),
            offset: text.offset(),
        }
    }

    /// The decoded text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The bytes as sent, without quotes.
    pub fn raw(&self) -> &[u8] {
        self.raw.as_deref().unwrap_or(self.text.as_bytes())
    }

    /// The text as a browser meant it; see [`Text::percent_decoded`].
    pub fn percent_decoded(&self) -> &str {
        self.percent_decoded.as_deref().unwrap_or(&self.text)
    }

    /// How the text was decoded.
    pub fn decoding(&self) -> Decoding {
        self.decoding
    }

    /// Whether the bytes were not UTF-8, so that the text has U+FFFD in places.
    pub fn is_lossy(&self) -> bool {
        self.lossy
    }

    /// Where the raw bytes begin, in bytes from the start of the body.
    pub fn offset(&self) -> u64 {
        self.offset
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Boundary, Event, Limits, Mode, Parser};

    #[test]
    fn a_head_says_what_the_readers_head_says() {
        let body = b"--b\r\nContent-Disposition: form-data; name=z\r\n\r\n\r\n--b\r\nX-A:  1 \r\ncontent-type: a/b\r\n\
            Content-Disposition: form-data; name=\"a\\\"%22\xe9\"; filename=\"\"\r\nX-B:\r\n\r\n";
        let mut parser = Parser::new(Boundary::new("b").unwrap(), Mode::Lenient, Limits::default());
        let mut events = parser.feed(body);
        let head = loop {
            match events.next_event().unwrap() {
                Some(Event::PartBegin(head)) if head.index == 1 => {
                    let kept = Head::new(&head);
                    assert_eq!(
                        (kept.index(), kept.span(), kept.raw()),
                        (1, head.span.clone(), &*head.raw())
                    );
                    assert!(kept.headers().eq(head.headers()));
                    assert_eq!(kept.content_type(), head.content_type());
                    break kept;
                }
                Some(_) => {}
                None => panic!("no part"),
            }
        };
        let name = head.name().unwrap();
        let offset = memchr::memmem::find(body, b"a\\\"%22").unwrap() as u64;
        assert_eq!(
            (name.as_str(), name.percent_decoded()),
            ("a\"%22\u{fffd}", "a\"\"\u{fffd}")
        );
        let text: &str = name.as_ref();
        assert!(*name == *text && *name == text && *name != *"a" && *name != "a");
        assert_eq!(format!("{:>9}", head.filename().unwrap()), " ".repeat(9));
        assert_eq!((name.raw(), name.is_lossy()), (&b"a\\\"%22\xe9"[..], true));
        assert_eq!((name.decoding(), name.offset()), (Decoding::Unescaped, offset));
        assert_eq!(head.filename().map(Name::raw), Some(&b""[..]));
        let headers: Vec<_> = head.headers().collect();
        assert_eq!(headers.len(), 4);
        assert_eq!(headers[0], (&b"X-A"[..], &b"1"[..]));
        assert_eq!(headers[3], (&b"X-B"[..], &b""[..]));
    }

    #[test]
    fn what_does_not_stand_in_the_block_is_kept_behind_it() {
        let block = &b"..X-A: 1.."[2..8];
        let mut kept = block.to_vec();
        assert_eq!(place(block, &block[5..], &mut kept), 5..6);
        assert_eq!(place(block, &block[..0], &mut kept), 0..0);
        assert_eq!(place(block, b"unfolded", &mut kept), 6..14);
        assert_eq!(kept, b"X-A: 1unfolded");
    }
}
