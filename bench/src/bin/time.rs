//! Times the contestants: `time ROUNDS [SCENARIO…]`.
//!
//! Prints, for each scenario and contestant, `SCENARIO CONTESTANT timed BEST MEDIAN NANOSECONDS BYTES`, where
//! BEST is the best time of the reference over the contestant's best, MEDIAN the median of the same ratio
//! within each round, NANOSECONDS the contestant's best time for one request and BYTES the request's length;
//! or `SCENARIO CONTESTANT wrong REASON`.

use std::{env, time::Duration};

use anyhow::{Context, Result, ensure};
use cpu_time::ThreadTime;
use rebuttal_bench::{
    contestant::{CONTESTANTS, Contestant, Reference},
    input::{Input, SCENARIOS},
};

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let rounds: usize = arguments
        .next()
        .and_then(|text| text.parse().ok())
        .context("expected a number of rounds")?;
    ensure!(rounds > 0, "expected at least one round");
    let mut names: Vec<_> = arguments.collect();
    if names.is_empty() {
        names = SCENARIOS.iter().map(|name| (*name).to_owned()).collect();
    }
    for name in &names {
        contest(&Input::new(name)?, rounds);
    }
    Ok(())
}

/// The samples of one contestant, each with the reference's taken right before and right after it.
struct Lane {
    contestant: Contestant,
    samples: Vec<(Duration, Duration)>,
}

fn contest(input: &Input, rounds: usize) {
    let mut lanes = Vec::new();
    for contestant in CONTESTANTS {
        match contestant.check(input) {
            Ok(()) => lanes.push(Lane {
                contestant: *contestant,
                samples: Vec::with_capacity(rounds),
            }),
            Err(error) => println!("{}\t{}\twrong\t{error:#}", input.name, contestant.name),
        }
    }
    let reference = Reference::new(input);
    // As many as of each contestant: the best of more samples would be better by chance.
    let mut references = Vec::with_capacity(rounds);
    for round in 0..rounds {
        // Nobody is always the one who comes first.
        let turn = round % lanes.len().max(1);
        lanes.rotate_left(turn);
        for (place, lane) in lanes.iter_mut().enumerate() {
            let before = time(|| reference.run(input));
            if place == 0 {
                references.push(before);
            }
            let own = time(|| lane.contestant.run(input));
            let after = time(|| reference.run(input));
            lane.samples.push((own, before.min(after)));
        }
        lanes.rotate_right(turn);
    }
    let best_reference = references.into_iter().min().unwrap_or_default();
    let line = |name: &str, best: f64, median: f64, own: Duration| {
        let nanoseconds = own.as_secs_f64() * 1e9 / f64::from(input.repeats);
        println!(
            "{}\t{name}\ttimed\t{best:.4}\t{median:.4}\t{nanoseconds:.1}\t{}",
            input.name,
            input.body.len()
        );
    };
    line("memmem", 1.0, 1.0, best_reference);
    for lane in &lanes {
        let best = lane.samples.iter().map(|(own, _)| *own).min().unwrap_or_default();
        let mut ratios: Vec<_> = lane
            .samples
            .iter()
            .map(|(own, reference)| ratio(*reference, *own))
            .collect();
        ratios.sort_by(f64::total_cmp);
        line(
            lane.contestant.name,
            ratio(best_reference, best),
            ratios[ratios.len() / 2],
            best,
        );
    }
}

fn time(run: impl FnOnce()) -> Duration {
    let start = ThreadTime::now();
    run();
    start.elapsed()
}

fn ratio(reference: Duration, own: Duration) -> f64 {
    reference.as_secs_f64() / own.as_secs_f64()
}
