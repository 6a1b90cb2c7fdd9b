//! Which crate may depend on which.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Finding;

/// A package, what it may depend on, and what its tests may use besides.
struct Arrow {
    from: &'static str,
    to: &'static [&'static str],
    tests: &'static [&'static str],
}

const fn arrow(from: &'static str, to: &'static [&'static str]) -> Arrow {
    Arrow { from, to, tests: &[] }
}

const MODEL: &str = "rebuttal-model";
const MULTIPART: &str = "rebuttal-multipart";
const VALIDATE: &str = "rebuttal-validate";
const MOCK: &str = "rebuttal-mock";
const CONFORMANCE: &str = "rebuttal-conformance";
const FUZZING: &str = "rebuttal-fuzzing";
const SCHEMAS: &str = "rebuttal-schemas";

/// Every package of the workspace. `conformance` reaches neither `validate` nor `mock`: an expectation
/// that the code under test computes is no expectation.
const ARROWS: &[Arrow] = &[
    arrow(MODEL, &[]),
    arrow(MULTIPART, &[]),
    arrow(VALIDATE, &[MODEL]),
    arrow(MOCK, &[MODEL, VALIDATE, MULTIPART]),
    Arrow {
        from: CONFORMANCE,
        to: &[MODEL, MULTIPART],
        tests: &[MOCK],
    },
    arrow(FUZZING, &[MODEL, VALIDATE, MULTIPART, MOCK, CONFORMANCE]),
    arrow(SCHEMAS, &[MODEL, VALIDATE, MULTIPART]),
    arrow(
        "rebuttal",
        &[MODEL, MULTIPART, VALIDATE, MOCK, CONFORMANCE, FUZZING, SCHEMAS],
    ),
    arrow("xtask", &[]),
];

const MEND: &str = "move the code to where the arrows of ARCHITECTURE.md allow it";

pub(super) fn check(metadata: &Value) -> Vec<Finding> {
    let packages = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
    let names: BTreeSet<&str> = packages
        .iter()
        .filter_map(|package| package["name"].as_str())
        .collect();
    let table: BTreeMap<&str, &Arrow> = ARROWS.iter().map(|arrow| (arrow.from, arrow)).collect();
    let mut findings = Vec::new();
    for gone in table.keys().filter(|name| !names.contains(*name)) {
        let what = format!("the table of arrows names {gone}, which the workspace does not have");
        findings.push(Finding::new(
            "xtask/src/tidy/arrows.rs",
            what,
            "take it out of the table",
        ));
    }
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let place = manifest_of(package, metadata);
        let Some(arrow) = table.get(name) else {
            let what = format!("{name} has no entry in the table of arrows");
            findings.push(Finding::new(
                place,
                what,
                "add it to xtask/src/tidy/arrows.rs and ARCHITECTURE.md",
            ));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let to = dependency["name"].as_str().unwrap_or_default();
            let for_tests = dependency["kind"] == "dev";
            // A package depends on itself only for its tests, to turn its features on.
            let for_itself = for_tests && to == name;
            let allowed = arrow.to.contains(&to) || (for_tests && arrow.tests.contains(&to)) || for_itself;
            if names.contains(to) && !allowed {
                let tests = if for_tests { "the tests of " } else { "" };
                findings.push(Finding::new(
                    &*place,
                    format!("{tests}{name} must not depend on {to}"),
                    MEND,
                ));
            }
        }
    }
    findings
}

fn manifest_of(package: &Value, metadata: &Value) -> String {
    let path = package["manifest_path"].as_str().unwrap_or_default();
    let root = metadata["workspace_root"].as_str().unwrap_or_default();
    path.strip_prefix(root)
        .unwrap_or(path)
        .trim_start_matches(['/', '\\'])
        .to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Value {
        let dependencies: Vec<_> = dependencies
            .iter()
            .map(|(name, kind)| json!({"name": name, "kind": kind}))
            .collect();
        json!({"name": name, "manifest_path": format!("/checkout/crates/{name}/Cargo.toml"), "dependencies": dependencies})
    }

    fn whole(changed: Value) -> Value {
        let mut packages: Vec<_> = ARROWS
            .iter()
            .filter(|arrow| changed["name"] != arrow.from)
            .map(|arrow| package(arrow.from, &[]))
            .collect();
        packages.push(changed);
        json!({"workspace_root": "/checkout", "packages": packages})
    }

    fn said(changed: Value) -> Vec<String> {
        check(&whole(changed))
            .iter()
            .map(|it| format!("{}: {}", it.place, it.what))
            .collect()
    }

    #[test]
    fn an_arrow_outside_the_table_is_found() {
        assert_eq!(
            said(package(
                CONFORMANCE,
                &[(MODEL, None), (MOCK, Some("dev")), ("http", None)]
            )),
            [""; 0]
        );
        assert_eq!(
            said(package(CONFORMANCE, &[(MOCK, None), (VALIDATE, Some("dev"))])),
            [
                "crates/rebuttal-conformance/Cargo.toml: rebuttal-conformance must not depend on rebuttal-mock",
                "crates/rebuttal-conformance/Cargo.toml: the tests of rebuttal-conformance must not depend on rebuttal-validate",
            ]
        );
        assert_eq!(
            said(package(MODEL, &[(VALIDATE, None)])),
            ["crates/rebuttal-model/Cargo.toml: rebuttal-model must not depend on rebuttal-validate"]
        );
        assert_eq!(said(package(MODEL, &[(MODEL, Some("dev"))])), [""; 0]);
    }

    #[test]
    fn a_package_without_an_entry_and_an_entry_without_a_package_are_found() {
        assert_eq!(
            said(package("rebuttal-new", &[])),
            ["crates/rebuttal-new/Cargo.toml: rebuttal-new has no entry in the table of arrows"]
        );
        let mut metadata = whole(package("xtask", &[]));
        metadata["packages"].as_array_mut().unwrap().pop();
        assert_eq!(
            check(&metadata)[0].what,
            "the table of arrows names xtask, which the workspace does not have"
        );
    }
}
