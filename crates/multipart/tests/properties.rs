//! What holds for every form and every input.

mod reading;

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use rebuttal_multipart::{Boundary, Breakage, ContentType, Form, Limits, Mode, Part, ViolationId};

use reading::{Reading, every, read};

const BOUNDARY: &str = "-b0-b";

fn boundary() -> Boundary {
    Boundary::new(BOUNDARY).expect("a valid boundary")
}

/// One part as a program asks for it.
#[derive(Clone, Debug)]
struct Asked {
    name: String,
    filename: Option<String>,
    content_type: Option<String>,
    content: Vec<u8>,
}

impl Asked {
    fn part(&self) -> Part {
        let part = Part::new(&self.name, self.content.clone());
        let part = self
            .filename
            .iter()
            .fold(part, |part, filename| part.filename(filename));
        self.content_type
            .iter()
            .fold(part, |part, content_type| part.content_type(content_type))
    }
}

fn form(asked: &[Asked]) -> Form {
    asked
        .iter()
        .fold(Form::new(), |form, asked| form.part(asked.part()))
}

/// A name with whatever has a meaning somewhere, and no backslash that readers disagree on.
fn name() -> impl Strategy<Value = String> {
    let letters = select(vec![
        "a", "é", "日", " ", ";", "=", "\"", "'", "\r", "\n", "%", "/", "\t", "🧾", "\\a", "\\\"", "\\ ",
    ]);
    vec(letters, 0..12).prop_map(|letters| letters.concat())
}

/// A name that the writer may refuse for its backslashes.
fn backslashed() -> impl Strategy<Value = String> {
    vec(select(vec!["\\", "a", "\"", "%"]), 0..6).prop_map(|letters| letters.concat())
}

/// Content made of what looks like a delimiter.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let pieces = select(vec![
        "\r\n",
        "\r",
        "\n",
        "--",
        "-",
        "-b0",
        "-b",
        "\r\n---b0",
        "x",
        "\0",
        "\u{ff}",
    ]);
    vec(pieces, 0..12)
        .prop_map(|pieces| pieces.concat().into_bytes())
        .prop_filter("holds the boundary", |content| {
            memchr::memmem::find(content, format!("--{BOUNDARY}").as_bytes()).is_none()
        })
}

fn asked() -> impl Strategy<Value = Asked> {
    let types = select(vec!["image/png", "text/plain; charset=utf-8", "application/pdf"]);
    (
        name(),
        proptest::option::of(name()),
        proptest::option::of(types),
        content(),
    )
        .prop_map(|(name, filename, content_type, content)| {
            let content_type = content_type.map(str::to_owned);
            Asked {
                name,
                filename,
                content_type,
                content,
            }
        })
}

/// Bytes that a parser finds interesting, in any order.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let pieces = select(vec![
        "--",
        "-b0-b",
        "--b0-b",
        "--b0-b\r\n",
        "\r\n---b0-b\r\n",
        "\r\n---b0-b--",
        "---b0-b\r\n",
        "\r\n",
        "\r",
        "\n",
        " ",
        "\t",
        ":",
        ";",
        "=",
        "\"",
        "\\",
        "\0",
        "x",
        "é",
        "Content-Disposition: form-data; name=\"a\"\r\n\r\n",
        "Content-Disposition: form-data",
        "; filename=\"x\"",
        "; filename*=UTF-8''x",
        "Content-Type: a/b\r\n",
        "Content-Length: 5\r\n",
    ]);
    prop_oneof![
        vec(pieces, 0..24).prop_map(|pieces| pieces.concat().into_bytes()),
        vec(any::<u8>(), 0..64),
    ]
}

fn small_limits() -> Limits {
    Limits {
        body_bytes: 200,
        parts: 2,
        files: 1,
        field_bytes: 9,
        file_bytes: 12,
        fields_bytes: 14,
        preamble_bytes: 5,
        padding_bytes: 2,
        epilogue_bytes: 4,
        header_line_bytes: 60,
        headers: 2,
        header_block_bytes: 90,
        disposition_bytes: 50,
        disposition_parameters: 2,
        name_bytes: 5,
        filename_bytes: 5,
        violations: 3,
    }
}

fn cuts(indices: &[Index], len: usize) -> Vec<usize> {
    let mut cuts: Vec<usize> = indices.iter().map(|index| index.index(len + 1)).collect();
    cuts.sort_unstable();
    cuts
}

/// HTML's escaping, as the WHATWG describes it.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '"' | '\r' | '\n' => write!(escaped, "%{:02X}", u32::from(character)).expect("writes to memory"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Checks that spans, and framing between them, cover each byte of a complete body once.
fn assert_tiles(reading: &Reading, body: &[u8]) {
    let text = |range: std::ops::Range<u64>| {
        let bytes =
            &body[usize::try_from(range.start).expect("fits")..usize::try_from(range.end).expect("fits")];
        String::from_utf8_lossy(bytes).into_owned()
    };
    let mut at = reading.preamble.clone().map_or(0, |span| {
        assert_eq!(span.start, 0);
        span.end
    });
    for part in &reading.parts {
        let span = part.span.clone().expect("every part has ended");
        let framing = text(at..span.start);
        let line = framing.strip_prefix("\r\n").unwrap_or_else(|| {
            assert_eq!(at, 0, "CRLF before {framing:?}");
            &framing
        });
        let padding = line
            .strip_prefix("--")
            .and_then(|line| line.strip_prefix(BOUNDARY));
        let padding = padding
            .and_then(|line| line.strip_suffix("\r\n"))
            .expect("a delimiter");
        assert_eq!(padding.trim_matches([' ', '\t']), "", "{framing:?}");
        assert_eq!(part.head.start, span.start);
        assert_eq!(
            text(part.head.end..span.end).len(),
            String::from_utf8_lossy(&part.content).len()
        );
        at = span.end;
    }
    let end = reading.epilogue.clone().map_or(body.len() as u64, |span| {
        assert_eq!(span.end, body.len() as u64);
        span.start
    });
    let framing = text(at..end);
    let close = framing.strip_prefix("\r\n").unwrap_or(&framing);
    let rest = close
        .strip_prefix("--")
        .and_then(|rest| rest.strip_prefix(BOUNDARY));
    let rest = rest
        .and_then(|rest| rest.strip_prefix("--"))
        .expect("a close delimiter");
    let rest = rest.trim_start_matches([' ', '\t']);
    assert!(matches!(rest, "" | "\r\n" | "\r\n\r\n"), "{framing:?}");
}

/// Checks that a diagnosis shows the first bytes of its span, and none only where its span has none.
fn assert_shown(reading: &Reading, body: &[u8]) {
    for said in &reading.diagnoses {
        let place = |at: u64| usize::try_from(at).expect("fits");
        let span = &body[place(said.span.start)..place(said.span.end)];
        assert!(span.starts_with(said.found.as_bytes()), "{said:?}");
        assert_eq!(said.found.as_bytes().is_empty(), span.is_empty(), "{said:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_back(asked in vec(asked(), 1..5), size in 1_usize..40) {
        let body = form(&asked).to_vec(&boundary()).expect("contents hold no boundary");
        prop_assert_eq!(body.len() as u64, form(&asked).content_length(&boundary()));
        for mode in [Mode::Strict, Mode::Lenient] {
            let reading = read(boundary(), mode, &Limits::default(), &body, &every(size, body.len()));
            prop_assert_eq!(reading.error, None);
            prop_assert!(reading.ended);
            prop_assert_eq!(reading.parts.len(), asked.len());
            for (read, asked) in reading.parts.iter().zip(&asked) {
                prop_assert_eq!(&read.name, &escape(&asked.name));
                prop_assert_eq!(&read.filename, &asked.filename.as_deref().map(escape));
                prop_assert_eq!(read.content_type.as_deref(), asked.content_type.as_deref().map(str::as_bytes));
                prop_assert_eq!(&read.content, &asked.content);
            }
            assert_tiles(&reading, &body);
        }
    }

    #[test]
    fn a_name_reads_back_or_is_refused(name in backslashed(), filename in backslashed()) {
        let form = Form::new().file("file", &filename, None, "").part(Part::new(&name, ""));
        let written = form.to_vec(&boundary());
        let ambiguous = |text: &String| text.contains("\\\\") || text.ends_with('\\');
        prop_assert_eq!(written.is_err(), ambiguous(&name) || ambiguous(&filename));
        let Ok(body) = written else { return Ok(()) };
        let reading = read(boundary(), Mode::Strict, &Limits::default(), &body, &[]);
        prop_assert!(reading.ended, "{:?}", reading.error);
        prop_assert_eq!(&reading.parts[0].filename, &Some(escape(&filename)));
        prop_assert_eq!(&reading.parts[1].name, &escape(&name));
    }

    #[test]
    fn chunking_is_invisible(body in soup(), indices in vec(any::<Index>(), 0..8), small in any::<bool>()) {
        let limits = if small { small_limits() } else { Limits::default() };
        for mode in [Mode::Strict, Mode::Lenient, Mode::Observe] {
            let whole = read(boundary(), mode, &limits, &body, &[]);
            assert_shown(&whole, &body);
            prop_assert_eq!(&read(boundary(), mode, &limits, &body, &every(1, body.len())), &whole);
            prop_assert_eq!(&read(boundary(), mode, &limits, &body, &cuts(&indices, body.len())), &whole);
        }
    }

    #[test]
    fn spans_tile_what_is_taken(body in soup()) {
        // Most soups are refused early; a frame lets more of them through.
        let head = "Content-Disposition: form-data; name=\"a\"\r\n\r\n";
        let framed = [format!("--{BOUNDARY}\r\n{head}").as_bytes(), &body, b"\r\n---b0-b--\r\n"].concat();
        for body in [body, framed] {
            let reading = read(boundary(), Mode::Lenient, &Limits::default(), &body, &[]);
            prop_assert_eq!(reading.ended, reading.error.is_none());
            if reading.ended {
                assert_tiles(&reading, &body);
            }
            if let Some((_, offset, _)) = reading.error {
                prop_assert!(offset <= body.len() as u64);
            }
        }
    }

    #[test]
    fn strict_takes_nothing_that_lenient_reads_otherwise(body in soup()) {
        let strict = read(boundary(), Mode::Strict, &Limits::default(), &body, &[]);
        let lenient = read(boundary(), Mode::Lenient, &Limits::default(), &body, &[]);
        if strict.ended {
            prop_assert_eq!(&strict.parts, &lenient.parts);
            prop_assert!(lenient.ended);
            for violation in &lenient.violations {
                prop_assert!(strict.violations.contains(violation), "lenient only: {:?}", violation);
            }
        } else if lenient.ended {
            let reported = lenient.violations.iter().any(|violation| Some(*violation) == strict.error);
            prop_assert!(reported, "strict: {:?}, lenient: {:?}", strict.error, lenient.violations);
        }
    }

    /// Who observes hears what stops the others, at the same place, and reads the same where nothing does.
    #[test]
    fn observing_finds_what_stops_a_strict_reader(body in soup()) {
        let strict = read(boundary(), Mode::Strict, &Limits::default(), &body, &[]);
        let observed = read(boundary(), Mode::Observe, &Limits::default(), &body, &[]);
        if strict.ended {
            prop_assert_eq!(&strict.parts, &observed.parts);
            prop_assert_eq!(&strict.violations, &observed.violations);
        }
        if let (Some(error), None) = (strict.error, observed.error) {
            prop_assert!(observed.ended && observed.violations.contains(&error), "{:?} of {:?}", error, observed.violations);
        }
    }

    #[test]
    fn a_broken_form_is_refused_for_its_breakage(
        asked in vec(asked(), 1..3), breakage in select(Breakage::ALL.to_vec()), size in 1_usize..40,
    ) {
        let broken = form(&asked).to_broken(&boundary(), breakage);
        let reading = read(boundary(), Mode::Strict, &Limits::default(), &broken.body, &every(size, broken.body.len()));
        let error = reading.error.map(|(id, offset, _)| (id, offset));
        prop_assert_eq!(error, Some((broken.violation, broken.offset)), "{}", broken.body.escape_ascii());
    }

    #[test]
    fn limits_hold(body in soup()) {
        let limits = small_limits();
        let reading = read(boundary(), Mode::Lenient, &limits, &body, &[]);
        let is_file = |part: &&reading::ReadPart| part.filename.is_some();
        prop_assert!(reading.parts.len() <= 2 && reading.parts.iter().filter(is_file).count() <= 1);
        for part in &reading.parts {
            let max_bytes = if is_file(&part) { 12 } else { 9 };
            prop_assert!(part.content.len() <= max_bytes);
            prop_assert!(part.headers.len() <= 2 && part.head.end - part.head.start <= 90);
        }
        prop_assert!(reading.violations.len() <= 3);
    }

    #[test]
    fn any_content_type_is_read_or_refused_inside_it(value in "(multipart/form-data)?[; =\"\\\\a-c\u{e9}]{0,12}(boundary=)?[ab\"\\\\;,\u{0}]{0,8}") {
        for mode in [Mode::Strict, Mode::Lenient, Mode::Observe] {
            let read = ContentType::read(value.as_bytes(), &mode.into());
            match read.boundary() {
                Ok(boundary) if mode == Mode::Strict => {
                    prop_assert_eq!(Boundary::new(boundary.as_str()), Ok(*boundary));
                }
                Ok(boundary) => prop_assert!((1..=256).contains(&boundary.as_bytes().len())),
                Err(_) => {}
            }
            for said in read.diagnoses().iter().cloned().chain(read.boundary().err()) {
                prop_assert!(said.span.start <= said.span.end && said.span.end <= value.len() as u64, "{:?}", said);
                prop_assert!(said.id.as_str().starts_with('C'));
            }
        }
    }
}

#[test]
fn a_delimiter_is_found_around_every_power_of_two() {
    for size in [512, 4096, 5120, 8192, 16_384, 65_536, 1 << 20] {
        for len in size - 60..size + 3 {
            let content = vec![b'\r'; len];
            let body = Form::new()
                .text("n", content.clone())
                .to_vec(&boundary())
                .expect("no boundary");
            let limits = Limits {
                field_bytes: 2 << 20,
                ..Limits::default()
            };
            let reading = read(boundary(), Mode::Strict, &limits, &body, &every(size, body.len()));
            assert_eq!(reading.error, None::<(ViolationId, u64, Option<u32>)>);
            assert_eq!(reading.parts[0].content.len(), content.len());
        }
    }
}
