//! What this machine has for fuzzing, and what each missing thing costs.

use std::{path::Path, process::Command};

use anyhow::Result;

use super::{build, coverage::tools};
use crate::workspace::Workspace;

/// Prints a line for each thing. Nothing is installed or changed from here.
pub(super) fn doctor(workspace: &Workspace) -> Result<()> {
    let target = workspace.target()?;
    let compiler = build::cpp().map(|name| name.to_string_lossy().into_owned());
    let sanitizer = build::sanitizer(&target, &build::host()?)?.map(|toolchain| toolchain.name().to_owned());
    let llvm = tools::find(None).map(|tools| tools.told());
    let answers = |program: &str, argument: &str| {
        let found = Command::new(program).arg(argument).output().ok();
        found
            .filter(|output| output.status.success())
            .map(|_| program.to_owned())
    };
    let rustc = build::rustc()?;
    println!("toolchain       {rustc}");
    for (what, found, missing) in [
        (
            "C++ compiler",
            compiler,
            "nothing can be fuzzed; `apt-get install g++`, or set CXX",
        ),
        ("--asan", sanitizer, "`--asan` goes on without the sanitizer"),
        ("coverage", llvm.as_ref().ok().cloned(), tools::MISSING),
        (
            "cargo-fuzz",
            answers("cargo-fuzz", "--version"),
            "not needed; it works on fuzz/ as well",
        ),
        (
            "sh",
            Path::new("/bin/sh").exists().then(|| "/bin/sh".to_owned()),
            "processes outlive a supervisor that is killed, until their time is over",
        ),
    ] {
        match found {
            Some(found) => println!("{what:<15} {found}"),
            None => println!("{what:<15} missing: {missing}"),
        }
    }
    Ok(())
}
