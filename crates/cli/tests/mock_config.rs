//! `rebuttal mock --config`.

mod mocking;
mod running;

use std::fs;

use mocking::Running;
use running::run;

const WRONG: &str = r#"profil = "recorded"

[variants]
layout = "prety"

[[accounts]]
secret = "skey_5dp9rvvfdrkk4g2j7xn"

[[disputes]]
amount = 0
"#;

#[test]
fn a_wrong_file_is_shown_where_it_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("mock.toml"), WRONG).expect("it works");
    let (status, out, complaint) = run(folder.path(), &["mock", "--config", "mock.toml"]);
    assert_eq!((status, out.as_str()), (2, ""));
    for wanted in [
        "--> mock.toml:1:1",
        "help: did you mean `profile`?",
        "--> mock.toml:4:10",
        "help: did you mean `pretty`?",
        "--> mock.toml:10:10",
    ] {
        assert!(complaint.contains(wanted), "{wanted}: {complaint}");
    }
    assert!(!complaint.contains("5dp9rvvf"), "{complaint}");
    let (status, _, complaint) = run(folder.path(), &["mock", "--config", "none.toml"]);
    assert_eq!(status, 2);
    assert!(complaint.contains("cannot read none.toml"), "{complaint}");
    let (status, _, complaint) = run(folder.path(), &["mock", "--clock", "tomorrow"]);
    assert_eq!(status, 2);
    assert!(
        complaint.contains("expected system, a time such as"),
        "{complaint}"
    );
}

#[test]
fn flags_go_before_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = "clock = { fixed = 2020-01-01T00:00:00Z }\nseeded = false\nprofile = \"recorded\"\n\
                [variants]\nlayout = \"pretty\"\n[[disputes]]\nid = \"dspt_test_mine\"\n";
    fs::write(folder.path().join("mock.toml"), file).expect("it works");
    let arguments = ["--config", "mock.toml", "--clock", "-60", "--layout", "compact"];
    let mock = Running::start(folder.path(), &arguments);
    let state = mock.ask("GET /_mock/state HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    for wanted in [
        "\"profile\": \"recorded\"",
        "\"shifted_by_seconds\": -60",
        "\"id\": \"dspt_test_mine\"",
    ] {
        assert!(state.contains(wanted), "{wanted}: {state}");
    }
    let list = mock.ask_with_key("GET /disputes HTTP/1.1", &["Connection: close"], b"");
    assert!(list.contains("{\"object\":\"list\""), "compact: {list}");
    assert!(list.contains("\"total\":1,"), "{list}");
}
