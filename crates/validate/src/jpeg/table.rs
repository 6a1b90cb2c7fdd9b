//! Huffman and quantization tables, read as their bytes pass.

use super::marker;
use crate::field::Field;

/// The tables that are defined so far.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// A bit for each of the four quantization tables.
    quantization: u8,
    any_huffman: bool,
}

impl Tables {
    pub(super) fn quantization(&self, id: u8) -> bool {
        id < 4 && self.quantization & (1 << id) != 0
    }

    pub(super) fn any_huffman(&self) -> bool {
        self.any_huffman
    }
}

/// Reads the tables of one DHT or DQT segment.
#[derive(Debug)]
pub(super) struct Reader {
    huffman: bool,
    /// The head of the present table: class and id, and for Huffman 16 counts.
    head: Field<17>,
    /// Values of the present table that are still to come.
    left: usize,
    problem: Option<&'static str>,
}

impl Reader {
    /// A reader for DHT and DQT, none for other segments.
    pub(super) fn for_marker(marker: u8) -> Option<Self> {
        matches!(marker, marker::DHT | marker::DQT).then(|| Self {
            huffman: marker == marker::DHT,
            head: Field::new(),
            left: 0,
            problem: None,
        })
    }

    /// Reads on until the first problem.
    pub(super) fn feed(&mut self, mut body: &[u8], tables: &mut Tables) {
        let head_bytes = if self.huffman { 17 } else { 1 };
        while !body.is_empty() && self.problem.is_none() {
            let taken = if self.head.len() < head_bytes {
                let taken = self.head.fill(body, head_bytes);
                if self.head.len() == head_bytes {
                    self.start(tables);
                }
                taken
            } else {
                let taken = body.len().min(self.left);
                self.left -= taken;
                taken
            };
            if self.head.len() == head_bytes && self.left == 0 && self.problem.is_none() {
                self.head.clear();
            }
            body = &body[taken..];
        }
    }

    fn start(&mut self, tables: &mut Tables) {
        let (class, id) = (self.head.get(0) >> 4, self.head.get(0) & 15);
        if class > 1 || id > 3 {
            self.problem = Some("a class or number that does not exist");
        } else if self.huffman {
            self.start_huffman(tables);
        } else {
            self.left = 64 * (usize::from(class) + 1);
            tables.quantization |= 1 << id;
        }
    }

    /// The counts of codes by length must fit in the code space, and in 256 values.
    fn start_huffman(&mut self, tables: &mut Tables) {
        let counts = &self.head.bytes()[1..];
        self.left = counts.iter().map(|count| usize::from(*count)).sum();
        let mut free: i32 = 1;
        let overfull = counts.iter().any(|count| {
            free = 2 * free - i32::from(*count);
            free < 0
        });
        if overfull || self.left > 256 {
            self.problem = Some("more codes than its lengths have room for");
        }
        tables.any_huffman = true;
    }

    /// Notes a problem that the segment's length has.
    pub(super) fn refuse(&mut self, problem: &'static str) {
        self.problem = Some(problem);
    }

    /// What is wrong with the segment, once it is over.
    pub(super) fn problem(&self) -> Option<&'static str> {
        self.problem
            .or_else(|| (self.head.len() > 0).then_some("a table that its length cuts off"))
    }
}
