//! How keys, contents and faults are written in JSON and TOML.

use std::fmt;

/// A text that is sent as a key and may be none. `Debug` shows none of it.
#[derive(Clone, Eq, PartialEq)]
pub struct SentKey(String);

impl SentKey {
    /// A key to look for.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SentKey(..)")
    }
}

/// A key of test mode, or none.
pub(crate) mod key {
    use std::{fmt::Display, str::FromStr};

    use rebuttal_model::{PublicKey, SecretKey};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) trait Exposed {
        fn text(&self) -> &str;
    }

    impl Exposed for SecretKey {
        fn text(&self) -> &str {
            self.expose()
        }
    }

    impl Exposed for PublicKey {
        fn text(&self) -> &str {
            self.expose()
        }
    }

    #[expect(clippy::ref_option, reason = "serde passes it so")]
    pub(crate) fn serialize<K: Exposed, S: Serializer>(key: &Option<K>, to: S) -> Result<S::Ok, S::Error> {
        match key {
            Some(key) => to.serialize_some(key.text()),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, K: FromStr<Err: Display>, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<K>, D::Error> {
        let text: Option<String> = Option::deserialize(from)?;
        text.map(|text| text.parse().map_err(D::Error::custom))
            .transpose()
    }
}

/// A key that may be none.
pub(crate) mod text_key {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::SentKey;

    #[expect(clippy::ref_option, reason = "serde passes it so")]
    pub(crate) fn serialize<S: Serializer>(key: &Option<SentKey>, to: S) -> Result<S::Ok, S::Error> {
        match key {
            Some(key) => to.serialize_some(key.expose()),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SentKey>, D::Error> {
        let text: Option<String> = Option::deserialize(from)?;
        Ok(text.map(SentKey::new))
    }
}

/// Bytes in base64, or none.
pub(crate) mod base64 {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::ref_option, reason = "serde passes it so")]
    pub(crate) fn serialize<S: Serializer>(bytes: &Option<Bytes>, to: S) -> Result<S::Ok, S::Error> {
        match bytes {
            Some(bytes) => to.serialize_some(&STANDARD.encode(bytes)),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Bytes>, D::Error> {
        let text: Option<String> = Option::deserialize(from)?;
        text.map(|text| decode(&text).map_err(D::Error::custom))
            .transpose()
    }

    pub(crate) fn decode(text: &str) -> Result<Bytes, base64::DecodeError> {
        // Files and here-documents end lines within it.
        let packed: String = text.split_ascii_whitespace().collect();
        STANDARD.decode(packed).map(Bytes::from)
    }
}

/// The name of a fault that one request can have, or none.
pub(crate) mod fault {
    use schemars::{Schema, SchemaGenerator, json_schema};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::fault::Fault;

    #[expect(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "serde passes it so"
    )]
    pub(crate) fn serialize<S: Serializer>(fault: &Option<Fault>, to: S) -> Result<S::Ok, S::Error> {
        match fault {
            Some(fault) => to.serialize_some(fault.as_str()),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Fault>, D::Error> {
        let text: Option<String> = Option::deserialize(from)?;
        text.map(|text| text.parse().map_err(D::Error::custom))
            .transpose()
    }

    pub(crate) fn schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<_> = Fault::ALL.iter().map(|fault| fault.as_str()).collect();
        json_schema!({ "enum": names })
    }
}
