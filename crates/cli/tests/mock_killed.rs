//! A mock with a state file is killed while clients upload and destroy, a hundred times.
//!
//! Nobody knows what became of a request that was not answered. What was answered stands.

mod keeping;
mod running;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use keeping::{Client, Running, STATE};
use rebuttal_conformance::evidence::Sample;
use rebuttal_mock::{Config, Mock, Target};
use serde_json::Value;

const KILLS: usize = 100;
const CLIENTS: usize = 4;

/// What clients were told, in all rounds.
#[derive(Default)]
struct Told {
    /// Every id that an upload was answered with.
    ids: BTreeSet<String>,
    /// The documents that must be there, each with the length of its content, which also makes its content.
    there: BTreeMap<String, u64>,
    /// The documents of which it is not known whether they are there: destroying them was not answered.
    unsure: BTreeSet<String>,
    /// The documents that must not be there.
    gone: BTreeSet<String>,
}

/// What is found in the state file.
struct Found {
    id: String,
    bytes: u64,
}

#[test]
fn nothing_that_was_answered_is_lost() {
    let folder = tempfile::tempdir().expect("it works");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("it works");
    // The file is made here, so that the keys and disputes are known.
    let target = runtime.block_on(async {
        let mock = mock(folder.path()).await;
        let target = mock.target();
        mock.shutdown().await;
        target
    });
    let (told, number) = (Mutex::new(Told::default()), AtomicUsize::new(0));
    let mut checked = BTreeSet::new();
    let mut kept = 0;
    for kill in 0..KILLS {
        let running = Running::start(folder.path());
        thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (running, target, told, number) = (&running, &target, &told, &number);
                scope.spawn(move || {
                    // It ends with an error when the mock is killed.
                    let _ = upload(&running.address, target, client, told, number);
                });
            }
            thread::sleep(Duration::from_millis(5 + 13 * (kill as u64 % 11)));
            let id = running.child.id().to_string();
            let killed = std::process::Command::new("kill").args(["-KILL", &id]).status();
            assert!(killed.expect("it works").success());
        });
        running.kill();
        let found = runtime.block_on(found(folder.path(), &target, &mut checked));
        kept = found.len();
        check(&found, &mut told.lock().expect("it works"), kill);
    }
    let told = told.into_inner().expect("it works");
    // That much happened: else nothing was shown.
    assert!(
        told.there.len() > KILLS,
        "only {} uploads were answered",
        told.there.len()
    );
    assert!(
        told.gone.len() > KILLS / 10,
        "only {} were destroyed",
        told.gone.len()
    );
    eprintln!(
        "{kept} documents are there, {} destroyed, after {KILLS} kills",
        told.gone.len()
    );
}

async fn mock(folder: &Path) -> Mock {
    let config = Config {
        state: Some(folder.join(STATE)),
        ..Config::default()
    };
    Mock::start(config).await.expect("the state file can be used")
}

/// Uploads until the mock is gone: good files of many lengths, and some that are refused.
fn upload(
    address: &str,
    target: &Target,
    client: usize,
    told: &Mutex<Told>,
    number: &AtomicUsize,
) -> std::io::Result<()> {
    let dispute = target.disputes.open[2 + client % 2].as_str();
    let mut connection = Client::connect(address, target.secret.expose())?;
    loop {
        let number = number.fetch_add(1, Ordering::Relaxed);
        if number % 7 == 3 {
            let (status, _) = connection.upload(dispute, "refused.png", b"this is no picture")?;
            assert_eq!(status, 400);
            continue;
        }
        let bytes = match number % 31 {
            0 => 3_000_000 + number,
            10 | 20 => 300_000 + number,
            _ => 2_000 + number,
        } as u64;
        let (status, body) = connection.upload(dispute, &format!("{bytes}.pdf"), &content(bytes))?;
        assert_eq!(status, 200, "{body}");
        let id = serde_json::from_str::<Value>(&body)?["id"]
            .as_str()
            .expect("an id")
            .to_owned();
        {
            let mut told = told.lock().expect("it works");
            assert!(told.ids.insert(id.clone()), "{id} was given twice");
            told.there.insert(id.clone(), bytes);
        }
        if number.is_multiple_of(5) {
            destroy(&mut connection, dispute, &id, told)?;
        }
    }
}

fn destroy(connection: &mut Client, dispute: &str, id: &str, told: &Mutex<Told>) -> std::io::Result<()> {
    {
        let mut told = told.lock().expect("it works");
        told.there.remove(id);
        told.unsure.insert(id.to_owned());
    }
    let path = format!("/disputes/{dispute}/documents/{id}");
    let (status, body) = connection.ask("DELETE", &path, "", b"")?;
    assert_eq!(status, 200, "{body}");
    let mut told = told.lock().expect("it works");
    told.unsure.remove(id);
    told.gone.insert(id.to_owned());
    Ok(())
}

fn content(bytes: u64) -> Vec<u8> {
    let content = Sample::Pdf.content(Some(bytes));
    assert_eq!(content.len() as u64, bytes);
    content
}

/// Opens the file as the next mock would. Contents that were not looked at before are, byte for byte.
async fn found(folder: &Path, target: &Target, checked: &mut BTreeSet<String>) -> Vec<Found> {
    let mock = mock(folder).await;
    assert_eq!(mock.target().secret, target.secret);
    let mut found = Vec::new();
    for dispute in &target.disputes.open[2..] {
        for stored in mock.documents(dispute) {
            let document = stored.document;
            let id = document.id.to_string();
            let named = document.filename.strip_suffix(".pdf");
            let bytes = named.and_then(|bytes| bytes.parse().ok());
            let bytes = bytes.unwrap_or_else(|| panic!("{} was stored", document.filename));
            if checked.insert(id.clone()) {
                let read = stored.content.read().expect("the content is there");
                assert!(read == content(bytes), "{id} is not what was uploaded");
            }
            assert_eq!(stored.bytes, bytes);
            found.push(Found { id, bytes });
        }
    }
    mock.shutdown().await;
    found
}

fn check(found: &[Found], told: &mut Told, kill: usize) {
    let there: BTreeMap<_, _> = found.iter().map(|found| (&found.id, found.bytes)).collect();
    assert_eq!(there.len(), found.len(), "after kill {kill}: an id stands twice");
    for (id, bytes) in &told.there {
        assert_eq!(there.get(id), Some(bytes), "after kill {kill}: {id} was lost");
    }
    for id in &told.gone {
        assert!(!there.contains_key(id), "after kill {kill}: {id} is back");
    }
    // What was seen once, whether or not it was answered, is there from then on.
    for id in std::mem::take(&mut told.unsure) {
        match there.get(&id) {
            Some(&bytes) => drop(told.there.insert(id, bytes)),
            None => drop(told.gone.insert(id)),
        }
    }
    for Found { id, bytes } in found {
        told.ids.insert(id.clone());
        told.there.insert(id.clone(), *bytes);
    }
}
