//! What makes a filename dangerous to whoever keeps it, or deceives who reads it.

/// Whether a filename used as a path would leave its folder, hide, be an option, or mean a device.
pub(crate) fn is_unsafe(name: &[u8]) -> bool {
    name.iter().any(|byte| matches!(byte, b'/' | b'\\' | 0))
        || matches!(name, [b'.' | b'-', ..] | [.., b'.' | b' '] | [_, b':', ..])
        || is_device(name)
}

/// Whether a filename means a device on Windows, whatever its extension.
pub(crate) fn is_device(name: &[u8]) -> bool {
    let stem_len = memchr::memchr(b'.', name).unwrap_or(name.len());
    let is = |known: &[u8; 3], bytes: &[u8]| bytes.eq_ignore_ascii_case(known);
    match &name[..stem_len] {
        stem if stem.len() == 3 => [b"con", b"prn", b"aux", b"nul"].iter().any(|it| is(it, stem)),
        [device @ .., b'0'..=b'9'] => is(b"com", device) || is(b"lpt", device),
        _ => false,
    }
}

/// Whether a filename in UTF-8 holds what cannot be seen, breaks a line, or changes the order of what can.
pub(crate) fn is_deceptive(name: &[u8]) -> bool {
    let c1 = |pair: &[u8]| matches!(pair, [0xc2, 0x80..=0x9f | 0xad] | [0xd8, 0x9c]);
    let invisible = |three: &[u8]| {
        matches!(
            three,
            [0xe1, 0xa0, 0x8e] | [0xe2, 0x80, 0x8b..=0x8f | 0xa8..=0xae] | [0xe2, 0x81, 0xa0..=0xa9] | [0xef, 0xbb, 0xbf]
        )
    };
    !name.is_ascii() && (name.windows(2).any(c1) || name.windows(3).any(invisible))
}
