//! The configuration file of a mock.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use rebuttal_conformance::diagnostic::{Defects, Problem};
use rebuttal_mock::{Config, control::FileDefects};

/// What a file says, or all that is wrong with it.
pub(crate) fn read(path: &Path) -> Result<Result<Config, Defects>> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
    Ok(Config::from_toml(&name, &text).map_err(shown))
}

/// Told as the problems of other files are.
fn shown(found: FileDefects) -> Defects {
    let problems = found.defects.into_iter().map(|defect| Problem {
        span: defect.span,
        message: defect.message,
        help: defect.help,
    });
    Defects {
        path: found.path,
        text: found.text,
        problems: problems.collect(),
    }
}
