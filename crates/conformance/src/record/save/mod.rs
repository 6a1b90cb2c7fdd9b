//! Keeps exchanges as scenarios: files that the suite's own loader takes, and that hold on a correct endpoint.
//!
//! What went right goes into one scenario for each dispute, in order, with references in place of ids; a mistake or a
//! refusal gets a file of its own. Every file is written at once: a recording that is killed leaves what it had.

mod draft;
mod files;
mod story;

use std::collections::{BTreeMap, BTreeSet};

use rebuttal_model::DocumentId;

pub use self::files::FolderError;
use self::{
    draft::{Draft, Place},
    files::Files,
    story::Story,
};
use super::{
    client::{Judged, Presented, Sent},
    route::Route,
};
use crate::{explore::write, redact::Secrets, run::Seen, scenario};

/// At most so many scenarios of one mistake are written: the next ones are much the same.
const MOST_OF_A_KIND: u32 = 5;

/// An exchange to be kept.
pub(in crate::record) struct Taken<'a> {
    pub(in crate::record) sent: &'a Sent,
    pub(in crate::record) judged: &'a Judged,
    pub(in crate::record) seen: &'a Seen,
    /// The clause of the refusal that came.
    pub(in crate::record) refused: Option<&'static rebuttal_model::Clause>,
    pub(in crate::record) secrets: &'a Secrets,
}

/// The folder of a recording.
#[derive(Debug)]
pub(in crate::record) struct Folder {
    files: Files,
    /// What went right, by dispute and whose it is.
    stories: BTreeMap<(String, String), Story>,
    /// How many disputes had a story, for the names of files.
    disputes: BTreeMap<String, usize>,
    /// How many files each kind has.
    kinds: BTreeMap<String, u32>,
    /// What was written by itself, so that nothing is written twice: the scenario without its comment, and its file.
    alone: BTreeMap<String, String>,
    saved: Vec<String>,
    told: BTreeSet<String>,
}

impl Folder {
    /// Takes a folder that is new or empty.
    ///
    /// # Errors
    ///
    /// When it has something in it, is no folder, or cannot be written.
    pub(in crate::record) fn claim(path: &std::path::Path) -> Result<Self, FolderError> {
        Ok(Self {
            files: Files::claim(path)?,
            stories: BTreeMap::new(),
            disputes: BTreeMap::new(),
            kinds: BTreeMap::new(),
            alone: BTreeMap::new(),
            saved: Vec::new(),
            told: BTreeSet::new(),
        })
    }

    /// The scenarios that were written.
    pub(in crate::record) fn saved(&self) -> Vec<String> {
        self.saved.clone()
    }

    /// Why a file could not be written.
    pub(in crate::record) fn failed(&self) -> Option<String> {
        self.files.failed.clone()
    }

    /// The same, once.
    pub(in crate::record) fn news(&mut self) -> Option<String> {
        let text = self.files.failed.clone()?;
        self.told.insert(text.clone()).then_some(text)
    }

    /// Keeps an exchange: the scenario that it went into, and what is missing there.
    pub(in crate::record) fn keep(&mut self, taken: &Taken<'_>) -> (Option<String>, Option<String>) {
        let about = format!("{} {}", taken.sent.method, taken.sent.uri.path());
        let known = self.is_destroyed(taken);
        let draft = match Draft::of(taken, &mut self.files, known) {
            Ok(draft) => draft,
            Err(reason) => return (None, Some(format!("{about}: {reason}"))),
        };
        let unsaved = (!draft.notes.is_empty()).then(|| format!("{about}: {}", draft.notes.join("; ")));
        let kept = match &draft.place {
            Place::Story => self.tell(taken, &draft),
            Place::Alone(stem) => self.alone(stem, &draft),
        };
        match kept {
            Ok(name) => (Some(name), unsaved),
            Err(reason) => (None, Some(format!("{about}: {reason}"))),
        }
    }

    /// Whether the document that is asked about was destroyed in a story.
    fn is_destroyed(&self, taken: &Taken<'_>) -> bool {
        let Route::Documents {
            dispute,
            document: Some(document),
            ..
        } = &taken.judged.route
        else {
            return false;
        };
        let Presented::Secret(key) = &taken.judged.presented else {
            return false;
        };
        let story = self.stories.get(&(dispute.clone(), key.expose().to_owned()));
        let id = document.parse::<DocumentId>();
        story
            .zip(id.ok())
            .is_some_and(|(story, id)| story.has_destroyed(&id))
    }

    /// Adds to the story of the dispute.
    fn tell(&mut self, taken: &Taken<'_>, draft: &Draft) -> Result<String, String> {
        let Route::Documents {
            dispute, document, ..
        } = &taken.judged.route
        else {
            return Err("it is about no dispute".to_owned());
        };
        let owner = match &taken.judged.presented {
            Presented::Secret(key) => key.expose(),
            _ => "",
        };
        let key = (dispute.clone(), owner.to_owned());
        if self.stories.get(&key).is_some_and(Story::is_full) {
            self.stories.remove(&key);
        }
        if !self.stories.contains_key(&key) {
            let known = self.disputes.len() + 1;
            let number = *self.disputes.entry(dispute.clone()).or_insert(known);
            let name = self.name(&format!("dispute-{number}"), u32::MAX)?;
            self.stories.insert(key.clone(), Story::new(name));
        }
        let Some(story) = self.stories.get_mut(&key) else {
            return Err("it has no file".to_owned());
        };
        let before = story.clone();
        let id = document.as_ref().and_then(|id| id.parse::<DocumentId>().ok());
        story.add(taken, draft, id.as_ref())?;
        let text = write::toml(&story.scenario(), story.note());
        let name = story.file.clone();
        if let Err(reason) = self.write(&name, &text) {
            self.stories.insert(key, before);
            return Err(reason);
        }
        Ok(name)
    }

    /// Writes a scenario of one exchange.
    fn alone(&mut self, stem: &str, draft: &Draft) -> Result<String, String> {
        let scenario = draft.scenario();
        let same = write::toml(&scenario, "");
        if let Some(name) = self.alone.get(&same) {
            return Ok(name.clone());
        }
        let name = self.name(stem, MOST_OF_A_KIND)?;
        let text = write::toml(&scenario, &draft.comment);
        self.write(&name, &text)?;
        self.alone.insert(same, name.clone());
        Ok(name)
    }

    /// The next name of a kind.
    fn name(&mut self, stem: &str, most: u32) -> Result<String, String> {
        let count = self.kinds.entry(stem.to_owned()).or_default();
        if *count >= most {
            return Err(format!(
                "{most} scenarios of this kind are saved already ({stem})"
            ));
        }
        *count += 1;
        Ok(match *count {
            1 => format!("{stem}.toml"),
            count => format!("{stem}-{count}.toml"),
        })
    }

    /// Writes a scenario that the loader takes.
    fn write(&mut self, name: &str, text: &str) -> Result<(), String> {
        if let Err(defects) = scenario::parse(name, text) {
            let problems: Vec<_> = defects.problems.iter().map(|it| it.message.clone()).collect();
            return Err(format!(
                "it cannot be said as a scenario: {}",
                problems.join("; ")
            ));
        }
        self.files.write(name, text.as_bytes())?;
        if !self.saved.iter().any(|it| it == name) {
            self.saved.push(name.to_owned());
        }
        Ok(())
    }
}
