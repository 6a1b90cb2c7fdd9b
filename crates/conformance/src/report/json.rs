//! The report for programs.

use rebuttal_model::schema::schema_of;
use serde_json::Value;

use crate::verdict::RunReport;

pub(super) fn render(report: &RunReport) -> String {
    let mut text = serde_json::to_string_pretty(report).unwrap_or_default();
    text.push('\n');
    text
}

/// The JSON Schema of the report.
pub fn schema() -> Value {
    schema_of::<RunReport>("report.json")
}
