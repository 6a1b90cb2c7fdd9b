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

/// How many characters are shown before what is pointed at, where the row was cut before it.
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
        let beyond = row.cells.partition_point(|cell| cell.at <= start);
        let last = row.cells.last();
        if beyond == 0 || start >= end || last.is_none_or(|last| last.at + (last.text.len() as u64) <= start)
        {
            return;
        }
        let from = beyond - 1;
        let to = row.cells.partition_point(|cell| cell.at < end).max(from + 1);
        let fits = fitting(&row.cells, self.room_of(row));
        let (mut lead, mut shown) = (row.lead.width(), 0..fits);
        if from >= fits {
            let first = from.saturating_sub(BEFORE);
            let tail = &row.cells[first..];
            shown = first..first + fitting(tail, self.room() - 1);
            lead = 1;
        }
        if from >= fits || !is_first {
            let indent = self.indent();
            let before = if from >= fits { "…" } else { &row.lead };
            let _ = write!(self.text, "{:indent$}{DIM}{before}{DIM:#}", "");
            self.cells(&row.cells[shown.clone()], DIM);
            if shown.end < row.cells.len() {
                let _ = write!(self.text, "{DIM}…{DIM:#}");
            }
            self.text.push('\n');
        }
        let width = |cells: &[Cell]| cells.iter().map(|cell| cell.width).sum::<usize>();
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
