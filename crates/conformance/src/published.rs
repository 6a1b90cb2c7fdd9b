//! What this crate publishes for other teams below `schemas/`.

use rebuttal_model::schema::Published;

use crate::{campaign, compare, explore, known::Known, record, report, scenario, target::Target};

/// The schemas of the scenario file, the target file, the list of known failures, the JSON reports, the difference of two,
/// the comparison of two endpoints and the lines of a recording, and the scenarios themselves.
///
/// # Errors
///
/// When one of the embedded scenarios is wrong.
pub fn published() -> Result<Vec<Published>, scenario::LoadError> {
    let library = scenario::checked()?;
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
            path: "known.json",
            content: Known::schema().clone(),
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
            path: "fuzz-report.json",
            content: campaign::schema(),
        },
        Published {
            path: "record.json",
            content: record::schema(),
        },
        Published {
            path: "report-diff.json",
            content: report::diff::schema(),
        },
        Published {
            path: "comparison.json",
            content: compare::schema(),
        },
        Published {
            path: "scenarios.json",
            content: scenario::bundle(&library),
        },
    ])
}
