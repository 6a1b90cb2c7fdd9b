//! What the facts of a PDF mean for who opens it.

use super::{
    LINE_END_BYTES, Walker,
    dict::{Identifier, Target},
    document::Document,
    facts::{Chain, Descent, EndMark, Facts, StartXref},
    password::Opening,
    table::Entry,
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
    check_encryption(facts, findings);
    check_pages(facts, findings);
    if let Some(offset) = walker.mangling.found() {
        findings.reject(Code::Utf8Mangled, offset, || {
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
    let there = |(root, _): &(Target, u64)| match root {
        Target::Object(number) => facts.object_streams || document.seen.may_have(*number),
        Target::Direct => true,
    };
    let [_, (root, offset)] = roots;
    if let (false, Target::Object(number)) = (roots.iter().any(there), root) {
        findings.reject(Code::PdfMissingRoot, offset, || {
            format!("/Root {number} 0 R and no object {number}")
        });
    }
}

/// Viewers try the empty password before they ask for one.
fn check_encryption(facts: &Facts, findings: &mut Findings) {
    let Some((target, offset)) = facts.encrypt else {
        return;
    };
    let untold = |what: &str| format!("an encrypted document; {what}");
    let Some((at, security)) = facts.securities.find(target) else {
        return findings.warn(Code::PdfEncrypted, offset, || {
            untold("what its password is checked with was not found")
        });
    };
    if let Some(handler) = security
        .handler
        .filter(|handler| handler.as_bytes() != b"Standard")
    {
        let name = handler.as_bytes().escape_ascii();
        return findings.reject(Code::PdfUnknownEncryption, at, || {
            format!("the security handler /{name}")
        });
    }
    let all = facts.identifiers.as_ref().map_or(&[][..], |all| &all[..]);
    let known = |identifier: &Identifier| match identifier {
        Identifier::Here(text) => text.whole().is_some(),
        Identifier::Elsewhere => false,
    };
    let ids = all.iter().filter_map(|identifier| match identifier {
        Identifier::Here(text) => text.whole(),
        Identifier::Elsewhere => None,
    });
    match security.try_empty_password(ids.chain(all.is_empty().then_some(&[][..]))) {
        Opening::Open => findings.warn(Code::PdfEncryptedNoPassword, offset, || {
            "an encrypted document that opens without a password".to_owned()
        }),
        Opening::Closed if all.iter().all(known) => {
            findings.reject(Code::PdfPasswordRequired, offset, || {
                "an encrypted document that the empty password does not open".to_owned()
            });
        }
        Opening::Unknown => {
            let number = |value: Option<u64>| value.map_or("?".to_owned(), |value| value.to_string());
            findings.reject(Code::PdfUnknownEncryption, at, || {
                let (version, revision) = (number(security.version), number(security.revision));
                format!("/V {version} and /R {revision} of the standard security handler")
            });
        }
        Opening::Closed | Opening::Untold => findings.warn(Code::PdfEncrypted, offset, || {
            untold("what its password is checked with is incomplete, or stands elsewhere")
        }),
    }
}

/// A page tree in object streams is not seen.
fn check_pages(facts: &Facts, findings: &mut Findings) {
    if facts.object_streams {
        return;
    }
    if let (Some(offset), false) = (facts.empty_pages, facts.pages) {
        findings.reject(Code::PdfNoPages, offset, || "/Pages with /Count 0".to_owned());
    }
    let (Some([_, (Target::Object(root), _)]), Some((catalog, pages))) = (facts.roots, facts.catalog) else {
        return;
    };
    if root != catalog {
        return;
    }
    match facts.tree.descend(pages) {
        Descent::Fine => {}
        Descent::Empty(offset) => {
            findings.reject(Code::PdfNoPages, offset, || "/Pages with empty /Kids".to_owned());
        }
        Descent::Loops(offset) => findings.reject(Code::PdfPageTreeLoop, offset, || {
            "/Kids that lead back to their own node".to_owned()
        }),
    }
}

/// How the file ends: viewers rebuild all of this, checkers complain.
fn check_end(walker: &Walker, findings: &mut Findings) {
    let facts = &walker.document.facts;
    let end = walker.offset;
    let length = end - walker.header_offset;
    if let Some(promised) = facts
        .promised
        .filter(|promised| length + LINE_END_BYTES < *promised)
    {
        return findings.warn(Code::PdfTruncated, end, || {
            format!(
                "the end of the file {} bytes before the {promised} that it says it has",
                promised - length
            )
        });
    }
    if facts.end_mark == EndMark::Outlived && facts.startxref.is_none_or(|startxref| startxref.ended) {
        let last = facts.last_object;
        findings.warn(Code::PdfTruncated, end, || {
            format!(
                "objects behind the last %%EOF and no end of their own; the last one starts at byte {last}"
            )
        });
        return;
    }
    let astray = |(entry, _): &&(Entry, u64)| !walker.document.may_start(*entry);
    if let Some((entry, offset)) = facts.ahead.iter().find(astray) {
        entry.warn(*offset, findings);
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
            match facts.places.chain(target, walker.header_offset) {
                Chain::Ends => {}
                Chain::Loops(at) => findings.warn(Code::PdfXrefLoop, at, || {
                    "/Prev that leads back to its own cross-reference".to_owned()
                }),
                Chain::Breaks(at, previous) => findings.warn(Code::PdfBadXref, at, || {
                    format!("/Prev {previous}, where no cross-reference starts")
                }),
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
