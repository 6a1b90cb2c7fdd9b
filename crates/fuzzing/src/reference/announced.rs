//! The boundary that a `Content-Type` announces, by the grammar and nothing else.

/// The boundary, where the value is `multipart/form-data` by RFC 9110 §8.3.1 with one boundary by RFC 2046 §5.1.1;
/// `None` where a strict reader has to refuse it. Semicolons may be followed by nothing.
pub fn boundary(value: &str) -> Option<String> {
    let value = blank(value);
    let (media_type, mut rest) = value.split_at_checked("multipart/form-data".len())?;
    if !media_type.eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let mut found = None;
    loop {
        rest = blank(rest);
        if rest.is_empty() {
            return found;
        }
        rest = blank(rest.strip_prefix(';')?);
        if rest.is_empty() {
            return found;
        }
        let (name, behind) = rest.split_at(rest.find(|char| !is_token(char))?);
        let (content, is_quoted, behind) = content(behind.strip_prefix('=')?)?;
        if name.is_empty() || content.is_empty() && !is_quoted && behind.starts_with([' ', '\t']) {
            return None;
        }
        let name = name.to_ascii_lowercase();
        if name == "boundary" {
            if found.is_some() || !is_boundary(content, is_quoted) {
                return None;
            }
            found = Some(content.to_owned());
        } else if name.strip_prefix("boundary*").is_some_and(is_section) {
            return None;
        }
        rest = behind;
    }
}

fn blank(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}

fn is_token(char: char) -> bool {
    char.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(char)
}

/// A number of RFC 2231, and perhaps that it is encoded.
fn is_section(text: &str) -> bool {
    let digits = text.strip_suffix('*').unwrap_or(text);
    digits.chars().all(|char| char.is_ascii_digit())
}

/// What stands behind an equals sign, whether in quotes, and what follows.
fn content(text: &str) -> Option<(&str, bool, &str)> {
    let Some(text) = text.strip_prefix('"') else {
        let end = text.find([';', ' ', '\t', '"', ',']).unwrap_or(text.len());
        return Some((&text[..end], false, &text[end..]));
    };
    let mut is_escaped = false;
    for (at, char) in text.char_indices() {
        match char {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return Some((&text[..at], true, &text[at + 1..])),
            _ => {}
        }
    }
    None
}

fn is_boundary(text: &str, is_quoted: bool) -> bool {
    let is_bchar = |char: char| char.is_ascii_alphanumeric() || "'()+_,-./:=? ".contains(char);
    let fits = |char: char| is_bchar(char) && (is_quoted || is_token(char));
    (1..=70).contains(&text.len()) && text.chars().all(fits) && !text.ends_with(' ')
}
