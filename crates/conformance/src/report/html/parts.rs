//! The other parts of the page: mismatches and exchanges, known failures, scenarios.

use std::{collections::BTreeSet, fmt::Write};

use super::{anchor, badge, plural, reasons, text};
use crate::verdict::{Exchange, Mismatch, RunReport, ScenarioReport, Verdict};

/// One mismatch, with its exchange folded. An exchange that was shown of the same clause is only named.
pub(super) fn mismatch<'a>(
    page: &mut String,
    scenario: &'a ScenarioReport,
    mismatch: &Mismatch,
    shown: &mut BTreeSet<(&'a str, usize)>,
) {
    let known = if mismatch.known.is_some() {
        format!(" {}", badge(Verdict::Known))
    } else {
        String::new()
    };
    let _ = write!(
        page,
        "<div class=\"mismatch\">\n<p><a href=\"#{}\">{}</a>, step {}, <code>{}</code>{known}</p>\n\
         <dl><div><dt>expected</dt><dd>{}</dd></div><div><dt>found</dt><dd>{}</dd></div></dl>\n",
        anchor("s", &scenario.id),
        text(&scenario.id),
        mismatch.step,
        text(&mismatch.place),
        text(&mismatch.expected),
        text(&mismatch.found)
    );
    let found = mismatch
        .exchange
        .and_then(|index| Some((index, scenario.exchanges.get(index)?)));
    match found {
        Some((index, it)) if shown.insert((&scenario.id, index)) => exchange(page, scenario, it),
        Some((_, it)) => {
            let _ = writeln!(
                page,
                "<p class=\"note\">The exchange of step {} is shown above.</p>",
                it.step
            );
        }
        None => {}
    }
    page.push_str("</div>\n");
}

/// One exchange, folded.
fn exchange(page: &mut String, scenario: &ScenarioReport, exchange: &Exchange) {
    let first = exchange.request.lines().next().unwrap_or_default();
    let answer = exchange.answer().lines().next().unwrap_or_default();
    let _ = writeln!(
        page,
        "<details class=\"exchange\"><summary>step {}: <code>{}</code> → <code>{}</code> \
         <span class=\"note\">{} ms</span></summary>",
        exchange.step,
        text(first),
        text(answer),
        exchange.duration_ms
    );
    let (note, command) = exchange.curl.as_ref().map_or_else(
        || {
            let command = format!("rebuttal conformance --only {}", scenario.id);
            (" <small>(curl would send this otherwise)</small>", command)
        },
        |curl| ("", curl.clone()),
    );
    let _ = writeln!(page, "<h4>Repeat it{note}</h4>\n{}", block("command", &command));
    let _ = writeln!(
        page,
        "<h4>Request</h4>\n{}",
        block("request", exchange.request.trim_end())
    );
    if let Some(response) = &exchange.response {
        let _ = writeln!(page, "<h4>Answer</h4>\n{}", block("answer", response.trim_end()));
    }
    if let Some(error) = &exchange.error {
        let _ = writeln!(page, "<p>{}</p>", text(error));
    }
    page.push_str("</details>\n");
}

/// Text as it is, in a region that the keyboard can scroll.
fn block(name: &str, content: &str) -> String {
    format!(
        "<pre tabindex=\"0\" role=\"region\" aria-label=\"{name}\"><code>{}</code></pre>",
        text(content)
    )
}

/// The list of known failures, what is no longer true first.
pub(super) fn known(page: &mut String, report: &RunReport) {
    if report.known.is_empty() {
        return;
    }
    page.push_str(
        "<section aria-labelledby=\"known\">\n<h2 id=\"known\">Known failures</h2>\n<table>\n\
         <caption>The list, and what became of it</caption>\n<thead><tr><th scope=\"col\">state</th>\
         <th scope=\"col\">of</th><th scope=\"col\">what became of it</th><th scope=\"col\">why</th>\
         <th scope=\"col\">until</th><th scope=\"col\">listed at</th></tr></thead>\n<tbody>\n",
    );
    let (stale, true_still): (Vec<_>, Vec<_>) = report.known.iter().partition(|it| it.state.is_stale());
    for known in stale.into_iter().chain(true_still) {
        let tone = if known.state.is_stale() { "fail" } else { "known" };
        let _ = writeln!(
            page,
            "<tr class=\"findable\"><td><span class=\"badge {tone}\">{}</span></td><th scope=\"row\">{}</th>\
             <td>{}</td><td>{}</td><td>{}</td><td><code>{}</code></td></tr>",
            known.state.as_str(),
            text(&known.subject()),
            text(&known.message),
            text(&known.reason),
            text(known.expires.as_deref().unwrap_or("no day")),
            text(&known.position())
        );
    }
    page.push_str("</tbody></table>\n</section>\n");
}

/// What was not asked, and why.
pub(super) fn unasked(page: &mut String, report: &RunReport) {
    for (verdict, title) in [
        (Verdict::Error, "What could not be asked"),
        (Verdict::Skip, "What was skipped"),
    ] {
        let reasons = reasons(report, verdict);
        if reasons.is_empty() {
            continue;
        }
        let id = format!("no-{}", verdict.as_str());
        let _ = write!(
            page,
            "<section aria-labelledby=\"{id}\" data-verdict=\"{}\">\n<h2 id=\"{id}\">{title}</h2>\n<ul>\n",
            verdict.as_str()
        );
        for (reason, scenarios) in reasons {
            let links: Vec<_> = scenarios
                .iter()
                .map(|id| format!("<a href=\"#{}\">{}</a>", anchor("s", id), text(id)))
                .collect();
            let _ = writeln!(
                page,
                "<li>{}<details><summary>{} {}</summary><p>{}</p></details></li>",
                text(reason),
                scenarios.len(),
                plural(scenarios.len(), "scenario"),
                links.join(", ")
            );
        }
        page.push_str("</ul>\n</section>\n");
    }
}

/// What came to different things when it was run again.
pub(super) fn flaky(page: &mut String, report: &RunReport) {
    if report.summary.flaky == 0 {
        return;
    }
    page.push_str("<section aria-labelledby=\"flaky\">\n<h2 id=\"flaky\">What was flaky</h2>\n<ul>\n");
    for scenario in report.flaky() {
        let _ = writeln!(
            page,
            "<li class=\"findable\"><a href=\"#{}\">{}</a>: {}</li>",
            anchor("s", &scenario.id),
            text(&scenario.id),
            text(&scenario.flakiness().unwrap_or_default())
        );
    }
    page.push_str("</ul>\n</section>\n");
}

/// Every scenario; of those that did not go well, every exchange.
pub(super) fn scenarios(page: &mut String, report: &RunReport) {
    if report.scenarios.is_empty() {
        return;
    }
    page.push_str(
        "<section aria-labelledby=\"scenarios\">\n<h2 id=\"scenarios\">Scenarios</h2>\n<table>\n\
         <caption>Every scenario of the run</caption>\n<thead><tr><th scope=\"col\">verdict</th>\
         <th scope=\"col\">scenario</th><th scope=\"col\">covers</th><th scope=\"col\">ms</th></tr></thead>\n<tbody>\n",
    );
    for scenario in &report.scenarios {
        let _ = write!(
            page,
            "<tr class=\"findable\" data-verdict=\"{}\" id=\"{}\" tabindex=\"-1\"><td>{}</td><th scope=\"row\">{}",
            scenario.verdict.as_str(),
            anchor("s", &scenario.id),
            badge(scenario.verdict),
            text(&scenario.id)
        );
        if scenario.flaky {
            page.push_str(" <span class=\"badge warn\">flaky</span>");
        }
        if let Some(reason) = &scenario.reason {
            let _ = write!(page, "<br><span class=\"note\">{}</span>", text(reason));
        }
        for seen in &scenario.observations {
            let _ = write!(
                page,
                "<br><span class=\"note\">{}: {}</span>",
                seen.clause,
                text(&seen.text)
            );
        }
        for shows in &scenario.exchanges {
            exchange(page, scenario, shows);
        }
        let _ = writeln!(
            page,
            "</th><td>{}</td><td>{}</td></tr>",
            text(&scenario.covers.join(", ")),
            scenario.duration_ms
        );
    }
    page.push_str("</tbody></table>\n</section>\n");
}

/// What stays on the endpoint.
pub(super) fn left_behind(page: &mut String, report: &RunReport) {
    if report.left_behind.is_empty() {
        return;
    }
    page.push_str(
        "<section aria-labelledby=\"left\">\n<h2 id=\"left\">Left behind on the endpoint</h2>\n<ul>\n",
    );
    for what in &report.left_behind {
        let _ = writeln!(page, "<li>{}</li>", text(what));
    }
    page.push_str("</ul>\n</section>\n");
}
