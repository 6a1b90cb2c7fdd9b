//! `rebuttal explore` as people use it: what it finds, what it writes, and that this repeats the failure.

mod running;

use std::{fs, path::Path};

use running::told;
use serde_json::Value;

const LIVE_KEY: &str = "skey_5xuy4w91xqz7d1w9u0t";

fn rebuttal(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = running::rebuttal(folder, arguments);
    told(&command.env("LIVE_KEY", LIVE_KEY).output().expect("it starts"))
}

#[test]
fn a_planted_fault_is_found_and_written_as_a_scenario_that_repeats_it() {
    for (fault, clause, most_steps) in [
        ("destroyed-reappears", "destroy.gone-from-list", 4),
        ("offset-stops-at-twenty", "list.offset", 4),
        ("id-reused", "upload.distinct-ids", 3),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let ask = |arguments: &[&str]| rebuttal(folder.path(), arguments);
        let explore = [
            "explore",
            "--seed",
            "1",
            "--cases",
            "60",
            "--strict",
            "--mock-fault",
            fault,
        ];
        let (status, out, complaints) = ask(&[&explore[..], &["--report", "json"]].concat());
        assert_eq!((status, complaints.as_str()), (1, ""), "{fault}: {out}");
        if clause == "destroy.gone-from-list" {
            let lenient: Vec<_> = explore.iter().copied().filter(|it| *it != "--strict").collect();
            let (status, out, _) = ask(&[&lenient[..], &["--out", "lenient"]].concat());
            assert_eq!(status, 0, "a SHOULD fails nothing: {out}");
            assert!(
                out.contains("FOUND destroy.gone-from-list (SHOULD)") && out.contains("60 tried"),
                "{out}"
            );
        }
        let report: Value = serde_json::from_str(&out).expect("it is JSON");
        let finding = &report["finding"];
        assert_eq!(finding["clause"], clause, "{fault}");
        assert_eq!(
            (&report["seed"], &finding["repeated"]),
            (&Value::from(1), &Value::from(true))
        );
        let steps = finding["steps"].as_array().expect("it has steps");
        assert!(steps.len() <= most_steps, "{fault}: {steps:#?}");

        let file = folder
            .path()
            .join(finding["file"].as_str().expect("it was written"));
        let scenario = fs::read_to_string(&file).expect("it is there");
        assert_eq!(finding["scenario"], scenario.as_str());
        assert!(
            scenario.contains("--seed 1") && scenario.contains(clause),
            "{scenario}"
        );

        let replay = ["conformance", "--scenarios", "explored", "--strict"];
        let (status, out, _) = ask(&[&replay[..], &["--mock-fault", fault]].concat());
        assert_eq!(status, 1, "{fault}: {out}");
        assert!(out.contains(clause), "{fault}: {out}");
        for profile in ["documented", "recorded"] {
            let (status, out, _) = ask(&[&replay[..], &["--mock-profile", profile]].concat());
            assert_eq!(status, 0, "{fault} on a correct mock ({profile}): {out}");
        }
    }
}

#[test]
fn a_correct_mock_passes_in_both_profiles_and_the_report_says_what_was_tried() {
    let folder = tempfile::tempdir().expect("a folder");
    for profile in ["documented", "recorded"] {
        let arguments = [
            "explore",
            "--seed",
            "9",
            "--cases",
            "25",
            "--mock-profile",
            profile,
        ];
        let (status, out, complaints) = rebuttal(folder.path(), &arguments);
        assert_eq!((status, complaints.as_str()), (0, ""), "{out}");
        for wanted in [
            "seed        9",
            "25 tried",
            " upload",
            " destroy",
            "clauses ",
            "nothing was found",
        ] {
            assert!(out.contains(wanted), "no {wanted:?} in {out}");
        }
    }
    assert!(
        !folder.path().join("explored").exists(),
        "nothing was found, and nothing is written"
    );
}

#[test]
fn people_are_told_the_steps_the_file_and_the_commands_that_repeat_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = [
        "explore",
        "--seed",
        "1",
        "--mock-fault",
        "id-reused",
        "--out",
        "found",
    ];
    let (status, out, _) = rebuttal(folder.path(), &arguments);
    assert_eq!(status, 1, "{out}");
    for wanted in [
        "FOUND upload.distinct-ids (MUST)",
        "destroy {{document-1/id}}",
        "expected an id that no document had before",
        "Authorization: Basic ***",
        "written     found/upload-distinct-ids-seed-1-case-",
        "replay      rebuttal conformance --scenarios found --mock-fault id-reused",
        "find again  rebuttal explore --seed 1 --cases ",
    ] {
        assert!(out.contains(wanted), "no {wanted:?} in {out}");
    }
}

#[test]
fn a_live_key_needs_two_flags_and_is_not_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let endpoint = [
        "explore",
        "--endpoint",
        "http://127.0.0.1:1",
        "--key-env",
        "LIVE_KEY",
    ];
    for more in [&[][..], &["--live-key"], &["--change-real-disputes"]] {
        let (status, out, complaints) = rebuttal(folder.path(), &[&endpoint[..], more].concat());
        assert_eq!((status, out.as_str()), (2, ""), "{complaints}");
        assert!(
            complaints.contains("--live-key and --change-real-disputes both"),
            "{complaints}"
        );
        assert!(!complaints.contains(LIVE_KEY), "{complaints}");
    }
    let both = [&endpoint[..], &["--live-key", "--change-real-disputes"]].concat();
    let (status, out, complaints) = rebuttal(folder.path(), &both);
    assert_eq!(
        (status, out.as_str()),
        (3, ""),
        "nobody listens there: {complaints}"
    );
    assert!(!complaints.contains(LIVE_KEY), "{complaints}");
}

#[test]
fn no_key_stands_in_anything_that_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    // Errors of this mock repeat the key that was sent.
    let arguments = [
        "explore",
        "--seed",
        "1",
        "--mock-fault",
        "key-in-error",
        "--report",
        "json",
    ];
    let (status, out, complaints) = rebuttal(folder.path(), &arguments);
    assert_eq!(status, 1, "{out}");
    let report: Value = serde_json::from_str(&out).expect("it is JSON");
    assert_eq!(report["finding"]["clause"], "error.no-leak");
    let file = report["finding"]["file"].as_str().expect("it was written");
    let scenario = fs::read_to_string(folder.path().join(file)).expect("it is there");
    for text in [&out, &complaints, &scenario] {
        for (at, _) in text.match_indices("skey_test_") {
            let rest = &text[at + 10..];
            assert!(
                rest.starts_with("***") || !rest.starts_with(|it: char| it.is_ascii_alphanumeric()),
                "{text}"
            );
        }
    }
}
