//! What is told of by name, in objects that only show once their object stream is inflated.

use hayro_syntax::object::{MaybeRef, Object};

use super::{budget::Budget, graph::Graph};
use crate::{
    finding::{Findings, Severity},
    pdf,
};

/// How deep values are looked into.
const MAX_DEPTH: usize = 32;

/// Tells of scripts, actions, forms and attachments in object streams.
pub(super) fn search(graph: &Graph<'_>, budget: &mut Budget, findings: &mut Findings) {
    for (object, offset) in graph.members() {
        if !budget.has_time() {
            return;
        }
        look(&object, offset, MAX_DEPTH, findings);
    }
}

fn look(object: &Object<'_>, offset: u64, depth: usize, findings: &mut Findings) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let inner = |value: MaybeRef<Object<'_>>, findings: &mut Findings| {
        if let MaybeRef::NotRef(value) = value {
            look(&value, offset, depth, findings);
        }
    };
    match object {
        Object::Array(array) => array.raw_iter().for_each(|value| inner(value, findings)),
        // By name, so that the order is the same in every run.
        Object::Dict(dict) => dict.entries().for_each(|(key, value)| {
            tell(&key, offset, findings);
            inner(value, findings);
        }),
        Object::Name(name) => tell(name, offset, findings),
        _ => {}
    }
}

fn tell(name: &[u8], offset: u64, findings: &mut Findings) {
    let Some(code) = pdf::told_by_name(name) else {
        return;
    };
    let found = || format!("/{} in an object stream", String::from_utf8_lossy(name));
    match code.worst() {
        Severity::Note => findings.note(code, offset, found),
        _ => findings.warn(code, offset, found),
    }
}
