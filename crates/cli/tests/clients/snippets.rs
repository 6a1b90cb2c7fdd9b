//! The snippets of `docs/clients.md`, run as they stand there.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Languages with the program that runs a file of each, and what the file is called.
pub(crate) const LANGUAGES: [(&str, &[&str], &str); 6] = [
    ("python", &["python3"], "snippet.py"),
    ("js", &["node"], "snippet.cjs"),
    ("sh", &["sh"], "snippet.sh"),
    ("go", &["go", "run"], "snippet.go"),
    ("ruby", &["ruby"], "snippet.rb"),
    ("java", &["java"], "Main.java"),
];

/// The one block of a language.
pub(crate) fn block(language: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/clients.md");
    let text = fs::read_to_string(path).expect("the page is there");
    let begin = format!("\n```{language}\n");
    let mut blocks = text.split(&begin).skip(1);
    let block = blocks.next().and_then(|rest| rest.split("\n```").next());
    assert!(blocks.next().is_none(), "{language} is there twice");
    block.unwrap_or_else(|| panic!("no {language}")).to_owned() + "\n"
}

/// Where the snippet was written, and whether its program is there.
pub(crate) fn write(folder: &Path, program: &str, name: &str, text: &str) -> Result<PathBuf, String> {
    let argument = if program == "go" { "version" } else { "--version" };
    let there = Command::new(program).arg(argument).output();
    if !there.is_ok_and(|output| output.status.success()) && program != "sh" {
        return Err(format!("there is no {program} here"));
    }
    let path = folder.join(name);
    fs::write(&path, text).expect("a folder");
    Ok(path)
}
