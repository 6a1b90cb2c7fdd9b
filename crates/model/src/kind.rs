//! What a document is about ([`Kind`]) and what its bytes are ([`Format`]).

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a document is evidence of (`upload.each-kind`).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Who the cardholder is: an identity card, a proof of the billing address.
    CardholderDetails,
    /// What was bought: an invoice, an order confirmation, a receipt.
    DetailsOfPurchase,
    /// That it was delivered: tracking data, a signed delivery note.
    ProofOfReceipt,
    /// That the customer agreed: e-mails, accepted terms of service.
    ProofOfAcceptance,
}

impl Kind {
    /// The four kinds, in the order of the upload page.
    pub const ALL: [Self; 4] = [
        Self::CardholderDetails,
        Self::DetailsOfPurchase,
        Self::ProofOfReceipt,
        Self::ProofOfAcceptance,
    ];

    /// The kind as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CardholderDetails => "cardholder_details",
            Self::DetailsOfPurchase => "details_of_purchase",
            Self::ProofOfReceipt => "proof_of_receipt",
            Self::ProofOfAcceptance => "proof_of_acceptance",
        }
    }
}

/// A text that is none of the four kinds (`upload.bad-kind`).
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error(
    "expected one of cardholder_details, details_of_purchase, proof_of_receipt, proof_of_acceptance, found {found:?}"
)]
pub struct UnknownKind {
    found: String,
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownKind {
                found: text.chars().take(64).collect(),
            })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A file format that the API takes (`upload.png`, `upload.jpg`, `upload.pdf`).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Portable Network Graphics.
    Png,
    /// JPEG, by any of its file name extensions.
    Jpeg,
    /// Portable Document Format.
    Pdf,
}

impl Format {
    /// The three formats.
    pub const ALL: [Self; 3] = [Self::Png, Self::Jpeg, Self::Pdf];

    /// The media type, as a part's `Content-Type` should name it.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Pdf => "application/pdf",
        }
    }

    /// The name that people use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Pdf => "PDF",
        }
    }

    /// The file name extensions in use, the usual one first, without the dot.
    pub const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Self::Pdf => &["pdf"],
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A value that the provider may extend: one that the contract lists, or one that it does not, as it came.
///
/// The schema of `Open<T>` is that of `T`: it says what a server writes, not what a client must bear.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(untagged)]
pub enum Open<T> {
    /// A value of the contract.
    Listed(T),
    /// Any other text.
    Unlisted(String),
}

impl<T> Open<T> {
    /// The value, where the contract lists it.
    pub fn listed(&self) -> Option<&T> {
        match self {
            Self::Listed(value) => Some(value),
            Self::Unlisted(_) => None,
        }
    }
}

impl<T> From<T> for Open<T> {
    fn from(value: T) -> Self {
        Self::Listed(value)
    }
}

impl<T: JsonSchema> JsonSchema for Open<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_read_to_the_letter() {
        for kind in Kind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        for text in [
            "",
            " ",
            "Proof_of_receipt",
            "proof_of_receipt ",
            "proof-of-receipt",
            "receipt",
        ] {
            assert!(text.parse::<Kind>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_unlisted_value_is_kept_as_it_came() {
        let open: Open<Kind> = serde_json::from_str("\"proof_of_refund\"").unwrap();
        assert_eq!(open, Open::Unlisted("proof_of_refund".to_owned()));
        assert_eq!(serde_json::to_string(&open).unwrap(), "\"proof_of_refund\"");
    }
}
