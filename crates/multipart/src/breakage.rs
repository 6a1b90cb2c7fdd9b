//! Forms that break exactly one rule, on purpose: what a negative test sends.

mod edit;
mod layout;

use std::fmt;
use std::str::FromStr;

use crate::boundary::Boundary;
use crate::form::Form;
use crate::violation::ViolationId;

use layout::Layout;

/// A text that names no breakage.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("expected the name of a breakage such as `no-close-delimiter`, found {found:?}")]
pub struct UnknownBreakage {
    found: String,
}

/// A broken body, and what this crate's reader says of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Broken {
    /// The body.
    pub body: Vec<u8>,
    /// The error of a strict reader with default limits.
    pub violation: ViolationId,
    /// The offset of that error, in bytes from the start of the body.
    pub offset: u64,
}

macro_rules! breakages {
    ($($(#[$doc:meta])+ $variant:ident $name:literal $violation:ident;)+) => {
        /// One way to break a body. Each documents the violation that a strict reader with default limits
        /// reports; [`Breakage::violation`] has it as data.
        ///
        /// Breakages of headers are made in the first part; a form without parts first gets one.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum Breakage {
            $($(#[$doc])+ #[doc = concat!("Named `", $name, "`; read as `", stringify!($violation), "`.")] $variant,)+
        }

        impl Breakage {
            /// Every breakage.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in scenario files, in kebab case.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The error that a strict reader with default limits reports.
            pub const fn violation(self) -> ViolationId {
                match self { $(Self::$variant => ViolationId::$violation,)+ }
            }
        }
    };
}

breakages! {
    /// No byte at all.
    EmptyBody "empty-body" F16;
    /// A close delimiter and nothing else.
    ZeroParts "zero-parts" F15;
    /// The body ends in the middle of the last content, or before what looks like half a boundary there.
    TruncatedInContent "truncated-in-content" F10;
    /// The body ends after the last content, less half a boundary at its end.
    NoCloseDelimiter "no-close-delimiter" F10;
    /// The body ends after the first byte of the last boundary.
    TruncatedInDelimiter "truncated-in-delimiter" F11;
    /// The body ends after the last boundary, before its two dashes.
    TruncatedAfterDelimiter "truncated-after-delimiter" F11;
    /// The body ends after one of the last two dashes.
    TruncatedAfterOneDash "truncated-after-one-dash" F11;
    /// The body ends in the first header block, before its blank line.
    TruncatedInHeaders "truncated-in-headers" F12;
    /// The close delimiter has one dash at its end, then CRLF.
    OneDashClose "one-dash-close" F04;
    /// Every boundary in the body differs from the announced one in its last byte.
    WrongBoundary "wrong-boundary" F01;
    /// Text stands before the first boundary.
    Preamble "preamble" F01;
    /// Text stands after the close delimiter.
    Epilogue "epilogue" F13;
    /// One more part stands after the close delimiter.
    PartAfterClose "part-after-close" F14;
    /// A letter follows the first boundary on its line.
    TextAfterBoundary "text-after-boundary" F04;
    /// Every line of the framing and the headers ends in LF.
    LineFeeds "line-feeds" F07;
    /// The line of the first boundary ends in CR.
    CarriageReturnAfterBoundary "carriage-return-after-boundary" F08;
    /// More white space than the default limit follows the first boundary.
    PaddingOverLimit "padding-over-limit" F06;
    /// The first part's content is left out together with the CRLF before the next boundary.
    BodylessPart "bodyless-part" F17;
    /// One part more than the default limit.
    TooManyParts "too-many-parts" L02;

    /// The first part has no header.
    NoHeaders "no-headers" H01;
    /// A header line has no colon, as after a raw line break in a filename.
    HeaderWithoutColon "header-without-colon" H02;
    /// A header line begins with its colon.
    HeaderWithoutName "header-without-name" H03;
    /// NUL in a header's name.
    NulInHeaderName "nul-in-header-name" H04;
    /// A space before the colon.
    SpaceBeforeColon "space-before-colon" H05;
    /// A header goes on in a second line.
    FoldedHeader "folded-header" H06;
    /// The header block begins with white space.
    LeadingWhiteSpace "leading-white-space" H07;
    /// The first header line ends in LF.
    LineFeedInHeaders "line-feed-in-headers" H08;
    /// NUL in a filename.
    NulInHeader "nul-in-header" H09;
    /// A filename in Latin-1.
    Latin1Filename "latin1-filename" H11;
    /// A header line one byte over the default limit.
    HeaderLineOverLimit "header-line-over-limit" H12;
    /// One header more than the default limit.
    TooManyHeaders "too-many-headers" H13;
    /// A header block over the default limit.
    HeaderBlockOverLimit "header-block-over-limit" H14;
    /// Two dispositions.
    DuplicateDisposition "duplicate-disposition" H15;
    /// Two content types.
    DuplicateContentType "duplicate-content-type" H16;
    /// Content announced as base64.
    Base64Encoding "base64-encoding" H20;
    /// A content type without a slash.
    BadContentType "bad-content-type" H22;

    /// A part with a content type only.
    MissingDisposition "missing-disposition" D01;
    /// The disposition is `attachment`.
    AttachmentDisposition "attachment-disposition" D02;
    /// The disposition has no name.
    MissingName "missing-name" D03;
    /// Two names.
    DuplicateName "duplicate-name" D05;
    /// Two filenames.
    DuplicateFilename "duplicate-filename" D06;
    /// The filename is sent as `filename*`.
    ExtendedFilename "extended-filename" D07;
    /// The filename is sent as `filename*0`.
    FilenameContinuation "filename-continuation" D10;
    /// An unquoted filename with a byte that needs quotes.
    UnquotedFilename "unquoted-filename" D11;
    /// The quote before the filename is never closed.
    UnterminatedQuote "unterminated-quote" D12;
    /// Double quotes inside the quoted filename.
    UnescapedQuote "unescaped-quote" D13;
    /// The quoted filename ends in a backslash.
    TrailingBackslash "trailing-backslash" D17;
    /// One parameter more than the default limit.
    TooManyParameters "too-many-parameters" D22;
    /// A name one byte over the default limit.
    NameOverLimit "name-over-limit" D24;
    /// A filename parameter without a value.
    ParameterWithoutValue "parameter-without-value" D29;
}

impl fmt::Display for Breakage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Breakage {
    type Err = UnknownBreakage;

    fn from_str(text: &str) -> Result<Self, UnknownBreakage> {
        let known = Self::ALL.iter().find(|breakage| breakage.as_str() == text);
        known.copied().ok_or_else(|| UnknownBreakage {
            found: text.to_owned(),
        })
    }
}

impl Form {
    /// The body with one rule broken, and what a strict reader says of it.
    ///
    /// Id and offset hold when the form by itself is one that a strict reader takes and that
    /// [`Form::to_vec`] writes; neither is checked here.
    ///
    /// ```
    /// use rebuttal_multipart::{Boundary, Breakage, Form, Limits, Mode, Parser};
    ///
    /// let boundary = Boundary::new("b")?;
    /// let form = Form::new().text("kind", "details_of_purchase");
    /// let broken = form.to_broken(&boundary, Breakage::MissingName);
    /// let mut parser = Parser::new(boundary, Mode::Strict, Limits::default());
    /// let error = parser.feed(&broken.body).next_event().unwrap_err();
    /// assert_eq!((error.id, error.offset()), (broken.violation, broken.offset));
    /// # Ok::<(), rebuttal_multipart::BoundaryError>(())
    /// ```
    pub fn to_broken(&self, boundary: &Boundary, breakage: Breakage) -> Broken {
        let mut layout = Layout::new(self, boundary);
        let offset = breakage.edit(&mut layout);
        Broken {
            body: layout.to_vec(),
            violation: breakage.violation(),
            offset: offset as u64,
        }
    }

    /// The body with one rule broken; see [`Form::to_broken`].
    pub fn to_broken_vec(&self, boundary: &Boundary, breakage: Breakage) -> Vec<u8> {
        self.to_broken(boundary, breakage).body
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limits, Mode, Parser};

    #[test]
    fn names_are_distinct_and_read_back() {
        for (index, breakage) in Breakage::ALL.iter().enumerate() {
            assert_eq!(breakage.to_string().parse(), Ok(*breakage));
            assert!(
                !Breakage::ALL[..index]
                    .iter()
                    .any(|other| other.as_str() == breakage.as_str())
            );
        }
        assert!("".parse::<Breakage>().is_err());
    }

    #[test]
    fn strict_reports_each_where_it_was_made() {
        let boundary = Boundary::new("----b0").unwrap();
        for (name, form) in [
            ("no part", Form::new()),
            ("a field", Form::new().text("kind", "details")),
            ("empty file", Form::new().file("file", "", Some("image/png"), "")),
            (
                "two parts",
                Form::new()
                    .file("file", "a.png", Some("a/b"), "\r\n-")
                    .text("kind", "x"),
            ),
        ] {
            for breakage in Breakage::ALL {
                let broken = form.to_broken(&boundary, *breakage);
                let parser = Parser::new(boundary, Mode::Strict, Limits::default());
                let Err(error) = parser.check(&broken.body) else {
                    panic!("{breakage} of {name} is taken: {}", broken.body.escape_ascii())
                };
                let found = (error.id, error.offset());
                assert_eq!(
                    found,
                    (broken.violation, broken.offset),
                    "{breakage} of {name}: {error}"
                );
            }
        }
    }

    #[test]
    fn a_breakage_leaves_the_rest_of_the_body_alone() {
        let form = Form::new().text("a", "123456").text("b", "");
        let (a, b) = (
            "Content-Disposition: form-data; name=\"a\"\r\n",
            "Content-Disposition: form-data; name=\"b\"\r\n",
        );
        let rest = format!("\r\n--x0\r\n{b}\r\n\r\n--x0--\r\n");
        for (breakage, wanted) in [
            (
                Breakage::TruncatedInContent,
                format!("--x0\r\n{a}\r\n123456\r\n--x0\r\n{b}\r\n"),
            ),
            (Breakage::TruncatedInHeaders, format!("--x0\r\n{a}")),
            (
                Breakage::TruncatedInDelimiter,
                format!("--x0\r\n{a}\r\n123456\r\n--x0\r\n{b}\r\n\r\n--x"),
            ),
            (
                Breakage::WrongBoundary,
                format!("--x1\r\n{a}\r\n123456{}", rest.replace("x0", "x1")),
            ),
            (
                Breakage::OneDashClose,
                format!("--x0\r\n{a}\r\n123456{}", rest.replace("--\r\n", "-\r\n")),
            ),
            (
                Breakage::LineFeeds,
                format!("--x0\r\n{a}\r\n123456{rest}").replace('\r', ""),
            ),
            (
                Breakage::PartAfterClose,
                format!("--x0\r\n{a}\r\n123456{rest}--x0\r\n{a}\r\n123456\r\n--x0--\r\n"),
            ),
            (Breakage::BodylessPart, format!("--x0\r\n{a}\r\n{}", &rest[2..])),
            (Breakage::NoHeaders, format!("--x0\r\n\r\n123456{rest}")),
            (
                Breakage::PaddingOverLimit,
                format!("--x0{}\r\n{a}\r\n123456{rest}", " ".repeat(65)),
            ),
        ] {
            let body = form.to_broken_vec(&Boundary::new("x0").unwrap(), breakage);
            assert_eq!(String::from_utf8_lossy(&body), wanted, "{breakage}");
        }
        let one = Form::new().text("a", "123456");
        let body = one.to_broken_vec(&Boundary::new("x1").unwrap(), Breakage::TruncatedInContent);
        assert_eq!(String::from_utf8_lossy(&body), format!("--x1\r\n{a}\r\n123"));
        let body = one.to_broken_vec(&Boundary::new("x1").unwrap(), Breakage::WrongBoundary);
        assert_eq!(
            String::from_utf8_lossy(&body),
            format!("--x0\r\n{a}\r\n123456\r\n--x0--\r\n")
        );
    }
}
