//! Generators and oracles, shared by property tests and fuzz targets.
//!
//! An oracle is a plain function that panics when a promise breaks. It takes bytes, so that libFuzzer, a
//! property test and a committed file can all drive it. Left out: anything that only proptest or only
//! libFuzzer could run; the fuzz targets themselves are one line each, in `fuzz/`.

pub mod generators;
pub mod oracles;
pub mod reference;
