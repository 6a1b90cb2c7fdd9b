//! Report files, runs that are stopped, and reports that are read again.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

fn rebuttal(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rebuttal"));
    command
        .current_dir(folder)
        .args(arguments)
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    told(&rebuttal(folder, arguments).output().expect("it runs"))
}

fn told(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    (
        output.status.code().expect("a status"),
        text(&output.stdout),
        text(&output.stderr),
    )
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("a file")).expect("JSON")
}

const ONLY: [&str; 3] = ["conformance", "--only", "upload/png"];

#[test]
fn a_report_that_cannot_be_written_is_told_before_the_endpoint_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("taken")).unwrap();
    fs::write(folder.path().join("known.toml"), "").unwrap();
    // Nobody listens there: a run that got as far would end with status 3.
    let never = [
        "conformance",
        "--endpoint",
        "http://127.0.0.1:1",
        "--key-env",
        "KEY",
    ];
    for (files, wanted) in [
        (&["json=missing/report.json"][..], "there is no folder missing"),
        (&["json=taken"], "it is a folder"),
        (
            &["json=a.json", "junit=./a.json"],
            "each report in a file of its own",
        ),
        (
            &["json=a.json", "html=a.json.journal"],
            "each report in a file of its own",
        ),
        (&["html=known.toml"], "in use already"),
    ] {
        let mut command = rebuttal(folder.path(), &never);
        command
            .env("KEY", "skey_test_5xuy4w91xqz7d1w9u0t")
            .args(["--known", "known.toml"]);
        for file in files {
            command.args(["--report-file", file]);
        }
        let (status, out, complaint) = told(&command.output().unwrap());
        assert_eq!((status, out.as_str()), (2, ""), "{files:?}: {complaint}");
        assert!(complaint.contains(wanted), "{files:?}: {complaint}");
    }
    assert_eq!(names(folder.path()), ["known.toml", "taken"], "nothing is left");
}

#[test]
fn every_form_is_written_whole_and_nothing_beside() {
    let folder = tempfile::tempdir().unwrap();
    let forms = ["human", "json", "junit", "tap", "github", "markdown", "html"];
    let files: Vec<_> = forms.iter().map(|form| format!("{form}=report.{form}")).collect();
    let mut command = rebuttal(folder.path(), &ONLY);
    for file in &files {
        command.args(["--report-file", file]);
    }
    let (status, _, complaints) = told(&command.output().unwrap());
    assert_eq!((status, complaints.as_str()), (0, ""));
    let mut wanted: Vec<_> = forms.iter().map(|form| format!("report.{form}")).collect();
    wanted.sort();
    assert_eq!(names(folder.path()), wanted);
    for form in forms {
        let text = fs::read_to_string(folder.path().join(format!("report.{form}"))).unwrap();
        assert!(!text.is_empty() && !text.contains('\u{1b}'), "{form}");
        // The JSON report holds enough to write every other form of it again.
        if form != "json" {
            let shown = run(
                folder.path(),
                &["report", "show", "report.json", "--format", form],
            );
            assert_eq!(shown, (0, text, String::new()), "{form}");
        }
    }
}

#[test]
fn a_run_that_asked_nothing_still_has_its_reports() {
    let folder = tempfile::tempdir().unwrap();
    let (status, out, _) = run(
        folder.path(),
        &[
            "conformance",
            "--only",
            "no-such-scenario",
            "--report-file",
            "junit=empty.xml",
            "--report",
            "tap",
        ],
    );
    assert_eq!(status, 4);
    assert!(out.contains("not ok 1 - run/asked"), "{out}");
    let junit = fs::read_to_string(folder.path().join("empty.xml")).unwrap();
    assert!(
        junit.contains("nothing was asked") && junit.contains("errors=\"1\""),
        "{junit}"
    );

    let mut command = rebuttal(
        folder.path(),
        &[
            "conformance",
            "--endpoint",
            "http://127.0.0.1:1",
            "--key-env",
            "KEY",
            "--report-file",
            "json=none.json",
        ],
    );
    let (status, out, _) = told(
        &command
            .env("KEY", "skey_test_5xuy4w91xqz7d1w9u0t")
            .output()
            .unwrap(),
    );
    assert_eq!((status, out.as_str()), (3, ""));
    let report = json(&folder.path().join("none.json"));
    assert!(
        report["summary"]["error"].as_u64() > Some(100),
        "{}",
        report["summary"]
    );
}

#[test]
fn a_list_of_known_failures_is_read_with_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("bad.toml"),
        "[[known]]\nclause = \"list.limit\"\nreason = \"x\"\n",
    )
    .unwrap();
    let (status, out, complaint) = run(folder.path(), &["conformance", "--known", "bad.toml"]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(
        complaint.contains("missing key `mismatch`") && complaint.contains("bad.toml:1:1"),
        "{complaint}"
    );
    let (status, _, complaint) = run(folder.path(), &["conformance", "--known", "none.toml"]);
    assert_eq!(status, 2);
    assert!(complaint.contains("cannot read none.toml"), "{complaint}");

    let pin = "[[known]]\nscenario = \"list/limit\"\nmismatch = { place = \"/data\", found = \"*\" }\nreason = \"known\"\n";
    fs::write(folder.path().join("good.toml"), pin).unwrap();
    let with = |fault: &str| {
        let mut command = rebuttal(
            folder.path(),
            &["conformance", "--only", "list/limit", "--known", "good.toml"],
        );
        if !fault.is_empty() {
            command.args(["--mock-fault", fault]);
        }
        told(&command.output().unwrap())
    };
    let (status, out, _) = with("limit-off-by-one");
    assert_eq!(status, 0, "{out}");
    assert!(out.contains("1 known to fail"), "{out}");
    let (status, out, _) = with("");
    assert_eq!(status, 1, "{out}");
    assert!(
        out.contains("1 no longer true") && out.contains("good.toml:1:1"),
        "{out}"
    );
}

#[test]
fn two_reports_are_compared_by_clause() {
    let folder = tempfile::tempdir().unwrap();
    for (name, fault) in [
        ("a.json", None),
        ("again.json", None),
        ("b.json", Some("limit-off-by-one")),
    ] {
        let file = format!("json={name}");
        let mut command = rebuttal(
            folder.path(),
            &[
                "conformance",
                "--only",
                "list/limit",
                "--only",
                "upload/png",
                "--report-file",
                &file,
            ],
        );
        command.args(fault.map(|fault| ["--mock-fault", fault]).into_iter().flatten());
        command.output().unwrap();
    }
    let (status, out, _) = run(folder.path(), &["report", "diff", "a.json", "again.json"]);
    assert_eq!(status, 0, "{out}");
    assert!(out.contains("the same"), "{out}");
    let (status, out, _) = run(folder.path(), &["report", "diff", "a.json", "b.json"]);
    assert_eq!(status, 1, "{out}");
    assert!(
        out.contains("worse\n  list.limit (MUST): pass → fail\n    B  list/limit, step 5, /data:"),
        "{out}"
    );
    let (status, out, _) = run(
        folder.path(),
        &["report", "diff", "b.json", "a.json", "--format", "json"],
    );
    let diff: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, &diff["clauses"][0]["way"]), (1, &Value::from("better")));
    for bad in ["none.json", "b.html"] {
        fs::write(folder.path().join("b.html"), "<html>").unwrap();
        let (status, out, complaint) = run(folder.path(), &["report", "diff", "a.json", bad]);
        assert_eq!((status, out.as_str()), (2, ""), "{complaint}");
        assert!(complaint.contains(&format!("cannot read {bad}")), "{complaint}");
    }
}

/// An endpoint that answers `first` requests 404 and then never again.
fn stalling(first: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let mut kept = Vec::new();
        for (count, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            if count < first {
                answer(&mut stream);
            } else {
                kept.push(stream);
            }
        }
    });
    address
}

fn answer(stream: &mut TcpStream) {
    let mut buffer = [0; 4096];
    let _ = stream.read(&mut buffer);
    let body = "{\"object\":\"error\",\"location\":\"x\",\"code\":\"not_found\",\"message\":\"x\"}";
    let _ = write!(
        stream,
        "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
}

/// A run whose journal has a scenario, and that waits for an answer which does not come.
fn under_way(folder: &Path) -> Child {
    let target = format!(
        "url = \"http://{}\"\n[keys]\nsecret = \"skey_test_5xuy4w91xqz7d1w9u0t\"\n[disputes]\nopen = [\"dspt_test_1\"]\n",
        stalling(12)
    );
    fs::write(folder.join("target.toml"), target).unwrap();
    let child = rebuttal(
        folder,
        &[
            "conformance",
            "--target",
            "target.toml",
            "--jobs",
            "1",
            "--timeout",
            "100",
            "--report-file",
            "json=report.json",
            "--report-file",
            "junit=report.xml",
        ],
    )
    .stdout(Stdio::null())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    let journal = folder.join("report.json.journal");
    let end = Instant::now() + Duration::from_secs(60);
    while fs::read_to_string(&journal).map_or(0, |text| text.lines().count()) < 2 {
        assert!(Instant::now() < end, "the journal stays empty");
        thread::sleep(Duration::from_millis(20));
    }
    child
}

#[cfg(unix)]
#[test]
fn a_run_that_is_stopped_writes_its_reports() {
    for signal in ["-TERM", "-INT"] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = under_way(folder.path());
        // Twice: at once, instead of after some seconds.
        for _ in 0..2 {
            let pressed = Command::new("kill")
                .args([signal, &child.id().to_string()])
                .status();
            assert!(pressed.unwrap().success());
            thread::sleep(Duration::from_millis(200));
        }
        let status = child.wait().unwrap().code();
        assert!(matches!(status, Some(1 | 3)), "{status:?}");
        let report = json(&folder.path().join("report.json"));
        let wanted = if signal == "-INT" { "Ctrl-C" } else { "SIGTERM" };
        assert_eq!(report["stopped"], format!("stopped by {wanted}"));
        assert!(report["scenarios"].as_array().unwrap().len() > 100);
        let junit = fs::read_to_string(folder.path().join("report.xml")).unwrap();
        assert!(
            junit.contains("the run was stopped before this was done"),
            "{junit}"
        );
        assert_eq!(names(folder.path()), ["report.json", "report.xml", "target.toml"]);
    }
}

#[test]
fn a_run_that_is_killed_leaves_its_journal() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = under_way(folder.path());
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(names(folder.path()), ["report.json.journal", "target.toml"]);
    let journal = fs::read_to_string(folder.path().join("report.json.journal")).unwrap();
    assert!(!journal.contains("5xuy4w91xqz7d1w9u0t"));
    let (status, out, complaints) = run(
        folder.path(),
        &["report", "show", "report.json.journal", "--format", "json"],
    );
    assert!(matches!(status, 1 | 3), "{complaints}");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert!(
        report["stopped"]
            .as_str()
            .unwrap()
            .starts_with("the run was killed")
    );
    assert!(report["scenarios"].as_array().unwrap().len() > 100);
}

/// The browser that is at hand.
fn browser() -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    env::split_paths(&folders)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|path| path.is_file())
}

/// What a browser makes of a page, with or without scripts; and what it complains of.
fn shown(browser: &Path, page: &str) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.html");
    fs::write(&path, page).unwrap();
    let mut child = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--enable-logging=stderr",
            "--dump-dom",
        ])
        .arg(format!(
            "--user-data-dir={}",
            folder.path().join("profile").display()
        ))
        .arg(format!("file://{}", path.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stderr = child.stderr.take().unwrap();
    let complaints = thread::spawn(move || {
        let lines = BufReader::new(stderr).lines().map_while(Result::ok);
        lines
            .filter(|line| line.contains("CONSOLE"))
            .collect::<Vec<_>>()
            .join("\n")
    });
    let mut dom = String::new();
    child.stdout.take().unwrap().read_to_string(&mut dom).unwrap();
    child.wait().unwrap();
    (dom, complaints.join().unwrap())
}

#[test]
fn the_page_works_in_a_browser() {
    let Some(browser) = browser() else {
        eprintln!("SKIPPED: no headless Chromium on this machine, the HTML report was not opened");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        "conformance",
        "--only",
        "list/limit",
        "--only",
        "upload/png",
        "--mock-fault",
        "limit-off-by-one",
        "--report",
        "html",
    ];
    let (status, page, _) = run(folder.path(), &arguments);
    assert_eq!(status, 1);
    // A probe that the page's policy would refuse, and so one beside it: what the style and the script did is
    // written into the page.
    let policy = page.find("<meta http-equiv").unwrap();
    let end = policy + page[policy..].find(">\n").unwrap() + 2;
    let free = format!("{}{}", &page[..policy], &page[end..]);
    let probe = |steps: &str| {
        let script = format!(
            "<script>{{ const visible = (css) => [...document.querySelectorAll(css)].filter((it) => \
             it.checkVisibility()).length; let said = ''; {steps} \
             document.documentElement.dataset.said = said; }}</script></body>"
        );
        let (dom, complaints) = shown(&browser, &free.replace("</body>", &script));
        assert_eq!(complaints, "");
        let said = dom.split_once("data-said=\"").expect("the probe ran").1;
        said.split('"').next().unwrap().to_owned()
    };
    let rows = "visible('.matrix tbody tr')";
    assert_eq!(probe(&format!("said = {rows};")), "2");
    assert_eq!(
        probe(&format!(
            "document.querySelector('#show-pass').click(); said = {rows} + ' ' + visible('.matrix');"
        )),
        "1 1",
        "a box that is not ticked hides rows, and a group without rows"
    );
    assert_eq!(
        probe(&format!(
            "const find = document.querySelector('#find'); find.value = 'LIMIT'; \
             find.dispatchEvent(new Event('input')); said = {rows};"
        )),
        "1"
    );
    assert_eq!(
        probe(
            "said = visible('.exchange pre'); document.querySelector('.exchange summary').click(); \
             said += ' ' + (visible('.exchange pre') > 0);"
        ),
        "0 true",
        "an exchange is folded, and unfolds"
    );
    // As it is: the policy lets the page's own script run, and nothing is refused or missing.
    let (dom, complaints) = shown(&browser, &page);
    assert_eq!(complaints, "");
    assert!(
        dom.contains("<fieldset class=\"scripted\">"),
        "the script ran under the policy"
    );
    // And one that is not ours does not run.
    let (dom, _) = shown(
        &browser,
        &page.replace("</body>", "<script>document.title = 'x'</script></body>"),
    );
    assert!(!dom.contains("<title>x</title>"));
}
