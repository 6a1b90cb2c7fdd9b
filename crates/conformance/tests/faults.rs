//! Every check has failed once: for each fault of the mock, the clause that it breaks is accused, and no other
//! MUST. What became of each is the kill matrix, a snapshot that people review; `cargo xtask faults` writes it.

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write,
    fs,
    path::Path,
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use rebuttal_conformance::{
    Options, RunReport, Verdict,
    scenario::{self, Library},
};
use rebuttal_mock::Fault;
use rebuttal_model::Level;
use support::{faulty, run_on};
use tokio::{runtime, task::JoinSet};

/// How many faulty mocks are held against the suite at the same time. A run mostly waits: seconds must pass between
/// some of its uploads.
const AT_ONCE: usize = 32;

/// How many scenarios of a run go on at the same time, for the same reason.
const JOBS: usize = 12;

/// The reviewed matrix.
const SNAPSHOT: &str = "snapshots/kill-matrix.txt";

/// Set by `cargo xtask faults`: the snapshot is written anew.
const WRITE: &str = "REBUTTAL_WRITE_KILL_MATRIX";

/// The suite, which takes longer to read than many a run takes to compute.
static LIBRARY: LazyLock<Library> = LazyLock::new(|| scenario::embedded().expect("the suite"));

/// What became of one fault.
struct Row {
    fault: Fault,
    /// Scenarios that found the clause broken which the fault breaks.
    killers: BTreeSet<String>,
    /// Other clauses that were accused, with their level.
    others: BTreeSet<(&'static str, Level)>,
}

impl Row {
    /// Caught by the clause that it breaks, and no other MUST accused.
    fn is_right(&self) -> bool {
        !self.killers.is_empty() && self.others.iter().all(|(_, level)| *level != Level::Must)
    }
}

#[test]
fn each_fault_is_noticed_by_the_clause_it_breaks_and_by_no_other_must() {
    let mut rows = look_at_all();
    assert_eq!(rows.len(), Fault::ALL.len());
    rows.sort_by_key(|row| row.fault);
    let writes = env::var_os(WRITE).is_some();
    let known = fs::read_to_string(snapshot()).unwrap_or_default();
    for row in &mut rows {
        // What differs in a crowd of mocks is asked again alone: a busy machine is no verdict.
        let is_known = writes || known.lines().any(|known| known == line(row));
        if !row.is_right() || !is_known {
            *row = on_this_thread(look(row.fault));
        }
    }
    let matrix = matrix(&rows);
    println!("{matrix}");
    let idle = idle(&rows);
    println!("scenarios that catch none of these: {}", idle.len());
    for id in idle {
        println!("  {id}");
    }

    let wrong: Vec<_> = rows.iter().filter(|row| !row.is_right()).map(line).collect();
    assert_eq!(
        wrong,
        Vec::<String>::new(),
        "not caught by the clause that they break, or another MUST is accused"
    );
    if writes {
        fs::write(snapshot(), matrix).expect("the snapshot");
    } else {
        assert_eq!(known, matrix, "{SNAPSHOT} is stale: cargo xtask faults writes it");
    }
}

fn snapshot() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(SNAPSHOT)
}

/// Holds the suite against every fault. Each processor has mocks of its own and asks them itself: what goes from
/// thread to thread takes longer than the requests.
fn look_at_all() -> Vec<Row> {
    let threads = thread::available_parallelism()
        .map_or(1, usize::from)
        .min(AT_ONCE);
    let work = move || {
        on_this_thread(async {
            let lanes: JoinSet<_> = (0..AT_ONCE / threads).map(|_| look_at_the_rest()).collect();
            lanes.join_all().await
        })
    };
    let threads: Vec<_> = (0..threads).map(|_| thread::spawn(work)).collect();
    let rows = threads.into_iter().map(|thread| thread.join().expect("a thread"));
    rows.flatten().flatten().collect()
}

/// Holds the suite against one fault after another, as long as there are any.
async fn look_at_the_rest() -> Vec<Row> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let mut rows = Vec::new();
    while let Some(&fault) = Fault::ALL.get(NEXT.fetch_add(1, Ordering::Relaxed)) {
        rows.push(look(fault).await);
    }
    rows
}

fn on_this_thread<T>(future: impl Future<Output = T>) -> T {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

/// Holds the suite against one fault.
async fn look(fault: Fault) -> Row {
    let config = faulty(fault);
    let options = Options {
        jobs: JOBS,
        ..Options::default()
    };
    let run = run_on(config, LIBRARY.clone(), &options).await;
    row(fault, &run.report)
}

fn row(fault: Fault, report: &RunReport) -> Row {
    let broken = fault.clause().id;
    let killers = report
        .scenarios
        .iter()
        .filter(|it| it.mismatches.iter().any(|it| it.clause == broken))
        .map(|it| it.id.clone())
        .collect();
    let others = report
        .clauses
        .iter()
        .filter(|it| matches!(it.verdict, Verdict::Fail | Verdict::Warn) && it.id != broken)
        .map(|it| (it.id, it.level))
        .collect();
    Row {
        fault,
        killers,
        others,
    }
}

/// The matrix as text.
fn matrix(rows: &[Row]) -> String {
    let mut text = format!("{:<34} {:<28} caught  also accused\n", "fault", "breaks");
    for row in rows {
        let _ = writeln!(text, "{}", line(row));
    }
    text
}

fn line(row: &Row) -> String {
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
        .collect();
    let caught = if row.killers.is_empty() { "NO" } else { "yes" };
    let (fault, clause) = (row.fault.as_str(), row.fault.clause().id);
    let line = format!("{fault:<34} {clause:<28} {caught:<7} {}", others.join(", "));
    line.trim_end().to_owned()
}

fn idle(rows: &[Row]) -> Vec<String> {
    let mut killed: BTreeMap<&str, usize> = BTreeMap::new();
    for id in rows.iter().flat_map(|row| &row.killers) {
        *killed.entry(id).or_default() += 1;
    }
    LIBRARY
        .keys()
        .filter(|id| !killed.contains_key(id.as_str()))
        .cloned()
        .collect()
}
