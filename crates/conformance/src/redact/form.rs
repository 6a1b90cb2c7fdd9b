//! Letters in the forms in which programs write them.

/// The longest run of signs that only escape an escape, such as `25` in `%252525`.
const DEEPEST: usize = 8;

/// What every escape begins with.
pub(super) const ESCAPES: [&str; 3] = ["%", "\\", "&"];

/// How many bytes of the text are this form, where the text begins with it.
pub(super) fn length(text: &str, form: &str) -> Option<usize> {
    let (letters, length) = begun(text, form);
    (letters == form.len()).then_some(length)
}

/// How many letters of this form the text begins with, and how many bytes these are.
pub(super) fn begun(text: &str, form: &str) -> (usize, usize) {
    let mut at = 0;
    for (letters, wanted) in form.bytes().enumerate() {
        let rest = &text.as_bytes()[at..];
        // In an anchor or a file name an underscore often becomes a dash.
        if rest
            .first()
            .is_some_and(|found| *found == wanted || (wanted, *found) == (b'_', b'-'))
        {
            at += 1;
            continue;
        }
        match escaped(rest) {
            Some((found, length)) if found == wanted => at += length,
            _ => return (letters, at),
        }
    }
    (form.len(), at)
}

/// The ASCII letter that a text begins with, and how many bytes it takes.
pub(super) fn letter(text: &str) -> Option<(u8, usize)> {
    let bytes = text.as_bytes();
    let first = *bytes.first()?;
    escaped(bytes).or_else(|| first.is_ascii().then_some((first, 1)))
}

/// The letter that an escape at the beginning stands for.
fn escaped(bytes: &[u8]) -> Option<(u8, usize)> {
    match bytes.first()? {
        b'%' => percent(bytes),
        b'\\' => backslash(bytes),
        b'&' => entity(bytes),
        _ => None,
    }
}

/// `%5F`, and `%255F`, which is the same escaped again.
fn percent(bytes: &[u8]) -> Option<(u8, usize)> {
    let mut at = 1;
    while at < 2 * DEEPEST
        && bytes.get(at..at + 2) == Some(b"25")
        && hex(bytes.get(at + 2..at + 4)?).is_some()
    {
        at += 2;
    }
    Some((ascii(hex(bytes.get(at..at + 2)?)?)?, at + 2))
}

/// `\u005f`, with any number of backslashes, and `\_` as in Markdown.
fn backslash(bytes: &[u8]) -> Option<(u8, usize)> {
    let slashes = bytes
        .iter()
        .take(DEEPEST)
        .take_while(|byte| **byte == b'\\')
        .count();
    if bytes.get(slashes) == Some(&b'_') {
        return Some((b'_', slashes + 1));
    }
    let digits = bytes[slashes..].strip_prefix(b"u")?.get(..4)?;
    Some((ascii(hex(digits)?)?, slashes + 5))
}

/// `&#95;`, `&#x5f;` and `&lowbar;`, also with `&amp;` for `&`.
fn entity(bytes: &[u8]) -> Option<(u8, usize)> {
    let mut at = 1;
    while at < 4 * DEEPEST && bytes[at..].starts_with(b"amp;") {
        at += 4;
    }
    if bytes[at..].starts_with(b"lowbar;") {
        return Some((b'_', at + 7));
    }
    let rest = bytes[at..].strip_prefix(b"#")?;
    at += 1;
    let window = &rest[..rest.len().min(12)];
    let length = window.iter().position(|byte| *byte == b';')?;
    let number = str::from_utf8(&window[..length]).ok()?;
    let value = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    Some((ascii(value)?, at + length + 1))
}

fn hex(digits: &[u8]) -> Option<u32> {
    // `from_str_radix` would take a sign.
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u32::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}

fn ascii(value: u32) -> Option<u8> {
    u8::try_from(value).ok().filter(u8::is_ascii)
}
