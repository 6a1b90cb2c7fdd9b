//! How other readers take what is wrong.

use crate::violation::ViolationId;

/// One way to read a violation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reading {
    /// What is read.
    pub what: &'static str,
    /// Who reads so.
    pub readers: &'static [&'static str],
}

pub(crate) const fn readings(_id: ViolationId) -> &'static [Reading] {
    &[]
}
