//! Reads and writes multipart/form-data (RFC 7578) without doing I/O.
