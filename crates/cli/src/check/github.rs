//! The results for GitHub Actions: workflow commands, which the runner shows as annotations.
//!
//! A line break would begin another command, so nothing of a file's or a name's reaches a line as it is.

use std::{fmt::Write, path::Path};

use rebuttal_validate::{Language, Severity};

use super::{human, read::Checked};

pub(super) fn commands(text: &mut String, path: &Path, checked: &Checked, language: Language) {
    // Annotations are matched with the paths of the repository, which do not begin with `./`.
    let name = human::name(path);
    let name = name.strip_prefix("./").unwrap_or(&name);
    match checked {
        Checked::Unreadable(error) => command(text, "error", name, "evidence cannot be read", error),
        Checked::Read { report, .. } => {
            // One for nearly every file would hide the rest: a step has room for ten.
            for finding in report.findings.iter().filter(|it| !human::is_of_most_names(it)) {
                let (level, verdict) = match finding.severity {
                    Severity::Note => ("notice", "note"),
                    Severity::Warning => ("warning", "doubtful"),
                    Severity::Rejection => ("error", "refused"),
                };
                let title = format!("evidence {verdict}: {}", finding.code.as_str());
                let sentence = human::sentence(finding);
                let sentence = sentence.trim_start_matches([' ', ':']);
                let message = format!("{sentence}\n{}", finding.advice_in(language));
                command(text, level, name, &title, &message);
            }
        }
    }
}

fn command(text: &mut String, level: &str, file: &str, title: &str, message: &str) {
    let (file, title, message) = (property(file), property(title), data(message));
    let _ = writeln!(text, "::{level} file={file},title={title}::{message}");
}

/// What stands behind the second pair of colons (actions/toolkit, `command.ts`).
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_comes_from_a_file_begins_a_command() {
        let mut text = String::new();
        let path = Path::new("a,b:c%0A\n::stop-commands::x.png");
        let checked = Checked::Unreadable("100%\r\n::error::no".to_owned());
        commands(&mut text, path, &checked, Language::English);
        assert_eq!(
            text,
            "::error file=a%2Cb%3Ac%250A\\n%3A%3Astop-commands%3A%3Ax.png,title=evidence cannot be read::\
             100%25%0D%0A::error::no\n"
        );
    }
}
