//! The clock of a running mock, which can be set.

use std::{
    str::FromStr,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use http::HeaderValue;
use rebuttal_model::Timestamp;
use thiserror::Error;

use super::shown::ClockState;
use crate::config::Clock;

/// A text that names no clock.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error(
    "expected system, a time such as 2019-12-31T12:59:59Z, or seconds with a sign such as +3600, found {found:?}"
)]
pub struct InvalidClock {
    found: String,
}

/// `system`, a time at which the clock stands still, or seconds before (`+`) or behind (`-`) the system's.
impl FromStr for Clock {
    type Err = InvalidClock;

    fn from_str(text: &str) -> Result<Self, InvalidClock> {
        let seconds = match text.as_bytes() {
            [b'+' | b'-', b'0'..=b'9', ..] => text.parse().ok(),
            _ => None,
        };
        match (text, seconds, text.parse()) {
            ("system", ..) => Ok(Self::System),
            (_, Some(seconds), _) => Ok(Self::Shifted(seconds)),
            (_, None, Ok(time)) => Ok(Self::Fixed(time)),
            (_, None, Err(_)) => Err(InvalidClock {
                found: text.chars().take(64).collect(),
            }),
        }
    }
}

/// A clock that can be set while others read it.
#[derive(Debug)]
pub(crate) struct LiveClock(Mutex<Clock>);

impl LiveClock {
    pub(crate) fn new(clock: Clock) -> Self {
        Self(Mutex::new(clock))
    }

    /// What the clock shows.
    pub(crate) fn now(&self) -> Timestamp {
        self.get().now()
    }

    pub(crate) fn get(&self) -> Clock {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, clock: Clock) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = clock;
    }

    pub(crate) fn advance(&self, seconds: i64) {
        let mut clock = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *clock = match *clock {
            Clock::System => Clock::Shifted(seconds),
            Clock::Shifted(shift) => Clock::Shifted(shift.saturating_add(seconds)),
            Clock::Fixed(time) => Clock::Fixed(time.plus_seconds(seconds)),
        };
    }

    /// The value of `Date` where it is not the system's time, which the server writes by itself.
    pub(crate) fn date(&self) -> Option<HeaderValue> {
        let clock = self.get();
        if clock == Clock::System {
            return None;
        }
        // The form has four digits for the year, and begins with 1970.
        let seconds = u64::try_from(clock.now().unix_seconds()).ok()?;
        let time = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?;
        HeaderValue::try_from(httpdate::fmt_http_date(time)).ok()
    }

    pub(crate) fn state(&self) -> ClockState {
        let clock = self.get();
        ClockState {
            now: clock.now(),
            stands_still: matches!(clock, Clock::Fixed(_)),
            shifted_by_seconds: match clock {
                Clock::Shifted(seconds) => seconds,
                Clock::System | Clock::Fixed(_) => 0,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_as_the_command_line_names_them() {
        let time: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
        for (text, wanted) in [
            ("system", Some(Clock::System)),
            ("2020-01-01T00:00:00Z", Some(Clock::Fixed(time))),
            ("+3600", Some(Clock::Shifted(3600))),
            ("-86400", Some(Clock::Shifted(-86400))),
            ("3600", None),
            ("+", None),
            ("+99999999999999999999", None),
            ("2020-01-01", None),
            ("", None),
        ] {
            assert_eq!(text.parse().ok(), wanted, "{text}");
        }
    }
}
