//! The clauses: the matrix, and those that do not hold.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use rebuttal_model::{Level, clause};

use super::{anchor, badge, counted, parts, text};
use crate::verdict::{ClauseReport, RunReport, Verdict};

/// Every clause of the run, by group.
pub(super) fn matrix(page: &mut String, report: &RunReport) {
    page.push_str("<section aria-labelledby=\"clauses\">\n<h2 id=\"clauses\" tabindex=\"-1\">Clauses</h2>\n");
    let groups = groups(report);
    let mut group = "";
    for clause in &report.clauses {
        let this = clause.id.split('.').next().unwrap_or_default();
        if this != group {
            if !group.is_empty() {
                page.push_str("</tbody></table>\n");
            }
            group = this;
            let _ = write!(
                page,
                "<table class=\"matrix\" data-verdicts=\"{}\">\n<caption>{this}</caption>\n<thead><tr>\
                 <th scope=\"col\">verdict</th><th scope=\"col\">clause</th><th scope=\"col\">level</th><th scope=\"col\">what it promises</th>\
                 <th scope=\"col\">scenarios</th></tr></thead>\n<tbody>\n",
                groups.get(this).map(names).unwrap_or_default()
            );
        }
        row(page, report, clause);
    }
    if group.is_empty() {
        page.push_str("<p>No clause was asked.</p>\n");
    } else {
        page.push_str("</tbody></table>\n");
    }
    page.push_str("<p id=\"none\" role=\"status\" hidden>No clause has that text.</p>\n</section>\n");
}

/// The groups of clauses, and the verdicts in each.
pub(super) fn groups(report: &RunReport) -> BTreeMap<&str, BTreeSet<Verdict>> {
    let mut groups = BTreeMap::<&str, BTreeSet<Verdict>>::new();
    for clause in &report.clauses {
        let group = clause.id.split('.').next().unwrap_or_default();
        groups.entry(group).or_default().insert(clause.verdict);
    }
    groups
}

/// Verdicts as the value of an attribute.
pub(super) fn names(verdicts: &BTreeSet<Verdict>) -> String {
    verdicts
        .iter()
        .map(|verdict| verdict.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

/// What is shown: by verdict and level with style alone, by text with the script.
pub(super) fn filters(page: &mut String, report: &RunReport) {
    page.push_str(
        "<form class=\"filters\" aria-label=\"Filters\">\n<fieldset><legend>Show verdicts</legend>\n",
    );
    for verdict in Verdict::ALL {
        let count = counted(report.summary.clauses, verdict) + counted(report.summary.scenarios, verdict);
        if count > 0 {
            let name = verdict.as_str();
            let _ = writeln!(
                page,
                "<label><input type=\"checkbox\" id=\"show-{name}\" checked> {}</label>",
                badge(verdict)
            );
        }
    }
    page.push_str("</fieldset>\n<fieldset><legend>Show levels</legend>\n");
    for level in [Level::Must, Level::Should, Level::Obs] {
        let name = level.as_str();
        let _ = writeln!(
            page,
            "<label><input type=\"checkbox\" id=\"show-{}\" checked> {name}</label>",
            name.to_lowercase()
        );
    }
    page.push_str(
        "</fieldset>\n<fieldset class=\"scripted\" hidden><legend>Find</legend>\n\
         <label>text <input type=\"search\" id=\"find\" autocomplete=\"off\"></label>\n\
         <button type=\"button\" id=\"open\">Unfold all</button>\n\
         <button type=\"button\" id=\"close\">Fold all</button>\n</fieldset>\n</form>\n",
    );
}

fn level(clause: &ClauseReport) -> String {
    clause.level.as_str().to_lowercase()
}

fn row(page: &mut String, report: &RunReport, clause: &ClauseReport) {
    let broken = matches!(clause.verdict, Verdict::Fail | Verdict::Warn | Verdict::Known);
    let name = if broken {
        format!("<a href=\"#{}\">{}</a>", anchor("c", clause.id), clause.id)
    } else {
        clause.id.to_owned()
    };
    let _ = write!(
        page,
        "<tr class=\"findable\" data-verdict=\"{}\" data-level=\"{}\"><td>{}</td><th scope=\"row\">{name}</th>\
         <td>{}</td><td>{}",
        clause.verdict.as_str(),
        level(clause),
        badge(clause.verdict),
        clause.level.as_str(),
        text(&clause.statement)
    );
    for note in clause.notes.iter().take(4) {
        let _ = write!(page, "<br><span class=\"note\">{}</span>", text(note));
    }
    let _ = write!(
        page,
        "</td><td><details><summary>{}<span class=\"unseen\"> scenarios of {}</span></summary><ul>",
        clause.scenarios.len(),
        clause.id
    );
    for id in &clause.scenarios {
        let verdict = report
            .scenarios
            .iter()
            .find(|it| it.id == *id)
            .map(|it| it.verdict);
        let _ = write!(
            page,
            "<li><a href=\"#{}\">{}</a> {}</li>",
            anchor("s", id),
            text(id),
            verdict.map(badge).unwrap_or_default()
        );
    }
    page.push_str("</ul></details></td></tr>\n");
}

/// The clauses that do not hold, with what shows it.
pub(super) fn broken(page: &mut String, report: &RunReport) {
    let broken: Vec<_> = report
        .clauses
        .iter()
        .filter(|it| matches!(it.verdict, Verdict::Fail | Verdict::Warn | Verdict::Known))
        .collect();
    if broken.is_empty() {
        return;
    }
    page.push_str("<section aria-labelledby=\"broken\">\n<h2 id=\"broken\">What does not hold</h2>\n");
    for clause in broken {
        let id = anchor("c", clause.id);
        let sources = clause::find(clause.id)
            .map(rebuttal_model::Clause::cited)
            .unwrap_or_default();
        let _ = write!(
            page,
            "<article class=\"findable\" data-verdict=\"{}\" data-level=\"{}\" aria-labelledby=\"{id}\">\n\
             <h3 id=\"{id}\" tabindex=\"-1\">{} {} <small>{}</small></h3>\n<p>{}</p>\n<p class=\"note\">{}</p>\n",
            clause.verdict.as_str(),
            level(clause),
            badge(clause.verdict),
            clause.id,
            clause.level.as_str(),
            text(&clause.statement),
            text(&sources)
        );
        let mut shown = BTreeSet::new();
        let found = report.scenarios.iter().flat_map(|scenario| {
            let mismatches = scenario.mismatches.iter().filter(|it| it.clause == clause.id);
            mismatches.map(move |mismatch| (scenario, mismatch))
        });
        let mut found: Vec<_> = found.collect();
        // What is new comes before what is known.
        found.sort_by_key(|(_, mismatch)| mismatch.known.is_some());
        for (scenario, mismatch) in found {
            parts::mismatch(page, scenario, mismatch, &mut shown);
        }
        page.push_str("</article>\n");
    }
    page.push_str("</section>\n");
}
