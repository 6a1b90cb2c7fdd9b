//! Values as a server may write them: what one member owes another holds.

use proptest::{collection::vec, option, prelude::*};
use rebuttal_model::{
    ApiError, ChargeId, Dispute, DisputeId, DisputeStatus, Document, DocumentId, ErrorCode, Kind, List,
    Order, Timestamp, dispute::DisputeObject, document::DocumentObject, list::ListObject,
};

pub(crate) fn document() -> impl Strategy<Value = Document> {
    (mode(), "[0-9a-z]{1,20}").prop_flat_map(|(test, dispute)| document_of(test, dispute))
}

fn document_of(test: bool, dispute: String) -> impl Strategy<Value = Document> {
    let kind = option::of(proptest::sample::select(&Kind::ALL[..]));
    let uri = option::of("https?://[a-z]{1,8}\\.example/[a-z0-9/%=&?_-]{0,20}");
    ("[0-9a-z]{1,20}", any::<bool>(), ".{1,40}", kind, uri, timestamp()).prop_map(
        move |(suffix, deleted, filename, kind, download_uri, created_at)| {
            let id = DocumentId::with_suffix(test, &suffix).unwrap();
            let dispute = DisputeId::with_suffix(test, &dispute).unwrap();
            Document {
                object: DocumentObject::Document,
                location: Document::path(&dispute, &id),
                id,
                livemode: !test,
                deleted,
                filename,
                kind: kind.map(Into::into),
                download_uri,
                created_at,
            }
        },
    )
}

pub(crate) fn document_list() -> impl Strategy<Value = List<Document>> {
    (mode(), "[0-9a-z]{1,20}").prop_flat_map(|(test, dispute)| document_list_of(test, dispute))
}

fn document_list_of(test: bool, dispute: String) -> impl Strategy<Value = List<Document>> {
    let order = prop_oneof![Just(Order::Chronological), Just(Order::ReverseChronological)];
    (
        vec(document_of(test, dispute.clone()), 0..4),
        timestamp(),
        timestamp(),
        any::<u32>(),
        prop_oneof![Just(4), Just(20), Just(100), 4_u32..=100],
        any::<u32>(),
        order,
    )
        .prop_map(move |(data, from, to, offset, limit, more, order)| List {
            object: ListObject::List,
            from,
            to,
            offset,
            limit,
            total: u64::from(more) + 4,
            order: Some(order),
            location: Some(format!(
                "/disputes/{}/documents",
                DisputeId::with_suffix(test, &dispute).unwrap()
            )),
            data,
        })
}

pub(crate) fn dispute() -> impl Strategy<Value = Dispute> {
    (mode(), "[0-9a-z]{1,20}").prop_flat_map(|(test, suffix)| {
        let documents = document_list_of(test, suffix.clone());
        let text = || option::of(".{0,20}");
        let status = proptest::sample::select(&DisputeStatus::ALL[..]);
        let money = (any::<i64>(), any::<i64>(), "[A-Z]{3}", "[A-Z]{3}");
        (
            documents,
            text(),
            text(),
            status,
            money,
            timestamp(),
            option::of(timestamp()),
        )
            .prop_map(
                move |(documents, admin_message, message, status, money, created_at, closed_at)| {
                    let id = DisputeId::with_suffix(test, &suffix).unwrap();
                    let (amount, funding_amount, currency, funding_currency) = money;
                    Dispute {
                        object: DisputeObject::Dispute,
                        location: format!("/disputes/{id}"),
                        id,
                        livemode: !test,
                        amount,
                        currency,
                        funding_amount,
                        funding_currency,
                        metadata: [("order".to_owned(), 7.into())].into(),
                        charge: ChargeId::with_suffix(test, &suffix).unwrap(),
                        documents,
                        transactions: Vec::new(),
                        admin_message,
                        message,
                        reason_code: "fraudulent".to_owned(),
                        reason_message: String::new(),
                        status: status.into(),
                        closed_at,
                        created_at,
                    }
                },
            )
    })
}

pub(crate) fn error() -> impl Strategy<Value = ApiError> {
    let unlisted = "[a-z][a-z0-9_]{0,20}".prop_map(ErrorCode::Unlisted);
    let code = prop_oneof![Just(ErrorCode::NotFound), Just(ErrorCode::FileTooLarge), unlisted];
    (code, ".{1,40}").prop_map(|(code, message)| ApiError::new(code, message))
}

fn mode() -> impl Strategy<Value = bool> {
    any::<bool>()
}

/// Every second that the contract's form can write, its ends more often.
fn timestamp() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        1 => Just(i64::MIN),
        1 => Just(i64::MAX),
        8 => any::<u32>().prop_map(i64::from),
        2 => any::<i64>().prop_map(|seconds| seconds % 253_402_207_200),
    ]
    .prop_map(Timestamp::from_unix_seconds)
}
