//! Does the endpoint answer what it promises?
//!
//! What every answer owes is judged as in a conformance run. Beyond that a recording knows what was asked, and what
//! was answered before; it does not know what state a dispute is in, so that the refusals of that are taken as they
//! come, and told.

mod documents;

use rebuttal_model::{ApiVersion, Clause, DisputeId, Level, Profile, Situation, clause, json::Node};

use self::documents::Documents;
use super::{
    client::{Content, Due, Judged, Presented, Refused, Sent, clause_of},
    finding::{Finding, Side},
    memory::Memory,
    route::{Operation, Route},
};
use crate::{
    redact::Secrets,
    run::{Asked, At, Difference, Ledger, Seen, allows, judge_everywhere},
};

/// How much of a request's body is looked at, to tell a leak from an echo, in bytes.
const SAID_BYTES: usize = 64 * 1024;

/// What an answer was held against.
pub(super) struct Question<'a> {
    pub(super) sent: &'a Sent,
    pub(super) judged: &'a Judged,
    pub(super) seen: &'a Seen,
    pub(super) secrets: &'a Secrets,
    /// Whether nothing else was asked about the dispute meanwhile.
    pub(super) alone: bool,
}

/// What an answer came to.
#[derive(Debug, Default)]
pub(super) struct Answered {
    pub(super) findings: Vec<Finding>,
    /// Clauses that some check was about, and that check held.
    pub(super) held: Vec<&'static str>,
    /// The refusal that came is the one that a mistake of the client asks for, or one of the dispute's state.
    pub(super) refused: Option<&'static Clause>,
}

const AT: At = At {
    step: 1,
    exchange: None,
};

/// Judges an answer, and remembers what it shows of documents.
pub(super) fn judge(question: &Question<'_>, memory: &mut Memory) -> Answered {
    let Question {
        sent, judged, seen, ..
    } = question;
    if judged.due == Due::Nothing {
        return Answered::default();
    }
    let mut ledger = Ledger::default();
    let dispute: Option<DisputeId> = match &judged.route {
        Route::Documents { dispute, .. } => dispute.parse().ok(),
        _ => None,
    };
    // An unknown version is the endpoint's to choose: which shape it has, nobody promised.
    let version = judged.version.or_else(|| echoed(seen)).unwrap_or_default();
    let is_refusal_due = matches!(judged.due, Due::Refusal(_));
    let is_head = sent.method == http::Method::HEAD;
    let asked = Asked {
        robust: false,
        seen,
        success: judged
            .operation()
            .success()
            .filter(|_| !is_refusal_due && !is_head),
        version,
        named_version: judged.version,
        dispute: dispute.as_ref(),
        said: &|| said(sent),
    };
    judge_everywhere(&mut ledger, AT, &asked, question.secrets);
    let mut refused = None;
    match &judged.due {
        Due::Refusal(refusals) => refused = refusal(&mut ledger, refusals, judged, seen),
        Due::Success => refused = success(&mut ledger, judged, seen),
        Due::Either | Due::Nothing => server_error(&mut ledger, seen, None),
    }
    if let (Some(dispute), true) = (&dispute, seen.is_success() && !is_refusal_due && !is_head) {
        let mut documents = Documents {
            question,
            dispute,
            version,
            ledger: &mut ledger,
        };
        documents.judge(memory);
    }
    let is_gone = refused.is_some_and(|it| *it == GONE || *it == clause::destroy::UNKNOWN);
    let is_known = is_gone
        && dispute
            .as_ref()
            .is_some_and(|dispute| documents::missing(&mut ledger, question, dispute, memory));
    if let Some(clause) = refused.filter(|_| judged.due == Due::Success && !is_known) {
        ledger.observe(
            clause,
            format!("refused for the state of things: {}", seen.summary()),
        );
    }
    told(ledger, refused)
}

/// A document or dispute that is not there.
const GONE: Clause = clause::retrieve::UNKNOWN;

fn told(ledger: Ledger, refused: Option<&'static Clause>) -> Answered {
    let held = ledger.held(&std::collections::BTreeSet::new());
    let mut findings: Vec<Finding> = ledger
        .mismatches
        .into_iter()
        .map(|mismatch| Finding {
            side: Side::Server,
            clause: mismatch.clause,
            level: mismatch.level,
            rule: None,
            what: clause::find(mismatch.clause).map_or("", |clause| clause.statement),
            standard: None,
            place: mismatch.place,
            expected: mismatch.expected,
            found: mismatch.found,
            hint: None,
        })
        .collect();
    findings.extend(ledger.observations.into_iter().map(|observation| Finding {
        side: Side::Server,
        clause: observation.clause,
        level: Level::Obs,
        rule: None,
        what: clause::find(observation.clause).map_or("", |clause| clause.statement),
        standard: None,
        place: "answer".to_owned(),
        expected: String::new(),
        found: observation.text,
        hint: None,
    }));
    findings.sort_by_key(|finding| finding.level);
    Answered {
        findings,
        held: held.into_iter().collect(),
        refused,
    }
}

/// The version that the answer says it has.
fn echoed(seen: &Seen) -> Option<ApiVersion> {
    seen.header("omise-version")?.parse().ok()
}

/// What a request said, as far as an answer may well repeat it.
fn said(sent: &Sent) -> String {
    let target = sent.uri.path_and_query().map_or("", |it| it.as_str());
    let body = &sent.body[..sent.body.len().min(SAID_BYTES)];
    format!("{target} {}", String::from_utf8_lossy(body))
}

/// A refusal is due. Which of several mistakes is told is the endpoint's to choose, and a dispute that is not there or
/// not open may be told first.
fn refusal(
    ledger: &mut Ledger,
    refusals: &[Refused],
    judged: &Judged,
    seen: &Seen,
) -> Option<&'static Clause> {
    for refused in refusals {
        if is_this(refused, seen) {
            ledger.hold(refused.clause);
            return Some(refused.clause);
        }
    }
    let first = refusals.first()?;
    let is_about_the_key = first.status == [401];
    if !is_about_the_key && let Some(clause) = by_state(judged, seen) {
        ledger.observe(
            clause,
            format!("refused for the state of things: {}", seen.summary()),
        );
        return None;
    }
    if seen.status == 429 {
        limited(ledger, seen);
        return None;
    }
    let difference = Difference::new("status", wording(first), seen.summary());
    ledger.miss(first.clause, AT, difference);
    None
}

fn is_this(refused: &Refused, seen: &Seen) -> bool {
    if let Some(situation) = refused.situation {
        return Profile::ALL
            .iter()
            .any(|profile| allows(situation, *profile, seen));
    }
    refused.status.contains(&seen.status)
        && match (refused.code, seen.code()) {
            // An error without a code is broken in another way, which is judged everywhere.
            (None, _) | (_, None) => true,
            (Some(wanted), Some(found)) => wanted == found,
        }
}

/// A refusal in words.
fn wording(refused: &Refused) -> String {
    if refused.situation.is_some() {
        return match refused.situation {
            Some(Situation::TooLarge) => "a refusal: 413, or 400 in the profile recorded".to_owned(),
            _ => {
                "a refusal: 400 invalid_file_format, or invalid_file_type in the profile recorded".to_owned()
            }
        };
    }
    let codes: Vec<_> = refused.status.iter().map(u16::to_string).collect();
    let code = refused.code.map(|code| format!(" {code}")).unwrap_or_default();
    format!("a refusal: {}{code}", codes.join(" or "))
}

/// The clause of a refusal that is about what exists and in which state, not about the request.
fn by_state(judged: &Judged, seen: &Seen) -> Option<&'static Clause> {
    let changes = matches!(judged.operation(), Operation::Upload | Operation::Destroy);
    let not_open = Profile::ALL
        .iter()
        .any(|profile| allows(Situation::NotOpen, *profile, seen));
    match seen.status {
        401 if matches!(judged.presented, Presented::Secret(_)) => Some(&clause::auth::WRONG_KEY),
        404 => Some(match judged.operation() {
            Operation::Upload => &clause::upload::DISPUTE_UNKNOWN,
            Operation::List => &clause::list::DISPUTE_UNKNOWN,
            Operation::Destroy => &clause::destroy::UNKNOWN,
            Operation::Retrieve | Operation::Other => &GONE,
        }),
        400 | 422 if changes && not_open => Some(match judged.operation() {
            Operation::Destroy => &clause::destroy::NOT_OPEN,
            _ => &clause::upload::DISPUTE_PENDING,
        }),
        422 if judged.operation() == Operation::Upload => Some(&clause::upload::MAX_DOCUMENTS),
        _ => None,
    }
}

/// A success is due, unless the state of things forbids it.
fn success(ledger: &mut Ledger, judged: &Judged, seen: &Seen) -> Option<&'static Clause> {
    if seen.is_success() {
        ledger.hold(&clause::auth::BASIC_SECRET_KEY);
        return None;
    }
    if let Some(clause) = by_state(judged, seen) {
        ledger.observe(
            clause,
            format!("refused for the state of things: {}", seen.summary()),
        );
        return Some(clause).map(|clause| match clause.id {
            id if id == clause::destroy::UNKNOWN.id || id == GONE.id => &GONE,
            _ => clause,
        });
    }
    match seen.status {
        429 => limited(ledger, seen),
        500.. => server_error(ledger, seen, Some(&clause::http::SERVER_5XX)),
        _ => unexpected(ledger, judged, seen),
    }
    None
}

fn limited(ledger: &mut Ledger, seen: &Seen) {
    let wait = seen.header("retry-after");
    let text = wait.map_or_else(
        || "429 without Retry-After".to_owned(),
        |wait| format!("429, Retry-After: {}", wait.escape_debug()),
    );
    ledger.observe(&clause::http::RATE_429, text);
}

fn server_error(ledger: &mut Ledger, seen: &Seen, clause: Option<&'static Clause>) {
    if seen.status >= 500 {
        ledger.observe(clause.unwrap_or(&clause::http::SERVER_5XX), seen.summary());
    }
}

/// A refusal of a request that nothing seems wrong with.
fn unexpected(ledger: &mut Ledger, judged: &Judged, seen: &Seen) {
    let content = judged.upload.as_ref().and_then(|upload| upload.content);
    if let Some(Content::Format(format)) = content {
        let is_too_large = Profile::ALL
            .iter()
            .any(|profile| seen.status == 413 && allows(Situation::TooLarge, *profile, seen));
        let length = judged
            .upload
            .as_ref()
            .and_then(|it| it.file.as_ref())
            .map(|it| it.length);
        if is_too_large && length.is_some_and(|length| length <= rebuttal_model::SAFE_FILE_BYTES) {
            let expected = format!("a file of {} bytes to be taken", length.unwrap_or_default());
            let difference = Difference::new("status", expected, seen.summary());
            ledger.miss(&clause::upload::SIZE_LIMIT_INCLUSIVE, AT, difference);
            return;
        }
        let is_about_format = Profile::ALL
            .iter()
            .any(|profile| allows(Situation::BadFormat, *profile, seen));
        if is_too_large || is_about_format {
            let text = format!(
                "refused although it begins like a {format}: {}; `rebuttal check` says whether it is sound",
                seen.summary()
            );
            ledger.observe(&clause::upload::BAD_FORMAT, text);
            return;
        }
        let difference = Difference::new("status", "a success with a document", seen.summary());
        ledger.miss(clause_of(format), AT, difference);
        return;
    }
    let difference = Difference::new("status", "200", seen.summary());
    ledger.miss(&clause::document::ANSWER_STATUS_200, AT, difference);
}

/// A member of a body that is a text.
fn text<'n>(node: &'n Node, name: &str) -> Option<&'n str> {
    node.get(name).and_then(Node::as_str)
}
