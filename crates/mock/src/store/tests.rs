//! What is durable is in the backing, what fails is taken back, and nobody is told of anything else.

use std::{
    path::Path,
    sync::{Mutex, atomic::Ordering},
    thread,
    time::Duration,
};

use super::{Account, Owner, Record, Store, Stored, Written, keeper::Keeper, log::Pending, memory::Memory};
use crate::{config::Config, held::Held, resume::begin_with, service::Service};
use bytes::Bytes;
use fastrand::Rng;
use rebuttal_model::{
    ChargeId, DisputeId, DisputeStatus, Document, DocumentId, Kind, PublicKey, SecretKey, Timestamp,
    document::DocumentObject,
};

fn opened(memory: &Memory) -> (Mutex<Service>, Keeper) {
    let memory = Box::new(memory.clone());
    // It waits, which a thread of the runtime must not.
    let begun = thread::spawn(|| begin_with(&Config::default(), memory, Path::new("")));
    let (service, keeper) = begun.join().unwrap().unwrap();
    (Mutex::new(service), keeper)
}

/// Everything that clients could see, contents included.
fn dump(store: &Store) -> String {
    use std::fmt::Write;
    let mut text = format!("{:?}\n", store.charges);
    for account in &store.accounts {
        writeln!(text, "{} {}", account.secret.expose(), account.public.expose()).unwrap();
    }
    for record in &store.disputes {
        let (id, status, message) = (&record.id, record.status, &record.message);
        writeln!(text, "{id} {status:?} {message:?} {:?}", record.metadata).unwrap();
        for stored in &record.documents {
            let content = crc32fast::hash(&stored.content.read().unwrap());
            writeln!(text, "  {:?} {} {content}", stored.document, stored.bytes).unwrap();
            assert_eq!(
                record.document(&stored.document.id).unwrap().document,
                stored.document
            );
        }
        assert_eq!(store.dispute(id).unwrap().id, record.id);
    }
    text
}

/// Some change of some record, as rules and faults make them.
fn change(service: &mut Service, random: &mut Rng) {
    let count = service.store.disputes.len();
    let dispute = service.store.disputes[random.usize(..count)].id.clone();
    let now = Timestamp::EPOCH;
    match random.u32(..10) {
        0 => {
            let (id, charge) = (
                service.random.id(DisputeId::PREFIX, true),
                service.random.id(ChargeId::PREFIX, true),
            );
            service
                .store
                .add_dispute(Record::open(Owner::FIRST, id, charge, 1, now));
        }
        1 => {
            let secret = service.random.id(SecretKey::PREFIX, true);
            let public = service.random.id(PublicKey::PREFIX, true);
            let owner = service.store.add_account(Account { secret, public });
            let charge = service.random.id(ChargeId::PREFIX, true);
            service.store.add_charge(charge, owner);
        }
        2 => {
            let record = service.store.dispute_mut(&dispute).unwrap();
            record.message = Some(random.u32(..).to_string());
            record.metadata.insert("n".to_owned(), random.u32(..).into());
            record.close(DisputeStatus::Won, now);
        }
        kind => {
            let id: DocumentId = service.random.id(DocumentId::PREFIX, true);
            let record = service.store.dispute_mut(&dispute).unwrap();
            let other = random.usize(..=record.documents.len());
            let other = record
                .documents
                .get(other)
                .map(|stored| stored.document.id.clone());
            match (kind, other) {
                (3, Some(other)) => record.move_last_to(&other),
                (4, _) => record.change_all(|document| document.kind = Some(Kind::ALL[1].into())),
                (5, _) => record.destroy_where(|document| document.id > id),
                (6, _) => record.restore(),
                (7 | 8, Some(other)) => record.destroy(&other),
                _ => record.attach(stored(&dispute, id, random)),
            }
        }
    }
}

fn stored(dispute: &DisputeId, id: DocumentId, random: &mut Rng) -> Stored {
    let content = Bytes::from(vec![random.u8(..); random.usize(1..2000)]);
    Stored {
        written: Written::default(),
        bytes: content.len() as u64,
        content: content.into(),
        document: Document {
            object: DocumentObject::Document,
            livemode: false,
            location: Document::path(dispute, &id),
            id,
            deleted: false,
            filename: "a.png".to_owned(),
            kind: None,
            download_uri: None,
            created_at: Timestamp::EPOCH,
        },
    }
}

fn held<'a>(service: &'a Mutex<Service>, pending: &'a Pending) -> Held<'a> {
    Held::new(service.lock().unwrap(), Some(pending))
}

#[tokio::test]
async fn what_fails_is_taken_back_and_what_does_not_is_found_again() {
    let (mut failures, mut kept) = (0, 0);
    for seed in 0..60 {
        let mut random = Rng::with_seed(seed);
        let memory = Memory::default();
        let (mut service, mut keeper) = opened(&memory);
        let mut durable = dump(&service.lock().unwrap().store);
        for _ in 0..40 {
            // Some changes are under way together, and fail or stand together.
            let fails = random.u32(..4) == 0;
            memory.fails.store(fails, Ordering::SeqCst);
            let gate = memory.gate.lock().unwrap();
            let pending = Pending::default();
            for _ in 0..random.u32(1..4) {
                let mut held = held(&service, &pending);
                change(&mut held, &mut random);
            }
            drop(gate);
            // Looked at by nobody who would take it back.
            let changed = dump(&service.lock().unwrap().store);
            let is_kept = pending.is_kept().await;
            assert!(is_kept != fails || changed == durable, "seed {seed}");
            let found = dump(&held(&service, &Pending::default()).store);
            if fails {
                failures += 1;
                assert_eq!(found, durable, "seed {seed}");
            } else {
                kept += 1;
                assert_eq!(found, changed, "seed {seed}");
                durable = changed;
            }
            if random.u32(..8) == 0 {
                memory.fails.store(false, Ordering::SeqCst);
                keeper.close();
                (service, keeper) = opened(&memory);
                assert_eq!(dump(&service.lock().unwrap().store), durable, "seed {seed}");
            }
        }
        keeper.close();
    }
    assert!(failures > 100 && kept > 100);
}

#[tokio::test]
#[expect(
    clippy::await_holding_lock,
    reason = "the keeper's thread waits for it, and no task"
)]
async fn nobody_is_told_of_what_is_not_durable() {
    let memory = Memory::default();
    let (service, keeper) = opened(&memory);
    let ids: Vec<_> = service
        .lock()
        .unwrap()
        .store
        .disputes
        .iter()
        .map(|it| it.id.clone())
        .collect();
    let gate = memory.gate.lock().unwrap();
    let uploads = Pending::default();
    {
        let mut held = held(&service, &uploads);
        let id = held.random.id(DocumentId::PREFIX, true);
        let stored = stored(&ids[0], id, &mut Rng::with_seed(1));
        held.store.dispute_mut(&ids[0]).unwrap().attach(stored);
    }
    let (same, another) = (Pending::default(), Pending::default());
    assert!(held(&service, &same).store.dispute(&ids[0]).is_some());
    assert!(held(&service, &another).store.dispute(&ids[1]).is_some());
    // Who looked at another dispute need not wait; who saw the change waits as long as it takes.
    assert!(another.is_kept().await);
    let mut waits = Box::pin(same.is_kept());
    assert!(
        tokio::time::timeout(Duration::from_millis(50), &mut waits)
            .await
            .is_err()
    );
    drop(gate);
    assert!(waits.await && uploads.is_kept().await);
    let later = Pending::default();
    assert!(held(&service, &later).store.dispute(&ids[0]).is_some());
    assert!(later.is_kept().await);
    keeper.close();
}

#[tokio::test]
async fn a_copy_of_the_store_can_be_put_back_with_its_contents() {
    let memory = Memory::default();
    let (service, keeper) = opened(&memory);
    let pending = Pending::default();
    let before = held(&service, &pending).store.clone();
    let text = dump(&before);
    let ids: Vec<_> = before.disputes.iter().map(|it| it.id.clone()).collect();
    for id in &ids {
        let mut held = held(&service, &pending);
        held.store
            .dispute_mut(id)
            .unwrap()
            .change_all(|it| it.deleted = true);
        let documents: Vec<_> = before.dispute(id).unwrap().documents.iter().collect();
        for stored in documents {
            held.store.dispute_mut(id).unwrap().destroy(&stored.document.id);
        }
    }
    assert!(pending.is_kept().await);
    // A failure leaves the copy in place, and untold.
    memory.fails.store(true, Ordering::SeqCst);
    held(&service, &pending).store = before.clone();
    assert!(!pending.is_kept().await);
    assert!(held(&service, &pending).store.dispute(&ids[0]).is_some());
    assert!(!pending.is_kept().await);
    memory.fails.store(false, Ordering::SeqCst);
    assert!(held(&service, &pending).store.dispute(&ids[0]).is_some());
    assert!(pending.is_kept().await);
    drop(before);
    keeper.close();
    let (service, keeper) = opened(&memory);
    assert_eq!(dump(&service.lock().unwrap().store), text);
    keeper.close();
}

#[tokio::test]
async fn contents_of_what_is_destroyed_are_forgotten() {
    let memory = Memory::default();
    let (service, keeper) = opened(&memory);
    let pending = Pending::default();
    let first = memory.contents();
    let (dispute, documents) = {
        let held = held(&service, &pending);
        let record = &held.store.disputes[0];
        let ids = record.documents.iter().map(|it| it.document.id.clone());
        (record.id.clone(), ids.collect::<Vec<_>>())
    };
    for id in &documents {
        held(&service, &pending)
            .store
            .dispute_mut(&dispute)
            .unwrap()
            .destroy(id);
        assert!(pending.is_kept().await);
    }
    // The last one's old form is let go when the next request looks, and its content with the next batch.
    let mut held = held(&service, &pending);
    held.store.dispute_mut(&dispute).unwrap().message = Some("m".to_owned());
    drop(held);
    assert!(pending.is_kept().await);
    assert_eq!(memory.contents(), first - documents.len());
    keeper.close();
}
