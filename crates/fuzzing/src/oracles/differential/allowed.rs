//! Where a peer may differ from our lenient mode, and why: reviewed by hand, a row at a time.

use super::{
    Answer, Kind,
    Kind::{Names, Reads, Refuses},
    Ours, Peer,
    Peer::{Multer, Multra},
    Reader,
};

/// What must hold of our reading for a row to apply.
#[derive(Clone, Copy, Debug)]
pub enum When {
    /// We name this violation.
    Said(&'static str),
    /// We name none, and need not; the shape is told by a function.
    Silent(fn(&Ours) -> bool),
}
use When::{Said, Silent};

/// A difference that is known, and ours to keep.
#[derive(Clone, Copy, Debug)]
pub struct Allowed<P: 'static = Peer> {
    /// Who differs.
    pub peers: &'static [P],
    /// How.
    pub kind: Kind,
    /// When.
    pub when: When,
    /// Why we do not follow.
    pub why: &'static str,
}

impl<P: Reader> Allowed<P> {
    pub(super) fn holds(&self, peer: P, kind: Kind, ours: &Ours) -> bool {
        let when = match self.when {
            Said(id) => ours.said.contains(id),
            Silent(shape) => shape(ours),
        };
        when && self.kind == kind && self.peers.contains(&peer)
    }
}

const fn both(kind: Kind, when: When, why: &'static str) -> Allowed {
    Allowed {
        peers: &Peer::ALL,
        kind,
        when,
        why,
    }
}

const fn only(peer: Peer, kind: Kind, when: When, why: &'static str) -> Allowed {
    let peers: &'static [Peer] = match peer {
        Multer => &[Multer],
        Multra => &[Multra],
    };
    Allowed {
        peers,
        kind,
        when,
        why,
    }
}

/// Every row.
pub static ALLOWED: &[Allowed] = &[
    both(
        Reads,
        Said("C07"),
        "nobody can tell which of two boundaries was meant",
    ),
    only(
        Multra,
        Reads,
        Said("F03"),
        "multra goes on to the next line that begins with the boundary",
    ),
    only(
        Multer,
        Reads,
        Said("F03"),
        "a boundary in the middle of a line is no delimiter",
    ),
    only(
        Multra,
        Refuses,
        Said("F13"),
        "multra takes nothing behind the close delimiter on its line",
    ),
    both(
        Reads,
        Said("F14"),
        "a part behind the close delimiter is hidden from others",
    ),
    both(
        Reads,
        Said("F17"),
        "a boundary right behind a header block has five readings",
    ),
    both(Reads, Said("H01"), "a part without a header is no field"),
    both(
        Refuses,
        Said("H05"),
        "white space before the colon leaves one reading",
    ),
    both(
        Reads,
        Said("H08"),
        "LF alone ends a line for httparse, which both read headers with",
    ),
    both(Names, Said("H11"), "both drop a value that is not UTF-8"),
    both(
        Reads,
        Said("H15"),
        "nobody can tell which of two dispositions was meant",
    ),
    both(Reads, Said("D01"), "a part without a disposition is no field"),
    both(Reads, Said("D02"), "a part that is not form-data is no field"),
    both(Reads, Said("D03"), "a part without a name is no field"),
    both(Reads, Said("D05"), "nobody can tell which of two names was meant"),
    both(
        Reads,
        Said("D06"),
        "nobody can tell which of two filenames was meant",
    ),
    only(Multer, Names, Said("D07"), "multer does not read filename*"),
    both(
        Reads,
        Said("D08"),
        "filename and filename* that differ are the extension trick",
    ),
    both(
        Reads,
        Said("D09"),
        "an extended value that is malformed has no reading",
    ),
    both(Reads, Said("D10"), "continuations have four readings"),
    both(
        Reads,
        Said("D11"),
        "an unquoted value of other bytes has five readings",
    ),
    both(Reads, Said("D12"), "an unterminated quote has nine readings"),
    both(
        Reads,
        Said("D13"),
        "what stands behind a closing quote has no reading",
    ),
    both(Names, Said("D15"), "both keep one of two backslashes"),
    both(
        Reads,
        Said("D17"),
        "a backslash before the closing quote has nine readings",
    ),
    only(
        Multer,
        Names,
        Said("D23"),
        "multer takes a filename from inside the quotes of another parameter",
    ),
    only(
        Multer,
        Names,
        Said("D27"),
        "multer knows parameter names in lower case only",
    ),
    both(Reads, Said("D29"), "a parameter that is none has five readings"),
    both(
        Refuses,
        Silent(announced_oddly),
        "the mime crate, which both use, knows fewer forms of a parameter",
    ),
    only(
        Multer,
        Names,
        Silent(decoy),
        "multer looks for names inside quotes",
    ),
    both(
        Refuses,
        Said("C09"),
        "white space around an equals sign leaves one reading",
    ),
    only(Multer, Reads, Said("C03"), "an empty boundary is none"),
    only(
        Multra,
        Refuses,
        Said("C04"),
        "a boundary over 70 bytes leaves one reading",
    ),
    only(
        Multer,
        Reads,
        Said("F07"),
        "LF alone behind the close delimiter, in a body that has CRLF elsewhere",
    ),
    both(
        Refuses,
        Said("F07"),
        "a body that has LF throughout leaves one reading",
    ),
    both(
        Reads,
        Said("H09"),
        "a control byte that filename* spells out is one all the same",
    ),
    both(Refuses, Said("H06"), "a fold leaves one reading"),
];

/// A value that holds `name` where multer, which does not see quotes, takes it for a parameter's.
fn decoy(ours: &Ours) -> bool {
    let Answer::Form(fields) = &ours.answer else {
        return false;
    };
    let texts = fields
        .iter()
        .flat_map(|field| [field.name.as_deref(), field.filename.as_deref()]);
    texts.flatten().any(|text| {
        [" ", ";", "\t"].iter().any(|before| {
            ["name", "filename"]
                .iter()
                .any(|name| text.contains(&format!("{before}{name}")))
        })
    })
}

/// A parameter that is more than a name, an equals sign and a token or a quoted string, or white space before a
/// semicolon. There is one reading of it, and the mime crate has none.
fn announced_oddly(ours: &Ours) -> bool {
    let parameters = ours
        .content_type
        .get("multipart/form-data".len()..)
        .unwrap_or_default();
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~;= \"".contains(byte);
    let mut quoted = false;
    let mut pieces = parameters.split(|byte| {
        quoted ^= *byte == b'"';
        *byte == b';' && !quoted
    });
    !parameters.iter().all(is_plain)
        || parameters.windows(2).any(|pair| pair == b" ;")
        || pieces.any(|piece| !piece.trim_ascii().is_empty() && !is_usual(piece.trim_ascii()))
}

/// `name=token` or `name="quoted"`; white space around the equals sign has a row of its own.
fn is_usual(parameter: &[u8]) -> bool {
    let is_token = |text: &[u8]| !text.is_empty() && !text.iter().any(|byte| b"=\" ;".contains(byte));
    let Some(equals) = parameter.iter().position(|byte| *byte == b'=') else {
        return false;
    };
    let name = parameter[..equals].trim_ascii_end();
    let value = parameter[equals + 1..].trim_ascii_start();
    let inside = value
        .strip_prefix(b"\"")
        .and_then(|value| value.strip_suffix(b"\""));
    is_token(name) && inside.map_or_else(|| is_token(value), |inside| !inside.contains(&b'"'))
}
