//! Counts what the contestants allocate. Prints `INPUT CONTESTANT PEAK BLOCKS`, in bytes and allocations, for
//! one request; and first `bound BYTES`, what our reader may have at most.

use anyhow::Result;
use rebuttal_bench::{
    contestant::CONTESTANTS,
    hostile::{Hostile, families, heap_bound},
    input::{Input, SCENARIOS},
};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

fn main() -> Result<()> {
    println!("bound\t{}", heap_bound());
    for name in SCENARIOS {
        contest(Input::new(name)?);
    }
    // The difference between the two is what parts cost.
    contest(Input::tiny_parts("tinyparts-few", 1000)?);
    for name in families() {
        let hostile = Hostile::new(name, 256 * 1024)?;
        let (counted, _) = count(|| hostile.read_limited());
        println!("hostile/{name}\t{}\t{counted}", CONTESTANTS[0].name);
    }
    Ok(())
}

fn contest(mut input: Input) {
    input.repeats = 1;
    for contestant in CONTESTANTS {
        if contestant.check(&input).is_ok() {
            let (counted, ()) = count(|| contestant.run(&input));
            println!("{}\t{}\t{counted}", input.name, contestant.name);
        }
    }
}

fn count<T>(run: impl FnOnce() -> T) -> (String, T) {
    let profiler = dhat::Profiler::builder().testing().build();
    let done = run();
    let stats = dhat::HeapStats::get();
    drop(profiler);
    (format!("{}\t{}", stats.max_bytes, stats.total_blocks), done)
}
