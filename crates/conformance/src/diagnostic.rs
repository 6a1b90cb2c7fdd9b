//! What is wrong in a file that people write: scenario files and target files.

use std::{fmt, iter, ops::Range};

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
        let lines = Lines::of(&text);
        for problem in &self.problems {
            let length = text.len();
            let span = problem.span.start.min(length)..problem.span.end.min(length);
            // The lines that are shown, and not the whole text, which would be read again for every problem.
            let (line, around) = lines.around(&span);
            let snippet = Snippet::source(&text[around.clone()])
                .line_start(line)
                .path(self.path.as_str())
                .annotation(AnnotationKind::Primary.span(span.start - around.start..span.end - around.start));
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
        Lines::of(&self.text).position(offset)
    }
}

/// A line a problem: `path:line:column: message`.
impl fmt::Display for Defects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = Lines::of(&self.text);
        for (index, problem) in self.problems.iter().enumerate() {
            let (line, column) = lines.position(problem.span.start);
            let separator = if index == 0 { "" } else { "\n" };
            let message = starred(&problem.message);
            write!(f, "{separator}{}:{line}:{column}: {message}", self.path)?;
        }
        Ok(())
    }
}

impl std::error::Error for Defects {}

/// Where the lines of a text begin, for one who asks more than once.
pub(crate) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        let behind = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: iter::once(0).chain(behind).collect(),
        }
    }

    /// Which line a byte is in, counted from 0.
    fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset) - 1
    }

    /// Line and column, both counted from 1; of the end where the byte is none of the text's.
    pub(crate) fn position(&self, offset: usize) -> (usize, usize) {
        let text = self.text;
        let offset = if text.is_char_boundary(offset) {
            offset
        } else {
            text.len()
        };
        let line = self.line(offset);
        (line + 1, text[self.starts[line]..offset].chars().count() + 1)
    }

    /// The lines that bytes are in, one before them and one behind: the number of the first, counted from 1, and where
    /// they stand.
    fn around(&self, span: &Range<usize>) -> (usize, Range<usize>) {
        let first = self.line(span.start).saturating_sub(1);
        let behind = self.line(span.end) + 2;
        let end = self.starts.get(behind).copied().unwrap_or(self.text.len());
        (first + 1, self.starts[first]..end)
    }
}

/// The known word that is nearest to `found`, where one is near enough to be meant.
pub(crate) fn nearest<'a>(found: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|word| (strsim::damerau_levenshtein(found, word), word))
        .filter(|(distance, word)| *distance <= 1 + word.len().max(found.len()) / 4)
        .min()
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The snippet of a whole text, which shows the same lines as that of the lines around.
    fn of_the_whole(defects: &Defects) -> String {
        let problem = &defects.problems[0];
        let snippet = Snippet::source(defects.text.as_str())
            .path(defects.path.as_str())
            .annotation(AnnotationKind::Primary.span(problem.span.clone()));
        let group = Level::ERROR
            .primary_title(problem.message.as_str())
            .element(snippet);
        Renderer::plain().decor_style(DecorStyle::Ascii).render(&[group])
    }

    #[test]
    fn the_lines_around_show_what_the_whole_text_shows() {
        let numbered = "a\n".repeat(12);
        for text in [
            "",
            "a",
            "\n",
            "\n\n",
            "a = 1\n\tbé = 2\r\nc = \"\n\"\n",
            "a\r\n\r\nb",
            numbered.as_str(),
        ] {
            let places: Vec<_> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
            for (index, start) in places.iter().enumerate() {
                for end in &places[index..] {
                    let defects = Defects {
                        path: "x.toml".to_owned(),
                        text: text.to_owned(),
                        problems: vec![Problem::new(*start..*end, "odd")],
                    };
                    assert_eq!(
                        defects.render(false),
                        of_the_whole(&defects),
                        "{start}..{end} of {text:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_place_is_counted_in_characters() {
        let text = "a\n\né = 1\r\n";
        let told: Vec<_> = [0, 1, 2, 3, 4, 5, 9, 10, 99]
            .map(|at| Lines::of(text).position(at))
            .to_vec();
        let end = (4, 1);
        assert_eq!(
            told,
            [(1, 1), (1, 2), (2, 1), (3, 1), end, (3, 2), (3, 6), (3, 7), end]
        );
    }
}
