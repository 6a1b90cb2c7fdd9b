use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

const BOUNDARY: &str = "-a-a";

/// What a scan says of a text: content before the first delimiter, what the delimiter has in the text, and
/// the strays with their ends.
#[derive(Debug, Default, Eq, PartialEq)]
struct Split {
    content: Vec<u8>,
    seen: Option<usize>,
    strays: Vec<(Stray, usize)>,
}

fn delimiter(lf: bool) -> Delimiter {
    let mut delimiter = Delimiter::new(&Boundary::new(BOUNDARY).unwrap());
    if lf {
        delimiter.end_lines_in_lf();
    }
    delimiter
}

fn split(delimiter: &mut Delimiter, mut held: Held, chunks: &[&[u8]]) -> Split {
    let mut split = Split::default();
    for chunk in chunks {
        let mut at = 0;
        loop {
            match delimiter.scan(&mut held, chunk, &mut at) {
                Piece::Waited(range) => {
                    assert!(!range.is_empty());
                    split.content.extend_from_slice(&delimiter.as_bytes()[range]);
                }
                Piece::Chunk(range) => {
                    assert!(!range.is_empty());
                    split.content.extend_from_slice(&chunk[range]);
                }
                Piece::Stray(stray) => split.strays.push((stray, split.content.len())),
                Piece::Delimiter(seen) => {
                    split.seen = Some(seen);
                    return split;
                }
                Piece::Exhausted => break,
            }
        }
    }
    split
        .content
        .extend_from_slice(&delimiter.as_bytes()[held.waiting()]);
    split
}

/// The same by the definition, on a text in one piece.
fn by_definition(text: &[u8], at_line_start: bool, lf: bool) -> Split {
    let dash_boundary = format!("--{BOUNDARY}").into_bytes();
    let line_end: &[u8] = if lf { b"\n" } else { b"\r\n" };
    let mut split = Split {
        content: text.to_vec(),
        ..Split::default()
    };
    let mut at = 0;
    while at < text.len() {
        if !text[at..].starts_with(&dash_boundary) {
            at += 1;
            continue;
        }
        let end = at + dash_boundary.len();
        if text[..at].ends_with(line_end) || (at == 0 && at_line_start) {
            let start = at - if at == 0 { 0 } else { line_end.len() };
            split.content.truncate(start);
            split.seen = Some(end - start);
            return split;
        }
        let stray = match text[..at].last() {
            Some(b'\r' | b'\n') => Stray::AtLineStart,
            _ => Stray::MidLine,
        };
        if !split.strays.iter().any(|(seen, _)| *seen == stray) {
            split.strays.push((stray, end));
        }
        at = end;
    }
    split
}

fn check(text: &[u8], chunks: &[&[u8]]) {
    for lf in [false, true] {
        for (held, at_line_start) in [(Held::NOTHING, false), (Held::LINE_START, true)] {
            let wanted = by_definition(text, at_line_start, lf);
            let found = split(&mut delimiter(lf), held, chunks);
            let lengths: Vec<_> = chunks.iter().map(|chunk| chunk.len()).collect();
            assert_eq!(
                found,
                wanted,
                "{} cut into {lengths:?}, LF {lf}",
                text.escape_ascii()
            );
        }
    }
}

#[test]
fn every_two_way_split_finds_the_same() {
    for text in [
        &b"xy\r\n---a-a rest"[..],
        b"\r\n---a\r\n--\r\r\n---a-a",
        b"\r\n---a-b",
        b"---a-a",
        b"---a-b\r\n---a-a",
        b"\r\n---a-a",
        b"x---a-a\n---a-a\r---a-a---a-a\r\n---a-a",
        b"\n---a---a-a---a-a\r\n---a---a-a",
        b"---a---a-a",
        b"x\r---a-a",
    ] {
        for cut in 0..=text.len() {
            let (left, right) = text.split_at(cut);
            check(text, &[left, right]);
        }
        check(text, &text.chunks(1).collect::<Vec<_>>());
    }
}

#[test]
fn a_boundary_of_dashes_is_found_among_dashes() {
    let boundary = Boundary::new(&"-".repeat(20)).unwrap();
    let text = "-".repeat(100);
    for size in [1, 3, 22, 100] {
        let mut delimiter = Delimiter::new(&boundary);
        let chunks: Vec<_> = text.as_bytes().chunks(size).collect();
        let found = split(&mut delimiter, Held::NOTHING, &chunks);
        assert_eq!(found.strays, [(Stray::MidLine, 22)], "by {size}");
        assert_eq!(found.content.len(), 100, "by {size}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cutting_is_invisible(
        pieces in vec(select(vec!["---a-a", "---a", "--", "-", "-a", "a", "x", "\r", "\n", "\r\n"]), 0..16),
        sizes in vec(1_usize..9, 1..12),
    ) {
        let text = pieces.concat().into_bytes();
        let mut chunks = Vec::new();
        let mut rest = &text[..];
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (chunk, more) = rest.split_at((*size).min(rest.len()));
            chunks.push(chunk);
            rest = more;
        }
        check(&text, &chunks);
        check(&text, &[&text]);
    }
}
