//! Runs at scale: what is asked again is told, what has to wait ends, and parts make up the whole.

mod support;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use rebuttal_conformance::{
    Disputes, ExitStatus, KnownState, Limits, Options, Run, RunReport, Secrets, Selection, Target, Verdict,
    known::{Known, suite},
    report::{
        Format,
        merge::{NoWhole, merge},
        read, render,
    },
    run, scenario,
};
use rebuttal_mock::Fault;
use support::{faulty, run_on};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const LIST: &str = r#"{"object":"list","data":[],"from":"1970-01-01T00:00:00Z","to":"2026-01-01T00:00:00Z","offset":0,"limit":20,"total":0,"order":"chronological","location":"/disputes/dspt_test_1/documents"}"#;

/// How an endpoint treats a request.
#[derive(Clone, Copy, Debug)]
enum Does {
    Answers,
    Closes,
    /// 404, where a list is due.
    Refuses,
    /// 429 with this `Retry-After`.
    Limits(&'static str),
}

/// Asks for a list `scenarios` times, in a scenario each, of an endpoint that does with the requests of the scenarios
/// what `does` says in turn, and its last from then on. Returns the run, and how many such requests came.
async fn ask(scenarios: usize, does: &'static [Does], change: impl FnOnce(&mut Options)) -> (Run, usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "covers = [\"list.shape\"]\nwhy = \"x\"\ndisputes = { main = \"open\" }\n[[step]]\nlist = {}\nexpect = { answer \
                = \"list\" }\n";
    for index in 0..scenarios {
        std::fs::write(folder.path().join(format!("list-{index}.toml")), text).expect("a file");
    }
    let library = scenario::from_folder(folder.path()).expect("scenarios");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let server = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let count = Arc::clone(&counter);
            tokio::spawn(async move {
                let mut head = vec![0; 8192];
                let length = stream.read(&mut head).await.unwrap_or(0);
                let head = String::from_utf8_lossy(&head[..length]);
                // What looks into the dispute beforehand is none of the scenarios' requests.
                let asks = !head.is_empty() && !head.contains("limit=100");
                let at = if asks {
                    count.fetch_add(1, Ordering::SeqCst)
                } else {
                    usize::MAX
                };
                let does = if asks {
                    does[at.min(does.len() - 1)]
                } else {
                    Does::Answers
                };
                let (status, header, body) = match does {
                    Does::Closes => return,
                    Does::Answers => ("200 OK", String::new(), LIST),
                    Does::Refuses => ("404 Not Found", String::new(), "{}"),
                    Does::Limits(wait) => ("429 Too Many Requests", format!("Retry-After: {wait}\r\n"), "{}"),
                };
                let answer = format!(
                    "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nOmise-Version: 2019-05-29\r\n{header}Content-Length: {}\r\nConnection: \
                     close\r\n\r\n{body}",
                    body.len()
                );
                let _ = stream.write_all(answer.as_bytes()).await;
            });
        }
    });
    let target = Target {
        endpoint: url.parse().expect("a URL"),
        secret: "skey_test_5xuy4w91xqz7d1w9u0t".parse().expect("a key"),
        public: None,
        other_secret: None,
        disputes: Disputes {
            open: vec!["dspt_test_1".parse().expect("an id")],
            ..Disputes::default()
        },
        charges: Vec::new(),
    };
    let mut options = Options::default();
    change(&mut options);
    let run = run(target, library, &options, |_| {}).await.expect("a run");
    server.abort();
    (run, count.load(Ordering::SeqCst))
}

fn verdicts(run: &Run) -> Vec<Verdict> {
    let [scenario] = run.report.scenarios.as_slice() else {
        panic!("one scenario")
    };
    scenario.attempts.iter().map(|it| it.verdict).collect()
}

#[tokio::test]
async fn a_scenario_whose_endpoint_could_not_be_asked_is_asked_again_and_every_report_calls_it_flaky() {
    const ONCE: &[Does] = &[Does::Closes, Does::Answers];
    let (run, _) = ask(1, ONCE, |_| {}).await;
    assert_eq!(
        run.report.exit_status(),
        ExitStatus::NotRun,
        "nobody asked for a retry"
    );
    assert!(verdicts(&run).is_empty() && run.report.summary.flaky == 0);

    let (run, asked) = ask(1, ONCE, |options| options.retries = 2).await;
    assert_eq!(asked, 2);
    assert_eq!(verdicts(&run), [Verdict::Error, Verdict::Pass]);
    assert_eq!(
        (run.report.exit_status(), run.report.summary.flaky),
        (ExitStatus::Pass, 1)
    );
    for format in Format::ALL {
        let text = render(&run, format);
        assert!(text.contains("flaky"), "{format:?}: {text}");
        assert!(
            text.contains("the connection was closed without an answer"),
            "{format:?}: {text}"
        );
    }
    assert!(render(&run, Format::Junit).contains("<flakyError "));

    let (run, asked) = ask(1, &[Does::Closes], |options| options.retries = 1).await;
    assert_eq!((asked, run.report.exit_status()), (2, ExitStatus::NotRun));
    assert_eq!(
        (verdicts(&run), run.report.summary.flaky),
        (vec![Verdict::Error; 2], 0)
    );
}

#[tokio::test]
async fn an_answer_is_never_asked_again() {
    let (run, asked) = ask(1, &[Does::Refuses, Does::Answers], |options| options.retries = 5).await;
    assert_eq!((asked, run.report.exit_status()), (1, ExitStatus::Failed));
}

#[tokio::test]
async fn what_differs_from_time_to_time_is_flaky_and_the_gravest_counts() {
    const SECOND: &[Does] = &[Does::Answers, Does::Refuses, Does::Answers];
    let (run, asked) = ask(1, SECOND, |options| options.repeat = 4).await;
    assert_eq!(asked, 4);
    assert_eq!(
        verdicts(&run),
        [Verdict::Pass, Verdict::Fail, Verdict::Pass, Verdict::Pass]
    );
    assert_eq!(
        (run.report.exit_status(), run.report.summary.flaky),
        (ExitStatus::Failed, 1)
    );
    for format in Format::ALL {
        let text = render(&run, format);
        let wanted = if format == Format::Json {
            "\"flaky\": true"
        } else {
            "pass, then fail, then pass 2 times"
        };
        assert!(text.contains(wanted), "{format:?}: {text}");
    }
    let (run, _) = ask(1, &[Does::Answers], |options| options.repeat = 3).await;
    assert_eq!(
        (verdicts(&run), run.report.summary.flaky),
        (vec![Verdict::Pass; 3], 0)
    );
}

#[tokio::test]
async fn a_429_is_waited_for_and_is_no_answer() {
    let (run, asked) = ask(1, &[Does::Limits("1"), Does::Limits("0"), Does::Answers], |_| {}).await;
    assert_eq!((asked, run.report.exit_status()), (3, ExitStatus::Pass));
    assert_eq!(run.report.waited_ms, 1000);
    assert!(render(&run, Format::Human).contains("waited     1.0 s"));

    // Longer than anybody waits: it is not asked too early instead.
    let (run, asked) = ask(1, &[Does::Limits("3600"), Does::Answers], |_| {}).await;
    assert_eq!((asked, run.report.exit_status()), (1, ExitStatus::NotRun));
    let reason = run.report.scenarios[0].reason.clone().unwrap_or_default();
    assert!(reason.contains("it asks to wait 3600 s"), "{reason}");
}

#[tokio::test]
async fn an_endpoint_that_answers_429_for_hours_is_given_up() {
    let (run, asked) = ask(40, &[Does::Limits("1")], |options| {
        options.limits = Limits {
            patience: Duration::from_secs(3),
            ..Limits::default()
        };
    })
    .await;
    assert_eq!(run.report.exit_status(), ExitStatus::NotRun);
    assert_eq!(run.report.summary.scenarios.error, 40);
    assert!(asked < 40, "{asked} requests");
    assert_eq!(run.report.waited_ms, 3000);
    let reasons = run.report.scenarios.iter().filter_map(|it| it.reason.as_deref());
    let given_up =
        reasons.filter(|reason| reason.contains("the run waited 3 s for it, which is as long as it may"));
    assert!(given_up.count() > 30);
}

#[tokio::test]
async fn every_request_takes_its_turn() {
    let started = Instant::now();
    let (run, asked) = ask(10, &[Does::Answers], |options| {
        options.limits.rate = Some("50/s".parse().expect("a rate"));
    })
    .await;
    // Two for each scenario: one that looks into the dispute, and its own. This cannot be faster, only slower.
    assert_eq!((asked, run.report.exit_status()), (10, ExitStatus::Pass));
    assert!(
        started.elapsed() >= Duration::from_millis(20) * 19,
        "{:?}",
        started.elapsed()
    );
}

/// What a CI system takes from a report: each case, and whether it is right.
fn cases(junit: &str) -> BTreeMap<(String, String), String> {
    let attribute = |line: &str, name: &str| {
        let value = line.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0;
        Some(value.to_owned())
    };
    let mut cases = BTreeMap::new();
    for case in junit.split("<testcase").skip(1) {
        let head = format!(" {}", case.lines().next().unwrap_or_default());
        let key = (
            attribute(&head, "classname").expect("a class"),
            attribute(&head, "name").expect("a name"),
        );
        let sorts = ["failure", "error", "skipped"];
        let sort = sorts.into_iter().find(|sort| case.contains(&format!("<{sort} ")));
        let before = cases.insert(key, sort.unwrap_or("pass").to_owned());
        assert_eq!(before, None, "each case once");
    }
    cases
}

/// A run of part of a suite on a mock with a fault.
async fn part(shard: Option<&str>) -> Run {
    let expression = "id(destroy/*) | id(retrieve/*) | id(auth/*)";
    let selection = Selection {
        filters: vec![expression.parse().expect("an expression")],
        shard: shard.map(|shard| shard.parse().expect("a shard")),
        ..Selection::default()
    };
    let suite = scenario::embedded().expect("the suite");
    let library = selection.select(suite).expect("scenarios");
    let fault = Fault::ALL.iter().find(|it| it.clause().id == "destroy.twice");
    let config = faulty(*fault.expect("a fault"));
    let mut run = run_on(config, library, &Options::default()).await;
    run.report.strict = true;
    run.report.shard = selection.shard;
    run
}

/// No part has all that covers the clause; together they have.
#[tokio::test(flavor = "multi_thread")]
async fn a_known_failure_of_a_clause_that_holds_in_the_whole_is_no_longer_true() {
    let list = "[[known]]\nclause = \"auth.malformed-basic\"\nmismatch = { place = \"status\", found = \"*\" }\nreason = \"TICKET-1\"\n";
    let known = Known::parse("known.toml", list).expect("a list");
    let whole = suite(&scenario::embedded().expect("the suite"));
    let mut reports = Vec::new();
    for shard in ["1/3", "2/3", "3/3"] {
        let mut run = part(Some(shard)).await;
        known.apply(&mut run, &whole);
        assert_eq!(run.report.known[0].state, KnownState::Unasked, "{shard}");
        reports.push(read(&render(&run, Format::Json)).expect("a report"));
    }
    let state = |reports: &[RunReport]| merge(reports).expect("a whole").known[0].state;
    assert_eq!(state(&reports), KnownState::Passes);
    assert_eq!(state(&reports[1..]), KnownState::Unasked, "a part is missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_parts_of_a_suite_make_up_the_whole() {
    let whole = part(None).await;
    let wanted = cases(&render(&whole, Format::Junit));
    assert!(wanted.len() > 40 && wanted.values().any(|it| it == "failure"));
    for shards in [&["1/2", "2/2"][..], &["3/5", "1/5", "5/5", "2/5", "4/5"]] {
        let (mut together, mut reports) = (BTreeMap::new(), Vec::new());
        for shard in shards {
            let run = part(Some(shard)).await;
            for (key, outcome) in cases(&render(&run, Format::Junit)) {
                assert_eq!(together.insert(key, outcome), None, "no case is in two parts");
            }
            // As it comes from a file.
            reports.push(read(&render(&run, Format::Json)).expect("a report"));
        }
        assert_eq!(together, wanted, "{shards:?}");

        let merged = merge(&reports).expect("a whole");
        let verdicts = |report: &RunReport| {
            let of_clauses = report.clauses.iter();
            of_clauses
                .map(|it| (it.id, it.verdict, it.scenarios.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(verdicts(&merged), verdicts(&whole.report));
        assert_eq!((merged.exit_status(), merged.shard), (ExitStatus::Failed, None));
        let merged = Run {
            report: merged,
            secrets: Secrets::default(),
        };
        assert_eq!(cases(&render(&merged, Format::Junit)), wanted);

        assert!(matches!(
            merge(&[&reports[..], &reports[..1]].concat()),
            Err(NoWhole::Twice(_))
        ));
        let lacking = merge(&reports[1..]).expect("what there is");
        let stopped = lacking.stopped.unwrap_or_default();
        assert_eq!(stopped, format!("there is no report of shard {}", shards[0]));
        reports[0].strict = false;
        let error = merge(&reports).expect_err("another run").to_string();
        assert!(error.ends_with("differ in --strict"), "{error}");
        reports[0].shard = None;
        assert!(matches!(merge(&reports), Err(NoWhole::NoShard(_))));
    }
    assert_eq!(merge(&[]).expect_err("nothing"), NoWhole::Nothing);
}
