//! The report for programs.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::verdict::RunReport;

pub(super) fn render(report: &RunReport) -> String {
    let mut text = serde_json::to_string_pretty(report).unwrap_or_default();
    text.push('\n');
    text
}

/// The JSON Schema of the report.
pub fn schema() -> Value {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<RunReport>()
        .to_value()
}
