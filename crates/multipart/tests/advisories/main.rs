//! What broke other readers and writers of forms, by shape: 25 families of advisories and incidents, a test
//! or more for each.
//!
//! A test builds the shape that triggered the defect and states what is owed: refusal with the right id at
//! the right place, or a reading that is bounded, the same in both modes where it says so, and always the
//! same at every chunking. The ids of advisories are those whose text was read; the lists are not complete.
//!
//! Left out: time. That no path is quadratic shows in what comes out (how many events, how many bytes, where
//! it stops); the benches measure the rest.

#[path = "../cases/mod.rs"]
mod cases;
#[path = "../reading/mod.rs"]
mod reading;

mod bounds;
mod edges;
mod framing;
mod heads;
mod two_readings;
