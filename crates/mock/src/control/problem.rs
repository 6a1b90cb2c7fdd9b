//! Why something that was asked of the control API is not done.

use std::fmt;

use http::StatusCode;

use super::shown::Problem;

/// Why something that was asked of the control API is not done: every problem at once.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ControlError {
    pub(crate) status: StatusCode,
    pub(crate) problems: Vec<Problem>,
}

impl ControlError {
    /// What is wrong; at least one.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    pub(crate) fn all(problems: Vec<Problem>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            problems,
        }
    }

    pub(crate) fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        if let Some(last) = self.problems.last_mut() {
            last.help = Some(help.into());
        }
        self
    }

    /// The same, about a value that stands deeper in a body.
    pub(crate) fn below(mut self, pointer: &str) -> Self {
        for problem in &mut self.problems {
            problem.pointer.insert_str(0, pointer);
        }
        self
    }
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ControlError {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            pointer,
            expected,
            found,
            help,
            is_about_name: _,
        } = self;
        write!(f, "expected {expected}, found {found}")?;
        if !pointer.is_empty() {
            write!(f, " at {pointer}")?;
        }
        match help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

/// One problem, which the caller can mend.
pub(crate) fn problem(
    pointer: impl Into<String>,
    expected: impl Into<String>,
    found: impl Into<String>,
) -> ControlError {
    ControlError::all(vec![Problem {
        pointer: pointer.into(),
        expected: expected.into(),
        found: found.into(),
        help: None,
        is_about_name: false,
    }])
}

/// Something that is named and not there.
pub(crate) fn missing(expected: impl Into<String>, found: impl Into<String>) -> ControlError {
    problem("", expected, found).status(StatusCode::NOT_FOUND)
}

/// The known word that is nearest to `found`, where one is near enough to be meant.
pub(crate) fn nearest<'w>(found: &str, known: impl Iterator<Item = &'w str>) -> Option<String> {
    let found: String = found.chars().take(64).collect();
    known
        .map(|word| (strsim::damerau_levenshtein(&found, word), word))
        .filter(|(distance, word)| *distance <= 1 + word.len().max(found.len()) / 4)
        .min()
        .map(|(_, word)| format!("did you mean `{word}`?"))
}
