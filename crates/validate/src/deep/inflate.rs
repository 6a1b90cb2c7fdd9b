//! Deflate as viewers read it: without the checksum at the end, and without the header too.

use flate2::{Decompress, FlushDecompress, Status};

use super::budget::Budget;

/// How the data ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum End {
    Whole,
    /// The data stops before its last block does.
    Short,
    /// The data stops being deflate.
    Damaged,
    /// It was not inflated to its end: too much, or too long.
    Unknown,
}

const PIECE_BYTES: usize = 32 * 1024;

/// Inflates piece by piece into memory that does not grow; `take` says with `false` that it has enough.
pub(super) fn inflate(
    data: &[u8],
    budget: &mut Budget,
    mut take: impl FnMut(&[u8], &mut Budget) -> bool,
) -> End {
    let data = if has_header(data) { &data[2..] } else { data };
    let mut inflater = Decompress::new(false);
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let (read, written) = (inflater.total_in(), inflater.total_out());
        let rest = usize::try_from(read).ok().and_then(|read| data.get(read..));
        let status = inflater.decompress(rest.unwrap_or_default(), &mut piece, FlushDecompress::None);
        let count = usize::try_from(inflater.total_out() - written).unwrap_or(PIECE_BYTES);
        let fits = budget.takes_inflated(count as u64) && budget.has_time();
        if !(fits && take(&piece[..count], budget)) {
            return End::Unknown;
        }
        match status {
            Ok(Status::StreamEnd) => return End::Whole,
            Ok(_) if count == 0 && inflater.total_in() == read => return End::Short,
            Ok(_) => {}
            Err(_) => return End::Damaged,
        }
    }
}

/// Whether the two bytes are those of zlib, without a preset dictionary.
fn has_header(data: &[u8]) -> bool {
    let Some(&[method, flags]) = data.first_chunk() else {
        return false;
    };
    method & 0x0F == 8 && u16::from_be_bytes([method, flags]).is_multiple_of(31) && flags & 0x20 == 0
}

#[cfg(test)]
mod tests {
    use super::{super::budget::Limits, *};

    /// "aaaa…", a thousand of them, as zlib.
    fn packed() -> Vec<u8> {
        miniz_oxide::deflate::compress_to_vec_zlib(&[b'a'; 1000], 6)
    }

    fn inflated(data: &[u8], limits: Limits) -> (End, Vec<u8>) {
        let mut out = Vec::new();
        let end = inflate(data, &mut Budget::new(limits), |piece, _| {
            out.extend_from_slice(piece);
            true
        });
        (end, out)
    }

    #[test]
    fn data_is_read_to_its_end_and_the_end_is_told() {
        let whole = packed();
        let mut wrong_sum = whole.clone();
        *wrong_sum.last_mut().unwrap() ^= 1;
        let mut damaged = whole.clone();
        damaged[2] |= 0x06;
        for (name, data, end, bytes) in [
            ("whole", &whole[..], End::Whole, 1000),
            ("without header", &whole[2..], End::Whole, 1000),
            ("with a wrong checksum", &wrong_sum, End::Whole, 1000),
            ("cut", &whole[..whole.len() - 6], End::Short, 1),
            ("no data", b"", End::Short, 0),
            ("damaged", &damaged, End::Damaged, 0),
        ] {
            let (found, out) = inflated(data, Limits::default());
            assert_eq!(found, end, "{name}");
            assert!(
                out.len() >= bytes && out.iter().all(|byte| *byte == b'a'),
                "{name}: {}",
                out.len()
            );
        }
    }

    #[test]
    fn more_than_is_allowed_is_not_inflated() {
        let limits = Limits {
            inflated_bytes: 999,
            ..Limits::default()
        };
        assert_eq!(inflated(&packed(), limits), (End::Unknown, Vec::new()));
    }
}
