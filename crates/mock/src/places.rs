//! Places for connections: so many at a time, and one that waits for its client makes room for one that asks.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, timeout},
};

/// How long a connection has waited before it may be closed for another: an answer may still be on its way.
const LEAST_IDLE: Duration = Duration::from_millis(250);
/// How often it is looked whether one may be.
const LOOK: Duration = Duration::from_millis(50);

/// All places.
#[derive(Debug)]
pub(crate) struct Places {
    most: usize,
    taken: Mutex<HashMap<u64, Arc<Seat>>>,
    freed: Notify,
    next: AtomicU64,
    evicted: AtomicU64,
}

#[derive(Debug)]
struct Seat {
    state: Mutex<State>,
    leave: Notify,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// Nothing of a request is being served, since then.
    Idle(Instant),
    Busy,
    /// It was told to go, and starts nothing any more.
    Leaving,
}

/// One place; it is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    number: u64,
    seat: Arc<Seat>,
    places: Arc<Places>,
}

impl Places {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            taken: Mutex::default(),
            freed: Notify::new(),
            next: AtomicU64::new(0),
            evicted: AtomicU64::new(0),
        }
    }

    /// A place for a connection that has come. Where all are taken the one goes that has waited longest for its
    /// client; where all are served, this one waits.
    pub(crate) async fn enter(self: &Arc<Self>) -> Place {
        loop {
            if let Some(place) = self.try_enter() {
                return place;
            }
            self.evict();
            let _ = timeout(LOOK, self.freed.notified()).await;
        }
    }

    /// How many are taken, and how many connections had to go so far.
    pub(crate) fn counts(&self) -> (usize, u64) {
        (self.taken().len(), self.evicted.load(Ordering::Relaxed))
    }

    fn try_enter(self: &Arc<Self>) -> Option<Place> {
        let mut taken = self.taken();
        if taken.len() >= self.most {
            return None;
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let seat = Arc::new(Seat {
            state: Mutex::new(State::Idle(Instant::now())),
            leave: Notify::new(),
        });
        taken.insert(number, Arc::clone(&seat));
        Some(Place {
            number,
            seat,
            places: Arc::clone(self),
        })
    }

    fn evict(&self) {
        let taken = self.taken();
        let since = |seat: &Arc<Seat>| match *seat.state() {
            State::Idle(since) if since.elapsed() >= LEAST_IDLE => Some(since),
            _ => None,
        };
        let oldest = taken
            .values()
            .filter_map(|seat| Some((since(seat)?, seat)))
            .min_by_key(|(since, _)| *since);
        if let Some((_, seat)) = oldest {
            *seat.state() = State::Leaving;
            seat.leave.notify_one();
            self.evicted.fetch_add(1, Ordering::Relaxed);
            tracing::debug!(most = self.most, "an idle connection is closed for another");
        }
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<u64, Arc<Seat>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// A request has come. Where the connection was told to go this waits for its end.
    pub(crate) async fn begin(&self) {
        let leaving = {
            let mut state = self.seat.state();
            let leaving = *state == State::Leaving;
            if !leaving {
                *state = State::Busy;
            }
            leaving
        };
        if leaving {
            std::future::pending::<()>().await;
        }
    }

    /// The request was answered at that moment.
    pub(crate) fn end(&self, now: Instant) {
        let mut state = self.seat.state();
        if *state == State::Busy {
            *state = State::Idle(now);
        }
    }

    /// Waits until the connection has to go.
    pub(crate) async fn evicted(&self) {
        self.seat.leave.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.taken().remove(&self.number);
        self.places.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_waits_longest_goes_and_who_is_served_stays() {
        let places = Arc::new(Places::new(2));
        let busy = places.enter().await;
        busy.begin().await;
        let idle = places.enter().await;
        let newcomer = tokio::spawn({
            let places = Arc::clone(&places);
            async move { places.enter().await }
        });
        idle.evicted().await;
        assert!(!newcomer.is_finished(), "the place is not free yet");
        let begins = timeout(LOOK, idle.begin()).await;
        assert!(begins.is_err(), "who was told to go begins nothing");
        drop(idle);
        let newcomer = newcomer.await.unwrap();
        assert_eq!(places.counts(), (2, 1));
        newcomer.begin().await;
        let waits = timeout(LEAST_IDLE * 4, places.enter()).await;
        assert!(waits.is_err(), "all are served");
        newcomer.end(Instant::now());
        assert!(timeout(LOOK, newcomer.evicted()).await.is_err());
    }
}
