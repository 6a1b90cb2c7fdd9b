//! Where the workspace is, what cargo and git know of it, and how cargo is called.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The workspace that this command was started in.
pub(crate) struct Workspace {
    /// The folder of the workspace's manifest.
    pub(crate) root: PathBuf,
}

impl Workspace {
    /// Finds it: cargo tells a program that it runs where the program's package is.
    pub(crate) fn find() -> Result<Self> {
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .context("expected to be run by cargo: use `cargo xtask`, not the program itself")?;
        let root = Path::new(&package)
            .parent()
            .context("expected xtask within a workspace")?;
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// A call of cargo on this workspace, in the folder of the caller. `CARGO_TARGET_DIR` stays in force.
    pub(crate) fn cargo(&self, subcommand: &str) -> Command {
        let mut command = Command::new(cargo());
        command
            .arg(subcommand)
            .arg("--manifest-path")
            .arg(self.root.join("Cargo.toml"));
        command
    }

    /// What cargo knows of the workspace's own packages.
    pub(crate) fn metadata(&self) -> Result<Value> {
        let text = output(
            self.cargo("metadata")
                .args(["--no-deps", "--format-version", "1"]),
        )?;
        serde_json::from_str(&text).context("expected JSON from cargo metadata")
    }

    /// The target directory, by the rules of cargo.
    pub(crate) fn target(&self) -> Result<PathBuf> {
        let metadata = self.metadata()?;
        let target = metadata["target_directory"]
            .as_str()
            .context("expected target_directory from cargo metadata")?;
        Ok(PathBuf::from(target))
    }

    /// The files that git tracks, as paths below the root; with `new`, also those that it would track.
    pub(crate) fn files(&self, new: bool) -> Result<Vec<String>> {
        let mut git = Command::new("git");
        git.current_dir(&self.root).args(["ls-files", "-z", "--cached"]);
        if new {
            git.args(["--others", "--exclude-standard"]);
        }
        let listed = output(&mut git).context("expected a git checkout, to know the tracked files")?;
        Ok(listed
            .split_terminator('\0')
            .filter(|path| self.root.join(path).is_file())
            .map(str::to_owned)
            .collect())
    }
}

/// The cargo that runs this program, or the one on the path.
pub(crate) fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// What a command prints on stdout; its stderr goes through, and a failure is an error.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stderr(std::process::Stdio::inherit())
        .output()
        .with_context(|| format!("expected to run {name}"))?;
    if !output.status.success() {
        bail!("{name} ended with {}", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("expected UTF-8 from {name}"))
}

/// Writes a shell script that tests can run. Another process writes it: while a file is open for writing here, a test
/// beside this one that starts a process hands it on, and then nobody can run it.
#[cfg(test)]
#[cfg(unix)]
pub(crate) fn script(path: &Path, text: &str) {
    use std::io::Write;

    let mut writer = Command::new("sh");
    writer.args(["-c", "cat > \"$0\" && chmod +x \"$0\""]).arg(path);
    let mut writer = writer.stdin(std::process::Stdio::piped()).spawn().unwrap();
    let mut stdin = writer.stdin.take().unwrap();
    stdin
        .write_all(format!("#!/bin/sh\n{text}\n").as_bytes())
        .unwrap();
    drop(stdin);
    assert!(writer.wait().unwrap().success());
}
