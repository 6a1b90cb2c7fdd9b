//! State files that cannot be used, that run out of room, and that were cut where a machine stopped.

mod keeping;
mod running;

use std::{fs, path::Path};

use keeping::{Client, Running, STATE};
use rebuttal_conformance::evidence::Sample;
use rebuttal_mock::{Config, Mock, Target};
use running::{rebuttal, run};

/// What is there, how it is made, and what is said of it.
type Case<'a> = (&'a str, &'a dyn Fn(&Path), &'a str);

fn runtime() -> tokio::runtime::Runtime {
    let built = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    built.expect("it works")
}

async fn mock(folder: &Path) -> Mock {
    let config = Config {
        state: Some(folder.join(STATE)),
        ..Config::default()
    };
    Mock::start(config).await.expect("the state file can be used")
}

/// Makes a state file, and gives its keys and disputes.
fn made(folder: &Path) -> Target {
    runtime().block_on(async {
        let mock = mock(folder).await;
        let target = mock.target();
        mock.shutdown().await;
        target
    })
}

/// The names and lengths of a dispute's documents, once their contents were held against the names.
fn documents(folder: &Path, target: &Target) -> Vec<u64> {
    runtime().block_on(async {
        let mock = mock(folder).await;
        let found = mock.documents(&target.disputes.open[2]);
        let lengths = found.iter().map(|stored| {
            let named: u64 = stored
                .document
                .filename
                .strip_suffix(".pdf")
                .and_then(|length| length.parse().ok())
                .expect("the name is the length");
            let content = stored.content.read().expect("the content is there");
            assert!(content == Sample::Pdf.content(Some(named)));
            named
        });
        let lengths = lengths.collect();
        mock.shutdown().await;
        lengths
    })
}

fn upload(client: &mut Client, target: &Target, bytes: u64) -> u16 {
    let content = Sample::Pdf.content(Some(bytes));
    let dispute = target.disputes.open[2].as_str();
    let answer = client.upload(dispute, &format!("{bytes}.pdf"), &content);
    answer.expect("the mock answers").0
}

fn overwrite(path: &Path, offset: usize, bytes: &[u8]) {
    let mut content = fs::read(path).expect("a file");
    content[offset..offset + bytes.len()].copy_from_slice(bytes);
    fs::write(path, content).expect("it works");
}

#[test]
fn a_file_that_cannot_be_used_is_told_with_what_was_expected() {
    let folder = tempfile::tempdir().expect("it works");
    let sound = folder.path().join("sound");
    fs::create_dir(&sound).expect("it works");
    made(&sound);
    let sound = sound.join(STATE);
    // Of the header of SQLite's format: at 60 the version of the tables, at 68 whose file it is.
    let cases: [Case<'_>; 7] = [
        (
            "a folder",
            &|path| fs::create_dir(path).expect("it works"),
            "expected a file, found a folder",
        ),
        (
            "text",
            &|path| fs::write(path, "evidence\n".repeat(100)).expect("it works"),
            "expected a file of `rebuttal mock`, found no SQLite database",
        ),
        (
            "another program's",
            &|path| {
                fs::copy(&sound, path).expect("it works");
                overwrite(path, 68, b"else");
            },
            "expected a file of `rebuttal mock`, found an SQLite database of another program",
        ),
        (
            "a later version's",
            &|path| {
                fs::copy(&sound, path).expect("it works");
                overwrite(path, 60, &[0, 0, 0, 7]);
            },
            "expected version 1 of the format, found version 7: use the rebuttal that wrote it, or another file",
        ),
        (
            "cut",
            &|path| {
                let content = fs::read(&sound).expect("a file");
                fs::write(path, &content[..content.len() / 2]).expect("it works");
            },
            "damaged: ",
        ),
        (
            "a page of it lost",
            &|path| {
                fs::copy(&sound, path).expect("it works");
                overwrite(path, 8192, &[0; 8192]);
            },
            "damaged: ",
        ),
        (
            "a status that there is not",
            &|path| {
                let mut content = fs::read(&sound).expect("a file");
                let places = (0..content.len() - 7).filter(|at| content[*at..].starts_with(b"pending"));
                for at in places.collect::<Vec<_>>() {
                    content[at..at + 7].copy_from_slice(b"pendant");
                }
                fs::write(path, content).expect("it works");
            },
            "damaged: status in table disputes: expected one of open, pending, won, lost, found \"pendant\"",
        ),
    ];
    for (number, (name, make, wanted)) in cases.into_iter().enumerate() {
        let file = format!("{number}.db");
        make(&folder.path().join(&file));
        let (status, _, complaints) = run(folder.path(), &["mock", "--state", &file]);
        assert_eq!(status, 2, "{name}: {complaints}");
        let wanted = format!("error: state file {file}: {wanted}");
        assert!(complaints.starts_with(&wanted), "{name}: {complaints}");
        assert_eq!(complaints.lines().count(), 1, "{name}: {complaints}");
    }
    let (status, _, complaints) = run(folder.path(), &["mock", "--state", "nowhere/state.db"]);
    let wanted = "error: state file nowhere/state.db: expected a file that can be made and written, found: ";
    assert!(status == 2 && complaints.starts_with(wanted), "{complaints}");
}

#[test]
fn a_file_has_one_user_at_a_time() {
    let folder = tempfile::tempdir().expect("it works");
    let running = Running::start(folder.path());
    let (status, _, complaints) = run(folder.path(), &["mock", "--state", STATE]);
    let wanted =
        "error: state file state.db: expected to be its only user, found that another program has it open\n";
    assert_eq!((status, &*complaints), (2, wanted));
    running.kill();
    made(folder.path());
}

#[cfg(unix)]
#[test]
fn a_file_in_a_folder_that_cannot_be_written_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("it works");
    made(folder.path());
    let mode = |mode| fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode));
    mode(0o500).expect("it works");
    if fs::write(folder.path().join("x"), "").is_ok() {
        eprintln!("not shown: this user may write where nobody may");
        return;
    }
    let (status, _, complaints) = run(folder.path(), &["mock", "--state", STATE]);
    mode(0o700).expect("it works");
    assert_eq!(status, 2);
    assert!(
        complaints.contains("the file and its folder must be writable"),
        "{complaints}"
    );
}

#[cfg(unix)]
#[test]
fn what_finds_no_room_is_answered_500_and_is_not_there() {
    let folder = tempfile::tempdir().expect("it works");
    let target = made(folder.path());
    // No file may grow past 2 MiB, which is what a full disk comes to.
    let mut command = std::process::Command::new("sh");
    let limited = format!(
        "ulimit -f 4096; exec {} mock --state {STATE}",
        env!("CARGO_BIN_EXE_rebuttal")
    );
    command.current_dir(folder.path()).args(["-c", &limited]);
    let running = Running::of(command);
    let mut client = Client::connect(&running.address, target.secret.expose()).expect("it works");
    assert_eq!(upload(&mut client, &target, 10_000), 200);
    for _ in 0..3 {
        assert_eq!(upload(&mut client, &target, 4_000_000), 500);
        let path = format!("/disputes/{}/documents", target.disputes.open[2]);
        let (status, list) = client.ask("GET", &path, "", b"").expect("the mock answers");
        assert!(
            status == 200 && list.contains("10000.pdf") && !list.contains("4000000.pdf"),
            "{list}"
        );
    }
    assert_eq!(upload(&mut client, &target, 20_000), 200);
    running.kill();
    assert_eq!(documents(folder.path(), &target), [10_000, 20_000]);
}

#[test]
fn a_log_that_was_cut_or_damaged_gives_what_was_whole() {
    let folder = tempfile::tempdir().expect("it works");
    let target = made(folder.path());
    let running = Running::start(folder.path());
    let mut client = Client::connect(&running.address, target.secret.expose()).expect("it works");
    let lengths: Vec<u64> = (0..12).map(|number| 3_000 + 9_000 * number).collect();
    for bytes in &lengths {
        assert_eq!(upload(&mut client, &target, *bytes), 200);
    }
    running.kill();
    let log = fs::read(folder.path().join("state.db-wal")).expect("a log");
    let mut seen = std::collections::BTreeSet::new();
    for step in 0..=16 {
        let copy = tempfile::tempdir().expect("it works");
        fs::copy(folder.path().join(STATE), copy.path().join(STATE)).expect("it works");
        let end = log.len() * step / 16;
        let mut cut = log[..end].to_vec();
        // Each second one is not cut but damaged there.
        if step % 2 == 1 {
            cut.clone_from(&log);
            cut[end] ^= 1;
        }
        fs::write(copy.path().join("state.db-wal"), cut).expect("it works");
        let found = documents(copy.path(), &target);
        assert!(lengths.starts_with(&found), "cut at {end}: {found:?}");
        seen.insert(found.len());
    }
    assert!(seen.len() > 5 && seen.contains(&lengths.len()), "{seen:?}");
}

#[test]
fn keys_and_disputes_are_those_of_the_file_whatever_the_seed() {
    let folder = tempfile::tempdir().expect("it works");
    let target = made(folder.path());
    let mut command = rebuttal(folder.path(), &["mock", "--state", STATE, "--seed", "9"]);
    command.args(["--target-out", "target.toml"]);
    let running = Running::of(command);
    let written = fs::read_to_string(folder.path().join("target.toml")).expect("a file");
    assert!(written.contains(target.secret.expose()));
    running.kill();
}
