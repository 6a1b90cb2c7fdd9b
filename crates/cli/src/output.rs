//! Where results go: stdout, in colour only where it is a terminal and `NO_COLOR` is not set.

use std::{
    fs,
    io::{self, ErrorKind, Write},
    path::Path,
    process::ExitCode,
};

use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result};
use rebuttal_conformance::ExitStatus;

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
    let beside = path.with_file_name(format!(".{}.{}.new", name.to_string_lossy(), std::process::id()));
    let written = write_private(&beside, text).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What could not be moved is of no use to anybody.
        let _ = fs::remove_file(&beside);
    }
    written.with_context(|| format!("cannot write {shown}"))
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Text without colours.
pub(crate) fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}
