//! Writes files such as people send, of about 1 MB each: `evidence_files FOLDER COUNT`, so many of each kind, each
//! kind in a folder of its own.

use std::{env, fs, path::Path};

use anyhow::{Context, Result};
use rebuttal_bench::evidence::usual;

const BYTES: usize = 1_000_000;

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let folder = arguments.next().context("expected a folder")?;
    let count: u32 = arguments
        .next()
        .and_then(|text| text.parse().ok())
        .context("expected a number of files")?;
    for (ending, bytes) in usual(BYTES) {
        let folder = Path::new(&folder).join(ending);
        fs::create_dir_all(&folder).with_context(|| format!("expected to make {}", folder.display()))?;
        for number in 0..count {
            fs::write(folder.join(format!("{number:04}.{ending}")), &bytes)?;
        }
    }
    Ok(())
}
