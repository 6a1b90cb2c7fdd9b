//! Bodies of responses.

use proptest::{collection::vec, option, prelude::*, sample::select};
use rebuttal_model::{
    ApiError, ApiVersion, DisputeId, Document, DocumentId, ErrorCode, Kind, Timestamp,
    document::DocumentObject,
};

/// A document as a server may hold it; what its members owe each other holds.
pub fn document() -> impl Strategy<Value = Document> {
    let kind = option::of(select(&Kind::ALL[..]));
    let uri = option::of("https?://[a-z]{1,8}\\.example/[a-z0-9/%=&?_-]{0,20}");
    let ids = (any::<bool>(), "[0-9a-z]{1,20}", "[0-9a-z]{1,20}");
    (ids, any::<bool>(), ".{1,40}", kind, uri, any::<u32>()).prop_filter_map(
        "ids within their bounds",
        |((test, dispute, suffix), deleted, filename, kind, download_uri, seconds)| {
            let id = DocumentId::with_suffix(test, &suffix).ok()?;
            let dispute = DisputeId::with_suffix(test, &dispute).ok()?;
            Some(Document {
                object: DocumentObject::Document,
                location: Document::path(&dispute, &id),
                id,
                livemode: !test,
                deleted,
                filename,
                kind: kind.map(Into::into),
                download_uri,
                created_at: Timestamp::from_unix_seconds(seconds.into()),
            })
        },
    )
}

/// A body as a server of some version may write it: a document, a list, a dispute, an error.
pub fn body() -> impl Strategy<Value = Vec<u8>> {
    let version = || select(&ApiVersion::ALL[..]);
    let document = (document(), version(), any::<bool>()).prop_map(|(document, version, destroyed)| {
        if destroyed {
            document.to_deleted_json(version).to_string()
        } else {
            document.to_json(version).to_string()
        }
    });
    let code = prop_oneof![
        Just(ErrorCode::NotFound),
        "[a-z_]{1,12}".prop_map(ErrorCode::Unlisted)
    ];
    let error = (code, ".{1,30}").prop_map(|(code, message)| {
        let error = ApiError::new(code, message);
        serde_json::to_string(&error).unwrap_or_default()
    });
    let listed = (vec(self::document(), 0..3), version(), any::<bool>())
        .prop_map(|(documents, version, in_dispute)| listed(&documents, version, in_dispute));
    prop_oneof![document, listed, error].prop_map(String::into_bytes)
}

/// A list of documents, alone or within its dispute.
fn listed(documents: &[Document], version: ApiVersion, in_dispute: bool) -> String {
    let data: Vec<_> = documents
        .iter()
        .map(|document| document.to_json(version).to_string())
        .collect();
    let order = if in_dispute && version.is_legacy() {
        "null"
    } else {
        "\"chronological\""
    };
    let list = format!(
        r#"{{"object":"list","from":"1970-01-01T00:00:00Z","to":"2020-01-01T00:00:00Z","offset":0,"limit":20,"total":{},"order":{order},"location":"/disputes/dspt_test_1/documents","data":[{}]}}"#,
        data.len(),
        data.join(",")
    );
    if !in_dispute {
        return list;
    }
    let created = if version.is_legacy() {
        "created"
    } else {
        "created_at"
    };
    format!(
        r#"{{"object":"dispute","id":"dspt_test_1","livemode":false,"location":"/disputes/dspt_test_1","amount":100000,"currency":"THB","funding_amount":100000,"funding_currency":"THB","metadata":{{"order":7.5}},"charge":"chrg_test_1","documents":{list},"transactions":[],"admin_message":null,"message":null,"reason_code":"fraudulent","reason_message":"","status":"open","closed_at":null,"{created}":"2019-12-31T12:59:59Z"}}"#
    )
}
