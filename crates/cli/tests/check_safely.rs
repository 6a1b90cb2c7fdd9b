//! `rebuttal check` on what a stranger's folder may hold: no name obeyed, nothing opened that never ends, and no
//! file that keeps the others from being checked.
#![cfg(unix)]

mod checking;

use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt, fs::symlink, net::UnixListener},
    process::{Command, Stdio},
};

use serde_json::Value;

use checking::{check, command, folder, json, run};

#[test]
fn no_name_reaches_a_terminal_or_a_runner_as_it_is() {
    let folder = folder();
    let names: &[&[u8]] = &[
        b"\x1b[2J\x1b]0;title\x07.png",
        b"line\r\n::error::break.png",
        b"\xff\xfe\x80.png",
        "\u{202e}gnp.exe\u{9b}31m\u{2066}".as_bytes(),
        b"<&\"'%0A,x:y.png",
        "領収書.png".as_bytes(),
        b"x.\x1b[31m",
        b" ",
    ];
    fs::create_dir(folder.path().join("evil")).unwrap();
    for name in names {
        let content = fs::read(folder.path().join("d.png")).unwrap();
        fs::write(folder.path().join("evil").join(OsStr::from_bytes(name)), content).unwrap();
    }
    for form in ["human", "json", "junit", "github"] {
        let (status, out, complaints) = check(folder.path(), &["evil", "--format", form]);
        assert_eq!((status, complaints.as_str()), (0, ""), "{form}: {out}");
        let bad = |char: char| char != '\n' && char.is_control() || matches!(char, '\u{202e}' | '\u{2066}');
        assert!(!out.contains(bad), "{form}: {out:?}");
        assert!(out.contains("領収書.png"), "{form}: {out}");
        assert!(
            !out.lines().any(|line| line.starts_with("::error")),
            "{form}: {out}"
        );
        let is_of_a_file = |line: &str| match form {
            "json" => line.starts_with("{\"path\":\"evil/"),
            "github" => line.starts_with("::warning file=evil/") || line.starts_with("::notice file=evil/"),
            _ => true,
        };
        let others: Vec<_> = out.lines().filter(|line| !is_of_a_file(line)).collect();
        let summary = ["8 files: 8 acceptable with a warning"];
        assert_eq!(
            others,
            if form == "github" { &summary[..] } else { &[] },
            "{form}"
        );
    }
}

#[test]
fn no_line_of_a_listing_is_a_workflow_command() {
    let folder = folder();
    for name in ["::error::x.png", " ::stop-commands::x", "##[error]x.png"] {
        fs::copy(folder.path().join("a.png"), folder.path().join(name)).unwrap();
        for name in [name, &format!("{name}-that-is-missing")] {
            let (_, out, _) = check(folder.path(), &["--", name]);
            assert!(out.starts_with(&format!("./{name}: ")), "{out}");
        }
    }
}

#[test]
fn what_cannot_be_read_stops_nothing() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("folder.pdf")).unwrap();
    symlink("nowhere", at("dangling.pdf")).unwrap();
    symlink(".", at("round")).unwrap();
    symlink("loop.png", at("loop.png")).unwrap();
    let _socket = UnixListener::bind(at("socket.png")).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(at("fifo.png"))
            .status()
            .unwrap()
            .success()
    );
    // Nobody writes to the FIFO, so whoever opens it waits for ever.
    let (status, reports) = json(folder.path(), &["fifo.png", "/dev/zero", "socket.png", "."]);
    assert_eq!(status, 3);
    let told: Vec<_> = reports
        .iter()
        .map(|it| (it["path"].as_str().unwrap(), it["verdict"].as_str()))
        .collect();
    let wanted = [
        ("fifo.png", None),
        ("/dev/zero", None),
        ("socket.png", None),
        ("./a.png", Some("accept")),
        ("./b.pdf", Some("accept")),
        ("./c.jpg", Some("reject")),
        ("./d.png", Some("warn")),
        ("./dangling.pdf", None),
        ("./delivery slip.pdf", Some("accept")),
        ("./e.png", Some("accept")),
        ("./loop.png", None),
    ];
    assert_eq!(told, wanted);
    let (_, out, _) = check(folder.path(), &["."]);
    assert!(
        out.contains("(passed over: 3 no file, or a link to a folder)"),
        "{out}"
    );
}

#[test]
fn what_the_caller_opened_is_read_although_it_is_a_pipe() {
    let folder = folder();
    let content = fs::read(folder.path().join("b.pdf")).unwrap();
    let (status, out, _) = run(&mut command(folder.path(), &["/dev/stdin"]), &content);
    assert_eq!(status, 0, "{out}");
    assert!(out.contains("/dev/stdin: acceptable (PDF"), "{out}");
}

#[test]
fn colours_are_for_terminals() {
    let folder = folder();
    let (_, out, _) = check(folder.path(), &["."]);
    assert!(!out.contains('\u{1b}'), "{out}");
    let coloured = |variable: &str| {
        let mut command = command(folder.path(), &["."]);
        run(command.env_clear().env(variable, "1"), b"").1
    };
    assert!(coloured("CLICOLOR_FORCE").contains("\u{1b}["));
    assert!(!coloured("NO_COLOR").contains('\u{1b}'));
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_checks() {
    let folder = folder();
    let mut child = command(folder.path(), &[".", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.code().is_some_and(|status| status < 2));
}

#[test]
fn a_line_is_whole_whatever_the_file_quotes() {
    let folder = folder();
    // The extension is quoted in a finding; the text of a file is quoted in others.
    fs::write(folder.path().join("x.\n\u{1b}\""), b"\x89PNG\n\x1a\n\x1b[31m").unwrap();
    let (_, reports) = json(folder.path(), &["x.\n\u{1b}\""]);
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0]["path"], "x.\n\u{1b}\"");
    assert!(reports[0]["findings"].as_array().is_some_and(|it| !it.is_empty()));
    assert_ne!(reports[0]["verdict"], Value::Null);
}
