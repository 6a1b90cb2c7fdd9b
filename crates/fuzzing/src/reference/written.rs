//! What a form looks like when it is written, said as plainly as it can be.

/// A part as the caller asks for it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Whether it has a disposition at all.
    pub disposition: bool,
    /// The name; none leaves it out of the disposition.
    pub name: Option<String>,
    /// The filename.
    pub filename: Option<String>,
    /// The value of `Content-Type`.
    pub content_type: Option<String>,
    /// Other headers, in order.
    pub headers: Vec<(String, String)>,
    /// The content.
    pub content: Vec<u8>,
}

/// The body of a form of these parts; `None` where the writer has to refuse one of them.
pub fn body(parts: &[Asked], boundary: &str) -> Option<Vec<u8>> {
    let imitates = |name: &str| name.starts_with(&format!("--{boundary}"));
    let is_sound = |part: &Asked| {
        is_sound(part)
            && place(&part.content, boundary).is_none()
            && !part.headers.iter().any(|(name, _)| imitates(name))
    };
    parts.iter().all(is_sound).then(|| as_asked(parts, boundary))
}

/// The body of a form of these parts, whatever a reader makes of it.
pub fn as_asked(parts: &[Asked], boundary: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        delimit(&mut body, boundary);
        body.extend_from_slice(b"\r\n");
        body.extend_from_slice(block(part).as_bytes());
        body.extend_from_slice(b"\r\n");
        body.extend_from_slice(&part.content);
    }
    delimit(&mut body, boundary);
    body.extend_from_slice(b"--\r\n");
    body
}

/// Where two dashes and the boundary stand in a content.
pub fn place(content: &[u8], boundary: &str) -> Option<usize> {
    let wanted = format!("--{boundary}");
    content
        .windows(wanted.len())
        .position(|window| window == wanted.as_bytes())
}

/// Line breaks as HTML forms write them.
pub fn with_crlf(text: &[u8]) -> Vec<u8> {
    let mut normal = Vec::new();
    let mut rest = text;
    loop {
        rest = match rest {
            [] => return normal,
            [b'\r', b'\n', rest @ ..] | [b'\r' | b'\n', rest @ ..] => {
                normal.extend_from_slice(b"\r\n");
                rest
            }
            [byte, rest @ ..] => {
                normal.push(*byte);
                rest
            }
        };
    }
}

fn delimit(body: &mut Vec<u8>, boundary: &str) {
    if !body.is_empty() {
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--");
    body.extend_from_slice(boundary.as_bytes());
}

fn block(part: &Asked) -> String {
    let mut block = String::new();
    if part.disposition {
        block += "Content-Disposition: form-data";
        if let Some(name) = &part.name {
            block.extend([format!("; name=\"{}\"", crate::generators::form::escaped(name))]);
        }
        if let Some(filename) = &part.filename {
            block.extend([format!(
                "; filename=\"{}\"",
                crate::generators::form::escaped(filename)
            )]);
        }
        block += "\r\n";
    }
    if let Some(content_type) = &part.content_type {
        block.extend([format!("Content-Type: {content_type}\r\n")]);
    }
    for (name, value) in &part.headers {
        block.extend([format!("{name}: {value}\r\n")]);
    }
    block
}

fn is_sound(part: &Asked) -> bool {
    let control = |text: &str, but: &str| {
        text.chars()
            .any(|char| char.is_ascii_control() && char != '\t' && !but.contains(char))
    };
    let texts = part.name.iter().chain(&part.filename);
    let values = part
        .content_type
        .iter()
        .chain(part.headers.iter().map(|it| &it.1));
    let names = part.headers.iter().map(|it| &it.0);
    let written_by_us = [
        "content-disposition",
        "content-type",
        "content-length",
        "content-transfer-encoding",
    ];
    let token = |char: char| char.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(char);
    texts
        .into_iter()
        .all(|text| !control(text, "\r\n") && !text.contains(r"\\") && !text.ends_with('\\'))
        && values.into_iter().all(|value| !control(value, ""))
        && names.into_iter().all(|name| {
            !name.is_empty()
                && name.chars().all(token)
                && !written_by_us.contains(&name.to_ascii_lowercase().as_str())
        })
}
