//! `rebuttal schema compare`: what changed between two states of schemas, and whom it breaks.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, anyhow, ensure};
use clap::{Args, ValueEnum};
use rebuttal_conformance::ExitStatus;
use rebuttal_model::schema::{Published, schema_of};
use rebuttal_schemas::{
    compare::{Breaks, Difference, Files, compare},
    source::{MAX_BYTES, Notation, Source},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{output, shown};

/// How deep folders are read.
const MAX_FOLDERS: usize = 16;

/// Which two states are compared.
#[derive(Args)]
#[command(
    after_help = "Of folders every .json file is read; two files are compared with each other.\n\nA difference breaks \
readers where what is written may be something they did not expect, writers where what they were allowed to write no \
longer is, nobody where it only says more. What cannot be decided counts as breaking.\n\nExit status: 0 nobody is \
broken; 1 somebody is; 2 wrong use; 3 a file cannot be read."
)]
pub(crate) struct Arguments {
    /// The state before: a folder of schemas, or a file.
    old: PathBuf,
    /// The state after.
    new: PathBuf,
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t = Form::Human)]
    format: Form,
    /// Tells only what breaks somebody.
    #[arg(long)]
    breaking: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Human,
    Json,
}

/// What changed between two states of schemas. `rebuttal schema compare --format json` writes it.
#[derive(JsonSchema, Serialize)]
struct SchemaDiff {
    /// How many differences break whom.
    counts: BTreeMap<&'static str, usize>,
    /// The differences, by file and pointer.
    differences: Vec<Difference>,
}

/// What this subcommand publishes below `schemas/`.
pub(super) fn published() -> Published {
    Published {
        path: "schema-diff.json",
        content: schema_of::<SchemaDiff>("schema-diff.json"),
    }
}

pub(super) fn main(arguments: &Arguments) -> Result<ExitCode> {
    let (old, new) = match states(arguments) {
        Ok(states) => states,
        Err(error) => {
            eprintln!("error: {}", shown::plain(format!("{error:#}").as_bytes()));
            return Ok(output::exit(ExitStatus::NotRun));
        }
    };
    let mut differences = compare(&old, &new);
    let is_broken = differences.iter().any(|it| it.breaks.is_breaking());
    let counts = Breaks::ALL.map(|breaks| {
        let count = differences.iter().filter(|it| it.breaks == breaks).count();
        (breaks.as_str(), count)
    });
    if arguments.breaking {
        differences.retain(|it| it.breaks.is_breaking());
    }
    let text = match arguments.format {
        Form::Human => human(&differences, &counts),
        Form::Json => {
            let diff = SchemaDiff {
                counts: counts.into(),
                differences,
            };
            shown::json(&serde_json::to_string_pretty(&diff)?) + "\n"
        }
    };
    output::print(&text)?;
    Ok(output::exit(if is_broken {
        ExitStatus::Failed
    } else {
        ExitStatus::Pass
    }))
}

fn human(differences: &[Difference], counts: &[(&str, usize)]) -> String {
    let plain = |text: &str| shown::plain(text.as_bytes());
    let mut text = String::new();
    for difference in differences {
        let breaks = match difference.breaks {
            Breaks::Nobody => "compatible",
            Breaks::Readers => "READERS",
            Breaks::Writers => "WRITERS",
            Breaks::Both => "BOTH",
            Breaks::Undecided => "UNDECIDED",
        };
        let place = format!("{}#{}", difference.file, difference.pointer);
        let _ = writeln!(text, "{breaks:<10} {}", plain(&place));
        let _ = writeln!(text, "           {}", plain(&difference.what));
        for (name, value) in [("before", &difference.old), ("after", &difference.new)] {
            if let Some(value) = value {
                let _ = writeln!(text, "           {name:<6} {}", plain(value));
            }
        }
    }
    let told: Vec<_> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(breaks, count)| match *breaks {
            "nobody" => format!("{count} compatible"),
            "undecided" => format!("{count} undecided"),
            "both" => format!("{count} breaking readers and writers"),
            one => format!("{count} breaking {one}"),
        })
        .collect();
    let _ = match told.as_slice() {
        [] => writeln!(text, "no difference"),
        told => writeln!(text, "differences: {}", told.join(", ")),
    };
    text
}

fn states(arguments: &Arguments) -> Result<(Files, Files)> {
    let (old, new) = (&arguments.old, &arguments.new);
    if old.is_dir() || new.is_dir() {
        return Ok((folder(old)?, folder(new)?));
    }
    // Two files are two states of one, whatever they are called.
    let name = new.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let one = |path: &Path| Ok::<_, anyhow::Error>(BTreeMap::from([(name.clone(), file(path)?)]));
    Ok((one(old)?, one(new)?))
}

fn folder(root: &Path) -> Result<Files> {
    ensure!(
        root.is_dir(),
        "expected two folders or two files, found {}",
        root.display()
    );
    let mut files = Files::new();
    read_into(root, "", MAX_FOLDERS, &mut files)?;
    ensure!(
        !files.is_empty(),
        "expected .json files in {}, found none",
        root.display()
    );
    Ok(files)
}

fn read_into(folder: &Path, below: &str, depth: usize, files: &mut Files) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type()?;
        if kind.is_dir() && depth > 0 {
            read_into(&entry.path(), &format!("{name}/"), depth - 1, files)?;
        } else if kind.is_file() && entry.path().extension().is_some_and(|it| it == "json") {
            files.insert(name, file(&entry.path())?);
        }
    }
    Ok(())
}

fn file(path: &Path) -> Result<serde_json::Value> {
    let shown = path.display();
    let size = fs::metadata(path)
        .with_context(|| format!("cannot read {shown}"))?
        .len();
    ensure!(
        size <= MAX_BYTES,
        "expected at most {MAX_BYTES} bytes in {shown}, found {size}"
    );
    let bytes = fs::read(path).with_context(|| format!("cannot read {shown}"))?;
    match Source::read(&bytes, Notation::of(&path.to_string_lossy())) {
        Ok(source) => Ok(source.value),
        Err(error) => {
            let place = error
                .place
                .map_or_else(String::new, |it| format!(":{}:{}", it.line, it.column));
            Err(anyhow!("{shown}{place}: {error}"))
        }
    }
}
