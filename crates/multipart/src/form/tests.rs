use super::*;

fn boundary() -> Boundary {
    Boundary::new("b").unwrap()
}

#[test]
fn a_form_is_written_byte_for_byte() {
    let form = Form::new()
        .text("a\"\r\nb", "1")
        .file("f", "", None, b"\r\n")
        .part(
            Part::new("x", "")
                .without_name()
                .filename("n")
                .header("X-A", "b\tc"),
        )
        .part(
            Part::new("y", "z")
                .without_disposition()
                .content_type("text/plain"),
        );
    let wanted = "--b\r\nContent-Disposition: form-data; name=\"a%22%0D%0Ab\"\r\n\r\n1\
                  \r\n--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\n\r\n\r\n\
                  \r\n--b\r\nContent-Disposition: form-data; filename=\"n\"\r\nX-A: b\tc\r\n\r\n\
                  \r\n--b\r\nContent-Type: text/plain\r\n\r\nz\
                  \r\n--b--\r\n";
    assert_eq!(
        String::from_utf8(form.to_vec(&boundary()).unwrap()).unwrap(),
        wanted
    );
    assert_eq!(form.content_length(&boundary()), wanted.len() as u64);
    assert_eq!(Form::new().to_vec(&boundary()).unwrap(), b"--b--\r\n");
}

#[test]
fn what_would_break_out_is_refused() {
    let control = |what, byte, offset| FormError::ControlByte {
        part: 1,
        what,
        byte,
        offset,
    };
    for (name, part, wanted) in [
        (
            "boundary",
            Part::new("n", "x--b"),
            FormError::BoundaryOccurs { part: 1, offset: 1 },
        ),
        ("NUL in name", Part::new("a\0", ""), control("name", 0, 1)),
        (
            "escape in filename",
            Part::new("n", "").filename("\x1b"),
            control("filename", 0x1b, 0),
        ),
        (
            "CR in type",
            Part::new("n", "").content_type("a/b\r\nX: y"),
            control("content type", b'\r', 3),
        ),
        (
            "LF in header",
            Part::new("n", "").header("X", "a\nb"),
            control("header", b'\n', 1),
        ),
        (
            "line break in header name",
            Part::new("n", "").header("X\r\nY", ""),
            FormError::HeaderName {
                part: 1,
                name: "X\r\nY".into(),
            },
        ),
        (
            "disposition as a header",
            Part::new("n", "").header("content-Disposition", "form-data; name=admin"),
            FormError::ReservedHeader {
                part: 1,
                name: "content-Disposition".into(),
            },
        ),
        (
            "header that begins like the boundary",
            Part::new("n", "").header("--b--", "x"),
            FormError::ReservedHeader {
                part: 1,
                name: "--b--".into(),
            },
        ),
    ] {
        let form = Form::new().text("first", "").part(part);
        assert_eq!(form.to_vec(&boundary()), Err(wanted), "{name}");
    }
}

#[test]
fn a_backslash_that_readers_disagree_on_is_refused() {
    let refused = |part, what, offset| Err(FormError::Backslash { part, what, offset });
    for (name, filename, wanted) in [
        ("pair", r"\\server\share", refused(0, "filename", 0)),
        ("pair in the middle", r"a\\b", refused(0, "filename", 1)),
        ("end", r"C:\", refused(0, "filename", 2)),
        ("path", r"C:\fakepath\a.png", Ok(())),
        ("before a quote", "\\\"", Ok(())),
    ] {
        let form = Form::new().file("file", filename, None, "");
        assert_eq!(form.to_vec(&boundary()).map(|_| ()), wanted, "{name}");
    }
    let form = Form::new().text("first", "").text("\\", "");
    assert_eq!(form.plan().map(|_| ()), refused(1, "name", 0));
}

#[test]
fn line_breaks_are_normalized_only_on_request() {
    let form = Form::new()
        .text("a\nb\r", "\r\n\n\r\r\n\n")
        .file("f", "x\ny", None, "\n");
    let body = String::from_utf8(form.to_vec(&boundary()).unwrap()).unwrap();
    assert!(
        body.contains("name=\"a%0Ab%0D\"\r\n\r\n\r\n\n\r\r\n\n\r\n--b"),
        "{body:?}"
    );

    let body = form.normalize_newlines().to_vec(&boundary()).unwrap();
    let body = String::from_utf8(body).unwrap();
    let wanted = "name=\"a%0D%0Ab%0D%0A\"\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n--b";
    assert!(body.contains(wanted), "{body:?}");
    assert!(body.contains("filename=\"x%0Ay\"\r\n\r\n\n\r\n--b"), "{body:?}");
    for (content, wanted) in [
        ("\n", "\r\n"),
        ("\r", "\r\n"),
        ("a\n", "a\r\n"),
        ("\r\n", "\r\n"),
        ("\n\r", "\r\n\r\n"),
    ] {
        let form = Form::new().text("n", content).normalize_newlines();
        assert_eq!(form.parts()[0].content(), wanted.as_bytes(), "{content:?}");
    }
}

#[test]
fn a_streamed_part_has_one_content() {
    let form = Form::streaming()
        .text("first", "")
        .streamed(Part::new("n", "12"), &b""[..], None);
    assert_eq!(
        form.plan().map(|_| ()),
        Err(FormError::TwoContents { part: 1, bytes: 2 })
    );
}

#[test]
fn a_boundary_that_occurs_is_drawn_again_until_patience_ends() {
    let form = Form::new().text("first", "").text("n", "x--b0, --b1");
    let mut drawn = 0;
    let plan = form.clone().plan_drawing(|| {
        drawn += 1;
        Boundary::new(&format!("b{}", drawn - 1)).unwrap()
    });
    assert_eq!((plan.unwrap().boundary().as_str(), drawn), ("b2", 3));

    let mut drawn = 0;
    let plan = form.plan_drawing(|| {
        drawn += 1;
        Boundary::new("b1").unwrap()
    });
    assert_eq!(
        (plan.map(|_| ()), drawn),
        (Err(FormError::BoundaryOccurs { part: 1, offset: 7 }), DRAWS)
    );
}

#[test]
fn each_plan_has_a_boundary_of_its_own() {
    let form = Form::new().text("n", "");
    let [one, other] = [form.clone(), form].map(|form| *form.plan().unwrap().boundary());
    assert_ne!(one, other);
}

#[test]
fn forms_are_equal_when_they_say_the_same() {
    let form = |content: &str| Form::new().text("n", content);
    let shared = |content: &'static str| Form::new().part(Part::shared("n", bytes::Bytes::from(content)));
    assert!(form("a") == form("a") && form("a") == shared("a"));
    assert!(form("a") != form("b") && form("a") != shared("b"));
}
