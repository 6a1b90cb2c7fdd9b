//! Small PDFs, cut at every byte and with every bit turned: never taken without a word, never a panic.

mod feeding;

use std::{fs, path::Path};

use feeding::{Lengths, check, check_in_chunks};
use rebuttal_validate::{Outcome, Policy};

fn read(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence");
    fs::read(folder.join(name)).expect("a file of the set")
}

#[test]
fn a_cut_is_always_told() {
    for (file, may_miss) in [
        ("hand-cr-eol.pdf", 0),
        ("hand-incremental-update.pdf", 1),
        ("fpdf2-owner-rc4.pdf", 1),
        ("pdfkit-attachment.pdf", 1),
        ("qpdf-objstm.pdf", 1),
        ("qpdf-linearized-objstm.pdf", 1),
    ] {
        let bytes = read(file);
        // A document that was updated ends before its update too: the cut is the older document, whole.
        let older: Vec<_> = (0..bytes.len())
            .filter(|at| bytes[..*at].ends_with(b"%%EOF"))
            .collect();
        let is_older = |length: usize| {
            let behind = older.iter().find(|at| **at <= length && length <= **at + 2);
            file == "hand-incremental-update.pdf" && behind.is_some()
        };
        for length in (0..bytes.len() - may_miss).filter(|length| !is_older(*length)) {
            let outcome = check(&bytes[..length], Policy::reviewer()).outcome();
            assert_ne!(outcome, Outcome::Accept, "{file} cut to {length} bytes");
        }
    }
}

#[test]
fn a_turned_bit_is_judged_alike_at_every_chunking() {
    for (file, step) in [
        ("hand-cr-eol.pdf", 1),
        ("fpdf2-owner-rc4.pdf", 23),
        ("qpdf-linearized-objstm.pdf", 23),
    ] {
        let mut bytes = read(file);
        let mut told = 0;
        for bit in (0..8 * bytes.len()).step_by(step) {
            bytes[bit / 8] ^= 1 << (bit % 8);
            let report = check(&bytes, Policy::reviewer());
            let again = check_in_chunks(&bytes, Policy::reviewer(), Lengths::ALL[bit % Lengths::ALL.len()]);
            assert_eq!(report, again, "{file}, bit {bit}");
            told += usize::from(report.outcome() != Outcome::Accept);
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        assert!(told > 20, "{file}: {told} bits told");
    }
}
