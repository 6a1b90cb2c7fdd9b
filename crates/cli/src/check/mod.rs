//! `rebuttal check`: says whether files can be evidence.

pub(crate) mod codes;
mod crew;
mod files;
mod github;
mod human;
pub(crate) mod json;
mod junit;
mod read;
mod switches;
mod tally;
mod teller;
mod watch;

use std::{num::NonZero, path::PathBuf, process::ExitCode, thread};

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use rebuttal_validate::{Code, Finding, Language, Policy, check_kind};

use self::{
    files::{Files, Item, STDIN},
    read::{Checked, Look},
    tally::Tally,
    teller::Teller,
};
use crate::{output::BAD, progress};

/// From how many files on a bar is shown.
const MANY: usize = 100;

/// Which files to check, by which rules, and how to tell.
#[derive(Args)]
#[command(after_help = "\
Examples:
  rebuttal check photo.jpg scans/ --kind proof_of_receipt
  rebuttal check scans/ --format github --deny pdf_javascript --allow trailing_data

In a folder, what is hidden, what is no file and links to folders are passed over.
schemas/codes.md lists the codes.

A check reads a file once and knows its structure. --deep decodes what is in it too, where damage
does not show otherwise: picture data, and what a PDF keeps in object streams. It takes longer, and
for each file at a time its size and what its pictures take, up to some 800 MB.

Exit status: 0 when every file can be evidence, 1 when one cannot, 2 on wrong use, 3 when one
could not be read, 4 when there was no file.")]
pub(crate) struct Arguments {
    /// Files, and folders of files; `-` is standard input.
    #[arg(required = true, value_name = "FILE|DIR")]
    files: Vec<PathBuf>,
    /// The kind that the files will be uploaded as.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// How to tell.
    #[arg(long, value_enum, default_value_t = Form::Human)]
    format: Form,
    /// The language of what to do about a finding.
    #[arg(long, value_enum, default_value_t = Tongue::En)]
    lang: Tongue,
    /// Whose rules to apply.
    #[arg(long, value_enum, default_value_t = Rules::Reviewer)]
    policy: Rules,
    /// Takes warnings as refusals.
    #[arg(long)]
    strict: bool,
    /// Takes what has this code as a note.
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = switches::code)]
    allow: Vec<Code>,
    /// Takes what has this code as a warning.
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = switches::code)]
    warn: Vec<Code>,
    /// Takes what has this code as a refusal.
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = switches::code)]
    deny: Vec<Code>,
    /// How many files are checked at the same time; as many as there are processors where not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Also decodes pictures and walks the pages of PDFs, from the whole file in memory.
    #[arg(long)]
    deep: bool,
    /// Stays, and checks again what changes, until it is stopped.
    #[arg(long)]
    watch: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Form {
    /// For people.
    Human,
    /// For programs, an object a line; `rebuttal schema check.json` describes it.
    Json,
    #[value(help = "For CI systems: JUnit XML, a test case a file")]
    Junit,
    /// For GitHub Actions: workflow commands, which become annotations.
    Github,
}

#[derive(Clone, Copy, ValueEnum)]
enum Tongue {
    /// English.
    En,
    /// Japanese.
    Ja,
    /// Thai.
    Th,
}

#[derive(Clone, Copy, ValueEnum)]
enum Rules {
    /// What the API accepts or refuses, and nothing else.
    Contract,
    /// Also what a reviewer or a card network stumbles over later.
    Reviewer,
}

/// How each file is checked.
struct Plan {
    look: Look,
    /// What is wrong with the kind, and so with every upload.
    kind: Option<Finding>,
    form: Form,
    language: Language,
    jobs: usize,
}

pub(crate) fn main(arguments: &Arguments) -> Result<ExitCode> {
    let plan = Plan::new(arguments)?;
    let reads_stdin = arguments
        .files
        .iter()
        .filter(|path| path.as_os_str() == STDIN)
        .count();
    if reads_stdin > 1 {
        bail!("expected `-` once, found it {reads_stdin} times");
    }
    if arguments.watch {
        if reads_stdin > 0 || arguments.format == Form::Junit {
            bail!("--watch goes with files and folders, and with another --format than junit");
        }
        return watch::run(&plan, &arguments.files);
    }
    let files = Files::find(&arguments.files);
    if files.items.is_empty() {
        let passed = tally::passed_over(&files);
        anstream::eprintln!("{BAD}error{BAD:#}: there is no file to check{passed}");
        return Ok(ExitCode::from(4));
    }
    let teller = Teller::new(plan.form, plan.language, &files);
    let tally = plan.check(teller, &files)?;
    Ok(tally.exit())
}

impl Plan {
    fn new(arguments: &Arguments) -> Result<Self> {
        let base = match arguments.policy {
            Rules::Contract => Policy::contract(),
            Rules::Reviewer => Policy::reviewer(),
        };
        let base = if arguments.strict { base.strict() } else { base };
        let policy = switches::switched(base, &arguments.allow, &arguments.warn, &arguments.deny)?;
        let kind = arguments.kind.as_deref().and_then(|kind| check_kind(kind).err());
        let processors = || thread::available_parallelism().map_or(1, NonZero::get);
        Ok(Self {
            look: Look {
                policy,
                is_deep: arguments.deep,
            },
            kind: kind.and_then(|finding| policy.judge(finding)),
            form: arguments.format,
            language: match arguments.lang {
                Tongue::En => Language::English,
                Tongue::Ja => Language::Japanese,
                Tongue::Th => Language::Thai,
            },
            jobs: arguments.jobs.map_or_else(processors, usize::from),
        })
    }

    /// Checks files and tells of each, in their order.
    fn check(&self, mut teller: Teller, files: &Files) -> Result<Tally> {
        let bar = (files.items.len() >= MANY).then(|| progress::bar(files.items.len()));
        let mut failure = None;
        crew::each(
            &files.items,
            self.jobs,
            |item, chunk| self.checked(item, chunk),
            |results| {
                let count = results.len() as u64;
                let mut told = || teller.tell(&results);
                let told = match &bar {
                    // A line of results takes the place of the bar, which comes back below.
                    Some(bar) => {
                        bar.inc(count);
                        bar.suspend(told)
                    }
                    None => told(),
                };
                told.unwrap_or_else(|error| {
                    failure = Some(error);
                    false
                })
            },
        );
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
        match failure {
            Some(error) => Err(error),
            None => teller.finish(files),
        }
    }

    fn checked(&self, item: &Item, chunk: &mut Vec<u8>) -> Checked {
        let mut checked = read::check(item, self.look, chunk);
        if let Checked::Read { report, .. } = &mut checked {
            report.findings.extend(self.kind.clone());
        }
        checked
    }
}
