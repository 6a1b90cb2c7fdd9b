//! Random bytes and damaged files: no panic, and the promises hold for them too.

mod feeding;

use std::{fs, path::Path};

use feeding::{Lengths, check, check_in_chunks};
use proptest::prelude::*;
use rebuttal_model::Format;
use rebuttal_validate::{Code, Detected, Outcome, Policy, Severity};

/// The files kept with the crate.
fn samples() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension != "json"));
    paths.sort();
    let samples: Vec<_> = paths.iter().map(|path| fs::read(path).expect("a file")).collect();
    assert!(samples.len() >= 30, "{} samples", samples.len());
    samples
}

/// Those of them that are PNGs with nothing wrong.
fn sound_pngs() -> Vec<Vec<u8>> {
    let sound = |bytes: &[u8]| {
        let report = check(bytes, Policy::reviewer());
        report.findings.is_empty() && report.detected == Detected::Allowed(Format::Png)
    };
    let mut pngs = samples();
    pngs.retain(|bytes| sound(bytes));
    assert!(pngs.len() >= 3, "{} PNGs", pngs.len());
    pngs
}

/// What holds for every file.
fn promises(bytes: &[u8], lengths: Lengths) {
    let reviewer = check(bytes, Policy::reviewer());
    let contract = check(bytes, Policy::contract());
    assert_eq!(
        check_in_chunks(bytes, Policy::reviewer(), lengths),
        reviewer,
        "{lengths:?}"
    );
    assert_eq!(reviewer.rejection(), contract.rejection());
    assert_eq!(
        reviewer.outcome() == Outcome::Reject,
        reviewer.rejection().is_some()
    );
    assert_ne!(contract.outcome(), Outcome::Warn);
    assert_eq!(reviewer.bytes, bytes.len() as u64);
    assert!(reviewer.findings.len() <= Code::ALL.len());
    for finding in &reviewer.findings {
        assert!(finding.severity <= finding.code.worst(), "{finding:?}");
        assert!(
            finding.severity < Severity::Rejection || finding.clause().is_some(),
            "{finding:?}"
        );
        assert!(
            finding.offset.is_none_or(|offset| offset <= bytes.len() as u64),
            "{finding:?}"
        );
        assert!(finding.found.len() < 300, "{finding:?}");
        for text in [&finding.expected, &finding.found, &finding.advice] {
            assert!(!text.is_empty(), "{finding:?}");
        }
    }
}

/// A way to feed.
fn lengths() -> impl Strategy<Value = Lengths> {
    prop_oneof![
        prop::sample::select(&Lengths::ALL[..]),
        any::<u64>().prop_map(Lengths::Random)
    ]
}

/// Pieces of which the three formats are made, so that random files get past the first bytes.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    const PIECES: &[&[u8]] = &[
        b"\x89PNG\r\n\x1a\n",
        b"\0\0\0\x0DIHDR",
        b"\0\0\0\0IDAT",
        b"\0\0\0\0IEND\xAE\x42\x60\x82",
        b"\xFF\xD8\xFF",
        b"\xFF\xDA\0\x08\x01\x01\0\0\x3F\0",
        b"\xFF\xC0\0\x0B\x08\0\x08\0\x08\x01\x01\x11\0",
        b"\xFF\xC4\0\x13",
        b"\xFF\xDB\0\x43\0",
        b"\xFF\xD9",
        b"\xFF\xD0",
        b"\xFF\xE2\0\x06MPF\0",
        b"%PDF-1.4\n",
        b"1 0 obj",
        b"<</Type/Catalog",
        b"/Root 1 0 R",
        b">>",
        b"[",
        b"(",
        b"stream\r\n",
        b"endstream",
        b"endobj\n",
        b"trailer",
        b"xref\n",
        b"startxref\n",
        b"99999999999999999999",
        b"/Length 7",
        b"0 2\n0000000000 65535 f \n0000000009 00000 n \n",
        b"/Prev 9",
        b"/Encrypt 1 0 R",
        b"/Encrypt<<",
        b"/Filter/Standard/V 2/R 3/P -4",
        b"/O(\\053\\)aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)",
        b"/U<00000000000000000000000000000000>",
        b"/ID[<00>(a)]",
        b"/Linearized 1/L 9999",
        b"/Type/Pages/Kids[1 0 R]",
        b"/Pages 1 0 R",
        b"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD",
        b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        b"((((((((((((((((((((((((((((((((((((",
        b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        b"%%EOF",
        b"PK\x05\x06",
    ];
    prop_oneof![
        3 => prop::sample::select(PIECES).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ]
}

/// Units that are passed in one look where they are whole in a chunk.
fn repeated() -> impl Strategy<Value = Vec<u8>> {
    const UNITS: &[&[u8]] = &[
        b"9 0 obj endobj\n",
        b"9 0 obj ",
        b"8 1 obj\n",
        b"endobj ",
        b"endobj7 0 obj\n",
        b"startxref\n0\n%%EOF\n",
        b"startxref ",
        b"%%EOF",
        b"%\n",
        b"% x\r",
        b"<</A",
        b"<</XFA 1 ",
        b"/#41 ",
        b"1 <</A 0 obj ",
        b">>",
        b"[",
        b"1 ",
        b"0 ",
        b"obj ",
        b"R ",
        b"xref\n0 1\n0000000009 00000 n \n",
        b"trailer<</Root 1 0 R>>\n",
        b"<</Length 3>>stream\nabcendstream ",
        b"(",
        b"<41>",
    ];
    (
        prop::sample::select(UNITS),
        prop_oneof![4 => 1..4_usize, 1 => 257..300_usize],
    )
        .prop_map(|(unit, count)| unit.repeat(count))
}

/// The same of scan data.
fn repeated_scans() -> impl Strategy<Value = Vec<u8>> {
    const UNITS: &[&[u8]] = &[
        b"\xFF\xDA\0\x08\x01\x01\0\0\x3F\0\x3F",
        b"\xFF\xDA\0\x08\x01\x01\0\0\x3F\0",
        b"\xFF\xDA\0\x08\x01\x02\0\0\x3F\0ab",
        b"\xFF\xDD\0\x04\0\x02",
        b"\xFF\xD0\xFF\xD1\xFF\xD2\xFF\xD3\xFF\xD4\xFF\xD5\xFF\xD6\xFF\xD7",
        b"\xFF\xD0",
        b"\xFF\xD1\xFF\xD2\xFF\xD3\xFF\xD4\xFF\xD5\xFF\xD6\xFF\xD7\xFF\xD0",
        b"\xFF\xD5",
        b"\xFF\0",
        b"abc",
        b"\xFF\xD9",
    ];
    (prop::sample::select(UNITS), 1..40_usize).prop_map(|(unit, count)| unit.repeat(count))
}

/// A sound PNG with its image data cut into chunks so long, after some of its bytes have been changed and the rest
/// been left out.
fn cut_image(
    png: &[u8],
    lengths: &[usize],
    damage: &[(prop::sample::Index, u8)],
    kept: Option<prop::sample::Index>,
) -> Vec<u8> {
    let mut bytes = png[..8].to_vec();
    let mut put = |name: &[u8], body: &[u8]| {
        let named = [name, body].concat();
        let length = u32::try_from(body.len()).expect("a short chunk").to_be_bytes();
        bytes.extend([&length, &named[..], &crc32fast::hash(&named).to_be_bytes()].concat());
    };
    let mut data = Vec::new();
    let mut rest = &png[8..];
    while let Some((length, behind)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_be_bytes(*length)).expect("a short chunk");
        let (name, body) = (&behind[..4], &behind[4..4 + length]);
        rest = &behind[8 + length..];
        match name {
            b"IDAT" => data.extend_from_slice(body),
            b"IEND" => break,
            _ => put(name, body),
        }
    }
    put(b"tEXt", &[b'x'; WINDOW]);
    for (at, value) in damage {
        let at = at.index(data.len());
        data[at] = *value;
    }
    data.truncate(kept.map_or(data.len(), |kept| kept.index(data.len())));
    let mut rest = data.as_slice();
    for length in lengths.iter().cycle() {
        let (body, behind) = rest.split_at((*length).min(rest.len()));
        put(b"IDAT", body);
        rest = behind;
        if rest.is_empty() {
            break;
        }
    }
    put(b"IEND", b"");
    bytes
}

/// The first bytes of a file are gathered: what follows so many is cut as the lengths say.
const WINDOW: usize = 1100;

proptest! {
    #[test]
    fn repeated_pieces_of_a_pdf_keep_the_promises(
        units in prop::collection::vec(repeated(), 1..12),
        lengths in lengths(),
    ) {
        let mut bytes = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%".to_vec();
        bytes.resize(WINDOW, b'x');
        bytes.push(b'\n');
        bytes.append(&mut units.concat());
        promises(&bytes, lengths);
    }

    #[test]
    fn image_data_in_tiny_chunks_keeps_the_promises(
        cuts in prop::collection::vec(prop_oneof![9 => 0..4_usize, 1 => 0..99_usize], 1..20),
        png in prop::sample::select(sound_pngs()),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..2),
        kept in prop::option::of(any::<prop::sample::Index>()),
        lengths in lengths(),
    ) {
        prop_assume!(cuts.iter().any(|length| *length > 0));
        promises(&cut_image(&png, &cuts, &damage, kept), lengths);
    }

    #[test]
    fn repeated_scans_keep_the_promises(
        units in prop::collection::vec(repeated_scans(), 1..12),
        lengths in lengths(),
    ) {
        let mut bytes = b"\xFF\xD8\xFF\xFE\x04\x4C".to_vec();
        bytes.resize(4 + 0x44C, b'c');
        bytes.extend_from_slice(b"\xFF\xDB\0\x43\0");
        bytes.resize(bytes.len() + 64, 8);
        bytes.extend_from_slice(b"\xFF\xC0\0\x0B\x08\0\x40\0\x40\x01\x01\x11\0");
        bytes.extend_from_slice(b"\xFF\xC4\0\x14\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        bytes.extend_from_slice(b"\xFF\xDD\0\x04\0\x01");
        bytes.append(&mut units.concat());
        promises(&bytes, lengths);
    }

    #[test]
    fn random_bytes_keep_the_promises(bytes in prop::collection::vec(any::<u8>(), 0..3000), lengths in lengths()) {
        promises(&bytes, lengths);
    }

    #[test]
    fn pieces_of_the_formats_keep_the_promises(pieces in prop::collection::vec(piece(), 0..60), lengths in lengths()) {
        promises(&pieces.concat(), lengths);
    }

    #[test]
    fn pieces_of_a_pdf_keep_the_promises(pieces in prop::collection::vec(piece(), 0..60), lengths in lengths()) {
        promises(&[&b"%PDF-1.4\n1 0 obj<<"[..], &pieces.concat()].concat(), lengths);
    }

    #[test]
    fn damaged_files_keep_the_promises(
        sample in prop::sample::select(samples()),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        doubled in any::<bool>(),
        lengths in lengths(),
    ) {
        let mut bytes = sample;
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let from = cut.index(bytes.len());
        if doubled {
            bytes.extend_from_within(from..);
        } else {
            bytes.drain(from..(from + 7).min(bytes.len()));
        }
        promises(&bytes, lengths);
    }
}
