//! Datetimes of the contract: UTC, whole seconds, literal `Z`.

use std::{fmt, str::FromStr, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// A moment, to the second: `2019-12-31T12:59:59Z`.
///
/// [`FromStr`] takes exactly this form. Deserialising is tolerant, as a client must be: a fraction of a
/// second is cut off and another offset is turned into UTC.
///
/// ```
/// use rebuttal_model::Timestamp;
///
/// let time: Timestamp = "2019-12-31T12:59:59Z".parse()?;
/// assert_eq!(time.plus_seconds(1).to_string(), "2019-12-31T13:00:00Z");
/// assert!("2019-12-31T12:59:59.5Z".parse::<Timestamp>().is_err());
/// # Ok::<(), rebuttal_model::time::InvalidTimestamp>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd)]
#[schemars(transparent)]
pub struct Timestamp(
    #[schemars(
        with = "String",
        extend("format" = "date-time", "pattern" = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$")
    )]
    jiff::Timestamp,
);

/// A text that is not a datetime of the contract.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("expected a UTC datetime such as 2019-12-31T12:59:59Z, found {found:?}")]
pub struct InvalidTimestamp {
    found: String,
}

impl Timestamp {
    /// The first second of 1970, from which a list runs when the request names no start (`list.shape`).
    pub const EPOCH: Self = Self(jiff::Timestamp::UNIX_EPOCH);

    /// The moment `seconds` after 1970-01-01T00:00:00Z, held within the years 0000 to 9999.
    pub fn from_unix_seconds(seconds: i64) -> Self {
        let (first, last) = (-62_167_219_200, 253_402_207_200);
        Self(jiff::Timestamp::from_second(seconds.clamp(first, last)).unwrap_or(jiff::Timestamp::UNIX_EPOCH))
    }

    /// The moment a clock shows, given as the time since 1970-01-01T00:00:00Z.
    pub fn from_unix(since: Duration) -> Self {
        Self::from_unix_seconds(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn unix_seconds(self) -> i64 {
        self.0.as_second()
    }

    /// The moment `seconds` later, or earlier where negative.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_unix_seconds(self.unix_seconds().saturating_add(seconds))
    }

    /// Reads any RFC 3339 datetime, to the second, as a tolerant reader does; a plain date is its midnight.
    ///
    /// # Errors
    ///
    /// When the text is neither.
    pub fn parse_tolerant(text: &str) -> Result<Self, InvalidTimestamp> {
        let invalid = || InvalidTimestamp {
            found: text.chars().take(64).collect(),
        };
        if text.len() > 64 {
            return Err(invalid());
        }
        if text.len() == 10 {
            return format!("{text}T00:00:00Z").parse().map_err(|_| invalid());
        }
        if !is_rfc_3339(text.as_bytes()) {
            return Err(invalid());
        }
        let parsed: jiff::Timestamp = text.parse().map_err(|_| invalid())?;
        Ok(Self::from_unix_seconds(parsed.as_second()))
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        let invalid = || InvalidTimestamp {
            found: text.chars().take(64).collect(),
        };
        if !has_the_form(text.as_bytes()) {
            return Err(invalid());
        }
        text.parse().map(Self).map_err(|_| invalid())
    }
}

/// A date, a time to the second or finer, and an offset: jiff reads more forms than these, which are published.
fn is_rfc_3339(text: &[u8]) -> bool {
    let Some((moment, rest)) = text.split_at_checked(19) else {
        return false;
    };
    let digits = rest
        .iter()
        .skip(1)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let offset = match rest {
        [b'.' | b',', ..] if (1..=9).contains(&digits) => &rest[1 + digits..],
        _ => rest,
    };
    let is_moment = fits(b"dddd-dd-ddTdd:dd:dd", moment) || fits(b"dddd-dd-dd dd:dd:dd", moment);
    let is_moment = is_moment || fits(b"dddd-dd-ddtdd:dd:dd", moment);
    is_moment && (matches!(offset, b"Z" | b"z") || fits(b"+dd:dd", offset) || fits(b"-dd:dd", offset))
}

/// `dddd-dd-ddTdd:dd:ddZ` with at most 23 hours, 59 minutes and 59 seconds; the calendar is jiff's.
fn has_the_form(text: &[u8]) -> bool {
    const FORM: &[u8; 20] = b"dddd-dd-ddTdd:dd:ddZ";
    fits(FORM, text) && text[17] < b'6'
}

/// Whether a text is this one, with a digit for each `d`.
fn fits(form: &[u8], text: &[u8]) -> bool {
    text.len() == form.len()
        && form.iter().zip(text).all(|(form, byte)| match form {
            b'd' => byte.is_ascii_digit(),
            other => other == byte,
        })
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0}", self.0)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse_tolerant(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strict_form_and_no_other() {
        for (text, wanted) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2019-12-31T12:59:59Z", Some(1_577_797_199)),
            ("2020-02-29T00:00:00Z", Some(1_582_934_400)),
            ("2019-02-29T00:00:00Z", None),
            ("2019-12-31T24:00:00Z", None),
            ("2019-12-31T23:59:60Z", None),
            ("2019-12-31T12:59:59.0Z", None),
            ("2019-12-31T12:59:59+00:00", None),
            ("2019-12-31t12:59:59Z", None),
            ("2019-12-31 12:59:59Z", None),
            ("2019-12-31", None),
            ("", None),
        ] {
            assert_eq!(text.parse().ok().map(Timestamp::unix_seconds), wanted, "{text:?}");
        }
    }

    #[test]
    fn written_as_it_is_read() {
        for text in [
            "0000-01-01T00:00:00Z",
            "1970-01-01T00:00:00Z",
            "2019-12-31T12:59:59Z",
        ] {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_tolerant_reader_takes_fractions_offsets_and_dates() {
        for (text, wanted) in [
            ("2019-12-31T12:59:59.987Z", Some("2019-12-31T12:59:59Z")),
            ("2019-12-31T19:59:59+07:00", Some("2019-12-31T12:59:59Z")),
            ("2019-12-31", Some("2019-12-31T00:00:00Z")),
            ("2019-12-31 12:59:59,5z", Some("2019-12-31T12:59:59Z")),
            ("2019-12-31T12:59Z", None),
            ("20191231T125959Z", None),
            ("2019-12-31T12:59:59+07", None),
            ("2019-12-31T12:59:59.Z", None),
            ("yesterday", None),
            ("2019-13-31", None),
        ] {
            let found = Timestamp::parse_tolerant(text).ok().map(|time| time.to_string());
            assert_eq!(found.as_deref(), wanted, "{text:?}");
        }
    }

    #[test]
    fn arithmetic_saturates() {
        assert_eq!(
            Timestamp::from_unix_seconds(i64::MAX).to_string(),
            "9999-12-30T22:00:00Z"
        );
        assert_eq!(
            Timestamp::from_unix_seconds(i64::MIN)
                .plus_seconds(-1)
                .to_string(),
            "0000-01-01T00:00:00Z"
        );
    }
}
