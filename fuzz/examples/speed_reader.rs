//! A plain strict reading by our own reader, in one piece, and nothing asked of it: no oracle over it can be faster.
//! `cargo xtask fuzz speed` gives it the seeds of `multipart_raw`.
#![no_main]

use rebuttal_multipart::{Boundary, Limits, Mode, Parser};

fn read(input: &[u8]) {
    let input = input.get(2..).unwrap_or_default();
    let boundary = Boundary::new("b").expect("a boundary");
    let read = Parser::new(boundary, Mode::Strict, Limits::default()).check(input);
    std::hint::black_box(read.is_ok());
}

rebuttal_fuzz::program!(read);
