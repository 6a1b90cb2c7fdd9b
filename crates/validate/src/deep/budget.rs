//! What a look at one file may cost.

use std::time::{Duration, Instant};

use super::{MAX_INFLATED_BYTES, MAX_JPEG_PIXELS, MAX_KEPT_BYTES, MAX_OBJECTS, MAX_TIME};

/// The limits of one look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) jpeg_pixels: u64,
    pub(super) inflated_bytes: u64,
    pub(super) kept_bytes: usize,
    pub(super) objects: usize,
    pub(super) time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            jpeg_pixels: MAX_JPEG_PIXELS,
            inflated_bytes: MAX_INFLATED_BYTES,
            kept_bytes: MAX_KEPT_BYTES,
            objects: MAX_OBJECTS,
            time: MAX_TIME,
        }
    }
}

/// What is left of the limits, and which one was reached first.
#[derive(Debug)]
pub(super) struct Budget {
    left: Limits,
    start: Instant,
    reached: Option<&'static str>,
}

impl Budget {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            left: limits,
            start: Instant::now(),
            reached: None,
        }
    }

    /// What was left out, in words, if anything was.
    pub(super) fn reached(&self) -> Option<&'static str> {
        self.reached
    }

    /// Notes that something is left out.
    pub(super) fn leave_out(&mut self, what: &'static str) {
        self.reached.get_or_insert(what);
    }

    /// Whether there is time for more.
    pub(super) fn has_time(&mut self) -> bool {
        let has = self.start.elapsed() < self.left.time;
        if !has {
            self.leave_out("a file that takes too long to decode");
        }
        has
    }

    pub(super) fn takes_pixels(&mut self, pixels: u64) -> bool {
        let left = self.left.jpeg_pixels.checked_sub(pixels);
        self.left.jpeg_pixels = left.unwrap_or(self.left.jpeg_pixels);
        self.taken(left.is_some(), "more pixels in JPEGs than are decoded")
    }

    pub(super) fn takes_inflated(&mut self, bytes: u64) -> bool {
        let left = self.left.inflated_bytes.checked_sub(bytes);
        self.left.inflated_bytes = left.unwrap_or(0);
        self.taken(left.is_some(), "streams that inflate to more than is inflated")
    }

    pub(super) fn takes_kept(&mut self, bytes: usize) -> bool {
        let left = self.left.kept_bytes.checked_sub(bytes);
        self.left.kept_bytes = left.unwrap_or(0);
        self.taken(left.is_some(), "object streams that inflate to more than is kept")
    }

    pub(super) fn takes_object(&mut self) -> bool {
        let left = self.left.objects.checked_sub(1);
        self.left.objects = left.unwrap_or(0);
        self.taken(left.is_some(), "more objects than are looked at")
    }

    fn taken(&mut self, fits: bool, otherwise: &'static str) -> bool {
        if !fits {
            self.leave_out(otherwise);
        }
        fits
    }
}
