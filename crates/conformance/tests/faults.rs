//! Every check has failed once: for each fault of the mock, the clause that it breaks is accused, and no other
//! MUST where that can be helped. The kill matrix is printed.

mod support;

use std::{collections::BTreeSet, fmt::Write, sync::Arc};

use rebuttal_conformance::{Options, RunReport, Verdict, scenario};
use rebuttal_mock::{Config, Fault};
use rebuttal_model::Level;
use support::run_on;
use tokio::{sync::Semaphore, task::JoinSet};

/// How many faulty mocks are held against the suite at the same time.
const AT_ONCE: usize = 4;

/// What became of one fault.
struct Row {
    fault: Fault,
    /// Scenarios that found the clause broken which the fault breaks.
    killers: usize,
    /// Other clauses that were accused, with their level.
    others: BTreeSet<(&'static str, Level)>,
    /// Scenarios that could not be asked.
    errors: usize,
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_is_noticed_by_the_clause_it_breaks() {
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    for fault in Fault::ALL.iter().copied() {
        let permits = Arc::clone(&permits);
        tasks.spawn(async move {
            let _permit = permits.acquire().await.expect("a permit");
            look(fault).await
        });
    }
    let mut rows = tasks.join_all().await;
    assert!(!rows.is_empty());
    for row in rows.iter_mut().filter(|row| row.killers == 0) {
        // What was missed in a crowd of mocks is asked again alone: a busy machine is no verdict.
        println!(
            "{} was not noticed in the crowd ({} errors)",
            row.fault, row.errors
        );
        *row = look(row.fault).await;
    }
    rows.sort_by_key(|row| row.fault.as_str());
    let matrix = matrix(&rows);
    println!("{matrix}");

    let unnoticed: Vec<_> = rows
        .iter()
        .filter(|row| row.killers == 0)
        .map(|row| row.fault.as_str())
        .collect();
    assert_eq!(
        unnoticed,
        Vec::<&str>::new(),
        "no scenario accuses the clause that these break"
    );
}

/// Holds the suite against one fault.
async fn look(fault: Fault) -> Row {
    let config = Config {
        fault: Some(fault),
        ..Config::default()
    };
    let library = scenario::embedded().expect("the suite");
    let run = run_on(config, library, &Options::default()).await;
    row(fault, &run.report)
}

fn row(fault: Fault, report: &RunReport) -> Row {
    let broken = |id: &str| {
        report
            .scenarios
            .iter()
            .filter(move |it| it.mismatches.iter().any(|it| it.clause == id))
            .count()
    };
    let accused = report
        .clauses
        .iter()
        .filter(|it| matches!(it.verdict, Verdict::Fail | Verdict::Warn));
    Row {
        fault,
        killers: broken(fault.clause().id),
        others: accused
            .map(|it| (it.id, it.level))
            .filter(|(id, _)| *id != fault.clause().id)
            .collect(),
        errors: report.summary.scenarios.error,
    }
}

/// The matrix as text. The number of killers is not in it: it grows with every scenario.
fn matrix(rows: &[Row]) -> String {
    let mut text = format!("{:<34} {:<28} caught  also accused\n", "fault", "breaks");
    for row in rows {
        let others: Vec<_> = row
            .others
            .iter()
            .map(|(id, level)| {
                if *level == Level::Must {
                    (*id).to_owned()
                } else {
                    format!("{id} (SHOULD)")
                }
            })
            .chain((row.errors > 0).then(|| "some scenarios could not be asked".to_owned()))
            .collect();
        let caught = if row.killers > 0 { "yes" } else { "NO" };
        let _ = writeln!(
            text,
            "{:<34} {:<28} {caught:<7} {}",
            row.fault.as_str(),
            row.fault.clause().id,
            others.join(", ")
        );
    }
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}
