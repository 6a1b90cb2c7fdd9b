//! The report for a browser: one page that loads nothing, and can be read and filtered without its script.
//!
//! What an endpoint said is only ever text: it passes [`text`], and the page's own policy allows no other script
//! than the one whose digest it names.

mod clauses;
mod parts;

use std::fmt::Write;

use super::{counted, headline, plural, reasons, seconds};
use crate::verdict::{Counts, ExitStatus, RunReport, Verdict};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The SHA-256 of the script in base64; a test holds it against the script.
const SCRIPT_DIGEST: &str = "4SEuZzjqXNvlOsrc8ntBnyf+Udtfu1BxvF2eDyLE7yY=";

pub(super) fn render(report: &RunReport) -> String {
    let mut page = String::with_capacity(256 * 1024);
    let title = format!("Conformance of {}", text(&report.endpoint));
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         script-src 'sha256-{SCRIPT_DIGEST}'; img-src data:; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n\
         <title>{title}: {}</title>\n<style>\n{STYLE}{}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#clauses\">Skip to the clauses</a>\n",
        text(&headline(report)),
        filters_style(report),
    );
    header(&mut page, report, &title);
    page.push_str("<main>\n");
    clauses::filters(&mut page, report);
    clauses::broken(&mut page, report);
    parts::known(&mut page, report);
    parts::unasked(&mut page, report);
    parts::flaky(&mut page, report);
    clauses::matrix(&mut page, report);
    parts::scenarios(&mut page, report);
    parts::left_behind(&mut page, report);
    let _ = write!(
        page,
        "</main>\n<footer><p>Written by rebuttal {}. Keys are masked.</p></footer>\n<script>{SCRIPT}</script>\n\
         </body>\n</html>\n",
        text(&report.rebuttal)
    );
    page
}

fn header(page: &mut String, report: &RunReport, title: &str) {
    let tone = match report.exit_status() {
        ExitStatus::Pass => "pass",
        ExitStatus::Failed => "fail",
        ExitStatus::NotRun | ExitStatus::Usage | ExitStatus::Nothing => "error",
    };
    let _ = write!(
        page,
        "<header>\n<h1>{title}</h1>\n<p class=\"headline {tone}\" role=\"status\">{}</p>\n<dl class=\"facts\">\n",
        text(&headline(report))
    );
    let mixed = if report.is_mixed() {
        format!(": {}", report.profile.seen.join(", "))
    } else {
        String::new()
    };
    for (name, value) in [
        (
            "profile",
            format!(
                "{} (asked: {}){mixed}",
                report.profile.observed.as_str(),
                report.profile.asked
            ),
        ),
        ("started", report.started_at.to_string()),
        ("took", seconds(report.duration_ms)),
        ("strict", if report.strict { "yes" } else { "no" }.to_owned()),
    ]
    .into_iter()
    .chain(scale(report))
    {
        let _ = writeln!(page, "<div><dt>{name}</dt><dd>{}</dd></div>", text(&value));
    }
    page.push_str(
        "</dl>\n<table class=\"counts\">\n<caption>What the run came to</caption>\n<thead><tr><td></td>",
    );
    for verdict in Verdict::ALL {
        let _ = write!(page, "<th scope=\"col\">{}</th>", badge(verdict));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    let mut row = |name: &str, counts: Counts| {
        let _ = write!(page, "<tr><th scope=\"row\">{name}</th>");
        for verdict in Verdict::ALL {
            let _ = write!(page, "<td>{}</td>", counted(counts, verdict));
        }
        page.push_str("</tr>\n");
    };
    row("clauses", report.summary.clauses);
    row("scenarios", report.summary.scenarios);
    page.push_str("</tbody></table>\n</header>\n");
}

/// What is only worth a word in some runs.
fn scale(report: &RunReport) -> impl Iterator<Item = (&'static str, String)> {
    let shard = report.shard.map(|shard| ("shard", shard.to_string()));
    let waited = (report.waited_ms > 0).then(|| {
        let waited = seconds(report.waited_ms);
        (
            "waited",
            format!("{waited}, as the endpoint asked or failed (429, 5xx)"),
        )
    });
    let flaky = report.summary.flaky;
    let flaky = (flaky > 0).then(|| ("flaky", format!("{flaky} {}", plural(flaky, "scenario"))));
    [shard, waited, flaky].into_iter().flatten()
}

/// A verdict as a word in its colour: the colour alone says nothing.
fn badge(verdict: Verdict) -> String {
    let name = verdict.as_str();
    format!("<span class=\"badge {name}\">{name}</span>")
}

/// The filters work by style alone: a box that is not ticked hides the rows of its verdict or level.
fn filters_style(report: &RunReport) -> String {
    let mut style = String::new();
    for verdict in Verdict::ALL {
        let name = verdict.as_str();
        let _ = writeln!(
            style,
            "main:has(#show-{name}:not(:checked)) [data-verdict=\"{name}\"]{{display:none}}"
        );
    }
    for level in ["must", "should", "obs"] {
        let _ = writeln!(
            style,
            "main:has(#show-{level}:not(:checked)) [data-level=\"{level}\"]{{display:none}}"
        );
    }
    // A group whose every row is hidden would leave its heading.
    for verdicts in clauses::groups(report).values() {
        style.push_str("main");
        for verdict in verdicts {
            let _ = write!(style, ":has(#show-{}:not(:checked))", verdict.as_str());
        }
        let _ = writeln!(
            style,
            " [data-verdicts=\"{}\"]{{display:none}}",
            clauses::names(verdicts)
        );
    }
    style
}

/// A text as text in HTML, in an attribute too. Controls, which HTML cannot hold, are shown as signs.
fn text(content: &str) -> String {
    let mut escaped = String::with_capacity(content.len());
    for letter in content.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(letter),
            // Direction marks could make a line read otherwise than it is.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => escaped.push('\u{fffd}'),
            control if control.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A name as the value of an `id`.
fn anchor(prefix: &str, name: &str) -> String {
    let name: String = name
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '-'
            }
        })
        .collect();
    format!("{prefix}-{name}")
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_policy_names_the_script() {
        assert_eq!(SCRIPT_DIGEST, STANDARD.encode(Sha256::digest(SCRIPT)));
    }

    #[test]
    fn what_an_endpoint_says_stays_text() {
        assert_eq!(
            text("<script>alert('x')</script> & \"y\"\u{0}\u{202e}"),
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot;\u{fffd}\u{fffd}"
        );
        assert_eq!(anchor("s", "list/limit\"><x"), "s-list-limit---x");
    }

    /// The colours of one theme: the custom properties of a block of the style.
    fn colours(block: &str) -> Vec<(&str, [f64; 3])> {
        let parsed = block.lines().filter_map(|line| {
            let (name, value) = line.trim().strip_prefix("--")?.split_once(": #")?;
            let channel = |at: usize| u8::from_str_radix(value.get(at..at + 2)?, 16).ok();
            Some((name, [channel(0)?, channel(2)?, channel(4)?].map(f64::from)))
        });
        parsed.collect()
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(colour: [f64; 3]) -> f64 {
        let [red, green, blue] = colour.map(|channel| {
            let share = channel / 255.0;
            if share <= 0.040_45 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    #[test]
    fn every_text_has_contrast_in_both_themes() {
        let (light, dark) = STYLE
            .split_once("prefers-color-scheme: dark")
            .expect("two themes");
        for (theme, block) in [
            ("light", light),
            ("dark", dark.split("}\n}").next().unwrap_or_default()),
        ] {
            let colours = colours(block);
            let of = |wanted: &str| {
                let found = colours.iter().find(|(name, _)| *name == wanted);
                found.unwrap_or_else(|| panic!("{theme} has no {wanted}")).1
            };
            for ground in ["ground", "raised"] {
                for name in [
                    "ink", "quiet", "link", "pass", "fail", "error", "warn", "known", "skip", "observed",
                ] {
                    let (one, other) = (luminance(of(name)), luminance(of(ground)));
                    let ratio = (one.max(other) + 0.05) / (one.min(other) + 0.05);
                    assert!(
                        ratio >= 4.5,
                        "{theme}: {name} on {ground} has a contrast of {ratio:.2}"
                    );
                }
            }
        }
    }
}
