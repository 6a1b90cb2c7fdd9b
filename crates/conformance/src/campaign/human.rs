//! A campaign's report for people.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::report::{CampaignEnd, CampaignReport, Sighting};

/// So much of what is left behind is named.
const MOST_LEFT: usize = 5;

/// So many lines of an exchange are shown.
const MOST_LINES: usize = 24;

const BAD: Style = AnsiColor::Red.on_default().bold();
const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const DIM: Style = Style::new().dimmed();

pub(super) fn human(report: &CampaignReport) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        tell(&mut text, finding);
    }
    let line = |text: &mut String, name: &str, value: &str| {
        let _ = writeln!(text, "{name:<11} {value}");
    };
    let dim = |text: &mut String, value: &str| {
        let _ = writeln!(text, "{:<11} {DIM}{value}{DIM:#}", "");
    };
    line(&mut text, "endpoint", &report.endpoint);
    line(&mut text, "seed", &report.seed.to_string());
    let of = report.catalogue;
    let sent = report.inputs;
    let reach = if sent < of {
        format!("{sent} sent; the catalogue has {of}")
    } else {
        format!("{sent} sent: the catalogue of {of}, and {} mixtures", sent - of)
    };
    line(&mut text, "inputs", &reach);
    let counts = |of: &mut dyn Iterator<Item = (String, u64)>| {
        of.map(|(name, count)| format!("{name} {count}"))
            .collect::<Vec<_>>()
    };
    let families = counts(
        &mut report
            .families
            .iter()
            .map(|(name, count)| ((*name).to_owned(), *count)),
    );
    for some in families.chunks(7) {
        dim(&mut text, &some.join(", "));
    }
    let answers = counts(&mut report.answers.iter().map(|(name, count)| (name.clone(), *count)));
    line(&mut text, "answers", &answers.join(", "));
    if report.unfinished > 0 {
        let unasked = format!("{} inputs could not be asked", report.unfinished);
        line(&mut text, "", &unasked);
    }
    for reason in &report.reasons {
        dim(&mut text, reason);
    }
    let requests = format!("{} in all, with lists and clean-up", report.requests);
    line(&mut text, "requests", &requests);
    for left in report.left_behind.iter().take(MOST_LEFT) {
        line(&mut text, "left behind", left);
    }
    if let Some(more @ 1..) = report.left_behind.len().checked_sub(MOST_LEFT) {
        line(
            &mut text,
            "",
            &format!("and {more} more; --format json names them all"),
        );
    }
    if report.more_signatures > 0 {
        let more = format!("{} more, which were not looked into", report.more_signatures);
        line(&mut text, "findings", &more);
    }
    let (seconds, tenths) = (report.duration_ms / 1000, report.duration_ms % 1000 / 100);
    let count = report.findings.len();
    let found = format!("{count} finding{}", if count == 1 { "" } else { "s" });
    let (style, outcome) = match (count, report.ended) {
        (0, CampaignEnd::Interrupted) => (DOUBTFUL, "stopped; nothing was found so far".to_owned()),
        (_, CampaignEnd::Interrupted) => (BAD, format!("stopped; {found}")),
        (0, CampaignEnd::Unavailable) => (BAD, "the endpoint could not be asked".to_owned()),
        (_, CampaignEnd::Unavailable) => (BAD, format!("{found}; then the endpoint could not be asked")),
        (0, _) => (GOOD, "nothing was found".to_owned()),
        _ => (BAD, found),
    };
    line(
        &mut text,
        "outcome",
        &format!("{style}{outcome}{style:#} in {seconds}.{tenths} s"),
    );
    text
}

fn tell(text: &mut String, finding: &Sighting) {
    let level = finding.level.as_str();
    let promise = finding.promise.as_str();
    let _ = writeln!(
        text,
        "{BAD}FOUND{BAD:#} {promise}: {} ({level}), input {}",
        finding.clause, finding.input
    );
    let _ = writeln!(text, "  {}\n", finding.statement);
    for (at, step) in finding.steps.iter().enumerate() {
        let _ = writeln!(text, "  {:>3}. {step}", at + 1);
    }
    let _ = writeln!(text, "\n  {}", finding.place);
    let _ = writeln!(text, "    expected {}", finding.expected);
    let _ = writeln!(text, "    found    {}\n", finding.found);
    if let Some(exchange) = &finding.exchange {
        let answer = exchange
            .response
            .as_deref()
            .or(exchange.error.as_deref())
            .unwrap_or_default();
        quote(text, '>', &exchange.request);
        quote(text, '<', answer);
        text.push('\n');
    }
    let families: Vec<_> = finding.families.iter().copied().collect();
    let inputs = if finding.seen == 1 { "input" } else { "inputs" };
    let _ = writeln!(
        text,
        "  seen         {} {inputs} ({})",
        finding.seen,
        families.join(", ")
    );
    let again = format!("failed {} of {} times", finding.failed_again, finding.tried_again);
    if finding.flaky {
        let _ = writeln!(text, "  tried again  {DOUBTFUL}{again}: flaky{DOUBTFUL:#}");
    } else {
        let _ = writeln!(text, "  tried again  {again}");
    }
    if let Some(file) = &finding.file {
        let _ = writeln!(text, "  written      {file}");
    }
    if !finding.repeated {
        let _ = writeln!(
            text,
            "  {DOUBTFUL}no scenario repeats it{DOUBTFUL:#}: it may need what came before"
        );
        match finding
            .exchange
            .as_ref()
            .and_then(|exchange| exchange.curl.as_ref())
        {
            Some(curl) => {
                let _ = writeln!(text, "  by hand      {curl}");
            }
            None => {
                let _ = writeln!(text, "  nor does curl send such bytes; they stand above");
            }
        }
    }
    text.push('\n');
}

/// A message, each line with a mark, and not too many of them.
fn quote(text: &mut String, mark: char, message: &str) {
    let lines: Vec<_> = message.lines().collect();
    for line in lines.iter().take(MOST_LINES) {
        let _ = writeln!(text, "  {DIM}{mark}{DIM:#} {line}");
    }
    if let Some(more @ 1..) = lines.len().checked_sub(MOST_LINES) {
        let _ = writeln!(text, "  {DIM}{mark} [{more} more lines]{DIM:#}");
    }
}
