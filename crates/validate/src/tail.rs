//! What stands behind the end of a document.
//!
//! Cameras, phones and mail programs add things there that every viewer ignores; so do those who hide an
//! archive behind a picture. The first and last bytes tell them apart; nothing else is kept.

use memchr::memmem;

use crate::{code::Code, finding::Findings};

/// How many of the tail's first bytes are kept.
const START_BYTES: usize = 64;

/// How far from the end of a file a ZIP's end record can start: 22 bytes and a comment of 65,535.
const ZIP_END_REACH: u64 = 22 + 65_535;

const ZIP_END: &[u8] = b"PK\x05\x06";

/// The bytes behind the end of a document, seen as they pass.
#[derive(Clone, Debug)]
pub(crate) struct Tail {
    offset: u64,
    length: u64,
    start: [u8; START_BYTES],
    last: [u8; 4],
    nuls: bool,
    blanks: bool,
    filler: bool,
    zip_end: Option<u64>,
}

impl Tail {
    /// A tail whose first byte is at `offset`.
    pub(crate) fn new(offset: u64) -> Self {
        Self {
            offset,
            length: 0,
            start: [0; START_BYTES],
            last: [0; 4],
            nuls: true,
            blanks: true,
            filler: true,
            zip_end: None,
        }
    }

    pub(crate) fn feed(&mut self, chunk: &[u8]) {
        let Some(kept) = usize::try_from(self.length)
            .ok()
            .filter(|kept| *kept < START_BYTES)
        else {
            return self.feed_middle(chunk);
        };
        let taken = chunk.len().min(START_BYTES - kept);
        self.start[kept..kept + taken].copy_from_slice(&chunk[..taken]);
        self.feed_middle(chunk);
    }

    fn feed_middle(&mut self, chunk: &[u8]) {
        // Padding comes by the megabyte, and this test is as fast as a copy.
        if chunk.iter().fold(0, |all, byte| all | byte) == 0 {
            self.blanks = self.blanks && chunk.is_empty();
        } else {
            self.nuls = false;
            self.blanks = self.blanks && chunk.iter().all(u8::is_ascii_whitespace);
            self.filler = self.filler && chunk.iter().all(|byte| *byte == 0 || byte.is_ascii_whitespace());
            self.seek_zip_end(chunk);
        }
        for byte in &chunk[chunk.len().saturating_sub(4)..] {
            self.last = [self.last[1], self.last[2], self.last[3], *byte];
        }
        self.length += chunk.len() as u64;
    }

    /// Looks in the seam to what went before, then in the chunk; the last hit counts.
    fn seek_zip_end(&mut self, chunk: &[u8]) {
        let mut seam = [0; 6];
        let old = usize::try_from(self.length.min(3)).unwrap_or(3);
        let new = chunk.len().min(3);
        seam[..old].copy_from_slice(&self.last[4 - old..]);
        seam[old..old + new].copy_from_slice(&chunk[..new]);
        let here = self.offset + self.length;
        if let Some(found) = memmem::find(&seam[..old + new], ZIP_END) {
            self.zip_end = Some(here - old as u64 + found as u64);
        }
        if let Some(found) = memmem::find_iter(chunk, ZIP_END).last() {
            self.zip_end = Some(here + found as u64);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Whether there is nothing but NUL bytes, or nothing at all.
    pub(crate) fn is_nul(&self) -> bool {
        self.nuls
    }

    /// Whether there is nothing but white space, or nothing at all.
    pub(crate) fn is_blank(&self) -> bool {
        self.blanks
    }

    /// The first bytes that are not NUL.
    pub(crate) fn start(&self) -> &[u8] {
        let kept = usize::try_from(self.length)
            .unwrap_or(START_BYTES)
            .min(START_BYTES);
        let nuls = self.start[..kept].iter().take_while(|byte| **byte == 0).count();
        &self.start[nuls..kept]
    }

    /// Whether a box of a film starts here, behind padding if there is any, as in motion photos.
    pub(crate) fn is_film(&self) -> bool {
        // The box's length, which goes before its name, starts with NUL bytes too.
        memmem::find(self.start(), b"ftyp").is_some_and(|at| at <= 4)
    }

    /// Whether `bytes` stand in the beginning.
    pub(crate) fn start_has(&self, bytes: &[u8]) -> bool {
        memmem::find(self.start(), bytes).is_some()
    }

    /// Whether the file's last bytes are these.
    pub(crate) fn ends_with(&self, end: [u8; 4]) -> bool {
        self.length >= 4 && self.last == end
    }

    /// Warns of what is there; the caller has let pass what its format expects.
    pub(crate) fn report(&self, document: &str, findings: &mut Findings) {
        if self.is_empty() {
            return;
        }
        let archive = self.archive();
        let code = if archive.is_some() {
            Code::TrailingArchive
        } else {
            Code::TrailingData
        };
        let what = archive.unwrap_or_else(|| self.kind());
        let plural = if self.length == 1 { "byte" } else { "bytes" };
        findings.warn(code, self.offset, || {
            format!(
                "{} {plural} behind the end of the {document}: {what}",
                self.length
            )
        });
    }

    pub(crate) fn archive(&self) -> Option<&'static str> {
        let start = self.start().trim_ascii_start();
        let end = self.offset + self.length;
        if start.starts_with(b"PK\x03\x04") || self.zip_end.is_some_and(|at| end - at <= ZIP_END_REACH) {
            Some("a ZIP archive")
        } else if start.starts_with(b"Rar!\x1A\x07") {
            Some("a RAR archive")
        } else if start.starts_with(b"7z\xBC\xAF\x27\x1C") {
            Some("a 7-Zip archive")
        } else {
            None
        }
    }

    fn kind(&self) -> &'static str {
        let start = self.start().trim_ascii_start();
        if self.nuls {
            "NUL bytes"
        } else if self.blanks {
            "white space"
        } else if self.filler {
            "NUL bytes and white space"
        } else if start.starts_with(b"\x89PNG") {
            "another PNG"
        } else if start.starts_with(b"\xFF\xD8\xFF") {
            "another JPEG"
        } else if start.starts_with(b"%PDF") {
            "a PDF"
        } else if start.starts_with(b"<") {
            "HTML or XML"
        } else {
            "unknown data"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail(bytes: &[u8], step: usize) -> Tail {
        let mut tail = Tail::new(100);
        for chunk in bytes.chunks(step) {
            tail.feed(chunk);
        }
        tail
    }

    #[test]
    fn an_archive_is_known_by_its_head_or_by_its_end_record() {
        let far = [&b"PK\x05\x06"[..], &vec![b'x'; 65_554]].concat();
        for (name, bytes, wanted) in [
            ("head", b"PK\x03\x04....".to_vec(), Some("a ZIP archive")),
            (
                "end record",
                b"junk junk PK\x05\x06....................".to_vec(),
                Some("a ZIP archive"),
            ),
            ("end record out of reach", far, None),
            ("rar", b"\r\nRar!\x1A\x07\0".to_vec(), Some("a RAR archive")),
            ("7z", b"7z\xBC\xAF\x27\x1C".to_vec(), Some("a 7-Zip archive")),
            ("nothing", vec![], None),
        ] {
            for step in [1, 3, 7, 100_000] {
                assert_eq!(
                    tail(&bytes, step).archive(),
                    wanted,
                    "{name}, {step} bytes at a time"
                );
            }
        }
    }

    #[test]
    fn filler_is_told_from_data() {
        for (bytes, nul, blank) in [
            (&b""[..], true, true),
            (b"\0\0", true, false),
            (b"\r\n", false, true),
            (b"\n\0", false, false),
            (b"x", false, false),
        ] {
            assert_eq!(
                (tail(bytes, 1).is_nul(), tail(bytes, 1).is_blank()),
                (nul, blank),
                "{bytes:?}"
            );
        }
        assert_eq!(tail(b"\n\0\0", 2).kind(), "NUL bytes and white space");
        assert_eq!(tail(b"\0\0\xFF\xD8\xFF", 2).start(), b"\xFF\xD8\xFF");
        assert!(tail(b"\0\0\0\x18ftypmp42", 5).is_film());
        assert!(tail(b"\0\0\0\0\0\0\x01\x18ftypmp42", 5).is_film());
        assert!(!tail(b"\0\0\0\x18moov....ftyp", 5).is_film());
        assert!(tail(b"\0\0\x30\x0AMotionPhoto_Data", 5).start_has(b"MotionPhoto_Data"));
        assert!(tail(b"....SEFT", 3).ends_with(*b"SEFT"));
    }
}
