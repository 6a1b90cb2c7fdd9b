//! `rebuttal check` as people, programs and CI systems use it.

mod checking;

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use rebuttal_conformance::evidence::Sample;
use serde_json::{Value, json};

use checking::{check, command, folder, json, run};

fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../snapshots/reports");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn reports_are_reviewed() {
    let folder = folder();
    for (name, arguments) in [
        ("check-human", &["."][..]),
        ("check-strict", &[".", "--strict"]),
        ("check-kind", &["a.png", "--kind", "Proof of receipt"]),
        ("check-json", &[".", "--format", "json"]),
        ("check-junit", &[".", "--format", "junit"]),
        ("check-github", &[".", "--format", "github"]),
        ("check-japanese", &[".", "--lang", "ja"]),
        ("check-thai", &[".", "--lang", "th"]),
        ("check-thai-json", &["c.jpg", "--lang", "th", "--format", "json"]),
    ] {
        let (status, out, complaints) = check(folder.path(), arguments);
        assert_eq!((status, complaints.as_str()), (1, ""), "{name}: {out}");
        assert_snapshot(name, &out);
    }
}

#[test]
fn the_status_tells_what_the_files_came_to() {
    let folder = folder();
    fs::create_dir(folder.path().join("empty")).unwrap();
    for (arguments, wanted) in [
        (&["a.png", "b.pdf", "e.png", "delivery slip.pdf"][..], 0),
        (&["d.png"], 0),
        (&["d.png", "--strict"], 1),
        (&["d.png", "--strict", "--allow", "trailing_data"], 0),
        (&["d.png", "--policy", "contract", "--strict"], 0),
        (&["d.png", "--policy", "contract", "--deny", "trailing_data"], 1),
        (&["delivery slip.pdf", "--warn", "name_for_networks,too_large"], 0),
        (
            &["delivery slip.pdf", "--strict", "--warn", "name_for_networks"],
            1,
        ),
        (&["c.jpg"], 1),
        (&["c.jpg", "--allow", "type_not_allowed"], 0),
        (&["a.png", "c.jpg"], 1),
        (&["a.png", "no-such-file.png"], 3),
        (&["c.jpg", "no-such-file.png"], 3),
        (&["a.png", "--kind", "receipt"], 1),
        (&["a.png", "--kind", "proof_of_receipt"], 0),
        (&["empty"], 4),
        (&["empty", "a.png"], 0),
        (&["--", "-x.png"], 3),
    ] {
        for jobs in ["1", "5"] {
            let arguments = [&["--jobs", jobs][..], arguments].concat();
            let (status, out, complaints) = check(folder.path(), &arguments);
            assert_eq!(status, wanted, "{arguments:?}: {out}{complaints}");
        }
    }
}

#[test]
fn wrong_use_is_told_with_what_was_meant() {
    let folder = folder();
    for (arguments, wanted) in [
        (
            &["a.png", "--allow", "trailing-data"][..],
            "perhaps trailing_data is meant",
        ),
        (&["a.png", "--deny", "everything"], "schemas/codes.md lists them"),
        (
            &["a.png", "--deny", "pdf_xfa", "--allow", "pdf_xfa"],
            "pdf_xfa behind --allow and --deny",
        ),
        (&["-", "-"], "expected `-` once"),
        (&["-", "--watch"], "--watch goes with files"),
        (&["a.png", "--watch", "--format", "junit"], "than junit"),
        (&["a.png", "--jobs", "0"], "--jobs"),
        (&["a.png", "--lang", "fr"], "fr"),
    ] {
        let (status, out, complaint) = check(folder.path(), arguments);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}");
        assert!(complaint.contains(wanted), "{arguments:?}: {complaint}");
    }
}

#[test]
fn an_object_a_line_says_what_the_listing_says() {
    let folder = folder();
    let (status, reports) = json(folder.path(), &["c.jpg", "a.png", "nothing"]);
    assert_eq!(status, 3);
    let bytes = Sample::Heic.content(None).len();
    assert_eq!(reports[0]["path"], "c.jpg");
    assert_eq!(
        (
            &reports[0]["format"],
            &reports[0]["length"],
            &reports[0]["verdict"]
        ),
        (&json!("heic"), &json!(bytes), &json!("reject"))
    );
    assert_eq!(reports[0]["findings"][0]["code"], "type_not_allowed");
    assert_eq!(reports[0]["findings"][0]["severity"], "rejection");
    assert_eq!(reports[1]["verdict"], "accept");
    assert_eq!(reports[1]["error"], Value::Null);
    assert_eq!(reports[2]["verdict"], Value::Null);
    assert!(reports[2]["error"].as_str().unwrap().contains("No such file"));
    let (_, japanese) = json(folder.path(), &["c.jpg", "--lang", "ja"]);
    let advice = japanese[0]["findings"][0]["advice"].as_str().unwrap();
    assert!(advice.contains("互換性優先"), "{advice}");
}

#[test]
fn every_line_fits_the_published_schema() {
    let folder = folder();
    let (status, schema, _) = run(
        Command::new(env!("CARGO_BIN_EXE_rebuttal")).args(["schema", "check.json"]),
        b"",
    );
    assert_eq!(status, 0);
    let schema = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let (_, reports) = json(
        folder.path(),
        &[".", "nothing", "--kind", "receipt", "--lang", "th"],
    );
    assert_eq!(reports.len(), 7);
    for report in &reports {
        assert!(schema.is_valid(report), "{report:#}");
    }
    let mut wrong = reports[0].clone();
    wrong["verdict"] = json!("perhaps");
    assert!(!schema.is_valid(&wrong));
}

#[test]
fn a_deep_check_finds_what_structure_does_not_show() {
    let folder = folder();
    let whole = include_bytes!("../../validate/tests/evidence/cjpeg-smooth-q1.jpg");
    let cut = [&whole[..whole.len() - 40], b"\xFF\xD9"].concat();
    fs::write(folder.path().join("cut.jpg"), &cut).unwrap();
    fs::write(
        folder.path().join("large.jpg"),
        [&cut[..], &vec![0; 10_485_760]].concat(),
    )
    .unwrap();
    let findings = |arguments: &[&str]| {
        let arguments = [arguments, &["--format", "json"]].concat();
        let (status, out, complaints) = check(folder.path(), &arguments);
        assert_eq!((status, complaints.as_str()), (0, ""), "{out}");
        let line: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
        let findings = line["findings"].as_array().unwrap().iter();
        let codes: Vec<_> = findings
            .map(|it| it["code"].as_str().unwrap().to_owned())
            .collect();
        codes
    };
    assert_eq!(findings(&["cut.jpg"]), [""; 0]);
    assert_eq!(findings(&["cut.jpg", "--deep"]), ["deep_image_damaged"]);
    assert_eq!(findings(&["a.png", "--deep"]), [""; 0]);
    assert_eq!(findings(&["b.pdf", "--deep"]), ["deep_pdf_blank"]);
    // What is too large is not kept, though its size is allowed.
    let large = findings(&["large.jpg", "--deep", "--allow", "too_large"]);
    assert_eq!(large, ["too_large", "deep_limit"]);
    let (status, out, _) = check(folder.path(), &["cut.jpg", "--deep", "--strict"]);
    assert_eq!(status, 1, "{out}");
}

#[test]
fn standard_input_is_a_file_without_a_name() {
    let folder = folder();
    let whole = Sample::Pdf.content(None);
    let (status, out, _) = run(&mut command(folder.path(), &["-", "--format", "json"]), &whole);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (status, &report["path"], &report["format"]),
        (0, &json!("-"), &json!("pdf"))
    );
    assert_eq!(report["length"], whole.len());
    // Nobody waits for the end of what is certain to be refused, so nobody knows its length.
    let mut endless = b"GIF89a".to_vec();
    endless.resize(4 << 20, 0);
    let (status, out, _) = run(&mut command(folder.path(), &["-", "--format", "json"]), &endless);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (status, &report["verdict"], &report["length"]),
        (1, &json!("reject"), &Value::Null)
    );
}

#[test]
fn a_thousand_files_are_told_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let content = Sample::Png.content(None);
    for number in 0..1000 {
        fs::write(
            folder.path().join(format!("{number:03}.png")),
            &content[..content.len() - number % 2],
        )
        .unwrap();
    }
    let (status, reports) = json(folder.path(), &[".", "--jobs", "7"]);
    assert_eq!((status, reports.len()), (0, 1000));
    for (number, report) in reports.iter().enumerate() {
        assert_eq!(report["path"], format!("./{number:03}.png"));
        assert_eq!(report["verdict"], if number % 2 == 0 { "accept" } else { "warn" });
    }
}

#[test]
fn a_watch_tells_of_what_changes() {
    let folder = folder();
    let mut child = command(folder.path(), &["a.png", "b.pdf", "--watch", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap();
    let mut told = |path: &str, verdict: &str| {
        let report = next();
        assert_eq!(
            (&report["path"], &report["verdict"]),
            (&json!(path), &json!(verdict))
        );
    };
    told("a.png", "accept");
    told("b.pdf", "accept");
    fs::write(folder.path().join("b.pdf"), b"GIF89a, not a document").unwrap();
    told("b.pdf", "reject");
    fs::remove_file(folder.path().join("a.png")).unwrap();
    let gone = next();
    assert_eq!((&gone["path"], &gone["verdict"]), (&json!("a.png"), &Value::Null));
    child.kill().unwrap();
    child.wait().unwrap();
}
