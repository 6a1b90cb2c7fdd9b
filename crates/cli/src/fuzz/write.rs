//! Writes the scenarios of what was found, and the files that they send.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use rebuttal_conformance::Sighting;

use crate::output;

/// Writes each finding that a scenario repeats, and says where.
pub(super) fn findings(folder: &Path, findings: &mut [Sighting]) -> Result<()> {
    for finding in findings.iter_mut().filter(|it| it.repeated) {
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        for (name, bytes) in &finding.contents {
            let path = folder.join(name);
            fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        }
        let path = folder.join(format!("{}.toml", finding.stem()));
        output::write_file(&path, &finding.scenario)?;
        finding.file = Some(path.display().to_string());
    }
    Ok(())
}
