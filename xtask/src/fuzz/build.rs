//! Builds the fuzz package as libFuzzer wants it, on stable.

use std::{
    env,
    ffi::OsString,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use super::Folder;
use crate::{
    rebuttal::program,
    workspace::{Workspace, cargo, output},
};

/// What makes a program tell libFuzzer which code it reaches. All of it is stable; sanitizers are not.
pub(super) const COVERAGE: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-sanitizer-coverage-stack-depth",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "--cfg=fuzzing",
    "-Cdebug-assertions",
    "-Ccodegen-units=1",
];

/// A target and its program.
pub(super) struct Built {
    pub(super) name: String,
    pub(super) program: PathBuf,
    /// Where this target's run may leave its log.
    pub(super) log: PathBuf,
}

/// Builds the named targets; `None` where there is no C++ compiler, which is said on stdout.
pub(super) fn build(
    workspace: &Workspace,
    folder: &Folder,
    targets: &[String],
) -> Result<Option<Vec<Built>>> {
    let Some(compiler) = compiler() else {
        println!("fuzz: skipped: no C++ compiler found, and libFuzzer is C++; install g++ or set CXX");
        return Ok(None);
    };
    let triple = host()?;
    let target_directory = workspace.target()?.join("fuzz");
    let programs = target_directory.join(&triple).join("release");
    if !programs.exists() {
        eprintln!("building the fuzz targets: the first build takes a minute or two");
    }
    let mut command = Command::new(cargo());
    command
        .args(["build", "--quiet", "--release", "--locked", "--manifest-path"])
        .arg(folder.root.join("Cargo.toml"))
        // Named even where it is the host's own, so that build scripts are not instrumented.
        .args(["--target", &triple])
        .arg("--target-dir")
        .arg(&target_directory)
        .env("RUSTFLAGS", COVERAGE.join(" "))
        .env("CXX", compiler)
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    for target in targets {
        command.args(["--bin", target]);
    }
    let status = command.status().context("expected to run cargo")?;
    if !status.success() {
        bail!("the fuzz targets do not build");
    }
    let built = |name: &String| Built {
        name: name.clone(),
        program: programs.join(program(name)),
        log: target_directory.join(format!("{name}.log")),
    };
    Ok(Some(targets.iter().map(built).collect()))
}

/// The first C++ compiler that answers.
pub(super) fn compiler() -> Option<OsString> {
    let candidates = match env::var_os("CXX") {
        Some(named) => vec![named],
        None => ["c++", "g++", "clang++"].map(OsString::from).to_vec(),
    };
    candidates.into_iter().find(|candidate| {
        Command::new(candidate)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    })
}

/// The triple that this toolchain compiles for by itself.
pub(super) fn host() -> Result<String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = output(Command::new(rustc).arg("-vV"))?;
    version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .context("expected a host triple from rustc -vV")
}
