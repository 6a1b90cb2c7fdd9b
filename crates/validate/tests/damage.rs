//! Small files of the set, cut at every byte and with every single bit changed.

mod feeding;

use std::{fs, path::Path};

use feeding::{Lengths, check, check_in_chunks};
use memchr::memmem;
use rebuttal_validate::{Code, Outcome, Policy, Report};

fn read(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence");
    let bytes = fs::read(folder.join(name)).expect("a file of the set");
    assert_eq!(
        check(&bytes, Policy::reviewer()).outcome(),
        Outcome::Accept,
        "{name}"
    );
    bytes
}

fn codes(report: &Report) -> Vec<Code> {
    report.findings.iter().map(|finding| finding.code).collect()
}

/// Judges the file with each of its bits changed, one at a time.
fn each_flip(bytes: &[u8], mut judge: impl FnMut(usize, &Report)) {
    let mut bytes = bytes.to_vec();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            bytes[at] ^= 1 << bit;
            judge(at, &check(&bytes, Policy::reviewer()));
            bytes[at] ^= 1 << bit;
        }
    }
}

/// Where the last IDAT ends, with its checksum; the samples have nothing but IEND behind it.
fn end_of_image_data(png: &[u8]) -> usize {
    memmem::rfind(png, b"\0\0\0\0IEND").expect("an IEND")
}

const PNGS: [&str; 3] = ["pillow-1x1.png", "oxipng-max.png", "pypng-palette-manyidat.png"];

#[test]
fn a_png_cut_in_its_image_data_is_refused_and_behind_it_lacks_only_the_end() {
    for name in PNGS {
        let bytes = read(name);
        let data_end = end_of_image_data(&bytes);
        for length in 8..bytes.len() {
            let report = check(&bytes[..length], Policy::reviewer());
            let lengths = Lengths::ALL[length % Lengths::ALL.len()];
            let in_pieces = check_in_chunks(&bytes[..length], Policy::reviewer(), lengths);
            assert_eq!(in_pieces, report, "{name} cut to {length}");
            let wanted = if length < data_end {
                (Outcome::Reject, vec![Code::PngTruncated])
            } else {
                (Outcome::Warn, vec![Code::PngMissingIend])
            };
            assert_eq!(
                (report.outcome(), codes(&report)),
                wanted,
                "{name} cut to {length}: {report:?}"
            );
            assert_eq!(report.findings[0].offset, Some(length as u64));
        }
    }
}

#[test]
fn no_changed_bit_of_a_png_passes_in_silence() {
    for name in PNGS {
        let bytes = read(name);
        let data_end = end_of_image_data(&bytes);
        each_flip(&bytes, |at, report| {
            assert_ne!(report.outcome(), Outcome::Accept, "{name}, byte {at}");
            // IEND's checksum guards nothing.
            assert!(
                at >= data_end || report.outcome() == Outcome::Reject || in_ancillary_chunk(&bytes, at),
                "{name}, byte {at}: {report:?}"
            );
        });
    }
}

/// Whether the byte belongs to a chunk that a viewer may ignore.
fn in_ancillary_chunk(png: &[u8], at: usize) -> bool {
    let mut start = 8;
    while let Some((length, rest)) = png[start..].split_first_chunk() {
        let end = start + 12 + usize::try_from(u32::from_be_bytes(*length)).expect("a short chunk");
        if (start..end).contains(&at) {
            return rest[0].is_ascii_lowercase();
        }
        start = end;
    }
    false
}

/// Where the data of the first scan starts.
fn start_of_scan_data(jpeg: &[u8]) -> usize {
    let mut at = 2;
    loop {
        let length = usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        let scan = jpeg[at + 1] == 0xDA;
        at += 2 + length;
        if scan {
            return at;
        }
    }
}

const JPEGS: [&str; 2] = ["cjpeg-smooth-q1.jpg", "piexif-thumbnail.jpg"];

#[test]
fn a_jpeg_cut_before_its_scan_data_is_refused_and_in_it_told() {
    for name in JPEGS {
        let bytes = read(name);
        let data = start_of_scan_data(&bytes);
        for length in 4..bytes.len() {
            let report = check(&bytes[..length], Policy::reviewer());
            let wanted = match length {
                _ if length <= data => (Outcome::Reject, vec![Code::JpegTruncated]),
                _ if length == bytes.len() - 1 => (Outcome::Warn, vec![Code::JpegMissingEoi]),
                _ => (Outcome::Warn, vec![Code::JpegTruncatedScan]),
            };
            // A cut between the two bytes of a marker looks like half an end marker.
            let half = codes(&report) == [Code::JpegMissingEoi] && bytes[length - 1] == 0xFF;
            assert!(
                (report.outcome(), codes(&report)) == wanted || half,
                "{name} cut to {length}: {report:?}"
            );
        }
    }
}

#[test]
fn a_changed_bit_of_scan_data_refuses_no_jpeg_and_one_of_the_signature_does() {
    for name in JPEGS {
        let bytes = read(name);
        let data = start_of_scan_data(&bytes);
        each_flip(&bytes, |at, report| {
            if at >= data {
                assert_ne!(report.outcome(), Outcome::Reject, "{name}, byte {at}: {report:?}");
            }
            if at < 3 {
                assert_eq!(report.outcome(), Outcome::Reject, "{name}, byte {at}: {report:?}");
            }
        });
    }
}
