//! What people are told about files that they wrote: every problem at once, with its line, and no key.

use std::path::Path;

use rebuttal_conformance::{
    Target,
    scenario::{LoadError, from_folder},
};

fn assert_message(name: &str, message: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../snapshots/messages");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, message));
}

/// What loading a folder with one of the wrong files says.
fn message(file: &str) -> String {
    let folder = tempfile::tempdir().expect("it works");
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/files")
        .join(file);
    std::fs::copy(source, folder.path().join(file)).expect("it works");
    let Err(LoadError::Defects(defects)) = from_folder(folder.path()) else {
        panic!("{file} was accepted")
    };
    let [defects] = defects.as_slice() else {
        panic!("one file, {} lists", defects.len())
    };
    defects
        .render(false)
        .replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn the_shape_of_a_scenario() {
    assert_message("scenario-shape", &message("shape.toml"));
}

#[test]
fn the_meaning_of_a_scenario() {
    assert_message("scenario-meaning", &message("meaning.toml"));
}

#[test]
fn what_is_sent_by_hand() {
    assert_message("scenario-by-hand", &message("by-hand.toml"));
}

#[test]
fn the_syntax_of_a_scenario() {
    assert_message("scenario-syntax", &message("syntax.toml"));
}

#[test]
fn a_target_file() {
    let text = r#"url = "https://key:secret@api.example.com/?a=b"
colour = "red"

[keys]
secret = "pkey_test_5xuy4w91xqz7d1w9u0t"
secret_env = "KEY"
pubic = "pkey_test_5xuy4w91xqz7d1w9u0t"

[disputes]
open = ["dspt_test_1", 2]
"#;
    let defects = Target::parse("target.toml", text, |_| None).unwrap_err();
    assert_message("target-shape", &defects.render(false));
    let text = r#"url = "https://key:hunter2@api.example.com"
[keys]
secret = "pkey_test_5xuy4w91xqz7d1w9u0t"
public_env = "NO_SUCH_VARIABLE"
other_secret = "s3cr3tPassw0rdOfSomebody"
[disputes]
open = ["dspt_test_1", "docu_test_2", "dspt-3"]
[charges]
disputable = ["chrg_TEST_1"]
"#;
    let defects = Target::parse("target.toml", text, |_| None).unwrap_err();
    let message = defects.render(false);
    assert!(
        !message.contains("5xuy4w91xqz7d1w9u0t")
            && !message.contains("Passw0rd")
            && !message.contains("hunter2"),
        "{message}"
    );
    assert_message("target-meaning", &message);
}

#[test]
fn a_folder_without_scenarios_is_not_an_empty_suite() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        from_folder(folder.path()),
        Err(LoadError::Nothing { .. })
    ));
    assert!(matches!(
        from_folder(&folder.path().join("none")),
        Err(LoadError::Read { .. })
    ));
}

#[test]
fn a_file_that_is_no_text_hides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("a.toml"),
        b"covers = [\"list.shape\"]\nwhy = \"\xff\"\n",
    )
    .unwrap();
    std::fs::write(folder.path().join("b.toml"), "why = 1\n").unwrap();
    let Err(LoadError::Defects(defects)) = from_folder(folder.path()) else {
        panic!("it was accepted")
    };
    assert_eq!(defects.len(), 2);
    let told = defects[0].to_string();
    assert!(
        told.ends_with("a.toml:2:8: expected UTF-8, found the byte 0xff"),
        "{told}"
    );
}

#[cfg(unix)]
#[test]
fn a_circle_of_links_and_a_pipe_end_no_loading() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::os::unix::fs::symlink(folder.path(), path("circle")).unwrap();
    assert!(matches!(
        from_folder(folder.path()),
        Err(LoadError::Nothing { .. })
    ));
    let made = std::process::Command::new("mkfifo")
        .arg(path("pipe.toml"))
        .status();
    assert!(made.unwrap().success());
    let error = from_folder(folder.path()).unwrap_err();
    assert!(
        matches!(&error, LoadError::Read { path, .. } if path.ends_with("pipe.toml")),
        "{error}"
    );
}
