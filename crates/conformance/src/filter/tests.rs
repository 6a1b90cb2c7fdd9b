use std::collections::BTreeSet;

use super::*;
use crate::scenario::embedded;

fn ids(library: &Library, expression: &str) -> BTreeSet<String> {
    let filter: Filter = expression
        .parse()
        .unwrap_or_else(|error: Defects| panic!("{}", error.render(false)));
    filter
        .check(library)
        .unwrap_or_else(|error| panic!("{}", error.render(false)));
    let meant = library
        .iter()
        .filter(|(id, scenario)| filter.selects(id, scenario));
    meant.map(|(id, _)| id.clone()).collect()
}

#[test]
fn operators_are_those_of_sets() {
    let library = embedded().unwrap();
    let ids = |expression| ids(&library, expression);
    let (uploads, large) = (ids("clause(upload.*)"), ids("tag(large)"));
    let (lists, must) = (ids("id(list/*)"), ids("level(must)"));
    assert!(!uploads.is_disjoint(&large) && !lists.is_subset(&must));

    let without_large: BTreeSet<_> = uploads.difference(&large).cloned().collect();
    let binding_lists: BTreeSet<_> = lists.intersection(&must).cloned().collect();
    let wanted: BTreeSet<_> = without_large.union(&binding_lists).cloned().collect();
    for expression in [
        "clause(upload.*) & !tag(large) | id(list/*) & level(must)",
        "clause(upload.*)&!tag(large)|id(list/*)&level(MUST)",
        "clause(upload) and not tag( large ) or id(list) and level(must)",
        "(id(list/*) & level(must)) | ((!(tag(large))) & clause(upload.*))",
        "!(!(clause(upload.*) & !tag(large)) & !(id(list/*) & level(must)))",
    ] {
        assert_eq!(ids(expression), wanted, "{expression}");
    }
    // And binds more than or, from either side.
    assert_eq!(
        ids("id(list/*) | clause(upload.*) & tag(large)"),
        lists
            .union(&uploads.intersection(&large).cloned().collect())
            .cloned()
            .collect()
    );
    assert_eq!(ids("all()").len(), library.len());
    assert_eq!(
        ids("not not id(upload/png)"),
        BTreeSet::from(["upload/png".to_owned()])
    );
    assert_eq!(
        ids("!all() | id(upload/png)"),
        BTreeSet::from(["upload/png".to_owned()])
    );
}

#[test]
fn an_error_says_what_was_expected_where() {
    for (expression, column, message) in [
        (
            "",
            1,
            "expected `id(…)`, `clause(…)`, `tag(…)`, `level(…)`, `all()`, `!` or `(`, found the end",
        ),
        ("clause(upload.*) &", 19, "found the end"),
        ("clause(upload.*) && tag(large)", 19, "found `&`"),
        ("id(a) id(b)", 7, "expected `&`, `|` or the end, found `id`"),
        ("(id(a) | id(b)", 15, "expected `&`, `|` or `)`, found the end"),
        ("id(a))", 6, "expected `&`, `|` or the end, found `)`"),
        ("clasue(upload.*)", 1, "found `clasue`"),
        ("upload", 1, "found `upload`"),
        ("!", 2, "found the end"),
        ("id", 3, "expected `(` behind `id`, found the end"),
        ("id a", 4, "expected `(` behind `id`, found `a`"),
        (
            "id(a",
            5,
            "expected `)` behind the pattern of `id`, found the end",
        ),
        ("id(a(b)", 5, "expected `)` behind the pattern of `id`, found `(`"),
        (
            "tag( ) & id(a)",
            5,
            "expected a pattern in `tag(…)`, such as `large`, found none",
        ),
        (
            "all(large)",
            5,
            "expected `all()`, found a pattern in it: `large`",
        ),
        ("id(ก) & ✗", 9, "found `✗`"),
    ] {
        let error = expression.parse::<Filter>().expect_err(expression);
        let [problem] = error.problems.as_slice() else {
            panic!("one problem: {expression}")
        };
        assert!(
            problem.message.contains(message),
            "{expression}: {}",
            problem.message
        );
        assert_eq!(error.position(problem.span.start), (1, column), "{expression}");
    }
    let deep = format!("{}id(a){}", "(".repeat(65), ")".repeat(65));
    assert!(
        deep.parse::<Filter>()
            .unwrap_err()
            .to_string()
            .contains("at most 64")
    );
    let long = vec!["id(a)"; 100_000].join("|");
    assert!(long.parse::<Filter>().is_ok(), "length is no depth");
}

#[test]
fn an_operand_that_means_nothing_is_an_error() {
    let library = embedded().unwrap();
    for (expression, wanted) in [
        (
            "id(upload/pgn)",
            "--filter:1:4: no scenario has the id `upload/pgn`",
        ),
        (
            "all() & !tag(lagre)",
            "--filter:1:14: no scenario has the tag `lagre`",
        ),
        (
            "clause(uplod.*) | level(may)",
            "--filter:1:8: no scenario covers the clause `uplod.*`\n--filter:1:25: no scenario covers a clause of the \
             level `may`",
        ),
    ] {
        let filter: Filter = expression.parse().unwrap();
        assert_eq!(filter.check(&library).unwrap_err().to_string(), wanted);
    }
    let filter: Filter = "clause(uplod) & tag(larg)".parse().unwrap();
    let shown = filter.check(&library).unwrap_err().render(false);
    let wanted = "error: no scenario has the tag `larg`\n --> --filter:1:21\n  |\n1 | clause(uplod) & tag(larg)\n  |                     \
                  ^^^^\n  |\n  = help: did you mean `large`?";
    assert!(shown.ends_with(wanted), "{shown}");
}
