//! Which scenarios run: what the command line says, and what it comes to.

use std::{collections::BTreeMap, fmt::Write};

use clap::Args;
use rebuttal_conformance::{
    MeansNothing, Selection, Selector, Shard,
    diagnostic::Defects,
    scenario::{Library, meaning_of_tag},
};

use crate::output::BAD;

/// How the grammar of `--filter` is told in the help.
pub(crate) const GRAMMAR: &str = "PATTERN is a scenario or a clause: `upload`, `upload.bad-kind`, `list/*`. A name \
stands for all below it, * for any text.\n\nEXPR says more: `clause(upload.*) & !tag(large) | id(list/*) & level(must)`. \
id(PATTERN), clause(PATTERN) and tag(PATTERN) hold a pattern against the scenario's id, each clause that it covers and \
each tag; level(must), level(should) and level(obs) mean scenarios that cover such a clause; all() means every one. `!` (or \
`not`), `&` (`and`) and `|` (`or`) bind in this order, and parentheses group. A scenario runs where all of --only, --filter \
and --shard mean it and no --skip does; of several --only or --filter one is enough. A pattern that means no scenario at \
all is an error.";

/// What selects scenarios.
#[derive(Args)]
pub(crate) struct SelectionArguments {
    /// Runs only these scenarios.
    #[arg(long, value_name = "PATTERN")]
    only: Vec<Selector>,
    /// Runs all but these scenarios.
    #[arg(long, value_name = "PATTERN")]
    skip: Vec<Selector>,
    /// Runs only the scenarios that an expression means, such as `clause(upload.*) & !tag(large)`.
    #[arg(short = 'E', long, value_name = "EXPR")]
    filter: Vec<String>,
    /// Runs only the I-th of N parts of the suite: which one a scenario belongs to follows from its id.
    #[arg(long, value_name = "I/N")]
    pub(crate) shard: Option<Shard>,
}

impl SelectionArguments {
    /// The selection.
    ///
    /// # Errors
    ///
    /// When an expression cannot be read: the first that cannot.
    pub(crate) fn selection(&self) -> Result<Selection, Defects> {
        Ok(Selection {
            only: self.only.clone(),
            skip: self.skip.clone(),
            filters: self
                .filter
                .iter()
                .map(|text| text.parse())
                .collect::<Result<_, _>>()?,
            shard: self.shard,
        })
    }

    /// Says that a selection is empty, and why.
    pub(crate) fn tell_nothing(&self, why: Option<&MeansNothing>) {
        match (why, self.shard) {
            (Some(MeansNothing::Operands(defects)), _) => anstream::eprintln!("{}", defects.render(true)),
            (Some(why @ MeansNothing::Pattern { .. }), _) => {
                anstream::eprintln!("{BAD}error{BAD:#}: nothing was selected: {why}");
            }
            (None, Some(shard)) => anstream::eprintln!(
                "{BAD}error{BAD:#}: nothing was selected: no scenario of shard {shard} is meant by --only, --skip and \
                 --filter; use fewer shards"
            ),
            (None, None) => anstream::eprintln!(
                "{BAD}error{BAD:#}: nothing was selected: no scenario is meant by --only, --skip and --filter together"
            ),
        }
    }
}

/// Every tag of some scenarios, how many have it, and what it means.
pub(crate) fn tags(library: &Library) -> String {
    let mut counts = BTreeMap::<&str, usize>::new();
    for tag in library.values().flat_map(|scenario| scenario.every_tag()) {
        *counts.entry(tag).or_default() += 1;
    }
    let width = counts.keys().map(|tag| tag.len()).max().unwrap_or(0);
    counts.iter().fold(String::new(), |mut text, (tag, count)| {
        let line = format!("{tag:<width$}  {count:>4}  {}", meaning_of_tag(tag));
        let _ = writeln!(text, "{}", line.trim_end());
        text
    })
}
