//! Tells results as they come, in the form that was asked for.

use anyhow::Result;
use quick_junit::TestSuite;
use rebuttal_validate::{Finding, Language};

use super::{
    Form,
    files::{Files, Item},
    github, human, json, junit,
    read::Checked,
    tally::Tally,
};
use crate::output;

/// Writes results to stdout and counts them.
pub(super) struct Teller {
    form: Form,
    language: Language,
    tally: Tally,
    /// All that was told, where that can only be written as a whole.
    suite: TestSuite,
    /// Whether there is more than one file.
    is_listing: bool,
    names: Vec<Finding>,
}

impl Teller {
    pub(super) fn new(form: Form, language: Language, files: &Files) -> Self {
        Self {
            form,
            language,
            tally: Tally::default(),
            suite: junit::suite(),
            is_listing: files.items.len() > 1,
            names: Vec::new(),
        }
    }

    /// Tells some results; `false` when nobody reads any more.
    pub(super) fn tell(&mut self, results: &[(&Item, Checked)]) -> Result<bool> {
        let mut text = String::new();
        for (item, checked) in results {
            self.tally.count(checked);
            let path = item.path.as_path();
            match self.form {
                Form::Human => {
                    let names = self.is_listing.then_some(&mut self.names);
                    human::file(&mut text, path, checked, self.language, names);
                }
                Form::Json => json::line(&mut text, path, checked, self.language),
                Form::Github => github::commands(&mut text, path, checked, self.language),
                Form::Junit => {
                    self.suite
                        .add_test_case(junit::case(path, checked, self.language));
                }
            }
        }
        self.write(&text)
    }

    /// Tells what is left to tell of the whole.
    pub(super) fn finish(mut self, files: &Files) -> Result<Tally> {
        let text = match self.form {
            Form::Human => {
                let names = human::gathered(&self.names, self.language);
                names + &self.tally.line(files).unwrap_or_default()
            }
            Form::Github => self.tally.line(files).unwrap_or_default(),
            Form::Json => String::new(),
            Form::Junit => junit::render(std::mem::replace(&mut self.suite, junit::suite())),
        };
        self.write(&text)?;
        Ok(self.tally)
    }

    fn write(&mut self, text: &str) -> Result<bool> {
        if !self.tally.is_cut() && !text.is_empty() && !output::offer(text)? {
            self.tally.cut();
        }
        Ok(!self.tally.is_cut())
    }
}
