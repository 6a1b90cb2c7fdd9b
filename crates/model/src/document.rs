//! Documents, in the current shape and in the one before 2019-05-29.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    id::{DisputeId, DocumentId},
    kind::{Kind, Open},
    schema::ABSOLUTE_URI,
    time::Timestamp,
    version::ApiVersion,
};

/// A document attached to a dispute: evidence against a chargeback (`document.shape`).
///
/// Read tolerantly: unknown members are ignored, `created` stands for `created_at`, and what older
/// versions leave out gets its default.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Document {
    /// Always `document`.
    pub object: DocumentObject,
    /// The identifier; it contains `_test_` exactly when `livemode` is false.
    pub id: DocumentId,
    /// Whether the document belongs to live mode.
    pub livemode: bool,
    /// The path to retrieve this document: `/disputes/{dispute}/documents/{id}`.
    #[schemars(extend("pattern" = "^/disputes/dspt(_test)?_[0-9a-z]+/documents/docu(_test)?_[0-9a-z]+$"))]
    pub location: String,
    /// True only in the answer to destroy, and where a destroyed document can still be retrieved.
    #[serde(default)]
    pub deleted: bool,
    /// The name of the file as it was sent, without directories.
    #[schemars(length(min = 1))]
    pub filename: String,
    /// What the document is evidence of; null when the upload named no kind.
    #[serde(default)]
    pub kind: Option<Open<Kind>>,
    /// Where the file can be downloaded, or null.
    #[serde(default)]
    #[schemars(extend("format" = "uri", "pattern" = ABSOLUTE_URI))]
    pub download_uri: Option<String>,
    /// When the document was uploaded, in UTC.
    #[serde(alias = "created")]
    pub created_at: Timestamp,
}

/// A document as versions before 2019-05-29 write it (`version.2017-shape`).
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct LegacyDocument {
    /// Always `document`.
    pub object: DocumentObject,
    /// The identifier; it contains `_test_` exactly when `livemode` is false.
    pub id: DocumentId,
    /// Whether the document belongs to live mode.
    pub livemode: bool,
    /// The path to retrieve this document: `/disputes/{dispute}/documents/{id}`.
    #[schemars(extend("pattern" = "^/disputes/dspt(_test)?_[0-9a-z]+/documents/docu(_test)?_[0-9a-z]+$"))]
    pub location: String,
    /// The name of the file as it was sent, without directories.
    #[schemars(length(min = 1))]
    pub filename: String,
    /// What the document is evidence of; it may be absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Open<Kind>>,
    /// When the document was uploaded, in UTC.
    pub created: Timestamp,
}

/// The answer to destroy before 2019-05-29 (`destroy.answers-document`).
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct DeletedDocument {
    /// Always `document`.
    pub object: DocumentObject,
    /// The identifier of the destroyed document.
    pub id: DocumentId,
    /// Whether the document belonged to live mode.
    pub livemode: bool,
    /// Always true.
    #[schemars(extend("const" = true))]
    pub deleted: bool,
}

/// The constant `document`.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[schemars(inline)]
pub enum DocumentObject {
    /// `document`
    #[default]
    #[serde(rename = "document")]
    Document,
}

impl Document {
    /// The path under which a document of a dispute is retrieved (`upload.location`).
    pub fn path(dispute: &DisputeId, document: &DocumentId) -> String {
        format!("/disputes/{dispute}/documents/{document}")
    }

    /// The document as a server of `version` writes it.
    pub fn to_json(&self, version: ApiVersion) -> Value {
        if version.is_legacy() {
            write(&self.to_legacy())
        } else {
            write(self)
        }
    }

    /// The document in the shape before 2019-05-29.
    pub fn to_legacy(&self) -> LegacyDocument {
        LegacyDocument {
            object: self.object,
            id: self.id.clone(),
            livemode: self.livemode,
            location: self.location.clone(),
            filename: self.filename.clone(),
            kind: self.kind.clone(),
            created: self.created_at,
        }
    }

    /// The answer to destroy as a server of `version` writes it: `deleted` is true whatever it was.
    pub fn to_deleted_json(&self, version: ApiVersion) -> Value {
        if version.is_legacy() {
            write(&DeletedDocument {
                object: self.object,
                id: self.id.clone(),
                livemode: self.livemode,
                deleted: true,
            })
        } else {
            write(&Self {
                deleted: true,
                ..self.clone()
            })
        }
    }
}

/// Writes a value of this crate; none of them has a map with keys that are not text, so none can fail.
pub(crate) fn write<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Document {
        Document {
            object: DocumentObject::Document,
            id: "docu_test_1".parse().unwrap(),
            livemode: false,
            location: "/disputes/dspt_test_1/documents/docu_test_1".to_owned(),
            deleted: false,
            filename: "slip.png".to_owned(),
            kind: Some(Kind::ProofOfReceipt.into()),
            download_uri: None,
            created_at: "2019-12-31T12:59:59Z".parse().unwrap(),
        }
    }

    #[test]
    fn nulls_are_written_and_old_versions_have_their_own_shape() {
        assert_eq!(
            document().to_json(ApiVersion::V2019_05_29),
            json!({
                "object": "document", "id": "docu_test_1", "livemode": false,
                "location": "/disputes/dspt_test_1/documents/docu_test_1", "deleted": false,
                "filename": "slip.png", "kind": "proof_of_receipt", "download_uri": null,
                "created_at": "2019-12-31T12:59:59Z",
            })
        );
        assert_eq!(
            document().to_json(ApiVersion::V2017_11_02),
            json!({
                "object": "document", "id": "docu_test_1", "livemode": false,
                "location": "/disputes/dspt_test_1/documents/docu_test_1",
                "filename": "slip.png", "kind": "proof_of_receipt", "created": "2019-12-31T12:59:59Z",
            })
        );
        assert_eq!(
            document().to_deleted_json(ApiVersion::V2014_07_27),
            json!({"object": "document", "id": "docu_test_1", "livemode": false, "deleted": true})
        );
        assert_eq!(
            document().to_deleted_json(ApiVersion::V2019_05_29)["deleted"],
            true
        );
    }
}
