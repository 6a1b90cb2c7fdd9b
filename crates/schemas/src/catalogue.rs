//! Everything that is published, and how it is found.

use std::collections::BTreeSet;

use rebuttal_model::{ApiVersion, schema::Published};
use serde_json::Value;
use thiserror::Error;

use crate::yaml;

/// A notation in which data is printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// Indented by two, with a line end at the end.
    Json,
    /// YAML 1.2 that readers of YAML 1.1 take for the same.
    Yaml,
}

/// A published file.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// The path below `schemas/`, with the extension.
    pub path: String,
    content: Content,
}

#[derive(Clone, Debug, PartialEq)]
enum Content {
    Data(Value),
    /// A page, or JSON whose layout is its own.
    Text(String),
}

impl File {
    /// The file as it is published.
    pub fn text(&self) -> String {
        match &self.content {
            Content::Text(text) => text.clone(),
            Content::Data(data) => written(data, self.format()),
        }
    }

    /// The file in another notation.
    ///
    /// # Errors
    ///
    /// When the file is a page.
    pub fn text_as(&self, format: Format) -> Result<String, CatalogueError> {
        if format == self.format() {
            return Ok(self.text());
        }
        self.data().map(|data| written(&data, format))
    }

    /// What the file says.
    ///
    /// # Errors
    ///
    /// When the file is a page.
    pub fn data(&self) -> Result<Value, CatalogueError> {
        match &self.content {
            Content::Data(data) => Ok(data.clone()),
            Content::Text(text) => serde_json::from_str(text).map_err(|_| CatalogueError::Page {
                path: self.path.clone(),
            }),
        }
    }

    /// Whether the file is a JSON Schema: it says which dialect it is in.
    pub fn is_schema(&self) -> bool {
        matches!(&self.content, Content::Data(data) if data["$schema"].as_str().is_some_and(is_dialect))
    }

    fn format(&self) -> Format {
        if has_extension(&self.path, "yaml") {
            Format::Yaml
        } else {
            Format::Json
        }
    }
}

/// Everything that is published, by path.
#[derive(Clone, Debug)]
pub struct Catalogue {
    files: Vec<File>,
}

/// Why a name leads to no file, or to none of the wanted kind.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum CatalogueError {
    /// Nothing is called that.
    #[error("expected the name of a published file, found {found:?}{}", meant(.nearest.as_ref()))]
    Unknown {
        /// The name.
        found: String,
        /// The known name that is nearest, where one is near.
        nearest: Option<String>,
    },
    /// There is one, in other versions.
    #[error("expected {found} of one of the versions {}, found version {version}", .versions.join(", "))]
    OtherVersions {
        /// The name.
        found: String,
        /// The version that was asked for.
        version: String,
        /// Those that have it.
        versions: Vec<String>,
    },
    /// There is one, of no version.
    #[error("expected no version with {found}: it is the same for all")]
    NoVersions {
        /// The name.
        found: String,
    },
    /// The name is of data, where a schema was expected.
    #[error("expected the name of a schema, found {path}, which is data")]
    NoSchema {
        /// The path of the data.
        path: String,
    },
    /// The name is of a page, where data was expected.
    #[error("expected data, found {path}, which is a page to read")]
    Page {
        /// The path of the page.
        path: String,
    },
}

fn meant(nearest: Option<&String>) -> String {
    nearest.map_or_else(
        || "; --list names them".to_owned(),
        |nearest| format!(" (did you mean `{nearest}`?)"),
    )
}

impl Catalogue {
    /// The catalogue of these files. An `OpenAPI` document gets a twin in YAML.
    pub fn new(published: impl IntoIterator<Item = Published>) -> Self {
        let mut files = Vec::new();
        for Published { path, content } in published {
            let path = path.to_string();
            if content.get("openapi").is_some()
                && let Some(stem) = path.strip_suffix(".json")
            {
                files.push(File {
                    path: format!("{stem}.yaml"),
                    content: Content::Data(content.clone()),
                });
            }
            let content = match content {
                Value::String(text) => Content::Text(text),
                data => Content::Data(data),
            };
            files.push(File { path, content });
        }
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Self { files }
    }

    /// Every file, by path.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The file at a path below `schemas/`.
    pub fn at(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The file that a name means: a path, with or without its extension, or the path without its version.
    /// Of those with versions it is the one of `version`, or of the current version.
    ///
    /// # Errors
    ///
    /// When no file is called that, or none in this version.
    pub fn find(&self, name: &str, version: Option<ApiVersion>) -> Result<&File, CatalogueError> {
        let exact = self.at(name).or_else(|| self.at(&format!("{name}.json")));
        if version.is_none()
            && let Some(file) = exact
        {
            return Ok(file);
        }
        let wanted = version.unwrap_or_default().as_str();
        let named = || self.versioned(name.strip_suffix(".json").unwrap_or(name));
        if let Some((_, file)) = named().find(|(version, _)| *version == wanted) {
            return Ok(file);
        }
        let versions: Vec<_> = named().map(|(version, _)| version.to_owned()).collect();
        if !versions.is_empty() {
            return Err(CatalogueError::OtherVersions {
                found: name.to_owned(),
                version: wanted.to_owned(),
                versions,
            });
        }
        match exact.or_else(|| self.files.iter().find(|file| stem(&file.path) == name)) {
            Some(file) if version.is_none() => Ok(file),
            Some(_) => Err(CatalogueError::NoVersions {
                found: name.to_owned(),
            }),
            None => Err(CatalogueError::Unknown {
                found: name.chars().take(200).collect(),
                nearest: self.nearest(name),
            }),
        }
    }

    /// The schema that a name means.
    ///
    /// # Errors
    ///
    /// When no file is called that, or the file is no schema.
    pub fn schema(&self, name: &str, version: Option<ApiVersion>) -> Result<&File, CatalogueError> {
        let file = self.find(name, version)?;
        if file.is_schema() {
            return Ok(file);
        }
        Err(CatalogueError::NoSchema {
            path: file.path.clone(),
        })
    }

    /// The names that people say, each once.
    pub fn names(&self) -> BTreeSet<String> {
        self.files.iter().map(|file| split(&file.path).0).collect()
    }

    fn versioned<'a>(&'a self, name: &str) -> impl Iterator<Item = (&'a str, &'a File)> + use<'a> {
        let name = name.to_owned();
        self.files.iter().filter_map(move |file| match split(&file.path) {
            (own, Some(version)) if own == name => Some((version, file)),
            _ => None,
        })
    }

    fn nearest(&self, name: &str) -> Option<String> {
        let name: String = name.to_lowercase().chars().take(200).collect();
        self.names()
            .into_iter()
            .chain(self.files.iter().map(|file| file.path.clone()))
            .map(|known| (strsim::damerau_levenshtein(&name, &known), known))
            .filter(|(distance, known)| {
                *distance <= 1 + known.len().max(name.len()) / 4 || known.starts_with(&name)
            })
            .min()
            .map(|(_, known)| known)
    }
}

/// A path without its extension and version, and the version.
fn split(path: &str) -> (String, Option<&str>) {
    let mut version = None;
    let mut rest: Vec<&str> = Vec::new();
    for part in stem(path).split('/') {
        match ApiVersion::ALL.iter().find(|it| it.as_str() == part) {
            Some(_) if version.is_none() => version = Some(part),
            _ => rest.push(part),
        }
    }
    (rest.join("/"), version)
}

fn stem(path: &str) -> &str {
    ["json", "yaml", "md"]
        .into_iter()
        .find_map(|extension| path.strip_suffix(extension)?.strip_suffix('.'))
        .unwrap_or(path)
}

fn has_extension(path: &str, extension: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, own)| own == extension)
}

fn is_dialect(name: &str) -> bool {
    name.starts_with("https://json-schema.org/") || name.starts_with("http://json-schema.org/")
}

fn written(data: &Value, format: Format) -> String {
    match format {
        Format::Json => format!("{data:#}\n"),
        Format::Yaml => yaml::to_string(data),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn catalogue() -> Catalogue {
        let schema =
            |title: &str| json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title});
        Catalogue::new(
            [
                ("2019-05-29/document.json", schema("now")),
                ("2017-11-02/document.json", schema("then")),
                ("2017-11-02/deleted-document.json", schema("short")),
                ("tolerant/2019-05-29/document.json", schema("borne")),
                ("error.json", schema("any error")),
                ("2019-05-29/error.json", schema("error now")),
                ("report.json", schema("report")),
                ("codes.json", json!({"codes": []})),
                ("codes.md", json!("# Codes\n")),
                ("openapi.json", json!({"openapi": "3.1.0"})),
            ]
            .map(|(path, content)| Published { path, content }),
        )
    }

    #[test]
    fn names_are_read_as_people_say_them() {
        let catalogue = catalogue();
        let then = Some(ApiVersion::V2017_11_02);
        let oldest = Some(ApiVersion::V2014_07_27);
        for (name, version, wanted) in [
            ("document", None, Ok("2019-05-29/document.json")),
            ("document", then, Ok("2017-11-02/document.json")),
            ("2017-11-02/document", None, Ok("2017-11-02/document.json")),
            ("2017-11-02/document.json", None, Ok("2017-11-02/document.json")),
            ("tolerant/document", None, Ok("tolerant/2019-05-29/document.json")),
            ("error", None, Ok("error.json")),
            ("error.json", None, Ok("error.json")),
            ("codes", None, Ok("codes.json")),
            ("codes.md", None, Ok("codes.md")),
            ("openapi", None, Ok("openapi.json")),
            ("openapi.yaml", None, Ok("openapi.yaml")),
            (
                "document",
                oldest,
                Err(
                    "expected document of one of the versions 2017-11-02, 2019-05-29, found version 2014-07-27",
                ),
            ),
            (
                "deleted-document",
                None,
                Err("expected deleted-document of one of the versions 2017-11-02, found version 2019-05-29"),
            ),
            (
                "report",
                then,
                Err("expected no version with report: it is the same for all"),
            ),
            (
                "documnt",
                None,
                Err("expected the name of a published file, found \"documnt\" (did you mean `document`?)"),
            ),
            (
                "Document",
                None,
                Err("expected the name of a published file, found \"Document\" (did you mean `document`?)"),
            ),
            (
                "nothing-like-it",
                None,
                Err("expected the name of a published file, found \"nothing-like-it\"; --list names them"),
            ),
        ] {
            let found = catalogue.find(name, version).map(|file| file.path.clone());
            assert_eq!(
                found.map_err(|it| it.to_string()),
                wanted.map(str::to_owned).map_err(str::to_owned),
                "{name}"
            );
        }
    }

    #[test]
    fn a_page_has_one_form_and_data_is_no_schema() {
        let catalogue = catalogue();
        let page = catalogue.find("codes.md", None).unwrap();
        assert_eq!(page.text(), "# Codes\n");
        assert!(matches!(
            page.text_as(Format::Yaml),
            Err(CatalogueError::Page { .. })
        ));
        assert!(matches!(
            catalogue.schema("codes", None),
            Err(CatalogueError::NoSchema { .. })
        ));
        let openapi = catalogue.find("openapi.yaml", None).unwrap();
        assert_eq!(openapi.text(), "openapi: \"3.1.0\"\n");
        assert_eq!(
            openapi.text_as(Format::Json).unwrap(),
            "{\n  \"openapi\": \"3.1.0\"\n}\n"
        );
    }
}
