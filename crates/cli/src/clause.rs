//! `rebuttal clause`: what a clause promises, who says so, and what is known about it.

use std::{fmt::Write, path::PathBuf, process::ExitCode};

use anyhow::{Result, bail};
use clap::Args;
use rebuttal_conformance::{
    coverage,
    known::{Known, KnownError},
    scenario::{self, Library},
};
use rebuttal_mock::Fault;
use rebuttal_model::{Clause, Profile, clause};

use crate::output::{self, DIM};

/// Which clauses are explained.
#[derive(Args)]
#[command(
    after_help = "Without an ID, lists the clauses.\n\nExit status: 0; 2 for an ID that no clause has."
)]
pub(crate) struct Arguments {
    /// The clauses, such as upload.bad-kind.
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// A list of known failures (TOML): its entries are shown with their clauses.
    #[arg(long, value_name = "FILE")]
    known: Option<PathBuf>,
}

pub(crate) fn main(arguments: &Arguments) -> Result<ExitCode> {
    let known = match arguments.known.as_deref().map(Known::from_file).transpose() {
        Ok(known) => known,
        Err(KnownError::Defects(defects)) => return Ok(output::refuse(&defects)),
        Err(error) => return Err(error.into()),
    };
    let clauses = arguments
        .ids
        .iter()
        .map(|id| find(id))
        .collect::<Result<Vec<_>>>()?;
    if clauses.is_empty() {
        output::print(&list())?;
        return Ok(ExitCode::SUCCESS);
    }
    let library = scenario::embedded()?;
    let texts: Vec<_> = clauses
        .into_iter()
        .map(|clause| explain(clause, &library, known.as_ref()))
        .collect();
    output::print(&texts.join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// The clause that is meant; where there is none, those that may be.
fn find(id: &str) -> Result<&'static Clause> {
    if let Some(clause) = clause::find(id) {
        return Ok(clause);
    }
    let nearest = clause::all()
        .map(|it| (strsim::damerau_levenshtein(id, it.id), it.id))
        .min();
    if let Some((distance, nearest)) = nearest
        && distance <= 1 + id.len() / 4
    {
        bail!("expected the id of a clause, found {id:?}; did you mean {nearest}?");
    }
    let words: Vec<_> = id.split(['.', '-', '/', ' ']).filter(|it| it.len() > 2).collect();
    let near: Vec<_> = clause::all()
        .map(|it| it.id)
        .filter(|it| words.iter().any(|word| it.contains(word)))
        .take(12)
        .collect();
    if near.is_empty() {
        bail!("expected the id of a clause, found {id:?}; `rebuttal clause` lists them");
    }
    bail!(
        "expected the id of a clause, found {id:?}; like it are {}",
        near.join(", ")
    );
}

fn list() -> String {
    let width = clause::all().map(|it| it.id.len()).max().unwrap_or(0);
    clause::all().fold(String::new(), |mut text, it| {
        let _ = writeln!(
            text,
            "{:<width$}  {:<6}  {}",
            it.id,
            it.level.as_str(),
            it.statement
        );
        text
    })
}

fn explain(clause: &'static Clause, library: &Library, known: Option<&Known>) -> String {
    let mut text = format!(
        "{} ({})\n  {}\n\nsources\n  {}\n",
        clause.id,
        clause.level.as_str(),
        clause.statement,
        clause.cited()
    );
    let covered = coverage(library).into_iter().find(|it| it.clause == clause);
    if let Some(why) = covered.as_ref().and_then(|it| it.untestable) {
        let _ = writeln!(text, "\ncannot be tested from outside\n  {why}");
    }
    by_profile(&mut text, clause);
    let scenarios = covered.map(|it| it.scenarios).unwrap_or_default();
    section(
        &mut text,
        "scenarios",
        scenarios.iter().map(|id| {
            let why = library.get(id).map_or("", |it| it.why.as_str());
            (id.as_str(), why)
        }),
    );
    let faults = Fault::ALL.iter().filter(|it| it.clause() == clause);
    section(
        &mut text,
        "faults of the mock that break it",
        faults.map(|it| (it.as_str(), it.description())),
    );
    if let Some(known) = known {
        let entries = known.about(clause.id, &scenarios);
        let _ = writeln!(text, "\nknown deviations");
        if entries.is_empty() {
            let _ = writeln!(text, "  none in the list");
        }
        for entry in entries {
            let _ = writeln!(text, "  {entry}");
        }
    }
    text
}

/// What each profile answers, where they differ.
fn by_profile(text: &mut String, clause: &Clause) {
    let Some(situation) = clause.profile else { return };
    let _ = writeln!(text, "\nthe sources disagree, and each profile takes one side");
    for profile in Profile::ALL {
        let answers: Vec<_> = situation
            .refusals(profile)
            .iter()
            .map(|it| match it.codes {
                [] if it.foreign_body => format!("{}, with any body", it.status),
                [] => it.status.to_string(),
                codes => format!("{} {}", it.status, codes.join(" or ")),
            })
            .collect();
        let _ = writeln!(text, "  {:<12}{}", profile.as_str(), answers.join("; "));
    }
}

fn section<'a>(text: &mut String, title: &str, lines: impl Iterator<Item = (&'a str, &'a str)>) {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return;
    }
    let _ = writeln!(text, "\n{title}");
    for (name, about) in lines {
        let _ = writeln!(text, "  {name}\n    {DIM}{about}{DIM:#}");
    }
}
