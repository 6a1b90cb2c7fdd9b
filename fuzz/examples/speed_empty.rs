//! What libFuzzer itself costs: `cargo xtask fuzz speed` measures the targets against this.
#![no_main]

fn nothing(input: &[u8]) {
    std::hint::black_box(input);
}

rebuttal_fuzz::program!(nothing);
