//! Long contents in pieces that are shared: sent by ten requests at once they are there once, and what repeats
//! itself within them is there once too.

use bytes::{Buf, Bytes, BytesMut};

/// Pieces shorter than this are joined to their neighbours, in bytes: sharing them would cost more than copying.
const SHARED_BYTES: usize = 4 * 1024;

/// How much of what repeats itself is kept, in bytes.
const UNIT_BYTES: usize = 64 * 1024;

/// Bytes in pieces. A clone shares them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Segments {
    pieces: Vec<Bytes>,
    length: usize,
}

impl Segments {
    /// The length of all pieces together, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The pieces, none of them empty.
    pub(crate) fn pieces(&self) -> &[Bytes] {
        &self.pieces
    }

    /// Adds bytes behind the others.
    pub(crate) fn push(&mut self, bytes: Bytes) {
        if !bytes.is_empty() {
            self.length += bytes.len();
            self.pieces.push(bytes);
        }
    }

    /// Everything in one piece; a copy where there are several.
    pub(crate) fn to_bytes(&self) -> Bytes {
        match self.pieces.as_slice() {
            [] => Bytes::new(),
            [one] => one.clone(),
            several => several.concat().into(),
        }
    }
}

impl<T: Into<Bytes>> From<T> for Segments {
    fn from(bytes: T) -> Self {
        let mut segments = Self::default();
        segments.push(bytes.into());
        segments
    }
}

impl Extend<Bytes> for Segments {
    fn extend<T: IntoIterator<Item = Bytes>>(&mut self, pieces: T) {
        for piece in pieces {
            self.push(piece);
        }
    }
}

/// Segments that are being written: short pieces are copied together, long ones are shared.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    written: Segments,
    pending: BytesMut,
}

impl Writer {
    /// How many bytes were written so far.
    pub(crate) fn len(&self) -> usize {
        self.written.len() + self.pending.len()
    }

    /// Writes bytes that are borrowed.
    pub(crate) fn copy(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// Writes bytes that may be needed elsewhere, or here again.
    pub(crate) fn share(&mut self, bytes: Bytes) {
        if bytes.len() < SHARED_BYTES {
            return self.copy(&bytes);
        }
        self.written.push(self.pending.split().freeze());
        self.written.push(bytes);
    }

    /// Writes one byte, over and over.
    pub(crate) fn fill(&mut self, byte: u8, mut length: usize) {
        let unit = Bytes::from(vec![byte; length.min(UNIT_BYTES)]);
        while length > 0 {
            let now = length.min(unit.len());
            self.share(unit.slice(..now));
            length -= now;
        }
    }

    pub(crate) fn finish(mut self) -> Segments {
        self.written.push(self.pending.freeze());
        self.written
    }
}

/// The next part of some segments on their way to a socket: several pieces that go out together.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    pieces: std::collections::VecDeque<Bytes>,
    length: usize,
}

impl Sent {
    pub(crate) fn of(segments: &Segments) -> Self {
        Self {
            pieces: segments.pieces.iter().cloned().collect(),
            length: segments.length,
        }
    }

    /// Takes the first bytes, at most so many.
    pub(crate) fn split_to(&mut self, most: usize) -> Self {
        let mut first = Self::default();
        while first.length < most
            && let Some(mut piece) = self.pieces.pop_front()
        {
            let room = most - first.length;
            if piece.len() > room {
                self.pieces.push_front(piece.split_off(room));
            }
            first.length += piece.len();
            first.pieces.push_back(piece);
        }
        self.length -= first.length;
        first
    }
}

impl Buf for Sent {
    fn remaining(&self) -> usize {
        self.length
    }

    fn chunk(&self) -> &[u8] {
        self.pieces.front().map_or(&[], Bytes::as_ref)
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [std::io::IoSlice<'a>]) -> usize {
        let mut filled = 0;
        for (slice, piece) in slices.iter_mut().zip(&self.pieces) {
            *slice = std::io::IoSlice::new(piece);
            filled += 1;
        }
        filled
    }

    fn advance(&mut self, mut count: usize) {
        self.length -= count;
        while count > 0
            && let Some(first) = self.pieces.front_mut()
        {
            let step = count.min(first.len());
            first.advance(step);
            count -= step;
            if first.is_empty() {
                self.pieces.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Short, shared, repeated, short.
    fn written() -> (Segments, Vec<u8>) {
        let mut writer = Writer::default();
        let long = Bytes::from(vec![b'l'; 5_000]);
        writer.copy(b"head");
        writer.share(long.clone());
        writer.share(Bytes::from_static(b"short"));
        writer.share(long);
        writer.fill(b'x', 200_000);
        writer.copy(b"tail");
        assert_eq!(writer.len(), 4 + 5_000 + 5 + 5_000 + 200_000 + 4);
        let long = [b'l'; 5_000];
        let wanted = [
            &b"head"[..],
            &long,
            b"short",
            &long,
            &[b'x'].repeat(200_000),
            b"tail",
        ]
        .concat();
        (writer.finish(), wanted)
    }

    #[test]
    fn what_is_written_comes_out_in_order() {
        let (segments, wanted) = written();
        assert_eq!(segments.len(), wanted.len());
        assert_eq!(segments.to_bytes(), wanted);
        assert_eq!(Segments::from("one").to_bytes(), "one");
        assert!(Segments::from(Vec::new()).is_empty() && Segments::default().to_bytes().is_empty());
    }

    #[test]
    fn what_repeats_itself_is_there_once() {
        let mut writer = Writer::default();
        writer.fill(b'x', 10 << 20);
        let segments = writer.finish();
        let places: std::collections::BTreeSet<_> = segments.pieces().iter().map(|it| it.as_ptr()).collect();
        assert_eq!((segments.len(), places.len()), (10 << 20, 1));
    }

    #[test]
    fn what_is_sent_is_cut_anywhere_and_stays_whole() {
        let (segments, wanted) = written();
        for size in [1, 3, 4_999, 65_536, 300_000] {
            let (mut rest, mut sent) = (Sent::of(&segments), Vec::new());
            while rest.has_remaining() {
                let mut part = rest.split_to(size);
                assert!(part.remaining() == size || !rest.has_remaining(), "{size}");
                let mut slices = [std::io::IoSlice::new(&[]); 64];
                let filled = part.chunks_vectored(&mut slices);
                let seen: usize = slices[..filled].iter().map(|it| it.len()).sum();
                assert_eq!(seen, part.remaining(), "{size}");
                // As a socket takes it that is nearly full.
                while part.has_remaining() {
                    let step = part.chunk().len().div_ceil(2);
                    sent.extend_from_slice(&part.chunk()[..step]);
                    part.advance(step);
                }
            }
            assert_eq!(sent, wanted, "{size}");
        }
    }
}
