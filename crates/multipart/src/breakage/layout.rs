//! A body cut into its pieces, so that one of them can be broken.

use crate::boundary::Boundary;
use crate::form::Form;
use crate::part::Part;

/// The pieces of a body, in order: those of each part, then the close delimiter.
pub(super) struct Layout {
    pub(super) boundary: Vec<u8>,
    /// At least one, unless an edit takes them all.
    pub(super) parts: Vec<Pieces>,
    pub(super) close: Vec<u8>,
}

#[derive(Clone)]
pub(super) struct Pieces {
    /// The delimiter with its line end.
    pub(super) opening: Vec<u8>,
    /// The header lines, each with its line end.
    pub(super) lines: Vec<Vec<u8>>,
    pub(super) blank: Vec<u8>,
    pub(super) content: Vec<u8>,
}

impl Layout {
    pub(super) fn new(form: &Form, boundary: &Boundary) -> Self {
        let stand_in = [Part::new("part", "content")];
        let parts = if form.parts().is_empty() {
            &stand_in
        } else {
            form.parts()
        };
        let boundary = boundary.as_bytes().to_vec();
        let pieces = |(index, part): (usize, &Part)| Pieces {
            opening: [
                if index == 0 { &b"--"[..] } else { b"\r\n--" },
                &boundary,
                b"\r\n",
            ]
            .concat(),
            lines: part
                .lines()
                .into_iter()
                .map(|line| [&line[..], b"\r\n"].concat())
                .collect(),
            blank: b"\r\n".to_vec(),
            content: part.content().to_vec(),
        };
        Self {
            parts: parts.iter().enumerate().map(pieces).collect(),
            close: [b"\r\n--", &boundary[..], b"--\r\n"].concat(),
            boundary,
        }
    }

    pub(super) fn to_vec(&self) -> Vec<u8> {
        let mut body: Vec<u8> = self.parts.iter().flat_map(Pieces::to_vec).collect();
        body.extend_from_slice(&self.close);
        body
    }

    pub(super) fn len(&self) -> usize {
        self.to_vec().len()
    }

    /// Takes what looks like the beginning of a boundary off the end of the last content, so that the body
    /// ends in content and not in a delimiter.
    pub(super) fn trim_half_a_boundary(&mut self) {
        let delimiter = [b"\r\n--", &self.boundary[..]].concat();
        let Some(last) = self.parts.last_mut() else { return };
        let text = [&last.blank[..], &last.content].concat();
        let half = (5..delimiter.len())
            .rev()
            .find(|len| text.ends_with(&delimiter[..*len]));
        last.content
            .truncate(last.content.len() - half.map_or(0, |len| len - 4));
    }

    /// Where the header block of the first part begins.
    pub(super) fn block(&self) -> usize {
        self.parts[0].opening.len()
    }

    /// Where a header line of the first part begins.
    pub(super) fn line(&self, index: usize) -> usize {
        self.block() + self.parts[0].lines[..index].iter().map(Vec::len).sum::<usize>()
    }

    /// Puts a line into the first part's header block and answers where it begins.
    pub(super) fn insert_line(&mut self, index: usize, line: &[u8]) -> usize {
        let index = index.min(self.parts[0].lines.len());
        self.parts[0].lines.insert(index, [line, b"\r\n"].concat());
        self.line(index)
    }

    /// Adds a line at the end of the first part's header block and answers where it begins.
    pub(super) fn push_line(&mut self, line: &[u8]) -> usize {
        self.insert_line(usize::MAX, line)
    }

    pub(super) fn remove_content_types(&mut self) {
        let is_type = |line: &[u8]| line[..13.min(line.len())].eq_ignore_ascii_case(b"content-type:");
        self.parts[0].lines.retain(|line| !is_type(line));
    }

    /// Puts `parameters` in the place of the first part's filename, name kept, and answers where they begin.
    pub(super) fn replace_filename(&mut self, parameters: &[u8]) -> usize {
        let Some(line) = self.parts[0].lines.first_mut() else {
            return 0;
        };
        let name = memchr::memmem::find(line, b"; filename=").unwrap_or(line.len() - 2);
        *line = [&line[..name], parameters, b"\r\n"].concat();
        self.line(0) + name
    }

    /// Puts a whole disposition in the place of the first part's and answers where its value begins.
    pub(super) fn replace_disposition(&mut self, value: &[u8]) -> usize {
        let header = b"Content-Disposition: ";
        let line = [header, value, b"\r\n"].concat();
        if let Some(first) = self.parts[0].lines.first_mut() {
            *first = line;
        }
        self.line(0) + header.len()
    }
}

impl Pieces {
    pub(super) fn to_vec(&self) -> Vec<u8> {
        [
            &self.opening[..],
            &self.lines.concat(),
            &self.blank,
            &self.content,
        ]
        .concat()
    }
}
