//! Makes sequences of operations from a seed.
//!
//! Each sequence has favourites of its own: where every operation is as likely as every other in every sequence,
//! states that need much of one kind are never reached.

use fastrand::Rng;
use rebuttal_model::Kind;

use super::op::{BadQuery, Flaw, Move, Op, Shape, Slot, Verb, Window};
use crate::evidence::Sample;

/// The longest sequence, in operations.
const MOST_OPS: usize = 24;

/// The most documents that a sequence makes; with those from before, one page of 100 holds them all.
const MOST_DOCUMENTS: u32 = 34;

const FILENAMES: &[&str] = &[
    "receipt 1.png",
    "SCAN-0001.PNG",
    "領収書.png",
    "ใบเสร็จ.png",
    "a+b & c.png",
    "archive.tar.png",
];

const BAD_QUERIES: &[BadQuery] = &[
    BadQuery {
        name: "limit",
        value: "0",
    },
    BadQuery {
        name: "limit",
        value: "101",
    },
    BadQuery {
        name: "limit",
        value: "ten",
    },
    BadQuery {
        name: "offset",
        value: "-1",
    },
    BadQuery {
        name: "order",
        value: "newest",
    },
    BadQuery {
        name: "from",
        value: "yesterday",
    },
];

const FLAWS: &[Flaw] = &[
    Flaw::Format(Sample::Gif),
    Flaw::Format(Sample::Heic),
    Flaw::Format(Sample::Text),
    Flaw::Format(Sample::Docx),
    Flaw::Kind("invoice"),
    Flaw::Kind("DETAILS_OF_PURCHASE"),
    Flaw::NoFile,
    Flaw::Empty,
    Flaw::AsText,
    Flaw::Broken("truncated-in-content"),
];

/// What the endpoint and its target offer.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is there or not, whatever the others are"
)]
pub(crate) struct Offers {
    /// Disputes can be made for one sequence alone, and so be moved on.
    pub(crate) moves: bool,
    /// Another account can be heard.
    pub(crate) other: bool,
    /// That account has a dispute that it can upload to.
    pub(crate) theirs: bool,
    /// There is another dispute of the account.
    pub(crate) another: bool,
    /// The most documents that a dispute takes, as far as it is known.
    pub(crate) room: Option<usize>,
}

/// The sequence of a case: the same for the same seed, case and offers.
pub(crate) fn sequence(seed: u64, case: u64, offers: Offers) -> Vec<Op> {
    // Neighbouring numbers must not give alike sequences.
    let mixed = seed ^ case.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut rng = Rng::with_seed(mixed);
    let weights = std::array::from_fn(|_| *rng.choice(&[0_u32, 1, 1, 3]).unwrap_or(&1));
    let room = offers.room.and_then(|room| u32::try_from(room).ok());
    let mut maker = Maker {
        weights,
        room: room.unwrap_or(MOST_DOCUMENTS).min(MOST_DOCUMENTS),
        offers,
        rng,
        slots: Vec::new(),
        theirs: Vec::new(),
        documents: 0,
        next: 0,
        moved: false,
    };
    let length = maker.rng.usize(4..=MOST_OPS);
    let mut ops = vec![maker.upload()];
    while ops.len() < length {
        let at_end = ops.len() * 3 > length * 2;
        if let Some(op) = maker.op(at_end) {
            ops.push(op);
        }
    }
    // What went wrong on the way shows in the end.
    ops.push(Op::List {
        looks_for: maker.known(),
    });
    ops
}

/// How many kinds of operations there are to choose from.
const KINDS: usize = 15;

struct Maker {
    rng: Rng,
    weights: [u32; KINDS],
    offers: Offers,
    room: u32,
    slots: Vec<Slot>,
    theirs: Vec<Slot>,
    /// How many documents there are at most.
    documents: u32,
    next: Slot,
    moved: bool,
}

impl Maker {
    /// The next operation; nothing where the dice fell on one that cannot be had.
    fn op(&mut self, at_end: bool) -> Option<Op> {
        // Uploads, lists, pages and destroys are what most states are made of.
        const BASE: [u32; KINDS] = [6, 3, 2, 3, 4, 4, 4, 1, 1, 1, 1, 1, 1, 2, 4];
        let total: u32 = (0..KINDS).map(|it| BASE[it] * self.weights[it]).sum();
        let mut point = self.rng.u32(0..total.max(1));
        let kind = (0..KINDS).find(|it| {
            let weight = BASE[*it] * self.weights[*it];
            let hit = point < weight;
            point = point.saturating_sub(weight);
            hit
        });
        match kind.unwrap_or(0) {
            0 => (self.documents < self.room).then(|| self.upload()),
            1 => self.burst(),
            2 => self.rng.choice(FLAWS).map(|flaw| Op::Refused(*flaw)),
            3 => Some(Op::Retrieve(self.known())),
            4 => Some(Op::Destroy(self.known())),
            5 => Some(Op::List {
                looks_for: self.known(),
            }),
            6 => Some(self.page()),
            7 => Some(Op::Walk {
                limit: *self.rng.choice(&[1, 2, 3, 7, 20]).unwrap_or(&2),
                reverse: self.rng.bool(),
            }),
            8 => {
                let window = *self.rng.choice(&[Window::From, Window::To, Window::Later])?;
                let slot = self.known();
                Some(Op::Within { slot, window })
            }
            9 => self.rng.choice(BAD_QUERIES).map(|query| Op::BadQuery(*query)),
            10 => {
                let verb = *self
                    .rng
                    .choice(&[Verb::Upload, Verb::List, Verb::Retrieve, Verb::Destroy])?;
                let slot = self.known();
                self.offers.other.then_some(Op::Stranger { verb, slot })
            }
            11 => self.offers.another.then(|| Op::Elsewhere(self.known())),
            12 => self.offers.theirs.then(|| {
                let slot = self.slot();
                self.theirs.push(slot);
                Op::Theirs { slot }
            }),
            13 => {
                let slot = *self.rng.choice(&self.theirs)?;
                let by_us = self.rng.bool();
                Some(Op::TheirsRead { slot, by_us })
            }
            _ => self.next_move(at_end),
        }
    }

    fn slot(&mut self) -> Slot {
        self.next += 1;
        self.next
    }

    /// A document that was uploaded, most often one of the last.
    fn known(&mut self) -> Slot {
        let last = self.slots.len().saturating_sub(1);
        let at = if self.rng.bool() {
            last.saturating_sub(self.rng.usize(0..3))
        } else {
            self.rng.usize(0..=last)
        };
        self.slots.get(at).copied().unwrap_or_default()
    }

    fn upload(&mut self) -> Op {
        let slot = self.slot();
        self.slots.push(slot);
        self.documents += 1;
        let mut shape = Shape::plain();
        if self.rng.bool() {
            return Op::Upload { slot, shape };
        }
        shape.file = *self
            .rng
            .choice(&[Sample::Png, Sample::Jpeg, Sample::Pdf])
            .unwrap_or(&Sample::Png);
        shape.kind = self.rng.choice(Kind::ALL).filter(|_| self.rng.u8(0..8) > 0);
        shape.kind_first = self.rng.bool();
        if self.rng.u8(0..3) == 0 {
            shape.filename = self.rng.choice(FILENAMES).copied();
            shape.file = Sample::Png;
        }
        if self.rng.u8(0..4) == 0 {
            shape.bytes = self.rng.choice(&[5_000, 70_001, 400_000]).copied();
        }
        if self.rng.u8(0..6) == 0 {
            shape.media_type = self.rng.choice(&["", "application/octet-stream"]).copied();
        }
        Op::Upload { slot, shape }
    }

    fn burst(&mut self) -> Option<Op> {
        let at_once = self.rng.u8(0..3) == 0;
        let counts: &[u32] = if at_once { &[2, 3, 6] } else { &[2, 5, 21, 22, 25] };
        let left = self.room.saturating_sub(self.documents);
        let count = self.rng.choice(counts).copied()?.min(left);
        self.documents += count;
        (count > 1).then_some(Op::Burst { count, at_once })
    }

    fn page(&mut self) -> Op {
        let documents = self.documents as usize;
        let near = [
            0,
            1,
            documents.saturating_sub(1),
            documents,
            documents + 1,
            19,
            20,
            21,
        ];
        let offset = *self.rng.choice(&near).unwrap_or(&0);
        let offset = if self.rng.bool() {
            offset.min(documents + 1)
        } else {
            self.rng.usize(0..=documents)
        };
        let limits = [
            None,
            Some(1),
            Some(2),
            Some(3),
            Some(10),
            Some(20),
            Some(21),
            Some(100),
        ];
        Op::Page {
            offset,
            limit: *self.rng.choice(&limits).unwrap_or(&None),
            reverse: self.rng.u8(0..3) == 0,
        }
    }

    fn next_move(&mut self, at_end: bool) -> Option<Op> {
        if !self.offers.moves || !at_end || self.moved {
            return None;
        }
        self.moved = true;
        self.rng
            .choice(&[Move::Answer, Move::Answer, Move::Accept, Move::Win, Move::Lose])
            .map(|it| Op::Move(*it))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const ALL: Offers = Offers {
        moves: true,
        other: true,
        theirs: true,
        another: true,
        room: None,
    };

    #[test]
    fn a_seed_repeats_its_sequences_and_another_gives_others() {
        let of = |seed| (0..50).map(|case| sequence(seed, case, ALL)).collect::<Vec<_>>();
        assert_eq!(of(7), of(7));
        assert_ne!(of(7), of(8));
        let different: BTreeSet<_> = of(7).iter().map(|ops| format!("{ops:?}")).collect();
        assert_eq!(different.len(), 50);
    }

    #[test]
    fn every_kind_of_operation_comes_up_and_what_is_not_offered_does_not() {
        let kinds = |offers| -> BTreeSet<_> {
            let ops = (0..200).flat_map(|case| sequence(1, case, offers));
            ops.map(|op| op.name()).collect()
        };
        assert_eq!(kinds(ALL).len(), 16, "{:?}", kinds(ALL));
        let none = Offers {
            moves: false,
            other: false,
            theirs: false,
            another: false,
            room: Some(3),
        };
        let found = kinds(none);
        for absent in [
            "move the dispute on",
            "another account's try",
            "retrieve under another dispute",
        ] {
            assert!(!found.contains(absent), "{absent}");
        }
    }

    #[test]
    fn the_room_of_a_dispute_is_kept() {
        let offers = Offers { room: Some(3), ..ALL };
        for case in 0..200 {
            let documents: u32 = sequence(1, case, offers)
                .iter()
                .map(|op| match op {
                    Op::Upload { .. } => 1,
                    Op::Burst { count, .. } => *count,
                    _ => 0,
                })
                .sum();
            assert!(documents <= 3, "case {case} has {documents}");
        }
    }
}
