//! The bodies of the matrix of 2026-11-22, rebuilt from their names, with what it says of multer and multra.
//!
//! An answer that is long ends early in the matrix, and so it does here.

/// A request, and two answers to it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
    pub(crate) multer: &'static str,
    pub(crate) multra: &'static str,
}

const PLAIN: &str = "multipart/form-data; boundary=B";
const NAMED: &str = "Content-Disposition: form-data; name=\"a\"";
const CLOSE: &str = "--B--\r\n";

/// A part with the delimiter before it and the line break after it.
fn part(head: &str, content: &str) -> String {
    format!("--B\r\n{head}\r\n\r\n{content}\r\n")
}

fn a() -> String {
    part(NAMED, "v")
}

fn b() -> String {
    part("Content-Disposition: form-data; name=\"b\"", "w")
}

/// Bodies that differ in their header lines: name, lines, answers of multer and multra.
const HEADS: &[(&str, &str, &str, &str)] = &[
    (
        "name-in-filename",
        "Content-Disposition: form-data; filename=\"x; name=evil\"; name=\"good\"",
        "1 evil\"/x; name=evil=v",
        "1 good/x; name=evil=v",
    ),
    (
        "filename-in-other-param",
        "Content-Disposition: form-data; x=\"; filename=evil.php; \"; name=\"good\"",
        "1 good/evil.php=v",
        "1 good/-=v",
    ),
    (
        "dup-name",
        "Content-Disposition: form-data; name=\"a\"; name=\"b\"",
        "1 a/-=v",
        "1 a/-=v",
    ),
    (
        "dup-filename",
        "Content-Disposition: form-data; name=\"a\"; filename=\"a.txt\"; filename=\"b.php\"",
        "1 a/a.txt=v",
        "1 a/a.txt=v",
    ),
    (
        "dup-cd-header",
        "Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"",
        "1 b/-=v",
        "1 b/-=v",
    ),
    (
        "filename-star-both",
        "Content-Disposition: form-data; name=\"a\"; filename=\"a.txt\"; filename*=UTF-8''b.php",
        "1 a/a.txt=v",
        "1 a/b.php=v",
    ),
    (
        "filename-star-only",
        "Content-Disposition: form-data; name=\"a\"; filename*=UTF-8''b.php",
        "1 a/-=v",
        "1 a/b.php=v",
    ),
    (
        "rfc2231-continuation",
        "Content-Disposition: form-data; name=\"a\"; filename*0=\"b.\"; filename*1=\"php\"",
        "1 a/-=v",
        "1 a/-=v",
    ),
    (
        "part-content-length-0",
        "Content-Disposition: form-data; name=\"a\"\r\nContent-Length: 0",
        "1 a/-=v",
        "1 a/-=v",
    ),
    ("no-cd", "Content-Type: text/plain", "1 -/-=v", "1 -/-=v"),
    ("no-name", "Content-Disposition: form-data", "1 -/-=v", "1 -/-=v"),
    (
        "attachment",
        "Content-Disposition: attachment; name=\"a\"",
        "1 a/-=v",
        "1 a/-=v",
    ),
    (
        "empty-name",
        "Content-Disposition: form-data; name=\"\"",
        "1 -/-=v",
        "1 -/-=v",
    ),
    (
        "nul-in-name",
        "Content-Disposition: form-data; name=\"a\0b\"",
        "reject",
        "reject",
    ),
    (
        "ctl-in-header-name",
        "\u{e}Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"",
        "reject",
        "reject",
    ),
    (
        "space-before-colon",
        "Content-Disposition : form-data; name=\"a\"",
        "reject",
        "reject",
    ),
    (
        "folded",
        "Content-Disposition: form-data;\r\n name=\"a\"",
        "reject",
        "reject",
    ),
    (
        "leading-space-header",
        " Content-Disposition: form-data; name=\"a\"",
        "reject",
        "reject",
    ),
    (
        "ie-path",
        "Content-Disposition: form-data; name=\"a\"; filename=\"C:\\dir\\x.txt\"",
        "1 a/C:\\\\dir\\\\x.txt=v",
        "1 a/C:\\\\dir\\\\x.txt=v",
    ),
    (
        "backslash-end",
        "Content-Disposition: form-data; name=\"a\"; filename=\"C:\\dir\\\"",
        "1 a/-=v",
        "1 a/\\\"C:\\\\dir\\\\\\\"=v",
    ),
    (
        "escaped-quote",
        "Content-Disposition: form-data; name=\"a\"; filename=\"a\\\"b.txt\"",
        "1 a/a\\\"b.txt=v",
        "1 a/a\\\"b.txt=v",
    ),
    (
        "whatwg-22",
        "Content-Disposition: form-data; name=\"a\"; filename=\"a%22b%0D%0A%41.txt\"",
        "1 a/a%22b%0D%0A%41.txt=v",
        "1 a/a\\\"b\\r\\nA.txt=v",
    ),
    (
        "single-quotes",
        "Content-Disposition: form-data; name='a'; filename='x;y'",
        "1 'a'/\\'x=v",
        "1 'a'/\\'x=v",
    ),
    (
        "unquoted",
        "Content-Disposition: form-data; name=a; filename=x y.txt",
        "1 a/x=v",
        "1 a/x y.txt=v",
    ),
    (
        "unterminated-quote",
        "Content-Disposition: form-data; name=\"a; filename=\"b.php\"",
        "1 a; filename=/b.php=v",
        "1 a; filename=/-=v",
    ),
    (
        "case-params",
        "Content-Disposition: form-data; NAME=\"a\"; FileName=\"x\"",
        "1 -/-=v",
        "1 a/x=v",
    ),
];

/// Bodies that are sound, announced otherwise: name, announcement, answers of multer and multra.
const ANNOUNCED: &[(&str, &str, &str, &str)] = &[
    (
        "ct-dup-boundary",
        "multipart/form-data; boundary=B; boundary=C",
        "1 a/-=v",
        "1 a/-=v",
    ),
    (
        "ct-dup-boundary-rev",
        "multipart/form-data; boundary=C; boundary=B",
        "reject",
        "reject",
    ),
    (
        "ct-quoted-semicolon",
        "multipart/form-data; x=\"; boundary=C\"; boundary=B",
        "1 a/-=v",
        "1 a/-=v",
    ),
    (
        "ct-name-begins-like-an-extended-boundary",
        "multipart/form-data; boundary*boundarycharset=utf-8;boundary=\"B\"",
        "1 a/-=v",
        "1 a/-=v",
    ),
    (
        "ct-empty-value",
        "multipart/form-data; B=; x=\"; boundary=C\"; boundary=\"B\"",
        "reject",
        "reject",
    ),
    (
        "ct-single-quoted",
        "multipart/form-data; boundary='B'",
        "reject",
        "reject",
    ),
    (
        "ct-quoted-pair",
        "multipart/form-data; boundary=\"\\B\"",
        "reject",
        "reject",
    ),
    (
        "ct-space-eq",
        "multipart/form-data; boundary = B",
        "reject",
        "reject",
    ),
    (
        "ct-boundary-case",
        "multipart/form-data; BOUNDARY=B",
        "1 a/-=v",
        "1 a/-=v",
    ),
    (
        "ct-boundary-star",
        "multipart/form-data; boundary*=UTF-8''B",
        "reject",
        "reject",
    ),
    ("ct-mixed", "multipart/mixed; boundary=B", "reject", "reject"),
    ("ct-comma", "multipart/form-data, boundary=B", "reject", "reject"),
];

/// All of them.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = HEADS
        .iter()
        .map(|(name, head, multer, multra)| Case {
            name,
            content_type: PLAIN,
            body: [part(head, "v"), CLOSE.to_owned()].concat().into_bytes(),
            multer,
            multra,
        })
        .collect();
    cases.extend(ANNOUNCED.iter().map(|(name, content_type, multer, multra)| Case {
        name,
        content_type,
        body: [a(), CLOSE.to_owned()].concat().into_bytes(),
        multer,
        multra,
    }));
    cases.push(Case {
        name: "latin1-filename",
        content_type: PLAIN,
        body: [
            &b"--B\r\nContent-Disposition: form-data; name=\"a\"; filename=\"\xe9.txt\"\r\n\r\nv\r\n"[..],
            CLOSE.as_bytes(),
        ]
        .concat(),
        multer: "1 a/-=v",
        multra: "1 a/-=v",
    });
    cases.extend(framed().into_iter().map(|(name, body, multer, multra)| Case {
        name,
        content_type: PLAIN,
        body: body.into_bytes(),
        multer,
        multra,
    }));
    cases
}

type Framed = (&'static str, String, &'static str, &'static str);

/// Bodies that differ in their framing or content.
fn framed() -> Vec<Framed> {
    let of = |content: &str| part(NAMED, content) + CLOSE;
    let smuggled = "Content-Disposition: form-data; name=\"b\"\r\n\r\nw";
    let lines = |name, body: String, both| (name, body, both, both);
    vec![
        lines(
            "control",
            part(NAMED, "1") + &part("Content-Disposition: form-data; name=\"b\"", "2") + CLOSE,
            "2 a/-=1b/-=2",
        ),
        lines(
            "part-content-length",
            part(&format!("{NAMED}\r\nContent-Length: 57"), "1")
                + &part("Content-Disposition: form-data; name=\"b\"", "2")
                + CLOSE,
            "2 a/-=1b/-=2",
        ),
        lines("delim-prefix-of-data", of("one\r\n--Bx still one"), "reject"),
        lines(
            "boundary-mid-line",
            of(&format!("before--B\r\n{smuggled}")),
            "1 a/-=before--B\\r\\nConte",
        ),
        lines(
            "bare-LF-delim",
            of(&format!("v\n--B\r\n{smuggled}")),
            "1 a/-=v\\n--B\\r\\nContent-",
        ),
        lines(
            "bare-CR-delim",
            of(&format!("v\r--B\r\n{smuggled}")),
            "1 a/-=v\\r--B\\r\\nContent-",
        ),
        lines("LF-only-all", (a() + CLOSE).replace("\r\n", "\n"), "reject"),
        lines(
            "LF-header-end",
            format!("--B\r\n{NAMED}\n\nv\r\n{CLOSE}"),
            "reject",
        ),
        lines("preamble-line", format!("preamble\r\n{}{CLOSE}", a()), "1 a/-=v"),
        (
            "preamble-boundary-midline",
            format!("x{}{CLOSE}", a()),
            "1 a/-=v",
            "0",
        ),
        lines("preamble-fake-close", format!("{CLOSE}{}{CLOSE}", a()), "0"),
        lines(
            "epilogue-part",
            format!("{}{CLOSE}{}{CLOSE}", a(), b()),
            "1 a/-=v",
        ),
        lines(
            "padding-after-boundary",
            format!("{}{CLOSE}", a().replacen("--B", "--B \t", 1)),
            "1 a/-=v",
        ),
        lines("no-final-crlf", format!("{}--B--", a()), "1 a/-=v"),
        lines("truncated-data", format!("--B\r\n{NAMED}\r\n\r\nv"), "reject"),
        lines("truncated-no-dashes", format!("{}--B", a()), "reject"),
        lines("truncated-one-dash", format!("{}--B-", a()), "reject"),
        lines("empty-body", String::new(), "reject"),
        lines("only-close", CLOSE.to_owned(), "0"),
        lines(
            "bodyless-part",
            format!("--B\r\n{NAMED}\r\n\r\n{}{CLOSE}", b()),
            "1 a/-=--B\\r\\nContent-Dis",
        ),
        lines("no-headers", format!("--B\r\n\r\nv\r\n{CLOSE}"), "reject"),
        lines(
            "cte-base64",
            part(
                &format!("{NAMED}\r\nContent-Transfer-Encoding: base64"),
                "aGVsbG8=",
            ) + CLOSE,
            "1 a/-=aGVsbG8=",
        ),
        lines(
            "nested-mixed",
            part(
                "Content-Disposition: form-data; name=\"f\"\r\nContent-Type: multipart/mixed; boundary=I",
                "--I\r\nContent-Disposition: file; filename=\"x\"\r\n\r\nv\r\n--I--",
            ) + CLOSE,
            "1 f/-=--I\\r\\nContent-Dis",
        ),
        lines(
            "charset-field",
            part("Content-Disposition: form-data; name=\"_charset_\"", "utf-16") + &a() + CLOSE,
            "2 _charset_/-=utf-16a/-=v",
        ),
    ]
}
