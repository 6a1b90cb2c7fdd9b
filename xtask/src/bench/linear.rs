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
pub(super) const BYTES: u32 = 256 * 1024;

/// What one kind of hostile body costs, the start of the program left out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Count {
    pub(super) family: String,
    /// Instructions, and how many at twice the length; or why it was not read to its end.
    pub(super) instructions: Result<(f64, f64), String>,
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
            instructions: pair(program, family)?,
        });
    }
    Ok(Some(counts))
}

fn pair(program: &Path, family: &str) -> Result<Result<(f64, f64), String>> {
    let mut counted = [0.0; 3];
    for (count, bytes) in counted.iter_mut().zip([0, BYTES, 2 * BYTES]) {
        match collected(program, family, bytes)? {
            Ok(instructions) => *count = instructions,
            Err(why) => return Ok(Err(why)),
        }
    }
    let [start, once, twice] = counted;
    Ok(Ok((once - start, twice - start)))
}

/// Runs the program under callgrind, which says on stderr what it has counted.
fn collected(program: &Path, family: &str, bytes: u32) -> Result<Result<f64, String>> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
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
