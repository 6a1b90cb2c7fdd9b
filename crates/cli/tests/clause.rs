//! `rebuttal clause`: explains what the suite asks for.

mod running;

use std::fs;

use running::run;

#[test]
fn a_clause_is_explained_with_all_that_is_known_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let known = r#"
[[known]]
clause = "upload.dispute-won"
mismatch = { place = "status", found = "500*" }
reason = "the sandbox falls over, see TICKET-1"
expires = "2999-12-31"

[[known]]
scenario = "upload/dispute-won"
mismatch = { place = "/message", found = "*" }
reason = "a text of its own"

[[known]]
clause = "upload.png"
mismatch = { place = "status", found = "*x" }
reason = "of another clause"
"#;
    fs::write(folder.path().join("known.toml"), known).expect("it works");
    let (status, out, complaints) = run(
        folder.path(),
        &[
            "clause",
            "upload.dispute-won",
            "rate.429",
            "--known",
            "known.toml",
        ],
    );
    assert_eq!((status, complaints.as_str()), (0, ""));
    insta::with_settings!({
        snapshot_path => "../../../snapshots/reports",
        prepend_module_to_snapshot => false,
    }, { insta::assert_snapshot!("clause", out) });
}

#[test]
fn an_id_that_no_clause_has_gets_a_hint() {
    let folder = tempfile::tempdir().expect("a folder");
    for (id, wanted) in [
        ("upload.bad-kin", "did you mean upload.bad-kind?"),
        ("chunked", "like it are http.chunked-upload"),
        ("xyz", "`rebuttal clause` lists them"),
    ] {
        let (status, out, complaint) = run(folder.path(), &["clause", id]);
        assert_eq!((status, out.as_str()), (2, ""));
        assert!(complaint.contains(wanted), "{complaint}");
    }
    let (status, out, _) = run(folder.path(), &["clause"]);
    assert_eq!(
        (status, out.lines().count()),
        (0, rebuttal_model::clause::all().count())
    );
}
