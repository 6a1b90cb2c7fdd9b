//! Loading scenarios: those in the binary, or a folder's.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use rebuttal_model::schema::schema_to_read;
use serde_json::{Value, json};
use thiserror::Error;

use super::{Scenario, Source, attach::attach, terms};
use crate::{
    diagnostic::{Defects, Problem},
    shape,
};

/// The files that the binary carries: id and text, written by the build script.
pub(super) const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Scenarios by id: the path of the file below its folder, without the extension.
pub type Library = BTreeMap<String, Scenario>;

pub(super) static SCHEMA: LazyLock<Value> = LazyLock::new(|| schema_to_read::<Scenario>("scenario.json"));

/// Why scenarios could not be loaded.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The folder or a file in it could not be read.
    #[error("cannot read {path}")]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The folder has no scenario.
    #[error("expected scenario files (*.toml) below {path}, found none")]
    Nothing {
        /// The folder.
        path: PathBuf,
    },
    /// Some files are wrong.
    #[error("{} of the scenario files cannot be used", .0.len())]
    Defects(Vec<Defects>),
}

/// The JSON Schema of a scenario file.
pub fn schema() -> &'static Value {
    &SCHEMA
}

/// The scenarios that come with the program, as [`checked`] found them when it was built.
///
/// # Errors
///
/// When one of them is wrong, which the project's own tests rule out.
pub fn embedded() -> Result<Library, LoadError> {
    carried(|_| true)
}

/// One of the scenarios that come with the program; nothing where there is none with this id.
///
/// # Errors
///
/// As of [`embedded`].
pub fn embedded_one(id: &str) -> Result<Library, LoadError> {
    carried(|it| it == id)
}

/// The scenarios that come with the program, held against their schema and their meaning as those of a folder are.
///
/// # Errors
///
/// When one of them is wrong: every problem is listed.
pub fn checked() -> Result<Library, LoadError> {
    collect(EMBEDDED.iter().map(named), false)
}

/// Without what is found once and for all by [`checked`]: that takes most of the time in which the program starts.
fn carried(wanted: impl Fn(&str) -> bool) -> Result<Library, LoadError> {
    let files = EMBEDDED.iter().filter(|(id, _)| wanted(id));
    let read: Result<Library, _> = files
        .clone()
        .map(|(id, text)| Ok(((*id).to_owned(), toml::from_str(text)?)))
        .collect();
    read.or_else(|_: toml::de::Error| collect(files.map(named), false))
}

fn named((id, text): &(&str, &str)) -> (String, String, Vec<u8>) {
    (
        (*id).to_owned(),
        format!("scenarios/{id}.toml"),
        text.as_bytes().to_vec(),
    )
}

/// The scenarios of a folder: every `.toml` file in it and below.
///
/// # Errors
///
/// When the folder cannot be read, has no scenario, or some file is wrong; then every file's every problem
/// is listed.
pub fn from_folder(folder: &Path) -> Result<Library, LoadError> {
    let mut files = Vec::new();
    find(folder, &mut files)?;
    files.sort();
    let mut read = Vec::new();
    for path in files {
        let bytes = fs::read(&path).map_err(|source| LoadError::Read {
            path: path.clone(),
            source,
        })?;
        let below = path.strip_prefix(folder).unwrap_or(&path).with_extension("");
        let id = below
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect::<Vec<_>>()
            .join("/");
        read.push((id, path.display().to_string(), bytes));
    }
    if read.is_empty() {
        return Err(LoadError::Nothing {
            path: folder.to_owned(),
        });
    }
    collect(read.into_iter(), true)
}

/// A file as text; one that is none is a defect like others, and hides none of theirs.
fn text(path: &str, bytes: Vec<u8>) -> Result<String, Defects> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let found = error.as_bytes().get(at).copied().unwrap_or_default();
        Defects {
            path: path.to_owned(),
            text: String::from_utf8_lossy(error.as_bytes()).into_owned(),
            problems: vec![Problem::new(
                at..at + 1,
                format!("expected UTF-8, found the byte 0x{found:02x}"),
            )],
        }
    })
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), LoadError> {
    let failed = |source| LoadError::Read {
        path: folder.to_owned(),
        source,
    };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        if entry.file_type().map_err(failed)?.is_dir() {
            find(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            // A link to a folder may lead in a circle, and a pipe has no end.
            if !path.is_file() {
                let source = io::Error::other("expected a file, or a link to one");
                return Err(LoadError::Read { path, source });
            }
            files.push(path);
        }
    }
    Ok(())
}

/// Reads files: id, path and bytes of each. On disk they can have others beside them.
fn collect(
    files: impl Iterator<Item = (String, String, Vec<u8>)>,
    on_disk: bool,
) -> Result<Library, LoadError> {
    let (mut library, mut defects) = (Library::new(), Vec::new());
    for (id, path, bytes) in files {
        let folder = Path::new(&path).parent().filter(|_| on_disk);
        let read = text(&path, bytes).and_then(|text| {
            let mut scenario = parse(&path, &text)?;
            scenario.source.take_if(|_| !on_disk);
            attached(scenario, folder, &path, &text)
        });
        match read {
            Ok(scenario) => {
                library.insert(id, scenario);
            }
            Err(found) => defects.push(found),
        }
    }
    if defects.is_empty() {
        Ok(library)
    } else {
        Err(LoadError::Defects(defects))
    }
}

/// A scenario with the files that it names.
fn attached(
    mut scenario: Scenario,
    folder: Option<&Path>,
    path: &str,
    text: &str,
) -> Result<Scenario, Defects> {
    let problems = attach(&mut scenario, folder, text);
    if problems.is_empty() {
        return Ok(scenario);
    }
    Err(Defects {
        path: path.to_owned(),
        text: text.to_owned(),
        problems,
    })
}

/// Reads the text of one scenario file, without the files that it names; `path` is only for messages.
///
/// # Errors
///
/// Every problem at once, with line and column.
pub fn parse(path: &str, text: &str) -> Result<Scenario, Defects> {
    let mut fitting = shape::read::<Scenario>(path, text, &SCHEMA)?;
    let problems = terms::check(&fitting);
    if problems.is_empty() {
        fitting.value.source = Some(Source::of(path, text, &fitting));
        return Ok(fitting.value);
    }
    Err(Defects {
        path: path.to_owned(),
        text: text.to_owned(),
        problems,
    })
}

/// All scenarios as one JSON document, for programs in other languages.
pub fn bundle(library: &Library) -> Value {
    let scenarios: Vec<_> = library
        .iter()
        .map(|(id, scenario)| {
            let mut value = serde_json::to_value(scenario).unwrap_or_default();
            if let Value::Object(members) = &mut value {
                members.insert("id".to_owned(), json!(id));
            }
            value
        })
        .collect();
    json!({ "scenarios": scenarios })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_carried_is_what_was_checked() {
        let (carried, checked) = (embedded().unwrap(), checked().unwrap());
        assert_eq!(bundle(&carried), bundle(&checked));
        assert!(carried.len() > 200);
    }
}
