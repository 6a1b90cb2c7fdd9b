//! What steps must mean that send in another way than an HTTP client would.

use super::Check;
use crate::{
    diagnostic::Problem,
    scenario::{Sending, Step, Then, Upload},
    shape::Place,
};

impl Check<'_, '_> {
    pub(super) fn by_hand(&mut self, place: [Place<'_>; 2], step: &Step) {
        if let Some(send) = &step.send {
            let way = [place[0], place[1], Place::Key("send")];
            self.ending(&way, step, send.then, send.stall_ms);
            if step.same_connection {
                let span = self
                    .fitting
                    .span(&[place[0], place[1], Place::Key("same_connection")]);
                let problem = Problem::new(span, "bytes are sent on a connection of their own");
                self.problems
                    .push(problem.help("the step behind it can use its connection"));
            }
        }
        if let Some((upload, sent)) = step.upload.as_ref().and_then(|it| Some((it, it.sent.as_ref()?))) {
            self.sent(place, step, upload, sent);
        }
        if !step.together.is_empty() {
            self.together(place, step);
        }
    }

    fn sent(&mut self, place: [Place<'_>; 2], step: &Step, upload: &Upload, sent: &Sending) {
        let way = [place[0], place[1], Place::Key("upload"), Place::Key("sent")];
        let here = self.fitting.span(&way);
        let at = |key| [way[0], way[1], way[2], way[3], Place::Key(key)];
        self.ending(&way, step, sent.then, sent.stall_ms);
        let mut say = |key, text: &str| {
            let span = self.fitting.span(&at(key));
            self.problems.push(Problem::new(span, text));
        };
        if sent.then.is_some() && sent.percent.is_none() {
            say(
                "then",
                "expected `percent` beside `then`: how much of the body is sent first",
            );
        }
        if sent.percent.is_some() && sent.then.is_none() {
            say(
                "percent",
                "expected `then` beside `percent`: what is done after so much of the body",
            );
        }
        if sent.gap_ms.is_some() && sent.pieces.is_none() {
            say("gap_ms", "expected `pieces` beside `gap_ms`, found none");
        }
        let says_something = sent.then.is_some() || sent.gap_ms.is_some() || sent.stall_ms.is_some();
        if sent.pieces.is_none() && sent.percent.is_none() && !sent.both_framings && !says_something {
            let text = "expected `pieces`, `percent` or `both_framings`, found none";
            self.problems.push(Problem::new(here, text));
        }
        for (given, key) in [
            (upload.times.is_some(), "times"),
            (upload.expect_continue, "expect_continue"),
            (step.same_connection, "same_connection"),
        ] {
            if given {
                let span = self.fitting.span(&way);
                let text = format!("expected either `sent` or `{key}`, found both");
                self.problems.push(Problem::new(span, text));
            }
        }
    }

    /// How the sending ends, and what can be expected of it.
    fn ending(&mut self, way: &[Place<'_>], step: &Step, then: Option<Then>, stall_ms: Option<u64>) {
        if stall_ms.is_some() && then != Some(Then::Stall) {
            let span = self.fitting.span(&[way, &[Place::Key("stall_ms")]].concat());
            let text = "expected `then = \"stall\"` beside `stall_ms`";
            self.problems.push(Problem::new(span, text));
        }
        let hears = |step: &Step| {
            let expected = step.expect.as_ref().and_then(|it| serde_json::to_value(it).ok());
            let keys = expected.as_ref().and_then(|it| it.as_object());
            !step.observe.is_empty() || keys.is_some_and(|it| it.keys().any(|key| key != "unchanged"))
        };
        if then == Some(Then::Close) && hears(step) {
            let span = self.fitting.span(&[way, &[Place::Key("then")]].concat());
            let problem = Problem::new(span, "nobody hears an answer on a connection that was closed");
            self.problems
                .push(problem.help("expect `unchanged` only, or end with \"half-close\""));
        }
    }

    fn together(&mut self, place: [Place<'_>; 2], step: &Step) {
        let key = |key| [place[0], place[1], Place::Key(key)];
        for (given, name) in [
            (step.name.is_some(), "name"),
            (step.expect.is_some(), "expect"),
            (!step.observe.is_empty(), "observe"),
            (step.setup, "setup"),
            (step.clause.is_some(), "clause"),
            (step.same_connection, "same_connection"),
            (step.beside_slow_upload, "beside_slow_upload"),
        ] {
            if given {
                let span = self.fitting.span(&key(name));
                let problem = Problem::new(span, format!("`{name}` stands beside `together`"));
                self.problems
                    .push(problem.help("give it to the steps that are sent together"));
            }
        }
        for (index, inner) in step.together.iter().enumerate() {
            let here = self
                .fitting
                .span(&[place[0], place[1], Place::Key("together"), Place::Item(index)]);
            let mut say = |text: String| self.problems.push(Problem::new(here.clone(), text));
            let actions = inner.actions();
            if !matches!(
                actions[..],
                ["upload" | "list" | "retrieve" | "destroy" | "request"]
            ) {
                let found = if actions.is_empty() {
                    "none".to_owned()
                } else {
                    actions.join(" and ")
                };
                say(format!(
                    "expected one of upload, list, retrieve, destroy, request, found {found}"
                ));
            }
            if inner.expect.is_none() {
                say("expected `expect`, found none".to_owned());
            }
            let whole = |it: &Upload| it.sent.is_some() || it.times.is_some() || it.expect_continue;
            for (given, name) in [
                (!inner.observe.is_empty(), "observe"),
                (inner.setup, "setup"),
                (inner.pause_ms.is_some(), "pause_ms"),
                (inner.same_connection, "same_connection"),
                (inner.beside_slow_upload, "beside_slow_upload"),
                (inner.expectations().any(|it| it.unchanged), "unchanged"),
                (inner.expectations().any(|it| it.within_ms.is_some()), "within_ms"),
                (
                    inner.upload.as_ref().is_some_and(whole),
                    "sent, times or expect_continue",
                ),
            ] {
                if given {
                    say(format!(
                        "a step that is sent together with others cannot have {name}"
                    ));
                }
            }
            if let Some(id) = &inner.clause
                && !self.fitting.value.covers.contains(id)
            {
                say(format!("clause `{id}` is not among those covered"));
            }
            if let Some(name) = &inner.name
                && !self.names.insert(name.clone())
            {
                let text = format!("the name `{name}` is taken");
                self.problems.push(Problem::new(here, text));
            }
        }
    }
}
