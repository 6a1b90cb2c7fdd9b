//! Where s3s-multipart may differ from our lenient mode, and why: reviewed by hand, a row at a time.

use rebuttal_fuzzing::oracles::differential::{
    Allowed,
    Kind::{self, Names, Reads, Refuses},
    Ours,
    When::{self, Said, Silent},
};

use crate::s3s::S3s;

const fn row(kind: Kind, when: When, why: &'static str) -> Allowed<S3s> {
    Allowed {
        peers: &[S3s],
        kind,
        when,
        why,
    }
}

/// Every row.
pub(crate) static ALLOWED: &[Allowed<S3s>] = &[
    row(
        Refuses,
        Said("C04"),
        "a boundary over 70 bytes leaves one reading",
    ),
    row(
        Refuses,
        Said("C05"),
        "a boundary of other printable bytes leaves one reading",
    ),
    row(
        Reads,
        Said("F03"),
        "a boundary in the middle of a line is no delimiter",
    ),
    row(
        Refuses,
        Said("F07"),
        "a body that has LF throughout leaves one reading",
    ),
    row(
        Refuses,
        Said("F13"),
        "s3s-multipart takes no epilogue; RFC 2046 section 5.1.1 has it ignored",
    ),
    row(
        Reads,
        Said("F17"),
        "a boundary right behind a header block has five readings",
    ),
    row(
        Refuses,
        Silent(no_final_crlf),
        "s3s-multipart wants the final CRLF, which RFC 2046 section 5.1.1 leaves out",
    ),
    row(Reads, Said("H01"), "a part without a header is no field"),
    row(
        Refuses,
        Said("H05"),
        "white space before the colon leaves one reading",
    ),
    row(Refuses, Said("H06"), "a fold leaves one reading"),
    row(
        Reads,
        Said("H08"),
        "LF alone ends a line for httparse, which s3s-multipart reads headers with",
    ),
    row(
        Reads,
        Said("H15"),
        "nobody can tell which of two dispositions was meant",
    ),
    row(
        Names,
        Silent(fourth_header),
        "s3s-multipart reads three headers of a part, and leaves a disposition behind them",
    ),
    row(Reads, Said("D01"), "a part without a disposition is no field"),
    row(Reads, Said("D02"), "a part that is not form-data is no field"),
    row(Reads, Said("D03"), "a part without a name is no field"),
    row(Reads, Said("D05"), "nobody can tell which of two names was meant"),
    row(
        Reads,
        Said("D06"),
        "nobody can tell which of two filenames was meant",
    ),
    row(Names, Said("D07"), "s3s-multipart does not read filename*"),
    row(
        Reads,
        Said("D08"),
        "filename and filename* that differ are the extension trick",
    ),
    row(
        Reads,
        Said("D09"),
        "an extended value that is malformed has no reading",
    ),
    row(Reads, Said("D10"), "continuations have four readings"),
    row(
        Reads,
        Said("D11"),
        "an unquoted value of other bytes has five readings",
    ),
    row(Reads, Said("D12"), "an unterminated quote has nine readings"),
    row(
        Reads,
        Said("D13"),
        "what stands behind a closing quote has no reading",
    ),
    row(
        Names,
        Said("D15"),
        "s3s-multipart hands quoted pairs out as they stand",
    ),
    row(
        Reads,
        Said("D17"),
        "a backslash before the closing quote has nine readings",
    ),
    row(Reads, Said("D29"), "a parameter that is none has five readings"),
];

/// Nothing but padding behind the close delimiter, as RFC 2046 section 5.1.1 lets a body end.
fn no_final_crlf(ours: &Ours) -> bool {
    let padding = |byte: &&u8| matches!(byte, b' ' | b'\t');
    let end = ours.body.len() - ours.body.iter().rev().take_while(padding).count();
    ours.body[..end].ends_with(b"--")
}

/// A part with more headers than RFC 7578 section 4.8 defines.
fn fourth_header(ours: &Ours) -> bool {
    ours.headers > 3
}
