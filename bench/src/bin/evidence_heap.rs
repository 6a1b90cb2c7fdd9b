//! Counts what a check allocates. Prints `SAMPLE PEAK BLOCKS`, in bytes and allocations.

use anyhow::Result;
use rebuttal_bench::evidence::{Sample, lane, names};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

fn main() -> Result<()> {
    for name in names() {
        let sample = Sample::new(name)?;
        let profiler = dhat::Profiler::builder().testing().build();
        let report = lane::check(&sample.bytes);
        let stats = dhat::HeapStats::get();
        drop((profiler, report));
        println!("{name}\t{}\t{}", stats.max_bytes, stats.total_blocks);
    }
    Ok(())
}
