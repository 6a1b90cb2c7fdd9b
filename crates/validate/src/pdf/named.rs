//! What is told of wherever its name stands.

use crate::code::Code;

/// What a name in a document gives away.
pub(crate) fn told_by_name(name: &[u8]) -> Option<Code> {
    match name {
        // Nearly all names.
        [] | [_] | [_, _] | [_, _, _, _] | [_, _, _, _, _] => None,
        b"JavaScript" => Some(Code::PdfJavascript),
        b"Launch" => Some(Code::PdfLaunchAction),
        b"XFA" => Some(Code::PdfXfa),
        b"Collection" => Some(Code::PdfPortfolio),
        b"EmbeddedFiles" | b"EmbeddedFile" | b"FileAttachment" => Some(Code::PdfEmbeddedFiles),
        _ => None,
    }
}
