//! The rows that IHDR promises, and their filter bytes, as the inflated image data passes.

use super::header;
use crate::field::Field;

/// The highest row filter that PNG has.
const MAX_FILTER: u8 = 4;

/// Adam7: where each pass starts and how far its pixels are apart, across and down.
const ADAM7: [(u32, u32, u32, u32); 7] = [
    (0, 8, 0, 8),
    (4, 8, 0, 8),
    (0, 4, 4, 8),
    (2, 4, 0, 4),
    (0, 2, 2, 4),
    (1, 2, 0, 2),
    (0, 1, 1, 2),
];

/// Counts rows and looks at the first byte of each.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    passes: [Pass; 7],
    pass: usize,
    /// Bytes of the present row that are still to come; 0 between rows.
    row_left: u64,
    /// Bytes of all rows that are still to come.
    bytes_left: u64,
    complete: u64,
    total: u64,
    /// Whether a filter was wrong: from there on bytes are counted, and no rows.
    broken: bool,
}

/// One reduced picture; without interlace the first is the whole picture and the others are empty.
#[derive(Clone, Copy, Debug, Default)]
struct Pass {
    rows_left: u32,
    /// The length of a row with its filter byte.
    row_bytes: u64,
}

impl Rows {
    /// What a valid IHDR promises.
    pub(super) fn new(header: &Field<{ header::BYTES }>) -> Self {
        let (width, height) = (header.u32(0), header.u32(4));
        let pixel_bits = header::pixel_bits(header);
        let pass = |across: u32, down: u32| match across {
            // A pass without columns has no rows either, not even their filter bytes.
            0 => Pass::default(),
            _ => Pass {
                rows_left: down,
                row_bytes: 1 + (u64::from(across) * pixel_bits).div_ceil(8),
            },
        };
        let passes = if header.get(12) == 0 {
            let mut passes = [Pass::default(); 7];
            passes[0] = pass(width, height);
            passes
        } else {
            ADAM7.map(|(left, across, top, down)| {
                let columns = width.saturating_sub(left).div_ceil(across);
                pass(columns, height.saturating_sub(top).div_ceil(down))
            })
        };
        let bytes = |pass: &Pass| u64::from(pass.rows_left) * pass.row_bytes;
        Self {
            passes,
            pass: 0,
            row_left: 0,
            bytes_left: passes.iter().map(bytes).sum(),
            complete: 0,
            total: passes.iter().map(|pass| u64::from(pass.rows_left)).sum(),
            broken: false,
        }
    }

    /// How many bytes of rows are still to come.
    pub(super) fn bytes_left(&self) -> u64 {
        self.bytes_left
    }

    /// How far the rows have come, in words.
    pub(super) fn shown(&self) -> String {
        format!("{} of {} rows complete", self.complete, self.total)
    }

    /// Takes the next bytes of the rows, no more than are still to come, and gives back the first filter
    /// that does not exist.
    pub(super) fn take(&mut self, mut bytes: &[u8]) -> Option<u8> {
        self.bytes_left -= bytes.len() as u64;
        while let (Some(first), false) = (bytes.first(), self.broken) {
            let taken = if self.row_left == 0 {
                self.skip_empty_passes();
                self.take_whole_rows(bytes)
            } else {
                self.take_row(bytes)
            };
            if taken == 0 && *first > MAX_FILTER {
                self.broken = true;
                return Some(*first);
            }
            bytes = &bytes[taken..];
        }
        None
    }

    fn skip_empty_passes(&mut self) {
        while self.passes[self.pass].rows_left == 0 {
            self.pass += 1;
        }
    }

    /// Takes rows as far as they are whole and sound; otherwise, where the filter is sound, starts a row.
    fn take_whole_rows(&mut self, bytes: &[u8]) -> usize {
        let Pass { rows_left, row_bytes } = &mut self.passes[self.pass];
        let length = usize::try_from(*row_bytes).unwrap_or(usize::MAX);
        let sound = bytes
            .chunks_exact(length)
            .zip(0..*rows_left)
            .take_while(|(row, _)| row[0] <= MAX_FILTER);
        let count = sound.count();
        *rows_left -= u32::try_from(count).unwrap_or(*rows_left);
        self.complete += count as u64;
        if count == 0 && bytes[0] <= MAX_FILTER {
            *rows_left -= 1;
            self.row_left = *row_bytes;
        }
        count * length
    }

    /// Takes what belongs to the present row.
    fn take_row(&mut self, bytes: &[u8]) -> usize {
        let taken = bytes
            .len()
            .min(usize::try_from(self.row_left).unwrap_or(usize::MAX));
        self.row_left -= taken as u64;
        self.complete += u64::from(self.row_left == 0);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(width: u8, height: u8, depth: u8, colour: u8, interlace: u8) -> Rows {
        let mut header = Field::new();
        let bytes = [0, 0, 0, width, 0, 0, 0, height, depth, colour, 0, 0, interlace];
        header.fill(&bytes, header::BYTES);
        Rows::new(&header)
    }

    #[test]
    fn rows_are_as_long_as_depth_and_colour_type_make_them() {
        for (depth, colour, row) in [
            (1, 0, 2),
            (2, 0, 3),
            (4, 0, 4),
            (8, 0, 6),
            (16, 0, 11),
            (8, 2, 16),
            (16, 2, 31),
            (1, 3, 2),
            (2, 3, 3),
            (4, 3, 4),
            (8, 3, 6),
            (8, 4, 11),
            (16, 4, 21),
            (8, 6, 21),
            (16, 6, 41),
        ] {
            let rows = rows(5, 3, depth, colour, 0);
            assert_eq!(
                (rows.bytes_left(), rows.total),
                (3 * row, 3),
                "{depth} bits, type {colour}"
            );
        }
    }

    #[test]
    fn an_interlaced_picture_has_the_rows_of_its_passes() {
        // By hand: the columns and rows of each pass, a byte a pixel and one for each row's filter.
        for (width, height, bytes, total) in [
            (1, 1, 2, 1),
            (8, 8, 64 + 15, 15),
            // Pass 1 is 1 x 1, pass 2 and 3 are empty, 4: 1 x 1, 5: 2 x 1... one row each but the last.
            (3, 3, 9 + 1 + 1 + 1 + 2 + 1, 6),
            (5, 1, 5 + 1 + 1 + 1 + 1, 4),
            (1, 5, 5 + 1 + 1 + 1 + 2, 5),
        ] {
            let rows = rows(width, height, 8, 0, 1);
            assert_eq!(
                (rows.bytes_left(), rows.total),
                (bytes, total),
                "{width} x {height}"
            );
        }
    }

    #[test]
    fn a_filter_is_looked_at_where_a_row_starts_and_nowhere_else() {
        let picture = [[4, 9, 9], [0, 9, 9], [3, 9, 9]].concat();
        for step in 1..=picture.len() {
            let mut rows = rows(2, 3, 8, 0, 0);
            for bytes in picture.chunks(step) {
                assert_eq!(rows.take(bytes), None, "{step} bytes at a time");
            }
            assert_eq!(
                (rows.bytes_left(), rows.shown().as_str()),
                (0, "3 of 3 rows complete")
            );
        }
        let mut rows = rows(2, 3, 8, 0, 0);
        assert_eq!(rows.take(&[0, 9, 9, 5, 1]), Some(5));
        assert_eq!(
            rows.take(&[7, 7, 7]),
            None,
            "where rows start is not known any more"
        );
        assert_eq!(
            (rows.bytes_left(), rows.shown().as_str()),
            (1, "1 of 3 rows complete")
        );
    }
}
