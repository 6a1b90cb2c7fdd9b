//! `rebuttal fuzz` as people use it: what it finds and writes, and whom it asks.

mod running;

use std::{fs, net::TcpListener, path::Path};

use running::{json, names, told};
use serde_json::Value;

const KEY: &str = "skey_test_5xuy4w91xqz7d1w9u0t";
const LIVE_KEY: &str = "skey_5xuy4w91xqz7d1w9u0t";

fn rebuttal(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = running::rebuttal(folder, arguments);
    command.env("KEY", KEY).env("LIVE_KEY", LIVE_KEY);
    told(&command.output().expect("it starts"))
}

#[test]
fn a_planted_fault_is_found_and_written_as_a_scenario_that_repeats_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let fault = ["--mock-fault", "bad-parameter-answers-500"];
    let fuzz = ["fuzz", "--seed", "1", "--requests", "120"];
    let (status, out, complaints) = rebuttal(folder.path(), &[&fuzz[..], &fault].concat());
    assert_eq!((status, complaints.as_str()), (1, ""), "{out}");
    for wanted in [
        "FOUND no 5xx: list.bad-parameter (SHOULD)",
        "found    500 ",
        "failed 3 of 3 times",
        "seed        1",
        "120 sent; the catalogue has ",
        "replay      rebuttal conformance --scenarios fuzzed --strict --mock-fault bad-parameter-answers-500",
        "find again  rebuttal fuzz --seed 1 --requests ",
    ] {
        assert!(out.contains(wanted), "no {wanted:?} in {out}");
    }
    let written = names(&folder.path().join("fuzzed"));
    assert!(
        written
            .iter()
            .any(|name| name.starts_with("no-5xx-list-bad-parameter-seed-1-")),
        "{written:?}"
    );

    let replay = ["conformance", "--scenarios", "fuzzed", "--strict"];
    let (status, out, _) = rebuttal(folder.path(), &[&replay[..], &fault].concat());
    assert_eq!(status, 1, "{out}");
    assert!(
        out.contains("list.bad-parameter") && out.contains("no 5xx"),
        "{out}"
    );
    let (status, out, _) = rebuttal(folder.path(), &replay);
    assert_eq!(status, 0, "on a correct mock: {out}");
}

#[test]
fn the_report_for_programs_fits_its_schema_and_comes_again_from_its_seed() {
    let folder = tempfile::tempdir().expect("a folder");
    let fault = [
        "--mock-fault",
        "refused-file-stored",
        "--format",
        "json",
        "--rate",
        "5000",
    ];
    let fuzz = ["fuzz", "--seed", "2", "--requests", "60"];
    let ask = || {
        let (status, out, complaints) = rebuttal(folder.path(), &[&fuzz[..], &fault].concat());
        assert_eq!((status, complaints.as_str()), (1, ""), "{out}");
        serde_json::from_str::<Value>(&out).expect("it is JSON")
    };
    let (report, again) = (ask(), ask());
    let schema = json(Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../schemas/fuzz-report.json"
    )));
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let problems: Vec<_> = validator.iter_errors(&report).map(|it| it.to_string()).collect();
    assert!(problems.is_empty(), "{problems:?}");
    let finding = &report["findings"][0];
    assert_eq!(finding["promise"], "nothing-stored");
    assert_eq!(finding["repeated"], true);
    let file = folder
        .path()
        .join(finding["file"].as_str().expect("it was written"));
    assert_eq!(
        finding["scenario"],
        fs::read_to_string(file).expect("it is there").as_str()
    );
    for same in ["families", "answers", "inputs"] {
        assert_eq!(report[same], again[same]);
    }
    assert_eq!(finding["scenario"], again["findings"][0]["scenario"]);
}

#[test]
fn nothing_is_found_on_a_correct_mock_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    for profile in ["documented", "recorded"] {
        let arguments = [
            "fuzz",
            "--seed",
            "9",
            "--requests",
            "150",
            "--mock-profile",
            profile,
        ];
        let (status, out, complaints) = rebuttal(folder.path(), &arguments);
        assert_eq!((status, complaints.as_str()), (0, ""), "{out}");
        assert!(
            out.contains("nothing was found") && !out.contains("left behind"),
            "{out}"
        );
    }
    let (status, out, _) = rebuttal(folder.path(), &["fuzz", "--seconds", "1"]);
    assert_eq!(status, 0, "{out}");
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn live_keys_and_other_machines_need_consent_and_nothing_is_sent_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = TcpListener::bind("127.0.0.1:0").expect("it works");
    listener.set_nonblocking(true).expect("it works");
    let url = format!("http://{}", listener.local_addr().expect("it works"));
    let live = |url: &str| {
        format!("url = \"{url}\"\n[keys]\nsecret = \"{LIVE_KEY}\"\n[disputes]\nopen = [\"dspt_1\"]\n")
    };
    fs::write(folder.path().join("live.toml"), live(&url)).expect("it works");
    let foreign = live("https://api.example.com")
        .replace("skey_5", "skey_test_5")
        .replace("dspt_1", "dspt_test_1");
    fs::write(folder.path().join("foreign.toml"), foreign).expect("it works");
    let other = "http://fuzz.invalid";
    for (arguments, wanted) in [
        (&["--target", "live.toml"][..], "a live key was given"),
        (&["--target", "live.toml", "--live-key"], "a live key was given"),
        (
            &["--target", "live.toml", "--change-real-disputes"],
            "a live key was given",
        ),
        (
            &["--endpoint", &url, "--key-env", "LIVE_KEY"],
            "a live key was given",
        ),
        (
            &["--target", "foreign.toml"],
            "api.example.com is not this machine",
        ),
        (
            &["--target", "foreign.toml", "--allow-host", "example.com"],
            "--allow-host names example.com",
        ),
        (
            &["--endpoint", other, "--key-env", "KEY"],
            "fuzz.invalid is not this machine",
        ),
        (
            &[
                "--endpoint",
                other,
                "--key-env",
                "KEY",
                "--live-key",
                "--change-real-disputes",
            ],
            "fuzz.invalid is not this machine",
        ),
    ] {
        let (status, out, complaint) =
            rebuttal(folder.path(), &[&["fuzz", "--seconds", "1"], arguments].concat());
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}: {complaint}");
        assert!(
            complaint.contains(wanted) && !complaint.contains("5xuy"),
            "{arguments:?}: {complaint}"
        );
    }
    assert!(listener.accept().is_err(), "something was sent");
    // Named, it is asked; whether it can be is another question.
    let named = [
        "fuzz",
        "--endpoint",
        other,
        "--key-env",
        "KEY",
        "--allow-host",
        "fuzz.invalid",
    ];
    let (status, _, complaint) = rebuttal(folder.path(), &named);
    assert_eq!(status, 3, "{complaint}");
}

#[test]
fn wrong_flags_are_told() {
    for (arguments, wanted) in [
        (&["--requests", "0"][..], "0 is not in"),
        (&["--seconds", "0"], "0 is not in"),
        (&["--rate", "0"], "expected N/s"),
        (&["--rate", "1.5"], "expected N/s"),
        (&["--rate", "fast"], "expected N/s"),
        (&["--seed", "seven"], "invalid value 'seven'"),
        (&["--timeout", "0"], "0 is not in"),
        (&["--format", "junit"], "possible values: human, json"),
        (&["--mock-fault", "no-such-fault"], "no-such-fault"),
        (&["--endpoint", "http://127.0.0.1:1"], "--key-env"),
        (
            &["--target", "no-such-file.toml"],
            "cannot read no-such-file.toml",
        ),
    ] {
        let (status, out, complaint) = rebuttal(Path::new("."), &[&["fuzz"], arguments].concat());
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}");
        assert!(complaint.contains(wanted), "{arguments:?}: {complaint}");
    }
}
