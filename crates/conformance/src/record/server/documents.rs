//! What a success owes to what was asked, and to what was answered before.

use rebuttal_model::{ApiVersion, DEFAULT_LIST_LIMIT, DisputeId, DocumentId, clause, json::Node};

use super::{AT, Question, text};
use crate::{
    record::{
        client::{Content, Name, Presented, base_name},
        memory::{Known, Memory},
        route::{Operation, Route},
    },
    run::{Difference, Ledger},
};

/// The members that every answer about a document shows the same; where it can be downloaded may come later.
const LASTING: [&str; 5] = ["id", "filename", "kind", "created_at", "livemode"];

/// A success about the documents of a dispute.
pub(super) struct Documents<'a> {
    pub(super) question: &'a Question<'a>,
    pub(super) dispute: &'a DisputeId,
    pub(super) version: ApiVersion,
    pub(super) ledger: &'a mut Ledger,
}

impl Documents<'_> {
    pub(super) fn judge(&mut self, memory: &mut Memory) {
        let Some(body) = &self.question.seen.json else {
            return;
        };
        match self.question.judged.operation() {
            Operation::Upload => self.upload(body, memory),
            Operation::List => self.list(body, memory),
            Operation::Retrieve => self.retrieve(body, memory),
            Operation::Destroy => self.destroy(body, memory),
            Operation::Other => {}
        }
    }

    fn equal(
        &mut self,
        clause: &'static rebuttal_model::Clause,
        pointer: &str,
        expected: &str,
        found: Option<&Node>,
    ) {
        if found.and_then(Node::as_str) == Some(expected) {
            self.ledger.hold(clause);
            return;
        }
        let difference = Difference::new(pointer, format!("{expected:?}"), shown(found));
        self.ledger.miss(clause, AT, difference);
    }

    fn upload(&mut self, body: &Node, memory: &mut Memory) {
        let judged = self.question.judged;
        if let Some(upload) = &judged.upload {
            if let Some(name) = upload.file.as_ref().and_then(|file| file.filename.as_ref()) {
                self.filename(name, body.get("filename"));
            }
            let clause = if upload.kind_first {
                &clause::upload::PART_ORDER
            } else {
                &clause::upload::EACH_KIND
            };
            match upload.known_kind(&self.question.sent.body) {
                Some(kind) => self.equal(clause, "/kind", kind.as_str(), body.get("kind")),
                None if upload.kind.is_none() => self.ledger.hold(&clause::upload::KIND_OPTIONAL),
                None => {}
            }
            if let Some(format) = upload.content.and_then(Content::format) {
                self.ledger.hold(super::clause_of(format));
            }
        }
        if !self.version.is_legacy() {
            match body.get("deleted") {
                Some(Node::Bool(true)) => {
                    let difference = Difference::new("/deleted", "false", "true");
                    self.ledger.miss(&clause::upload::NOT_DELETED, AT, difference);
                }
                _ => self.ledger.hold(&clause::upload::NOT_DELETED),
            }
        }
        let Presented::Secret(key) = &judged.presented else {
            return;
        };
        if let Some(Node::Bool(livemode)) = body.get("livemode") {
            if *livemode == key.is_live() {
                self.ledger.hold(&clause::upload::LIVEMODE);
            } else {
                let expected = format!("{}, as the key's mode is", key.is_live());
                let difference = Difference::new("/livemode", expected, livemode.to_string());
                self.ledger.miss(&clause::upload::LIVEMODE, AT, difference);
            }
        }
        let Some(id) = text(body, "id").and_then(|id| id.parse::<DocumentId>().ok()) else {
            return;
        };
        if memory.get(&id).is_some() {
            let difference =
                Difference::new("/id", "an id that no document had before", format!("{id} again"));
            self.ledger.miss(&clause::upload::DISTINCT_IDS, AT, difference);
        } else {
            self.ledger.hold(&clause::upload::DISTINCT_IDS);
        }
        let known = Known {
            dispute: self.dispute.clone(),
            owner: key.expose().to_owned(),
            answer: body.clone(),
            is_destroyed: false,
        };
        memory.add(id, known);
    }

    /// A name may be read in more than one way; which one the endpoint has, is its choice.
    fn filename(&mut self, name: &Name, found: Option<&Node>) {
        if name.is_lossy {
            return;
        }
        let readings = [name.text.as_str(), name.percent_decoded.as_str()];
        let mut accepted = readings.iter().flat_map(|it| [*it, base_name(it)]);
        let told = found.and_then(Node::as_str);
        if told.is_some_and(|told| accepted.any(|it| it == told)) {
            self.ledger.hold(&clause::upload::FILENAME_ECHO);
            return;
        }
        let is_encoded = name.text.starts_with("=?") || name.text.contains('%') || name.text.contains('\\');
        let difference = Difference::new("/filename", format!("{:?}", base_name(&name.text)), shown(found));
        if is_encoded {
            let text = format!("{:?} is answered as {}", name.text, difference.found);
            self.ledger.observe(&clause::upload::FILENAME_ECHO, text);
        } else {
            self.ledger.miss(&clause::upload::FILENAME_ECHO, AT, difference);
        }
    }

    fn asked_id(&self) -> Option<DocumentId> {
        match &self.question.judged.route {
            Route::Documents { document, .. } => document.as_ref()?.parse().ok(),
            _ => None,
        }
    }

    /// What is known of a document, where it is the asker's own and nothing else was asked meanwhile.
    fn known<'m>(&self, id: &DocumentId, memory: &'m Memory) -> Option<&'m Known> {
        known(self.question, self.dispute, id, memory)
    }

    fn retrieve(&mut self, body: &Node, memory: &Memory) {
        let Some(id) = self.asked_id() else { return };
        self.equal(
            &clause::retrieve::SAME_AS_UPLOAD,
            "/id",
            id.as_str(),
            body.get("id"),
        );
        let Some(known) = self.known(&id, memory).cloned() else {
            return;
        };
        if known.is_destroyed {
            let deleted = matches!(body.get("deleted"), Some(Node::Bool(true)));
            let text = if deleted {
                "a destroyed document is answered with deleted true"
            } else {
                "a destroyed document is answered as if it were there"
            };
            self.ledger.observe(&clause::destroy::THEN_RETRIEVE, text);
            return;
        }
        for member in LASTING {
            // Between versions members have other names.
            let (Some(before), Some(now)) = (known.answer.get(member), body.get(member)) else {
                continue;
            };
            if before != now {
                let expected = format!("{}, as the upload answered", before.excerpt(80));
                let difference = Difference::new(format!("/{member}"), expected, now.excerpt(80));
                self.ledger
                    .miss(&clause::retrieve::SAME_AS_UPLOAD, AT, difference);
            }
        }
        self.ledger.hold(&clause::upload::ATTACHED);
    }

    fn destroy(&mut self, body: &Node, memory: &mut Memory) {
        let Some(id) = self.asked_id() else { return };
        self.equal(
            &clause::destroy::ANSWERS_DOCUMENT,
            "/id",
            id.as_str(),
            body.get("id"),
        );
        if self.known(&id, memory).is_some_and(|known| known.is_destroyed) {
            let difference = Difference::new("status", "404 not_found", "200 again");
            self.ledger.miss(&clause::destroy::TWICE, AT, difference);
        }
        memory.destroy(&id);
    }

    fn list(&mut self, body: &Node, memory: &Memory) {
        let parameters = &self.question.judged.parameters;
        let asked = |name: &str| {
            let mut all = parameters.iter().filter(|(it, _)| it == name);
            all.next().map(|(_, value)| value.as_str())
        };
        let refuses = self.question.judged.due == super::Due::Either;
        for (name, default) in [("limit", DEFAULT_LIST_LIMIT), ("offset", 0)] {
            let wanted = asked(name).map_or(Ok(u64::from(default)), str::parse);
            let (Ok(wanted), Some(found), false) = (wanted, body.get(name).and_then(Node::as_u64), refuses)
            else {
                continue;
            };
            if wanted != found {
                let difference = Difference::new(format!("/{name}"), wanted.to_string(), found.to_string());
                self.ledger.miss(&clause::list::SHAPE, AT, difference);
            }
        }
        let order = asked("order").unwrap_or("chronological");
        if let (Some(found), false) = (text(body, "order"), refuses)
            && found != order
        {
            let difference = Difference::new("/order", format!("{order:?}"), format!("{found:?}"));
            self.ledger.miss(&clause::list::ORDER, AT, difference);
        }
        let data = body.get("data").and_then(Node::as_array).unwrap_or_default();
        self.sorted(data, order == "reverse_chronological");
        let filtered = ["from", "to"].iter().any(|name| asked(name).is_some());
        let shows_all = body.get("total").and_then(Node::as_u64) == Some(data.len() as u64) && !filtered;
        if shows_all && self.question.alone {
            self.whole(data, memory);
        }
    }

    fn sorted(&mut self, data: &[Node], reverse: bool) {
        let times: Vec<_> = data.iter().filter_map(|item| text(item, "created_at")).collect();
        let mut pairs = times.iter().zip(times.iter().skip(1));
        match pairs.find(|(one, next)| if reverse { one < next } else { one > next }) {
            Some((one, next)) => {
                let difference = Difference::new(
                    "/data",
                    "documents in the order asked for",
                    format!("{one} before {next}"),
                );
                self.ledger.miss(&clause::list::ORDER, AT, difference);
            }
            None => self.ledger.hold(&clause::list::ORDER),
        }
    }

    /// A list of all documents has those that were uploaded, and none that was destroyed.
    fn whole(&mut self, data: &[Node], memory: &Memory) {
        let Presented::Secret(key) = &self.question.judged.presented else {
            return;
        };
        let listed: Vec<_> = data.iter().filter_map(|item| text(item, "id")).collect();
        for (id, known) in memory.of(self.dispute, key.expose()) {
            let is_listed = listed.contains(&id.as_str());
            match (known.is_destroyed, is_listed) {
                (false, false) => {
                    let difference = Difference::new(
                        "/data",
                        format!("document {id}, which was uploaded"),
                        "it is not listed",
                    );
                    self.ledger.miss(&clause::upload::ATTACHED, AT, difference);
                }
                (true, true) => {
                    let difference = Difference::new(
                        "/data",
                        format!("no document {id}, which was destroyed"),
                        "it is listed",
                    );
                    self.ledger.miss(&clause::list::EXCLUDES_DELETED, AT, difference);
                }
                (false, true) => self.ledger.hold(&clause::upload::ATTACHED),
                (true, false) => self.ledger.hold(&clause::list::EXCLUDES_DELETED),
            }
        }
    }
}

fn known<'m>(
    question: &Question<'_>,
    dispute: &DisputeId,
    id: &DocumentId,
    memory: &'m Memory,
) -> Option<&'m Known> {
    let Presented::Secret(key) = &question.judged.presented else {
        return None;
    };
    let known = memory.get(id).filter(|_| question.alone)?;
    (known.dispute == *dispute && known.owner == key.expose()).then_some(known)
}

/// A document that is not found: whether that is decided, since it was uploaded before.
pub(super) fn missing(
    ledger: &mut Ledger,
    question: &Question<'_>,
    dispute: &DisputeId,
    memory: &Memory,
) -> bool {
    let Route::Documents {
        document: Some(document),
        ..
    } = &question.judged.route
    else {
        return false;
    };
    let Ok(id) = document.parse::<DocumentId>() else {
        return false;
    };
    match known(question, dispute, &id, memory) {
        Some(known) if known.is_destroyed => {
            let retrieves = question.judged.operation() == Operation::Retrieve;
            if retrieves {
                ledger.observe(
                    &clause::destroy::THEN_RETRIEVE,
                    "a destroyed document is answered 404",
                );
            } else {
                ledger.hold(&clause::destroy::TWICE);
            }
        }
        Some(_) => {
            let difference = Difference::new(
                "status",
                "200 with the document, which was uploaded",
                question.seen.summary(),
            );
            ledger.miss(&clause::upload::ATTACHED, AT, difference);
        }
        None => return false,
    }
    true
}

fn shown(node: Option<&Node>) -> String {
    node.map_or_else(|| "no such member".to_owned(), |node| node.excerpt(120))
}
