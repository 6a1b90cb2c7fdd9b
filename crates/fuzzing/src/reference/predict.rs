//! What an operation is owed, and what it changes: the checks in the order of the contract.

use rebuttal_model::{ApiVersion, DisputeStatus, Profile, Situation, Timestamp};

use super::{Dispute, Document, Due, Owner, World, forms, lists};
use crate::generators::operations::{
    Ask, Call, Decision, DisputeRef, DocumentRef, Filter, Form, Key, Message, Operation, Param, Stray,
    Version,
};

/// The longest message of a merchant, in bytes; the mock's own bound.
const MAX_MESSAGE_BYTES: u32 = 10_000;

const BAD_REQUEST: Due = Due::Refusal(400, "bad_request");
const NOT_FOUND: Due = Due::Refusal(404, "not_found");

impl World {
    /// Does to the model what the operation does to an endpoint.
    pub fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::Ask(ask) => self.due = self.answer(ask),
            Operation::Advance(seconds) => {
                self.now = self.now.plus_seconds((*seconds).into());
                self.due = Due::Silence;
            }
            Operation::Keep => {
                self.kept = None;
                self.due = Due::Silence;
                self.kept = Some(Box::new(self.clone()));
            }
            Operation::PutBack => {
                self.due = Due::Silence;
                if let Some(kept) = self.kept.clone() {
                    // The clock is not the records', and goes on.
                    let (now, touched) = (self.now, std::mem::take(&mut self.touched));
                    *self = *kept.clone();
                    self.now = now;
                    self.touched = touched;
                    self.kept = Some(kept);
                }
            }
        }
    }

    fn answer(&mut self, ask: &Ask) -> Due {
        if let Call::Upload(dispute, _) | Call::Destroy(dispute, _) = ask.call {
            self.touched.extend(self.dispute(dispute));
        }
        if let Call::Stray(stray) = &ask.call {
            return match stray {
                Stray::Nowhere(..) => Due::Refusal(404, "service_not_found"),
                Stray::WrongMethod(_) => Due::Refusal(405, "service_not_found"),
                Stray::Options => Due::Nothing,
            };
        }
        let Some(owner) = owner(ask.key) else {
            return Due::Refusal(401, "authentication_failure");
        };
        if ask.version == Version::Unknown {
            return BAD_REQUEST;
        }
        self.serve(owner, &ask.call).unwrap_or_else(|due| due)
    }

    fn serve(&mut self, owner: Owner, call: &Call) -> Result<Due, Due> {
        match call {
            Call::Upload(dispute, form) => {
                let dispute = self.own(owner, *dispute)?;
                self.upload(dispute, form)
            }
            Call::List(dispute, params) => {
                let dispute = self.own(owner, *dispute)?;
                let page = lists::page(self, &self.dated_documents(dispute), params);
                Ok(Due::Documents(dispute, page.ok_or(BAD_REQUEST)?))
            }
            Call::Retrieve(dispute, document) => {
                let dispute = self.own(owner, *dispute)?;
                let document = self.document_of(dispute, *document).ok_or(NOT_FOUND)?;
                if self.documents[document].is_destroyed && !self.shows_destroyed() {
                    return Err(NOT_FOUND);
                }
                Ok(Due::Document(document))
            }
            Call::Destroy(dispute, document) => {
                let dispute = self.own(owner, *dispute)?;
                let document = self.document_of(dispute, *document).ok_or(NOT_FOUND)?;
                if self.documents[document].is_destroyed {
                    return Err(NOT_FOUND);
                }
                self.is_open(dispute)?;
                self.documents[document].is_destroyed = true;
                Ok(Due::Destroyed(document))
            }
            Call::ListDisputes(filter, params) => {
                let (path, records) = self.dated_disputes(owner, *filter);
                let page = lists::page(self, &records, params).ok_or(BAD_REQUEST)?;
                Ok(Due::Disputes(path, page))
            }
            Call::RetrieveDispute(dispute) => Ok(Due::Dispute(self.own(owner, *dispute)?)),
            Call::Answer(dispute, message) => {
                let dispute = self.own(owner, *dispute)?;
                self.answer_dispute(dispute, *message)
            }
            Call::Accept(dispute) => {
                let dispute = self.own(owner, *dispute)?;
                self.is_open(dispute)?;
                self.decide(dispute, DisputeStatus::Lost);
                Ok(Due::Dispute(dispute))
            }
            Call::Close(dispute, decision) => {
                let dispute = self.own(owner, *dispute)?;
                let status = match decision {
                    Decision::Won => DisputeStatus::Won,
                    Decision::Lost => DisputeStatus::Lost,
                    Decision::Other | Decision::None => return Err(BAD_REQUEST),
                };
                if self.disputes[dispute].is_closed {
                    return Err(self.by_profile(Situation::NotOpen));
                }
                self.decide(dispute, status);
                Ok(Due::Dispute(dispute))
            }
            Call::Open(known) => {
                // The charge is the first account's.
                if !known || owner != Owner::First {
                    return Err(NOT_FOUND);
                }
                self.disputes.push(Dispute {
                    owner,
                    status: DisputeStatus::Open,
                    message: None,
                    created_at: self.now,
                    is_closed: false,
                });
                Ok(Due::Opened(self.disputes.len() - 1))
            }
            Call::Stray(_) => Ok(Due::Silence),
        }
    }

    fn upload(&mut self, dispute: usize, form: &Form) -> Result<Due, Due> {
        self.is_open(dispute)?;
        let most = self.settings.variants.max_documents;
        if most.is_some_and(|most| self.documents_of(dispute).len() >= most as usize) {
            return Err(self.by_profile(Situation::MaxDocuments));
        }
        let plain = match form {
            Form::Plain(plain) => plain,
            Form::NotMultipart(_) => return Err(BAD_REQUEST),
            Form::Drawn(..) => return Ok(Due::Either(dispute)),
        };
        let (filename, kind) = forms::read(plain).map_err(|refusal| match refusal {
            forms::Refusal::Bad => BAD_REQUEST,
            forms::Refusal::ByProfile(situation) => self.by_profile(situation),
        })?;
        Ok(Due::Uploaded(self.attach(dispute, filename, kind)))
    }

    /// Adds a document that is made now, and answers its place.
    pub(super) fn attach(&mut self, dispute: usize, filename: String, kind: Option<String>) -> usize {
        self.documents.push(Document {
            dispute,
            filename,
            kind,
            created_at: self.now,
            is_destroyed: false,
        });
        self.documents.len() - 1
    }

    fn answer_dispute(&mut self, dispute: usize, message: Message) -> Result<Due, Due> {
        let text = match message {
            Message::Text(length) | Message::AsForm(length) => {
                if length == 0 || length > MAX_MESSAGE_BYTES {
                    return Err(BAD_REQUEST);
                }
                Some(forms::message(length))
            }
            Message::Empty | Message::NotText | Message::NotJson => return Err(BAD_REQUEST),
            Message::Null | Message::Metadata | Message::None => None,
        };
        if let Some(text) = text {
            self.is_open(dispute)?;
            self.disputes[dispute].message = Some(text);
            self.disputes[dispute].status = DisputeStatus::Pending;
        }
        Ok(Due::Dispute(dispute))
    }

    fn decide(&mut self, dispute: usize, status: DisputeStatus) {
        self.disputes[dispute].status = status;
        self.disputes[dispute].is_closed = true;
    }

    fn is_open(&self, dispute: usize) -> Result<(), Due> {
        if self.disputes[dispute].status == DisputeStatus::Open {
            Ok(())
        } else {
            Err(self.by_profile(Situation::NotOpen))
        }
    }

    /// The refusals that the two profiles word differently, as the contract's table has them.
    fn by_profile(&self, situation: Situation) -> Due {
        match (situation, self.profile()) {
            (Situation::NotOpen, Profile::Documented) => Due::Refusal(422, "dispute_not_open"),
            (Situation::NotOpen, Profile::Recorded) => Due::Refusal(400, "documents_locked"),
            (Situation::BadFormat, Profile::Documented) => Due::Refusal(400, "invalid_file_format"),
            (Situation::BadFormat, Profile::Recorded) => Due::Refusal(400, "invalid_file_type"),
            (Situation::TooLarge, _) => Due::Refusal(413, "file_too_large"),
            (Situation::MaxDocuments, _) => Due::Refusal(422, "bad_request"),
        }
    }

    /// The dispute that is meant, where it is the account's own.
    fn own(&self, owner: Owner, dispute: DisputeRef) -> Result<usize, Due> {
        self.dispute(dispute)
            .filter(|place| self.disputes[*place].owner == owner)
            .ok_or(NOT_FOUND)
    }

    /// The dispute that is meant, whoever owns it.
    pub(super) fn dispute(&self, dispute: DisputeRef) -> Option<usize> {
        match dispute {
            DisputeRef::Made(place) => Some(usize::from(place) % self.disputes.len()),
            DisputeRef::Unknown | DisputeRef::Malformed(_) => None,
        }
    }

    /// The document that is meant, if it is the dispute's.
    fn document_of(&self, dispute: usize, document: DocumentRef) -> Option<usize> {
        self.document(Some(dispute), document)
            .filter(|place| self.documents[*place].dispute == dispute)
    }

    /// The document that is meant, whatever dispute it belongs to.
    pub(super) fn document(&self, dispute: Option<usize>, document: DocumentRef) -> Option<usize> {
        let all: Vec<_> = (0..self.documents.len())
            .filter(|place| dispute.is_none_or(|dispute| self.documents[*place].dispute == dispute))
            .collect();
        match document {
            DocumentRef::Made(place) if !all.is_empty() => Some(all[usize::from(place) % all.len()]),
            DocumentRef::Last => all.last().copied(),
            DocumentRef::Elsewhere(place) => Some(usize::from(place) * 7 % self.documents.len()),
            DocumentRef::Made(_) | DocumentRef::Unknown | DocumentRef::Malformed(_) => None,
        }
    }

    /// The documents that are there with the times of their uploads.
    fn dated_documents(&self, dispute: usize) -> Vec<(usize, Timestamp)> {
        let all = self.documents_of(dispute).into_iter();
        all.map(|place| (place, self.documents[place].created_at))
            .collect()
    }

    fn dated_disputes(&self, owner: Owner, filter: Filter) -> (&'static str, Vec<(usize, Timestamp)>) {
        let (path, wanted): (_, fn(&Dispute) -> bool) = match filter {
            Filter::All => ("/disputes", |_| true),
            Filter::Open => ("/disputes/open", |it| it.status == DisputeStatus::Open),
            Filter::Pending => ("/disputes/pending", |it| it.status == DisputeStatus::Pending),
            Filter::Closed => ("/disputes/closed", |it| it.is_closed),
        };
        let all = (0..self.disputes.len()).filter(|place| {
            let dispute = &self.disputes[*place];
            dispute.owner == owner && wanted(dispute)
        });
        (
            path,
            all.map(|place| (place, self.disputes[place].created_at))
                .collect(),
        )
    }

    /// The parameters of a list as they are sent.
    pub(super) fn query(&self, ask: &Ask) -> Vec<(&'static str, String)> {
        let sent = |records: &[(usize, Timestamp)], params: &[Param]| {
            params
                .iter()
                .map(|param| lists::sent(self, records, param))
                .collect()
        };
        match &ask.call {
            Call::List(dispute, params) => {
                let records = self
                    .dispute(*dispute)
                    .map(|dispute| self.dated_documents(dispute));
                sent(&records.unwrap_or_default(), params)
            }
            Call::ListDisputes(filter, params) => {
                let (_, records) = self.dated_disputes(owner(ask.key).unwrap_or(Owner::First), *filter);
                sent(&records, params)
            }
            _ => Vec::new(),
        }
    }

    /// The first page of a dispute's documents, as an answer about the dispute shows it.
    pub(super) fn first_page(&self, dispute: usize) -> Option<super::Page> {
        lists::page(self, &self.dated_documents(dispute), &[])
    }
}

/// The account that a key opens.
fn owner(key: Key) -> Option<Owner> {
    match key {
        Key::First | Key::WithPassword => Some(Owner::First),
        Key::Other => Some(Owner::Other),
        _ => None,
    }
}

/// The version that an answer is written in.
pub(super) fn version(version: Version) -> ApiVersion {
    match version {
        Version::Known(version) => version,
        Version::Absent | Version::Unknown => ApiVersion::V2019_05_29,
    }
}
