//! Breaks in two places, so that `cargo xtask fuzz drill` shows that a campaign goes on after a finding.
#![no_main]

fn broken(input: &[u8]) {
    assert!(
        !input.starts_with(b"ab"),
        "the first bug, input of {} bytes",
        input.len()
    );
    assert!(
        !input.ends_with(b"yz"),
        "the second bug, input of {} bytes",
        input.len()
    );
}

rebuttal_fuzz::program!(broken);
