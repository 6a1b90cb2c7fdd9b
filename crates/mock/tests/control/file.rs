//! The configuration file.

use std::time::Duration;

use rebuttal_mock::{Clock, Config, Fault, Layout, Mock};
use rebuttal_model::Profile;

const WHOLE: &str = r#"
seed = 7
port = 0
profile = "recorded"
fault = "png-refused"
clock = { fixed = 2020-01-01T00:00:00Z }
seeded = false

[variants]
destroyed = "shown"
out_of_range = "clamped"
download_uri = "url"
too_large = "html"
layout = "pretty"
members = "extra"
order = "reversed"
connections = "closed"
delay_ms = 1
max_documents = 20

[limits]
journal_entries = 5

[[accounts]]
secret = "skey_test_mine"

[[disputes]]
id = "dspt_test_mine"
status = "won"
documents = 2

[[disputes.files]]
filename = "slip.png"
kind = "proof_of_receipt"

[[orders]]
times = 1
[orders.match]
operation = "upload"
[orders.answer]
status = 503
"#;

#[tokio::test]
async fn it_says_everything_that_a_mock_starts_with() {
    let config = Config::from_toml("mock.toml", WHOLE).unwrap();
    assert_eq!((config.seed, config.profile), (7, Profile::Recorded));
    assert_eq!(config.fault, Some(Fault::PngRefused));
    assert_eq!(
        config.clock,
        Clock::Fixed("2020-01-01T00:00:00Z".parse().unwrap())
    );
    assert_eq!(config.variants.layout, Layout::Pretty);
    assert_eq!(config.variants.delay, Duration::from_millis(1));
    assert_eq!(config.limits.journal_entries, 5);
    let mock = Mock::start(config).await.unwrap();
    let state = mock.state();
    assert_eq!(state.disputes.len(), 1);
    assert_eq!(state.disputes[0].documents.len(), 3);
    assert_eq!(state.orders[0].order.answer.as_ref().unwrap().status, 503);
    assert_eq!(mock.target().secret.expose(), "skey_test_mine");
    let empty = Config::from_toml("mock.toml", "").unwrap();
    assert_eq!(empty.profile, Profile::Documented);
}

#[test]
fn all_that_is_wrong_is_told_with_line_and_column() {
    for (text, wanted) in [
        (
            "seed = 7\nprofil = \"recorded\"\nport = \"x\"\n",
            "mock.toml:2:1: expected one of accounts, charges, clock, disputes, fault, host, limits, orders, port, \
             profile, seed, seeded, variants, found the unknown member `profil` (did you mean `profile`?)\n\
             mock.toml:3:8: expected a whole number or null, found \"x\"",
        ),
        (
            "[variants]\nlayout = \"prety\"\n",
            "mock.toml:2:10: expected one of compact, pretty, found \"prety\" (did you mean `pretty`?)",
        ),
        (
            "[[disputes]]\namount = 5\n[[disputes]]\naccount = 2\n",
            "mock.toml:4:11: expected the number of an account, from 0 to 1, found 2",
        ),
        (
            "[[disputes]]\nid = \"dspt_test_1\"\n[[disputes]]\nid = \"dspt_test_1\"\n",
            "mock.toml:4:6: expected an id that is new, found dspt_test_1, which is there already",
        ),
        (
            "[[accounts]]\nsecret = \"skey_live5\"\n",
            "mock.toml:2:10: expected a key of test mode, found one of live mode (not shown)",
        ),
        (
            "[[accounts]]\nsecret = \"sekey_test_1\"\n",
            "mock.toml:2:10: expected skey_test_ or skey_ followed by 0-9 and a-z, found 12 bytes of another form \
             (not shown)",
        ),
        (
            "clock = { fixed = 2020-01-01T00:00:00Z, shifted_by_seconds = 1 }\n",
            "mock.toml:1:1: expected exactly one of system (true), fixed, starts_at, shifted_by_seconds, found fixed \
             and shifted_by_seconds",
        ),
        (
            "[[orders]]\n",
            "mock.toml:1:1: expected one of answer, fault, delay_ms, cut, truncated, bytes_per_second, found none of \
             them",
        ),
        (
            "seed = \n",
            "mock.toml:1:8: string values must be quoted, expected literal string",
        ),
    ] {
        let error = Config::from_toml("mock.toml", text).unwrap_err();
        assert_eq!(error.to_string(), wanted, "{text}");
    }
}
