//! Counts the instructions that hostile bodies cost, of one length and of twice that.
//!
//! Instructions and not time, so that a busy machine counts the same as an idle one.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::workspace::output;

/// The shorter of the two lengths, in bytes.
const BYTES: u32 = 256 * 1024;

/// How often the lengths are doubled where the instructions grow too much: a buffer that has to move when it
/// grows makes a step at one length, what is not linear grows too much at every length.
const LONGER: u32 = 2;

/// Instructions at twice the length over instructions, at most.
pub(super) const MOST_GROWTH: f64 = 2.3;

/// The function that counts. What makes the body, and starts the program, is left out.
const READER: &str = "rebuttal_bench::hostile::Hostile::read";

/// What one kind of hostile body costs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Count {
    pub(super) family: String,
    /// Or why it was not read to its end.
    pub(super) cost: Result<Cost, String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cost {
    pub(super) bytes: u32,
    pub(super) instructions: f64,
    /// Instructions at twice the length.
    pub(super) twice: f64,
}

impl Cost {
    pub(super) fn growth(self) -> f64 {
        self.twice / self.instructions
    }

    pub(super) fn is_linear(self) -> bool {
        self.growth() <= MOST_GROWTH
    }
}

/// Counts every kind that the program knows; `None` where there is no valgrind.
pub(super) fn count(program: &Path) -> Result<Option<Vec<Count>>> {
    let found = Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        eprintln!("no valgrind found: nothing is said about linear time");
        return Ok(None);
    }
    let families = output(&mut Command::new(program))?;
    let mut counts = Vec::new();
    for family in families.lines() {
        counts.push(Count {
            family: family.to_owned(),
            cost: cost(program, family)?,
        });
    }
    Ok(Some(counts))
}

fn cost(program: &Path, family: &str) -> Result<Result<Cost, String>> {
    let mut bytes = BYTES;
    let mut instructions = match collected(program, family, bytes)? {
        Ok(count) => count,
        Err(why) => return Ok(Err(why)),
    };
    loop {
        let twice = match collected(program, family, 2 * bytes)? {
            Ok(count) => count,
            Err(why) => return Ok(Err(why)),
        };
        let cost = Cost {
            bytes,
            instructions,
            twice,
        };
        if cost.is_linear() || bytes == BYTES << LONGER {
            return Ok(Ok(cost));
        }
        (bytes, instructions) = (2 * bytes, twice);
    }
}

/// Runs the program under callgrind, which says on stderr what it has counted.
fn collected(program: &Path, family: &str, bytes: u32) -> Result<Result<f64, String>> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(format!("--toggle-collect={READER}"))
        .arg(program)
        .args([family, &bytes.to_string()])
        .output()
        .context("expected to run valgrind")?;
    let text = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return match text.lines().find_map(|line| line.strip_prefix("Error: ")) {
            Some(why) => Ok(Err(why.to_owned())),
            None => bail!("valgrind ended with {}:\n{text}", output.status),
        };
    }
    instructions(&text)
        // It does not find the function, or counts nothing.
        .filter(|count| *count > 0.0)
        .map(Ok)
        .with_context(|| format!("expected a count from callgrind, found:\n{text}"))
}

/// The number of the line `Collected`.
fn instructions(text: &str) -> Option<f64> {
    text.lines()
        .find_map(|line| line.split_once("Collected :"))
        .and_then(|(_, count)| count.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_found() {
        assert_eq!(
            instructions("==1== Events    : Ir\n==1== Collected : 2782013\n"),
            Some(2_782_013.0)
        );
        assert_eq!(instructions("==1== Events    : Ir\n"), None);
    }
}
