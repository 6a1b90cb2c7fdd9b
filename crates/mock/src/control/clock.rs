//! The clock of a running mock, which can be set.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use http::HeaderValue;
use rebuttal_model::Timestamp;

use super::shown::ClockState;
use crate::config::Clock;

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
