//! Tags: what a scenario is like. Most are read off the scenario itself; a file writes only what it cannot show.

use std::collections::BTreeSet;

use super::{ExtraKey, Need, RawBytes, Scenario, Step};

/// A tag that is read off the scenario.
struct Derived {
    name: &'static str,
    meaning: &'static str,
    applies: fn(&Scenario) -> bool,
}

/// From this size on an upload is large, in bytes.
const LARGE: u64 = 1_000_000;

/// From this time on a scenario is slow by itself, in milliseconds.
const SLOW_MS: u64 = 1_000;

/// The words that files write, and what they mean.
const WRITTEN: &[(&str, &str)] = &[(
    "smoke",
    "among the few that show in seconds whether anything works at all",
)];

const fn derived(name: &'static str, meaning: &'static str, applies: fn(&Scenario) -> bool) -> Derived {
    Derived {
        name,
        meaning,
        applies,
    }
}

const DERIVED: &[Derived] = &[
    derived("at-once", "sends several requests at the same time", |it| {
        it.every_step().any(|step| {
            step.beside_slow_upload
                || !step.together.is_empty()
                || step.upload.as_ref().is_some_and(|it| it.at_once)
        })
    }),
    derived("large", "uploads a megabyte or more", |it| {
        it.every_step().any(is_large)
    }),
    derived("raw", "sends bytes that a proper HTTP client cannot send", |it| {
        it.every_step()
            .any(|step| step.send.is_some() || step.upload.as_ref().is_some_and(|it| it.sent.is_some()))
    }),
    derived("reads", "sends nothing that may change what is stored", |it| {
        !it.every_step().any(writes)
    }),
    derived("slow", "waits a second or more by itself", |it| {
        it.every_step().map(wait_ms).sum::<u64>() >= SLOW_MS
    }),
    derived(
        "versions",
        "asks for another API version than the current one",
        |it| {
            it.every_step()
                .any(|step| step.version.is_some_and(rebuttal_model::ApiVersion::is_legacy))
        },
    ),
    derived(
        "writes",
        "uploads, destroys or sends what may change what is stored",
        |it| it.every_step().any(writes),
    ),
];

/// A tag for each thing that a target need not have.
const NEEDS: &[(&str, Need)] = &[
    ("needs-another", Need::Another),
    ("needs-empty", Need::Empty),
    ("needs-foreign", Need::Foreign),
    ("needs-fresh", Need::Fresh),
    ("needs-lost", Need::Lost),
    ("needs-lost-with-document", Need::LostWithDocument),
    ("needs-open", Need::Open),
    ("needs-pending", Need::Pending),
    ("needs-pending-with-document", Need::PendingWithDocument),
    ("needs-won", Need::Won),
    ("needs-won-with-document", Need::WonWithDocument),
];

const KEYS: &[(&str, ExtraKey)] = &[
    ("needs-other-key", ExtraKey::Other),
    ("needs-public-key", ExtraKey::Public),
];

impl Scenario {
    /// Every tag of the scenario: those that are read off it, and those that its file writes.
    pub fn every_tag(&self) -> BTreeSet<&str> {
        let derived = DERIVED
            .iter()
            .filter(|tag| (tag.applies)(self))
            .map(|tag| tag.name);
        let needs = NEEDS
            .iter()
            .filter(|(_, need)| self.disputes.values().any(|it| it == need));
        let keys = KEYS.iter().filter(|(_, key)| self.keys.contains(key));
        derived
            .chain(needs.map(|(name, _)| *name))
            .chain(keys.map(|(name, _)| *name))
            .chain(self.tags.iter().map(String::as_str))
            .collect()
    }

    fn every_step(&self) -> impl Iterator<Item = &Step> {
        let steps = self.steps.iter().chain(&self.cleanup);
        steps.flat_map(|step| std::iter::once(step).chain(&step.together))
    }
}

/// Whether a tag is read off scenarios, so that no file has to write it, or could write it wrongly.
pub(crate) fn is_derived(tag: &str) -> bool {
    DERIVED.iter().any(|it| it.name == tag)
        || NEEDS.iter().any(|(name, _)| *name == tag)
        || KEYS.iter().any(|(name, _)| *name == tag)
}

/// Whether a tag is one that an expression can name.
pub(crate) fn is_well_formed(tag: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    tag.starts_with(|first: char| first.is_ascii_lowercase()) && tag.bytes().all(allowed)
}

/// What a tag means; empty for one that only a folder of somebody's own uses.
pub fn meaning(tag: &str) -> String {
    if let Some(derived) = DERIVED.iter().find(|it| it.name == tag) {
        return derived.meaning.to_owned();
    }
    if let Some((_, meaning)) = WRITTEN.iter().find(|(name, _)| *name == tag) {
        return (*meaning).to_owned();
    }
    if let Some((_, key)) = KEYS.iter().find(|(name, _)| *name == tag) {
        return match key {
            ExtraKey::Public => "needs a public key ([keys] public)".to_owned(),
            ExtraKey::Other => "needs the secret key of another account ([keys] other_secret)".to_owned(),
        };
    }
    let need = NEEDS.iter().find(|(name, _)| *name == tag);
    need.map_or_else(String::new, |(_, need)| {
        let dispute = match need {
            Need::Open => "an open dispute",
            Need::Empty => "an open dispute without documents",
            Need::Fresh => "an open dispute that nobody uses after it ([charges] disputable)",
            Need::Another => "another dispute of the account",
            Need::Pending => "a pending dispute",
            Need::Won => "a won dispute",
            Need::Lost => "a lost dispute",
            Need::PendingWithDocument => "a pending dispute that has a document",
            Need::WonWithDocument => "a won dispute that has a document",
            Need::LostWithDocument => "a lost dispute that has a document",
            Need::Foreign => "a dispute of another account",
        };
        format!("needs {dispute}")
    })
}

fn is_large(step: &Step) -> bool {
    let uploaded = step.upload.as_ref().map_or(0, |upload| {
        upload.bytes.unwrap_or(0) * u64::from(upload.times.unwrap_or(1))
    });
    let sent = step
        .send
        .as_ref()
        .map_or(0, |send| send.pieces.iter().map(String::len).sum());
    uploaded.max(sent as u64) >= LARGE
}

/// How long a step waits, whatever the endpoint does.
fn wait_ms(step: &Step) -> u64 {
    let gaps = |send: &RawBytes| send.gap_ms.unwrap_or(0) * send.pieces.len().saturating_sub(1) as u64;
    step.pause_ms.unwrap_or(0) + step.send.as_ref().map_or(0, gaps)
}

/// Whether a step may change what is stored, rightly or not.
fn writes(step: &Step) -> bool {
    let reads = |method: &str| matches!(method, "GET" | "HEAD" | "OPTIONS");
    let sends = |send: &RawBytes| {
        let first = send
            .pieces
            .first()
            .and_then(|piece| piece.split_whitespace().next());
        !first.is_some_and(reads)
    };
    step.upload.is_some()
        || step.destroy.is_some()
        || step.beside_slow_upload
        || step
            .request
            .as_ref()
            .is_some_and(|request| !reads(&request.method))
        || step.send.as_ref().is_some_and(sends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{embedded, parse};

    fn tags(body: &str) -> Vec<String> {
        let text = format!("covers = [\"list.shape\"]\nwhy = \"x\"\n{body}");
        let scenario = parse("x.toml", &text).unwrap_or_else(|defects| panic!("{}", defects.render(false)));
        scenario.every_tag().into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn tags_are_read_off_the_scenario() {
        for (body, wanted) in [
            (
                "disputes = { main = \"open\" }\n[[step]]\nlist = {}\nexpect = { answer = \"list\" }",
                &["needs-open", "reads"][..],
            ),
            (
                "tags = [\"smoke\"]\ndisputes = { main = \"won-with-document\" }\nkeys = [\"other\"]\n[[step]]\nas = \
                 \"other\"\nlist = {}\npause_ms = 600\nexpect = { status = [404] }\n[[step]]\npause_ms = 400\nlist = \
                 {}\nexpect = { answer = \"list\" }",
                &[
                    "needs-other-key",
                    "needs-won-with-document",
                    "reads",
                    "slow",
                    "smoke",
                ],
            ),
            (
                "disputes = { main = \"empty\" }\n[[step]]\nupload = { bytes = 500000, times = 2, at_once = true \
                 }\nexpect = { answer = \"document\" }",
                &["at-once", "large", "needs-empty", "writes"],
            ),
            (
                "[[step]]\nsend = { pieces = [\"GET / HTTP/1.1\\n\", \"\\n\"], gap_ms = 999 }\nexpect = { \
                 client_error = true }",
                &["raw", "reads"],
            ),
            (
                "[[step]]\nrequest = { method = \"PATCH\", path = \"/x\" }\nversion = \"2017-11-02\"\nexpect = { \
                 client_error = true }",
                &["versions", "writes"],
            ),
        ] {
            assert_eq!(tags(body), wanted, "{body}");
        }
    }

    #[test]
    fn every_tag_of_the_suite_says_what_it_means() {
        let library = embedded().unwrap();
        let used: BTreeSet<_> = library.values().flat_map(Scenario::every_tag).collect();
        for tag in [
            "smoke",
            "large",
            "slow",
            "raw",
            "reads",
            "writes",
            "needs-foreign",
            "at-once",
        ] {
            assert!(used.contains(tag), "no scenario has the tag {tag}");
        }
        let dumb: Vec<_> = used.into_iter().filter(|tag| meaning(tag).is_empty()).collect();
        assert_eq!(dumb, Vec::<&str>::new());
    }
}
