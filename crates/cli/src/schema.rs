//! `rebuttal schema`: prints what is published for other teams.
//!
//! What is published is data, but for the pages among it (`.md`), whose content is their text.

use std::{fmt::Write, process::ExitCode};

use anyhow::{Result, bail};
use clap::Args;
use rebuttal_model::schema::Published;
use serde_json::Value;

use crate::output;

/// Which file to print.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The path below schemas/, as --list names it.
    #[arg(required_unless_present = "list")]
    path: Option<String>,
    /// Lists the paths.
    #[arg(long, conflicts_with = "path")]
    list: bool,
}

pub(crate) fn main(arguments: &Arguments) -> Result<ExitCode> {
    let mut published = rebuttal_model::schema::published();
    published.extend(rebuttal_conformance::published()?);
    published.extend(rebuttal_mock::control::published());
    published.push(crate::explain::json::published());
    published.push(crate::check::json::published());
    published.extend(crate::check::codes::published());
    published.sort_by_key(|file| file.path);
    match &arguments.path {
        None => {
            let list = published.iter().fold(String::new(), |mut list, file| {
                let _ = writeln!(list, "{}", file.path);
                list
            });
            output::print(&list)?;
        }
        Some(path) => {
            let Some(Published { content, .. }) = published.iter().find(|file| file.path == path) else {
                let known = published
                    .iter()
                    .map(|file| file.path)
                    .collect::<Vec<_>>()
                    .join(", ");
                bail!("expected one of {known}, found {path:?}");
            };
            match content {
                // A page, as it is.
                Value::String(page) => output::print(page)?,
                data => output::print(&format!("{data:#}\n"))?,
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
