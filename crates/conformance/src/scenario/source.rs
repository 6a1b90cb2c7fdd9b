//! Where a scenario was read from, so that what it finds can point into the file.

use std::{fs, path::Path};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Library, Scenario,
    load::{EMBEDDED, SCHEMA},
};
use crate::shape::{self, Fitting, Place};

/// The file of a scenario.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Source {
    /// The file, as it was named.
    pub path: String,
    /// The line of each step, counted from 1: of what it expects, where it expects something. Steps of the cleanup come
    /// last.
    pub lines: Vec<usize>,
}

impl Source {
    pub(super) fn of(path: &str, text: &str, fitting: &Fitting<'_, Scenario>) -> Self {
        let line = |list: &str, index| {
            let step = [Place::Key(list), Place::Item(index), Place::Key("expect")];
            let start = fitting.span(&step).start.min(text.len());
            memchr::memchr_iter(b'\n', &text.as_bytes()[..start]).count() + 1
        };
        let steps = (0..fitting.value.steps.len()).map(|index| line("step", index));
        let cleanup = (0..fitting.value.cleanup.len()).map(|index| line("cleanup", index));
        Self {
            path: path.strip_prefix("./").unwrap_or(path).to_owned(),
            lines: steps.chain(cleanup).collect(),
        }
    }

    /// The line of a step, which is counted from 1; the first where there is no such step.
    pub fn line(&self, step: usize) -> usize {
        let line = step.checked_sub(1).and_then(|index| self.lines.get(index));
        line.copied().unwrap_or(1)
    }
}

/// Tells the scenarios that come with the program where their files are, for a run within the project's own sources:
/// those files of the folder that are what the program carries.
pub fn locate(library: &mut Library, folder: &Path) {
    if !folder.is_dir() {
        return;
    }
    for (id, text) in EMBEDDED {
        let path = folder.join(format!("{id}.toml"));
        if let Some(scenario) = library.get_mut(*id)
            && fs::read(&path).is_ok_and(|found| found == text.as_bytes())
            && let Ok(fitting) = shape::read::<Scenario>("", text, &SCHEMA)
        {
            scenario.source = Some(Source::of(&path.to_string_lossy(), text, &fitting));
        }
    }
}
