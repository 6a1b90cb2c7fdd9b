//! Times the check of a file beside what it is held against: `evidence_time ROUNDS FOLDER [SAMPLE…]`.
//!
//! Prints `SAMPLE verdict OUTCOME CODES`; and for each lane `SAMPLE LANE timed BEST MEDIAN BYTES`, where BEST is the
//! lane's best CPU time in nanoseconds and MEDIAN the median over all rounds of our time over the lane's. The
//! folder takes one file at a time, to be copied out of the page cache.

use std::{env, fs, path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use cpu_time::ThreadTime;
use rebuttal_bench::evidence::{Sample, lane, names};

/// The lane of our check.
const OURS: &str = "rebuttal-validate";

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let rounds: usize = arguments
        .next()
        .and_then(|text| text.parse().ok())
        .context("expected a number of rounds")?;
    ensure!(rounds > 0, "expected at least one round");
    let folder = arguments.next().context("expected a folder")?;
    fs::create_dir_all(&folder).with_context(|| format!("expected to make {folder}"))?;
    let file = Path::new(&folder).join("sample");
    let mut wanted: Vec<_> = arguments.collect();
    if wanted.is_empty() {
        wanted = names().map(str::to_owned).collect();
    }
    for name in &wanted {
        contest(&Sample::new(name)?, &file, rounds)?;
    }
    fs::remove_file(&file)?;
    Ok(())
}

/// One who reads a sample, and how long each round took.
struct Lane<'s> {
    name: &'static str,
    run: Box<dyn FnMut() -> Result<()> + 's>,
    samples: Vec<Duration>,
}

fn contest(sample: &Sample, file: &Path, rounds: usize) -> Result<()> {
    let bytes = sample.bytes.as_slice();
    fs::write(file, bytes)?;
    let (outcome, codes) = lane::verdict(bytes);
    println!("{}\tverdict\t{outcome}\t{codes}", sample.name);
    if let Some(wanted) = sample.outcome {
        ensure!(
            outcome == wanted,
            "{}: {outcome} where {wanted} is right",
            sample.name
        );
    }
    let mut buffer = Vec::new();
    let mut lanes = vec![
        of(OURS, || {
            std::hint::black_box(lane::check(bytes));
            Ok(())
        }),
        of("copy", move || lane::copy(file, &mut buffer)),
        of("infer", || {
            lane::infer(bytes);
            Ok(())
        }),
        of("file-format", || {
            lane::file_format(bytes);
            Ok(())
        }),
    ];
    if let Some(limit) = &sample.limit {
        lanes.push(of(limit.name(), || limit.run(bytes)));
    }
    for round in 0..rounds {
        // Nobody is always the one who comes first.
        let turn = round % lanes.len();
        lanes.rotate_left(turn);
        for lane in &mut lanes {
            let start = ThreadTime::now();
            (lane.run)()?;
            lane.samples.push(start.elapsed());
        }
        lanes.rotate_right(turn);
    }
    let own = lanes[0].samples.clone();
    for lane in &lanes {
        let best = lane.samples.iter().min().copied().unwrap_or_default();
        let mut ratios: Vec<_> = own
            .iter()
            .zip(&lane.samples)
            .map(|(own, other)| own.as_secs_f64() / other.as_secs_f64())
            .collect();
        ratios.sort_by(f64::total_cmp);
        println!(
            "{}\t{}\ttimed\t{}\t{:.4}\t{}",
            sample.name,
            lane.name,
            best.as_nanos(),
            ratios[ratios.len() / 2],
            bytes.len()
        );
    }
    Ok(())
}

fn of<'s>(name: &'static str, run: impl FnMut() -> Result<()> + 's) -> Lane<'s> {
    Lane {
        name,
        run: Box::new(run),
        samples: Vec::new(),
    }
}
