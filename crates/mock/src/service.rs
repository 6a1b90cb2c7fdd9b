//! The API as a function from request to response.
//!
//! No sockets, no clock: the time is passed in, and randomness is made from a seed. Nothing here waits, so
//! whoever holds the service holds it briefly; an upload is read without it.

use std::{borrow::Cow, collections::BTreeMap, sync::Mutex};

use http::{HeaderMap, Method, StatusCode, header};
use rebuttal_model::{ApiVersion, DisputeId, DisputeStatus, DocumentId, Order, Profile, Timestamp};

use crate::{
    answer::{Answer, Context, Success, VERSION},
    auth::{Credentials, authenticate, credentials},
    change::{BodyReader, Change},
    config::{DownloadUri, Plant, Variants},
    control::{ControlError, Declared},
    downloads::{self, Downloads, FileReader},
    fault::Fault,
    ids::Random,
    list_body,
    lookup::{takes_documents, test_mode},
    notes::Notes,
    present,
    refusal::Refusal,
    route::{Operation, operation},
    seed,
    store::{Owner, Store, Stored, backing::Loaded, keeper::Keeper, log::Log},
    target::{Target, TargetDisputes},
    upload::Upload,
};

/// What the API speaks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// The reading of the contract that is spoken.
    pub profile: Profile,
    /// The one way in which the contract is broken.
    pub fault: Option<Fault>,
    /// Choices that the contract leaves open.
    pub variants: Variants,
}

/// The head of a request.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The method.
    pub method: &'a Method,
    /// The path, as sent.
    pub path: &'a str,
    /// What stands behind the question mark, as sent.
    pub query: Option<&'a str>,
    /// The headers.
    pub headers: &'a HeaderMap,
}

/// What follows from the head of a request.
#[derive(Debug)]
pub enum Step {
    /// The answer is known; the body was not looked at.
    Answer(Answer),
    /// A small body must be read.
    Body(BodyReader),
    /// An upload must be read.
    Upload(Box<Upload>),
    /// A file must be read from where it is kept, which may wait for a disk.
    File(Box<FileReader>),
}

/// The API: its records, and the rules over them.
#[derive(Debug)]
pub struct Service {
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    pub(crate) random: Random,
    /// What signs the URLs of files, where they are served.
    pub(crate) downloads: Option<Downloads>,
    /// The order that each dispute's list was last asked for in, for a fault that keeps it.
    pub(crate) orders: Mutex<BTreeMap<DisputeId, Order>>,
    /// How often each document was retrieved, which one fault counts.
    pub(crate) reads: Mutex<BTreeMap<DocumentId, u32>>,
    /// What is kept beside memory, where anything is.
    pub(crate) log: Option<Log>,
}

impl Service {
    /// An API with two accounts that have disputes in every state, all made before `now`.
    pub fn new(settings: Settings, seed: u64, now: Timestamp) -> Self {
        Self::with_seed(settings, seed, now, &Declared::default())
    }

    /// An API whose own accounts have the keys that were declared, and no disputes where none were wanted.
    pub(crate) fn seeded(
        settings: Settings,
        seed: u64,
        now: Timestamp,
        declared: &Declared,
    ) -> Result<Self, ControlError> {
        seed::check_keys(&declared.accounts)?;
        Ok(Self::with_seed(settings, seed, now, declared))
    }

    fn with_seed(settings: Settings, seed: u64, now: Timestamp, declared: &Declared) -> Self {
        let mut random = Random::new(seed);
        Self {
            settings,
            store: seed::store(&mut random, now, declared),
            random,
            downloads: None,
            orders: Mutex::default(),
            reads: Mutex::default(),
            log: None,
        }
    }

    /// An API with the records that a keeper had.
    pub(crate) fn resume(settings: Settings, loaded: Loaded, keeper: &Keeper) -> Self {
        let random = Random::new(loaded.random);
        let log = Log::new(keeper, loaded.next_content);
        Self {
            settings,
            store: Store::loaded(loaded, &keeper.jobs()),
            random,
            downloads: None,
            orders: Mutex::default(),
            reads: Mutex::default(),
            log: Some(log),
        }
    }

    /// Adds a record with identifiers of the caller's choice.
    pub fn plant(&mut self, plant: &Plant, now: Timestamp) {
        seed::plant(&mut self.store, plant, &mut self.random, now);
    }

    /// Begins a request: answers it, or says what kind of body must be read first.
    ///
    /// Whatever is known from the head is refused here, in the order of the contract.
    pub fn begin(&mut self, head: &Head<'_>, now: Timestamp) -> Step {
        let shown = credentials(head.headers);
        self.begin_noting(head, shown, now, None, Notes::default())
    }

    /// Begins a request that a fault was ordered for, or none but the service's own; what is noticed about
    /// it goes into `notes`. The credentials are those of the head.
    pub(crate) fn begin_noting(
        &mut self,
        head: &Head<'_>,
        shown: Credentials,
        now: Timestamp,
        ordered: Option<Fault>,
        notes: Notes,
    ) -> Step {
        if self.settings.variants.download_uri == DownloadUri::Served && downloads::is_download(head.path) {
            return self.download(head.method, head.path, head.headers, now);
        }
        let settings = Settings {
            fault: ordered.or(self.settings.fault),
            ..self.settings
        };
        let mut context = Context::new(settings, self.random.request_id());
        context.notes = notes;
        context.links = self
            .downloads
            .as_ref()
            .and_then(|downloads| downloads.links(head.headers, now));
        match self.dispatch(&mut context, head, shown, now) {
            Ok(Next::Answer(success)) => Step::Answer(context.answer(Ok(success))),
            Ok(Next::Change(change)) => Step::Body(BodyReader::new(context, change, head.headers)),
            Ok(Next::Upload(owner, dispute)) => match Upload::new(&context, owner, dispute, head.headers) {
                Ok(upload) => Step::Upload(Box::new(upload.remember(self))),
                Err(refusal) => Step::Answer(context.answer(Err(refusal))),
            },
            Err(refusal) => Step::Answer(context.answer(Err(refusal))),
        }
    }

    /// An answer of this status with the headers that every answer has, and nothing in it.
    pub(crate) fn blank(&mut self, status: StatusCode) -> Answer {
        Context::new(self.settings, self.random.request_id()).blank(status)
    }

    /// The answer of a server that fell over a request.
    pub(crate) fn conflict(&mut self) -> Answer {
        let refusal = Refusal::Fault(StatusCode::CONFLICT, "conflict", "another upload is under way");
        Context::new(self.settings, self.random.request_id()).answer(Err(refusal))
    }

    pub(crate) fn fail(&mut self) -> Answer {
        Context::new(self.settings, self.random.request_id()).answer(Err(Refusal::internal()))
    }

    /// An answer that the API would not give: about this mock itself.
    pub(crate) fn refuse(&mut self, status: StatusCode, message: impl Into<Cow<'static, str>>) -> Answer {
        let refusal = Refusal::NotInContract(status, message.into());
        Context::new(self.settings, self.random.request_id()).answer(Err(refusal))
    }

    /// The answer to a key of live mode.
    pub(crate) fn refuse_live_key(&mut self, notes: Notes) -> Answer {
        let mut context = Context::new(self.settings, self.random.request_id());
        context.notes = notes;
        context.answer(Err(Refusal::LiveKey))
    }

    /// The keys and records that a conformance run needs, for an endpoint at `url`.
    pub fn target(&self, url: String) -> Target {
        let ids = |owner, status| {
            self.store
                .disputes(owner)
                .filter(|record| record.status == status)
                .map(|record| record.id.clone())
                .collect()
        };
        Target {
            url,
            ca: None,
            secret: self.store.account(Owner::FIRST).secret.clone(),
            public: self.store.account(Owner::FIRST).public.clone(),
            other_secret: self.store.account(Owner::OTHER).secret.clone(),
            disputes: TargetDisputes {
                open: ids(Owner::FIRST, DisputeStatus::Open),
                pending: ids(Owner::FIRST, DisputeStatus::Pending),
                won: ids(Owner::FIRST, DisputeStatus::Won),
                lost: ids(Owner::FIRST, DisputeStatus::Lost),
                foreign: ids(Owner::OTHER, DisputeStatus::Open),
            },
            charges: self.store.charges(Owner::FIRST).cloned().collect(),
        }
    }

    /// The documents of a dispute that are there, in the order of upload; none where there is no dispute.
    pub fn documents(&self, dispute: &DisputeId) -> Vec<Stored> {
        self.store
            .dispute(dispute)
            .map(|record| record.documents().cloned().collect())
            .unwrap_or_default()
    }

    fn dispatch(
        &mut self,
        context: &mut Context,
        head: &Head<'_>,
        shown: Credentials,
        now: Timestamp,
    ) -> Result<Next, Refusal> {
        let operation = operation(head.method, head.path)?;
        if let Operation::Options(allow) = operation {
            return Ok(Next::Answer(Success::Nothing(Some(allow))));
        }
        refuse_framing(context, operation, head.headers)?;
        let owner = match authenticate(&self.store, context, head.headers, shown) {
            Ok(_)
                if context.has(Fault::KeyRefusedOnDestroy) && matches!(operation, Operation::Destroy(..)) =>
            {
                return Err(Refusal::Unauthorized);
            }
            Ok(owner) => owner,
            Err(_) if context.has(Fault::QueryNeedsNoKey) && is_open_door(head) => Owner::FIRST,
            Err(refusal) => {
                self.existence_before_key(context, operation)?;
                return Err(refusal);
            }
        };
        context.version = asked_version(head.headers)?;
        if let Some(list) = list_body::wanted(context, owner, operation, head) {
            return Ok(Next::Change(list));
        }
        self.serve(context, owner, operation, head.query, now)
    }

    fn serve(
        &mut self,
        context: &Context,
        owner: Owner,
        operation: Operation<'_>,
        query: Option<&str>,
        now: Timestamp,
    ) -> Result<Next, Refusal> {
        let find = |id| self.dispute(context, owner, operation, id);
        let object = match operation {
            Operation::ListDisputes(filter) => self.list_disputes(context, owner, filter, query, now)?,
            Operation::RetrieveDispute(id) => present::dispute(context, find(id)?, now),
            Operation::List(id) if context.is_plain() => {
                return self.list_plain(context, owner, id, query, now).map(Next::Answer);
            }
            Operation::Retrieve(dispute, document) if context.is_plain() => {
                return self
                    .retrieve_plain(context, owner, dispute, document)
                    .map(Next::Answer);
            }
            Operation::List(id) => self.list(context, owner, id, query, now)?,
            Operation::Retrieve(dispute, document) => self.retrieve(context, owner, dispute, document)?,
            Operation::Destroy(dispute, document) => {
                return self.destroy(context, owner, dispute, document).map(Next::Answer);
            }
            Operation::Upload(id) => {
                let record = find(id)?;
                takes_documents(context, record)?;
                return Ok(Next::Upload(owner, record.id.clone()));
            }
            Operation::UpdateDispute(id) => return Ok(Next::Change(Change::Update(find(id)?.id.clone()))),
            Operation::AcceptDispute(id) => return Ok(Next::Change(Change::Accept(find(id)?.id.clone()))),
            Operation::CloseDispute(id) => return Ok(Next::Change(Change::Close(test_mode(find(id)?)?))),
            Operation::OpenDispute { charge } => {
                return Ok(Next::Change(Change::Open(owner, self.charge(owner, charge)?)));
            }
            Operation::Options(allow) => return Ok(Next::Answer(Success::Nothing(Some(allow)))),
        };
        Ok(Next::Answer(Success::Object(object)))
    }
}

/// Whether a request passes a guard that knows its paths by their end.
fn is_open_door(head: &Head<'_>) -> bool {
    head.query.is_some() && !head.headers.contains_key(header::AUTHORIZATION)
}

/// What follows from the head of a request that is not refused.
enum Next {
    Answer(Success),
    Change(Change),
    Upload(Owner, DisputeId),
}

/// Refusals of how a request is framed, which only faults make.
fn refuse_framing(context: &Context, operation: Operation<'_>, headers: &HeaderMap) -> Result<(), Refusal> {
    let length = headers.get(header::CONTENT_LENGTH);
    let chunked = headers.contains_key(header::TRANSFER_ENCODING);
    let has_body = chunked || length.is_some_and(|length| length != "0");
    let is_upload = matches!(operation, Operation::Upload(_));
    let takes_no_body = matches!(
        operation,
        Operation::List(_) | Operation::Retrieve(..) | Operation::Destroy(..)
    );
    match context.settings.fault {
        Some(Fault::ExpectAnswers417) if headers.contains_key(header::EXPECT) => Err(Refusal::Fault(
            StatusCode::EXPECTATION_FAILED,
            "bad_request",
            "expectations are not supported",
        )),
        Some(Fault::ChunkedAnswers411) if is_upload && chunked => Err(Refusal::Fault(
            StatusCode::LENGTH_REQUIRED,
            "bad_request",
            "Content-Length is missing",
        )),
        Some(Fault::BodyOnDeleteRefused) if has_body && matches!(operation, Operation::Destroy(..)) => {
            Err(Refusal::bad_request("the request takes no body"))
        }
        Some(Fault::BodyOnGetRefused) if takes_no_body && has_body => {
            Err(Refusal::bad_request("the request takes no body"))
        }
        _ => Ok(()),
    }
}

/// The version that the request asks for (`version.echo`).
fn asked_version(headers: &HeaderMap) -> Result<ApiVersion, Refusal> {
    let Some(value) = headers.get(VERSION) else {
        return Ok(ApiVersion::default());
    };
    let known = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    known.ok_or_else(|| {
        let versions = ApiVersion::ALL.map(ApiVersion::as_str).join(", ");
        Refusal::bad_request(format!("Omise-Version must be one of {versions}"))
    })
}
