//! Requests with a form in them: mostly sound, with the flaws that readers disagree on.

use arbitrary::{Arbitrary, Result, Unstructured};

use super::below;

/// A request, as far as a reader of forms sees it.
#[derive(Clone, Debug)]
pub struct Request {
    /// The value of `Content-Type`.
    pub content_type: Vec<u8>,
    /// The body.
    pub body: Vec<u8>,
}

const CONTENT_TYPES: &[&str] = &[
    "multipart/form-data; boundary=B",
    "multipart/form-data; boundary=\"B\"",
    "Multipart/Form-Data;BOUNDARY=B",
    "multipart/form-data; charset=utf-8; boundary=B",
    "multipart/form-data; boundary=B; boundary=C",
    "multipart/form-data; boundary=C; boundary=B",
    "multipart/form-data; boundary='B'",
    "multipart/form-data; boundary=\"\\B\"",
    "multipart/form-data; boundary = B",
    "multipart/form-data; boundary*=UTF-8''B",
    "multipart/form-data, boundary=B",
    "multipart/form-data; x=\"; boundary=C\"; boundary=B",
    "multipart/form-data; boundary=\"B \"",
    "multipart/form-data; boundary=B;",
    "multipart/form-data ; boundary=B",
    "multipart/form-data; x=a/b; boundary=B",
    "multipart/mixed; boundary=B",
    "multipart/form-data",
];

const OPENINGS: &[&str] = &[
    "--B",
    "\r\n--B",
    "preamble\r\n--B",
    "x--B",
    "\n--B",
    "--B--\r\n--B",
    "--C\r\n--B",
];

const LINE_ENDS: &[&str] = &[
    "\r\n", " \t\r\n", "x\r\n", "\n", "\r", "--\r\n", "- \r\n", "\r\r\n", "\r\n\r\n",
];

const LINES: &[&str] = &[
    "Content-Type: text/plain\r\n",
    "content-type: IMAGE/png; charset=utf-8\r\n",
    "X-Other: a;b=\"c\"\r\n",
    "Content-Length: 1\r\n",
    "Content-Transfer-Encoding: base64\r\n",
    "Content-Transfer-Encoding: 8bit\r\n",
    "Content-Disposition: form-data; name=\"second\"\r\n",
    "Content-Type: multipart/mixed; boundary=I\r\n",
    "Content-Type: nonsense\r\n",
    "Content-Type : text/plain\r\n",
    " Folded: yes\r\n",
    "\tfolded\r\n",
    "no colon\r\n",
    ": no name\r\n",
    "X: a\nY: b\r\n",
    "X: \0\r\n",
    "X: \u{e9}\r\n",
    "X(: y\r\n",
    "X: y\n",
];

const PARAMETERS: &[&str] = &[
    "; filename=\"x.txt\"",
    "; filename=\"\"",
    "; filename=\"x; name=evil\"",
    "; x=\"; filename=evil.php; \"",
    "; filename=x",
    "; filename=x y",
    "; filename=x/y",
    "; filename='x'",
    "; filename=\"a\\\"b\"",
    "; filename=\"C:\\dir\\x\"",
    "; filename=\"C:\\dir\\\"",
    "; filename=\"a\\\\\"",
    "; filename=\"%22%41%zz\"",
    "; filename=\"%c3%a9%41\"",
    "; filename=\"\u{e9}\"",
    "; filename*=UTF-8''a%20b",
    "; filename*=b.php",
    "; filename*0=\"b.\"; filename*1=\"php\"",
    "; name=\"again\"",
    "; FileName=\"x\"",
    "; filename=\"a.jpg\".html",
    "; filename=\"open",
    "; x",
    "; x=",
    ";",
    " ; y=\"\t\"",
    "; filename = \"x\"",
    "; filename=\"../x\"",
    "; filename=\"name=\"",
    "; filename=\"\u{1}\"",
];

const DISPOSITIONS: &[&str] = &[
    "Content-Disposition: form-data; name=\"a\"",
    "Content-Disposition: form-data; name=\"b\"",
    "content-disposition: Form-Data; NAME=\"a\"",
    "Content-Disposition: form-data; name=a",
    "Content-Disposition: form-data; name=\"\"",
    "Content-Disposition: form-data",
    "Content-Disposition: attachment; name=\"a\"",
    "Content-Disposition:form-data;name=\"a\"",
    "Content-Disposition: form-data;\r\n name=\"a\"",
    "Content-Disposition : form-data; name=\"a\"",
    "Content-Type: text/plain",
    "Content-Disposition: form-data; name='a'",
    "Content-Disposition: \tform-data; name=\"a\" ",
];

const CONTENTS: &[&str] = &[
    "v",
    "",
    "\r\n",
    "\r\n--",
    "\r\n--C\r\n",
    "one\r\n--Bx two",
    "before--B\r\nafter",
    "v\n--B\r\nContent-Disposition: form-data; name=\"c\"\r\n\r\nw",
    "v\r--B--",
    "\r\r\n",
    "--B",
    "\0\u{e9}",
    "\r\n-\r\n--\r",
];

const CLOSINGS: &[&str] = &[
    "\r\n--B--\r\n",
    "\r\n--B--",
    "\r\n--B-- \r\n",
    "\r\n--B--\r\n\r\n",
    "\r\n--B--epilogue",
    "\r\n--B--\r\n--B\r\n",
    "\r\n--B-",
    "\r\n--B",
    "\r\n",
    "--B--\r\n",
    "\n--B--\n",
    "",
];

impl<'a> Arbitrary<'a> for Request {
    /// A request of up to four parts; a source that is used up makes a sound one.
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let content_type = mostly(u, CONTENT_TYPES)?.into();
        let mut body = String::from(mostly(u, OPENINGS)?);
        let parts = below(u, 4)? + 1;
        for index in 0..parts {
            if index > 0 {
                body.push_str(mostly(u, &["\r\n--B", "\n--B", "--B", "\r\n--B--\r\n--B"])?);
            }
            body.push_str(mostly(u, LINE_ENDS)?);
            if below(u, 8)? == 1 {
                body.push_str(u.choose(LINES)?);
            }
            body.push_str(mostly(u, DISPOSITIONS)?);
            for _ in 0..below(u, 3)? {
                body.push_str(u.choose(PARAMETERS)?);
            }
            body.push_str("\r\n");
            if below(u, 4)? == 1 {
                body.push_str(u.choose(LINES)?);
            }
            body.push_str(mostly(u, &["\r\n", "\n", "", "\r\n\r\n", " \r\n"])?);
            body.push_str(u.choose(CONTENTS)?);
        }
        body.push_str(mostly(u, CLOSINGS)?);
        let mut body = body.into_bytes();
        // Once in a while a byte goes, or comes: what nobody thought of.
        if below(u, 8)? == 1 {
            let at = u.choose_index(body.len())?;
            match below(u, 3)? {
                0 => body[at] = u.arbitrary()?,
                1 => body.insert(at, u.arbitrary()?),
                _ => body.truncate(at),
            }
        }
        Ok(Self { content_type, body })
    }
}

/// The first choice nine times in ten.
fn mostly(u: &mut Unstructured<'_>, choices: &[&'static str]) -> Result<&'static str> {
    if u.arbitrary::<u8>()? < 230 {
        Ok(choices[0])
    } else {
        u.choose(choices).copied()
    }
}
