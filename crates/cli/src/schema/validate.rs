//! `rebuttal schema validate`: holds files against a published schema.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read},
    process::ExitCode,
};

use anyhow::Result;
use clap::{Args, ValueEnum};
use rebuttal_conformance::ExitStatus;
use rebuttal_model::{
    ApiVersion,
    schema::{Published, schema_of},
};
use rebuttal_schemas::{
    Catalogue,
    fit::{Fit, MAX_PROBLEMS, Problem},
    source::{self, MAX_BYTES, Source},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{output, shown};

/// What is held against which schema.
#[derive(Args)]
#[command(
    after_help = "Nothing is fetched: a $ref leads to another published schema. Formats are annotations, as in JSON \
Schema 2020-12.\n\nExit status: 0 every file fits; 1 one does not; 2 wrong use; 3 one cannot be read."
)]
pub(crate) struct Arguments {
    /// The schema, as `rebuttal schema` knows it: document, scenario, report…
    pub(super) name: String,
    /// JSON, YAML or TOML, by its extension; - is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// The version of the API, where the schema has one each.
    #[arg(long, value_name = "V")]
    version: Option<ApiVersion>,
    /// What the files are written in, whatever their names say.
    #[arg(long, value_enum, value_name = "NOTATION")]
    input: Option<Input>,
    /// The form of the answer; json is an object a line.
    #[arg(long, value_enum, default_value_t = Form::Human)]
    format: Form,
}

#[derive(Clone, Copy, ValueEnum)]
enum Input {
    Json,
    Yaml,
    Toml,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Human,
    Json,
}

/// What a file came to. `rebuttal schema validate --format json` writes one such object a line.
#[derive(JsonSchema, Serialize)]
struct Validation {
    /// The file as it was named.
    file: String,
    /// The path of the schema below schemas/.
    schema: String,
    outcome: Outcome,
    /// Why the file could not be read; null when it was.
    unreadable: Option<Unreadable>,
    /// What does not fit, in the order of the file; at most 100.
    problems: Vec<Problem>,
}

/// What a file came to.
#[derive(Clone, Copy, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    /// It fits.
    Fits,
    /// It does not.
    Differs,
    /// It is no data.
    Unreadable,
}

/// Why a file is no data.
#[derive(JsonSchema, Serialize)]
struct Unreadable {
    /// What was expected and found, in words.
    message: String,
    /// The line, from 1; null when it is not known.
    line: Option<usize>,
    /// The column in characters, from 1; null when it is not known.
    column: Option<usize>,
}

/// What this subcommand publishes below `schemas/`.
pub(super) fn published() -> Published {
    Published {
        path: "validation.json",
        content: schema_of::<Validation>("validation.json"),
    }
}

pub(super) fn main(arguments: &Arguments, catalogue: &Catalogue) -> Result<ExitCode> {
    let fit = Fit::new(catalogue, &arguments.name, arguments.version)?;
    let mut worst = Outcome::Fits;
    for name in &arguments.files {
        let validation = validate(&fit, name, arguments.input);
        worst = worst.max(validation.outcome);
        let text = match arguments.format {
            Form::Human => human(&validation),
            Form::Json => shown::json(&serde_json::to_string(&validation)?) + "\n",
        };
        output::print(&output::without_keys(&text))?;
    }
    Ok(output::exit(match worst {
        Outcome::Fits => ExitStatus::Pass,
        Outcome::Differs => ExitStatus::Failed,
        Outcome::Unreadable => ExitStatus::NotRun,
    }))
}

fn validate(fit: &Fit, name: &str, input: Option<Input>) -> Validation {
    let unreadable = |message: String, place: Option<source::Place>| Validation {
        file: name.to_owned(),
        schema: fit.path().to_owned(),
        outcome: Outcome::Unreadable,
        unreadable: Some(Unreadable {
            message,
            line: place.map(|it| it.line),
            column: place.map(|it| it.column),
        }),
        problems: Vec::new(),
    };
    let bytes = match read(name) {
        Ok(bytes) => bytes,
        Err(error) => return unreadable(format!("cannot be read: {error}"), None),
    };
    let notation = match input {
        Some(Input::Json) => source::Notation::Json,
        Some(Input::Yaml) => source::Notation::Yaml,
        Some(Input::Toml) => source::Notation::Toml,
        None => source::Notation::of(name),
    };
    match Source::read(&bytes, notation) {
        Err(error) => unreadable(error.to_string(), error.place),
        Ok(source) => {
            let problems = fit.problems_of(&source);
            Validation {
                file: name.to_owned(),
                schema: fit.path().to_owned(),
                outcome: if problems.is_empty() {
                    Outcome::Fits
                } else {
                    Outcome::Differs
                },
                unreadable: None,
                problems,
            }
        }
    }
}

/// The bytes of a file, and no more of it than is taken.
fn read(name: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = MAX_BYTES + 1;
    if name == "-" {
        io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    } else {
        File::open(name)?.take(most).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn human(validation: &Validation) -> String {
    let plain = |text: &str| shown::plain(text.as_bytes());
    let file = plain(&validation.file);
    let mut text = String::new();
    if let Some(unreadable) = &validation.unreadable {
        let place = place(unreadable.line, unreadable.column);
        let _ = writeln!(text, "{file}{place}: {}", plain(&unreadable.message));
        return text;
    }
    let schema = &validation.schema;
    if validation.problems.is_empty() {
        return format!("{file}: fits {schema}\n");
    }
    let count = match validation.problems.len() {
        1 => "1 problem".to_owned(),
        MAX_PROBLEMS.. => format!("{MAX_PROBLEMS} problems or more"),
        several => format!("{several} problems"),
    };
    let _ = writeln!(text, "{file}: does not fit {schema}, {count}");
    for problem in &validation.problems {
        let pointer = match problem.pointer.as_str() {
            "" => "the whole".to_owned(),
            pointer => plain(pointer),
        };
        let place = place(problem.line, problem.column);
        let _ = writeln!(text, "\n{file}{place}: {pointer}");
        let _ = writeln!(text, "  expected  {}", plain(&problem.expected));
        let _ = writeln!(text, "  found     {}", plain(&problem.found));
        if let Some(keyword) = &problem.keyword {
            let _ = writeln!(text, "  says      {}", plain(keyword));
        }
    }
    text
}

fn place(line: Option<usize>, column: Option<usize>) -> String {
    match (line, column) {
        (Some(line), Some(column)) => format!(":{line}:{column}"),
        _ => String::new(),
    }
}
