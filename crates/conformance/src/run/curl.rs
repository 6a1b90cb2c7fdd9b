//! A request as one line of shell, so that a failure can be seen again by hand.
//!
//! Keys become shell variables. Left out: what curl would send otherwise than we did (raw bytes), and bodies
//! that are too long for a line.

use std::fmt::Write;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use rebuttal_model::{PublicKey, SecretKey};

use super::session::{Session, WRONG_KEY};
use crate::transport::Tape;

/// The longest body that is put in a line, in bytes.
const LONGEST_BODY: usize = 3 * 1024;

/// What our client says of itself; bytes that were sent as they are do not have it.
const AGENT: &str = concat!("rebuttal/", env!("CARGO_PKG_VERSION"));

/// The command that sends the request of a tape again, where there is one.
pub(crate) fn command(tape: &Tape, session: &Session) -> Option<String> {
    if tape.by_hand || tape.sent_bytes > tape.sent.len() as u64 {
        return None;
    }
    let end = tape.sent.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = str::from_utf8(&tape.sent[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let mut start = lines.next()?.split(' ');
    let (method, path) = (start.next()?, start.next()?);
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": ").or(line.split_once(':')))
        .collect();
    let header = |wanted: &str| headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    if header("user-agent").is_none_or(|(_, agent)| *agent != AGENT) {
        return None;
    }
    let chunked = header("transfer-encoding").is_some();
    let sent = &tape.sent[end + 4..];
    let body = if chunked { joined(sent)? } else { sent.to_vec() };
    if body.len() > LONGEST_BODY || session.secrets.shows_in(&String::from_utf8_lossy(&body)) {
        return None;
    }
    let mut command = Command {
        session,
        text: "curl -gsSi --path-as-is".to_owned(),
    };
    match method {
        "GET" if body.is_empty() => {}
        "HEAD" => command.text.push_str(" --head"),
        _ => command.word(" -X", method)?,
    }
    for (name, value) in &headers {
        command.header(name, value)?;
    }
    let lead = command.body(&body, header("content-type").is_some());
    let scheme = if session.target.endpoint.tls {
        "https"
    } else {
        "http"
    };
    let authority = session.target.endpoint.authority();
    command.word("", &format!("{scheme}://{authority}{path}"))?;
    Some(lead + &command.text)
}

struct Command<'s> {
    session: &'s Session,
    text: String,
}

impl Command<'_> {
    /// Adds an option and its value; `None` where the value holds a key in a form that has no variable.
    fn word(&mut self, option: &str, value: &str) -> Option<()> {
        let quoted = self.quoted(value)?;
        let _ = write!(self.text, "{option} {quoted}");
        Some(())
    }

    fn header(&mut self, name: &str, value: &str) -> Option<()> {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        // curl sets these by itself, or they say nothing about the request.
        if is("host") || is("user-agent") || is("content-length") || is("expect") {
            return Some(());
        }
        if is("authorization")
            && let Some(user) = basic(value)
        {
            return self.word(" -u", &user);
        }
        if value.is_empty() {
            return self.word(" -H", &format!("{name};"));
        }
        self.word(" -H", &format!("{name}: {value}"))
    }

    /// Adds the body; returns what makes it, where it is not text.
    fn body(&mut self, body: &[u8], typed: bool) -> String {
        if body.is_empty() {
            return String::new();
        }
        if !typed {
            // Without this, curl says that it is a form.
            self.text.push_str(" -H 'Content-Type:'");
        }
        let is_text = |text: &&str| text.chars().all(|it| !it.is_control() || "\r\n\t".contains(it));
        if let Some(text) = str::from_utf8(body).ok().filter(is_text) {
            let _ = write!(self.text, " --data-raw {}", escaped(text));
            return String::new();
        }
        self.text.push_str(" --data-binary @-");
        format!("echo {} | base64 -d | ", STANDARD.encode(body))
    }

    /// A word of shell, with keys as variables.
    fn quoted(&self, value: &str) -> Option<String> {
        let target = &self.session.target;
        let named = [
            (Some(target.secret.expose()), "KEY"),
            (target.other_secret.as_ref().map(SecretKey::expose), "OTHER_KEY"),
            (target.public.as_ref().map(PublicKey::expose), "PUBLIC_KEY"),
            (Some(WRONG_KEY), "WRONG_KEY"),
        ];
        let keys: Vec<_> = named
            .into_iter()
            .filter_map(|(key, name)| Some((key?, name)))
            .filter(|(key, _)| value.contains(key))
            .collect();
        if keys.is_empty() {
            let plain = !value.is_empty()
                && value
                    .bytes()
                    .all(|it| it.is_ascii_alphanumeric() || b"-._/:=%,@".contains(&it));
            let quoted = if plain {
                value.to_owned()
            } else if value.chars().any(char::is_control) {
                escaped(value)
            } else {
                format!("'{}'", value.replace('\'', r"'\''"))
            };
            return (!self.session.secrets.shows_in(value)).then_some(quoted);
        }
        let mut text: String = value
            .chars()
            .flat_map(|letter| {
                let mark = matches!(letter, '\\' | '"' | '$' | '`').then_some('\\');
                mark.into_iter().chain([letter])
            })
            .collect();
        for (key, name) in keys {
            // Braces where the name would run on.
            text = text.replace(key, &format!("${{{name}}}"));
        }
        for name in ["KEY", "OTHER_KEY", "PUBLIC_KEY", "WRONG_KEY"] {
            text = text.replace(&format!("${{{name}}}:"), &format!("${name}:"));
        }
        (!self.session.secrets.shows_in(&text)).then(|| format!("\"{text}\""))
    }
}

/// The user name and password of HTTP Basic, where they can stand in a line.
fn basic(value: &str) -> Option<String> {
    let encoded = value.strip_prefix("Basic ")?;
    let bytes = STANDARD
        .decode(encoded)
        .or_else(|_| STANDARD_NO_PAD.decode(encoded))
        .ok()?;
    let text = String::from_utf8(bytes).ok()?;
    (text.contains(':') && !text.chars().any(char::is_control)).then_some(text)
}

/// A text with line ends as the shells bash and zsh take it.
fn escaped(text: &str) -> String {
    let mut quoted = String::from("$'");
    for letter in text.chars() {
        match letter {
            '\r' => quoted.push_str("\\r"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\'' | '\\' => quoted.extend(['\\', letter]),
            other => quoted.push(other),
        }
    }
    quoted.push('\'');
    quoted
}

/// The content of a body in chunked transfer coding; `None` where it is cut or broken.
fn joined(body: &[u8]) -> Option<Vec<u8>> {
    let (content, whole) = chunks(body);
    whole.then_some(content)
}

/// The content of a body in chunked transfer coding (RFC 9112 §7.1) as far as it goes, without trailers; and
/// whether it is whole.
pub(crate) fn chunks(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut content = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n");
        let size = end.and_then(|end| {
            let line = str::from_utf8(&rest[..end]).ok()?;
            usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()
        });
        let (Some(end), Some(size)) = (end, size) else {
            return (content, false);
        };
        if size == 0 {
            return (content, true);
        }
        rest = &rest[end + 2..];
        content.extend_from_slice(&rest[..size.min(rest.len())]);
        // The line end of a chunk is skipped whatever it is.
        let Some(after) = size.checked_add(2).and_then(|length| rest.get(length..)) else {
            return (content, false);
        };
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Disputes, Limits, Target};

    const KEY: &str = "skey_test_5xuy4w91xqz7d1w9u0t";

    fn session() -> Session {
        let target = Target {
            endpoint: "http://127.0.0.1:4010".parse().unwrap(),
            secret: KEY.parse().unwrap(),
            public: None,
            other_secret: None,
            disputes: Disputes::default(),
            charges: Vec::new(),
        };
        Session::new(target, Limits::default()).unwrap()
    }

    fn line(request: &str, body: &[u8]) -> Option<String> {
        let head = request
            .replace('\n', "\r\n")
            .replace("USER", &STANDARD.encode(format!("{KEY}:")))
            .replace("AGENT", AGENT);
        let sent = [head.as_bytes(), b"\r\n\r\n", body].concat();
        let tape = Tape {
            sent_bytes: sent.len() as u64,
            sent,
            ..Tape::default()
        };
        command(&tape, &session())
    }

    #[test]
    fn a_request_is_one_line_that_repeats_it() {
        for (request, body, wanted) in [
            (
                "GET /disputes?limit=1 HTTP/1.1\nHost: x\nUser-Agent: AGENT\nAuthorization: Basic USER",
                &b""[..],
                r#"curl -gsSi --path-as-is -u "$KEY:" 'http://127.0.0.1:4010/disputes?limit=1'"#,
            ),
            (
                "DELETE /d HTTP/1.1\nUser-Agent: AGENT\nAuthorization: Bearer skey_test_5xuy4w91xqz7d1w9u0t",
                b"",
                r#"curl -gsSi --path-as-is -X DELETE -H "Authorization: Bearer ${KEY}" http://127.0.0.1:4010/d"#,
            ),
            (
                "POST /d HTTP/1.1\nUser-Agent: AGENT\nContent-Type: text/plain\nContent-Length: 10",
                b"it's\r\n@x\\y",
                r"curl -gsSi --path-as-is -X POST -H 'Content-Type: text/plain' --data-raw $'it\'s\r\n@x\\y' http://127.0.0.1:4010/d",
            ),
            (
                "POST /d HTTP/1.1\nUser-Agent: AGENT\nTransfer-Encoding: chunked",
                b"2\r\n\x89P\r\n2;a=b\r\nNG\r\n0\r\n\r\n",
                "echo iVBORw== | base64 -d | curl -gsSi --path-as-is -X POST -H 'Transfer-Encoding: chunked' \
                 -H 'Content-Type:' --data-binary @- http://127.0.0.1:4010/d",
            ),
        ] {
            assert_eq!(line(request, body).as_deref(), Some(wanted));
        }
    }

    #[test]
    fn what_curl_would_send_otherwise_or_would_show_a_key_has_no_line() {
        let good = "POST /d HTTP/1.1\nUser-Agent: AGENT";
        for (name, request, body) in [
            ("raw bytes", "GET /d HTTP/1.1\nHost: x", Vec::new()),
            ("a long body", good, vec![b'x'; LONGEST_BODY + 1]),
            ("a key in the body", good, KEY.as_bytes().to_vec()),
            (
                "a key in base64 in some header",
                "GET /d HTTP/1.1\nUser-Agent: AGENT\nX-Echo: USER",
                Vec::new(),
            ),
        ] {
            assert_eq!(line(request, &body), None, "{name}");
        }
    }
}
