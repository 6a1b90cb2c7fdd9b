//! How each kind of body is judged: its members, and what they owe each other.

use super::{
    Departure, Inspector, Rule, Subject, Weight, excerpt,
    member::{
        DISPUTE, DOCUMENT, EMBEDDED_LEGACY_LIST, ERROR, LEGACY_DELETED, LEGACY_DISPUTE, LEGACY_DOCUMENT,
        LIST, Member, Presence,
    },
};
use crate::{
    clause::{self, Clause},
    document::Document,
    error::fragment,
    id::{DisputeId, DocumentId},
    json::{Node, push_pointer},
};

impl Inspector<'_> {
    pub(super) fn subject(&mut self, subject: Subject, node: &Node, pointer: &str) {
        if self.is_full() {
            return;
        }
        if !matches!(node, Node::Object(_)) {
            let clause = self.json_clause();
            self.breach(clause, pointer, "one JSON object", node.excerpt(60));
            return;
        }
        match subject {
            Subject::Document => self.document(node, pointer),
            Subject::DestroyedDocument => self.destroyed(node, pointer),
            Subject::DocumentList => self.list(node, pointer, &clause::list::SHAPE, LIST, Subject::Document),
            Subject::Dispute => self.dispute(node, pointer),
            Subject::DisputeList => self.list(node, pointer, &clause::list::SHAPE, LIST, Subject::Dispute),
            Subject::Error => self.error(node, pointer),
        }
    }

    fn document(&mut self, node: &Node, pointer: &str) {
        let members = if self.wanted.version.is_legacy() {
            LEGACY_DOCUMENT
        } else {
            DOCUMENT
        };
        // Which members there are depends on the version; what their values are does not.
        let names = self.document_clause();
        self.members(node, pointer, (names, &clause::document::SHAPE), members);
        self.livemode_agrees(node, pointer);
        self.location_agrees(node, pointer);
    }

    fn destroyed(&mut self, node: &Node, pointer: &str) {
        if self.wanted.version.is_legacy() {
            let values = &clause::destroy::ANSWERS_DOCUMENT;
            self.members(node, pointer, (self.document_clause(), values), LEGACY_DELETED);
            self.livemode_agrees(node, pointer);
            return;
        }
        if node.get("filename").is_none() && node.get("location").is_none() {
            let expected = "the whole document, not the short form of older versions";
            self.breach(
                &clause::destroy::ANSWERS_DOCUMENT,
                pointer,
                expected,
                node.excerpt(60),
            );
            return;
        }
        self.document(node, pointer);
        if node.get("deleted") == Some(&Node::Bool(false)) {
            let here = push_pointer(pointer, "deleted");
            self.breach(&clause::destroy::ANSWERS_DOCUMENT, &here, "true", "false");
        }
    }

    fn list(
        &mut self,
        node: &Node,
        pointer: &str,
        clause: &'static Clause,
        members: &'static [Member],
        item: Subject,
    ) {
        self.members(node, pointer, (clause, clause), members);
        let Some(data) = node.get("data").and_then(Node::as_array) else {
            return;
        };
        let here = push_pointer(pointer, "data");
        for (index, node) in data.iter().enumerate() {
            self.subject(item, node, &push_pointer(&here, index));
        }
        let count = u64::try_from(data.len()).unwrap_or(u64::MAX);
        if let Some(limit) = node
            .get("limit")
            .and_then(Node::as_u64)
            .filter(|limit| count > *limit)
        {
            self.breach(
                &clause::list::LIMIT,
                &here,
                format!("at most {limit} items, as limit says"),
                count.to_string(),
            );
        }
        if let Some(total) = node
            .get("total")
            .and_then(Node::as_u64)
            .filter(|total| count > *total)
        {
            let expected = format!("at least {count}, the number of items on this page");
            self.breach(
                clause,
                &push_pointer(pointer, "total"),
                expected,
                total.to_string(),
            );
        }
        if let (Some(dispute), Some(Node::String(location)), Subject::Document) =
            (self.wanted.dispute, node.get("location"), item)
        {
            let expected = format!("/disputes/{dispute}/documents");
            if *location != expected && location.starts_with('/') {
                let found = excerpt(location);
                self.breach(clause, &push_pointer(pointer, "location"), expected, found);
            }
        }
    }

    fn dispute(&mut self, node: &Node, pointer: &str) {
        let legacy = self.wanted.version.is_legacy();
        let (members, embedded) = if legacy {
            (LEGACY_DISPUTE, EMBEDDED_LEGACY_LIST)
        } else {
            (DISPUTE, LIST)
        };
        let clause = &clause::document::ANSWER_JSON;
        self.members(node, pointer, (clause, clause), members);
        if let (Some(id), Some(location)) = (
            node.get("id").and_then(Node::as_str),
            node.get("location").and_then(Node::as_str),
        ) && location.starts_with('/')
            && location.strip_prefix("/disputes/") != Some(id)
        {
            let here = push_pointer(pointer, "location");
            self.breach(clause, &here, format!("/disputes/{id}"), excerpt(location));
        }
        if let Some(documents) = node
            .get("documents")
            .filter(|documents| Rule::Object.admits(documents))
        {
            let here = push_pointer(pointer, "documents");
            self.list(
                documents,
                &here,
                &clause::list::SHAPE,
                embedded,
                Subject::Document,
            );
        }
    }

    fn error(&mut self, node: &Node, pointer: &str) {
        let clause = &clause::document::ERROR_SHAPE;
        self.members(node, pointer, (clause, clause), ERROR);
        let (Some(code), Some(location)) = (
            node.get("code").and_then(Node::as_str),
            node.get("location").and_then(Node::as_str),
        ) else {
            return;
        };
        let wanted = fragment(code);
        if location.split_once('#').map(|(_, found)| found) != Some(wanted.as_str()) {
            let expected = format!("a URI that ends in #{wanted}, as the code says");
            self.breach(
                clause,
                &push_pointer(pointer, "location"),
                expected,
                excerpt(location),
            );
        }
    }

    /// Judges the members of an object by two clauses: which members there are, and what their values are.
    fn members(
        &mut self,
        node: &Node,
        pointer: &str,
        (names, values): (&'static Clause, &'static Clause),
        members: &[Member],
    ) {
        let Node::Object(present) = node else { return };
        for member in members {
            let here = push_pointer(pointer, member.name);
            match (node.get(member.name), member.presence) {
                (None, Presence::Required) => {
                    self.breach(names, &here, member.rule.expected(), "no such member");
                }
                (Some(value), Presence::Forbidden) => {
                    let expected = format!("no such member in version {}", self.wanted.version);
                    self.breach(names, &here, expected, value.excerpt(60));
                }
                (Some(value), _) if !member.rule.admits(value) => {
                    self.breach(values, &here, member.rule.expected(), value.excerpt(60));
                }
                _ => {}
            }
        }
        for (name, value) in present {
            if members.iter().all(|member| member.name != name) && self.has_room(Weight::Observation) {
                self.tell(Departure {
                    clause: names,
                    weight: Weight::Observation,
                    pointer: push_pointer(pointer, name),
                    expected: "no member that the contract does not list".to_owned(),
                    found: value.excerpt(60),
                });
            }
        }
    }

    /// The id contains `_test_` exactly when `livemode` is false (`upload.livemode`).
    fn livemode_agrees(&mut self, node: &Node, pointer: &str) {
        let id = node
            .get("id")
            .and_then(Node::as_str)
            .and_then(|id| id.parse::<DocumentId>().ok());
        let (Some(id), Some(Node::Bool(livemode))) = (id, node.get("livemode")) else {
            return;
        };
        if id.is_test() == *livemode {
            let expected = format!("{}, as the id {id} says", !livemode);
            self.breach(
                &clause::upload::LIVEMODE,
                &push_pointer(pointer, "livemode"),
                expected,
                livemode.to_string(),
            );
        }
    }

    /// The location is made of the dispute's and the document's own id (`upload.location`).
    fn location_agrees(&mut self, node: &Node, pointer: &str) {
        let id = node
            .get("id")
            .and_then(Node::as_str)
            .and_then(|id| id.parse::<DocumentId>().ok());
        let (Some(id), Some(location)) = (id, node.get("location").and_then(Node::as_str)) else {
            return;
        };
        let dispute = location
            .strip_prefix("/disputes/")
            .and_then(|rest| rest.split_once('/'))
            .and_then(|(dispute, _)| dispute.parse::<DisputeId>().ok());
        let wanted = self.wanted.dispute.or(dispute.as_ref());
        let expected = match wanted {
            Some(dispute) => Document::path(dispute, &id),
            None => format!("/disputes/dspt_…/documents/{id}"),
        };
        if location != expected && location.starts_with('/') {
            let here = push_pointer(pointer, "location");
            self.breach(&clause::upload::LOCATION, &here, expected, excerpt(location));
        }
    }
}

#[cfg(test)]
mod tests;
