//! Checks many files at once, and hands the results over in the order of the files.

use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

/// How long results gather before they are told: to wake the one who tells for each file costs a worker's time.
const GATHER: Duration = Duration::from_millis(1);

/// Does `work` on each item, `jobs` at a time. `tell` is given results in order, as many as are ready; with
/// `false` it ends the whole.
pub(super) fn each<I: Sync, R: Send, W: Default>(
    items: &[I],
    jobs: usize,
    work: impl Fn(&I, &mut W) -> R + Sync,
    mut tell: impl FnMut(Vec<(&I, R)>) -> bool,
) {
    let (next, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (sender, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, items.len().max(1)) {
            let (sender, next, is_over, work) = (sender.clone(), &next, &is_over, &work);
            scope.spawn(move || {
                let mut memory = W::default();
                while !is_over.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    if sender.send((index, work(item, &mut memory))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let (mut waiting, mut told) = (BTreeMap::new(), 0);
        while let Ok(result) = results.recv() {
            waiting.extend([result]);
            waiting.extend(results.try_iter());
            let mut ready = Vec::new();
            while let Some(result) = waiting.remove(&told) {
                ready.push((&items[told], result));
                told += 1;
            }
            if !ready.is_empty() && !tell(ready) {
                is_over.store(true, Ordering::Relaxed);
                break;
            }
            if told < items.len() {
                thread::sleep(GATHER);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_whoever_is_first() {
        let items: Vec<u32> = (0..200).collect();
        for jobs in [1, 3, 64] {
            let mut seen = Vec::new();
            each(
                &items,
                jobs,
                |item, work: &mut u32| {
                    if item % 7 == 0 {
                        thread::yield_now();
                    }
                    *work += 1;
                    item * 2
                },
                |results| {
                    seen.extend(results.into_iter().map(|(item, result)| (*item, result)));
                    true
                },
            );
            assert_eq!(
                seen,
                items.iter().map(|item| (*item, item * 2)).collect::<Vec<_>>(),
                "{jobs} jobs"
            );
        }
    }

    #[test]
    fn nothing_to_do_is_done_and_an_end_is_an_end() {
        each(
            &[],
            4,
            |(): &(), (): &mut ()| (),
            |_| unreachable!("there is no result"),
        );
        let mut told = 0;
        let items = [0; 100];
        each(
            &items,
            2,
            |_, (): &mut ()| (),
            |_| {
                told += 1;
                false
            },
        );
        assert_eq!(told, 1);
    }
}
