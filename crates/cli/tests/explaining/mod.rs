//! Runs `rebuttal explain` on captures and on made-up uploads.
#![expect(clippy::unwrap_used, reason = "what cannot be run ends the test")]

#[path = "../running/mod.rs"]
mod running;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

pub(crate) use running::fed as run;

pub(crate) const KEY: &str = "skey_test_5xuy4w91xqz7d1w9u0t";
pub(crate) const BASIC: &str = "c2tleV90ZXN0XzV4dXk0dzkxeHF6N2Qxdzl1MHQ6";

pub(crate) fn captures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../multipart/tests/captures")
}

pub(crate) fn explain(arguments: &[&str], input: &[u8]) -> (i32, String, String) {
    run(&mut command(arguments), input)
}

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rebuttal"));
    command.arg("explain").args(arguments).current_dir(captures());
    command
}

pub(crate) fn json(arguments: &[&str], input: &[u8]) -> (i32, Value) {
    let (status, out, complaints) = explain(&[arguments, &["--format", "json"]].concat(), input);
    assert_eq!(complaints, "");
    (status, serde_json::from_str(&out).unwrap())
}

/// A request as a client sends it, with a key in its head.
pub(crate) fn request(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /disputes/dspt_test_5g5ih3pybo7v4wwrbjw/documents?key={KEY} HTTP/1.1\r\nHost: api.omise.co\r\n\
         Authorization: Basic {BASIC}\r\nCookie: session={KEY}\r\n{headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}
