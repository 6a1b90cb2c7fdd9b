//! Files beside a scenario, whose bytes it sends.

use std::{
    fs,
    path::{Component, Path},
};

use bytes::Bytes;

use super::Scenario;
use crate::diagnostic::Problem;

/// The longest file that is sent, in bytes.
const MOST_BYTES: u64 = 32 * 1024 * 1024;

/// Reads the files that a scenario names; `folder` is where its own file stands, if it stands anywhere.
pub(super) fn attach(scenario: &mut Scenario, folder: Option<&Path>, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    for step in scenario.steps.iter_mut().chain(&mut scenario.cleanup) {
        let of_upload = step.upload.as_mut().map(|it| (&it.content, &mut it.loaded));
        let of_request = step.request.as_mut().map(|it| (&it.content, &mut it.loaded));
        for (name, loaded) in of_upload.into_iter().chain(of_request) {
            let Some(name) = name else { continue };
            match read(folder, name) {
                Ok(bytes) => *loaded = Some(bytes),
                Err(reason) => {
                    let start = text.find(name.as_str()).unwrap_or(0);
                    let end = (start + name.len()).min(text.len());
                    problems.push(Problem::new(start..end, reason));
                }
            }
        }
    }
    problems
}

fn read(folder: Option<&Path>, name: &str) -> Result<Bytes, String> {
    let folder = folder.ok_or("a scenario that comes with the program has no files beside it")?;
    let is_below = Path::new(name)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if !is_below || name.is_empty() {
        return Err(format!(
            "expected a file beside the scenario or below, found {name:?}"
        ));
    }
    let path = folder.join(name);
    let length = fs::metadata(&path)
        .and_then(|it| {
            let is_file = it.is_file();
            is_file
                .then_some(it.len())
                .ok_or_else(|| std::io::Error::other("it is no file"))
        })
        .map_err(|error| format!("cannot read {name:?}: {error}"))?;
    if length > MOST_BYTES {
        return Err(format!(
            "expected a file of at most {MOST_BYTES} bytes, found {length}"
        ));
    }
    fs::read(&path)
        .map(Bytes::from)
        .map_err(|error| format!("cannot read {name:?}: {error}"))
}

#[cfg(test)]
mod tests {
    use crate::scenario::from_folder;

    const SCENARIO: &str = "covers = [\"upload.png\"]\nwhy = \"A file of one's own.\"\ndisputes = { main = \"open\" }\n\n[[step]]\n\
                            upload = { content = \"files/a.png\", filename = \"a.png\" }\nexpect = { answer = \"document\" }\n";

    #[test]
    fn a_file_beside_a_scenario_is_read_and_nothing_else_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("own.toml");
        std::fs::create_dir(folder.path().join("files")).expect("it works");
        std::fs::write(folder.path().join("files/a.png"), "bytes").expect("it works");
        std::fs::write(&path, SCENARIO).expect("it works");
        let library = from_folder(folder.path()).expect("it loads");
        let upload = library["own"].steps[0].upload.as_ref().expect("an upload");
        assert_eq!(upload.loaded.as_deref(), Some(&b"bytes"[..]));
        for (content, wanted) in [
            ("files/b.png", "cannot read \"files/b.png\""),
            ("../a.png", "beside the scenario or below"),
            ("/etc/hostname", "beside the scenario or below"),
            ("files", "it is no file"),
            ("", "beside the scenario or below"),
        ] {
            std::fs::write(&path, SCENARIO.replace("files/a.png", content)).expect("it works");
            let Err(crate::scenario::LoadError::Defects(defects)) = from_folder(folder.path()) else {
                panic!("{content:?} loads");
            };
            let told = defects[0].render(false);
            assert!(told.contains(wanted), "{told}");
        }
    }
}
