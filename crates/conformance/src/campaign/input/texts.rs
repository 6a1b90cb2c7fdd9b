//! Texts that programs trip over.

use fastrand::Rng;

/// Names of files.
pub(super) const FILENAMES: &[&str] = &[
    "",
    " ",
    ".",
    "..",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/shadow",
    "C:\\boot.ini",
    "//host/share/a.png",
    "%2e%2e%2fa.png",
    "a.png%00.php",
    "a.png\r\nX-Injected: 1",
    "a.png\n",
    "a\tb.png",
    "a\"; filename=\"b.php",
    "a\\\".png",
    "a;b=c.png",
    "'; DROP TABLE documents;--.png",
    "<script>alert(1)</script>.png",
    "$(sleep 5).png",
    "`id`.png",
    "|id.png",
    "${jndi:ldap://127.0.0.1/a}.png",
    "#{7*7}.png",
    "%s%s%s%n.png",
    "=cmd|' /C calc'!A0.png",
    "=?utf-8?Q?a=2Epng?=",
    "CON",
    "NUL.png",
    ".htaccess",
    "a.png.exe",
    "a",
    "a.",
    "a.PNG ",
    "\u{202e}gnp.exe",
    "\u{feff}a.png",
    "a\u{2028}b.png",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}.png",
    "領収書.png",
    "ใบเสร็จ.pdf",
    "🧾🧾🧾.jpg",
    "\u{10ffff}.png",
    "\u{80}\u{9f}.png",
    "null",
    "undefined",
    "-rf",
    "~root/.ssh/id_rsa",
];

/// Kinds that are none of the four.
pub(super) const KINDS: &[&str] = &[
    "",
    " ",
    "invoice",
    "DETAILS_OF_PURCHASE",
    "details_of_purchase ",
    "details-of-purchase",
    "details_of_purchase\u{0}",
    "details_of_purchase\r\n",
    "details_of_purchase,proof_of_receipt",
    "[\"details_of_purchase\"]",
    "dеtails_of_purchase",
    "null",
    "0",
    "-1",
    "true",
    "' OR '1'='1",
    "<b>kind</b>",
    "%00",
    "../../etc/passwd",
    "\u{202e}",
    "領収書",
];

/// Values of parameters in queries and headers, such as need no escape there.
pub(super) const VALUES: &[&str] = &[
    "0",
    "-1",
    "1e3",
    "0x10",
    "1.5",
    "NaN",
    "ten",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "340282366920938463463374607431768211456",
    "1,2",
    "1;2",
    "null",
    "true",
    "[]",
    "()",
    "'",
    "\"",
    "%",
    "%00",
    "%zz",
    "\\",
    "<x>",
    "9999-99-99T99:99:99Z",
    "0000-00-00T00:00:00Z",
    "2019-02-30T00:00:00Z",
    "-0001-01-01T00:00:00Z",
    "99999-01-01T00:00:00Z",
    "2019-12-31T23:59:60Z",
    "2019-12-31T12:59:59.999999999999Z",
    "2019-12-31T12:59:59+25:00",
    "chronological,reverse_chronological",
    "CHRONOLOGICAL",
];

/// Segments of paths, written as they are sent.
pub(super) const SEGMENTS: &[&str] = &[
    "%00",
    "%0d%0aX-Injected:1",
    "..",
    "%2e%2e",
    "..%2f..%2fetc%2fpasswd",
    "..;",
    ".git",
    "%",
    "%zz",
    "%ff%fe",
    "%c0%ae%c0%ae",
    "%E2%80%8B",
    "docu_test_",
    "docu_test_%00",
    "docu_test_ABC",
    "docu_live_1",
    "docu_test_1;a=b",
    "docu_test_1.json",
    "-1",
    "0",
    "'",
    "%22",
    "*",
    "~",
    "null",
    "undefined",
    "%F0%9F%A7%BE",
    "$%7Bjndi:ldap:%2F%2F127.0.0.1%7D",
];

/// A text of random letters of one of several sorts. It has no brace, since scenarios refer to values with them.
pub(super) fn any(rng: &mut Rng, most: usize) -> String {
    let length = rng.usize(0..=most);
    let sort = rng.u8(0..7);
    let letter = |rng: &mut Rng| match sort {
        0 => char::from(rng.u8(b'!'..=b'~')),
        1 => char::from(rng.u8(0..=127)),
        2 => rng.char('\u{80}'..='\u{2ff}'),
        3 => rng.char('\u{300}'..='\u{36f}'),
        4 => rng.char('\u{4e00}'..='\u{9fff}'),
        5 => rng.char('\u{1f300}'..='\u{1f9ff}'),
        _ => rng.char(..),
    };
    (0..length)
        .map(|_| letter(rng))
        .filter(|it| !matches!(it, '{' | '}'))
        .collect()
}

/// A name of a file: a form has no way to write most control characters in one, and readers
/// differ in what a backslash is.
pub(super) fn filename(rng: &mut Rng, most: usize) -> String {
    let name = any(rng, most);
    name.chars()
        .filter(|it| !it.is_ascii_control() || matches!(it, '\t' | '\r' | '\n'))
        .filter(|it| *it != '\\')
        .collect()
}

/// A text that can stand in a header's value.
pub(super) fn visible(rng: &mut Rng, most: usize) -> String {
    let length = rng.usize(1..=most.max(1));
    let letters = (0..length).map(|_| char::from(rng.u8(b'!'..=b'~')));
    letters.filter(|it| !matches!(it, '{' | '}' | '\\')).collect()
}

pub(super) fn choose<'t>(rng: &mut Rng, texts: &[&'t str]) -> &'t str {
    rng.choice(texts).copied().unwrap_or_default()
}
