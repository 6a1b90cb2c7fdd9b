//! What is wrong in a file that people write: scenario files and target files.

use std::{fmt, ops::Range};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet, renderer::DecorStyle};

use crate::redact::starred;

/// One thing wrong in a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// The bytes it is about.
    pub span: Range<usize>,
    /// What is wrong: what was found where what was expected.
    pub message: String,
    /// What to write instead, where that is known.
    pub help: Option<String>,
}

impl Problem {
    pub(crate) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            help: None,
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the nearest of the known words, where one is near.
    pub(crate) fn nearest<'a>(self, found: &str, known: impl Iterator<Item = &'a str>) -> Self {
        match nearest(found, known) {
            Some(word) => self.help(format!("did you mean `{word}`?")),
            None => self,
        }
    }
}

/// Everything wrong in one file, with its text: an error that shows the lines.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Defects {
    /// The file, as it was named.
    pub path: String,
    /// Its text.
    pub text: String,
    /// What is wrong, in the order of the text; at least one.
    pub problems: Vec<Problem>,
}

impl Defects {
    /// Every problem with its line, underlined; in colour where `styled`. What looks like a key is starred.
    pub fn render(&self, styled: bool) -> String {
        let renderer = if styled {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let mut blocks = Vec::new();
        let text = starred(&self.text);
        for problem in &self.problems {
            let length = self.text.len();
            let span = problem.span.start.min(length)..problem.span.end.min(length);
            let snippet = Snippet::source(text.as_str())
                .path(self.path.as_str())
                .annotation(AnnotationKind::Primary.span(span));
            let message = starred(&problem.message);
            let help = problem.help.as_deref().map(starred);
            let mut group = Level::ERROR.primary_title(message.as_str()).element(snippet);
            if let Some(help) = &help {
                group = group.element(Level::HELP.message(help.as_str()));
            }
            blocks.push(renderer.render(&[group]));
        }
        blocks.join("\n\n")
    }

    /// Line and column of a byte, both counted from 1; a column is a character.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        position(&self.text, offset)
    }
}

/// A line a problem: `path:line:column: message`.
impl fmt::Display for Defects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let (line, column) = self.position(problem.span.start);
            let separator = if index == 0 { "" } else { "\n" };
            let message = starred(&problem.message);
            write!(f, "{separator}{}:{line}:{column}: {message}", self.path)?;
        }
        Ok(())
    }
}

impl std::error::Error for Defects {}

/// Line and column of a byte of a text, both counted from 1; a column is a character.
pub(crate) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}

/// The known word that is nearest to `found`, where one is near enough to be meant.
pub(crate) fn nearest<'a>(found: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|word| (strsim::damerau_levenshtein(found, word), word))
        .filter(|(distance, word)| *distance <= 1 + word.len().max(found.len()) / 4)
        .min()
        .map(|(_, word)| word)
}
