//! The closed list of what can be wrong with a body or its `Content-Type`, by stable id.
//!
//! The ids group by first letter: `C` the request's `Content-Type`, `F` framing, `H` part headers, `D` the
//! `Content-Disposition` of a part, `L` limits, `X` misuse of the reader. An id never changes its meaning.
//! A row exists only when the reader can report it.

use std::fmt;
use std::str::FromStr;

use crate::policy::Mode;
use crate::readings::{Reading, readings};

/// How serious a violation is under one [`Mode`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// Worth knowing; every reader takes it the same way.
    Info,
    /// Against a rule, but there is one reading, and the reader goes on with it.
    Warning,
    /// Forbidden, or without a single reading: a reader stops, unless it observes.
    Error,
}

impl Severity {
    /// The word for it: `info`, `warning` or `error`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A text that is not the id of a violation.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("expected the id of a violation such as `F10`, found {found:?}")]
pub struct UnknownViolation {
    found: String,
}

macro_rules! severity {
    (E) => {
        Some(Severity::Error)
    };
    (W) => {
        Some(Severity::Warning)
    };
    (I) => {
        Some(Severity::Info)
    };
    (N) => {
        None
    };
}

macro_rules! is_hard {
    (H) => {
        true
    };
    (R) => {
        false
    };
}

macro_rules! violations {
    ($($id:ident $strict:ident $lenient:ident $hard:ident $clause:literal $what:literal
       expected $expected:literal hint $hint:literal;)+) => {
        /// One kind of defect. Strict and lenient severities: [`ViolationId::severity`].
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum ViolationId {
            $(#[doc = concat!($what, " (", $clause, ").")] $id,)+
        }

        impl ViolationId {
            /// Every violation, in the order of the ids' groups.
            pub const ALL: &'static [Self] = &[$(Self::$id,)+];

            /// The stable id, for example `F10`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$id => stringify!($id),)+ }
            }

            /// What is wrong, as a lowercase fragment.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$id => $what,)+ }
            }

            /// The section that the defect is against; for limits and misuse, this crate.
            pub const fn clause(self) -> &'static str {
                match self { $(Self::$id => $clause,)+ }
            }

            /// What should have stood there; completes the words "expected …".
            pub const fn expected(self) -> &'static str {
                match self { $(Self::$id => $expected,)+ }
            }

            /// What the sender can change.
            pub const fn hint(self) -> &'static str {
                match self { $(Self::$id => $hint,)+ }
            }

            /// Whether no reader goes on behind it, in no mode: limits and misuse.
            pub const fn is_hard(self) -> bool {
                match self { $(Self::$id => is_hard!($hard),)+ }
            }

            /// How serious it is under `mode`; `None` when it is not reported at all.
            ///
            /// A warning of lenient mode is an error there too where it leaves two readings: `C05` for
            /// bytes that cannot be printed, `F07` unless all of a body has LF for its line ends, and
            /// `H06` within quotes.
            pub const fn severity(self, mode: Mode) -> Option<Severity> {
                match (self, mode) {
                    $((Self::$id, Mode::Strict | Mode::Observe) => severity!($strict),
                      (Self::$id, Mode::Lenient) => severity!($lenient),)+
                }
            }
        }
    };
}

impl ViolationId {
    /// How other readers take it, where they disagree.
    pub const fn readings(self) -> &'static [Reading] {
        readings(self)
    }
}

impl fmt::Display for ViolationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ViolationId {
    type Err = UnknownViolation;

    fn from_str(text: &str) -> Result<Self, UnknownViolation> {
        let known = Self::ALL.iter().find(|id| id.as_str() == text);
        known.copied().ok_or_else(|| UnknownViolation {
            found: text.chars().take(32).collect(),
        })
    }
}

// Columns: id, strict, lenient (E error, W warning, I information, N not reported), whether the reader can go
// on behind it (R) or never does (H), clause, what.
violations! {
    C01 E E R "RFC 7578 §4" "media type is not multipart/form-data"
        expected "`multipart/form-data`" hint "send the body as multipart/form-data";
    C02 E E R "RFC 2046 §5.1.1" "boundary parameter missing"
        expected "a `boundary` parameter" hint "let the client library set Content-Type together with the body";
    C03 E E R "RFC 2046 §5.1.1" "boundary empty"
        expected "1 to 70 boundary characters" hint "use a random boundary";
    C04 E W R "RFC 2046 §5.1.1" "boundary longer than 70 bytes"
        expected "at most 70 boundary characters" hint "use a shorter boundary";
    C05 E W R "RFC 2046 §5.1.1" "byte that no boundary may hold"
        expected "letters, digits, or one of '()+_,-./:=? and inner spaces" hint "use letters and digits only";
    C06 E E R "RFC 2046 §5.1.1" "boundary ends in a space"
        expected "a boundary that does not end in a space" hint "use letters and digits only";
    C07 E E R "RFC 2045 §5.1" "boundary given twice"
        expected "one `boundary` parameter" hint "remove one; readers disagree on which one counts";
    C08 E E R "RFC 7578 §4.1" "boundary in the extended form of RFC 2231"
        expected "a plain `boundary` parameter" hint "write boundary=, without an asterisk";
    C09 E W R "RFC 9110 §5.6.6" "white space around an equals sign"
        expected "`name=value` without white space" hint "remove the white space";
    C10 E E R "RFC 2045 §5.1" "parameter syntax"
        expected "`; name=value` with a token or a closed quoted string" hint "quote the value, close the quote";
    C11 E E R "RFC 9110 §5.6.4" "backslash inside the quoted boundary"
        expected "a quoted boundary without backslashes" hint "readers disagree on the value; use letters and digits only";
    C12 E W R "RFC 2045 §5.1" "unquoted boundary with a byte that needs quotes"
        expected "a quoted boundary, or one of token characters" hint "put the boundary in double quotes, or use letters and digits only";
    C13 W W R "RFC 2045 §5.1" "boundary in single quotes"
        expected "a boundary without single quotes" hint "remove the quotes or use double ones; the single ones are part of the boundary";
    C14 I I R "RFC 7578 §8" "parameter that form data does not use"
        expected "no parameter but `boundary`" hint "remove the parameter; a charset has no meaning here";
    C15 I I R "RFC 2046 §5.1.1" "boundary of dashes, or with very many of them"
        expected "a boundary of random letters and digits" hint "use a random boundary; many readers are slow on runs of dashes";

    F01 E W R "RFC 2046 §5.1.1" "preamble before the first boundary; a lone CRLF is information"
        expected "the first boundary at the start of the body" hint "begin the body with `--` and the boundary that Content-Type names";
    F02 E E H "RFC 2046 §5.1.1" "preamble over the limit"
        expected "the first boundary within the limit on the preamble" hint "check that the body uses the boundary that Content-Type names";
    F03 E E R "RFC 2046 §5.1.1" "first boundary not at the start of a line"
        expected "CRLF before the boundary" hint "put CRLF before the boundary, or nothing at all";
    F04 E E R "RFC 2046 §5.1.1" "other bytes right after a boundary"
        expected "CRLF or `--` after the boundary" hint "choose a boundary that does not occur in the content";
    F05 W W R "RFC 2046 §5.1.1" "white space between a boundary and its line end"
        expected "CRLF right after the boundary" hint "remove the white space";
    F06 E E H "RFC 2046 §5.1.1" "white space after a boundary over the limit"
        expected "CRLF within the limit on padding" hint "remove the white space";
    F07 E W R "RFC 2046 §5.1.1" "LF alone after a boundary"
        expected "CRLF after the boundary" hint "end every line of the framing with CRLF, not LF";
    F08 E E R "RFC 2046 §5.1.1" "CR alone after a boundary"
        expected "CRLF after the boundary" hint "end every line of the framing with CRLF, not CR";
    F09 W W R "RFC 2046 §5.1.1" "boundary in the content after LF or CR alone"
        expected "a boundary that does not occur in the content" hint "choose another boundary; readers that take LF for a line end see another part";
    F10 E E R "RFC 2046 §5.1.1" "end of input before the close delimiter"
        expected "the close delimiter `--boundary--`" hint "the body was cut, or the last boundary was never written";
    F11 E E R "RFC 2046 §5.1.1" "end of input inside a delimiter"
        expected "the rest of the delimiter" hint "the body was cut, or the two dashes after the last boundary are missing";
    F12 E E R "RFC 2046 §5.1" "end of input inside a header block"
        expected "the blank line that ends a header block" hint "the body was cut";
    F13 E W R "RFC 2046 §5.1.1" "bytes after the close delimiter and its line end; a lone CRLF is information"
        expected "the end of the body after the close delimiter" hint "write nothing but CRLF after the close delimiter";
    F14 E E R "RFC 2046 §5.1.1" "boundary after the close delimiter"
        expected "no further boundary after the close delimiter" hint "write the close delimiter once, after the last part";
    F15 E W R "RFC 2046 §5.1.1" "no part at all"
        expected "at least one part before the close delimiter" hint "add a field to the form";
    F16 E E R "RFC 2046 §5.1.1" "empty body"
        expected "a multipart body" hint "send the body that Content-Type announces";
    F17 E E R "RFC 2046 §5.1.1" "boundary where a header, a blank line or content should stand"
        expected "a blank line behind the headers, and CRLF before the boundary" hint "write the blank line, and CRLF before every boundary, after empty content too";
    F20 I I R "RFC 2046 §5.1.1" "boundary in the middle of a line of content"
        expected "a boundary that does not occur in the content" hint "choose another boundary; readers that look for the bare boundary end the part here";
    F21 E E R "RFC 9110 §8.6" "body of another length than Content-Length says"
        expected "as many bytes as Content-Length says" hint "let the client library count, or check what cuts the connection";

    H01 E E R "RFC 7578 §4.2" "part without any header"
        expected "a Content-Disposition header" hint "add Content-Disposition: form-data; name=\"…\"";
    H02 E E R "RFC 5322 §2.2" "header line without a colon"
        expected "`name: value`" hint "add the colon; a line break in a name or filename splits the header";
    H03 E E R "RFC 5322 §2.2" "empty header name"
        expected "a header name before the colon" hint "remove the line or name the header";
    H04 E E R "RFC 9110 §5.6.2" "byte in a header name that no token may hold"
        expected "a header name of token characters" hint "use letters, digits and dashes";
    H05 E W R "RFC 9112 §5.1" "white space before the colon of a header"
        expected "the colon right after the header name" hint "remove the white space";
    H06 E W R "RFC 5322 §2.2.3" "folded header line"
        expected "a header on one line" hint "write the header on one line";
    H07 E E R "RFC 5322 §2.2" "header block starts with white space"
        expected "a header name" hint "remove the white space";
    H08 E E R "RFC 5322 §2.2" "CR or LF alone inside a header block"
        expected "CRLF" hint "end every header line with CRLF; escape line breaks in names as %0D%0A";
    H09 E E R "RFC 9110 §5.5" "control byte in a header value"
        expected "printable text" hint "remove the control byte";
    H11 E W R "RFC 7578 §5.1" "header value is not UTF-8"
        expected "UTF-8" hint "encode names and filenames as UTF-8";
    H12 E E H "this crate's limits" "header line over the limit"
        expected "a header line within the limit" hint "shorten the name or filename";
    H13 E E H "this crate's limits" "too many headers in one part"
        expected "a header block within the limit on headers" hint "send only Content-Disposition and Content-Type";
    H14 E E H "this crate's limits" "header block over the limit"
        expected "a header block within the limit" hint "send only Content-Disposition and Content-Type";
    H15 E E R "RFC 2183 §2" "Content-Disposition twice in one part"
        expected "one Content-Disposition" hint "remove one; readers disagree on which one counts";
    H16 E W R "RFC 2045 §3" "Content-Type, transfer encoding or length twice in one part"
        expected "each header once" hint "remove one; the first counts here";
    H17 W I R "RFC 7578 §4.8" "header that form data does not use"
        expected "only Content-Disposition and Content-Type" hint "remove the header; it is ignored";
    H18 W W R "RFC 7578 §4.8" "Content-Length in a part"
        expected "no length in a part" hint "remove the header; only the boundary ends a part";
    H19 I N R "RFC 7578 §4.7" "Content-Transfer-Encoding 7bit, 8bit or binary"
        expected "no Content-Transfer-Encoding" hint "remove the header; it says nothing";
    H20 E W R "RFC 7578 §4.7" "Content-Transfer-Encoding that changes the content"
        expected "content as it is" hint "send the raw bytes; the content is not decoded here";
    H21 W I R "RFC 7578 §4.3" "part of type multipart/mixed"
        expected "one part for each file" hint "send several parts with the same name; this one is kept as opaque bytes";
    H22 E W R "RFC 2045 §5.1" "Content-Type of a part is not a media type"
        expected "`type/subtype`" hint "write a media type such as image/png, or leave the header out";
    H23 W I R "RFC 7578 §4.5" "charset of a text part is not UTF-8"
        expected "UTF-8" hint "send text in UTF-8, and leave the charset out";

    D01 E E R "RFC 7578 §4.2" "Content-Disposition missing"
        expected "a Content-Disposition header" hint "add Content-Disposition: form-data; name=\"…\"";
    D02 E E R "RFC 7578 §4.2" "disposition is not form-data"
        expected "`form-data`" hint "write Content-Disposition: form-data; name=\"…\"";
    D03 E E R "RFC 7578 §4.2" "name missing"
        expected "a `name` parameter" hint "add name=\"…\" to Content-Disposition";
    D04 W I R "RFC 7578 §4.2" "name empty"
        expected "a name" hint "give the field a name";
    D05 E E R "RFC 2183 §2" "name twice"
        expected "one `name` parameter" hint "remove one; readers disagree on which one counts";
    D06 E E R "RFC 2183 §2" "filename twice"
        expected "one `filename` parameter" hint "remove one; readers disagree on which one counts";
    D07 E W R "RFC 7578 §4.2" "`filename*` present"
        expected "a plain `filename` parameter" hint "send filename=\"…\" in UTF-8; old urllib3 and requests send filename*, newer ones do not";
    D08 E E R "RFC 6266 §4.3" "filename and `filename*` differ"
        expected "the same name in `filename` and `filename*`" hint "remove filename*";
    D09 E E R "RFC 8187 §3.2" "malformed extended value"
        expected "`UTF-8''` and percent-encoded UTF-8" hint "send filename=\"…\" in UTF-8";
    D10 E E R "RFC 2231 §3, §4" "parameter in pieces, or `name*`"
        expected "a plain parameter in one piece" hint "send name=\"…\" and filename=\"…\" in UTF-8 and in one piece";
    D11 E E R "RFC 2045 §5.1" "byte that an unquoted value may not hold"
        expected "a token or a quoted string" hint "put the value in double quotes";
    D12 E E R "RFC 9110 §5.6.4" "unterminated quote"
        expected "a closing double quote on the same line" hint "close the quote; escape line breaks as %0D%0A";
    D13 E E R "RFC 9110 §5.6.6" "bytes after a closing quote"
        expected "`;` or the end of the line after the closing quote" hint "escape double quotes in the value as %22";
    D14 W W R "RFC 2045 §5.1" "value in single quotes"
        expected "double quotes" hint "use double quotes; the single ones are part of the value";
    D15 W I R "WHATWG HTML, form encoding" "backslash escape in a quoted value"
        expected "double quotes escaped as %22" hint "escape as %22; the backslash is removed here";
    D16 I N R "WHATWG HTML, form encoding" "backslash that escapes nothing"
        expected "a plain value" hint "readers disagree on it; it is kept here";
    D17 E E R "RFC 9110 §5.6.4" "value ends in a single backslash"
        expected "a closing double quote that no backslash escapes" hint "write the backslash twice, or send no path";
    D18 I I R "WHATWG HTML, form encoding" "%22 in a value"
        expected "a plain value" hint "kept literally here; a browser means a double quote";
    D19 W W R "WHATWG HTML, form encoding" "line break in a name or filename, as %0D or %0A"
        expected "a name on one line" hint "remove the line break; whoever decodes it must not write it into a header";
    D20 W W R "RFC 7578 §4.2" "filename with path, reserved or hidden parts"
        expected "a plain filename" hint "send only the last part of the path; never use it as a path";
    D21 W I R "RFC 2047 §5" "encoded word in a value"
        expected "plain UTF-8" hint "send UTF-8; the value is kept literally";
    D22 E E H "this crate's limits" "disposition over a limit"
        expected "a disposition within the limits on parameters and bytes" hint "send only name and filename";
    D23 I N R "RFC 2183 §2.8" "unknown parameter"
        expected "only `name` and `filename`" hint "remove the parameter; it is ignored";
    D24 E E H "this crate's limits" "name or filename over the limit"
        expected "a name and filename within the limit" hint "shorten it";
    D25 I I R "Unicode UAX #9, UTR #36" "invisible or bidirectional control character in a filename"
        expected "a filename that reads as it is" hint "remove the character; it can make a name look like another";
    D26 W I R "RFC 7578 §4.6" "field `_charset_` that does not say UTF-8"
        expected "UTF-8" hint "send UTF-8 and leave the field out; its value is not applied";
    D27 I N R "RFC 2045 §5.1" "parameter name not in lower case"
        expected "a lower-case parameter name" hint "some readers miss it; write it in lower case";
    D29 E E R "RFC 2183 §2" "parameter without a name, an equals sign or a value"
        expected "`; name=value`" hint "write `; name=\"value\"` without white space around the equals sign";
    D30 I I R "RFC 9110 §5.6.6" "what looks like a parameter inside a quoted value"
        expected "a plain value" hint "some readers look for `name=` and `filename=` inside quotes; leave them out";

    L01 E E H "this crate's limits" "body over the limit"
        expected "a body within the limit" hint "send less";
    L02 E E H "this crate's limits" "too many parts"
        expected "a number of parts within the limit" hint "send fewer fields";
    L03 E E H "this crate's limits" "too many files"
        expected "a number of files within the limit" hint "send fewer files";
    L04 E E H "this crate's limits" "field over the limit"
        expected "a field within the limit" hint "send a shorter value, or send it as a file";
    L05 E E H "this crate's limits" "file over the limit"
        expected "a file within the limit" hint "send a smaller file";
    L06 E E H "this crate's limits" "sum of fields over the limit"
        expected "all fields together within the limit" hint "send fewer or shorter fields";
    L08 E E H "this crate's limits" "epilogue over the limit"
        expected "the end of the body" hint "write nothing but CRLF after the close delimiter";
    L09 E E H "this crate's limits" "too many violations"
        expected "fewer violations than the limit" hint "mend those reported before";
    X01 E E H "this crate's adapters" "stream without bytes"
        expected "bytes, or the end of the stream" hint "wait for data instead of giving empty chunks";
    X02 E E H "this crate's reader" "reader used against its rules"
        expected "every event of a chunk taken, then one finish" hint "take events until there are none before feeding or finishing";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_distinct_and_read_back() {
        for (index, id) in ViolationId::ALL.iter().enumerate() {
            assert_eq!(id.to_string().parse(), Ok(*id));
            assert!(!ViolationId::ALL[..index].contains(id), "{id} twice");
        }
        assert!("F99".parse::<ViolationId>().is_err());
    }

    #[test]
    fn a_severity_has_a_word_and_an_id_its_readings() {
        let words = [Severity::Info, Severity::Warning, Severity::Error].map(|it| format!("{it:>8}"));
        assert_eq!(words, ["    info", " warning", "   error"]);
        for id in ViolationId::ALL {
            assert_eq!(id.readings(), readings(*id), "{id}");
        }
    }

    #[test]
    fn lenient_is_never_harder_than_strict() {
        for id in ViolationId::ALL {
            assert!(id.severity(Mode::Lenient) <= id.severity(Mode::Strict), "{id}");
        }
    }
}
