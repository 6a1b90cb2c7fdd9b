//! An upload: the form is read as it streams, and judged in the order of the contract.
//!
//! The service is not held meanwhile, so the dispute is looked at again when the form is whole. What is
//! certain earlier is answered earlier: a form that does not parse, and a file over the size limit.

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use rebuttal_model::{DisputeId, Document, DocumentId, MAX_FILE_BYTES, Timestamp, document::DocumentObject};
use rebuttal_multipart::{Boundary, Event, Limits, Mode, Parser};

use crate::{
    answer::{Answer, Context, Success},
    fault::Fault,
    form::Form,
    judge::{self, Evidence},
    lookup::takes_documents,
    present::{self, Shape},
    refusal::Refusal,
    route::Operation,
    service::Service,
    store::{Owner, Record, Stored, Written},
};

/// What a body may hold beside the largest file, in bytes: framing, and as many fields as a form may have.
const MAX_BESIDE_FILE_BYTES: u64 = 5 * 1024 * 1024;

/// The largest file that is read by a mock whose fault is to take or store too large ones, in bytes.
const MAX_FAULTY_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// An upload that is being read.
pub struct Upload {
    context: Context,
    owner: Owner,
    dispute: DisputeId,
    parser: Parser,
    form: Form,
    /// The documents that the dispute had, for a fault that keeps no others.
    before: Vec<DocumentId>,
    /// Whether the body came in chunks, which one fault cares about.
    chunked: bool,
    /// Set once the bytes cannot be parsed, by a server whose fault is to store them all the same.
    broken: bool,
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload")
            .field("dispute", &self.dispute)
            .field("offset", &self.parser.offset())
            .finish_non_exhaustive()
    }
}

impl Upload {
    /// An upload whose head was accepted as far as the dispute.
    pub(crate) fn new(
        context: &Context,
        owner: Owner,
        dispute: DisputeId,
        headers: &HeaderMap,
    ) -> Result<Self, Refusal> {
        let content_type = headers
            .get(header::CONTENT_TYPE)
            .map_or(&b""[..], |value| value.as_bytes());
        let boundary = Boundary::from_content_type(content_type).map_err(|error| {
            let is_form = content_type.starts_with(b"multipart/form-data");
            if is_form && context.has(Fault::NoBoundaryAnswers500) {
                return Refusal::internal();
            }
            if !is_form && context.has(Fault::NotMultipartAnswers415) {
                return Refusal::Fault(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "bad_request",
                    "the body must be multipart/form-data",
                );
            }
            if context.has(Fault::NotMultipartAnswers500) {
                return Refusal::internal();
            }
            Refusal::bad_request(format!("the body must be multipart/form-data: {error}"))
        })?;
        if context.has(Fault::LongBoundaryRefused) && boundary.as_str().len() > 60 {
            return Err(Refusal::bad_request("the boundary is too long"));
        }
        let (taken, read) = match context.settings.fault {
            Some(Fault::TooLargeAccepted) => (MAX_FAULTY_FILE_BYTES, MAX_FAULTY_FILE_BYTES),
            Some(Fault::RefusedFileStored) => (MAX_FILE_BYTES, MAX_FAULTY_FILE_BYTES),
            _ => (MAX_FILE_BYTES, MAX_FILE_BYTES),
        };
        let length = headers.get(header::CONTENT_LENGTH);
        let announced = length.and_then(|length| length.to_str().ok()?.parse().ok());
        let limits = Limits {
            body_bytes: read + MAX_BESIDE_FILE_BYTES,
            // One more than the file may have, so that the file is refused for its size and not its form.
            file_bytes: read + 1,
            ..Limits::default()
        };
        Ok(Self {
            form: Form::new(taken, announced, context.settings.fault),
            context: context.clone(),
            owner,
            dispute,
            parser: Parser::new(boundary, Mode::Lenient, limits),
            before: Vec::new(),
            chunked: headers.contains_key(header::TRANSFER_ENCODING),
            broken: false,
        })
    }

    /// Remembers the documents that the dispute has, for a fault that keeps no others.
    pub(crate) fn remember(mut self, service: &Service) -> Self {
        if self.context.has(Fault::SlowUploadOverwrites)
            && let Some(record) = service.store.dispute(&self.dispute)
        {
            self.before = record
                .documents()
                .map(|stored| stored.document.id.clone())
                .collect();
        }
        self
    }

    /// Takes the next bytes of the body; an answer means that no more are wanted.
    pub fn feed(&mut self, bytes: &[u8]) -> Option<Answer> {
        if self.broken {
            return None;
        }
        let mut events = self.parser.feed(bytes);
        loop {
            let refusal = match events.next_event() {
                Ok(None) => return None,
                Ok(Some(Event::PartBegin(head))) => {
                    self.form.begin(&head);
                    continue;
                }
                Ok(Some(Event::Data { bytes, .. })) => {
                    self.form.data(bytes);
                    if !self.form.is_too_large() || self.context.has(Fault::RefusedFileStored) {
                        continue;
                    }
                    judge::too_large(&self.context)
                }
                Ok(Some(Event::Violation(found))) => {
                    self.context.notes.form(&found);
                    continue;
                }
                Ok(Some(_)) => continue,
                Err(_) if self.context.has(Fault::BrokenMultipartStored) => {
                    self.broken = true;
                    return None;
                }
                Err(error) => judge::broken(&self.context, &error),
            };
            return Some(self.context.answer(Err(refusal)));
        }
    }

    /// Judges the form and stores the document, now that the body is whole.
    pub fn finish(mut self, service: &mut Service, now: Timestamp) -> Answer {
        let outcome = self.conclude(service, now);
        self.context.answer(outcome)
    }

    /// Takes a form that has no end for whole, as faults do.
    pub(crate) fn keep_what_came(mut self, service: &mut Service, now: Timestamp) -> Answer {
        self.broken = true;
        self.finish(service, now)
    }

    /// The answer to a client whose body broke off. Nothing is stored.
    pub fn abandon(&self) -> Answer {
        self.context
            .answer(Err(Refusal::bad_request("the body broke off")))
    }

    /// The answer to a client that stopped sending. Nothing is stored.
    pub fn time_out(&self) -> Answer {
        if self.context.has(Fault::StalledUploadAnswers500) {
            return self.context.answer(Err(Refusal::internal()));
        }
        self.context.answer(Err(Refusal::Timeout))
    }

    fn conclude(&mut self, service: &mut Service, now: Timestamp) -> Result<Success, Refusal> {
        let dispute = self.dispute.clone();
        let operation = Operation::Upload(dispute.as_str());
        let record = service.dispute(&self.context, self.owner, operation, dispute.as_str())?;
        takes_documents(&self.context, record)?;
        if !self.broken {
            self.end_form()?;
        }
        let form = std::mem::replace(&mut self.form, Form::new(0, None, None));
        let takes_once = self.context.has(Fault::KindTakenOnce);
        let each_once = self.context.has(Fault::SameFileRefused);
        let evidence = match judge::judge(&self.context, form) {
            Ok(evidence) if takes_once && has_kind(service, &self.dispute, &evidence) => {
                return Err(Refusal::bad_request("the dispute has a document of this kind"));
            }
            Ok(evidence) if each_once && has_file(service, &self.dispute, &evidence) => {
                return Err(Refusal::bad_request("the dispute has this file"));
            }
            Ok(evidence) => evidence,
            Err((refusal, Some(evidence))) if self.context.has(Fault::RefusedFileStored) => {
                self.store(service, evidence, now);
                return Err(refusal);
            }
            Err((refusal, _)) => return Err(refusal),
        };
        let document = self.store(service, evidence, now);
        let status = if self.context.has(Fault::CreatedAnswers201) {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        let document = present::document(&self.context, &document, Shape::Whole);
        Ok(Success::ObjectWith(status, document))
    }

    fn end_form(&mut self) -> Result<(), Refusal> {
        let mut events = self.parser.finish();
        loop {
            match events.next_event() {
                Ok(None) => return Ok(()),
                Ok(Some(Event::PartBegin(head))) => self.form.begin(&head),
                Ok(Some(Event::Data { bytes, .. })) => self.form.data(bytes),
                Ok(Some(Event::Violation(found))) => self.context.notes.form(&found),
                Ok(Some(_)) => {}
                Err(_) if self.context.has(Fault::BrokenMultipartStored) => return Ok(()),
                Err(error) => return Err(judge::broken(&self.context, &error)),
            }
        }
    }

    /// An id that no document has, unless a fault repeats one.
    fn fresh_id(&self, service: &mut Service, filename: &str) -> DocumentId {
        let id = service.random.id(DocumentId::PREFIX, self.dispute.is_test());
        let mut before = service
            .store
            .dispute(&self.dispute)
            .into_iter()
            .flat_map(Record::all_documents)
            .rev();
        let repeated = match self.context.settings.fault {
            Some(Fault::DuplicateId) => before.next(),
            Some(Fault::IdOfFilename) => before.find(|stored| stored.document.filename == filename),
            Some(Fault::IdReused) => before.find(|stored| stored.document.deleted),
            _ => None,
        };
        repeated.map_or(id, |stored| stored.document.id.clone())
    }

    /// Attaches a document, and gives it back as the answer shall show it.
    fn store(&self, service: &mut Service, evidence: Evidence, now: Timestamp) -> Document {
        let id = self.fresh_id(service, &evidence.filename);
        let loses_kind = self.chunked && self.context.has(Fault::ChunkedLosesKind);
        let mut document = Document {
            object: DocumentObject::Document,
            livemode: !self.dispute.is_test(),
            location: Document::path(&self.dispute, &id),
            id,
            deleted: false,
            filename: evidence.filename,
            kind: evidence.kind.filter(|_| !loses_kind),
            download_uri: None,
            created_at: now,
        };
        let Some(record) = service.store.dispute_mut(&self.dispute) else {
            return document;
        };
        if self.context.has(Fault::TakenNameNumbered)
            && record
                .documents()
                .any(|stored| stored.document.filename == document.filename)
        {
            let name = &document.filename;
            document.filename = match name.rsplit_once('.') {
                Some((stem, extension)) => format!("{stem} (1).{extension}"),
                None => format!("{name} (1)"),
            };
        }
        if self.context.has(Fault::DestroyedReappears) {
            record.restore();
        }
        let stored = Stored {
            written: Written::default(),
            bytes: evidence.content.len() as u64,
            // Without the room that the vector kept for more.
            content: Bytes::from(evidence.content.into_boxed_slice()).into(),
            document: document.clone(),
        };
        let same = |before: &&Stored| {
            before.content.read().ok() == stored.content.read().ok()
                && before.document.filename == document.filename
                && before.document.kind == document.kind
        };
        match self.context.settings.fault {
            Some(Fault::SameFileSameDocument) if let Some(before) = record.documents().find(same) => {
                return before.document.clone();
            }
            Some(Fault::SameNameReplaced) => {
                record.destroy_where(|before| before.filename == document.filename);
            }
            Some(Fault::SameKindReplaced) => record.destroy_where(|before| before.kind == document.kind),
            Some(Fault::SlowUploadOverwrites) => {
                record.destroy_where(|before| !self.before.contains(&before.id));
            }
            Some(Fault::UploadNotAttached) => return document,
            Some(Fault::NewDocumentDeleted) => document.deleted = true,
            Some(Fault::LocationOfAnother) => {
                let another = service.random.id(DocumentId::PREFIX, self.dispute.is_test());
                document.location = Document::path(&self.dispute, &another);
            }
            _ => {}
        }
        record.attach(stored);
        document
    }
}

/// Whether the dispute has a document with the content of the new one.
fn has_file(service: &Service, dispute: &DisputeId, evidence: &Evidence) -> bool {
    service.store.dispute(dispute).is_some_and(|record| {
        record.documents().any(|stored| {
            stored
                .content
                .read()
                .is_ok_and(|content| content == evidence.content)
        })
    })
}

/// Whether the dispute has a document of the kind of the new one.
fn has_kind(service: &Service, dispute: &DisputeId, evidence: &Evidence) -> bool {
    evidence.kind.is_some()
        && service.store.dispute(dispute).is_some_and(|record| {
            record
                .documents()
                .any(|stored| stored.document.kind == evidence.kind)
        })
}
