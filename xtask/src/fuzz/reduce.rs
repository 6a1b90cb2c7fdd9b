//! Makes an input small that breaks a promise.

use std::time::Instant;

use anyhow::Result;

/// Leaves out of `input` what it can do without: pieces of half its length first, then of a quarter, down to single
/// bytes, and from the front again as long as that helps. `still` says whether what is left breaks the same promise.
///
/// # Errors
///
/// Where `still` could not be asked.
pub(super) fn reduce(
    input: &[u8],
    until: Instant,
    mut still: impl FnMut(&[u8]) -> Result<bool>,
) -> Result<Vec<u8>> {
    let mut smallest = input.to_vec();
    let mut piece = smallest.len().div_ceil(2);
    while piece > 0 && !smallest.is_empty() {
        let mut helped = false;
        let mut start = 0;
        while start < smallest.len() {
            if Instant::now() >= until {
                return Ok(smallest);
            }
            let end = smallest.len().min(start + piece);
            let mut less = smallest.clone();
            less.drain(start..end);
            if still(&less)? {
                smallest = less;
                helped = true;
            } else {
                start = end;
            }
        }
        if !helped {
            piece /= 2;
        }
        piece = piece.min(smallest.len());
    }
    Ok(smallest)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_is_not_needed_goes() {
        let contains =
            |needle: &'static [u8]| move |input: &[u8]| Ok(needle.iter().all(|byte| input.contains(byte)));
        let soon = Instant::now() + Duration::from_mins(1);
        let input: Vec<u8> = (0..=255).collect();
        assert_eq!(reduce(&input, soon, contains(b"")).unwrap(), b"");
        assert_eq!(
            reduce(&input, soon, contains(b"\x07A\xFF")).unwrap(),
            b"\x07A\xFF"
        );
        assert_eq!(reduce(b"", soon, contains(b"")).unwrap(), b"");
        let doubled = |input: &[u8]| Ok(input.len() >= 2 && input.len().is_multiple_of(2));
        assert_eq!(reduce(&input, soon, doubled).unwrap().len(), 2);
    }

    #[test]
    fn it_ends_when_its_time_is_over() {
        let input = [1; 64];
        assert_eq!(reduce(&input, Instant::now(), |_| Ok(true)).unwrap(), input);
    }
}
