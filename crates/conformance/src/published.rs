//! What this crate publishes for other teams below `schemas/`.

use rebuttal_model::schema::Published;

use crate::{explore, report, scenario, target::Target};

/// The schemas of the scenario file, the target file and the JSON reports, and the scenarios themselves.
///
/// # Errors
///
/// When one of the embedded scenarios is wrong.
pub fn published() -> Result<Vec<Published>, scenario::LoadError> {
    let library = scenario::embedded()?;
    Ok(vec![
        Published {
            path: "scenario.json",
            content: scenario::schema().clone(),
        },
        Published {
            path: "target.json",
            content: Target::schema().clone(),
        },
        Published {
            path: "report.json",
            content: report::schema(),
        },
        Published {
            path: "explore-report.json",
            content: explore::schema(),
        },
        Published {
            path: "scenarios.json",
            content: scenario::bundle(&library),
        },
    ])
}
