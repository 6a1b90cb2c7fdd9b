//! The members of each kind of body, as tables.

use super::Rule;

/// What an object owes one of its members.
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) rule: Rule,
    pub(super) presence: Presence,
}

/// Whether a member is there.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Presence {
    Required,
    Optional,
    Forbidden,
}

pub(super) const DOCUMENT: &[Member] = &[
    must("object", Rule::Const("document")),
    must("id", Rule::DocumentId),
    must("livemode", Rule::Bool),
    must("location", Rule::Path),
    must("deleted", Rule::Bool),
    must("filename", Rule::NonEmptyText),
    must("kind", Rule::NullableKind),
    must("download_uri", Rule::NullableUri),
    must("created_at", Rule::DateTime),
];

pub(super) const LEGACY_DOCUMENT: &[Member] = &[
    must("object", Rule::Const("document")),
    must("id", Rule::DocumentId),
    must("livemode", Rule::Bool),
    must("location", Rule::Path),
    must("filename", Rule::NonEmptyText),
    may("kind", Rule::NullableKind),
    must("created", Rule::DateTime),
    never("created_at"),
    never("deleted"),
    never("download_uri"),
];

pub(super) const LEGACY_DELETED: &[Member] = &[
    must("object", Rule::Const("document")),
    must("id", Rule::DocumentId),
    must("livemode", Rule::Bool),
    must("deleted", Rule::True),
    never("location"),
    never("filename"),
    never("kind"),
    never("download_uri"),
    never("created"),
    never("created_at"),
];

pub(super) const LIST: &[Member] = &[
    must("object", Rule::Const("list")),
    must("from", Rule::DateTime),
    must("to", Rule::DateTime),
    must("offset", Rule::Count(0, u64::MAX)),
    must("limit", Rule::Count(1, 100)),
    must("total", Rule::Count(0, u64::MAX)),
    must("order", Rule::Order),
    must("location", Rule::Path),
    must("data", Rule::Array),
];

pub(super) const EMBEDDED_LEGACY_LIST: &[Member] = &[
    must("object", Rule::Const("list")),
    must("from", Rule::DateTime),
    must("to", Rule::DateTime),
    must("offset", Rule::Count(0, u64::MAX)),
    must("limit", Rule::Count(1, 100)),
    must("total", Rule::Count(0, u64::MAX)),
    must("order", Rule::NullableOrder),
    must("location", Rule::Path),
    must("data", Rule::Array),
];

pub(super) const ERROR: &[Member] = &[
    must("object", Rule::Const("error")),
    must("location", Rule::Uri),
    must("code", Rule::NonEmptyText),
    must("message", Rule::NonEmptyText),
];

pub(super) const DISPUTE: &[Member] = &[
    must("object", Rule::Const("dispute")),
    must("id", Rule::DisputeId),
    must("livemode", Rule::Bool),
    must("location", Rule::Path),
    must("amount", Rule::Amount),
    must("currency", Rule::Currency),
    must("funding_amount", Rule::Amount),
    must("funding_currency", Rule::Currency),
    must("metadata", Rule::Object),
    must("charge", Rule::ChargeId),
    must("documents", Rule::Object),
    must("transactions", Rule::Array),
    must("admin_message", Rule::NullableText),
    must("message", Rule::NullableText),
    must("reason_code", Rule::NonEmptyText),
    must("reason_message", Rule::Text),
    must("status", Rule::Status),
    must("closed_at", Rule::NullableDateTime),
    must("created_at", Rule::DateTime),
];

pub(super) const LEGACY_DISPUTE: &[Member] = &[
    must("object", Rule::Const("dispute")),
    must("id", Rule::DisputeId),
    must("livemode", Rule::Bool),
    must("location", Rule::Path),
    must("amount", Rule::Amount),
    must("currency", Rule::AnyCaseCurrency),
    may("funding_amount", Rule::Amount),
    may("funding_currency", Rule::AnyCaseCurrency),
    may("metadata", Rule::Object),
    must("charge", Rule::ChargeId),
    must("documents", Rule::Object),
    may("transaction", Rule::NullableText),
    may("transactions", Rule::Array),
    may("admin_message", Rule::NullableText),
    must("message", Rule::NullableText),
    must("reason_code", Rule::NonEmptyText),
    must("reason_message", Rule::Text),
    must("status", Rule::Status),
    must("closed_at", Rule::NullableDateTime),
    must("created", Rule::DateTime),
];

/// A member that must be there.
const fn must(name: &'static str, rule: Rule) -> Member {
    Member {
        name,
        rule,
        presence: Presence::Required,
    }
}

/// A member that may be there.
const fn may(name: &'static str, rule: Rule) -> Member {
    Member {
        name,
        rule,
        presence: Presence::Optional,
    }
}

/// A member that this version does not have.
const fn never(name: &'static str) -> Member {
    Member {
        name,
        rule: Rule::Any,
        presence: Presence::Forbidden,
    }
}
