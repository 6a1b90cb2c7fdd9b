//! What every manifest of a crate says: its versions and its lints are the workspace's.

use super::Finding;

pub(super) fn check(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (mut section, mut lints) = ("", false);
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']');
            if dependency_table(section) {
                let what = "a dependency has a table of its own";
                findings.push(Finding::at(
                    path,
                    index + 1,
                    what,
                    "write `name.workspace = true`",
                ));
            }
            continue;
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        lints |= section == "lints" && compact(line) == "workspace=true";
        if section.ends_with("dependencies") && !of_the_workspace(line) {
            let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
            findings.push(Finding::at(
                path,
                index + 1,
                format!("the version of {name} is pinned here"),
                "pin it in [workspace.dependencies] of Cargo.toml, and write `name.workspace = true` here",
            ));
        }
    }
    if !lints {
        let what = "the lints of the workspace do not hold here";
        findings.push(Finding::new(path, what, "add `[lints]` with `workspace = true`"));
    }
    findings
}

/// `dependencies.NAME` and the like.
fn dependency_table(section: &str) -> bool {
    section
        .rsplit_once('.')
        .is_some_and(|(head, _)| head.ends_with("dependencies"))
}

fn of_the_workspace(line: &str) -> bool {
    let line = compact(line);
    line.split_once('=').is_some_and(|(name, value)| {
        (name.ends_with(".workspace") && value == "true")
            || (value.starts_with('{') && value.contains("workspace=true"))
    })
}

fn compact(line: &str) -> String {
    let line = line.split('#').next().unwrap_or_default();
    line.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_or_missing_lints_are_found_with_their_line() {
        let good = "[package]\nname = \"x\"\n\n[lints]\nworkspace = true\n\n[dependencies]\nhttp.workspace = true\n\
                    toml = { workspace = true, features = [\"serde\"] }\n\n[dev-dependencies]\n# none\n";
        assert_eq!(check("a/Cargo.toml", good), []);
        for (bad, place) in [
            (
                good.replace("http.workspace = true", "http = \"1\""),
                "a/Cargo.toml:8",
            ),
            (
                good.replace("# none", "toml = { version = \"1\" }"),
                "a/Cargo.toml:12",
            ),
            (
                good.replace("# none", "[target.'cfg(unix)'.dependencies]\nlibc = \"1\""),
                "a/Cargo.toml:13",
            ),
            (
                good.replace("# none", "[dependencies.libc]\nworkspace = true"),
                "a/Cargo.toml:12",
            ),
            (good.replace("workspace = true\n\n[dep", "\n[dep"), "a/Cargo.toml"),
        ] {
            let places: Vec<_> = check("a/Cargo.toml", &bad)
                .into_iter()
                .map(|it| it.place)
                .collect();
            assert_eq!(places, [place], "{bad}");
        }
    }
}
