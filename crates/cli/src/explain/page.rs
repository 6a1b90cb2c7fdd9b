//! A page of rows: an offset, a label, a text cut to the page; and what is said under a row.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::output::DIM;
use crate::shown::{Cell, fitting};

/// What stands for bytes that cannot be shown.
const ESCAPE: Style = AnsiColor::Magenta.on_default();

/// How wide a label is, in columns.
const LABEL: usize = 8;

/// How many columns are shown before what is pointed at, where the row was cut before it.
const BEFORE: usize = 12;

/// A page that is being written.
pub(super) struct Page {
    pub(super) text: String,
    columns: usize,
    /// The width of the column of offsets.
    offset: usize,
}

/// A row that can be pointed into.
#[derive(Default)]
pub(super) struct Row {
    /// What stands before the cells, without style.
    pub(super) lead: String,
    pub(super) cells: Vec<Cell>,
    pub(super) style: Style,
}

impl Page {
    /// A page for offsets up to `most`.
    pub(super) fn new(columns: usize, most: u64) -> Self {
        Self {
            text: String::new(),
            columns,
            offset: most.to_string().len().max(6),
        }
    }

    /// Where texts begin.
    fn indent(&self) -> usize {
        self.offset + 2 + LABEL + 2
    }

    /// The columns that a text has.
    fn room(&self) -> usize {
        self.columns.saturating_sub(self.indent()).max(20)
    }

    pub(super) fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    pub(super) fn row(&mut self, offset: Option<u64>, label: &str, row: &Row) {
        let number = offset.map(|offset| offset.to_string()).unwrap_or_default();
        let (width, label_width) = (self.offset, LABEL);
        let _ = write!(self.text, "{DIM}{number:>width$}{DIM:#}  {label:<label_width$}  ");
        let style = row.style;
        let _ = write!(self.text, "{style}{}{style:#}", row.lead);
        let fits = fitting(&row.cells, self.room_of(row));
        self.cells(&row.cells[..fits], style);
        if fits < row.cells.len() {
            let _ = write!(self.text, "{DIM}…{DIM:#}");
        }
        while self.text.ends_with(' ') {
            self.text.pop();
        }
        self.text.push('\n');
    }

    /// Points at the bytes of a span under a row that was just written; writes the row again around them where
    /// it was cut, or where something else stands under it.
    pub(super) fn point(&mut self, row: &Row, span: (u64, u64), style: Style, is_first: bool) {
        let (start, end) = span;
        let (Some(first), Some(last)) = (row.cells.first(), row.cells.last()) else {
            return;
        };
        if start < first.at || start > last.end {
            return;
        }
        let width = |cells: &[Cell]| cells.iter().map(|cell| cell.width).sum::<usize>();
        // What is missing at the end of a line is pointed at behind it.
        let from = row.cells.partition_point(|cell| cell.end <= start);
        let to = row.cells.partition_point(|cell| cell.at < end).max(from);
        let room = self.room_of(row);
        let fits = fitting(&row.cells, room);
        let (mut lead, mut shown) = (row.lead.width(), 0..fits);
        let is_beyond = from >= fits && (fits < row.cells.len() || width(&row.cells) >= room);
        if is_beyond {
            let mut columns = BEFORE;
            let before = row.cells[..from].iter().rev().take_while(|cell| {
                let fits = cell.width <= columns;
                columns = columns.saturating_sub(cell.width);
                fits
            });
            let first = from - before.count();
            let tail = &row.cells[first..];
            shown = first..first + fitting(tail, self.room() - 1);
            lead = 1;
        }
        if is_beyond || !is_first {
            let indent = self.indent();
            let before = if is_beyond { "…" } else { &row.lead };
            let _ = write!(self.text, "{:indent$}{DIM}{before}{DIM:#}", "");
            self.cells(&row.cells[shown.clone()], DIM);
            if shown.end < row.cells.len() {
                let _ = write!(self.text, "{DIM}…{DIM:#}");
            }
            self.text.push('\n');
        }
        let indent = self.indent() + lead + width(&row.cells[shown.start..from]);
        let carets = "^".repeat(width(&row.cells[from..to.min(shown.end).max(from)]).max(1));
        let _ = writeln!(self.text, "{:indent$}{style}{carets}{style:#}", "");
    }

    /// Says something under a row, on as many lines as it takes.
    pub(super) fn say(&mut self, label: &str, style: Style, text: &str) {
        let (indent, label_width) = (self.offset + 2, LABEL);
        let mut before = format!("{:indent$}{style}{label:<label_width$}{style:#}  ", "");
        for line in wrap(text, self.room()) {
            self.line(&format!("{before}{line}"));
            before = " ".repeat(self.indent());
        }
    }

    fn room_of(&self, row: &Row) -> usize {
        self.room().saturating_sub(row.lead.width())
    }

    fn cells(&mut self, cells: &[Cell], style: Style) {
        for run in cells.chunk_by(|a, b| a.is_escape == b.is_escape) {
            let style = if run[0].is_escape { ESCAPE } else { style };
            let _ = write!(self.text, "{style}");
            for cell in run {
                self.text.push_str(&cell.text);
            }
            let _ = write!(self.text, "{style:#}");
        }
    }
}

/// The words of a text, on lines of a width.
fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ').flat_map(|word| pieces(word, columns)) {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(&word);
        } else if line.width() + 1 + word.width() <= columns {
            line.push(' ');
            line.push_str(&word);
        } else {
            lines.push(word);
        }
    }
    lines
}

/// A word, in pieces where it is longer than a line.
fn pieces(word: &str, columns: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for char in word.chars() {
        let is_full = pieces
            .last()
            .is_some_and(|piece| piece.width() + char.width().unwrap_or(0) > columns);
        if is_full {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(char);
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown;

    /// The row and what points into it, without the colours.
    fn pointed(text: &str, span: (u64, u64)) -> String {
        let mut page = Page::new(50, 0);
        let row = Row {
            cells: shown::cells(text.as_bytes(), 10),
            ..Row::default()
        };
        page.point(&row, span, Style::new(), true);
        let lines = crate::output::plain(&page.text);
        let lines = lines.lines().map(|line| line.get(18..).unwrap_or(line));
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_lies_beyond_the_cut_is_shown_with_what_points_at_it() {
        let long = format!("{}, name=x;", "a".repeat(40));
        let wide = "\u{202e}".repeat(20) + "x";
        for (text, span, wanted) in [
            ("abc", (11, 12), " ^"),
            ("abc", (10, 19), "^^^"),
            ("abc", (13, 13), "   ^"),
            ("abc", (13, 15), "   ^"),
            ("abc", (14, 15), ""),
            ("abc", (9, 15), ""),
            ("", (10, 10), ""),
            (&long, (52, 58), "…aaaaaaaaaa, name=x;\n             ^^^^^^"),
            (&long, (59, 59), "…aaa, name=x;\n             ^"),
            (&long[..32], (42, 42), "…aaaaaaaaaaaa\n             ^"),
            (&wide, (70, 71), "…\\u{202e}x\n         ^"),
            (&long[..31], (41, 41), "                               ^"),
        ] {
            assert_eq!(pointed(text, span), wanted, "{text}, {span:?}");
        }
    }
}
