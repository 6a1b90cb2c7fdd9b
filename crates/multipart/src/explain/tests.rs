use super::*;
use crate::breakage::Breakage;
use crate::form::Form;
use crate::policy::Mode;

const FORM: &[u8] = b"--b\r\nContent-Disposition: form-data; name=kind\r\n\r\nx\r\n\
    --b\r\nContent-Disposition: form-data;\r\n name=file\r\nContent-Type: image/png\r\n\r\n\r\n--b--\r\nbye";

fn explain(body: &[u8], mode: Mode, cut: usize) -> Listing {
    let boundary = Boundary::new("b").unwrap();
    let mut explainer = Explainer::new(boundary, mode, Limits::default());
    body.chunks(cut).for_each(|chunk| explainer.feed(chunk));
    explainer.finish()
}

fn kinds(listing: &Listing) -> Vec<(u64, &'static str)> {
    let line = |line: &Line| (line.span.start, line.kind.as_str());
    listing.lines.iter().map(line).collect()
}

/// Every byte stands in one line, and every line begins with its bytes.
fn assert_tiled(listing: &Listing, body: &[u8], name: &str) {
    let mut at = 0;
    for line in &listing.lines {
        assert_eq!(line.span.start, at, "{name}: {:?}", kinds(listing));
        let start = usize::try_from(at).unwrap();
        assert!(body[start..].starts_with(line.shown()), "{name}: {line:?}");
        at = line.span.end;
    }
    assert_eq!(at, body.len() as u64, "{name}: {:?}", kinds(listing));
    assert_eq!(listing.bytes, at, "{name}");
}

#[test]
fn what_stands_where() {
    let listing = explain(FORM, Mode::Observe, FORM.len());
    assert_eq!(
        kinds(&listing),
        [
            (0, "boundary"),
            (5, "header"),
            (48, "blank"),
            (50, "content"),
            (51, "boundary"),
            (58, "header"),
            (91, "folded"),
            (103, "header"),
            (128, "blank"),
            (130, "content"),
            (130, "close"),
            (139, "epilogue"),
        ]
    );
    let [kind, file] = &listing.parts[..] else {
        panic!("two parts")
    };
    assert_eq!((kind.content.clone(), kind.is_whole), (50..51, true));
    assert_eq!(file.name.as_deref(), Some("file"));
    assert_eq!(file.headers[0].span, 58..101);
    assert_eq!(file.headers[0].value, b"form-data;   name=file");
    assert_eq!(listing.span_of(LineKind::Epilogue), Some(139..142));
    let found: Vec<_> = listing
        .violations
        .iter()
        .map(|it| (it.id.as_str(), listing.line_of(it)))
        .collect();
    assert_eq!(found, [("H06", Some(6)), ("F13", Some(11))]);
}

#[test]
fn a_reader_that_stops_shows_the_line_it_stopped_at() {
    let listing = explain(FORM, Mode::Strict, 7);
    assert_eq!(
        kinds(&listing)[4..],
        [
            (51, "boundary"),
            (58, "header"),
            (91, "folded"),
            (103, "not read")
        ]
    );
    let stopped = listing.stopped.as_ref().unwrap();
    assert_eq!(
        (stopped.id, listing.line_of(stopped)),
        (ViolationId::H06, Some(6))
    );
    assert_eq!(listing.lines[6].part, Some(1));
}

#[test]
fn lines_tile_every_body_however_it_is_cut() {
    let form = Form::new()
        .text("kind", "details_of_purchase")
        .file("file", "a.png", Some("image/png"), "…");
    let boundary = Boundary::new("b").unwrap();
    let mut bodies: Vec<(String, Vec<u8>)> = Breakage::ALL
        .iter()
        .map(|breakage| {
            let body = form.to_broken(&boundary, *breakage).body;
            (breakage.as_str().to_owned(), body)
        })
        .collect();
    bodies.extend((0..=FORM.len()).map(|end| (format!("cut at {end}"), FORM[..end].to_vec())));
    bodies.push(("far off".to_owned(), [&vec![b'x'; 40_000][..], FORM].concat()));
    let padded = [FORM, &[b'-'; 9000][..]].concat();
    let junk = [
        b"--b",
        &vec![b'x'; 30_000][..],
        b"\r\n\r\n\r\n--b",
        &[b'y'; 3000],
        FORM,
    ]
    .concat();
    bodies.push(("text behind boundaries".to_owned(), junk));
    bodies.push(("long epilogue".to_owned(), padded));
    for (name, body) in &bodies {
        for mode in [Mode::Observe, Mode::Lenient, Mode::Strict] {
            let whole = explain(body, mode, body.len().max(1));
            assert_tiled(&whole, body, &format!("{name}, {mode:?}"));
            for cut in [1, 7, 61] {
                if body.len() < 10_000 || cut == 61 {
                    assert_eq!(explain(body, mode, cut), whole, "{name}, {mode:?}, by {cut}");
                }
            }
        }
    }
}

#[test]
fn content_is_counted_and_not_held() {
    let head = b"--b\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n";
    let boundary = Boundary::new("b").unwrap();
    let mut explainer = Explainer::new(boundary, Mode::Observe, Limits::default());
    explainer.feed(head);
    let zeros = vec![0; 1024 * 1024];
    for _ in 0..9 {
        explainer.feed(&zeros);
    }
    explainer.feed(b"\r\n--b--\r\n");
    let listing = explainer.finish();
    let content = &listing.lines[3];
    assert_eq!(content.span.end - content.span.start, 9 * 1024 * 1024);
    assert_eq!(content.shown().len(), Line::MAX_SHOWN_BYTES);
    assert_eq!(kinds(&listing).last().unwrap().1, "close");
}

#[test]
fn where_a_reader_stops_its_line_is_the_last_that_was_read() {
    let head = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n";
    let one_byte = Limits {
        field_bytes: 1,
        epilogue_bytes: 1,
        preamble_bytes: 1,
        parts: 1,
        body_bytes: 85,
        ..Limits::default()
    };
    let defaults = Limits::default();
    for (name, limits, body, wanted) in [
        (
            "at the first boundary",
            &defaults,
            "--bx\r\n\r\nabc".to_owned(),
            &[(0, "boundary"), (6, "not read")][..],
        ),
        (
            "behind a preamble",
            &one_byte,
            "x\r\n--b\r\n: z\r\n\r\n".to_owned(),
            &[(0, "preamble"), (1, "boundary"), (8, "header"), (13, "not read")],
        ),
        (
            "without any boundary",
            &defaults,
            "ab\r\n--\nc".to_owned(),
            &[(0, "preamble"), (4, "preamble"), (7, "preamble")],
        ),
        (
            "behind the last preamble",
            &defaults,
            "a\nb\r\n--b\r\nX".to_owned(),
            &[(0, "preamble"), (3, "boundary"), (10, "header")],
        ),
        (
            "at a blank line",
            &defaults,
            "--b\r\nContent-Type: a/b\r\n\r\nv\r\n--b--".to_owned(),
            &[(0, "boundary"), (5, "header"), (24, "blank"), (26, "not read")],
        ),
        (
            "in a header block",
            &defaults,
            "--b\r\nX\r\n y\r\nz: a\r\n".to_owned(),
            &[(0, "boundary"), (5, "header"), (8, "folded"), (12, "header")],
        ),
        (
            "within content",
            &one_byte,
            format!("{head}12\r\n--b--\r\n"),
            &[
                (0, "boundary"),
                (5, "header"),
                (45, "blank"),
                (47, "content"),
                (48, "not read"),
            ],
        ),
        (
            "at a later boundary",
            &defaults,
            format!("{head}1\r\n--bx\r\n: y"),
            &[
                (0, "boundary"),
                (5, "header"),
                (45, "blank"),
                (47, "content"),
                (48, "boundary"),
                (56, "not read"),
            ],
        ),
        (
            "at an empty part",
            &defaults,
            format!("{head}--b--\r\n--"),
            &[
                (0, "boundary"),
                (5, "header"),
                (45, "blank"),
                (47, "content"),
                (47, "close"),
                (54, "not read"),
            ],
        ),
        (
            "where lines end in LF",
            &defaults,
            format!("{head}1\n--bx\n: y").replace('\r', ""),
            &[
                (0, "boundary"),
                (4, "header"),
                (43, "blank"),
                (44, "content"),
                (45, "boundary"),
                (51, "not read"),
            ],
        ),
        (
            "at a part too many",
            &one_byte,
            format!("{head}1\r\n--b\r\nX: y\r\nZ: y"),
            &[
                (0, "boundary"),
                (5, "header"),
                (45, "blank"),
                (47, "content"),
                (48, "boundary"),
                (55, "header"),
                (61, "not read"),
            ],
        ),
        (
            "in a header, over the limit on the body",
            &one_byte,
            format!("--b\r\nX: {}\r\n y\r\nZ: {}", "x".repeat(72), "z".repeat(9)),
            &[(0, "boundary"), (5, "header"), (82, "folded"), (86, "not read")],
        ),
        (
            "in what waited at the end",
            &one_byte,
            format!("{head}1\r\n--b--\r\nx\r\n--"),
            &[
                (0, "boundary"),
                (5, "header"),
                (45, "blank"),
                (47, "content"),
                (48, "close"),
                (57, "epilogue"),
                (60, "epilogue"),
            ],
        ),
    ] {
        for cut in [1, 7, usize::MAX] {
            let boundary = Boundary::new("b").unwrap();
            let mut explainer = Explainer::new(boundary, Mode::Lenient, limits.clone());
            body.as_bytes()
                .chunks(cut)
                .for_each(|chunk| explainer.feed(chunk));
            let listing = explainer.finish();
            assert_tiled(&listing, body.as_bytes(), name);
            assert_eq!(kinds(&listing), wanted, "{name}, by {cut}: {:?}", listing.stopped);
            for line in &listing.lines {
                let is_parts = matches!(line.kind.as_str(), "header" | "folded" | "blank" | "content");
                assert!(
                    line.part.is_some() == is_parts || line.kind == LineKind::Unread,
                    "{name}: {line:?}"
                );
            }
        }
    }
}

#[test]
fn a_listing_is_asked_by_kind_and_by_place() {
    let listing = explain(FORM, Mode::Observe, FORM.len());
    assert_eq!(listing.span_of(LineKind::Boundary), Some(0..58));
    assert_eq!(listing.span_of(LineKind::Close), Some(130..139));
    assert_eq!(listing.span_of(LineKind::Unread), None);
    let mut diagnosis = listing.violations[0].clone();
    for (start, line) in [
        (0, 0),
        (4, 0),
        (5, 1),
        (50, 3),
        (51, 4),
        (129, 8),
        (130, 10),
        (141, 11),
        (142, 11),
    ] {
        diagnosis.span = start..start;
        assert_eq!(listing.line_of(&diagnosis), Some(line), "{start}");
        assert_eq!(Listing::default().line_of(&diagnosis), None);
    }
}

#[test]
fn another_length_than_announced_is_told_where_the_end_was_announced() {
    for (length, line) in [(3, 0), (50, 3), (140, 11), (150, 11)] {
        let explainer = Explainer::new(Boundary::new("b").unwrap(), Mode::Observe, Limits::default());
        let mut explainer = explainer.expecting(length);
        explainer.feed(FORM);
        let listing = explainer.finish();
        let found = &listing.violations[listing.violations.len() - 1];
        assert_eq!((found.id, listing.line_of(found)), (ViolationId::F21, Some(line)));
    }
}

#[test]
fn a_long_preamble_shows_its_beginning() {
    let limits = Limits {
        preamble_bytes: u64::MAX,
        ..Limits::default()
    };
    let preamble = [b"beginning", &vec![b'x'; 100_000][..], b"\r\n"].concat();
    for (form, cut, parts) in [(FORM, 1, 2), (FORM, usize::MAX, 2), (b"", 61, 0)] {
        let mut explainer = Explainer::new(Boundary::new("b").unwrap(), Mode::Observe, limits.clone());
        let body = [&preamble[..], form].concat();
        body.chunks(cut).for_each(|chunk| explainer.feed(chunk));
        let listing = explainer.finish();
        assert_tiled(&listing, &body, "a long preamble");
        assert_eq!(listing.lines[0].kind, LineKind::Preamble);
        assert_eq!(
            listing.lines[0].shown(),
            &body[..Line::MAX_SHOWN_BYTES],
            "by {cut}"
        );
        assert_eq!(listing.parts.len(), parts);
    }
}

#[test]
fn every_kind_has_a_word_of_its_own() {
    use LineKind::{Blank, Boundary, Close, Content, Epilogue, Fold, Header, Preamble, Unread};
    let all = [
        Preamble, Boundary, Close, Header, Fold, Blank, Content, Epilogue, Unread,
    ];
    let words: std::collections::HashSet<_> = all.map(LineKind::as_str).into();
    assert_eq!(words.len(), all.len());
    for (line, kind) in [
        ("\r\n", Blank),
        ("\n", Blank),
        ("\r", Header),
        ("\ta", Fold),
        (" ", Fold),
        ("a", Header),
    ] {
        assert_eq!(LineKind::of_block(line.as_bytes()), kind, "{line:?}");
    }
    for (bytes, kind) in [
        ("\r\n--b--", Close),
        ("--b--\r\n", Close),
        ("\n--b-", Boundary),
        ("--b", Boundary),
        ("", Boundary),
    ] {
        assert_eq!(LineKind::of_framing(bytes.as_bytes(), b"--b"), kind, "{bytes:?}");
    }
}
