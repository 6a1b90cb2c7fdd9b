//! `rebuttal schema` and its subcommands, from outside.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

mod running;

use std::{fs, path::Path};

use running::{fed, rebuttal, run};
use serde_json::Value;

/// Everything that is published, below a folder.
fn written(folder: &Path) -> Vec<(String, String)> {
    let (status, _, told) = run(folder, &["schema", "--out", "out"]);
    assert_eq!(status, 0, "{told}");
    let (_, list, _) = run(folder, &["schema", "--list"]);
    let read = |path: &str| {
        (
            path.to_owned(),
            fs::read_to_string(folder.join("out").join(path)).unwrap(),
        )
    };
    list.lines().map(read).collect()
}

fn is_json(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|it| it == "json")
}

fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../snapshots/reports"));
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn every_listed_file_is_printed_as_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let files = written(folder.path());
    assert!(files.len() >= 25, "{} files", files.len());
    for (path, text) in files {
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{path}");
        if is_json(&path) {
            serde_json::from_str::<Value>(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        }
        if !path.starts_with("vectors/") || path.ends_with("schema.json") {
            let (status, printed, told) = run(folder.path(), &["schema", &path]);
            assert_eq!((status, told.as_str()), (0, ""), "{path}");
            assert!(printed == text, "{path} is printed in another way");
        }
    }
}

#[test]
fn every_schema_says_what_it_is_and_its_examples_fit() {
    let folder = tempfile::tempdir().unwrap();
    let mut held = 0;
    for (path, text) in written(folder.path()).iter().filter(|(path, _)| is_json(path)) {
        let schema: Value = serde_json::from_str(text).unwrap();
        if schema["$schema"].is_null() {
            continue;
        }
        for name in ["$id", "title", "description"] {
            assert!(
                schema[name].as_str().is_some_and(|it| !it.is_empty()),
                "{path} has no {name}"
            );
        }
        assert!(schema["$id"].as_str().unwrap().ends_with(path), "{path}");
        let examples = schema["examples"].as_array().cloned().unwrap_or_default();
        // The mock's own schemas come without yet.
        let is_own = !path.contains('/') && !path.starts_with("mock-");
        assert!(!is_own || !examples.is_empty(), "{path} has no example");
        for example in &examples {
            let arguments = ["schema", "validate", path, "-"];
            let (status, out, told) = fed(
                &mut rebuttal(folder.path(), &arguments),
                example.to_string().as_bytes(),
            );
            assert_eq!(status, 0, "{path}: {out}{told}");
            held += 1;
        }
    }
    assert!(held >= 12, "{held} examples");
}

#[test]
fn the_vectors_fit_their_schemas() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path());
    for name in ["bodies", "multipart", "evidence"] {
        let (schema, file) = (
            format!("vectors/{name}.schema"),
            format!("out/vectors/{name}.json"),
        );
        let (status, out, told) = run(folder.path(), &["schema", "validate", &schema, &file]);
        assert_eq!(status, 0, "{out}{told}");
    }
}

#[test]
fn scenario_files_are_held_against_their_schema_in_any_notation() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/scenarios/upload/png.toml");
    let text = fs::read_to_string(scenario).unwrap();
    fs::write(folder.path().join("good.toml"), &text).unwrap();
    fs::write(
        folder.path().join("bad.toml"),
        text.replace("[[step]]", "[[step]]\nuplod = true"),
    )
    .unwrap();
    fs::write(
        folder.path().join("good.yaml"),
        "covers: [upload.png]\nwhy: It is\nstep:\n- upload: {file: png}\n  expect: {status: [200]}\n",
    )
    .unwrap();
    let (status, out, told) = run(
        folder.path(),
        &["schema", "validate", "scenario", "good.toml", "good.yaml"],
    );
    assert_eq!(
        (status, out.as_str()),
        (
            0,
            "good.toml: fits scenario.json\ngood.yaml: fits scenario.json\n"
        ),
        "{told}"
    );
    let (status, out, _) = run(
        folder.path(),
        &["schema", "validate", "scenario", "good.toml", "bad.toml"],
    );
    assert_eq!(status, 1);
    assert!(
        out.contains(": /step/0/uplod\n  expected  no member \"uplod\"\n"),
        "{out}"
    );
}

#[test]
fn what_does_not_fit_is_told_to_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let body = "{\"object\":\"document\",\"id\":\"docu_test_1\",\"livemode\":\"no\",\"deleted\":false,\n \"filename\":\"\u{202e}gnp.slip\",\"kind\":\"proof\",\"download_uri\":7,\"created_at\":\"2019-12-31T12:59:59\",\n \"kind\":\"prooof\"}\n";
    fs::write(folder.path().join("body.json"), body).unwrap();
    let (status, out, _) = run(folder.path(), &["schema", "validate", "document", "body.json"]);
    assert_eq!(status, 1);
    assert_snapshot("schema-validate", &out);
    let arguments = [
        "schema",
        "validate",
        "document",
        "body.json",
        "no-such-file.json",
        "--format",
        "json",
    ];
    let (status, out, _) = run(folder.path(), &arguments);
    assert_eq!(status, 3);
    let outcomes: Vec<_> = out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["outcome"].clone())
        .collect();
    assert_eq!(outcomes, ["differs", "unreadable"]);
    let (status, out, _) = fed(
        &mut rebuttal(folder.path(), &["schema", "validate", "document", "-"]),
        b"{\"a\": tru}",
    );
    assert_eq!(
        (status, out.as_str()),
        (3, "-:1:10: expected JSON, found expected ident\n")
    );
}

#[test]
fn a_name_that_is_not_known_gets_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, wanted) in [
        (&["schema", "documnt"][..], "did you mean `document`?"),
        (
            &["schema", "document", "--version", "2018-01-01"],
            "expected one of 2014-07-27",
        ),
        (
            &["schema", "report", "--version", "2019-05-29"],
            "it is the same for all",
        ),
        (
            &["schema", "codes.md", "--format", "yaml"],
            "which is a page to read",
        ),
        (
            &["schema", "validate", "clauses", "x.json"],
            "expected the name of a schema, found clauses.json, which is data",
        ),
        (&["schema", "validate", "document"], "<FILE>"),
        (&["schema", "compare", "one"], "<NEW>"),
        (&["schema"], "<NAME"),
    ] {
        let (status, out, told) = run(folder.path(), arguments);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}: {told}");
        assert!(told.contains(wanted), "{arguments:?}: {told}");
    }
}

#[test]
fn a_change_is_told_with_whom_it_breaks() {
    let folder = tempfile::tempdir().unwrap();
    let schema = |kinds: &str, more: &str| {
        format!(
            r#"{{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
            "properties": {{"kind": {{"enum": {kinds}}}, "id": {{"type": "string", "description": "{more}"}}}}, "required": ["id"{more}]}}"#
        )
    };
    for (state, kinds, more) in [("old", "[\"a\"]", ""), ("new", "[\"a\", \"b\"]", "")] {
        fs::create_dir(folder.path().join(state)).unwrap();
        fs::write(folder.path().join(state).join("a.json"), schema(kinds, more)).unwrap();
    }
    fs::write(folder.path().join("new/b.json"), "{}").unwrap();
    let (status, out, told) = run(folder.path(), &["schema", "compare", "old", "new"]);
    assert_eq!(status, 1, "{told}");
    assert_snapshot("schema-compare", &out);
    let (status, out, _) = run(folder.path(), &["schema", "compare", "old", "old"]);
    assert_eq!((status, out.as_str()), (0, "no difference\n"));
    let (status, out, _) = run(
        folder.path(),
        &[
            "schema",
            "compare",
            "old",
            "new",
            "--breaking",
            "--format",
            "json",
        ],
    );
    let diff: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, &diff["counts"]["readers"]), (1, &Value::from(1)));
    assert_eq!(diff["differences"].as_array().unwrap().len(), 1);
    let (status, _, told) = run(folder.path(), &["schema", "compare", "old", "nowhere"]);
    assert_eq!(status, 3, "{told}");
}
