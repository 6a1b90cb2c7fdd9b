//! Text, and the formats that are text. A guess, so every binary signature goes before it.

use memchr::memmem;

use crate::other::OtherFormat::{
    self, Base64Jpeg, Base64Pdf, Base64Png, DataUrl, Email, HexText, Html, HttpResponse, Json, MultipartForm,
    PlainText, Svg, Xml,
};

/// What kind of text the file starts with; `None` where it is no text.
pub(super) fn find(window: &[u8]) -> Option<OtherFormat> {
    let text = trimmed(window);
    encoded(text)
        .or_else(|| markup(text))
        .or_else(|| message(text))
        .or_else(|| plain(window, text))
}

/// The text behind a byte order mark and blanks.
fn trimmed(window: &[u8]) -> &[u8] {
    window
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(window)
        .trim_ascii_start()
}

/// One of the three formats, written as text by a client that meant to send bytes.
fn encoded(text: &[u8]) -> Option<OtherFormat> {
    let bare = text.strip_prefix(b"\"").unwrap_or(text);
    let starts = |prefix: &[u8]| {
        bare.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    if bare.starts_with(b"iVBORw0KGgo") {
        Some(Base64Png)
    } else if bare.starts_with(b"/9j/") {
        Some(Base64Jpeg)
    } else if bare.starts_with(b"JVBERi0") {
        Some(Base64Pdf)
    } else if starts(b"data:") {
        Some(DataUrl)
    } else if starts(b"89504e470d0a1a0a") || starts(b"ffd8ff") || starts(b"255044462d") {
        Some(HexText)
    } else {
        None
    }
}

/// SVG, HTML and other XML. A comment or a prologue may stand before the first element.
fn markup(text: &[u8]) -> Option<OtherFormat> {
    const HTML: &[&[u8]] = &[
        b"!doctype html",
        b"html",
        b"head",
        b"body",
        b"title",
        b"meta",
        b"script",
        b"style",
        b"iframe",
        b"table",
        b"div",
        b"font",
        b"h1",
        b"p",
        b"a",
        b"b",
        b"br",
        b"pre",
        b"center",
    ];
    let inner = text.strip_prefix(b"<")?;
    let element = |name: &[u8]| {
        inner
            .get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name))
            && inner
                .get(name.len())
                .is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b':')
    };
    let prologue = inner.starts_with(b"?xml") || inner.starts_with(b"!--") || element(b"!doctype svg");
    let holds = |start: &[u8]| memmem::find(text, start).is_some();
    if element(b"svg") || (prologue && holds(b"<svg")) {
        Some(Svg)
    } else if HTML.iter().any(|name| element(name))
        || inner.starts_with(b"!--")
        || (prologue && (holds(b"<html") || holds(b"<HTML")))
    {
        Some(Html)
    } else {
        inner.starts_with(b"?xml").then_some(Xml)
    }
}

/// Messages with header lines: e-mail, HTTP, forms.
fn message(text: &[u8]) -> Option<OtherFormat> {
    const MAIL: &[&[u8]] = &[
        b"return-path:",
        b"received:",
        b"delivered-to:",
        b"from:",
        b"to:",
        b"subject:",
        b"date:",
        b"mime-version:",
        b"message-id:",
        b"x-mozilla-status:",
    ];
    let starts = |prefix: &[u8]| {
        text.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    if text.starts_with(b"HTTP/1.") || text.starts_with(b"HTTP/2") {
        Some(HttpResponse)
    } else if starts(b"content-disposition:")
        || (text.starts_with(b"--") && memmem::find(text, b"ontent-").is_some())
    {
        Some(MultipartForm)
    } else if MAIL.iter().any(|header| starts(header)) && lines_with_headers(text) >= 2 {
        Some(Email)
    } else {
        None
    }
}

/// How many of the first lines are `Name: value` or continue one.
fn lines_with_headers(text: &[u8]) -> usize {
    text.split(|byte| *byte == b'\n')
        .take(4)
        .take_while(|line| {
            let name = line
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-')
                .count();
            matches!(line.first(), Some(b' ' | b'\t')) || (name > 0 && line.get(name) == Some(&b':'))
        })
        .count()
}

/// Text without control characters: UTF-8, UTF-16 with its mark, or a local encoding of some length.
fn plain(window: &[u8], text: &[u8]) -> Option<OtherFormat> {
    let utf_16 = window.len() >= 4 && (window.starts_with(b"\xFF\xFE") || window.starts_with(b"\xFE\xFF"));
    let control = |byte: &u8| matches!(byte, 0..=8 | 0x0B | 0x0E..=0x1A | 0x1C..=0x1F | 0x7F);
    let controls = text.iter().any(control);
    let utf_8 = match std::str::from_utf8(text) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && error.valid_up_to() > 0,
    };
    let local = text.len() >= 16 && text.iter().any(u8::is_ascii_whitespace);
    if text.is_empty() || (controls && !utf_16) || !(utf_8 || utf_16 || local) {
        None
    } else if matches!(
        text,
        [b'{', b'"' | b'}' | b' ' | b'\r' | b'\n', ..] | [b'[', b'{' | b'"' | b'[', ..]
    ) {
        Some(Json)
    } else {
        Some(PlainText)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_its_name() {
        for (text, wanted) in [
            (&b"Order 1001 was delivered.\n"[..], Some(PlainText)),
            ("注文は配達済みです".as_bytes(), Some(PlainText)),
            ("配".as_bytes(), Some(PlainText)),
            (&"注文は配達済みです".as_bytes()[..25], Some(PlainText)),
            (b"\xFF\xFEO\0r\0d\0e\0r\0", Some(PlainText)),
            (
                b"\xA1\xD2\xC3\xCA\xE8\xA7\xB6\xD6\xA7\xBC\xD9\xE9\xC3\xD1\xBA 1001",
                Some(PlainText),
            ),
            (b"\n", None),
            (b"\x89", None),
            (b"\0\0\0\0", None),
            (b"{\"error\":{}}", Some(Json)),
            (b"[{\"id\":1}]", Some(Json)),
            (b"[draft] order 1001", Some(PlainText)),
            (b" \n<!DOCTYPE HTML><title>", Some(Html)),
            (b"\xEF\xBB\xBF<html lang=en>", Some(Html)),
            (b"<br />\n<b>Warning</b>", Some(Html)),
            (b"<button>", Some(PlainText)),
            (b"<!-- saved -->", Some(Html)),
            (b"<svg xmlns=''>", Some(Svg)),
            (b"<?xml version='1.0'?>\n<svg>", Some(Svg)),
            (b"<?xml version='1.0'?>\n<html>", Some(Html)),
            (b"<?xml version='1.0'?>\n<order/>", Some(Xml)),
            (b"From: shop@example.com\nSubject: order\n\nhello", Some(Email)),
            (b"From: the shop, with love", Some(PlainText)),
            (
                b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n",
                Some(HttpResponse),
            ),
            (
                b"--b\r\nContent-Disposition: form-data; name=\"file\"\r\n",
                Some(MultipartForm),
            ),
            (b"data:image/jpeg;base64,/9j/4AAQ", Some(DataUrl)),
            (b"iVBORw0KGgoAAAANSUhEUg", Some(Base64Png)),
            (b"\"/9j/4AAQSkZJRgAB\"", Some(Base64Jpeg)),
            (b"JVBERi0xLjQK", Some(Base64Pdf)),
            (b"89504E470D0A1A0A0000000D", Some(HexText)),
        ] {
            assert_eq!(find(text), wanted, "{}", text.escape_ascii());
        }
    }
}
