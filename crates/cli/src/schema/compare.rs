//! `rebuttal schema compare`: what changed between two states of schemas.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use rebuttal_model::schema::Published;

/// x
#[derive(Args)]
pub(crate) struct Arguments {
    /// old
    old: String,
}

pub(super) fn published() -> Published {
    Published { path: "schema-diff.json", content: serde_json::json!({}) }
}

pub(super) fn main(_arguments: &Arguments) -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
