//! What a scenario file must mean, beyond its shape: clauses that exist, references that resolve, steps that
//! can fail.

mod by_hand;

use std::{collections::BTreeSet, ops::Range};

use rebuttal_model::clause;
use rebuttal_multipart::{Breakage, ViolationId, malform};
use serde_json::Value;

use super::{Expect, Scenario, Step, tags};
use crate::{
    diagnostic::Problem,
    pattern,
    shape::{Fitting, Place},
    template::{self, Part},
};

/// Clauses that every exchange is judged by, whatever the step is about.
pub const CLAUSES_JUDGED_EVERYWHERE: &[&str] = &[
    "answer.json",
    "answer.status-200",
    "auth.challenge",
    "document.shape",
    "error.no-leak",
    "error.shape",
    "list.shape",
    "rate.429",
    "server.5xx",
    "version.echo",
];

/// The clause of a list that must be unchanged after an upload.
pub(crate) const NOT_STORED: &str = "upload.too-large-not-stored";

/// Everything wrong with a scenario that fits its schema.
pub(super) fn check(fitting: &Fitting<'_, Scenario>) -> Vec<Problem> {
    let mut check = Check {
        fitting,
        names: BTreeSet::new(),
        problems: Vec::new(),
    };
    check.covers();
    check.tags();
    check.disputes();
    for (key, steps) in [
        ("step", &fitting.value.steps),
        ("cleanup", &fitting.value.cleanup),
    ] {
        for (index, step) in steps.iter().enumerate() {
            check.step(key, index, step);
        }
    }
    check.problems.sort_by_key(|problem| problem.span.start);
    check.problems
}

struct Check<'f, 't> {
    fitting: &'f Fitting<'t, Scenario>,
    /// What a reference may name so far.
    names: BTreeSet<String>,
    problems: Vec<Problem>,
}

impl Check<'_, '_> {
    fn covers(&mut self) {
        let scenario = &self.fitting.value;
        for (index, id) in scenario.covers.iter().enumerate() {
            let span = self.fitting.span(&[Place::Key("covers"), Place::Item(index)]);
            if clause::find(id).is_none() {
                let problem = Problem::new(span, format!("unknown clause `{id}`"));
                self.problems
                    .push(problem.nearest(id, clause::all().map(|clause| clause.id)));
            } else if scenario.covers[..index].contains(id) {
                self.problems
                    .push(Problem::new(span, format!("clause `{id}` is covered twice")));
            } else if index > 0 && !self.judges(id) {
                let problem = Problem::new(span, format!("no step is about clause `{id}`"));
                self.problems
                    .push(problem.help(format!("give one `clause = \"{id}\"`, or do not cover it")));
            }
        }
    }

    /// Whether some step is judged by this clause.
    fn judges(&self, id: &str) -> bool {
        let steps = &self.fitting.value.steps;
        let mut steps = steps
            .iter()
            .flat_map(|step| std::iter::once(step).chain(&step.together));
        CLAUSES_JUDGED_EVERYWHERE.contains(&id)
            || steps.any(|step| {
                let expects = step.expect.iter().chain(step.observe.iter().map(|it| &it.expect));
                step.clause.as_deref() == Some(id)
                    || (id == NOT_STORED && expects.clone().any(|it| it.unchanged))
                    || (id == clause::upload::DISTINCT_IDS.id && step.is_about_distinct_ids())
            })
    }

    fn tags(&mut self) {
        let written = &self.fitting.value.tags;
        for (index, tag) in written.iter().enumerate() {
            let span = self.fitting.span(&[Place::Key("tags"), Place::Item(index)]);
            let problem = if tags::is_derived(tag) {
                Problem::new(span, format!("the tag `{tag}` is read off the scenario")).help("leave it out")
            } else if !tags::is_well_formed(tag) {
                let what = format!("expected a tag of small letters, digits and hyphens, found `{tag}`");
                Problem::new(span, what)
            } else if written[..index].contains(tag) {
                Problem::new(span, format!("the tag `{tag}` stands twice"))
            } else {
                continue;
            };
            self.problems.push(problem);
        }
    }

    fn disputes(&mut self) {
        for name in self.fitting.value.disputes.keys() {
            let span = self.fitting.span(&[Place::Key("disputes"), Place::Key(name)]);
            if template::BUILT_IN.contains(&name.as_str()) {
                self.problems
                    .push(Problem::new(span, format!("the name `{name}` is taken")));
            }
            self.names.insert(name.clone());
        }
        self.names
            .extend(template::BUILT_IN.iter().map(|name| (*name).to_owned()));
    }

    fn step(&mut self, key: &str, index: usize, step: &Step) {
        let place = [Place::Key(key), Place::Item(index)];
        let here = self.fitting.span(&place);
        let at = |name| self.fitting.span(&[place[0], place[1], Place::Key(name)]);
        let actions = step.actions();
        if actions.len() != 1 {
            let found = if actions.is_empty() {
                "none".to_owned()
            } else {
                actions.join(" and ")
            };
            self.problems.push(Problem::new(
                here.clone(),
                format!(
                    "expected one of upload, list, retrieve, destroy, walk, request, send, together, found {found}"
                ),
            ));
        }
        if step.together.is_empty() {
            self.strength(key, step, &here, at("setup"));
        }
        if let Some(id) = &step.clause
            && !self.fitting.value.covers.contains(id)
        {
            let problem = Problem::new(at("clause"), format!("clause `{id}` is not among those covered"));
            self.problems
                .push(problem.nearest(id, self.fitting.value.covers.iter().map(String::as_str)));
        }
        let needs_main =
            step.works_on_main() || step.beside_slow_upload || step.expectations().any(|it| it.unchanged);
        if needs_main && !self.fitting.value.disputes.contains_key("main") {
            let problem = Problem::new(
                here.clone(),
                "expected a dispute for this step, found none named `main`",
            );
            self.problems
                .push(problem.help("add `disputes = { main = \"open\" }` at the top, or name another"));
        }
        if let Some(broken) = step.upload.as_ref().and_then(|upload| upload.broken.as_deref())
            && broken.parse::<Breakage>().is_err()
        {
            let span = self
                .fitting
                .span(&[place[0], place[1], Place::Key("upload"), Place::Key("broken")]);
            let known = Breakage::ALL.iter().map(|it| it.as_str());
            self.problems
                .push(Problem::new(span, format!("unknown breakage `{broken}`")).nearest(broken, known));
        }
        if let Some(id) = step
            .upload
            .as_ref()
            .and_then(|upload| upload.malformed.as_deref())
            && id.parse().ok().and_then(malform).is_none()
        {
            let span =
                self.fitting
                    .span(&[place[0], place[1], Place::Key("upload"), Place::Key("malformed")]);
            let known = ViolationId::ALL.iter().map(|it| it.as_str());
            self.problems
                .push(Problem::new(span, format!("no request breaks a rule `{id}`")).nearest(id, known));
        }
        if let Some(upload) = &step.upload
            && upload.bytes.is_some()
            && !upload.file.unwrap_or_default().is_sizable()
        {
            let span = self
                .fitting
                .span(&[place[0], place[1], Place::Key("upload"), Place::Key("bytes")]);
            self.problems.push(Problem::new(
                span,
                "expected png, jpeg or pdf with a length of choice",
            ));
        }
        self.one_content(step, &here);
        let value = serde_json::to_value(step).unwrap_or_default();
        self.texts(&value, &place);
        self.by_hand(place, step);
        if let Some(name) = &step.name {
            if self.names.contains(name) {
                self.problems
                    .push(Problem::new(at("name"), format!("the name `{name}` is taken")));
            }
            self.names.insert(name.clone());
        }
    }

    /// What is sent is said once.
    fn one_content(&mut self, step: &Step, here: &Range<usize>) {
        let upload = step.upload.as_ref();
        let made = upload.is_some_and(|it| it.file.is_some() || it.bytes.is_some() || it.no_file);
        let request = step.request.as_ref();
        let written = request.is_some_and(|it| it.body.is_some() || it.json.is_some());
        let beside = upload.is_some_and(|it| it.content.is_some());
        let body_beside = request.is_some_and(|it| it.content.is_some());
        if beside && made || body_beside && written {
            let problem = Problem::new(here.clone(), "expected one content, found `content` and another");
            self.problems.push(problem);
        }
    }

    /// A step that cannot fail shows nothing.
    fn strength(&mut self, key: &str, step: &Step, here: &Range<usize>, setup: Range<usize>) {
        let expects = step.expect.is_some() || !step.observe.is_empty();
        if key == "step" && !step.setup && !expects {
            let problem = Problem::new(
                here.clone(),
                "expected `expect`, `observe` or `setup`, found none",
            );
            self.problems
                .push(problem.help("a step without an expectation cannot fail"));
        }
        if step.setup && expects {
            let problem = Problem::new(setup, "expected either `setup` or an expectation, found both");
            self.problems
                .push(problem.help("a step that prepares is not judged"));
        }
        if step.expect.as_ref().is_some_and(Expect::is_vacuous)
            || step.observe.iter().any(|it| it.expect.is_vacuous())
        {
            self.problems.push(Problem::new(
                here.clone(),
                "expected something to hold, found an empty expectation",
            ));
        }
    }

    /// Every text of a step: its references must resolve, its typed patterns be known.
    fn texts(&mut self, value: &Value, way: &[Place<'_>]) {
        let below = |place| [way, &[place]].concat();
        match value {
            Value::Object(members) => {
                members
                    .iter()
                    .for_each(|(key, value)| self.texts(value, &below(Place::Key(key))));
            }
            Value::Array(items) => {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(index, item)| self.texts(item, &below(Place::Item(index))));
            }
            Value::String(text) => self.text(text, way),
            _ => {}
        }
    }

    fn text(&mut self, text: &str, way: &[Place<'_>]) {
        let is_reference = |key: &str| matches!(key, "step" | "reverse_of");
        if let (Some(Place::Key(key)), Some(Place::Key("expect" | "same_as" | "slice_of"))) =
            (way.last(), way.iter().rev().nth(1))
            && is_reference(key)
            && !self.names.contains(text)
        {
            let span = self.fitting.span(way);
            let problem = Problem::new(span, format!("unknown step `{text}`"));
            self.problems
                .push(problem.nearest(text, self.names.iter().map(String::as_str)));
            return;
        }
        let in_body = way
            .iter()
            .any(|place| matches!(place, Place::Key("body" | "headers")));
        if in_body && pattern::is_word(text) && !text.starts_with("<basic") {
            let known = || pattern::WORDS.iter().map(|(word, _)| *word);
            if known().all(|word| word != text) {
                let problem = Problem::new(self.fitting.span(way), format!("unknown pattern `{text}`"));
                self.problems.push(
                    problem
                        .help(format!("known: {}", known().collect::<Vec<_>>().join(", ")))
                        .nearest(text, known()),
                );
            }
        }
        match template::parse(text) {
            Err(error) => self
                .problems
                .push(Problem::new(self.fitting.span(way), error.to_string())),
            Ok(parts) => {
                for part in parts {
                    let Part::Reference(reference) = part else {
                        continue;
                    };
                    let raw = matches!(reference.name, "host" | "prefix" | "authorization")
                        && way.iter().any(|place| matches!(place, Place::Key("send")));
                    if !raw && !self.names.contains(reference.name) {
                        let problem = Problem::new(
                            self.fitting.span(way),
                            format!("unknown reference `{}`", reference.name),
                        );
                        self.problems
                            .push(problem.nearest(reference.name, self.names.iter().map(String::as_str)));
                    }
                }
            }
        }
    }
}

impl Step {
    /// The actions that are given; a valid step has one.
    fn actions(&self) -> Vec<&'static str> {
        [
            (self.upload.is_some(), "upload"),
            (self.list.is_some(), "list"),
            (self.retrieve.is_some(), "retrieve"),
            (self.destroy.is_some(), "destroy"),
            (self.walk.is_some(), "walk"),
            (self.request.is_some(), "request"),
            (self.send.is_some(), "send"),
            (!self.together.is_empty(), "together"),
        ]
        .into_iter()
        .filter_map(|(given, name)| given.then_some(name))
        .collect()
    }

    /// Whether the action names no dispute and so means `main`.
    fn works_on_main(&self) -> bool {
        if self.together.iter().any(Self::works_on_main) {
            return true;
        }
        [
            self.upload.as_ref().map(|it| &it.dispute),
            self.list.as_ref().map(|it| &it.dispute),
            self.retrieve.as_ref().map(|it| &it.dispute),
            self.destroy.as_ref().map(|it| &it.dispute),
            self.walk.as_ref().map(|it| &it.dispute),
        ]
        .into_iter()
        .flatten()
        .any(Option::is_none)
    }

    /// Whether the step compares the id of what it uploads with others.
    fn is_about_distinct_ids(&self) -> bool {
        self.upload.as_ref().is_some_and(|upload| upload.at_once)
            || self.expectations().any(|expect| !expect.distinct_from.is_empty())
    }

    fn expectations(&self) -> impl Iterator<Item = &Expect> {
        self.expect.iter().chain(self.observe.iter().map(|it| &it.expect))
    }
}

impl Expect {
    /// Whether nothing is expected.
    fn is_vacuous(&self) -> bool {
        serde_json::to_value(self).is_ok_and(|value| value.as_object().is_some_and(serde_json::Map::is_empty))
    }
}
