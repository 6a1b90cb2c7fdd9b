//! A list of documents, decoded by serde_json alone: no oracle over our decoder can be faster. `cargo xtask fuzz speed`
//! gives it the seeds of `decode_list`.
#![no_main]

use rebuttal_model::{Document, List};

fn decode(input: &[u8]) {
    std::hint::black_box(serde_json::from_slice::<List<Document>>(input).is_ok());
}

rebuttal_fuzz::program!(decode);
