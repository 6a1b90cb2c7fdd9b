//! Two `OpenAPI` documents: their operations, and what goes in and comes out of each.
//!
//! A document is open: what it does not describe it does not forbid. So a new operation or a new optional parameter
//! breaks nobody. Of a request the endpoint is the reader, of a response the client.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Breaks, Comparison, Files, node::Node};

const METHODS: [&str; 8] = [
    "delete", "get", "head", "options", "patch", "post", "put", "trace",
];

impl<'a> Comparison<'a> {
    pub(super) fn openapi(&mut self, path: &'a str, before: &'a Value, after: &'a Value) {
        let (old, new) = (Node::root(path, before), Node::root(path, after));
        for name in ["info", "tags", "externalDocs"] {
            self.said(&old, &new, name, Breaks::Nobody);
        }
        for name in ["openapi", "jsonSchemaDialect", "servers", "webhooks"] {
            self.said(&old, &new, name, Breaks::Undecided);
        }
        self.said(&old, &new, "security", Breaks::Undecided);
        for (name, one, other) in both(old.at("paths").as_ref(), new.at("paths").as_ref()) {
            match (one, other) {
                (Some(one), Some(other)) => self.path(&one, &other),
                (Some(one), None) => self.add(
                    &one,
                    Breaks::Writers,
                    format!("the path {name} is gone"),
                    None,
                    None,
                ),
                (_, Some(other)) => {
                    self.add(&other, Breaks::Nobody, format!("a new path {name}"), None, None);
                }
                (None, None) => {}
            }
        }
        self.components(&old, &new);
    }

    fn path(&mut self, old: &Node<'a>, new: &Node<'a>) {
        for method in METHODS {
            match (old.at(method), new.at(method)) {
                (None, None) => {}
                (Some(one), None) => self.add(&one, Breaks::Writers, "the operation is gone", None, None),
                (None, Some(other)) => self.add(&other, Breaks::Nobody, "a new operation", None, None),
                (Some(one), Some(other)) => {
                    self.parameters((old, &one), (new, &other));
                    self.operation(&one, &other);
                }
            }
        }
    }

    fn operation(&mut self, old: &Node<'a>, new: &Node<'a>) {
        for name in ["summary", "description", "tags", "deprecated", "externalDocs"] {
            self.said(old, new, name, Breaks::Nobody);
        }
        // Generators name methods after it.
        for name in ["operationId", "security", "servers", "callbacks"] {
            self.said(old, new, name, Breaks::Undecided);
        }
        let body = |node: &Node<'a>, files: &'a Files| follow(node.at("requestBody"), files);
        match (body(old, self.old), body(new, self.new)) {
            (None, None) => {}
            (Some(one), None) => self.add(
                &one,
                Breaks::Writers,
                "the request has no body any more",
                None,
                None,
            ),
            (None, Some(other)) => {
                self.add(
                    &other,
                    breaks_by(&other),
                    "the request has a body now",
                    None,
                    None,
                );
            }
            (Some(one), Some(other)) => {
                self.obligation(&one, &other, "the body of the request", Breaks::Nobody);
                self.content(&one, &other, Breaks::Nobody, Breaks::Writers);
            }
        }
        for (status, one, other) in both(old.at("responses").as_ref(), new.at("responses").as_ref()) {
            match (follow(one, self.old), follow(other, self.new)) {
                (Some(one), Some(other)) => self.response(&one, &other),
                (Some(one), None) => self.add(
                    &one,
                    Breaks::Writers,
                    format!("no response {status} any more"),
                    None,
                    None,
                ),
                (None, Some(other)) => self.add(
                    &other,
                    Breaks::Readers,
                    format!("a new response {status}"),
                    None,
                    None,
                ),
                (None, None) => {}
            }
        }
    }

    fn response(&mut self, old: &Node<'a>, new: &Node<'a>) {
        self.said(old, new, "description", Breaks::Nobody);
        for (name, one, other) in both(old.at("headers").as_ref(), new.at("headers").as_ref()) {
            match (follow(one, self.old), follow(other, self.new)) {
                (Some(one), Some(other)) => {
                    self.obligation(&one, &other, &format!("the header {name}"), Breaks::Readers);
                    self.below_schema(&one, &other);
                }
                (Some(one), None) => {
                    self.add(
                        &one,
                        Breaks::Readers,
                        format!("nothing is said of the header {name} any more"),
                        None,
                        None,
                    );
                }
                (None, Some(other)) => {
                    self.add(
                        &other,
                        breaks_by(&other),
                        format!("a new header {name}"),
                        None,
                        None,
                    );
                }
                (None, None) => {}
            }
        }
        self.content(old, new, Breaks::Readers, Breaks::Readers);
        for (name, one, other) in both(old.at("links").as_ref(), new.at("links").as_ref()) {
            match (one, other) {
                (Some(one), None) => self.add(
                    &one,
                    Breaks::Readers,
                    format!("the link {name} is gone"),
                    None,
                    None,
                ),
                (None, Some(other)) => {
                    self.add(&other, Breaks::Nobody, format!("a new link {name}"), None, None);
                }
                (Some(one), Some(other)) if one.value != other.value => {
                    self.add(
                        &other,
                        Breaks::Undecided,
                        format!("another link {name}"),
                        Some(one.value),
                        Some(other.value),
                    );
                }
                _ => {}
            }
        }
    }

    /// Bodies by media type; what one more of them breaks, and what one less.
    fn content(&mut self, old: &Node<'a>, new: &Node<'a>, more: Breaks, less: Breaks) {
        for (name, one, other) in both(old.at("content").as_ref(), new.at("content").as_ref()) {
            match (one, other) {
                (Some(one), Some(other)) => {
                    self.below_schema(&one, &other);
                    self.said(&one, &other, "encoding", Breaks::Undecided);
                    self.said(&one, &other, "examples", Breaks::Nobody);
                    self.said(&one, &other, "example", Breaks::Nobody);
                }
                (Some(one), None) => self.add(
                    &one,
                    less,
                    format!("no body of the type {name} any more"),
                    None,
                    None,
                ),
                (None, Some(other)) => {
                    self.add(&other, more, format!("a body of the type {name}"), None, None);
                }
                (None, None) => {}
            }
        }
    }

    /// Parameters by place and name, those of the path for all of its operations.
    fn parameters(&mut self, old: (&Node<'a>, &Node<'a>), new: (&Node<'a>, &Node<'a>)) {
        let (before, after) = (parameters(old, self.old), parameters(new, self.new));
        for (name, one) in &before {
            match after.get(name) {
                Some(other) => {
                    self.obligation(one, other, &format!("the parameter {name}"), Breaks::Nobody);
                    self.below_schema(one, other);
                    self.content(one, other, Breaks::Nobody, Breaks::Writers);
                    self.said(one, other, "description", Breaks::Nobody);
                    for how in ["style", "explode", "allowReserved", "allowEmptyValue"] {
                        self.said(one, other, how, Breaks::Undecided);
                    }
                }
                None => self.add(
                    new.1,
                    Breaks::Writers,
                    format!("the parameter {name} is gone"),
                    Some(one.value),
                    None,
                ),
            }
        }
        for (name, other) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
            let (breaks, what) = if is_required(other) {
                (Breaks::Writers, "a new required parameter")
            } else {
                (Breaks::Nobody, "a new parameter")
            };
            self.add(new.1, breaks, format!("{what} {name}"), None, Some(other.value));
        }
    }

    /// Whether something must be there. Where it no longer must, `less` says whom that breaks.
    fn obligation(&mut self, old: &Node<'a>, new: &Node<'a>, name: &str, less: Breaks) {
        match (is_required(old), is_required(new)) {
            (false, true) => self.add(
                new,
                Breaks::Writers,
                format!("{name} is required now"),
                None,
                None,
            ),
            (true, false) => self.add(new, less, format!("{name} is no longer required"), None, None),
            _ => {}
        }
    }

    fn below_schema(&mut self, old: &Node<'a>, new: &Node<'a>) {
        match (old.at("schema"), new.at("schema")) {
            (Some(one), Some(other)) => self.schemas(&one, &other),
            (None, None) => {}
            (one, other) => {
                let (one, other) = (one.map(|it| it.value), other.map(|it| it.value));
                self.add(
                    new,
                    Breaks::Undecided,
                    "a schema where none was, or none where one was",
                    one,
                    other,
                );
            }
        }
    }

    /// What is reached by no operation: a component that is gone takes its name out of generated code.
    fn components(&mut self, old: &Node<'a>, new: &Node<'a>) {
        for (kind, one, other) in both(old.at("components").as_ref(), new.at("components").as_ref()) {
            for (name, one, other) in both(one.as_ref(), other.as_ref()) {
                match (one, other) {
                    (Some(one), Some(other)) if kind == "schemas" => self.schemas(&one, &other),
                    (Some(one), Some(other)) if kind == "securitySchemes" && one.value != other.value => {
                        let what = format!("another security scheme {name}");
                        self.add(
                            &other,
                            Breaks::Undecided,
                            what,
                            Some(one.value),
                            Some(other.value),
                        );
                    }
                    (Some(one), None) => {
                        let what = format!("the component {name} is gone, and its name in generated code");
                        self.add(&one, Breaks::Undecided, what, None, None);
                    }
                    (None, Some(other)) => self.add(
                        &other,
                        Breaks::Nobody,
                        format!("a new component {name}"),
                        None,
                        None,
                    ),
                    _ => {}
                }
            }
        }
    }

    fn said(&mut self, old: &Node<'a>, new: &Node<'a>, name: &str, breaks: Breaks) {
        let (one, other) = (old.get(name), new.get(name));
        if one != other {
            let at = new.at(name).unwrap_or_else(|| new.clone());
            self.add(&at, breaks, format!("another {name}"), one, other);
        }
    }
}

/// Whom it breaks that something is there now: those who write, where it is required of them.
fn breaks_by(new: &Node<'_>) -> Breaks {
    if is_required(new) {
        Breaks::Writers
    } else {
        Breaks::Nobody
    }
}

fn is_required(node: &Node<'_>) -> bool {
    node.get("required") == Some(&Value::Bool(true))
}

fn follow<'a>(node: Option<Node<'a>>, files: &'a Files) -> Option<Node<'a>> {
    let node = node?;
    match node.get("$ref").and_then(Value::as_str) {
        Some(reference) => node.follow(reference, files),
        None => Some(node),
    }
}

fn parameters<'a>((path, operation): (&Node<'a>, &Node<'a>), files: &'a Files) -> BTreeMap<String, Node<'a>> {
    let all = path
        .items("parameters")
        .into_iter()
        .chain(operation.items("parameters"));
    all.filter_map(|it| follow(Some(it), files))
        .map(|it| {
            let text = |name| {
                it.get(name)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            (format!("{} in {}", text("name"), text("in")), it)
        })
        .collect()
}

/// The members of two objects by name.
fn both<'a>(
    old: Option<&Node<'a>>,
    new: Option<&Node<'a>>,
) -> Vec<(String, Option<Node<'a>>, Option<Node<'a>>)> {
    let mut names: Vec<&str> = Vec::new();
    for node in [old, new].into_iter().flatten() {
        let members = node.value.as_object();
        names.extend(
            members
                .into_iter()
                .flat_map(serde_json::Map::keys)
                .map(String::as_str),
        );
    }
    names.sort_unstable();
    names.dedup();
    let at = |node: Option<&Node<'a>>, name: &str| node.and_then(|node| node.at(name));
    names
        .into_iter()
        .map(|name| (name.to_owned(), at(old, name), at(new, name)))
        .collect()
}
