//! Holds what is published against tools of other languages, where this machine has them.
//!
//! The tools are installed below the target directory, in the versions that `interop/` names. What cannot be installed
//! is skipped and said so: a leg that was skipped has not passed.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command as Process, ExitCode, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, bail};

use crate::{rebuttal, workspace::Workspace};

/// The subcommand `cargo xtask interop`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Command {
    /// Whether a leg that must be skipped is a failure.
    all: bool,
}

impl Command {
    pub(crate) fn parse(words: &[&str]) -> Result<Self, String> {
        match words {
            [] => Ok(Self { all: false }),
            ["--all"] => Ok(Self { all: true }),
            [unknown, ..] => Err(format!("interop does not take {unknown:?}")),
        }
    }
}

/// What the legs work on.
struct Places {
    /// The scripts.
    scripts: PathBuf,
    /// Where the tools are installed.
    tools: PathBuf,
    schemas: PathBuf,
    /// Recorded answers of the live API, where they lie beside the checkout.
    recordings: Option<PathBuf>,
    binary: PathBuf,
}

/// Runs every leg and says what became of it.
pub(crate) fn interop(workspace: &Workspace, command: Command) -> Result<ExitCode> {
    let recordings = workspace.root.join("../shared/recordings");
    let places = Places {
        scripts: workspace.root.join("interop"),
        tools: workspace.target()?.join("interop"),
        schemas: workspace.root.join("schemas"),
        recordings: recordings.is_dir().then_some(recordings),
        binary: rebuttal::build(workspace)?,
    };
    if places.recordings.is_none() {
        println!("skipped: no recorded bodies beside this checkout (looked for ../shared/recordings)");
    }
    let mut tally = Tally::default();
    match places.node() {
        Ok(modules) => places.node_legs(&modules, &mut tally)?,
        Err(why) => tally.skip("node", 3, &why),
    }
    match places.python() {
        Ok(programs) => places.python_legs(&programs, &mut tally)?,
        Err(why) => tally.skip("python", 3, &why),
    }
    println!(
        "interop: {} passed, {} failed, {} skipped",
        tally.passed, tally.failed, tally.skipped
    );
    if tally.failed > 0 || (command.all && tally.skipped > 0) {
        bail!("not every leg passed");
    }
    Ok(ExitCode::SUCCESS)
}

#[derive(Default)]
struct Tally {
    passed: u32,
    failed: u32,
    skipped: u32,
}

impl Tally {
    fn skip(&mut self, language: &str, legs: u32, why: &anyhow::Error) {
        println!("skipped: {legs} legs of {language}: {why:#}");
        self.skipped += legs;
    }

    /// Runs one leg; its words are shown, and its exit status is its verdict.
    fn run(&mut self, name: &str, steps: &mut [Process]) -> Result<()> {
        let start = Instant::now();
        let mut holds = true;
        for step in steps {
            let program = step.get_program().to_string_lossy().into_owned();
            let status = step
                .status()
                .with_context(|| format!("expected to run {program}"))?;
            holds &= status.success();
        }
        let verdict = if holds { "pass" } else { "FAIL" };
        println!("{verdict} {name} ({} s)", start.elapsed().as_secs());
        *(if holds { &mut self.passed } else { &mut self.failed }) += 1;
        Ok(())
    }
}

impl Places {
    /// Installs the tools of Node, and names the folder of their programs.
    fn node(&self) -> Result<PathBuf> {
        let folder = self.tools.join("node");
        let modules = folder.join("node_modules/.bin");
        self.install("node/package.json", &folder, &modules, || {
            let mut npm = Process::new("npm");
            npm.current_dir(&folder).args([
                "install",
                "--no-package-lock",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
            ]);
            vec![npm]
        })?;
        for script in ["schemas.mjs", "client.ts", "tsconfig.json"] {
            fs::copy(self.scripts.join("node").join(script), folder.join(script))?;
        }
        Ok(modules)
    }

    fn node_legs(&self, modules: &Path, tally: &mut Tally) -> Result<()> {
        let folder = self.tools.join("node");
        let mut ajv = Process::new("node");
        ajv.current_dir(&folder).arg("schemas.mjs").arg(&self.schemas);
        ajv.args(&self.recordings);
        tally.run("ajv, strict, on every schema", &mut [ajv])?;

        let of_version = self.schemas.join("2019-05-29/openapi.json");
        let mut types = Process::new(modules.join("openapi-typescript"));
        types
            .current_dir(&folder)
            .arg(&of_version)
            .args(["--output", "api.d.ts"]);
        let mut check = Process::new(modules.join("tsc"));
        check.current_dir(&folder).args(["--project", "tsconfig.json"]);
        tally.run("a client on the types of openapi-typescript", &mut [types, check])?;

        let mut lint = Process::new(modules.join("redocly"));
        lint.current_dir(&folder).args(["lint", "--format", "summary"]);
        lint.env("REDOCLY_TELEMETRY", "off")
            .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
        for name in [
            "openapi.json",
            "openapi-3.0.json",
            "2019-05-29/openapi.json",
            "2014-07-27/openapi.json",
        ] {
            lint.arg(self.schemas.join(name));
        }
        tally.run("redocly, on the OpenAPI documents", &mut [lint])
    }

    /// Installs the tools of Python, and names the folder of their programs.
    fn python(&self) -> Result<PathBuf> {
        let folder = self.tools.join("python");
        let programs = folder.join("bin");
        self.install("python/requirements.txt", &folder, &programs, || {
            let mut venv = Process::new("python3");
            venv.args(["-m", "venv", "--clear"]).arg(&folder);
            let mut pip = Process::new(programs.join("python"));
            pip.args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--requirement",
            ])
            .arg(self.scripts.join("python/requirements.txt"));
            vec![venv, pip]
        })?;
        Ok(programs)
    }

    fn python_legs(&self, programs: &Path, tally: &mut Tally) -> Result<()> {
        let scripts = self.scripts.join("python");
        let python = || Process::new(programs.join("python"));
        let mut schemas = python();
        schemas
            .arg(scripts.join("schemas.py"))
            .arg(&self.schemas)
            .args(&self.recordings);
        tally.run("jsonschema, on every schema", &mut [schemas])?;

        let models = self.tools.join("models");
        fs::create_dir_all(&models)?;
        let mut steps = Vec::new();
        for name in ["document", "document-list", "dispute", "dispute-list", "error"] {
            let mut generate = Process::new(programs.join("datamodel-codegen"));
            generate
                .arg("--input")
                .arg(self.schemas.join(format!("tolerant/{name}.json")))
                .arg("--output")
                .arg(models.join(format!("{}.py", name.replace('-', "_"))))
                .args([
                    "--input-file-type",
                    "jsonschema",
                    "--output-model-type",
                    "pydantic_v2.BaseModel",
                ])
                .args(["--disable-timestamp", "--target-python-version", "3.11"]);
            steps.push(generate);
        }
        let mut read = python();
        read.arg(scripts.join("models.py"))
            .arg(&self.schemas)
            .arg(&models)
            .args(&self.recordings);
        steps.push(read);
        tally.run("bodies in the models of datamodel-code-generator", &mut steps)?;

        let mut mock = python();
        mock.arg(scripts.join("mock.py"))
            .arg(&self.binary)
            .arg(programs.join("schemathesis"))
            .arg(self.schemas.join("openapi.json"))
            .arg(self.tools.join("mock"));
        tally.run(
            "Schemathesis on the mock, correct and with planted faults",
            &mut [mock],
        )
    }

    /// Installs what `list` names, unless it stands there already in these versions.
    fn install(
        &self,
        list: &str,
        folder: &Path,
        programs: &Path,
        steps: impl FnOnce() -> Vec<Process>,
    ) -> Result<()> {
        let wanted = fs::read(self.scripts.join(list))?;
        let name = Path::new(list)
            .file_name()
            .context("expected the name of a file")?;
        let installed = self.tools.join(format!("{}.installed", name.to_string_lossy()));
        if programs.is_dir() && fs::read(&installed).is_ok_and(|found| found == wanted) {
            return Ok(());
        }
        fs::create_dir_all(folder)?;
        fs::write(folder.join(name), &wanted)?;
        for mut step in steps() {
            let program = step.get_program().to_string_lossy().into_owned();
            let output = step
                .stdin(Stdio::null())
                .output()
                .with_context(|| format!("this machine has no {program}"))?;
            if !output.status.success() {
                let said = String::from_utf8_lossy(&output.stderr);
                let words = said
                    .lines()
                    .rfind(|line| !line.trim().is_empty())
                    .unwrap_or("nothing was said");
                bail!("{program} could not install {list}: {words}");
            }
        }
        fs::write(installed, wanted)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skipped_leg_is_no_pass() {
        let mut tally = Tally::default();
        tally.skip("node", 3, &anyhow::anyhow!("this machine has no npm"));
        tally.run("true", &mut [Process::new("true")]).expect("to run");
        tally
            .run("false", &mut [Process::new("true"), Process::new("false")])
            .expect("to run");
        assert_eq!((tally.passed, tally.failed, tally.skipped), (1, 1, 3));
    }

    #[test]
    fn its_options() {
        assert_eq!(Command::parse(&[]), Ok(Command { all: false }));
        assert_eq!(Command::parse(&["--all"]), Ok(Command { all: true }));
        assert_eq!(
            Command::parse(&["-x"]),
            Err("interop does not take \"-x\"".to_owned())
        );
    }
}
