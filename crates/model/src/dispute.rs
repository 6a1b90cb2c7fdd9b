//! Disputes: what documents are attached to.

use std::{collections::BTreeMap, fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::{
    document::{Document, LegacyDocument, write},
    id::{ChargeId, DisputeId},
    kind::Open,
    list::{EmbeddedList, List},
    time::Timestamp,
    version::ApiVersion,
};

/// Where a dispute stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DisputeStatus {
    /// The merchant can still answer; documents can be added and destroyed.
    Open,
    /// The merchant has answered; documents are locked.
    Pending,
    /// Decided for the merchant.
    Won,
    /// Decided against the merchant, or accepted.
    Lost,
}

impl DisputeStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Open, Self::Pending, Self::Won, Self::Lost];

    /// The status as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Pending => "pending",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }

    /// Whether the dispute is decided.
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Won | Self::Lost)
    }
}

/// A text that names no status of a dispute.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("expected one of open, pending, won, lost, found {found:?}")]
pub struct UnknownStatus {
    found: String,
}

impl FromStr for DisputeStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| UnknownStatus {
                found: text.chars().take(64).collect(),
            })
    }
}

impl fmt::Display for DisputeStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A chargeback that a merchant can answer with documents.
///
/// Read tolerantly: unknown members are ignored, `created` stands for `created_at`, and what older
/// versions leave out gets its default.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Dispute {
    /// Always `dispute`.
    pub object: DisputeObject,
    /// The identifier.
    pub id: DisputeId,
    /// Whether the dispute belongs to live mode.
    pub livemode: bool,
    /// The path to retrieve this dispute.
    #[schemars(extend("pattern" = "^/disputes/dspt(_test)?_[0-9a-z]+$"))]
    pub location: String,
    /// The disputed amount, in the smallest unit of the currency.
    pub amount: i64,
    /// The currency, in capitals since 2019-05-29.
    #[schemars(extend("pattern" = "^[A-Z]{3}$"))]
    pub currency: String,
    /// The amount in the currency of the account.
    #[serde(default)]
    pub funding_amount: i64,
    /// The currency of the account.
    #[serde(default)]
    #[schemars(extend("pattern" = "^[A-Z]{3}$"))]
    pub funding_currency: String,
    /// What the merchant noted.
    #[serde(default)]
    pub metadata: BTreeMap<String, Value>,
    /// The disputed charge.
    pub charge: ChargeId,
    /// The first page of the documents.
    pub documents: List<Document>,
    /// The transactions that moved the money.
    #[serde(default)]
    pub transactions: Vec<Value>,
    /// What the provider says about the dispute.
    #[serde(default)]
    pub admin_message: Option<String>,
    /// What the merchant answered; null while open.
    pub message: Option<String>,
    /// Why the cardholder disputes, for programs; an open set.
    #[schemars(length(min = 1))]
    pub reason_code: String,
    /// Why the cardholder disputes, for people.
    #[serde(default)]
    pub reason_message: String,
    /// Where the dispute stands.
    pub status: Open<DisputeStatus>,
    /// When the dispute was decided; null until then.
    #[serde(default)]
    pub closed_at: Option<Timestamp>,
    /// When the dispute was opened.
    #[serde(alias = "created")]
    pub created_at: Timestamp,
}

/// A dispute as versions before 2019-05-29 write it.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct LegacyDispute {
    /// Always `dispute`.
    pub object: DisputeObject,
    /// The identifier.
    pub id: DisputeId,
    /// Whether the dispute belongs to live mode.
    pub livemode: bool,
    /// The path to retrieve this dispute.
    #[schemars(extend("pattern" = "^/disputes/dspt(_test)?_[0-9a-z]+$"))]
    pub location: String,
    /// The disputed amount, in the smallest unit of the currency.
    pub amount: i64,
    /// The currency, in small letters.
    #[schemars(extend("pattern" = "^[A-Za-z]{3}$"))]
    pub currency: String,
    /// Where the dispute stands.
    pub status: Open<DisputeStatus>,
    /// The transaction that took the money, or null.
    #[serde(default)]
    pub transaction: Option<String>,
    /// What the merchant answered; null while open.
    pub message: Option<String>,
    /// Why the cardholder disputes, for programs; an open set.
    #[schemars(length(min = 1))]
    pub reason_code: String,
    /// Why the cardholder disputes, for people.
    pub reason_message: String,
    /// The disputed charge.
    pub charge: ChargeId,
    /// The first page of the documents.
    pub documents: EmbeddedList<LegacyDocument>,
    /// When the dispute was opened.
    pub created: Timestamp,
    /// When the dispute was decided; null until then.
    pub closed_at: Option<Timestamp>,
}

/// The constant `dispute`.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[schemars(inline)]
pub enum DisputeObject {
    /// `dispute`
    #[default]
    #[serde(rename = "dispute")]
    Dispute,
}

impl Dispute {
    /// The dispute as a server of `version` writes it.
    pub fn to_json(&self, version: ApiVersion) -> Value {
        if version.is_legacy() {
            write(&self.to_legacy())
        } else {
            write(self)
        }
    }

    fn to_legacy(&self) -> LegacyDispute {
        let documents = &self.documents;
        LegacyDispute {
            object: self.object,
            id: self.id.clone(),
            livemode: self.livemode,
            location: self.location.clone(),
            amount: self.amount,
            currency: self.currency.to_lowercase(),
            status: self.status.clone(),
            transaction: self
                .transactions
                .first()
                .and_then(|transaction| Some(transaction.get("id")?.as_str()?.to_owned())),
            message: self.message.clone(),
            reason_code: self.reason_code.clone(),
            reason_message: self.reason_message.clone(),
            charge: self.charge.clone(),
            documents: EmbeddedList {
                object: documents.object,
                from: documents.from,
                to: documents.to,
                offset: documents.offset,
                limit: documents.limit,
                total: documents.total,
                order: None,
                location: documents.location.clone(),
                data: documents.data.iter().map(Document::to_legacy).collect(),
            },
            created: self.created_at,
            closed_at: self.closed_at,
        }
    }
}
