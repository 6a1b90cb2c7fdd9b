use super::*;
use crate::Mode;
use ViolationId::{C01, C02, C03, C04, C05, C06, C07, C08, C09, C10, C11, C12, C13, C14, C15};

/// The boundary, what is told beside it, and why there is none.
type Outcome = (
    Option<String>,
    Vec<(ViolationId, u64)>,
    Option<(ViolationId, u64)>,
);

fn read(mode: Mode, value: &[u8]) -> Outcome {
    let read = ContentType::read(value, &mode.into());
    (
        read.boundary().ok().map(|boundary| boundary.as_str().to_owned()),
        read.diagnoses().iter().map(|it| (it.id, it.offset())).collect(),
        read.boundary().err().map(|it| (it.id, it.offset())),
    )
}

#[test]
fn boundaries_are_read() {
    for (value, wanted) in [
        (&b"multipart/form-data; boundary=abc"[..], "abc"),
        (b"multipart/form-data;boundary=abc", "abc"),
        (b" Multipart/Form-Data ; BOUNDARY=\"a b\" ; ", "a b"),
        (
            b"multipart/form-data; charset=utf-8; boundary=----x/y:z",
            "----x/y:z",
        ),
        (
            b"multipart/form-data; x=\"; boundary=evil\"; boundary=good",
            "good",
        ),
        (
            b"multipart/form-data; x=\"\\\"; boundary=evil\"; boundary=good",
            "good",
        ),
        (b"multipart/form-data; boundary='abc'", "'abc'"),
    ] {
        assert_eq!(read(Mode::Lenient, value).0.as_deref(), Some(wanted));
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place() {
    for (value, wanted, offset) in [
        (&b"multipart/mixed; boundary=abc"[..], C01, 0),
        (b"multipart/form-datax; boundary=abc", C01, 0),
        (b"", C01, 0),
        (b"multipart/form-data", C02, 19),
        (b"multipart/form-data; boundaryx=a", C02, 32),
        (b"multipart/form-data; boundary=", C03, 30),
        (b"multipart/form-data; boundary=\"\"", C03, 31),
        (b"multipart/form-data; boundary=a\x00b", C05, 31),
        (b"multipart/form-data; boundary=a\xffb", C05, 31),
        (b"multipart/form-data; boundary=\"a \"", C06, 32),
        (b"multipart/form-data; boundary=a; boundary=a", C07, 33),
        (b"multipart/form-data; boundary*=a", C08, 21),
        (b"multipart/form-data; boundary*0=a", C08, 21),
        (b"multipart/form-data; boundary*10*=a", C08, 21),
        (b"multipart/form-data; boundary*x=a", C02, 33),
        (b"multipart/form-data; boundary =a", C09, 29),
        (b"multipart/form-data; boundary= a", C09, 30),
        (b"multipart/form-data, boundary=a", C10, 19),
        (b"multipart/form-data boundary=a", C10, 20),
        (b"multipart/form-data; boundary=a, x", C10, 31),
        (b"multipart/form-data; boundary=\"a", C10, 30),
        (b"multipart/form-data; boundary=\"a\\", C10, 30),
        (b"multipart/form-data; boundary=\"a\"b", C10, 33),
        (b"multipart/form-data; boundary", C10, 29),
        (b"multipart/form-data; =a", C10, 21),
        (b"multipart/form-data;; boundary=a", C10, 20),
        (b"multipart/form-data; boundary=a;;", C10, 32),
        (b"multipart/form-data; boundary=\"a\\b\"", C11, 32),
    ] {
        let error = read(Mode::Strict, value).2;
        assert_eq!(error, Some((wanted, offset)), "{}", value.escape_ascii());
    }
    let long = [&b"multipart/form-data; boundary="[..], &[b'a'; 71]].concat();
    let error = ContentType::read(&long, &Mode::Strict.into())
        .boundary()
        .unwrap_err();
    assert_eq!(
        (error.id, error.span, error.found.as_bytes().len()),
        (C04, 30..101, 32)
    );
}

#[test]
fn what_has_one_reading_is_read_leniently() {
    let long = format!("multipart/form-data; boundary={}", "a".repeat(256));
    for (value, wanted, id, offset) in [
        (&long[..], &*"a".repeat(256), C04, 30),
        ("multipart/form-data; boundary=a#b", "a#b", C05, 31),
        ("multipart/form-data; boundary =a", "a", C09, 29),
        ("multipart/form-data; boundary= a", "a", C09, 30),
        ("multipart/form-data; boundary=a:b", "a:b", C12, 31),
        ("multipart/form-data; boundary='a'", "'a'", C13, 30),
        ("multipart/form-data; charset=utf-8; boundary=a", "a", C14, 21),
        ("multipart/form-data; boundary=---", "---", C15, 30),
    ] {
        let (boundary, found, error) = read(Mode::Lenient, value.as_bytes());
        assert_eq!((boundary.as_deref(), error), (Some(wanted), None), "{value}");
        assert_eq!(found, [(id, offset)], "{value}");
    }
    let longer = long + "a";
    assert_eq!(read(Mode::Lenient, longer.as_bytes()).2, Some((C04, 30)));
    assert_eq!(
        read(Mode::Lenient, b"multipart/form-data; boundary=a\x00b").2,
        Some((C05, 31))
    );
}

#[test]
fn one_who_observes_takes_the_first_boundary() {
    for (value, wanted, ids) in [
        (&b"multipart/mixed, x; boundary=a"[..], "a", &[C01][..]),
        (
            b"multipart/form-data, x; boundary=a; boundary=b",
            "a",
            &[C10, C07],
        ),
        (
            b"multipart/form-data; boundary*0=x; =; boundary=\"a\\b\"",
            "ab",
            &[C08, C10, C11],
        ),
        (b"multipart/form-data; boundary=\"a ", "a ", &[C10, C06]),
    ] {
        let (boundary, found, error) = read(Mode::Observe, value);
        assert_eq!(
            (boundary.as_deref(), error),
            (Some(wanted), None),
            "{}",
            value.escape_ascii()
        );
        assert_eq!(
            found.iter().map(|it| it.0).collect::<Vec<_>>(),
            ids,
            "{}",
            value.escape_ascii()
        );
    }
    assert_eq!(read(Mode::Observe, b"multipart/form-data").2, Some((C02, 19)));
}

#[test]
fn each_finding_spans_what_is_wrong() {
    let many = format!("multipart/form-data; boundary=‹{}b›; x=y", "-".repeat(32));
    let long = format!("multipart/form-data; boundary=\"‹{}›\"", "b".repeat(71));
    for (id, value) in [
        (C01, " ‹multipart/mixed x›; boundary=b"),
        (C01, "‹multipart/form-data/›; boundary=b"),
        (C02, "multipart/form-data; x=y‹›"),
        (C03, "multipart/form-data; boundary=\"‹›\"; x=y"),
        (C03, "multipart/form-data; boundary=‹›; x=y"),
        (C04, &long),
        (C05, "multipart/form-data; boundary=a‹#›#b"),
        (C05, "multipart/form-data; boundary=a‹\0›\0b"),
        (C05, "multipart/form-data; boundary=\"a‹¿›\""),
        (C06, "multipart/form-data; boundary=\"a ‹ ›\"; x=y"),
        (C07, "multipart/form-data; boundary=a; ‹boundary=\"b\"›; x=y"),
        (C08, "multipart/form-data; boundary=a; ‹boundary*0=b›; x=y"),
        (C09, "multipart/form-data; boundary‹ \t= ›a; x=y"),
        (C09, "multipart/form-data; boundary=‹ ›a; x=y"),
        (C09, "multipart/form-data; boundary‹ =›a; x=y"),
        (C10, "multipart/form-data‹, boundary=a›; boundary=b"),
        (C10, "multipart/form-data; boundary=a; x ‹y=z›; x=y"),
        (C10, "multipart/form-data; boundary=a; ‹=z›; x=y"),
        (C10, "multipart/form-data; boundary=‹\"a›"),
        (C10, "multipart/form-data; boundary=‹\"a\\›"),
        (C10, "multipart/form-data; boundary=‹\"a\\\"›"),
        (C11, r#"multipart/form-data; boundary="a‹\b›\c"; x=y"#),
        (C11, r#"multipart/form-data; boundary="a‹\›"#),
        (C12, "multipart/form-data; boundary=a‹:›:b; x=y"),
        (C13, "multipart/form-data; boundary=‹'b'›; x=y"),
        (C14, "multipart/form-data; boundary=b; ‹x=\"y\"›; "),
        (C15, "multipart/form-data; boundary=‹--›"),
        (C15, &many),
    ] {
        let (bytes, span) = crate::malform::marked(value);
        let read = ContentType::read(&bytes, &Mode::Observe.into());
        let mut said = read.diagnoses().to_vec();
        said.extend(read.boundary().err());
        let of_id: Vec<_> = said.iter().filter(|it| it.id == id && it.span == span).collect();
        assert_eq!(of_id.len(), 1, "{value}: {said:?}");
        let start = usize::try_from(span.start).unwrap();
        assert!(bytes[start..].starts_with(of_id[0].found.as_bytes()), "{value}");
    }
    for fine in [
        "-".repeat(31) + "b",
        "b".repeat(70),
        "'b".to_owned(),
        "\"a b\"".to_owned(),
    ] {
        let value = format!("multipart/form-data; boundary={fine}");
        assert_eq!(read(Mode::Observe, value.as_bytes()).1, [], "{fine}");
    }
}
