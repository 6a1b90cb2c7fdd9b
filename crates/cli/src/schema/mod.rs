//! `rebuttal schema`: prints what is published for other teams, and holds files against it.

mod compare;
mod examples;
mod validate;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::{Args, Subcommand, ValueEnum};
use rebuttal_model::{ApiVersion, schema::Published};
use rebuttal_schemas::{Catalogue, Format, catalogue::CatalogueError, vectors};

use crate::output;

/// Which file to print.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "NAME is a path that --list names, with or without its extension, or the path without its version: \
document, document-list, tolerant/document, scenario, report, openapi."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    then: Option<Then>,
    /// What to print: document, error, report, openapi…, or a path.
    #[arg(required_unless_present_any = ["list", "out"])]
    name: Option<String>,
    /// The version of the API, where the file has one each.
    #[arg(long, value_name = "V", requires = "name")]
    version: Option<ApiVersion>,
    /// The notation; that of the file where it is not given.
    #[arg(long, value_enum, requires = "name")]
    format: Option<Notation>,
    /// Lists the paths.
    #[arg(long, conflicts_with_all = ["name", "out"])]
    list: bool,
    /// Writes every file below this folder.
    #[arg(long, value_name = "DIR", conflicts_with = "name")]
    out: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Then {
    /// Holds files against a schema, and says of each difference where it is.
    Validate(validate::Arguments),
    /// Says what changed between two states of schemas, and whom it breaks.
    Compare(compare::Arguments),
}

#[derive(Clone, Copy, ValueEnum)]
enum Notation {
    Json,
    Yaml,
}

pub(crate) fn main(arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.then {
        Some(Then::Validate(arguments)) => return validate::main(arguments, &holding(&arguments.name)?),
        Some(Then::Compare(arguments)) => return compare::main(arguments),
        None => {}
    }
    if let Some(folder) = &arguments.out {
        return write_all(&whole(published()?), folder);
    }
    let Some(name) = &arguments.name else {
        return list(&Catalogue::new(published()?));
    };
    let catalogue = holding(name)?;
    let file = catalogue.find(name, arguments.version)?;
    let text = match arguments.format {
        None => file.text(),
        Some(Notation::Json) => file.text_as(Format::Json)?,
        Some(Notation::Yaml) => file.text_as(Format::Yaml)?,
    };
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn list(catalogue: &Catalogue) -> Result<ExitCode> {
    let mut paths: Vec<_> = catalogue.files().iter().map(|file| file.path.as_str()).collect();
    paths.extend(vectors::PATHS);
    paths.sort_unstable();
    output::print(&(paths.join("\n") + "\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// A catalogue that has what is called this, if anything is. The vectors are made only where they are asked for.
fn holding(name: &str) -> Result<Catalogue> {
    let published = published()?;
    let catalogue = Catalogue::new(published.iter().cloned());
    match catalogue.find(name, None) {
        Err(CatalogueError::Unknown { .. }) => Ok(whole(published)),
        _ => Ok(catalogue),
    }
}

/// Everything that the crates and this binary publish, but for the vectors.
fn published() -> Result<Vec<Published>> {
    let mut published = rebuttal_model::schema::published();
    published.extend(rebuttal_conformance::published()?);
    published.extend(rebuttal_mock::control::published());
    published.push(crate::explain::json::published());
    published.push(crate::check::json::published());
    published.extend(crate::check::codes::published());
    published.push(validate::published());
    published.push(compare::published());
    published.iter_mut().for_each(examples::add);
    Ok(published)
}

/// The catalogue of all, the vectors included.
fn whole(mut published: Vec<Published>) -> Catalogue {
    let schemas = Catalogue::new(published.iter().cloned());
    published.extend(vectors::published(&schemas));
    Catalogue::new(published)
}

fn write_all(catalogue: &Catalogue, folder: &Path) -> Result<ExitCode> {
    for file in catalogue.files() {
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        }
        output::write_file(&path, &file.text())?;
    }
    Ok(ExitCode::SUCCESS)
}
