//! Builds the fuzz package as libFuzzer wants it, on stable.

use std::{
    env,
    ffi::OsString,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use super::folder::Folder;
use crate::{
    rebuttal::program,
    workspace::{Workspace, cargo, output},
};

/// What makes a program tell libFuzzer which code it reaches. All of it is stable; sanitizers are not.
const GUIDED: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-stack-depth",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "-Ccodegen-units=1",
];

/// What tells libFuzzer the values that are compared as well, for it to make inputs of.
const COMPARES: &str = "-Cllvm-args=-sanitizer-coverage-trace-compares";

/// What all flavours have.
const ALWAYS: &[&str] = &["--cfg=fuzzing", "-Cdebug-assertions"];

/// What the programs are built for. Each has a target directory of its own, since its flags change every crate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Flavour {
    /// For speed.
    Plain,
    /// Without the values of comparisons: quicker, for what draws its input and seldom compares it with anything.
    NoCompares,
    /// With the address sanitizer, six times slower: it sees memory errors in unsafe code of dependencies.
    Asan,
    /// For the report of lines.
    Lines,
}

impl Flavour {
    /// As logs call it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::NoCompares => "no compares",
            Self::Asan => "asan",
            Self::Lines => "lines",
        }
    }

    const fn directory(self) -> &'static str {
        match self {
            Self::Plain => "fuzz",
            Self::NoCompares => "fuzz-no-compares",
            Self::Asan => "fuzz-asan",
            Self::Lines => "fuzz-coverage",
        }
    }

    fn flags(self) -> Vec<&'static str> {
        let own: &[&str] = match self {
            Self::Plain => &[COMPARES],
            Self::NoCompares => &[],
            Self::Asan => &[COMPARES, "-Zsanitizer=address"],
            Self::Lines => return [&["-Cinstrument-coverage"], ALWAYS].concat(),
        };
        [GUIDED, ALWAYS, own].concat()
    }
}

/// What to build of the package.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// The targets of campaigns.
    Targets,
    /// What measures and drills need: campaigns never see those.
    Examples,
}

/// A target and its program.
#[derive(Clone, Debug)]
pub(super) struct Built {
    pub(super) name: String,
    pub(super) program: PathBuf,
}

/// Programs, and what they really are: where a sanitizer is refused they come without.
pub(super) struct Programs {
    pub(super) built: Vec<Built>,
    pub(super) flavour: Flavour,
    /// The target directory.
    pub(super) directory: PathBuf,
    /// What compiled them.
    pub(super) compiler: String,
}

/// Builds the named targets; `None` where there is no C++ compiler, which is said on stdout.
pub(super) fn build(
    workspace: &Workspace,
    folder: &Folder,
    targets: &[String],
    kind: Kind,
    flavour: Flavour,
) -> Result<Option<Programs>> {
    let Some(compiler) = cpp() else {
        println!("fuzz: skipped: no C++ compiler found, and libFuzzer is C++; install g++ or set CXX");
        return Ok(None);
    };
    let target = workspace.target()?;
    let triple = host()?;
    let (toolchain, flavour) = match flavour {
        Flavour::Asan => sanitizing(&target, &triple)?,
        plain => (Toolchain::Own, plain),
    };
    let directory = target.join(flavour.directory());
    let mut programs = directory.join(&triple).join("release");
    if !programs.exists() {
        eprintln!("building the fuzz targets: the first build takes a minute or two");
    }
    let mut command = toolchain.command("cargo");
    command
        .args(["build", "--quiet", "--release", "--locked", "--manifest-path"])
        .arg(folder.root.join("Cargo.toml"))
        // Named even where it is the host's own, so that build scripts are not instrumented.
        .args(["--target", &triple])
        .arg("--target-dir")
        .arg(&directory)
        .env("RUSTFLAGS", flavour.flags().join(" "))
        .env("CXX", compiler)
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    let what = match kind {
        Kind::Targets => "--bin",
        Kind::Examples => {
            programs.push("examples");
            "--example"
        }
    };
    for target in targets {
        command.args([what, target]);
    }
    let status = command.status().context("expected to run cargo")?;
    if !status.success() {
        bail!("the fuzz targets do not build");
    }
    let built = |name: &String| Built {
        name: name.clone(),
        program: programs.join(program(name)),
    };
    Ok(Some(Programs {
        built: targets.iter().map(built).collect(),
        flavour,
        directory,
        compiler: version(toolchain)?,
    }))
}

/// Which toolchain builds. None is ever installed or changed from here.
#[derive(Clone, Copy, Debug)]
pub(super) enum Toolchain {
    /// The caller's.
    Own,
    /// The caller's, told to take what only nightly should.
    Bootstrap,
    /// An installed nightly.
    Nightly,
}

impl Toolchain {
    fn command(self, name: &str) -> Command {
        let mut command = match self {
            Self::Nightly => {
                let mut command = Command::new("rustup");
                command.args(["run", "nightly", name]);
                // They name the caller's toolchain.
                for variable in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN"] {
                    command.env_remove(variable);
                }
                command
            }
            _ if name == "cargo" => Command::new(cargo()),
            _ => Command::new(env::var_os("RUSTC").unwrap_or_else(|| name.into())),
        };
        if let Self::Bootstrap = self {
            command.env("RUSTC_BOOTSTRAP", "1");
        }
        command
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Own => "this toolchain",
            Self::Bootstrap => "this toolchain with RUSTC_BOOTSTRAP=1",
            Self::Nightly => "the installed nightly",
        }
    }
}

/// The first toolchain that builds with the sanitizer; where all refuse, that is said, and it goes on without.
fn sanitizing(target: &Path, triple: &str) -> Result<(Toolchain, Flavour)> {
    if let Some(toolchain) = sanitizer(target, triple)? {
        eprintln!("fuzz: the address sanitizer comes from {}", toolchain.name());
        return Ok((toolchain, Flavour::Asan));
    }
    eprintln!("fuzz: no toolchain here takes -Zsanitizer=address: going on without");
    Ok((Toolchain::Own, Flavour::Plain))
}

/// The first toolchain that compiles an empty program with the sanitizer.
pub(super) fn sanitizer(target: &Path, triple: &str) -> Result<Option<Toolchain>> {
    let folder = target.join("fuzz-asan");
    fs::create_dir_all(&folder)?;
    for toolchain in [Toolchain::Nightly, Toolchain::Bootstrap] {
        let mut command = toolchain.command("rustc");
        command
            .args([
                "-Zsanitizer=address",
                "--target",
                triple,
                "--crate-name",
                "probe",
                "-o",
            ])
            .arg(folder.join("probe"))
            .arg("-")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let Ok(mut child) = command.spawn() else {
            continue;
        };
        // A compiler that refuses the flag may be gone before it has read anything.
        let written = child
            .stdin
            .take()
            .map(|mut stdin| stdin.write_all(b"fn main() {}"));
        if child.wait()?.success() && matches!(written, Some(Ok(()))) {
            return Ok(Some(toolchain));
        }
    }
    Ok(None)
}

/// What the caller's compiler calls itself.
pub(super) fn rustc() -> Result<String> {
    version(Toolchain::Own)
}

fn version(toolchain: Toolchain) -> Result<String> {
    Ok(output(toolchain.command("rustc").arg("-V"))?.trim().to_owned())
}

/// The first C++ compiler that answers.
pub(super) fn cpp() -> Option<OsString> {
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
    let version = output(Toolchain::Own.command("rustc").arg("-vV"))?;
    version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .context("expected a host triple from rustc -vV")
}
