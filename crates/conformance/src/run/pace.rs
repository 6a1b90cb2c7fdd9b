//! How fast an endpoint is asked: never faster than was allowed, not at all while it asks to wait, and not for
//! ever.

use std::{
    str::FromStr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use thiserror::Error;
use tokio::time::{Instant, sleep_until};

/// How many requests may be sent in a time.
///
/// ```
/// use rebuttal_conformance::Rate;
///
/// assert_eq!("5/s".parse::<Rate>()?.interval().as_millis(), 200);
/// assert_eq!("30/m".parse::<Rate>()?.interval().as_secs(), 2);
/// # Ok::<(), rebuttal_conformance::InvalidRate>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rate(Duration);

/// A text that is no rate.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("expected N/s, N/m or N/h with a whole number N from 1 to {MOST_REQUESTS}, such as 5/s, found {0:?}")]
pub struct InvalidRate(String);

/// Nothing that is asked over HTTP/1 is asked faster.
const MOST_REQUESTS: u32 = 100_000;

impl FromStr for Rate {
    type Err = InvalidRate;

    fn from_str(text: &str) -> Result<Self, InvalidRate> {
        let read = || {
            let (count, unit) = text.split_once('/')?;
            let unit = match unit {
                "s" => Duration::from_secs(1),
                "m" => Duration::from_mins(1),
                "h" => Duration::from_hours(1),
                _ => return None,
            };
            let digits = count.bytes().all(|byte| byte.is_ascii_digit());
            let count = count.parse::<u32>().ok().filter(|_| digits)?;
            (1..=MOST_REQUESTS).contains(&count).then(|| Self(unit / count))
        };
        read().ok_or_else(|| InvalidRate(text.to_owned()))
    }
}

impl Rate {
    /// The time from one request to the next.
    pub const fn interval(self) -> Duration {
        self.0
    }
}

/// The pace of a session: every request takes its turn, whatever it is for.
#[derive(Debug)]
pub(super) struct Pace {
    rate: Option<Rate>,
    /// So long may the endpoint make the session wait, in all.
    patience: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When the bucket, which holds one token, has the next.
    next: Option<Instant>,
    /// Until then nothing is sent, since the endpoint asked for that.
    held_until: Option<Instant>,
    /// How long the endpoint made the session wait.
    waited: Duration,
}

impl Pace {
    pub(super) fn new(rate: Option<Rate>, patience: Duration) -> Self {
        Self {
            rate,
            patience,
            state: Mutex::default(),
        }
    }

    /// Waits until a request may be sent.
    pub(super) async fn turn(&self) {
        let taken = self.rate.map(|rate| self.state().take(rate, Instant::now()));
        if let Some(at) = taken {
            sleep_until(at).await;
        }
        loop {
            // The wait may have become longer meanwhile.
            let until = self.state().held_until.filter(|until| *until > Instant::now());
            match until {
                Some(until) => sleep_until(until).await,
                None => return,
            }
        }
    }

    /// Holds every request back, since the endpoint asks for fewer. `false` where patience is at its end.
    pub(super) fn hold(&self, wait: Duration) -> bool {
        let patience = self.patience;
        self.state().hold(wait, patience, Instant::now())
    }

    /// Waits before one request that failed is sent again; the others go on. `false`, and no wait, where patience is
    /// at its end.
    pub(super) async fn back_off(&self, wait: Duration) -> bool {
        let fits = self.state().spend(wait, self.patience);
        if fits {
            tokio::time::sleep(wait).await;
        }
        fits
    }

    /// How long the endpoint made the session wait.
    pub(super) fn waited(&self) -> Duration {
        self.state().waited
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes the next token. Returns when it is there.
    fn take(&mut self, rate: Rate, now: Instant) -> Instant {
        let at = self.next.filter(|next| *next > now).unwrap_or(now);
        self.next = Some(at + rate.interval());
        at
    }

    fn hold(&mut self, wait: Duration, patience: Duration, now: Instant) -> bool {
        let until = now + wait;
        // Requests that were under way are refused together: their waits are one.
        let from = self.held_until.map_or(now, |held| held.max(now));
        let fits = self.spend(until.saturating_duration_since(from), patience);
        if fits {
            self.held_until = Some(until.max(from));
        }
        fits
    }

    fn spend(&mut self, wait: Duration, patience: Duration) -> bool {
        let fits = self.waited + wait <= patience;
        if fits {
            self.waited += wait;
        }
        fits
    }
}

/// The wait before the `tries`-th repetition, counted from 0: twice as long each time, and by chance up to half of it
/// shorter, so that clients that were refused together do not come back together.
pub(super) fn backoff(first: Duration, tries: u32) -> Duration {
    let whole = first * 2_u32.saturating_pow(tries.min(16));
    whole.mul_f64(0.5 + fastrand::f64() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn tokens_come_one_by_one() {
        let rate: Rate = "4/s".parse().unwrap();
        let (mut state, start) = (State::default(), Instant::now());
        let mut at =
            |after: u64| (state.take(rate, start + Duration::from_millis(after)) - start).as_millis();
        // Five at once are spread out; after a pause there is one token, and not all that were not used.
        assert_eq!([at(0), at(0), at(0), at(0), at(0)], [0, 250, 500, 750, 1000]);
        assert_eq!([at(5000), at(5000), at(5001), at(6000)], [5000, 5250, 5500, 6000]);
    }

    #[test]
    fn waits_that_overlap_are_one_and_patience_has_an_end() {
        let (mut state, start) = (State::default(), Instant::now());
        let mut hold = |wait: u32, at: u64| {
            let fits = state.hold(wait * SECOND, 10 * SECOND, start + Duration::from_secs(at));
            (fits, state.waited.as_secs())
        };
        assert_eq!(hold(4, 0), (true, 4));
        assert_eq!(hold(4, 0), (true, 4), "another request, refused at the same time");
        assert_eq!(hold(4, 2), (true, 6), "two seconds more");
        assert_eq!(hold(5, 100), (false, 6), "over ten in all");
        assert_eq!(hold(4, 100), (true, 10));
        assert_eq!(hold(1, 200), (false, 10));
    }

    #[test]
    fn backoff_grows_and_is_spread() {
        for (tries, longest) in [(0, 100), (1, 200), (3, 800)] {
            for _ in 0..100 {
                let wait = backoff(Duration::from_millis(100), tries).as_millis();
                assert!((longest / 2..=longest).contains(&wait), "{tries}: {wait} ms");
            }
        }
        assert!(backoff(SECOND, u32::MAX) <= 65_536 * SECOND);
    }

    #[test]
    fn what_is_no_rate() {
        for text in [
            "", "5", "0/s", "5/d", "5/", "/s", "-1/s", "+5/s", "1.5/s", "5 /s", "100001/s", "5/s/s",
        ] {
            assert_eq!(text.parse::<Rate>(), Err(InvalidRate(text.to_owned())));
        }
    }
}
