//! `rebuttal schema`: prints what is published for other teams.

use std::{fmt::Write, process::ExitCode};

use anyhow::{Result, bail};
use clap::Args;
use rebuttal_model::schema::Published;

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
    published.push(crate::explain::json::published());
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
            output::print(&format!("{content:#}\n"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
