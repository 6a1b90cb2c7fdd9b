//! What a recording tells, for people: a line for each exchange, what is wrong below it, and a summary.

use std::{collections::BTreeSet, fmt::Write};

use anstyle::{AnsiColor, Style};
use rebuttal_model::Level;

use super::{
    finding::{Finding, Side},
    line::{Line, Recorded, Summary, Told},
};
use crate::verdict::Verdict;

const DIM: Style = Style::new().dimmed();
/// So many of the files that were written are named.
const MOST_NAMED: usize = 4;

const BOLD: Style = Style::new().bold();

/// Tells a recording to people, with ANSI colours. What is only worth knowing is told once.
#[derive(Debug, Default)]
pub struct Teller {
    noted: BTreeSet<(Side, &'static str, String)>,
}

fn colour(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Pass => AnsiColor::Green,
        Verdict::Fail | Verdict::Error => AnsiColor::Red,
        Verdict::Warn => AnsiColor::Yellow,
        Verdict::Skip | Verdict::Observed | Verdict::Known => AnsiColor::BrightBlack,
    };
    colour.on_default()
}

/// A verdict as a word that catches the eye where it should.
fn word(verdict: Verdict) -> String {
    let style = colour(verdict);
    let word = match verdict {
        Verdict::Fail => "FAIL",
        Verdict::Skip => "-",
        other => other.as_str(),
    };
    format!("{style}{word}{style:#}")
}

fn word_of(level: Level) -> String {
    match level {
        Level::Must => word(Verdict::Fail),
        Level::Should => word(Verdict::Warn),
        Level::Obs => format!("{DIM}note{DIM:#}"),
    }
}

impl Teller {
    /// A line as text, with its line end.
    pub fn tell(&mut self, line: &Line) -> String {
        match line {
            Line::Listening { url, upstream } => format!("listening on {url}\nupstream     {upstream}\n"),
            Line::Exchange(recorded) => self.exchange(recorded),
            Line::Trouble { at, text } => {
                let style = colour(Verdict::Warn);
                format!("{DIM}{}{DIM:#} {style}!{style:#} {text}\n", clock(at))
            }
            Line::Summary(summary) => summarised(summary),
        }
    }

    fn exchange(&mut self, recorded: &Recorded) -> String {
        let Recorded {
            method,
            target,
            answer,
            duration_ms,
            ..
        } = recorded;
        let time = clock(&recorded.at);
        let mut text = format!(
            "{DIM}{time}{DIM:#} {BOLD}{method} {target}{BOLD:#}  client {}  server {}  {DIM}{answer}",
            word(recorded.client),
            word(recorded.server),
        );
        if recorded.sent_on {
            let _ = write!(text, ", {duration_ms} ms");
        }
        let _ = writeln!(text, "{DIM:#}");
        for finding in &recorded.findings {
            if finding.level == Level::Obs {
                self.note(&mut text, finding);
            } else {
                tell(&mut text, finding);
            }
        }
        text
    }

    /// A line for what is only worth knowing, once.
    fn note(&mut self, text: &mut String, finding: &Finding) {
        let name = finding.rule.map_or_else(|| finding.found.clone(), str::to_owned);
        if !self.noted.insert((finding.side, finding.clause, name)) {
            return;
        }
        let said = match finding.rule {
            Some(rule) => format!("{} ({rule}): found {}", finding.what, finding.found),
            None => finding.found.clone(),
        };
        let side = finding.side.as_str();
        let _ = writeln!(text, "  {DIM}{side} note {}: {said}{DIM:#}", finding.clause);
    }
}

fn tell(text: &mut String, finding: &Finding) {
    let rule = finding.rule.map(|rule| format!(" [{rule}]")).unwrap_or_default();
    let _ = writeln!(
        text,
        "  {} {} {} ({}): {}{rule}",
        finding.side.as_str(),
        word_of(finding.level),
        finding.clause,
        finding.level.as_str(),
        finding.what,
    );
    let mut row = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "    {DIM}{name:<9}{DIM:#} {value}");
        }
    };
    row("where", &finding.place);
    row("expected", &finding.expected);
    row("found", &finding.found);
    row("hint", finding.hint.as_deref().unwrap_or_default());
    row("standard", finding.standard.unwrap_or_default());
}

/// The time of day.
fn clock(at: &str) -> &str {
    at.get(11..).unwrap_or(at)
}

fn summarised(summary: &Summary) -> String {
    let mut text = String::from("\n");
    let seconds = summary.duration_ms / 1000;
    let tenths = summary.duration_ms % 1000 / 100;
    let plural = |count: u64| if count == 1 { "" } else { "s" };
    let _ = write!(
        text,
        "recorded   {} exchange{} in {seconds}.{tenths} s",
        summary.exchanges,
        plural(summary.exchanges)
    );
    for (count, what) in [
        (summary.refused, "not sent on"),
        (summary.unanswered, "not answered"),
        (summary.cut_off as u64, "cut off at the end"),
    ] {
        if count > 0 {
            let _ = write!(text, ", {count} {what}");
        }
    }
    text.push('\n');
    side(&mut text, summary, Side::Client, summary.client);
    side(&mut text, summary, Side::Server, summary.server);
    saved(&mut text, summary);
    text
}

fn side(text: &mut String, summary: &Summary, side: Side, verdict: Verdict) {
    let told: Vec<&Told> = summary.told.iter().filter(|told| told.side == side).collect();
    let broken = |level: Level| {
        let clauses: BTreeSet<_> = told
            .iter()
            .filter(|told| told.level == level)
            .map(|told| told.clause)
            .collect();
        clauses.len()
    };
    let mut words = Vec::new();
    for level in [Level::Must, Level::Should] {
        let count = broken(level);
        if count > 0 {
            words.push(format!("{count} {} broken", level.as_str()));
        }
    }
    if side == Side::Server && !summary.held.is_empty() {
        words.push(format!("{} clauses held", summary.held.len()));
    }
    let words = match (words.is_empty(), verdict) {
        (true, Verdict::Skip) => "was not asked".to_owned(),
        (true, _) => "nothing wrong".to_owned(),
        (false, _) => words.join(", "),
    };
    let _ = writeln!(text, "{:<10} {}  {words}", side.as_str(), word(verdict));
    let width = told.iter().map(|told| told.clause.len()).max().unwrap_or(0);
    for told in told {
        let rule = told.rule.map(|rule| format!(" [{rule}]")).unwrap_or_default();
        let _ = writeln!(
            text,
            "  {} {:<width$} {:<6} {}×  {}{rule}",
            word_of(told.level),
            told.clause,
            told.level.as_str(),
            told.count,
            told.what,
        );
    }
}

fn saved(text: &mut String, summary: &Summary) {
    if !summary.saved.is_empty() {
        let count = summary.saved.len();
        let plural = if count == 1 { "" } else { "s" };
        let names = summary.saved.iter().take(MOST_NAMED).map(String::as_str);
        let names = names.collect::<Vec<_>>().join(", ");
        let more = match count.saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let _ = writeln!(text, "saved      {count} scenario{plural}: {names}{more}");
    }
    for what in &summary.unsaved {
        let _ = writeln!(text, "{DIM}not saved{DIM:#}  {what}");
    }
    if let Some(reason) = &summary.failed_to_save {
        let style = colour(Verdict::Error);
        let _ = writeln!(text, "{style}not saved{style:#}  {reason}");
    }
}
