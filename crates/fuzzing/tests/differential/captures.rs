//! Real uploads, taken out of the HTTP they came in.

use std::{fs, path::Path};

/// Announcement and body of every upload that the reader's own tests keep.
pub(crate) fn captures(folder: &Path) -> Vec<(Vec<u8>, Vec<u8>)> {
    let clients = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let clients = clients.filter(|path| path.is_dir());
    let files = clients.flat_map(|client| fs::read_dir(client).unwrap().map(|entry| entry.unwrap().path()));
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "http"))
        .map(|path| {
            let request = fs::read(path).unwrap();
            let head = find(&request, b"\r\n\r\n").unwrap();
            let header = |wanted: &[u8]| {
                request[..head].split(|byte| *byte == b'\n').find_map(|line| {
                    let (name, value) = line.split_at_checked(wanted.len())?;
                    let value = value.strip_prefix(b":")?;
                    name.eq_ignore_ascii_case(wanted)
                        .then(|| value.trim_ascii().to_vec())
                })
            };
            let body = &request[head + 4..];
            let is_chunked = header(b"transfer-encoding").is_some_and(|value| value == b"chunked");
            let body = if is_chunked { dechunk(body) } else { body.to_vec() };
            (header(b"content-type").unwrap_or_default(), body)
        })
        .collect()
}

/// Takes the chunk framing of HTTP off.
fn dechunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let line = find(rest, b"\r\n").unwrap();
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        if size == 0 {
            return body;
        }
        rest = &rest[line + 2..];
        body.extend_from_slice(&rest[..size]);
        rest = &rest[size + 2..];
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
