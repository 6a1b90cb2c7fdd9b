//! What the facts of a PDF mean for who opens it.

use super::{
    Walker,
    dict::Root,
    document::{Document, EndMark, StartXref},
};
use crate::{code::Code, finding::Findings};

/// Tells everything that the whole pass has shown.
pub(super) fn judge(walker: &Walker, findings: &mut Findings) {
    let facts = &walker.document.facts;
    check_version(walker, findings);
    if facts.objects == 0 {
        return findings.reject(Code::PdfNoObjects, walker.offset, || {
            "the end of the file and no object before it".to_owned()
        });
    }
    check_root(&walker.document, walker.offset, findings);
    check_encryption(&walker.document, findings);
    if let (Some(offset), false, false) = (facts.empty_pages, facts.pages, facts.object_streams) {
        findings.reject(Code::PdfNoPages, offset, || "/Pages with /Count 0".to_owned());
    }
    if walker.mangling.found() {
        findings.reject(Code::Utf8Mangled, walker.header_offset, || {
            "streams that were read as text and written back as UTF-8".to_owned()
        });
    }
    if !findings.rejected() {
        check_end(walker, findings);
    }
}

fn check_version(walker: &Walker, findings: &mut Findings) {
    let header = walker.header.bytes();
    let known = matches!(
        header,
        [b'%', b'P', b'D', b'F', b'-', b'1', b'.', b'0'..=b'7'] | b"%PDF-2.0"
    );
    if !known {
        findings.warn(Code::PdfHeaderVersion, walker.header_offset, || {
            format!("\"{}\"", header.escape_ascii())
        });
    }
}

/// Without a trailer or cross-reference stream with `/Root`, only one viewer of four rebuilds the file.
fn check_root(document: &Document, end: u64, findings: &mut Findings) {
    let facts = &document.facts;
    let Some(roots) = facts.roots else {
        return match facts.rootless_trailer {
            Some(offset) => findings.reject(Code::PdfMissingRoot, offset, || {
                "a trailer without /Root".to_owned()
            }),
            None => findings.reject(Code::PdfTruncated, end, || {
                let last = facts.last_object;
                format!("the end of the file and no trailer; the last object starts at byte {last}")
            }),
        };
    };
    let there = |(root, _): &(Root, u64)| match root {
        Root::Object(number) => facts.object_streams || document.may_have_object(*number),
        Root::Direct => true,
    };
    let [_, (root, offset)] = roots;
    if let (false, Root::Object(number)) = (roots.iter().any(there), root) {
        findings.reject(Code::PdfMissingRoot, offset, || {
            format!("/Root {number} 0 R and no object {number}")
        });
    }
}

fn check_encryption(document: &Document, findings: &mut Findings) {
    let Some((number, offset)) = document.facts.encrypt else {
        return;
    };
    match document.facts.handler {
        Some((object, at, handler)) if object == number && handler.as_bytes() != b"Standard" => {
            let name = handler.as_bytes().escape_ascii();
            findings.reject(Code::PdfUnknownEncryption, at, || {
                format!("the security handler /{name}")
            });
        }
        _ => findings.warn(Code::PdfEncrypted, offset, || {
            "an encrypted document; whether it opens without a password was not tried".to_owned()
        }),
    }
}

/// How the file ends: viewers rebuild all of this, checkers complain.
fn check_end(walker: &Walker, findings: &mut Findings) {
    let facts = &walker.document.facts;
    let end = walker.offset;
    if facts.end_mark == EndMark::Outlived && facts.startxref.is_none_or(|startxref| startxref.ended) {
        let last = facts.last_object;
        findings.warn(Code::PdfTruncated, end, || {
            format!(
                "objects behind the last %%EOF and no end of their own; the last one starts at byte {last}"
            )
        });
        return;
    }
    match facts.startxref {
        None => findings.warn(Code::PdfMissingStartxref, end, || "no startxref".to_owned()),
        Some(StartXref {
            offset, target: None, ..
        }) => {
            findings.warn(Code::PdfMissingStartxref, offset, || {
                "startxref without a number".to_owned()
            });
        }
        Some(StartXref {
            offset,
            target: Some(target),
            ..
        }) => {
            // Offsets count from the header or from the start of the file: both are in use.
            let from_header = target.saturating_add(walker.header_offset);
            if !facts.places.may_hold(target) && !facts.places.may_hold(from_header) {
                let found = || format!("startxref {target}, where no cross-reference starts");
                findings.warn(Code::PdfBadStartxref, offset, found);
            }
        }
    }
    if facts.end_mark != EndMark::Last || facts.startxref.is_some_and(|startxref| !startxref.ended) {
        findings.warn(Code::PdfMissingEof, end, || {
            "the end of the file and no %%EOF".to_owned()
        });
    } else if let Some(tail) = walker.tail.as_ref().filter(|tail| !tail.is_blank()) {
        tail.report("document", findings);
    }
}
