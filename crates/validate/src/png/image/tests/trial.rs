use super::*;

/// Appends bits, the first in the lowest place.
fn put(stream: &mut Vec<u8>, used: &mut u32, bits: &[u8]) {
    for bit in bits {
        if used.is_multiple_of(8) {
            stream.push(0);
        }
        *stream.last_mut().unwrap() |= bit << (*used % 8);
        *used += 1;
    }
}

#[test]
fn what_was_inflated_on_trial_is_taken_back() {
    let far: Vec<u8> = (0..32768_u32).map(|at| (at * at % 5).to_le_bytes()[0]).collect();
    let mut rows = far.clone();
    rows.extend_from_slice(&far[1..4]);
    rows.resize(rows.len() + 5 * 258, far[3]);
    let mut first = stored(&far, 32768);
    // Not the last block, and the checksum comes later.
    first[2] = 0;
    first.truncate(first.len() - 4);
    let mut second = Vec::new();
    let mut used = 0;
    // Three bytes from 32,767 before, then more than a trial takes of the last one.
    put(&mut second, &mut used, &[0, 1, 0]);
    put(&mut second, &mut used, &[0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 1]);
    put(&mut second, &mut used, &[0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    for _ in 0..5 {
        put(&mut second, &mut used, &[1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
    }
    // The end of the block, and the head of a stored one, which is the last and empty.
    put(&mut second, &mut used, &[0, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
    let mut end = vec![0, 0, 0xFF, 0xFF];
    end.extend(adler2::adler32_slice(&rows).to_be_bytes());
    let mut header = Field::new();
    header.fill(&[0, 0, 0, 8, 0, 0, 0x20, 0, 8, 0, 0, 0, 0], header::BYTES);
    let mut image = Image::new(&header);
    let mut problems = Vec::new();
    image.feed(&first, &mut problems);
    assert!(!image.try_feed(&[&second[..], &end].concat()), "too much");
    assert!(image.try_feed(&second[..2]), "a little");
    image.feed(&second[2..], &mut problems);
    image.feed(&end, &mut problems);
    assert_eq!((problems, image.state), (vec![], State::Ended));
}
