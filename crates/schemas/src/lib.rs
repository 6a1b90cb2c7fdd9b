//! What is published for other teams below `schemas/`: found by the names people say, held against files,
//! compared with what it was, and as test vectors.
//!
//! Left out: making the schemas. Each crate makes those of its own types, and the binary puts them together in
//! a [`Catalogue`].

pub mod catalogue;
pub mod compare;
pub mod fit;
pub mod source;
pub mod vectors;
pub mod yaml;

pub use catalogue::{Catalogue, File, Format};
