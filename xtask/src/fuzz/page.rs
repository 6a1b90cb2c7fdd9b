//! The status as one page of HTML: plots are inline SVG, and nothing is fetched from anywhere.

use std::{fmt::Write, time::Duration};

use super::{
    journal::{self, Entry},
    status::Known,
    summary::{clock, grouped},
    tally::to_float,
};

const STYLE: &str = "\
:root { color-scheme: light dark; --ink: #1b1f24; --quiet: #59636e; --line: #d1d9e0; --paper: #fff; --card: #f6f8fa;
  --edges: #0969da; --corpus: #1a7f37; --bad: #cf222e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --quiet: #9198a1; --line: #3d444d; --paper: #0d1117;
  --card: #151b23; --edges: #4493f8; --corpus: #3fb950; --bad: #f85149; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
  max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font: 600 1rem ui-monospace, monospace; margin: 0 0 .25rem; }
p { margin: .25rem 0 1.5rem; color: var(--quiet); }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .35rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--quiet); font-weight: 500; } th:first-child, td:first-child { text-align: left; }
td:first-child { font-family: ui-monospace, monospace; } .bad { color: var(--bad); font-weight: 600; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(21rem, 1fr)); gap: 1rem; margin-top: 2rem; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .8rem; }
figure p { margin: 0; font-size: .85rem; } svg { width: 100%; height: auto; display: block; }
.axis { stroke: var(--line); } text { font: 11px system-ui, sans-serif; fill: var(--quiet); }
polyline { fill: none; stroke-width: 1.8; stroke-linejoin: round; } .edges { stroke: var(--edges); }
.corpus { stroke: var(--corpus); } text.edges { fill: var(--edges); stroke: none; }
text.corpus { fill: var(--corpus); stroke: none; } .run { stroke: var(--line); stroke-dasharray: 2 3; }
";

/// The whole page.
pub(super) fn page(all: &[Known]) -> String {
    let runs: u64 = all.iter().map(|known| known.runs).sum();
    let days: Vec<_> = all
        .iter()
        .flat_map(|known| &known.entries)
        .map(|entry| entry.ended)
        .collect();
    let since = match (days.iter().min(), days.iter().max()) {
        (Some(first), Some(last)) if journal::day(*first) == journal::day(*last) => journal::day(*first),
        (Some(first), Some(last)) => format!("{} to {}", journal::day(*first), journal::day(*last)),
        _ => "nothing was run yet".to_owned(),
    };
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Fuzzing: status</title>\n<style>\n{STYLE}</style>\n<h1>Fuzzing: status</h1>\n\
         <p>{} targets, {} executions, {since}</p>\n<div class=\"wide\"><table>\n<tr><th>target<th>executions<th>time\
         <th>a second<th>edges<th>last new edge<th>seeds<th>work<th>findings\n",
        all.len(),
        grouped(runs)
    );
    for known in all {
        row(&mut html, known);
    }
    html.push_str("</table></div>\n<div class=\"plots\">\n");
    for known in all.iter().filter(|known| !known.entries.is_empty()) {
        plot(&mut html, known);
    }
    html.push_str("</div>\n</html>\n");
    html
}

fn row(html: &mut String, known: &Known) {
    let broken: u64 = known.findings.values().sum();
    let told: Vec<_> = known.findings.keys().map(String::as_str).collect();
    let (age, edges) = if known.entries.is_empty() {
        ("–".to_owned(), "–".to_owned())
    } else {
        (
            format!("{} ago", clock(Duration::from_secs(known.since_new_edge))),
            known.edges.1.to_string(),
        )
    };
    let _ = writeln!(
        html,
        "<tr><td>{}<td>{}<td>{}<td>{}<td>{edges}<td>{age}<td>{}<td>{}<td{} title=\"{}\">{broken}",
        escaped(&known.target),
        grouped(known.runs),
        clock(Duration::from_secs(known.seconds)),
        grouped(known.runs.checked_div(known.seconds).unwrap_or(0)),
        known.files.0,
        known.files.1,
        if broken > 0 { " class=\"bad\"" } else { "" },
        escaped(&told.join("; "))
    );
}

const WIDTH: f64 = 340.0;
const HEIGHT: f64 = 150.0;
/// Where the curves are; the rest is for words.
const TOP: f64 = 18.0;
const BOTTOM: f64 = HEIGHT - 18.0;

/// Edges and corpus over executions, all runs one after another, each curve on a scale of its own.
fn plot(html: &mut String, known: &Known) {
    let series = |index: usize| points(&known.entries, index);
    let (edges, corpus) = (series(EDGES), series(CORPUS));
    let _ = writeln!(
        html,
        "<figure><h2>{}</h2><svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"edges and corpus of {} over executions\">\
         <path class=\"axis\" d=\"M0 {BOTTOM}H{WIDTH}\"/>",
        escaped(&known.target),
        escaped(&known.target)
    );
    let mut done = 0.0;
    for entry in &known.entries[..known.entries.len() - 1] {
        done += to_float(entry.runs);
        let x = done / to_float(known.runs.max(1)) * WIDTH;
        let _ = writeln!(html, "<path class=\"run\" d=\"M{x:.1} {TOP}V{BOTTOM}\"/>");
    }
    for (class, points) in [("corpus", &corpus), ("edges", &edges)] {
        let _ = write!(html, "<polyline class=\"{class}\" points=\"");
        for (x, y) in scaled(points, known.runs) {
            let _ = write!(html, "{x:.1},{y:.1} ");
        }
        html.push_str("\"/>\n");
    }
    let most = |points: &[(u64, u64)]| grouped(points.iter().map(|point| point.1).max().unwrap_or(0));
    let _ = writeln!(
        html,
        "<text class=\"edges\" x=\"0\" y=\"11\">{} edges</text>\
         <text class=\"corpus\" x=\"{WIDTH}\" y=\"11\" text-anchor=\"end\">{} inputs in work</text>\
         <text x=\"0\" y=\"{}\">0</text><text x=\"{WIDTH}\" y=\"{}\" text-anchor=\"end\">{} executions</text></svg>",
        most(&edges),
        most(&corpus),
        HEIGHT - 4.0,
        HEIGHT - 4.0,
        grouped(known.runs)
    );
    let last = known
        .entries
        .last()
        .map(|entry| journal::day(entry.ended))
        .unwrap_or_default();
    let _ = writeln!(
        html,
        "<p>{} {}, the last on {last}; no new edge for {} of running</p></figure>",
        known.entries.len(),
        if known.entries.len() == 1 { "run" } else { "runs" },
        clock(Duration::from_secs(known.since_new_edge))
    );
}

/// Where a sample has what.
const EDGES: usize = 2;
const CORPUS: usize = 4;

/// Executions so far, and the count there, over all runs.
fn points(entries: &[Entry], index: usize) -> Vec<(u64, u64)> {
    let (mut points, mut before) = (Vec::new(), 0);
    for entry in entries {
        if index == EDGES {
            points.push((before, entry.edges_before));
        }
        let samples = entry.samples.iter();
        points.extend(samples.map(|sample| (before + sample[1], sample[index])));
        before += entry.runs;
    }
    points
}

/// The points as places on the plot; the highest is at its top, and what never changes is a line in the middle.
fn scaled(points: &[(u64, u64)], runs: u64) -> Vec<(f64, f64)> {
    let least = points.iter().map(|point| point.1).min().unwrap_or(0);
    let most = points.iter().map(|point| point.1).max().unwrap_or(0);
    let place = |(x, y): &(u64, u64)| {
        let share = if most == least {
            0.5
        } else {
            to_float(y - least) / to_float(most - least)
        };
        let x = to_float(*x) / to_float(runs.max(1)) * WIDTH;
        (x.min(WIDTH), BOTTOM - 2.0 - share * (BOTTOM - TOP - 4.0))
    };
    points.iter().map(place).collect()
}

/// Signatures quote what strangers wrote.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(runs: u64, samples: &[[u64; 5]]) -> Entry {
        Entry {
            runs,
            edges_before: 5,
            edges: 9,
            seconds: 10,
            samples: samples.to_vec(),
            ..Entry::default()
        }
    }

    #[test]
    fn runs_follow_each_other_on_the_plot() {
        let entries = [
            entry(100, &[[1, 50, 6, 0, 1], [2, 100, 7, 0, 2]]),
            entry(100, &[[1, 100, 9, 0, 4]]),
        ];
        let edges = points(&entries, EDGES);
        assert_eq!(edges, [(0, 5), (50, 6), (100, 7), (100, 5), (200, 9)]);
        assert_eq!(points(&entries, CORPUS), [(50, 1), (100, 2), (200, 4)]);
        let placed = scaled(&edges, 200);
        assert_eq!(placed[0], (0.0, BOTTOM - 2.0));
        assert_eq!(placed[4], (WIDTH, TOP + 2.0));
        assert!(
            scaled(&[(0, 3), (9, 3)], 9)
                .iter()
                .all(|(_, y)| (TOP..BOTTOM).contains(y))
        );
    }

    #[test]
    fn the_page_stands_alone_and_quotes_nothing_raw() {
        let mut known = Known {
            target: "decode".to_owned(),
            runs: 200,
            seconds: 20,
            entries: vec![entry(100, &[[1, 50, 6, 0, 1]]), entry(100, &[[1, 100, 9, 0, 4]])],
            ..Known::default()
        };
        known.findings.insert("x.rs: <script>\"".to_owned(), 3);
        let html = page(&[known, Known::default()]);
        assert!(
            html.contains("class=\"bad\" title=\"x.rs: &lt;script&gt;&quot;\">3"),
            "{html}"
        );
        assert!(
            !html.contains("<script") && !html.contains("http") && !html.contains("NaN"),
            "{html}"
        );
        assert_eq!(html.matches("<figure>").count(), 1);
        assert_eq!(html.matches("class=\"run\"").count(), 1);
        assert!(page(&[]).contains("nothing was run yet"));
    }
}
