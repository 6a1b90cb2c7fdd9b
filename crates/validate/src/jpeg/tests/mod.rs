use super::*;
use crate::finding::{
    Finding,
    Severity::{self, Rejection, Warning},
};

mod breaks;
mod scans;

/// The findings: code, severity, offset.
type Wanted = &'static [(Code, Severity, u64)];

/// Grey, 8 by 8 pixels.
const FRAME: &[u8] = &[8, 0, 8, 0, 8, 1, 1, 0x11, 0];
const SCAN: &[u8] = &[1, 1, 0, 0, 63, 0];
const DATA: &[u8] = &[0x12, 0xFF, 0x00, 0x34];
const FILM: &[u8] = b"\0\0\0\x18ftypmp42....";

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap();
    [&[0xFF, marker][..], &length.to_be_bytes(), body].concat()
}

fn quantization() -> Vec<u8> {
    segment(marker::DQT, &[&[0][..], &[1; 64]].concat())
}

/// One table with one code of one bit.
fn huffman() -> Vec<u8> {
    let mut body = [0; 18];
    body[1] = 1;
    segment(marker::DHT, &body)
}

/// A whole picture, with `parts` between SOI and the scan data.
fn jpeg(parts: &[Vec<u8>], rest: &[u8]) -> Vec<u8> {
    [b"\xFF\xD8", &parts.concat()[..], rest].concat()
}

/// SOI 0, DQT 2, SOF 71, DHT 84, SOS 106, scan data 116, EOI 120, end 122.
fn sound() -> Vec<u8> {
    let parts = [
        quantization(),
        segment(0xC0, FRAME),
        huffman(),
        segment(marker::SOS, SCAN),
    ];
    jpeg(&parts, &[DATA, b"\xFF\xD9"].concat())
}

fn changed(at: usize, value: u8) -> Vec<u8> {
    let mut bytes = sound();
    bytes[at] = value;
    bytes
}

fn behind(tail: &[u8]) -> Vec<u8> {
    [&sound()[..], tail].concat()
}

/// The picture with other bytes in place of its scan data.
fn scanned(data: &[u8]) -> Vec<u8> {
    let bytes = sound();
    [&bytes[..116], data, &bytes[120..]].concat()
}

fn walk(bytes: &[u8]) -> Vec<Finding> {
    walk_by(bytes, bytes.len())
}

fn walk_by(bytes: &[u8], step: usize) -> Vec<Finding> {
    let mut findings = Findings::default();
    let mut walker = Walker::new();
    for chunk in bytes.chunks(step) {
        walker.feed(chunk, &mut findings);
    }
    if !findings.rejected() {
        walker.finish(&mut findings);
    }
    findings.into_list()
}

fn assert_table(cases: &[(&str, Vec<u8>, Wanted)]) {
    for (name, bytes, wanted) in cases {
        let findings = walk(bytes);
        assert_eq!(walk_by(bytes, 1), findings, "{name}, byte by byte");
        let found: Vec<_> = findings
            .iter()
            .map(|finding| (finding.code, finding.severity, finding.offset.unwrap()))
            .collect();
        assert_eq!(found, *wanted, "{name}: {findings:?}");
        for finding in &findings {
            assert!(finding.severity <= finding.code.worst(), "{name}");
        }
    }
}

#[test]
fn what_cameras_and_encoders_write_is_sound() {
    let thumbnail = segment(0xE1, &[&b"Exif\0\0"[..], &sound()].concat());
    let xmp = segment(
        marker::APP1,
        b"http://ns.adobe.com/xap/1.0/\0<x GCamera:MotionPhoto=\"1\"/>",
    );
    let whole = sound();
    let parts = [thumbnail, whole[2..116].to_vec()];
    let mpf = jpeg(&[segment(marker::APP2, b"MPF\0II")], &whole[2..]);
    assert_table(&[
        ("plain", whole.clone(), &[]),
        ("a thumbnail in APP1", jpeg(&parts, &whole[116..]), &[]),
        (
            "fill bytes",
            jpeg(&[vec![0xFF, 0xFF], whole[2..120].to_vec()], b"\xFF\xFF\xFF\xD9"),
            &[],
        ),
        ("progressive", changed(72, 0xC2), &[]),
        (
            "a comment between scans",
            scanned(
                &[
                    DATA,
                    &segment(marker::COM, b"\xFF\xD9"),
                    &segment(marker::SOS, SCAN),
                    DATA,
                ]
                .concat(),
            ),
            &[],
        ),
        ("NUL padding", behind(&[0; 99]), &[]),
        ("a motion photo", jpeg(&[xmp], &[&whole[2..], FILM].concat()), &[]),
        (
            "Samsung's older film",
            behind(&[b"\0\0\x30\x0A\x10\0\0\0MotionPhoto_Data", FILM].concat()),
            &[],
        ),
        (
            "Samsung's trailer",
            behind(b"\0\0\x01\x0A\x0E\0\0\0SEFHj\0\0\0SEFT"),
            &[],
        ),
        ("an indexed second picture", [&mpf[..], &whole].concat(), &[]),
    ]);
}

#[test]
fn once_scan_data_has_passed_nothing_refuses_a_picture() {
    let whole = sound();
    for rest in [
        &b"\xFF\xC4\0\x03\xFF"[..],
        b"\xFF\xDA\0\x03\x09",
        b"\xFF\xE1\xFF\xFFcut",
        b"\xFF\xDB\0\x02\xFF\xC3\0\x04\0\0",
        b"\xFF\xDB\0\x02\xFF\xD8\xFF\x02",
    ] {
        let findings = walk(&[&whole[..120], rest].concat());
        assert!(!findings.is_empty());
        assert!(
            findings.iter().all(|finding| finding.severity == Warning),
            "{findings:?}"
        );
    }
}
