//! Bytes that no HTTP library sends: framings, chunks and heads that are wrong, too long or there twice.
//!
//! All of them end with the sending side closed, so that nobody waits for more; and an endpoint may close without an
//! answer. What comes behind a request is never a request: it must not reach another client through a proxy.

use rebuttal_model::clause::{http, upload as clauses};

use super::any;
use crate::scenario::{RawBytes, Step, Then};

/// A form without a file, which nobody stores.
const FORM: &str = "--b\nContent-Disposition: form-data; name=\"kind\"\n\ndetails_of_purchase\n--b--\n";

/// Headers in place of `Content-Length`, and the body under them.
const LENGTHS: &[&str] = &[
    "Content-Length: LENGTH\nContent-Length: LENGTH",
    "Content-Length: LENGTH\nContent-Length: 5",
    "Content-Length: LENGTH, LENGTH",
    "Content-Length: 5",
    "Content-Length: 5000",
    "Content-Length: 0",
    "Content-Length: -1",
    "Content-Length: +LENGTH",
    "Content-Length: 0xff",
    "Content-Length: 1e2",
    "Content-Length:",
    "Content-Length: 18446744073709551615",
    "Content-Length: 18446744073709551616",
    "Content-Length: 99999999999",
    "Content-Length: 000000000000000000000000LENGTH",
    "Content-Length : LENGTH",
    "Transfer-Encoding: identity",
    "Transfer-Encoding: gzip",
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding:",
    "X-None: 1",
];

/// Bodies in chunks, nearly.
const CHUNKS: &[&str] = &[
    "0\n\n",
    "FORMSIZE\nFORM\n0\n\n",
    "FORMSIZE;a=b;c=\"d\"\nFORM\n0\n\n",
    "FORMSIZE ; a\nFORM\n0\n\n",
    "0x5\nabcde\n0\n\n",
    "+5\nabcde\n0\n\n",
    "-1\n\n0\n\n",
    "ffffffffffffffff\nabcde\n0\n\n",
    "10000000000000000\nabcde\n0\n\n",
    "7fffffffffffffff\nabcde\n0\n\n",
    "g\nabcde\n0\n\n",
    "\n\n\n",
    "5\nabc\n0\n\n",
    "3\nabcde\n0\n\n",
    "5\nabcde0\n\n",
    "5\nabcde\n",
    "5\nabcde\n0\n",
    "5\nabcde\n0\nX-Trailer: 1\nContent-Length: 3\n\n",
    "5\nabcde\n0\nno colon\n\n",
    "00000000000000000000000000000005\nabcde\n0\n\n",
];

/// Encodings over a good body in chunks.
const ENCODINGS: &[&str] = &[
    "Transfer-Encoding: chunked\nContent-Length: 5",
    "Content-Length: 5\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked, chunked",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: CHUNKED",
    "Transfer-Encoding:\tchunked",
    "Transfer-Encoding : chunked",
    "Transfer-Encoding: \"chunked\"",
    "Transfer-Encoding: chunked;q=1",
    "Transfer-Encoding:\n chunked",
    "X-Before: 1\n Transfer-Encoding: chunked",
];

/// First lines.
const LINES: &[&str] = &[
    "GET PATH HTTP/1.0",
    "GET PATH HTTP/1.9",
    "GET PATH HTTP/3.7",
    "GET PATH HTTP/99999999999.1",
    "GET PATH http/1.1",
    "GET PATH HTTP/1.1 more",
    "GET PATH  HTTP/1.1",
    "GET  PATH HTTP/1.1",
    "GET\tPATH\tHTTP/1.1",
    " GET PATH HTTP/1.1",
    "\n\n\nGET PATH HTTP/1.1",
    "GET PATH/领収 HTTP/1.1",
    "GET PATH/a b HTTP/1.1",
    "GET PATH#fragment HTTP/1.1",
    "GET PATH\\..\\.. HTTP/1.1",
    "GET PATH/\u{0} HTTP/1.1",
    "GET PATH/<x>\"'^`| HTTP/1.1",
    "GET disputes HTTP/1.1",
    "GET http://{{host}}PATH HTTP/1.1",
    "GET http://user:word@{{host}}PATH HTTP/1.1",
    "GET http:// HTTP/1.1",
    "GET * HTTP/1.1",
    "OPTIONS * HTTP/1.1",
    "G\u{0}T PATH HTTP/1.1",
    "GÉT PATH HTTP/1.1",
    "(GET) PATH HTTP/1.1",
];

/// Lines of a head beside the usual ones; the first of them is `Host`.
const HEADS: &[&str] = &[
    "",
    "Host:",
    "Host: {{host}}\nHost: {{host}}",
    "Host: {{host}}\nHost: other.example",
    "Host: a b",
    "Host: {{host}}:0",
    "Host: [::1",
    "Host: a@{{host}}",
    "Host: {{host}}\nno colon",
    "Host: {{host}}\n: no name",
    "Host: {{host}}\nX Y: 1",
    "Host: {{host}}\nX-Odd : 1",
    "Host: {{host}}\nX-Folded: a\n b\n\tc",
    "Host: {{host}}\nX-Nul: a\u{0}b",
    "Host: {{host}}\nX-Bell: \u{7}",
    "Host: {{host}}\nX-Letters: 領収書",
    "Host: {{host}}\nX-(): 1",
    "Host: {{host}}\nAuthorization: {{authorization}}",
    "Host: {{host}}\nAuthorization: Basic Og==",
    "Host: {{host}}\nOmise-Version: 2019-05-29\nOmise-Version: 2017-11-02",
    "Host: {{host}}\nAccept: a\nAccept: b\nAccept: c",
    "Host: {{host}}\nConnection: keep-alive, close, host",
    "Host: {{host}}\nConnection: authorization",
    "Host: {{host}}\nUpgrade: h2c, websocket",
    "Host: {{host}}\nExpect: the-unexpected",
    "Host: {{host}}\nExpect: 100-continue, 200-ok",
    "Host: {{host}}\nTE: trailers\nTrailer: Authorization",
    "Host: {{host}}\nContent-Length: 3",
];

const PATH: &str = "{{prefix}}/disputes/{{main}}/documents";

const USUAL: &str = "Authorization: {{authorization}}\nConnection: close";

pub(super) fn catalogue() -> Vec<(&'static str, Vec<Step>)> {
    let mut all = Vec::new();
    let mut add = |family, step| all.push((family, vec![step]));
    for length in LENGTHS {
        add("framing", posting(length, FORM));
    }
    for encoding in ENCODINGS {
        add("framing", posting(encoding, "5\nabcde\n0\n\n"));
    }
    for chunks in CHUNKS {
        add("chunks", in_chunks(chunks));
    }
    add(
        "chunks",
        in_chunks(&format!("5;{}\nabcde\n0\n\n", "a".repeat(20_000))),
    );
    add(
        "chunks",
        in_chunks(&format!("{}\nabcde\n0\n\n", "0".repeat(20_000))),
    );
    add("chunks", in_chunks(&("1\na\n".repeat(5_000) + "0\n\n")));
    add(
        "chunks",
        in_chunks(&format!("5\nabcde\n0\n{}\n", "X-Trailer: 1\n".repeat(1_000))),
    );
    for line in LINES {
        let head = format!("{}\nHost: {{{{host}}}}\n{USUAL}\n\n", line.replace("PATH", PATH));
        add("line", raw(vec![head]));
    }
    for length in [300, 20_000, 200_000] {
        let long = "A".repeat(length);
        add("line", getting(&format!("{long} {PATH}"), "Host: {{host}}"));
        add("line", getting(&format!("GET {PATH}/{long}"), "Host: {{host}}"));
        add("head", getting(&format!("GET {PATH}"), &format!("Host: {long}")));
        add(
            "head",
            getting(
                &format!("GET {PATH}"),
                &format!("Host: {{{{host}}}}\nX-Long: {long}"),
            ),
        );
    }
    for count in [99, 150, 3_000] {
        let lines: Vec<_> = (0..count).map(|index| format!("\nX-{index}: {index}")).collect();
        let many = lines.concat();
        add(
            "head",
            getting(&format!("GET {PATH}"), &format!("Host: {{{{host}}}}{many}")),
        );
    }
    for head in HEADS {
        add("head", getting(&format!("GET {PATH}"), head));
    }
    let head = format!("GET {PATH} HTTP/1.1\nHost: {{{{host}}}}\n{USUAL}");
    add("head", raw(vec![head.clone()]));
    add("head", raw(vec![head.clone() + "\n"]));
    let slowly = head.split('\n').map(|line| format!("{line}\n"));
    let mut slow = raw(slowly.chain(["\n".to_owned()]).collect());
    if let Some(send) = &mut slow.send {
        send.gap_ms = Some(80);
    }
    add("head", slow);
    all
}

pub(super) fn getting(line: &str, head: &str) -> Step {
    let head = if head.is_empty() {
        String::new()
    } else {
        format!("{head}\n")
    };
    raw(vec![format!("{line} HTTP/1.1\n{head}{USUAL}\n\n")])
}

pub(super) fn posting(framing: &str, body: &str) -> Step {
    let length = FORM.replace('\n', "\r\n").len().to_string();
    let framing = framing.replace("LENGTH", &length);
    let head = format!(
        "POST {PATH} HTTP/1.1\nHost: {{{{host}}}}\n{USUAL}\nContent-Type: multipart/form-data; boundary=b\n{framing}\n\n"
    );
    Step {
        clause: Some(clauses::BROKEN_MULTIPART.id.to_owned()),
        ..raw(vec![head + body])
    }
}

pub(super) fn in_chunks(body: &str) -> Step {
    let size = format!("{:x}", FORM.replace('\n', "\r\n").len());
    let body = body.replace("FORMSIZE", &size).replace("FORM", FORM);
    posting("Transfer-Encoding: chunked", &body)
}

fn raw(pieces: Vec<String>) -> Step {
    Step {
        send: Some(RawBytes {
            pieces,
            gap_ms: None,
            then: Some(Then::HalfClose),
            stall_ms: None,
            may_close: true,
        }),
        ..any(&http::KEEP_ALIVE)
    }
}
