use super::super::{MOST_DEPARTURES, Wanted, inspect, is_cut};
use super::*;
use crate::version::ApiVersion;

const DOCUMENT_BODY: &str = r#"{"object":"document","livemode":false,"id":"docu_test_1","deleted":false,
    "filename":"a.png","location":"/disputes/dspt_test_1/documents/docu_test_1","kind":null,
    "download_uri":null,"created_at":"2019-12-31T12:59:59Z"}"#;

fn departures(subject: Subject, version: ApiVersion, body: &str) -> Vec<String> {
    inspect(&Wanted::new(subject, version), body.as_bytes())
        .into_iter()
        .map(|it| {
            format!(
                "{} {:?} {} / {} / {}",
                it.clause.id, it.weight, it.pointer, it.expected, it.found
            )
        })
        .collect()
}

#[test]
fn a_conforming_document_has_no_departure() {
    assert!(departures(Subject::Document, ApiVersion::V2019_05_29, DOCUMENT_BODY).is_empty());
}

#[test]
fn every_departure_is_listed_and_not_only_the_first() {
    let body = r#"{"object":"doc","livemode":true,"id":"docu_test_1","deleted":"no","filename":"",
        "location":"/documents/docu_test_1","kind":"receipt","created_at":"2019-12-31","extra":[1],
        "id":"docu_test_1"}"#;
    assert_eq!(
        departures(Subject::Document, ApiVersion::V2019_05_29, body),
        [
            "answer.json Breach /id / unique member names / a second member \"id\"",
            "document.shape Breach /object / \"document\" / \"doc\"",
            "document.shape Breach /deleted / true or false / \"no\"",
            "document.shape Breach /filename / a non-empty string / \"\"",
            "document.shape Breach /kind / one of the four kinds or null / \"receipt\"",
            "document.shape Breach /download_uri / an absolute URI or null / no such member",
            "document.shape Breach /created_at / a UTC datetime such as 2019-12-31T12:59:59Z / \"2019-12-31\"",
            "document.shape Observation /extra / no member that the contract does not list / an array of 1 items",
            "upload.livemode Breach /livemode / false, as the id docu_test_1 says / true",
            "upload.location Breach /location / /disputes/dspt_…/documents/docu_test_1 / \"/documents/docu_test_1\"",
        ]
    );
}

#[test]
fn the_older_shape_forbids_the_newer_names() {
    let found = departures(Subject::Document, ApiVersion::V2014_07_27, DOCUMENT_BODY);
    assert_eq!(
        found,
        [
            "version.2014-shape Breach /created / a UTC datetime such as 2019-12-31T12:59:59Z / no such member",
            "version.2014-shape Breach /created_at / no such member in version 2014-07-27 / \"2019-12-31T12:59:59Z\"",
            "version.2014-shape Breach /deleted / no such member in version 2014-07-27 / false",
            "version.2014-shape Breach /download_uri / no such member in version 2014-07-27 / null",
        ]
    );
}

#[test]
fn a_list_is_judged_with_its_documents() {
    let body = format!(
        r#"{{"object":"list","from":"1970-01-01T00:00:00Z","to":"2020-01-01T00:00:00Z","offset":0,
        "limit":1,"total":1,"order":"chronological","location":"/disputes/dspt_test_2/documents",
        "data":[{DOCUMENT_BODY},{{}}]}}"#
    );
    let dispute = "dspt_test_1".parse().unwrap();
    let wanted = Wanted {
        dispute: Some(&dispute),
        ..Wanted::new(Subject::DocumentList, ApiVersion::V2019_05_29)
    };
    let found = inspect(&wanted, body.as_bytes());
    let pointers: Vec<_> = found.iter().map(|it| it.pointer.as_str()).collect();
    assert_eq!(
        pointers[..9],
        DOCUMENT
            .iter()
            .map(|it| format!("/data/1/{}", it.name))
            .collect::<Vec<_>>()
    );
    assert_eq!(pointers[9..], ["/data", "/total", "/location"]);
}

#[test]
fn an_error_names_its_code_twice() {
    let body = r#"{"object":"error","location":"https://www.omise.co/api-errors#not_found","code":"not_found","message":"x"}"#;
    assert_eq!(
        departures(Subject::Error, ApiVersion::V2019_05_29, body),
        [
            "error.shape Breach /location / a URI that ends in #not-found, as the code says / \"https://www.omise.co/api-errors#not_found\""
        ]
    );
}

/// A judge must end, and its report must be readable.
#[test]
fn a_hostile_body_costs_little_and_is_not_echoed_whole() {
    let many: Vec<_> = (0..100_000).map(|index| format!("\"m{index}\":0")).collect();
    let body = format!("{{{}}}", many.join(","));
    // Four breaches, and unlisted members as far as they are told.
    assert_eq!(
        departures(Subject::Error, ApiVersion::V2019_05_29, &body).len(),
        4 + MOST_DEPARTURES + 1
    );

    let long = "x".repeat(100_000);
    let body = DOCUMENT_BODY.replace("/disputes/dspt_test_1/documents/", &format!("/{long}/"));
    let [found] = &departures(Subject::Document, ApiVersion::V2019_05_29, &body)[..] else {
        panic!("one departure")
    };
    assert!(found.len() < 300, "{}", found.len());

    let error = format!(r#"{{"object":"error","location":"https://x/#y","code":"{long}","message":"x"}}"#);
    let dispute = DOCUMENT_BODY.replace("docu_test_1\",\"deleted", &format!("{long}\",\"deleted"));
    for (subject, body) in [(Subject::Error, error), (Subject::Dispute, dispute)] {
        for found in departures(subject, ApiVersion::V2019_05_29, &body) {
            assert!(found.len() < 600, "{subject:?} {}", found.len());
        }
    }
}

#[test]
fn what_is_no_object_is_said_so() {
    for (body, found) in [
        ("", "an empty body"),
        ("[]", "an array of 0 items"),
        ("null", "null"),
    ] {
        let expected = format!("answer.json Breach  / one JSON object / {found}");
        assert_eq!(
            departures(Subject::Document, ApiVersion::V2019_05_29, body),
            [expected],
            "{body:?}"
        );
    }
    let found = departures(Subject::Document, ApiVersion::V2019_05_29, "{\"id\":");
    assert_eq!(
        found,
        ["answer.json Breach  / one JSON object / EOF while parsing a value at line 1 column 6"]
    );
}

#[test]
fn a_body_that_departs_without_end_is_cut_and_says_so() {
    let wanted = Wanted::new(Subject::DocumentList, ApiVersion::V2019_05_29);
    let list = |items: usize| format!(r#"{{"object":"list","data":[{}]}}"#, vec!["0"; items].join(","));
    // Seven members that a list must have are missing.
    let just = inspect(&wanted, list(MOST_DEPARTURES - 7).as_bytes());
    assert_eq!((just.len(), is_cut(&just)), (MOST_DEPARTURES, false));
    let over = inspect(&wanted, list(MOST_DEPARTURES - 6).as_bytes());
    assert_eq!((over.len(), is_cut(&over)), (MOST_DEPARTURES + 1, true));
    assert_eq!(over[..MOST_DEPARTURES], just);
    let closing = over
        .last()
        .map(|it| (it.pointer.as_str(), it.weight, it.expected.as_str()));
    assert_eq!(closing, Some(("", Weight::Breach, "at most 1000 departures")));
}

#[test]
fn pointers_that_repeat_a_long_name_are_cut_too() {
    let name = "n".repeat(400_000);
    let body = format!(r#"{{"{name}":{{{}}}}}"#, vec![r#""":0"#; 40_000].join(","));
    let found = inspect(
        &Wanted::new(Subject::Error, ApiVersion::V2019_05_29),
        body.as_bytes(),
    );
    let bytes: usize = found.iter().map(|it| it.pointer.len()).sum();
    assert!(
        is_cut(&found) && bytes < 2_000_000,
        "{bytes} bytes in {}",
        found.len()
    );
}

#[test]
fn members_that_nobody_lists_are_cut_without_a_breach() {
    let more = (0..=MOST_DEPARTURES).fold(String::new(), |more, n| format!(r#"{more},"new_{n}":0"#));
    let body = DOCUMENT_BODY.replace('}', &format!("{more}}}"));
    let wanted = Wanted::new(Subject::Document, ApiVersion::V2019_05_29);
    let found = inspect(&wanted, body.as_bytes());
    assert_eq!((found.len(), is_cut(&found)), (MOST_DEPARTURES + 1, false));
    assert!(found.iter().all(|it| it.weight == Weight::Observation));
    // Breaches are told behind however many of them.
    let body = body.replace("docu_test_1\",\"del", "docu_test_2\",\"del");
    let found = inspect(&wanted, body.as_bytes());
    let breaches = found.iter().filter(|it| it.weight == Weight::Breach).count();
    assert_eq!((found.len(), breaches), (MOST_DEPARTURES + 2, 1));
}
