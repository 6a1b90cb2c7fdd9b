//! Links between the project's pages lead somewhere: to a file that git tracks or would track, and to a heading in it.

use std::{collections::BTreeSet, path::Path};

use super::Finding;

const MEND: &str = "name a file of the project, or a heading of the page";

pub(super) fn check(texts: &[(String, String)]) -> Vec<Finding> {
    let pages = texts
        .iter()
        .filter(|(path, _)| Path::new(path).extension().is_some_and(|it| it == "md"));
    pages
        .flat_map(|(path, text)| {
            links(text).filter_map(move |(line, link)| {
                let what = broken(texts, path, link)?;
                Some(Finding::at(path, line, what, MEND))
            })
        })
        .collect()
}

/// The targets of all inline links outside code, with their lines.
fn links(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().flat_map(move |(index, line)| {
        fenced ^= line.starts_with("```");
        let rest = if fenced { "" } else { line };
        let targets = rest.match_indices("](").filter_map(|(at, open)| {
            let target = &rest[at + open.len()..];
            target.split_once(')').map(|(target, _)| target)
        });
        targets.map(move |target| (index + 1, target))
    })
}

/// What is wrong with a link, unless it leads out of the project.
fn broken(texts: &[(String, String)], from: &str, link: &str) -> Option<String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let path = if file.is_empty() {
        Some(from.to_owned())
    } else {
        join(from, file)
    };
    let Some(path) = path else {
        return Some(format!("{link} leads out of the project"));
    };
    let folder = format!("{}/", path.trim_end_matches('/'));
    let Some((_, text)) = texts
        .iter()
        .find(|(known, _)| *known == path || known.starts_with(&folder))
    else {
        return Some(format!("{link} leads to no file"));
    };
    let is_known = heading.is_empty() || headings(text).contains(heading);
    (!is_known).then(|| format!("{link} leads to no heading"))
}

/// The path that a link of the page at `from` means.
fn join(from: &str, link: &str) -> Option<String> {
    let mut path: Vec<_> = from.split('/').collect();
    path.pop();
    for step in link.split('/') {
        match step {
            "." | "" => {}
            ".." => {
                path.pop()?;
            }
            step => path.push(step),
        }
    }
    Some(path.join("/"))
}

/// The anchors that a page's headings get where it is shown.
fn headings(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title
                .chars()
                .filter(|it| it.is_alphanumeric() || " -_".contains(*it));
            kept.map(|it| if it == ' ' { '-' } else { it }).collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let found = |text: &str| {
            let texts = [
                ("docs/a.md".to_owned(), text.to_owned()),
                (
                    "README.md".to_owned(),
                    "# One\n\n## What it does, and why\n".to_owned(),
                ),
            ];
            check(&texts)
                .into_iter()
                .map(|it| it.to_string())
                .collect::<Vec<_>>()
        };
        for good in [
            "[a](../README.md)",
            "[a](../README.md#what-it-does-and-why)",
            "# Here\n[a](#here)",
            "[a](https://example.com/x.md)",
            "[a](../docs)",
            "```\n[a](nowhere.md)\n```",
        ] {
            assert_eq!(found(good), Vec::<String>::new(), "{good}");
        }
        for (bad, what) in [
            ("[a](nowhere.md)", "nowhere.md leads to no file"),
            (
                "x\n[a](../README.md) [b](../README.md#two)",
                "../README.md#two leads to no heading",
            ),
            ("[a](../../other.md)", "../../other.md leads out of the project"),
        ] {
            let line = bad.lines().count();
            assert_eq!(
                found(bad),
                [format!("docs/a.md:{line}: {what}\n  mend: {MEND}")],
                "{bad}"
            );
        }
    }
}
