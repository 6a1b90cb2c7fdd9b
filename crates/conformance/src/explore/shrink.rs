//! Makes a sequence that fails as short and as plain as it can be and still fail.

use super::op::Op;

/// What became of a shrinking.
#[derive(Debug)]
pub(crate) struct Shrunk {
    /// The sequence; it was seen failing, or is the one that was given.
    pub(crate) ops: Vec<Op>,
    /// How many sequences were tried.
    pub(crate) tries: usize,
}

/// Shrinks a sequence that fails. `fails` tries one against the endpoint and says whether it fails in the same
/// way; after `most` tries the best so far is taken.
pub(crate) async fn shrink(ops: Vec<Op>, most: usize, mut fails: impl AsyncFnMut(&[Op]) -> bool) -> Shrunk {
    let mut best = Shrunk { ops, tries: 0 };
    loop {
        let shorter = remove(&mut best, most, &mut fails).await;
        let merged = merge(&mut best, most, &mut fails).await;
        let plainer = simplify(&mut best, most, &mut fails).await;
        if best.tries >= most || !shorter && !merged && !plainer {
            return best;
        }
    }
}

/// Takes out stretches of operations, long ones first.
async fn remove(best: &mut Shrunk, most: usize, fails: &mut impl AsyncFnMut(&[Op]) -> bool) -> bool {
    let mut progress = false;
    let mut length = best.ops.len() / 2;
    while length > 0 {
        // From the end: what comes first is what the rest builds on.
        let mut end = best.ops.len();
        while end > 0 && best.tries < most {
            let start = end.saturating_sub(length);
            let rest = [&best.ops[..start], &best.ops[end..]].concat();
            best.tries += 1;
            if !rest.is_empty() && fails(&rest).await {
                best.ops = rest;
                progress = true;
            }
            end = start.min(best.ops.len());
        }
        length /= 2;
    }
    progress
}

/// Makes one operation of two neighbours that upload.
async fn merge(best: &mut Shrunk, most: usize, fails: &mut impl AsyncFnMut(&[Op]) -> bool) -> bool {
    let mut progress = false;
    let mut at = 0;
    while at + 1 < best.ops.len() && best.tries < most {
        let merged = match (&best.ops[at], &best.ops[at + 1]) {
            (Op::Burst { count, .. }, Op::Burst { count: more, .. }) => Some(count + more),
            (Op::Burst { count, .. }, Op::Upload { .. }) | (Op::Upload { .. }, Op::Burst { count, .. }) => {
                Some(count + 1)
            }
            (Op::Upload { .. }, Op::Upload { .. }) => Some(2),
            _ => None,
        };
        if let Some(count) = merged {
            let mut ops = best.ops.clone();
            let at_once = false;
            ops.splice(at..at + 2, [Op::Burst { count, at_once }]);
            best.tries += 1;
            if fails(&ops).await {
                best.ops = ops;
                progress = true;
                continue;
            }
        }
        at += 1;
    }
    progress
}

/// Puts plainer operations in place of others.
async fn simplify(best: &mut Shrunk, most: usize, fails: &mut impl AsyncFnMut(&[Op]) -> bool) -> bool {
    let mut progress = false;
    for at in 0..best.ops.len() {
        'plainer: loop {
            for simpler in best.ops[at].simpler() {
                if best.tries >= most {
                    return progress;
                }
                let mut ops = best.ops.clone();
                ops[at] = simpler;
                best.tries += 1;
                if fails(&ops).await {
                    best.ops = ops;
                    progress = true;
                    continue 'plainer;
                }
            }
            break;
        }
    }
    progress
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::generate::{Offers, sequence};

    const OFFERS: Offers = Offers {
        moves: true,
        other: true,
        theirs: true,
        another: true,
        room: None,
    };

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("it works")
            .block_on(future)
    }

    /// More than 20 documents, a page behind them.
    fn breaks_past_twenty(ops: &[Op]) -> bool {
        let mut documents = 0;
        ops.iter().any(|op| {
            match op {
                Op::Upload { .. } => documents += 1,
                Op::Burst { count, .. } => documents += *count as usize,
                _ => {}
            }
            matches!(op, Op::Page { offset, .. } if *offset > 20 && documents > *offset)
        })
    }

    /// An upload behind a destroy, and a list behind both.
    fn reappears(ops: &[Op]) -> bool {
        let mut stage = 0;
        for op in ops {
            stage = match (stage, op) {
                (0, Op::Upload { .. }) => 1,
                (1, Op::Destroy(_)) => 2,
                (2, Op::Upload { .. }) => 3,
                (3, Op::List { .. }) => return true,
                _ => stage,
            };
        }
        false
    }

    #[test]
    fn what_is_shrunk_still_fails_and_nothing_can_be_taken_out_of_it() {
        let (mut seen, faults) = (0, [breaks_past_twenty as fn(&[Op]) -> bool, reappears]);
        for case in 0..150 {
            for fails in faults {
                let ops = sequence(3, case, OFFERS);
                if !fails(&ops) {
                    continue;
                }
                seen += 1;
                let shrunk = block_on(shrink(ops.clone(), 10_000, async |ops| fails(ops)));
                assert!(fails(&shrunk.ops), "{ops:?} became {:?}", shrunk.ops);
                assert!(shrunk.ops.len() <= ops.len());
                for out in 0..shrunk.ops.len() {
                    let mut fewer = shrunk.ops.clone();
                    fewer.remove(out);
                    assert!(!fails(&fewer), "{:?} could do without {out}", shrunk.ops);
                }
            }
        }
        assert!(seen > 25, "only {seen} sequences failed at all");
    }

    #[test]
    fn the_tries_are_counted_and_kept_to() {
        for most in [0, 1, 7] {
            let ops = sequence(3, 1, OFFERS);
            let mut tries = 0;
            let shrunk = block_on(shrink(ops, most, async |_| {
                tries += 1;
                true
            }));
            assert!(tries <= most && shrunk.tries <= most, "{tries} tries of {most}");
        }
    }

    #[test]
    fn a_known_failure_comes_down_to_its_core() {
        let ops = (0..300).map(|case| sequence(3, case, OFFERS));
        let ops = ops
            .into_iter()
            .find(|ops| breaks_past_twenty(ops))
            .expect("one of them has a long list");
        let shrunk = block_on(shrink(ops, 10_000, async |ops| breaks_past_twenty(ops)));
        assert!(shrunk.ops.len() <= 3, "{:?}", shrunk.ops);
    }
}
