//! What an endpoint calls its records, and what a mock begins with.

use std::collections::BTreeSet;

use http::{Method, StatusCode};
use rebuttal_mock::{Head, Service, Settings, Step};
use rebuttal_model::{Dispute as Told, Document as ToldDocument, List, Timestamp, decode};
use serde::de::DeserializeOwned;

use super::{Dispute, Document, Due, Owner, World, request};
use crate::generators::operations::{Ask, Call, DisputeRef, Filter, Key, Number, Param, Version};

/// What the records of every mock that is held against the model are made from.
pub const SEED: u64 = 7;

/// What its clock shows at the start, in seconds of Unix time: in June 2026.
pub const STARTS_AT: i64 = 1_780_315_200;

/// The keys and ids that an endpoint gave, by the places that records have in a [`World`].
#[derive(Clone, Debug)]
pub struct Names {
    pub(super) disputes: Vec<String>,
    pub(super) documents: Vec<String>,
    pub(super) first: String,
    pub(super) other: String,
    pub(super) public: String,
    pub(super) charge: String,
    /// How many records there were when they were kept.
    kept: Option<(usize, usize)>,
}

impl Names {
    /// Remembers how many records there are.
    pub(crate) fn keep(&mut self) {
        self.kept = Some((self.disputes.len(), self.documents.len()));
    }

    /// Forgets the records that came since; an endpoint may give their names again.
    pub(crate) fn put_back(&mut self) {
        if let Some((disputes, documents)) = self.kept {
            self.disputes.truncate(disputes);
            self.documents.truncate(documents);
        }
    }

    /// The path of a document by its place.
    pub(super) fn location(&self, dispute: usize, document: usize) -> String {
        format!(
            "/disputes/{}/documents/{}",
            self.disputes[dispute], self.documents[document]
        )
    }
}

/// What a new mock holds, learnt by asking one for its lists; and a service that answers like it.
///
/// # Panics
///
/// When those lists are not answered.
pub fn discover() -> (World, Names, Service) {
    let now = Timestamp::from_unix_seconds(STARTS_AT);
    let mut service = Service::new(Settings::default(), SEED, now);
    let target = service.target("http://127.0.0.1".to_owned());
    let mut names = Names {
        disputes: Vec::new(),
        documents: Vec::new(),
        first: target.secret.expose().to_owned(),
        other: target.other_secret.expose().to_owned(),
        public: target.public.expose().to_owned(),
        charge: target
            .charges
            .first()
            .expect("a charge that can be disputed")
            .to_string(),
        kept: None,
    };
    let mut world = World {
        settings: Settings::default(),
        now,
        disputes: Vec::new(),
        documents: Vec::new(),
        kept: None,
        touched: BTreeSet::new(),
        due: Due::Silence,
    };
    let all = || vec![Param::Limit(Number::Value(100))];
    for (owner, key) in [(Owner::First, Key::First), (Owner::Other, Key::Other)] {
        let told: List<Told> = listed(
            &mut service,
            &world,
            &names,
            key,
            Call::ListDisputes(Filter::All, all()),
        );
        for dispute in told.data {
            let place = world.disputes.len();
            world.disputes.push(Dispute {
                owner,
                status: *dispute.status.listed().expect("a state that there is"),
                message: dispute.message,
                created_at: dispute.created_at,
                is_closed: dispute.closed_at.is_some(),
            });
            names.disputes.push(dispute.id.to_string());
            let made = DisputeRef::Made(u8::try_from(place).expect("few disputes"));
            let told: List<ToldDocument> = listed(&mut service, &world, &names, key, Call::List(made, all()));
            for document in told.data {
                names.documents.push(document.id.to_string());
                world.documents.push(Document {
                    dispute: place,
                    filename: document.filename,
                    kind: document
                        .kind
                        .and_then(|kind| kind.listed().map(|kind| kind.as_str().to_owned())),
                    created_at: document.created_at,
                    is_destroyed: document.deleted,
                });
            }
        }
    }
    (world, names, service)
}

fn listed<T: DeserializeOwned>(
    service: &mut Service,
    world: &World,
    names: &Names,
    key: Key,
    call: Call,
) -> T {
    let ask = Ask {
        key,
        version: Version::Absent,
        call,
        idle_body: false,
    };
    let request = request(world, names, &ask);
    let head = Head {
        method: &Method::GET,
        path: &request.path,
        query: request.query.as_deref(),
        headers: &request.headers,
    };
    match service.begin(&head, world.now) {
        Step::Answer(answer) if answer.status == StatusCode::OK => {
            decode::decode(&answer.body, decode::Limits::default()).expect("a list")
        }
        step => panic!("a new mock does not list what it holds: {step:?}"),
    }
}
