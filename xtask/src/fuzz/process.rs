//! One fuzz program at work: how it is called, and how what it says reaches the supervisor.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::Sender,
    thread,
    time::Duration,
};

use anyhow::{Context, Result};

use super::{
    build::{Built, Flavour},
    folder::Folder,
};

/// The harness keeps its stdin open as long as it may run (`fuzz/src/lib.rs`).
const LEASH: &str = "REBUTTAL_FUZZ_LEASH";
/// The harness writes each input to this file before the oracle sees it.
const KEEP: &str = "REBUTTAL_FUZZ_KEEP";

/// The harness has oracles ask everything of an input, not what it draws: a smaller input would draw something else,
/// and what the committed inputs reach shall not be a matter of luck.
pub(super) const THOROUGH: &str = "REBUTTAL_FUZZ_THOROUGH";

/// A line, or the end, of what a process says.
pub(super) struct Said {
    /// Which place among the processes it has, and how many were there before it.
    pub(super) by: (usize, u32),
    pub(super) line: Option<String>,
}

/// A call of a target's program with all that each call has. Oracles ask everything, which is for those who ask of
/// given inputs; a campaign takes that back.
pub(super) fn call(folder: &Folder, target: &Built, flavour: Flavour) -> Result<Command> {
    let artifacts = folder.artifacts(&target.name);
    fs::create_dir_all(&artifacts)?;
    let mut command = Command::new(&target.program);
    command.args(folder.options(&target.name)?);
    command.arg(format!("-artifact_prefix={}/", artifacts.display()));
    if let Some(dictionary) = folder.dictionary(&target.name) {
        command.arg(format!("-dict={}", dictionary.display()));
    }
    command.env("RUST_BACKTRACE", "0").env(THOROUGH, "1");
    if flavour == Flavour::Asan {
        // Rust's crates share definitions that C++ would not; cargo-fuzz switches it off as well.
        command.env("ASAN_OPTIONS", "detect_odr_violation=0:exitcode=77");
    }
    Ok(command)
}

/// Starts a process on the working corpus, with the committed inputs to begin from.
pub(super) fn start(
    folder: &Folder,
    target: &Built,
    flavour: Flavour,
    (seed, time): (u64, Duration),
    keep: Option<&PathBuf>,
    (by, said): ((usize, u32), Sender<Said>),
) -> Result<Child> {
    let mut command = call(folder, target, flavour)?;
    command
        .arg("-print_final_stats=1")
        .arg(format!(
            "-max_total_time={}",
            (time + Duration::from_millis(500)).as_secs().max(1)
        ))
        .arg(format!("-seed={}", seed % u64::from(u32::MAX)))
        .arg(folder.work(&target.name))
        .arg(folder.seeds(&target.name))
        .arg(folder.regressions(&target.name))
        .env(LEASH, "1")
        .env_remove(THOROUGH)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    if let Some(path) = keep {
        command.env(KEEP, path);
    }
    let mut child = command
        .spawn()
        .with_context(|| format!("expected to run {}", target.program.display()))?;
    if let Some(stderr) = child.stderr.take() {
        thread::spawn(move || tell(stderr, by, &said));
    }
    Ok(child)
}

/// Hands on each line, and the end. Nobody listens any more when the supervisor has ended.
fn tell(stderr: impl Read, by: (usize, u32), said: &Sender<Said>) {
    let mut stderr = BufReader::new(stderr);
    let mut line = Vec::new();
    while stderr.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        if said.send(Said { by, line: Some(text) }).is_err() {
            return;
        }
        line.clear();
    }
    let _ended = said.send(Said { by, line: None });
}

/// Asks a process to end with its counts: the harness does that when nobody holds its stdin.
pub(super) fn let_go(child: &mut Child) {
    drop(child.stdin.take());
}

/// The input that the harness has kept, as bytes.
pub(super) fn kept(file: &[u8]) -> Option<&[u8]> {
    let (length, rest) = file.split_first_chunk::<8>()?;
    rest.get(..usize::try_from(u64::from_le_bytes(*length)).ok()?)
}

/// Whether libFuzzer has ended over its own command line, which is no finding.
pub(super) fn misused(status: ExitStatus) -> bool {
    status.code() == Some(1)
}

/// Whether libFuzzer has ended because somebody asked it to.
pub(super) fn interrupted(status: ExitStatus) -> bool {
    status.code() == Some(72)
}

/// What killed a process, if something did.
#[cfg(unix)]
pub(super) fn signal(status: ExitStatus) -> Option<i32> {
    use std::os::unix::process::ExitStatusExt;

    status.signal()
}

#[cfg(not(unix))]
pub(super) fn signal(_status: ExitStatus) -> Option<i32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_ends_where_it_says() {
        // A longer input was in the file before.
        assert_eq!(kept(b"\x03\0\0\0\0\0\0\0abcdef"), Some(&b"abc"[..]));
        assert_eq!(kept(b"\0\0\0\0\0\0\0\0"), Some(&b""[..]));
        for short in [&b""[..], b"\x03\0\0", b"\x03\0\0\0\0\0\0\0ab"] {
            assert_eq!(kept(short), None, "{short:?}");
        }
    }
}
