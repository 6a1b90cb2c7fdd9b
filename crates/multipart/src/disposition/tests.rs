use super::*;
use crate::{Mode, Severity, Text};
use ViolationId::{
    D02, D03, D04, D05, D06, D07, D08, D09, D10, D11, D12, D13, D14, D15, D16, D17, D18, D19, D20, D21, D22,
    D23, D24, D25, D27, D29, D30, H09,
};

fn is_error(id: ViolationId) -> bool {
    id.severity(Mode::Lenient) == Some(Severity::Error)
}

type Read = (Option<String>, Option<String>, Vec<(ViolationId, usize)>);

/// Name, filename and every finding, going on wherever the reader can.
fn read(value: &str) -> Read {
    let mut found = Vec::new();
    let line = value.as_bytes();
    let disposition = parse(
        line,
        0..line.len(),
        &Limits::default(),
        &mut Vec::new(),
        &mut |id: ViolationId, span: Range<usize>| {
            found.push((id, span.start));
            !id.is_hard()
        },
    )
    .unwrap_or_default();
    let text =
        |spot: Option<Spot>| spot.map(|s| Text::decode(&line[s.raw], s.decoding, 0).as_str().to_owned());
    (text(disposition.name), text(disposition.filename), found)
}

#[test]
fn values_are_read() {
    for (value, name, filename, findings) in [
        (r#"form-data; name="file""#, "file", None, vec![]),
        (r#"form-data;name=file;filename="""#, "file", Some(""), vec![]),
        (
            r#"Form-Data ; NAME="a" ; x="; name=evil""#,
            "a",
            None,
            vec![(D27, 12), (D30, 26), (D23, 23)],
        ),
        (
            r#"form-data; name="a;b=c; filename=x""#,
            "a;b=c; filename=x",
            None,
            vec![(D30, 17)],
        ),
        (
            r#"form-data; filename="a\"b"; name="n""#,
            "n",
            Some("a\"b"),
            vec![(D15, 22)],
        ),
        (
            r#"form-data; name="n"; filename="C:\dir\x.txt""#,
            "n",
            Some(r"C:\dir\x.txt"),
            vec![(D16, 33), (D20, 31)],
        ),
        (
            r#"form-data; name="n"; filename="%22a%22""#,
            "n",
            Some("%22a%22"),
            vec![(D18, 31)],
        ),
        (
            r#"form-data; name="n"; filename="=?utf-8?B?YQ==?=""#,
            "n",
            Some("=?utf-8?B?YQ==?="),
            vec![(D21, 31)],
        ),
        ("form-data; name='n'", "'n'", None, vec![(D14, 16)]),
        (r#"form-data; name="""#, "", None, vec![(D04, 17)]),
        (r#"form-data; name="name=x""#, "name=x", None, vec![]),
        (r#"form-data; name="; id=x""#, "; id=x", None, vec![]),
        (r#"form-data; name="=?=""#, "=?=", None, vec![]),
        (r#"form-data; name="=??=""#, "=??=", None, vec![]),
        (r#"form-data; name="=???=""#, "=???=", None, vec![(D21, 17)]),
        (
            "form-data; name=n; filename*=UTF-8''%C3%A9",
            "n",
            Some("é"),
            vec![(D07, 19)],
        ),
        (
            "form-data; name=n; filename*=UTF-8''a%0Db",
            "n",
            Some("a\rb"),
            vec![(D07, 19), (D19, 29)],
        ),
        (
            "form-data; name=n; filename=a; filename*=UTF-8''a",
            "n",
            Some("a"),
            vec![(D07, 31)],
        ),
    ] {
        assert_eq!(
            read(value),
            (Some(name.into()), filename.map(Into::into), findings),
            "{value}"
        );
    }
}

#[test]
fn what_has_no_one_reading_is_refused_with_its_place() {
    let many = format!("form-data; name=n{}", "; x=y".repeat(16));
    let long = format!("form-data; name=n; filename={}", "a".repeat(1025));
    let huge = format!("form-data; name=n; x=\"{}\"", "a".repeat(1536));
    for (value, id, at) in [
        ("", D02, 0),
        ("attachment; name=n", D02, 0),
        ("form-data/x; name=n", D02, 0),
        ("form-data", D03, 0),
        ("form-data; filename=x", D03, 0),
        ("form-data; name=a; name=b", D05, 19),
        ("form-data; name=a; filename=b; filename=b", D06, 31),
        (
            "form-data; name=a; filename*=utf-8''b; filename*=utf-8''b",
            D06,
            39,
        ),
        ("form-data; name=n; filename=a; filename*=UTF-8''b", D08, 31),
        ("form-data; name=n; filename*=UTF-8''%zz", D09, 36),
        ("form-data; name=n; filename*=\"UTF-8''a\"", D09, 29),
        ("form-data; name=n; filename*0=a", D10, 19),
        ("form-data; name*0*=utf-8''n", D10, 11),
        ("form-data; name=n; name*=utf-8''m", D10, 19),
        ("form-data; name=n; filename*=utf-8''a%1b", H09, 29),
        ("form-data; name=n; filename=a@b", D11, 29),
        ("form-data; name=n; filename=é", D11, 28),
        ("form-data; name=\"n", D12, 16),
        (r#"form-data; name=n; filename="C:\dir\""#, D17, 35),
        (r#"form-data; name="n"; filename="the "final" slip""#, D13, 36),
        (r#"form-data; name="n"junk"#, D13, 19),
        ("form-data; name", D29, 15),
        ("form-data; name=n;", D29, 18),
        ("form-data;; name=n", D29, 10),
        ("form-data; name =n", D29, 15),
        ("form-data; name= n", D29, 16),
        ("form-data; name=n x", D29, 18),
        (&many, D22, 94),
        (&huge, D22, 1536),
        (&long, D24, 28 + 1024),
    ] {
        let (_, _, findings) = read(value);
        assert_eq!(
            findings.iter().find(|(id, _)| is_error(*id)),
            Some(&(id, at)),
            "{value}"
        );
    }
}

#[test]
fn filenames_that_are_unsafe_as_paths_are_known() {
    for name in [
        "a/b", "-rf", r"a\b", "..", ".hidden", "a.", "a ", "C:x", "con", "NUL.txt", "com1.png", "a\0",
    ] {
        assert!(is_unsafe(name.as_bytes()), "{name:?}");
    }
    for name in [
        "",
        "a",
        "receipt 2019.png",
        "console.txt",
        "com10.txt",
        "日本語.pdf",
        "a..b",
    ] {
        assert!(!is_unsafe(name.as_bytes()), "{name:?}");
    }
}

#[test]
fn a_limit_is_the_last_value_taken() {
    let value = format!(
        "form-data; name=n; filename={}; x=\"{}\"",
        "a".repeat(1024),
        "b".repeat(478)
    );
    assert_eq!(value.len(), 1536);
    assert_eq!(read(&value).2, [(D23, 1054)]);
    let value = format!("form-data; name={}{}", "n".repeat(1024), "; x=y".repeat(15));
    assert_eq!(read(&value).2.len(), 15);
}

#[test]
fn each_finding_spans_what_is_wrong() {
    let many = format!("form-data; name=n{}; ‹x›=y", "; x=y".repeat(15));
    let long = format!("form-data; name=n; filename*=UTF-8''{}‹a›a", "a".repeat(1024 - 7));
    for (id, value) in [
        (D02, "‹attachment›; name=n"),
        (D02, "‹form-data/x y›; name=n"),
        (D03, "‹form-data; filename=a›"),
        (D04, r#"form-data; name="‹›"; x=y"#),
        (D05, "form-data; name=n; ‹name=m› ; x=y"),
        (D06, "form-data; name=n; filename=a; ‹filename=\"b\"›; x=y"),
        (
            D06,
            "form-data; name=n; filename*=UTF-8''a; ‹filename*=UTF-8''b› ; x=y",
        ),
        (D07, "form-data; name=n; ‹filename*=UTF-8''a›; x=y"),
        (D08, "form-data; name=n; ‹filename*=UTF-8''a›; filename=b"),
        (D09, "form-data; name=n; filename*=‹latin1''a›; x=y"),
        (D09, "form-data; name=n; filename*=UTF-8''a‹%zz›; x=y"),
        (D10, "form-data; name=n; ‹filename*0=a›; x=y"),
        (D11, "form-data; name=n; filename=a‹@b c›; x=y"),
        (D12, "form-data; name=‹\"n; x=y›"),
        (D13, r#"form-data; name="n"‹m o›; x=y"#),
        (D14, "form-data; name=‹'n'›; x=y"),
        (D15, r#"form-data; name="a‹\"›b\"c"; x=y"#),
        (D15, r#"form-data; name="a‹\\›b\"c"; x=y"#),
        (D15, r#"form-data; name="a‹\"›b\""#),
        (D16, r#"form-data; name="a‹\b›\c"; x=y"#),
        (D16, r#"form-data; name="a‹\›"#),
        (D17, r#"form-data; name="n‹\"›"#),
        (D17, r#"form-data; name="‹\"›"#),
        (D17, r#"form-data; name="a\"b‹\"›"#),
        (D18, r#"form-data; name="‹a%22b›"; x=y"#),
        (D19, r#"form-data; name="‹a%0db›"; x=y"#),
        (D19, r#"form-data; name="‹a%0Ab›"; x=y"#),
        (D19, "form-data; name=n; filename*=‹UTF-8''a%0Ab›; x=y"),
        (D20, r#"form-data; name=n; filename="‹../a›"; x=y"#),
        (D21, r#"form-data; name="‹=?utf-8?B?bg==?=›"; x=y"#),
        (D22, &many),
        (D23, "form-data; name=n; ‹name*x=y›"),
        (D23, "form-data; name=n; ‹x=y› ; name"),
        (D24, &long),
        (D25, "form-data; name=n; filename=\"‹a\u{202e}b›\"; x=y"),
        (D27, "form-data; ‹naME›=n; x=y"),
        (D29, "form-data; name=n ‹m=o›; x=y"),
        (D29, "form-data; name=n; x‹ = y›; z=1"),
        (D29, "form-data; name=n; x‹;› z=1"),
        (D29, "form-data; name=‹›; x=y"),
        (D30, r#"form-data; name="‹a;name=b›"; x=y"#),
    ] {
        let (line, span) = crate::malform::marked(value);
        let mut found = Vec::new();
        let _stopped = parse(
            &line,
            0..line.len(),
            &Limits::default(),
            &mut Vec::new(),
            &mut |id: ViolationId, span: Range<usize>| {
                found.push((id, span.start as u64..span.end as u64));
                !id.is_hard()
            },
        );
        let of_id: Vec<_> = found.iter().filter(|it| it.0 == id).collect();
        assert_eq!(of_id, [&(id, span)], "{value}: {found:?}");
    }
}
