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

#[test]
fn the_helpers_do_as_they_are_defined() {
    for boundary in [
        "b",
        "-a-a",
        "aabaaab",
        "--",
        "a-",
        "Zz0-9Az",
        "----WebKitFormBoundaryx",
        "-a--a---a-",
    ] {
        let mut delimiter = Delimiter::new(&Boundary::new(boundary).unwrap());
        let all = delimiter.as_bytes().to_vec();
        for byte in 0..=255 {
            assert_eq!(
                delimiter.holds(byte),
                all.contains(&byte),
                "{byte:#04x} in {boundary:?}"
            );
        }
        let needle = delimiter.dash_boundary().to_vec();
        for matched in 1..=needle.len() {
            let longest = (0..matched)
                .rev()
                .find(|len| needle[..matched].ends_with(&needle[..*len]));
            assert_eq!(
                Some(delimiter.border(matched)),
                longest,
                "{matched} of {boundary:?}"
            );
        }
        for before in [
            &b""[..],
            b"x",
            b"\r",
            b"\n",
            b"-",
            b"x--",
            b"\n--a",
            b"\n---a--",
            &needle[1..],
        ] {
            for len in 0..needle.len() {
                for from in 0..=before.len() {
                    let whole = [before, &needle[..len]].concat();
                    let (earlier, text) = whole.split_at(from);
                    let longest = (0..needle.len())
                        .rev()
                        .find(|len| text.ends_with(&needle[..*len]))
                        .unwrap();
                    let last = whole[..whole.len() - longest].last();
                    let kind = match last {
                        Some(b'\r' | b'\n') => Stray::AtLineStart,
                        _ => Stray::MidLine,
                    };
                    let found = delimiter.stray_at_end_of(text, earlier.last().copied().unwrap_or(0));
                    let wanted = (longest, if longest == 0 { found.1 } else { kind });
                    assert_eq!(
                        found,
                        wanted,
                        "{} from {from}, {boundary:?}",
                        whole.escape_ascii()
                    );
                }
            }
        }
    }
    for (left, right, wanted) in [
        ("", "a", 0),
        ("ab", "ab", 2),
        ("ab", "abc", 2),
        ("ab", "ac", 1),
        ("b", "a", 0),
    ] {
        assert_eq!(common_prefix(left.as_bytes(), right.as_bytes()), wanted);
    }
}

#[test]
fn a_chunk_of_content_is_taken_whole_and_no_other_is() {
    let matched = Held {
        matched: 1,
        ..Held::NOTHING
    };
    let seam = Held {
        seam: (1, Stray::MidLine),
        ..Held::NOTHING
    };
    let found = Held {
        found: Some(Stray::MidLine),
        ..Held::NOTHING
    };
    for (name, mut held, chunk, wanted) in [
        ("plain", Held::NOTHING, "0123456789", Some(10)),
        ("what may go on", Held::NOTHING, "0123\r\n---a", Some(4)),
        ("nothing else", Held::NOTHING, "\r\n-", Some(0)),
        ("half a stray", Held::NOTHING, "0123---a", Some(8)),
        ("empty", Held::NOTHING, "", None),
        ("a delimiter", Held::NOTHING, "01\r\n---a-a89", None),
        ("a stray", Held::NOTHING, "01---a-a89", None),
        ("after half a delimiter", matched, "x", None),
        ("after half a stray", seam, "x", None),
        ("with a stray to tell", found, "x", None),
    ] {
        assert_eq!(
            delimiter(false).take_whole(&mut held, chunk.as_bytes()),
            wanted,
            "{name}"
        );
        let left = &chunk[wanted.unwrap_or(chunk.len())..];
        if wanted.is_some() {
            let waiting = &b"\r\n---a-a"[held.waiting()];
            assert_eq!(waiting, left.as_bytes(), "{name}");
        }
    }
    for (held, wanted) in [(Held::NOTHING, true), (Held::LINE_START, true), (found, false)] {
        assert_eq!(held.is_undecided(&delimiter(false)), wanted, "{held:?}");
    }
    let whole = Held {
        matched: 8,
        ..Held::NOTHING
    };
    assert!(!whole.is_undecided(&delimiter(false)));
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
