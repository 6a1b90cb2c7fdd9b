//! Runs `rebuttal check` in a folder of files made for it.
#![expect(clippy::unwrap_used, reason = "what cannot be run ends the test")]

#[path = "../running/mod.rs"]
mod running;

use std::{fs, path::Path, process::Command};

use rebuttal_conformance::evidence::Sample;
use serde_json::Value;
use tempfile::TempDir;

pub(crate) use running::fed as run;

/// A file that is refused, one that is doubtful, a sound one of each format, and one that says it is another.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).unwrap();
    let mut long = Sample::Png.content(None);
    long.extend_from_slice(b"what a picture was cropped of");
    write("a.png", &Sample::Png.content(None));
    write("b.pdf", &Sample::Pdf.content(None));
    write("c.jpg", &Sample::Heic.content(None));
    write("d.png", &long);
    write("e.png", &Sample::Jpeg.content(None));
    write("delivery slip.pdf", &Sample::Pdf.content(None));
    folder
}

pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rebuttal"));
    command.arg("check").args(arguments).current_dir(folder);
    command
}

pub(crate) fn check(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    run(&mut command(folder, arguments), b"")
}

/// The status, and the object of each line.
pub(crate) fn json(folder: &Path, arguments: &[&str]) -> (i32, Vec<Value>) {
    let (status, out, complaints) = check(folder, &[arguments, &["--format", "json"]].concat());
    assert_eq!(complaints, "");
    let reports = out.lines().map(|line| serde_json::from_str(line).unwrap());
    (status, reports.collect())
}
