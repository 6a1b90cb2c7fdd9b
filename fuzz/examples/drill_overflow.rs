//! Breaks by running out of stack, so that `cargo xtask fuzz drill` shows that such a finding is kept.
#![no_main]

use std::hint::black_box;

fn nested(input: &[u8]) {
    if input.starts_with(b"[[[") {
        deeper(input, 0);
    }
}

#[expect(unconditional_recursion, reason = "this is the bug")]
fn deeper(input: &[u8], depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    deeper(black_box(input), depth + 1) + frame[input.len() % 64]
}

rebuttal_fuzz::program!(nested);
