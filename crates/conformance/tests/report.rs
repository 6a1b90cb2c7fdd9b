//! What people and CI systems read, as reviewed text.

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use rebuttal_conformance::{
    Counts, ExitStatus, Options,
    report::{Format, render},
    scenario,
};
use rebuttal_mock::{Clock, Config, Fault};
use support::{faulty, only, run_on};

/// The report of two scenarios on a mock with a fault; what varies is made fixed.
async fn report(fault: Fault, format: Format) -> String {
    let library = only(&["list/limit", "upload/png"]);
    let clock = Clock::Fixed("2026-01-02T03:04:05Z".parse().expect("a time"));
    let config = Config {
        fault: Some(fault),
        clock,
        ..Config::default()
    };
    let options = Options {
        jobs: 1,
        ..Options::default()
    };
    let mut run = run_on(config, library, &options).await;
    run.report.duration_ms = 1_500;
    run.report
        .scenarios
        .iter_mut()
        .for_each(|scenario| scenario.duration_ms = 20);
    run.report
        .scenarios
        .iter_mut()
        .flat_map(|scenario| &mut scenario.exchanges)
        .for_each(|exchange| exchange.duration_ms = 3);
    let port = run
        .report
        .endpoint
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .to_owned();
    let text = anstream_strip(&render(&run, format)).replace(&port, "PORT");
    text.lines()
        .map(|line| {
            let Some(at) = line.find("Date: ") else {
                return line.to_owned();
            };
            let time = line[at..].find("GMT").map_or("", |end| &line[at + end + 3..]);
            format!("{}Date: …{time}", &line[..at])
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Text without ANSI colours: an escape, then everything to the letter `m`.
fn anstream_strip(text: &str) -> String {
    let mut plain = String::new();
    for (index, piece) in text.split('\u{1b}').enumerate() {
        plain.push_str(if index == 0 {
            piece
        } else {
            piece.split_once('m').map_or("", |(_, rest)| rest)
        });
    }
    plain
}

fn assert_report(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../snapshots/reports");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[tokio::test]
async fn a_failure_is_told_to_people() {
    assert_report("human", &report(Fault::LimitOffByOne, Format::Human).await);
}

#[tokio::test]
async fn a_failure_is_told_to_ci_systems() {
    assert_report("junit", &report(Fault::LimitOffByOne, Format::Junit).await);
}

#[tokio::test]
async fn a_failure_is_told_to_tap_harnesses() {
    assert_report("tap", &report(Fault::LimitOffByOne, Format::Tap).await);
}

#[tokio::test]
async fn a_failure_is_told_to_github() {
    assert_report("github", &report(Fault::LimitOffByOne, Format::Github).await);
}

/// Scenarios of a folder, and those of the program where its own sources are at hand.
#[tokio::test]
async fn an_annotation_points_to_the_step_that_fails() {
    let mut carried = only(&["list/limit"]);
    let own = "scenarios";
    scenario::locate(&mut carried, Path::new(own));
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("list")).expect("a folder");
    let file = "list/limit.toml";
    fs::copy(Path::new(own).join(file), folder.path().join(file)).expect("a copy");
    let read = scenario::from_folder(folder.path()).expect("a scenario");
    for (library, folder) in [(carried, own), (read, &*folder.path().to_string_lossy())] {
        let run = run_on(faulty(Fault::LimitOffByOne), library, &Options::default()).await;
        let text = render(&run, Format::Github);
        let place = text
            .split(",title")
            .next()
            .expect("a place")
            .replace(folder, "DIR");
        assert_eq!(place, "::error file=DIR/list/limit.toml,line=24,col=1");
    }
}

/// What the program carries is not pointed into where the files at hand are others.
#[test]
fn a_file_that_is_not_what_the_program_carries_is_not_pointed_into() {
    let mut library = scenario::embedded_one("upload/png").expect("a scenario");
    let folder = tempfile::tempdir().expect("a folder");
    scenario::locate(&mut library, &folder.path().join("none"));
    fs::create_dir(folder.path().join("upload")).expect("a folder");
    fs::write(folder.path().join("upload/png.toml"), "# changed").expect("a file");
    scenario::locate(&mut library, folder.path());
    assert_eq!(library["upload/png"].source, None);
}

#[tokio::test]
async fn a_failure_is_told_in_a_pull_request() {
    assert_report("markdown", &report(Fault::LimitOffByOne, Format::Markdown).await);
}

/// The page's elements close in order, ids are told apart, links within it lead somewhere, and it loads nothing.
#[tokio::test]
async fn a_failure_is_told_in_a_page_that_is_whole() {
    let page = report(Fault::LimitOffByOne, Format::Html).await;
    let (mut open, mut ids, mut links) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let body = &page[..page.find("<script>").expect("a script")];
    let body = [
        &body[..body.find("<style>").unwrap()],
        &body[body.find("</style>").unwrap() + 8..],
    ]
    .concat();
    for tag in body.split('<').skip(1) {
        let tag = tag.split_once('>').expect("every tag ends").0;
        let name = tag.split_whitespace().next().unwrap_or_default();
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{tag}"),
            None if ["!doctype", "meta", "link", "br", "input"].contains(&name) => {}
            None => open.push(name),
        }
        let value = |key: &str| {
            Some(
                tag.split_once(&format!(" {key}=\""))?
                    .1
                    .split('"')
                    .next()?
                    .to_owned(),
            )
        };
        if let Some(id) = value("id") {
            assert!(ids.insert(id.clone()), "the id {id} stands twice");
        }
        links.extend(value("href").and_then(|href| href.strip_prefix('#').map(str::to_owned)));
        links.extend(value("aria-labelledby"));
        for loads in ["src", "srcset", "data", "action"] {
            assert_eq!(value(loads), None, "{tag}");
        }
    }
    assert_eq!(open, ["html", "body"]);
    let lost: Vec<_> = links.difference(&ids).collect();
    assert!(lost.is_empty() && !links.is_empty(), "{lost:?} lead nowhere");
    for wanted in [
        "list.limit",
        "curl -gsSi",
        "Authorization: Basic ***",
        "<details class=\"exchange\"><summary>",
    ] {
        assert!(page.contains(wanted), "{wanted} is missing");
    }
}

/// What a CI system takes for green is what the exit status calls green, strict or not.
#[tokio::test]
async fn junit_and_tap_are_green_where_the_run_is() {
    let mut library = scenario::embedded().expect("the suite");
    library.retain(|_, scenario| scenario.covers.iter().any(|it| it == "auth.challenge"));
    let config = Config {
        fault: Some(
            *Fault::ALL
                .iter()
                .find(|it| it.clause().id == "auth.challenge")
                .expect("a fault"),
        ),
        ..Config::default()
    };
    let mut run = run_on(config, library, &Options::default()).await;
    assert_eq!(run.report.summary.scenarios.warn, 1, "a SHOULD does not hold");
    for strict in [false, true] {
        run.report.strict = strict;
        let green = run.report.exit_status() == ExitStatus::Pass;
        assert_eq!(green, !strict);
        let junit = render(&run, Format::Junit);
        assert_eq!(
            junit.contains("failures=\"0\"") && !junit.contains("<failure"),
            green,
            "{junit}"
        );
        assert!(junit.contains("auth.challenge"), "{junit}");
        let tap = render(&run, Format::Tap);
        assert_eq!(!tap.contains("not ok"), green, "{tap}");
    }
    run.report.scenarios.clear();
    run.report.summary.scenarios = Counts::default();
    for format in [Format::Junit, Format::Tap] {
        let text = render(&run, format);
        assert!(text.contains("nothing was asked"), "{text}");
    }
    assert!(render(&run, Format::Junit).contains("errors=\"1\""));
}

/// The order of elements, their attributes and the counts that the schemas of CI systems ask for.
#[tokio::test]
async fn junit_has_the_structure_that_ci_systems_ask_for() {
    let text = report(Fault::LimitOffByOne, Format::Junit).await;
    let mut reader = quick_xml::Reader::from_str(&text);
    let (mut path, mut counts, mut kinds) = (Vec::new(), Vec::<[usize; 4]>::new(), BTreeSet::new());
    loop {
        use quick_xml::events::Event;
        let event = reader.read_event().expect("well-formed XML");
        let (element, empty) = match &event {
            Event::Start(element) => (element, false),
            Event::Empty(element) => (element, true),
            Event::End(_) => {
                path.pop();
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        let name = String::from_utf8(element.name().as_ref().to_vec()).unwrap();
        let attributes: BTreeMap<_, _> = element
            .attributes()
            .map(|it| it.expect("an attribute"))
            .map(|it| {
                (
                    String::from_utf8(it.key.as_ref().to_vec()).unwrap(),
                    String::from_utf8(it.value.to_vec()).unwrap(),
                )
            })
            .collect();
        let parent = path.last().map(String::as_str);
        let (wanted_parent, needed): (_, &[&str]) = match name.as_str() {
            "testsuites" => (None, &["name", "tests", "failures", "errors", "time"]),
            "testsuite" => (
                Some("testsuites"),
                &["name", "tests", "failures", "errors", "skipped"],
            ),
            "testcase" => (Some("testsuite"), &["name", "classname", "time"]),
            "failure" | "error" => (Some("testcase"), &["message", "type"]),
            "skipped" => (Some("testcase"), &["message"]),
            "system-out" => (Some("testcase"), &[]),
            other => panic!("unknown element {other}"),
        };
        assert_eq!(parent, wanted_parent, "{name}");
        // No others: the schema of Jenkins' xUnit plugin (junit-10.xsd) refuses what it does not name.
        let found: BTreeSet<_> = attributes.keys().map(String::as_str).collect();
        assert_eq!(found, needed.iter().copied().collect(), "{name}");
        if name == "testsuite" {
            let number = |key: &str| attributes[key].parse().expect("a number");
            counts.push([number("tests"), number("failures"), number("errors"), 0]);
        }
        if name == "testcase" {
            counts.last_mut().expect("a suite")[3] += 1;
        }
        kinds.insert(name.clone());
        if !empty {
            path.push(name);
        }
    }
    assert!(
        !counts.is_empty() && counts.iter().all(|it| it[0] == it[3]),
        "{counts:?}"
    );
    assert_eq!(counts.iter().map(|it| it[1]).sum::<usize>(), 1);
    assert!(kinds.contains("failure"));
}
