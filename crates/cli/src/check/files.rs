//! Which files are meant by the paths of a command line.
//!
//! A folder stands for the files in it and below, by name. In a folder what is hidden, what is no file (a FIFO, a
//! device, a socket) and links to folders are passed over and counted: so no walk runs in a circle, and nothing is
//! opened that only a name brought up. A link to a file is that file.

use std::{
    fs::{self, DirEntry, FileType},
    io,
    path::{Path, PathBuf},
};

/// The path that stands for standard input.
pub(super) const STDIN: &str = "-";

/// One thing to check.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) path: PathBuf,
    /// Why it cannot be read, where that shows before it is opened.
    pub(super) error: Option<io::Error>,
}

/// What the paths came to.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) items: Vec<Item>,
    /// How many entries of folders were hidden.
    pub(super) hidden: usize,
    /// How many were neither files nor folders, or links to folders.
    pub(super) others: usize,
}

impl Files {
    pub(super) fn find(paths: &[PathBuf]) -> Self {
        let mut files = Self::default();
        for path in paths {
            let is_folder = path.as_os_str() != STDIN && fs::metadata(path).is_ok_and(|it| it.is_dir());
            if is_folder {
                files.walk(path);
            } else {
                files.push(path.clone(), None);
            }
        }
        files
    }

    fn push(&mut self, path: PathBuf, error: Option<io::Error>) {
        self.items.push(Item { path, error });
    }

    /// Lists a folder and what is below it, each folder where its name stands among its neighbours.
    fn walk(&mut self, folder: &Path) {
        let mut pending = vec![(folder.to_owned(), true)];
        while let Some((path, is_folder)) = pending.pop() {
            if !is_folder {
                self.push(path, None);
                continue;
            }
            match entries(&path) {
                Ok(entries) => pending.extend(self.wanted(entries).into_iter().rev()),
                Err(error) => self.push(path, Some(error)),
            }
        }
    }

    /// The entries to look at, each with whether it is a folder.
    fn wanted(&mut self, entries: Vec<(DirEntry, FileType)>) -> Vec<(PathBuf, bool)> {
        let mut wanted = Vec::with_capacity(entries.len());
        for (entry, kind) in entries {
            let path = entry.path();
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                self.hidden += 1;
            } else if kind.is_dir() || kind.is_file() {
                wanted.push((path, kind.is_dir()));
            } else if kind.is_symlink() && fs::metadata(&path).map_or(true, |it| it.is_file()) {
                // One that leads nowhere is told as unreadable, not passed over.
                wanted.push((path, false));
            } else {
                self.others += 1;
            }
        }
        wanted
    }
}

fn entries(folder: &Path) -> io::Result<Vec<(DirEntry, FileType)>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        entries.push((entry, kind));
    }
    entries.sort_by_key(|(entry, _)| entry.file_name());
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_listed_by_name_and_what_is_no_file_is_counted() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        fs::create_dir_all(at("b/deep")).unwrap();
        fs::create_dir(at("empty")).unwrap();
        fs::create_dir(at("x.pdf")).unwrap();
        for path in [
            "a.png",
            "b/2.png",
            "b/10.png",
            "b/deep/z.png",
            "c.png",
            ".hidden",
            "x.pdf/y.png",
        ] {
            fs::write(at(path), "").unwrap();
        }
        let mut wanted = vec!["a.png", "b/10.png", "b/2.png", "b/deep/z.png", "c.png"];
        #[cfg(unix)]
        {
            use std::os::unix::{fs::symlink, net::UnixListener};
            symlink(root.path(), at("b/loop")).unwrap();
            symlink(at("no-such-file"), at("dangling.png")).unwrap();
            symlink(at("a.png"), at("link.png")).unwrap();
            let _socket = UnixListener::bind(at("socket.png")).unwrap();
            wanted.extend(["dangling.png", "link.png"]);
        }
        wanted.push("x.pdf/y.png");
        let files = Files::find(&[root.path().to_owned()]);
        let found: Vec<_> = files
            .items
            .iter()
            .map(|item| item.path.strip_prefix(root.path()).unwrap())
            .collect();
        assert_eq!(found, wanted.iter().map(Path::new).collect::<Vec<_>>());
        assert_eq!((files.hidden, files.others), (1, if cfg!(unix) { 2 } else { 0 }));
    }
}
