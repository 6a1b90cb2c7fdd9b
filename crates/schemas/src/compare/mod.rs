//! Compare
