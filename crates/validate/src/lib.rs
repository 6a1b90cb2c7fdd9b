//! Decides from the bytes whether a file can be dispute evidence.
