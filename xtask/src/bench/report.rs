//! The report: tables in Markdown, for the terminal and for a file.

use std::fmt::Write as _;

use super::{
    gates::Gate,
    linear::Count,
    measured::{Measured, REFERENCE, Speed, each_once},
};

pub(super) fn write(measured: &Measured, gates: &[Gate], rounds: u32) -> String {
    let mut text = format!(
        "# The multipart reader and its peers\n\n\
         {rounds} rounds, CPU time of the thread. A ratio is the time of `memmem` over that of the reader, best \
         of all rounds, with the median of the ratios within each round in brackets: more is faster.\n"
    );
    speeds(&mut text, measured);
    items(&mut text, measured);
    heaps(&mut text, measured);
    match &measured.linear {
        Some(counts) => hostile(&mut text, counts),
        None => text.push_str("\n**Not measured: linear time. valgrind is not installed.**\n"),
    }
    judged(&mut text, gates);
    text
}

/// The gates, met or not.
pub(super) fn judged(text: &mut String, gates: &[Gate]) {
    text.push_str("\n## Gates\n");
    let rows = gates
        .iter()
        .map(|gate| format!("{} | {} | {}", gate.what, gate.bar, gate.outcome));
    table(text, "what | bar | outcome | found", rows);
}

fn speeds(text: &mut String, measured: &Measured) {
    text.push_str("\n## Speed, as a ratio to memmem\n");
    let scenarios = each_once(measured.times.iter().map(|time| time.scenario.as_str()));
    let names = contestants(measured);
    let mut notes = Vec::new();
    let mut rows = Vec::new();
    for scenario in scenarios {
        let mut row = scenario.to_owned();
        if let Some(reference) = measured.speed(scenario, REFERENCE) {
            let _ = write!(row, " | {:.1} GB/s", reference.bytes / reference.nanoseconds);
        }
        for name in &names {
            let time = measured
                .times
                .iter()
                .find(|time| time.scenario == scenario && time.contestant == *name);
            match time.map(|time| &time.outcome) {
                Some(Ok(Speed { best, median, .. })) => {
                    let _ = write!(row, " | {} ({})", short(*best), short(*median));
                }
                Some(Err(why)) => {
                    row.push_str(" | wrong");
                    notes.push(format!("- {name} reads `{scenario}` wrong: {why}\n"));
                }
                None => row.push_str(" | "),
            }
        }
        rows.push(row);
    }
    table(
        text,
        &format!("scenario | memmem | {}", names.join(" | ")),
        rows.into_iter(),
    );
    if !notes.is_empty() {
        text.push('\n');
        text.extend(notes);
    }
}

fn items(text: &mut String, measured: &Measured) {
    text.push_str("\n## Time for one request\n");
    let rows = contestants(measured).into_iter().map(|name| {
        let time = |scenario| {
            measured
                .speed(scenario, name)
                .map_or("wrong".to_owned(), |speed| duration(speed.nanoseconds))
        };
        format!(
            "{name} | {} | {} | {}",
            time("small1k"),
            time("tinyparts"),
            time("random-1k-chunks")
        )
    });
    table(
        text,
        "reader | 1,024 bytes | 10,000 parts | 10 MiB in chunks of 1 KiB",
        rows,
    );
}

fn heaps(text: &mut String, measured: &Measured) {
    text.push_str("\n## Heap for one request: peak in bytes / allocations\n");
    let (hostile, inputs): (Vec<_>, Vec<_>) =
        each_once(measured.heaps.iter().map(|heap| heap.input.as_str()))
            .into_iter()
            .partition(|input| input.starts_with("hostile/"));
    let names = each_once(measured.heaps.iter().map(|heap| heap.contestant.as_str()));
    let rows = inputs.iter().map(|input| {
        let mut row = (*input).to_owned();
        for name in &names {
            let found = measured
                .heaps
                .iter()
                .find(|heap| heap.input == *input && heap.contestant == *name);
            match found {
                Some(heap) => {
                    let _ = write!(row, " | {} / {}", heap.peak_bytes, heap.allocations);
                }
                None => row.push_str(" | wrong"),
            }
        }
        row
    });
    table(text, &format!("input | {}", names.join(" | ")), rows);
    let most = measured
        .heaps
        .iter()
        .filter(|heap| hostile.contains(&heap.input.as_str()))
        .max_by_key(|heap| heap.peak_bytes);
    if let Some(most) = most {
        let _ = writeln!(
            text,
            "\n{} hostile inputs of 256 KiB, our reader: at most {} bytes, for `{}`.",
            hostile.len(),
            most.peak_bytes,
            most.input.trim_start_matches("hostile/")
        );
    }
}

fn hostile(text: &mut String, counts: &[Count]) {
    text.push_str("\n## Hostile inputs, our reader, in instructions\n");
    let rows = counts.iter().map(|count| match &count.cost {
        Ok(cost) => format!(
            "{} | {} KiB | {} | {} | {:.2} | {:.1}",
            count.family,
            cost.bytes / 1024,
            cost.instructions,
            cost.twice,
            cost.growth(),
            cost.instructions / f64::from(cost.bytes),
        ),
        Err(why) => format!("{} | | {why} | | |", count.family),
    });
    table(text, "family | n | at n | at 2n | growth | for one byte", rows);
}

fn contestants(measured: &Measured) -> Vec<&str> {
    let mut names = each_once(measured.times.iter().map(|time| time.contestant.as_str()));
    names.retain(|name| *name != REFERENCE);
    // Ours first, even where it was wrong or came late.
    names.sort_by_key(|name| *name != super::measured::OURS);
    names
}

/// A table with its columns in line.
pub(super) fn table(text: &mut String, head: &str, rows: impl Iterator<Item = String>) {
    let mut lines = vec![head.to_owned()];
    lines.extend(rows);
    let lines: Vec<Vec<&str>> = lines
        .iter()
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|cells| cells.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..lines[0].len()).map(width).collect();
    text.push('\n');
    for (index, cells) in lines.iter().enumerate() {
        for (cell, width) in cells.iter().zip(&widths) {
            let _ = write!(text, "| {cell:width$} ");
        }
        text.push_str("|\n");
        if index == 0 {
            for width in &widths {
                let _ = write!(text, "| {:-<width$} ", "");
            }
            text.push_str("|\n");
        }
    }
}

/// A ratio, with as many digits as it has meaning.
pub(super) fn short(ratio: f64) -> String {
    if ratio < 0.1 {
        format!("{ratio:.3}")
    } else {
        format!("{ratio:.2}")
    }
}

pub(super) fn duration(nanoseconds: f64) -> String {
    if nanoseconds < 1e4 {
        format!("{nanoseconds:.0} ns")
    } else if nanoseconds < 1e6 {
        format!("{:.0} µs", nanoseconds / 1e3)
    } else {
        format!("{:.2} ms", nanoseconds / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::{gates::judge, measured::tests::measured};

    #[test]
    fn what_is_wrong_or_not_measured_is_said() {
        let measured = measured(
            "zeros a wrong lost\nzeros memmem timed 1 1 100 1000\nzeros rebuttal-multipart timed 0.5 0.05 200 1000",
            "bound 9\nzeros rebuttal-multipart 7 4\nhostile/cr rebuttal-multipart 8 4",
            None,
        );
        let text = write(&measured, &judge(&measured), 7);
        for wanted in [
            "| scenario | memmem    | rebuttal-multipart | a     |",
            "| zeros    | 10.0 GB/s | 0.50 (0.050)       | wrong |",
            "- a reads `zeros` wrong: lost",
            "**Not measured: linear time. valgrind is not installed.**",
            "at most 8 bytes, for `cr`",
            "MISSED",
            "not measured",
        ] {
            assert!(text.contains(wanted), "{wanted} is not in\n{text}");
        }
    }
}
