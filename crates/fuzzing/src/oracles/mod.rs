//! The promises that no input may break, one function each.

mod answer;
mod cut;
mod deep;
pub mod differential;
pub mod evidence;
mod file;
pub mod mock;
mod multipart;
mod reading;
mod report;
pub mod response;
mod values;
mod writer;

pub use answer::http_response;
pub use deep::deep;
pub use differential::multipart_differential;
pub use evidence::{evidence_any, evidence_jpeg, evidence_pdf, evidence_png};
pub use file::{scenario_file, target_file};
pub use mock::mock_requests;
pub use multipart::{
    content_type, disposition, malform, multipart_raw, multipart_spelled, multipart_structured,
    raw_every_way, structured_every_way,
};
pub use reading::multipart_reading;
pub use report::evidence_report;
pub use response::{
    decode_destroyed, decode_dispute, decode_disputes, decode_document, decode_error, decode_legacy,
    decode_list, inspect, schema,
};
pub use values::model_values;
pub use writer::multipart_writer;

/// An oracle as the fuzz targets call it.
pub type Oracle = fn(&[u8]);

/// Every fuzz target by name, with its oracle. The folders below `fuzz/` have the same names.
pub const ALL: &[(&str, Oracle)] = &[
    ("content_type", content_type),
    ("decode_destroyed", decode_destroyed),
    ("decode_dispute", decode_dispute),
    ("decode_disputes", decode_disputes),
    ("decode_document", decode_document),
    ("decode_error", decode_error),
    ("decode_legacy", decode_legacy),
    ("decode_list", decode_list),
    ("deep", deep),
    ("disposition", disposition),
    ("evidence_any", evidence_any),
    ("evidence_jpeg", evidence_jpeg),
    ("evidence_pdf", evidence_pdf),
    ("evidence_png", evidence_png),
    ("evidence_report", evidence_report),
    ("http_response", http_response),
    ("inspect", inspect),
    ("malform", malform),
    ("mock_requests", mock_requests),
    ("model_values", model_values),
    ("multipart_differential", multipart_differential),
    ("multipart_raw", multipart_raw),
    ("multipart_reading", multipart_reading),
    ("multipart_spelled", multipart_spelled),
    ("multipart_structured", multipart_structured),
    ("multipart_writer", multipart_writer),
    ("scenario_file", scenario_file),
    ("schema", schema),
    ("target_file", target_file),
];

/// The targets that draw what they ask of an input, with the oracles that ask everything.
pub const EVERY_WAY: &[(&str, Oracle)] = &[
    ("multipart_raw", raw_every_way),
    ("multipart_structured", structured_every_way),
];
