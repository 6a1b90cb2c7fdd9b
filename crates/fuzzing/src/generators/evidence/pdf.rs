//! PDF: numbered objects, a table of where they stand, and a trailer that says where the table is.

use std::fmt::Write as _;

use arbitrary::{Result, Unstructured};

use crate::generators::{below, rarely, slice};

const HEADER: &str = "%PDF-1.4\n";

/// One empty page.
const PAGE: &[&str] = &[
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] >>",
];

/// What else an object may be.
const OBJECTS: &[&str] = &[
    "null",
    "<< /S /JavaScript /JS (app.alert\\(1\\)) >>",
    "<< /S /Launch /F (x) >>",
    "<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R /Names << /JavaScript 4 0 R >> >>",
    "<< /Type /Pages /Kids [] /Count 0 >>",
    "<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>",
    "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /AA << /O 4 0 R >> >>",
    "<< /Type /Filespec /EF << /F 4 0 R >> >>",
    "<< /Type /#4aavaScript /A#42 [<</B<41 4 >>>] >>",
    "[ 1 -2.5 true (a\\)b\\\\) <feff> /N 4 0 R ]",
    "<< /XFA [] /Fields [] >>",
    "<< /Length 3 >>\nstream\nabc\nendstream",
    "<< /Length 5 0 R /Filter /FlateDecode >>\nstream\r\n\x78\x01\nendstream",
    "<< /Type /ObjStm /N 1 /First 4 /Length 10 >>\nstream\n5 0 null  \nendstream",
    "<< /Type /XRef /W [1 2 1] /Size 5 /Root 1 0 R /Length 4 >>\nstream\n\0\0\0\0\nendstream",
];

/// What a trailer may say besides.
const ENTRIES: &[&str] = &[
    "",
    " /Encrypt 4 0 R",
    " /Encrypt << /Filter /Standard /V 1 /R 2 /O (o) /U (u) /P -4 >>",
    " /Prev 9",
    " /Info 4 0 R",
    " /XRefStm 9",
    " /ID [<00> <00>]",
];

/// A file that is being written, with the places of its objects.
struct File {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl File {
    fn object(&mut self, object: &[u8]) {
        self.places.push(self.bytes.len());
        let number = self.places.len();
        self.bytes
            .extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        self.bytes.extend_from_slice(object);
        self.bytes.extend_from_slice(b"\nendobj\n");
    }

    /// The table and the trailer; `entries` go into the trailer, and the table is said to stand `off` bytes later.
    fn end(&mut self, entries: &str, off: usize) {
        let (at, count) = (self.bytes.len() + off, self.places.len() + 1);
        let mut text = format!("xref\n0 {count}\n0000000000 65535 f \n");
        for place in &self.places {
            let _ = writeln!(text, "{place:010} 00000 n ");
        }
        let _ = write!(
            text,
            "trailer\n<< /Size {count} /Root 1 0 R{entries} >>\nstartxref\n{at}\n%%EOF\n"
        );
        self.bytes.extend_from_slice(text.as_bytes());
    }
}

fn begun() -> File {
    File {
        bytes: HEADER.into(),
        places: Vec::new(),
    }
}

pub(super) fn sample() -> Vec<u8> {
    padded(0)
}

/// A sound file of so many bytes, or of the fewest that one can have: the rest is comments.
pub(super) fn of(bytes: usize) -> Vec<u8> {
    let mut padding = 0;
    // The table stands behind the comments, and says where in digits: their number follows from the padding.
    for _ in 0..3 {
        let length = padded(padding).len();
        padding = (padding + bytes).saturating_sub(length);
    }
    padded(padding)
}

fn padded(padding: usize) -> Vec<u8> {
    let mut file = begun();
    for object in PAGE {
        file.object(object.as_bytes());
    }
    let mut comments = "%...............................\n".repeat(padding.div_ceil(33) + 1);
    comments.truncate(padding.saturating_sub(1));
    if padding > 0 {
        comments.push('\n');
    }
    file.bytes.extend_from_slice(comments.as_bytes());
    file.end("", 0);
    file.bytes
}

/// A page, up to five objects of any kind, and up to two more tables behind it, as updates have them.
pub(super) fn drawn(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut file = begun();
    for object in PAGE {
        let object = if u.int_in_range(0..=7)? == 7 {
            u.choose(OBJECTS)?
        } else {
            object
        };
        file.object(object.as_bytes());
    }
    for update in 0..=below(u, 3)? {
        for _ in 0..below(u, 6)? {
            if rarely(u, 4)? {
                file.object(slice(u, 60)?);
            } else {
                file.object(u.choose(OBJECTS)?.as_bytes());
            }
        }
        let off = if u.int_in_range(0..=7)? == 7 {
            update + 1
        } else {
            0
        };
        file.end(u.choose(ENTRIES)?, off);
    }
    file.bytes.extend_from_slice(slice(u, 20)?);
    Ok(file.bytes)
}
