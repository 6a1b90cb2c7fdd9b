//! Has our reader read one hostile body: `linear FAMILY BYTES`; without arguments, names the families.
//!
//! Meant to be run under something that counts instructions. Fails when the reader stops early, because then
//! the count says nothing.

use std::env;

use anyhow::{Context, Result, ensure};
use rebuttal_bench::hostile::{Hostile, families};

fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [family, bytes] = arguments.as_slice() else {
        println!("{}", families().collect::<Vec<_>>().join("\n"));
        return Ok(());
    };
    let bytes = bytes.parse().context("expected a number of bytes")?;
    let outcome = Hostile::new(family, bytes)?.read_unlimited()?;
    ensure!(
        outcome.is_whole(),
        "{family}: read {} of {} bytes: {}",
        outcome.read,
        outcome.of,
        outcome.stopped.unwrap_or_default()
    );
    Ok(())
}
