//! The page tree of a PDF, and what its pages need.

use std::collections::HashSet;

use hayro_syntax::object::{Array, Dict, MaybeRef, Object, Stream};

use super::{
    budget::Budget,
    graph::{Graph, Resolved, filters, is_flate, name},
    hidden,
    inflate::{End, inflate},
    raster,
};
use crate::{code::Code, finding::Findings};

/// The most pages of a PDF that every card network takes (Mastercom).
const NETWORK_PAGES: u64 = 18;

/// Looks at a document from its catalogue on.
pub(super) fn pdf(bytes: &[u8], budget: &mut Budget, findings: &mut Findings) {
    let graph = Graph::read(bytes, budget);
    if graph.is_encrypted() {
        budget.leave_out("an encrypted document");
        return;
    }
    if let Some(offset) = graph.damaged() {
        findings.warn(Code::DeepPdfStreamDamaged, offset, || {
            "an object stream that does not inflate".to_owned()
        });
    }
    hidden::search(&graph, budget, findings);
    let root = graph.root().and_then(|number| graph.object(number));
    let Some((Object::Dict(catalogue), offset)) = root else {
        unreadable(0, "no catalogue that can be read", budget, findings);
        return;
    };
    let pages = catalogue
        .get_raw::<Object<'_>>("Pages")
        .map(|pages| graph.resolve(pages));
    let Some(Resolved::Found(Object::Dict(pages), number, place)) = pages else {
        unreadable(offset, "no page tree that can be read", budget, findings);
        return;
    };
    let mut walk = Walk {
        graph: &graph,
        budget,
        findings,
        seen: number.into_iter().collect(),
        pages: 0,
        has_contents: false,
        has_all: true,
    };
    let offset = place.unwrap_or(offset);
    walk.tree(&pages, offset);
    walk.conclude(&pages, offset);
}

fn unreadable(offset: u64, found: &str, budget: &Budget, findings: &mut Findings) {
    // It may be in what was left out.
    if budget.reached().is_none() {
        findings.warn(Code::DeepPdfUnreadable, offset, || found.to_owned());
    }
}

struct Walk<'g, 'b> {
    graph: &'g Graph<'g>,
    budget: &'b mut Budget,
    findings: &'b mut Findings,
    /// The objects that were looked at, so that none is twice.
    seen: HashSet<u32>,
    pages: u64,
    /// Whether some page has something on it.
    has_contents: bool,
    /// Whether the whole tree was walked.
    has_all: bool,
}

impl<'g> Walk<'g, '_> {
    /// Walks down from the root of the page tree, without recursion.
    fn tree(&mut self, root: &Dict<'g>, offset: u64) {
        let mut pending = vec![(root.clone(), offset)];
        while let Some((node, offset)) = pending.pop() {
            // Each node may lead to the same huge value, which is read again each time.
            if !self.budget.has_time() {
                self.has_all = false;
                return;
            }
            self.resources(&node, offset);
            let Some(Object::Array(kids)) = self.graph.get(&node, "Kids") else {
                // A tree without kids has no pages, and is no page either.
                if name(&node, "Type").as_deref() != Some(b"Pages") {
                    self.page(&node, offset);
                }
                continue;
            };
            let first = pending.len();
            for kid in kids.raw_iter() {
                if !self.may_go_on() {
                    self.has_all = false;
                    return;
                }
                match self.follow(kid, offset, "a page") {
                    Some((Object::Dict(kid), at)) => pending.push((kid, at)),
                    Some((_, at)) => self.missing(at, "a page that is no dictionary"),
                    None => {}
                }
            }
            pending[first..].reverse();
        }
    }

    fn page(&mut self, page: &Dict<'g>, offset: u64) {
        self.pages += 1;
        // What a form's fields show stands in annotations.
        if let Some(Object::Array(notes)) = self.graph.get(page, "Annots") {
            self.has_contents |= notes.raw_iter().next().is_some();
        }
        let Some(contents) = page.get_raw::<Object<'_>>("Contents") else {
            return;
        };
        match self.follow(contents, offset, "the contents of a page") {
            Some((Object::Stream(stream), at)) => self.contents(&stream, at),
            Some((Object::Array(parts), at)) => self.parts(&parts, at),
            _ => {}
        }
    }

    fn parts(&mut self, parts: &Array<'g>, offset: u64) {
        for part in parts.raw_iter() {
            if !self.may_go_on() {
                return;
            }
            if let Some((Object::Stream(stream), at)) = self.follow(part, offset, "the contents of a page") {
                self.contents(&stream, at);
            }
        }
    }

    fn contents(&mut self, stream: &Stream<'g>, offset: u64) {
        let has_any = self.stream(stream, offset, "the contents of a page");
        self.has_contents |= has_any;
    }

    /// Looks for what a page or a form draws with; forms have resources of their own.
    fn resources(&mut self, owner: &Dict<'g>, offset: u64) {
        let mut pending = vec![(owner.clone(), offset)];
        while let Some((owner, offset)) = pending.pop() {
            if !self.budget.has_time() {
                return;
            }
            let Some(resources) = owner.get_raw::<Object<'_>>("Resources") else {
                continue;
            };
            let Some((Object::Dict(resources), offset)) = self.follow(resources, offset, "resources") else {
                continue;
            };
            for (key, what) in [("XObject", "a picture or form"), ("Font", "a font")] {
                let Some(Object::Dict(named)) = self.graph.get(&resources, key) else {
                    continue;
                };
                for (_, value) in named.entries() {
                    if !self.may_go_on() {
                        return;
                    }
                    if let Some((Object::Stream(drawn), at)) = self.follow(value, offset, what) {
                        self.stream(&drawn, at, what);
                        pending.push((drawn.dict().clone(), at));
                    }
                }
            }
        }
    }

    /// Whether a stream has data; tells of data that does not decode.
    fn stream(&mut self, stream: &Stream<'g>, offset: u64, what: &str) -> bool {
        let raw = stream.raw_data();
        match filters(stream.dict()).as_deref() {
            Some([only]) if matches!(&only[..], b"DCTDecode" | b"DCT") => {
                let verdict = raster::jpeg(&raw, self.budget);
                raster::tell(verdict, offset, what, self.findings);
            }
            Some([first, ..]) if is_flate(first) => {
                let mut bytes = 0;
                let end = inflate(&raw, self.budget, |piece, _| {
                    bytes += piece.len();
                    true
                });
                if matches!(end, End::Damaged | End::Short) {
                    self.findings.warn(Code::DeepPdfStreamDamaged, offset, || {
                        format!("{what} that inflates to {bytes} bytes and no further")
                    });
                }
                return bytes > 0;
            }
            _ => {}
        }
        !raw.is_empty()
    }

    /// What a value is, and where; `None` where it was looked at before, or is not there, which is told.
    fn follow(&mut self, value: MaybeRef<Object<'g>>, offset: u64, what: &str) -> Option<(Object<'g>, u64)> {
        match self.graph.resolve(value) {
            Resolved::Found(object, number, place) => {
                let is_new = number.is_none_or(|number| self.seen.insert(number));
                is_new.then(|| (object, place.unwrap_or(offset)))
            }
            Resolved::Missing(number) => {
                self.missing(
                    offset,
                    &format!("object {number}, {what}, which is not there or cannot be read"),
                );
                None
            }
        }
    }

    fn missing(&mut self, offset: u64, what: &str) {
        // It may be where nothing was read.
        if self.graph.is_whole() {
            self.findings
                .warn(Code::DeepPdfObjectMissing, offset, || what.to_owned());
        }
    }

    fn may_go_on(&mut self) -> bool {
        self.budget.has_time() && self.budget.takes_object()
    }

    /// Says what the tree as a whole came to.
    fn conclude(&mut self, root: &Dict<'g>, offset: u64) {
        if !(self.has_all && self.graph.is_whole()) {
            return;
        }
        let (pages, findings) = (self.pages, &mut *self.findings);
        if pages == 0 {
            findings.reject(Code::DeepPdfNoPages, offset, || {
                "a page tree without a page".to_owned()
            });
            return;
        }
        if let Some(Object::Number(count)) = self.graph.get(root, "Count")
            && u64::try_from(count.as_i64()) != Ok(pages)
        {
            findings.warn(Code::DeepPdfPageCount, offset, || {
                format!("{pages} pages in a tree that says {}", count.as_i64())
            });
        }
        if pages > NETWORK_PAGES {
            findings.note(Code::PagesForNetworks, offset, || format!("{pages} pages"));
        }
        // A note: that is how a document may be meant. It may also be in what was left out.
        if !self.has_contents && self.budget.reached().is_none() {
            findings.note(Code::DeepPdfBlank, offset, || {
                format!("{pages} pages, and nothing on any")
            });
        }
    }
}
