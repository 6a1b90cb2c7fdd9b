//! The table of all codes, published as data and as a page.

use std::fmt::Write;

use rebuttal_model::schema::Published;
use rebuttal_validate::{Code, Language};
use serde_json::{Map, Value, json};

const HEAD: &str = "\
# What `rebuttal check` finds

Written by `cargo xtask schemas`; `codes.json` has the same as data, with the advice in English, Japanese and Thai.

The severity is the gravest that a finding with this code has: a *rejection* refuses the file, a *warning* is told to
reviewers (`--policy reviewer`), a *note* changes nothing. `--allow CODE` makes it a note, `--warn CODE` a warning,
`--deny CODE` a rejection; `--strict` makes every warning a rejection.

| code | severity | what it means | what a sound file has | what to do | clause |
| --- | --- | --- | --- | --- | --- |
";

/// What is published of the codes below `schemas/`.
pub(crate) fn published() -> [Published; 2] {
    [
        Published {
            path: "codes.json",
            content: Code::ALL.iter().map(|code| data(*code)).collect(),
        },
        Published {
            path: "codes.md",
            content: Value::String(page()),
        },
    ]
}

fn data(code: Code) -> Value {
    let advice: Map<_, _> = Language::ALL
        .iter()
        .map(|language| (language.as_str().to_owned(), code.advice_in(*language).into()))
        .collect();
    json!({
        "code": code.as_str(),
        "severity": code.worst().as_str(),
        "about": code.about(),
        "expected": code.expected(),
        "advice": advice,
        "clause": code.clause().map(|clause| clause.id),
    })
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for code in Code::ALL {
        let clause = code.clause().map(|clause| format!("`{}`", clause.id));
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} | {} |",
            code.as_str(),
            code.worst().as_str(),
            cell(code.about()),
            cell(code.expected()),
            cell(code.advice()),
            clause.unwrap_or_default()
        );
    }
    page
}

/// A bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
