//! The records that a mock starts with: disputes in every state, for two accounts.

use bytes::Bytes;
use rebuttal_model::{
    ChargeId, DisputeId, DisputeStatus, Document, DocumentId, Kind, PublicKey, SecretKey, Timestamp,
    document::DocumentObject,
};

use crate::{
    config::Plant,
    control::{ControlError, Declared, NewAccount, OWN_ACCOUNTS, problem},
    ids::Random,
    store::{Account, Record, Store, Stored, Written},
};

/// The content of every seeded document: a grey PNG of one pixel.
pub(crate) const PIXEL: &[u8] = b"\x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\
\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\
\x00\x00\x00\x0aIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\
\x00\x00\x00\x00IEND\xaeB`\x82";

/// More documents than a page of a list holds by default.
const MORE_THAN_A_PAGE: u32 = 27;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// What each account starts with: how many documents a dispute has, and where it stands.
const FIRST: &[(DisputeStatus, u32)] = &[
    (DisputeStatus::Open, MORE_THAN_A_PAGE),
    (DisputeStatus::Open, 3),
    (DisputeStatus::Open, 0),
    (DisputeStatus::Open, 0),
    (DisputeStatus::Pending, 2),
    (DisputeStatus::Won, 2),
    (DisputeStatus::Lost, 2),
];
const OTHER: &[(DisputeStatus, u32)] = &[
    (DisputeStatus::Open, 2),
    (DisputeStatus::Open, 0),
    (DisputeStatus::Pending, 2),
    (DisputeStatus::Won, 2),
    (DisputeStatus::Lost, 2),
];

/// A store with two accounts, everything made before `now`, as far as nothing else is declared.
pub(crate) fn store(random: &mut Random, now: Timestamp, declared: &Declared) -> Store {
    let mut store = Store::default();
    for (number, (what, test)) in [(FIRST, true), (OTHER, true)].into_iter().enumerate() {
        // Made in any case, so that what is declared does not change what the others are called.
        let made = Account {
            secret: random.id(SecretKey::PREFIX, test),
            public: random.id(PublicKey::PREFIX, test),
        };
        let owner = store.add_account(match declared.accounts.get(number) {
            Some(NewAccount { secret, public }) => Account {
                secret: secret.clone().unwrap_or(made.secret),
                public: public.clone().unwrap_or(made.public),
            },
            None => made,
        });
        if declared.bare {
            continue;
        }
        store.add_charge(random.id(ChargeId::PREFIX, test), owner);
        for (place, &(status, documents)) in (0..).zip(what) {
            let opened = now.plus_seconds(-20 * DAY + place * 5 * HOUR + i64::from(random.below(3600)));
            let mut record = Record::open(
                owner,
                random.id(DisputeId::PREFIX, test),
                random.id(ChargeId::PREFIX, test),
                10_000 + 100 * i64::from(random.below(9_000)),
                opened,
            );
            attach_some(&mut record, documents, random);
            decide(&mut record, status, opened.plus_seconds(15 * DAY));
            store.add_dispute(record);
        }
    }
    store
}

/// Refuses keys of live mode, and one key for the two accounts of every mock; the others are looked at when
/// they are made.
pub(crate) fn check_keys(accounts: &[NewAccount]) -> Result<(), ControlError> {
    let own = &accounts[..accounts.len().min(OWN_ACCOUNTS)];
    for (index, NewAccount { secret, public }) in own.iter().enumerate() {
        let before = &own[..index];
        let keys = [
            (
                "secret",
                secret.as_ref().is_some_and(SecretKey::is_live),
                secret.is_some() && before.iter().any(|other| other.secret == *secret),
            ),
            (
                "public",
                public.as_ref().is_some_and(PublicKey::is_live),
                public.is_some() && before.iter().any(|other| other.public == *public),
            ),
        ];
        for (name, is_live, is_taken) in keys {
            let pointer = format!("/accounts/{index}/{name}");
            if is_live {
                return Err(problem(
                    pointer,
                    "a key of test mode",
                    "one of live mode (not shown)",
                ));
            }
            if is_taken {
                let found = "that of another account (not shown)";
                return Err(problem(pointer, "a key that is new", found));
            }
        }
    }
    Ok(())
}

/// Adds a record with identifiers that the caller chose.
pub(crate) fn plant(store: &mut Store, plant: &Plant, random: &mut Random, now: Timestamp) {
    let test = !plant.secret.is_live();
    let found = store
        .accounts()
        .find(|(_, account)| account.secret == plant.secret);
    let owner = match found {
        Some((owner, _)) => owner,
        None => store.add_account(Account {
            secret: plant.secret.clone(),
            public: random.id(PublicKey::PREFIX, test),
        }),
    };
    let mut record = Record::open(
        owner,
        plant.dispute.clone(),
        random.id(ChargeId::PREFIX, test),
        20_000,
        now.plus_seconds(-DAY),
    );
    let uploaded = now.plus_seconds(-HOUR);
    record.attach(pixel(
        &plant.dispute,
        plant.document.clone(),
        "planted.png".to_owned(),
        None,
        uploaded,
    ));
    store.add_dispute(record);
}

fn attach_some(record: &mut Record, documents: u32, random: &mut Random) {
    for number in 1..=documents {
        let kind = Kind::ALL[usize::try_from(number).unwrap_or(0) % Kind::ALL.len()];
        let uploaded = record
            .created_at
            .plus_seconds(DAY + i64::from(number) * 3 * HOUR + i64::from(random.below(3600)));
        let id = random.id(DocumentId::PREFIX, record.id.is_test());
        let stored = pixel(
            &record.id,
            id,
            format!("evidence {number:02}.png"),
            Some(kind),
            uploaded,
        );
        record.attach(stored);
    }
}

fn decide(record: &mut Record, status: DisputeStatus, at: Timestamp) {
    if status != DisputeStatus::Open {
        record.message = Some("the goods were delivered, see the documents".to_owned());
        record.status = status;
    }
    if status.is_closed() {
        record.close(status, at);
    }
}

fn pixel(
    dispute: &DisputeId,
    id: DocumentId,
    filename: String,
    kind: Option<Kind>,
    created_at: Timestamp,
) -> Stored {
    Stored {
        written: Written::default(),
        bytes: PIXEL.len() as u64,
        content: Bytes::from_static(PIXEL).into(),
        document: Document {
            object: DocumentObject::Document,
            livemode: !id.is_test(),
            location: Document::path(dispute, &id),
            id,
            deleted: false,
            filename,
            kind: kind.map(Into::into),
            download_uri: None,
            created_at,
        },
    }
}
