//! The official clients, as they are installed from their registries and not changed, against the mock.
//!
//! They are led to it by their environment alone, as `rebuttal mock --print-env` words it. Where one cannot be
//! installed its tests are ignored, with the reason, and have not passed.

#[path = "../mocking/mod.rs"]
mod mocking;
#[path = "../running/mod.rs"]
mod running;
mod snippets;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Output, Stdio},
    sync::{Arc, OnceLock},
};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use mocking::Running;

const PYTHON: &str = "omise==0.16.0";
const NODE: &str = "omise@1.1.0";
const VERSIONS: [&str; 4] = ["2019-05-29", "2017-11-02", "2015-11-17", "2014-07-27"];

/// The smallest picture that is evidence.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\0\0\0\nIDAT\x78\x9c\x63\x60\0\0\0\x02\0\x01\x48\xaf\xa4\x71\0\0\0\0IEND\xae\x42\x60\x82";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let python = Arc::new(OnceLock::new());
    let node = Arc::new(OnceLock::new());
    let mut trials = Vec::new();
    for version in VERSIONS {
        for profile in ["documented", "recorded"] {
            let python = Arc::clone(&python);
            trials.push(Trial::ignorable_test(
                format!("python {version} {profile}"),
                move || {
                    attempt(python.get_or_init(install_python), |program| {
                        ask_python(program, version, profile, Way::Environment)
                    })
                },
            ));
            let node = Arc::clone(&node);
            trials.push(Trial::ignorable_test(
                format!("node {version} {profile}"),
                move || {
                    attempt(node.get_or_init(install_node), |folder| {
                        ask_node(folder, version, profile)
                    })
                },
            ));
        }
    }
    let of_http = Arc::clone(&python);
    trials.push(Trial::ignorable_test(
        "python over HTTP by its own setting, list parameters in bodies",
        move || {
            attempt(of_http.get_or_init(install_python), |program| {
                ask_python(program, VERSIONS[0], "documented", Way::Setting)
            })
        },
    ));
    for (language, run, file) in snippets::LANGUAGES {
        let (python, node) = (Arc::clone(&python), Arc::clone(&node));
        trials.push(Trial::ignorable_test(format!("snippet {language}"), move || {
            let client = match language {
                "python" => python.get_or_init(install_python).clone(),
                "js" => node.get_or_init(install_node).clone(),
                _ => Ok(PathBuf::new()),
            };
            run_snippet(client, language, run, file)
        }));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Runs a test where its client could be installed.
fn attempt(
    installed: &Result<PathBuf, String>,
    test: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<Completion, Failed> {
    match installed {
        Ok(place) => Ok(test(place).map(|()| Completion::Completed)?),
        Err(reason) => Ok(Completion::ignored_with(reason.clone())),
    }
}

/// How a client is led to the mock.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Way {
    Environment,
    Setting,
}

fn ask_python(program: &Path, version: &str, profile: &str, way: Way) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    // By its own setting it gets a mock that reads its list parameters, too.
    let more: &[&str] = match way {
        Way::Environment => &[],
        Way::Setting => &["--list-parameters", "in-body"],
    };
    let mock = start(folder.path(), profile, more);
    let file = folder.path().join("slip.png");
    fs::write(&file, PNG).map_err(|error| error.to_string())?;
    let mut command = led(&mock, way, program)?;
    let [open, _, accepted, empty] = open_disputes(&mock)?;
    let foreign = mock.list("foreign");
    command
        .arg(source("python.py"))
        .arg(file)
        .args([open, empty, accepted])
        .arg(&foreign[0]);
    told(command.env("API_VERSION", version))
}

fn ask_node(folder: &Path, version: &str, profile: &str) -> Result<(), String> {
    let own = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mock = start(own.path(), profile, &[]);
    let mut command = led(&mock, Way::Environment, Path::new("node"))?;
    let [open, _, _, empty] = open_disputes(&mock)?;
    let foreign = mock.list("foreign");
    command
        .arg(source("node.cjs"))
        .args([open, empty])
        .arg(&foreign[0]);
    told(
        command
            .env("API_VERSION", version)
            .env("NODE_PATH", folder.join("node_modules")),
    )
}

fn run_snippet(
    client: Result<PathBuf, String>,
    language: &str,
    run: &[&str],
    file: &str,
) -> Result<Completion, Failed> {
    let folder = tempfile::tempdir()?;
    let placed = client.and_then(|client| {
        let path = snippets::write(folder.path(), run[0], file, &snippets::block(language))?;
        Ok((client, path))
    });
    let (client, path) = match placed {
        Ok(placed) => placed,
        Err(reason) => return Ok(Completion::ignored_with(reason)),
    };
    let mock = start(folder.path(), "documented", &[]);
    let program = if language == "python" {
        client.as_path()
    } else {
        Path::new(run[0])
    };
    let mut command = led(&mock, Way::Environment, program)?;
    command
        .args(&run[1..])
        .arg(path)
        .env("NODE_PATH", client.join("node_modules"));
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let first = open_disputes(&mock)?[0].clone();
    if output.status.success() && said.contains(&first) {
        return Ok(Completion::Completed);
    }
    Err(format!("{said}{}", String::from_utf8_lossy(&output.stderr)).into())
}

fn start(folder: &Path, profile: &str, more: &[&str]) -> Running {
    let usual = ["--tls", "--state-dir", "state", "--profile", profile];
    Running::start(folder, &[&usual, more].concat())
}

fn open_disputes(mock: &Running) -> Result<[String; 4], String> {
    let open = mock.list("open");
    open.try_into()
        .map_err(|open| format!("expected four open disputes, found {open:?}"))
}

/// A command in a shell that was told what `--print-env` says, or, for the other way, nothing.
fn led(mock: &Running, way: Way, program: &Path) -> Result<Command, String> {
    let mut command = Command::new("sh");
    command.current_dir(&mock.folder);
    for name in [
        "REQUESTS_CA_BUNDLE",
        "HTTPS_PROXY",
        "https_proxy",
        "http_proxy",
        "NODE_OPTIONS",
    ] {
        command.env_remove(name);
    }
    let port = mock.address().port().to_string();
    let lines = if way == Way::Environment {
        let arguments = [
            "mock",
            "--print-env",
            "--tls",
            "--state-dir",
            "state",
            "--port",
            &port,
        ];
        let (status, lines, complaints) = running::run(&mock.folder, &arguments);
        if status != 0 {
            return Err(complaints);
        }
        lines
    } else {
        command
            .env("API_MAIN", format!("http://{}", mock.address()))
            .env("LISTED", "27");
        String::new()
    };
    command
        .args(["-c", "eval \"$LINES_TO_EVALUATE\"; exec \"$@\"", "sh"])
        .arg(program)
        .env("LINES_TO_EVALUATE", lines)
        .env("SECRET_KEY", mock.target("secret"));
    Ok(command)
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/clients")
        .join(name)
}

/// A client that ended well and said so.
fn told(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() && said.contains("calls as wanted") {
        return Ok(());
    }
    Err(format!("{said}{}", String::from_utf8_lossy(&output.stderr)))
}

/// The interpreter of an environment that has the client.
fn install_python() -> Result<PathBuf, String> {
    let folder = place("python");
    let program = folder.join("bin/python");
    let has = |program: &Path| {
        let asked = Command::new(program).args(["-c", "import omise"]).output();
        asked.is_ok_and(|output| output.status.success())
    };
    if !has(&program) {
        let _ = fs::remove_dir_all(&folder);
        install(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        install(Command::new(&program).args(["-m", "pip", "install", "--quiet", "--retries", "1", PYTHON]))?;
    }
    Ok(program)
}

/// The folder whose `node_modules` has the client.
fn install_node() -> Result<PathBuf, String> {
    let folder = place("node");
    if !folder.join("node_modules/omise/package.json").exists() {
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        install(Command::new("node").arg("--version"))?;
        let options = [
            "install",
            "--no-save",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--fetch-retries=1",
        ];
        install(
            Command::new("npm")
                .args(options)
                .arg(NODE)
                .arg("--prefix")
                .arg(&folder),
        )?;
    }
    Ok(folder)
}

/// Where clients are kept from one run to the next.
fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients").join(name)
}

fn install(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.stdin(Stdio::null()).output() {
        Ok(Output { status, .. }) if status.success() => Ok(()),
        Ok(Output { stderr, .. }) => {
            let stderr = String::from_utf8_lossy(&stderr).into_owned();
            let last = stderr
                .lines()
                .rev()
                .find(|line| !line.trim().is_empty() && !line.contains("log of this run"))
                .unwrap_or("no word");
            Err(format!("the client cannot be installed here: {name}: {last}"))
        }
        Err(error) => Err(format!("the client cannot be installed here: {name}: {error}")),
    }
}
