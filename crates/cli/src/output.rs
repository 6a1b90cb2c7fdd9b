//! Where results go: stdout, in colour only where it is a terminal and `NO_COLOR` is not set.

use std::{
    ffi::OsStr,
    fs,
    io::{self, ErrorKind, Write},
    panic::PanicHookInfo,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::OnceLock,
};

use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result};
use rebuttal_conformance::{ExitStatus, Secrets, diagnostic::Defects};

/// For what is wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// For what needs a look.
pub(crate) const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();
/// For what is right.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// For what matters less.
pub(crate) const DIM: Style = Style::new().dimmed();

/// The exit status of a run.
pub(crate) fn exit(status: ExitStatus) -> ExitCode {
    ExitCode::from(status as u8)
}

/// Shows what is wrong with a file or an expression, and with which status to end.
pub(crate) fn refuse(defects: &Defects) -> ExitCode {
    anstream::eprintln!("{}", defects.render(true));
    exit(ExitStatus::Usage)
}

/// Writes a result. A reader that has seen enough and closed the pipe is no failure.
pub(crate) fn print(text: &str) -> Result<()> {
    offer(text).map(drop)
}

/// Writes a part of a result, and says whether somebody still reads.
pub(crate) fn offer(text: &str) -> Result<bool> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        other => other.map(|()| true).context("cannot write to stdout"),
    }
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Writes a file as a whole or not at all: beside its place first, then moved there.
pub(crate) fn write_file(path: &Path, text: &str) -> Result<()> {
    write(path, text, false)
}

/// Writes a file with keys in it: as [`write_file`], and readable by nobody else.
pub(crate) fn write_secret_file(path: &Path, text: &str) -> Result<()> {
    write(path, text, true)
}

fn write(path: &Path, text: &str, secret: bool) -> Result<()> {
    let shown = path.display();
    // A device or a pipe is written to, not replaced; a link stays, and what it names is replaced.
    let real = fs::canonicalize(path);
    if real.as_ref().is_ok_and(|real| !real.is_file()) {
        return fs::write(path, text).with_context(|| format!("cannot write {shown}"));
    }
    let path = real.as_deref().unwrap_or(path);
    let name = path
        .file_name()
        .with_context(|| format!("expected a file to write to, found {shown}"))?;
    let beside = beside(path, name);
    let written = write_synced(&beside, text, secret).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What could not be moved is of no use to anybody.
        let _ = fs::remove_file(&beside);
    }
    written.with_context(|| format!("cannot write {shown}"))
}

/// The place beside a file where it is written first.
fn beside(path: &Path, name: &OsStr) -> PathBuf {
    path.with_file_name(format!(".{}.{}.new", name.to_string_lossy(), std::process::id()))
}

/// Whether [`write_file`] will be able to write a file: tried, since permissions do not tell all.
pub(crate) fn check_writable(path: &Path) -> Result<()> {
    if path.exists() && !path.is_file() {
        fs::OpenOptions::new().write(true).open(path)?;
        return Ok(());
    }
    let name = path.file_name().context("expected the name of a file")?;
    let beside = beside(path, name);
    fs::File::create(&beside)?;
    fs::remove_file(&beside)?;
    Ok(())
}

fn write_synced(path: &Path, text: &str, secret: bool) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if secret {
        // What another run left there may be open to others.
        let _ = fs::remove_file(path);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = secret;
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Text without colours.
pub(crate) fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// What a panic says, without keys.
pub(crate) fn panic_text(panic: &PanicHookInfo<'_>) -> String {
    without_keys(&panic.to_string())
}

/// The keys of the run, for what is written beside its reports.
static KEYS: OnceLock<Secrets> = OnceLock::new();

/// From here on, [`without_keys`] knows these keys in every form.
pub(crate) fn guard(keys: &Secrets) {
    // There is one run in the life of a process; a second guard would have the same keys.
    let _ = KEYS.set(keys.clone());
}

/// Text without the keys of the run, or anything that looks like a key: for what passes no report's mask.
pub(crate) fn without_keys(text: &str) -> String {
    match KEYS.get() {
        Some(keys) => keys.mask(text),
        None => Secrets::default().mask(text),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        panic,
        sync::{Arc, Mutex},
    };

    use super::*;

    const KEY: &str = "skey_test_5xuy4w91xqz7d1w9u0t";
    const BASIC: &str = "c2tleV90ZXN0XzV4dXk0dzkxeHF6N2Qxdzl1MHQ6";

    #[test]
    fn a_panic_shows_no_key() {
        guard(&Secrets::new([KEY].into_iter()));
        let told = Arc::new(Mutex::new(String::new()));
        let writer = Arc::clone(&told);
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            writer
                .lock()
                .expect("no other panic")
                .push_str(&panic_text(panic));
        }));
        let caught = panic::catch_unwind(|| panic!("sent {KEY} as Basic {BASIC}"));
        panic::set_hook(before);
        assert!(caught.is_err());
        let told = told.lock().expect("no other panic").clone();
        assert!(told.contains("sent *** as Basic ***"), "{told}");
        assert!(
            !told.contains("5xuy4w") && !told.contains("XzV4dXk0dzkx"),
            "{told}"
        );
    }
}
