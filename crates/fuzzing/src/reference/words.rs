//! Texts that are not what they should be, by their place in a list.

pub(super) const MALFORMED_IDS: &[&str] = &[
    "x",
    ".",
    "%2e%2e",
    "..",
    "dspt_test_A",
    "docu_test_",
    "dspt_test_",
];
pub(super) const NOT_NUMBERS: &[&str] = &[
    "",
    "ten",
    "1.5",
    "1e2",
    "0x10",
    "NaN",
    "99999999999999999999999999999999999999999",
];
pub(super) const NOT_TIMES: &[&str] = &[
    "",
    "yesterday",
    "2019-13-01T00:00:00Z",
    "2019-02-30",
    "1577836800",
    "2020-01-01T00:00:00",
];
pub(super) const NOT_KINDS: &[&str] = &[
    "",
    " ",
    "Details_Of_Purchase",
    "details-of-purchase",
    "receipt",
    " proof_of_receipt",
    "proof_of_receipt\r\n",
    "null",
];
pub(super) const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"];
pub(super) const WRONG_METHODS: &[&str] = &["PUT", "PATCH", "DELETE", "TRACE", "BREW"];

/// One of them.
pub(super) fn one_of(words: &'static [&'static str], place: u8) -> &'static str {
    words[usize::from(place) % words.len()]
}
