//! Shell scripts stand in for libFuzzer: they say what it would say, and end as it would.

use super::*;
use crate::{fuzz::build::Flavour, workspace::script};

/// Runs one process of a script.
fn supervised(name: &str, script: &str) -> Tally {
    let halt = AtomicBool::new(false);
    let mut tallies = watched(name, script, 600, &halt, &mut |_| {}).unwrap();
    tallies.remove(0)
}

fn watched(
    name: &str,
    script_text: &str,
    seconds: u64,
    halt: &AtomicBool,
    watch: &mut dyn FnMut(&[Tally]),
) -> Result<Vec<Tally>> {
    let root = std::env::temp_dir().join(format!("rebuttal-fuzz-campaign-{name}-{}", std::process::id()));
    fs::create_dir_all(&root).unwrap();
    fs::write(root.join("default.options"), "[libfuzzer]\ntimeout = 10\n").unwrap();
    let program = root.join("program");
    script(&program, script_text);
    let folder = Folder { root: root.clone() };
    let programs = Programs {
        built: vec![Built {
            name: "target".to_owned(),
            program,
        }],
        flavour: Flavour::Plain,
        directory: root.clone(),
        compiler: String::new(),
    };
    let asked = Round {
        folder: &folder,
        programs: &programs,
        targets: vec![(&programs.built[0], 1)],
        seed: 1,
        time: Duration::from_secs(seconds),
        halt,
    };
    let tallies = round(&asked, watch);
    fs::remove_dir_all(root).unwrap();
    tallies
}

const COUNTS: &str = "printf '#8\\tINITED cov: 30 ft: 40 corp: 2/9b exec/s: 0 rss: 27Mb\\n' >&2
printf '#99\\tNEW    cov: 34 ft: 44 corp: 3/9b lim: 4\\n' >&2";
const PANIC: &str = "echo \"thread '<unnamed>' (1) panicked at src/x.rs:1:1:\" >&2
echo 'spans tile' >&2; echo 'stat::number_of_executed_units: 120' >&2; exit 77";

#[test]
fn what_ends_well_is_counted() {
    let script = format!("{COUNTS}\necho 'stat::number_of_executed_units: 120' >&2");
    let tally = supervised("well", &script);
    assert_eq!((tally.runs, tally.restarts), (120, 0));
    assert_eq!(
        (tally.edges_before, tally.edges, tally.features),
        (Some(30), 34, 44)
    );
    let last = tally.samples.taken.last().map(|sample| sample[1..].to_vec());
    assert_eq!(last, Some(vec![120, 34, 44, 3]));
    assert!(tally.groups.is_empty() && tally.stopped.is_none(), "{tally:?}");
}

#[test]
fn a_target_that_breaks_on_what_is_kept_is_given_up() {
    let tally = supervised("early", PANIC);
    assert!(
        tally.stopped.as_deref().is_some_and(|why| why.contains("kept")),
        "{tally:?}"
    );
    assert_eq!(tally.groups[0].signature, "src/x.rs:1:1: spans tile");
    assert_eq!(
        (tally.groups.len(), tally.groups[0].count, tally.restarts),
        (1, 3, 2)
    );
}

#[test]
fn what_is_killed_without_a_word_is_started_again_with_its_inputs_kept() {
    // The second process has the name of a file, and dies on the input that it put there.
    let script = format!(
        "{COUNTS}
         if [ -e \"$0.done\" ]; then exit 0; fi
         if [ -n \"$REBUTTAL_FUZZ_KEEP\" ]; then
             printf '\\003\\000\\000\\000\\000\\000\\000\\000[[[' > \"$REBUTTAL_FUZZ_KEEP\"
             touch \"$0.done\"
         fi
         kill -SEGV $$"
    );
    let tally = supervised("killed", &script);
    assert_eq!((tally.groups.len(), tally.groups[0].count), (1, 2), "{tally:?}");
    assert!(
        tally.groups[0].signature.starts_with("stack overflow"),
        "{tally:?}"
    );
    assert_eq!(tally.groups[0].artifacts.len(), 1, "{tally:?}");
    assert_eq!(tally.runs, 3 * 99);
}

#[test]
fn who_is_asked_to_stop_lets_its_processes_end() {
    // As the harness does: it ends when nobody holds its stdin.
    let script = format!("{COUNTS}\ncat\necho 'stat::number_of_executed_units: 120' >&2; exit 72");
    let halt = AtomicBool::new(false);
    let mut watch = |tallies: &[Tally]| halt.store(tallies[0].edges > 0, Ordering::Relaxed);
    let tallies = watched("halted", &script, 600, &halt, &mut watch).unwrap();
    assert_eq!((tallies[0].runs, tallies[0].restarts), (120, 0));
    assert!(tallies[0].groups.is_empty(), "{tallies:?}");
}

#[test]
fn a_program_that_does_not_run_is_no_finding() {
    let halt = AtomicBool::new(false);
    let ran = watched(
        "misused",
        "echo 'no such flag' >&2; exit 1",
        600,
        &halt,
        &mut |_| {},
    );
    assert_eq!(
        ran.unwrap_err().to_string(),
        "the program of target does not run:\nno such flag"
    );
}
