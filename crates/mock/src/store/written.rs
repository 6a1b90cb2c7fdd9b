//! Documents as they are answered where nothing bends them, written when they are first asked for.

use std::sync::OnceLock;

use rebuttal_model::{ApiVersion, Document};
use serde_json::value::{RawValue, to_raw_value};

use super::Stored;

/// The texts of a document. They go whenever it is changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    current: OnceLock<Box<RawValue>>,
    legacy: OnceLock<Box<RawValue>>,
}

impl Stored {
    /// The document as a version shows it.
    pub(crate) fn written(&self, version: ApiVersion) -> serde_json::Result<&RawValue> {
        let text = if version.is_legacy() {
            &self.written.legacy
        } else {
            &self.written.current
        };
        if let Some(text) = text.get() {
            return Ok(text);
        }
        let fresh = if version.is_legacy() {
            to_raw_value(&self.document.to_legacy())?
        } else {
            to_raw_value(&self.document)?
        };
        Ok(text.get_or_init(|| fresh))
    }

    /// Changes the document.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut Document)) {
        change(&mut self.document);
        self.written = Written::default();
    }
}
