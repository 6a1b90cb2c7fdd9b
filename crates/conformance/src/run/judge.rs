//! Holds an answer against what its step expects.

use std::{
    collections::BTreeSet,
    time::{SystemTime, UNIX_EPOCH},
};

use rebuttal_model::{Profile, Situation, Timestamp, json::Node};
use serde_json::Value;

use super::{
    ledger::Difference,
    scope::Scope,
    seen::{Seen, ids_of},
};
use crate::{
    pattern,
    scenario::{Answer, Expect},
};

/// What an answer is held against, beside its step.
pub(crate) struct Judge<'a> {
    pub(crate) scope: &'a Scope,
    /// The profiles whose answers are right.
    pub(crate) profiles: &'a [Profile],
}

/// What an expectation came to.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub(crate) differences: Vec<Difference>,
    /// The profiles that give such an answer, where the step asked for one that tells.
    pub(crate) profile: Option<(Situation, Profile)>,
    /// The id of a document that was there before, where a new one was due (`upload.distinct-ids`).
    pub(crate) repeated: Option<Difference>,
}

impl Judge<'_> {
    /// Holds an answer against an expectation. `Err` says which reference has no value.
    pub(crate) fn judge(&self, expect: &Expect, seen: &Seen) -> Result<Judged, String> {
        let mut judged = Judged::default();
        let sort = self.sort(expect, seen, &mut judged.profile);
        if sort.is_empty() {
            self.headers(expect, seen, &mut judged.differences)?;
            self.body(expect, seen, &mut judged.differences)?;
            self.list(expect, seen, &mut judged.differences)?;
            self.comparison(expect, seen, &mut judged.differences)?;
            judged.repeated = self.repeated(expect, seen)?;
        } else {
            judged.differences = sort;
        }
        if let Some(limit) = expect
            .within_ms
            .filter(|limit| seen.elapsed.as_millis() > u128::from(*limit))
        {
            let found = format!("{} ms", seen.elapsed.as_millis());
            judged.differences.push(Difference::new(
                "time",
                format!("an answer within {limit} ms"),
                found,
            ));
        }
        Ok(judged)
    }

    /// Whether the answer is of the right sort at all; where not, nothing else is worth a look.
    fn sort(
        &self,
        expect: &Expect,
        seen: &Seen,
        profile: &mut Option<(Situation, Profile)>,
    ) -> Vec<Difference> {
        let status = |expected: String| vec![Difference::new("status", expected, seen.summary()).fatal()];
        if let Some(answer) = expect.answer {
            let wanted = match answer {
                Answer::Document => "a document",
                Answer::List => "a list",
                Answer::Destroyed => "a destroyed document",
            };
            let is_error = seen
                .json
                .as_ref()
                .and_then(|json| json.get("object"))
                .and_then(Node::as_str)
                == Some("error");
            if !seen.is_success() || is_error {
                return status(format!("a success with {wanted}"));
            }
        }
        if !expect.status.is_empty() && !expect.status.contains(&seen.status) {
            let codes = expect
                .status
                .iter()
                .map(u16::to_string)
                .collect::<Vec<_>>()
                .join(" or ");
            let code = expect
                .error
                .as_ref()
                .map(|code| format!(" {code}"))
                .unwrap_or_default();
            return status(format!("{codes}{code}"));
        }
        if expect.robust && seen.status >= 500 {
            return status("a success or a refusal, no 5xx".to_owned());
        }
        if expect.client_error && !(400..500).contains(&seen.status) {
            return status("a refusal (4xx)".to_owned());
        }
        if let Some(code) = &expect.error {
            match seen.code() {
                Some(found) if found == code => {}
                // A JSON error without a code is broken in another way, which is judged everywhere.
                None if seen.is_meant_as_json() => {}
                _ => return vec![Difference::new("/code", format!("{code:?}"), seen.summary())],
            }
        }
        if let Some(situation) = expect.refused {
            let fitting: Vec<_> = Profile::ALL
                .into_iter()
                .filter(|it| allows(situation, *it, seen))
                .collect();
            if let [only] = fitting.as_slice() {
                *profile = Some((situation, *only));
            }
            if !fitting.iter().any(|profile| self.profiles.contains(profile)) {
                let each = self
                    .profiles
                    .iter()
                    .map(|profile| wording(situation, *profile))
                    .collect::<Vec<_>>();
                return status(each.join(", or "));
            }
        }
        Vec::new()
    }

    /// Whether a document has the id of an earlier one.
    fn repeated(&self, expect: &Expect, seen: &Seen) -> Result<Option<Difference>, String> {
        let id = seen
            .json
            .as_ref()
            .and_then(|json| json.get("id"))
            .and_then(Node::as_str);
        for earlier in &expect.distinct_from {
            if Some(self.scope.text(earlier)?.as_str()) == id {
                let found = format!("{} again", id.unwrap_or_default());
                return Ok(Some(Difference::new(
                    "/id",
                    "an id that no document had before",
                    found,
                )));
            }
        }
        Ok(None)
    }

    fn headers(&self, expect: &Expect, seen: &Seen, out: &mut Vec<Difference>) -> Result<(), String> {
        for (name, wanted) in &expect.headers {
            let wanted = self.scope.text(wanted)?;
            let found = seen.header(name);
            let node = found.map(|text| Node::String(text.to_owned()));
            if let Err(expected) = pattern::matches(&Value::String(wanted), node.as_ref()) {
                let found = found.map_or_else(|| "no such header".to_owned(), |text| format!("{text:?}"));
                out.push(Difference::new(format!("header {name}"), expected, found));
            }
        }
        Ok(())
    }

    fn body(&self, expect: &Expect, seen: &Seen, out: &mut Vec<Difference>) -> Result<(), String> {
        for (member, wanted) in &expect.body {
            let pointer = pattern::pointer_of(member);
            let found = seen.json.as_ref().and_then(|json| json.pointer(&pointer));
            let held = if wanted.as_str() == Some("<now>") {
                is_now(found, seen)
            } else {
                pattern::matches(&self.scope.pattern(wanted)?, found)
            };
            if let Err(expected) = held {
                let found = found.map_or_else(|| "no such member".to_owned(), |node| node.excerpt(120));
                out.push(Difference::new(pointer, expected, found));
            }
        }
        Ok(())
    }

    fn list(&self, expect: &Expect, seen: &Seen, out: &mut Vec<Difference>) -> Result<(), String> {
        let ids = seen.ids();
        let mut rest = ids.as_slice();
        for wanted in &expect.holds {
            let wanted = self.scope.text(wanted)?;
            match rest.iter().position(|id| *id == wanted) {
                Some(at) => rest = &rest[at + 1..],
                None if ids.contains(&wanted) => {
                    let found = "it stands before one that was uploaded earlier or asked for earlier";
                    out.push(Difference::new("/data", format!("{wanted} in its place"), found));
                }
                None => out.push(Difference::new(
                    "/data",
                    format!("document {wanted}"),
                    among(&ids),
                )),
            }
        }
        for unwanted in &expect.lacks {
            let unwanted = self.scope.text(unwanted)?;
            if ids.contains(&unwanted) {
                out.push(Difference::new(
                    "/data",
                    format!("no document {unwanted}"),
                    "it is listed",
                ));
            }
        }
        if let Some(order) = &expect.sorted {
            let reverse = order == "reverse_chronological";
            let data = seen
                .json
                .as_ref()
                .and_then(|json| json.get("data"))
                .and_then(Node::as_array);
            let times: Vec<_> = data
                .unwrap_or_default()
                .iter()
                .filter_map(|item| item.get("created_at")?.as_str())
                .collect();
            let mut pairs = times.iter().zip(times.iter().skip(1));
            let wrong = pairs.find(|(one, next)| if reverse { one < next } else { one > next });
            if let Some((one, next)) = wrong {
                let found = format!("{one} before {next}");
                out.push(Difference::new(
                    "/data",
                    format!("documents in {order} order"),
                    found,
                ));
            }
        }
        Ok(())
    }

    fn comparison(&self, expect: &Expect, seen: &Seen, out: &mut Vec<Difference>) -> Result<(), String> {
        let answer = |step: &str| {
            self.scope
                .answers
                .get(step)
                .ok_or_else(|| format!("step `{step}` has no answer"))
        };
        let ids = seen.ids();
        if let Some(step) = &expect.reverse_of {
            let wanted: Vec<_> = ids_of(answer(step)?).into_iter().rev().collect();
            if ids != wanted {
                out.push(Difference::new(
                    "/data",
                    format!("the reverse of `{step}`: {}", short(&wanted)),
                    short(&ids),
                ));
            }
        }
        if let Some(slice) = &expect.slice_of {
            let wanted: Vec<_> = ids_of(answer(&slice.step)?)
                .into_iter()
                .skip(slice.offset)
                .take(slice.limit.unwrap_or(usize::MAX))
                .collect();
            if ids != wanted {
                let expected = format!("`{}` from {} on: {}", slice.step, slice.offset, short(&wanted));
                out.push(Difference::new("/data", expected, short(&ids)));
            }
        }
        if let Some(same) = &expect.same_as {
            let status = self.scope.statuses.get(&same.step).copied().unwrap_or_default();
            if seen.status != status {
                out.push(
                    Difference::new(
                        "status",
                        format!("{status}, as in `{}`", same.step),
                        seen.summary(),
                    )
                    .fatal(),
                );
            }
            let (wanted, found) = (
                self.plain(Some(answer(&same.step)?), &same.except),
                self.plain(seen.json.as_ref(), &same.except),
            );
            for member in differing(&wanted, &found) {
                let at = |value: &Value| {
                    value
                        .get(&member)
                        .map_or_else(|| "no such member".to_owned(), Value::to_string)
                };
                let expected = format!("{}, as in `{}`", at(&wanted), same.step);
                out.push(Difference::new(format!("/{member}"), expected, at(&found)));
            }
        }
        Ok(())
    }

    /// A body less the members that may differ, with the ids that were asked about made alike.
    fn plain(&self, body: Option<&Node>, except: &[String]) -> Value {
        let mut text = body.map(Node::to_string).unwrap_or_default();
        for id in self.scope.asked_ids() {
            text = text.replace(&id, "<id>");
        }
        let mut value = serde_json::from_str(&text).unwrap_or(Value::Null);
        if let Value::Object(members) = &mut value {
            members.retain(|name, _| {
                !except
                    .iter()
                    .any(|it| pattern::pointer_of(it) == format!("/{name}"))
            });
        }
        value
    }
}

/// How far a clock may be off, in seconds: less than any time zone is.
const MOST_SKEW: i64 = 600;

/// Whether a datetime is the time of its answer, by the endpoint's own clock where it tells that. A text that is
/// no datetime is of the wrong shape, which is judged everywhere.
fn is_now(found: Option<&Node>, seen: &Seen) -> Result<(), String> {
    let system = || {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Timestamp::from_unix(since.unwrap_or_default())
    };
    let now = seen.date().unwrap_or_else(system);
    let time = found
        .and_then(Node::as_str)
        .and_then(|text| text.parse::<Timestamp>().ok());
    match time {
        Some(time) if (time.unix_seconds() - now.unix_seconds()).abs() > MOST_SKEW => {
            Err(format!("the time of the answer in UTC, which is {now}"))
        }
        _ => Ok(()),
    }
}

/// The members in which two bodies differ.
fn differing(one: &Value, other: &Value) -> BTreeSet<String> {
    let names = |value: &Value| {
        value
            .as_object()
            .map(|it| it.keys().cloned().collect::<BTreeSet<_>>())
            .unwrap_or_default()
    };
    names(one)
        .union(&names(other))
        .filter(|name| one.get(name.as_str()) != other.get(name.as_str()))
        .cloned()
        .collect()
}

/// Whether a profile allows such an answer in a situation.
pub(crate) fn allows(situation: Situation, profile: Profile, seen: &Seen) -> bool {
    situation.refusals(profile).iter().any(|refusal| {
        refusal.status == seen.status
            && match seen.code() {
                Some(code) => refusal.codes.is_empty() || refusal.codes.contains(&code),
                None => refusal.foreign_body || seen.is_meant_as_json(),
            }
    })
}

fn wording(situation: Situation, profile: Profile) -> String {
    let each: Vec<_> = situation
        .refusals(profile)
        .iter()
        .map(|refusal| {
            format!(
                "{} {}",
                refusal.status,
                refusal.codes.first().unwrap_or(&"with any body")
            )
        })
        .collect();
    format!("{} ({profile})", each.join(" or "))
}

fn among(ids: &[String]) -> String {
    if ids.is_empty() {
        "an empty list".to_owned()
    } else {
        format!("not among {}", short(ids))
    }
}

/// A few ids, and how many more there are.
fn short(ids: &[String]) -> String {
    const SHOWN: usize = 4;
    let text = ids.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match ids.len().saturating_sub(SHOWN) {
        0 => format!("[{text}]"),
        more => format!("[{text} and {more} more]"),
    }
}
