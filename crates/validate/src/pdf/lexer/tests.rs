use super::*;

fn tokens(bytes: &[u8], step: usize) -> Vec<String> {
    let mut lexer = Lexer::new();
    let mut tokens = Vec::new();
    let mut keep = |token: Option<Token>, lexer: &Lexer| {
        tokens.extend(token.map(|token| match token {
            Token::Name => format!("/{}", lexer.atom().as_bytes().escape_ascii()),
            Token::Word => lexer.atom().as_bytes().escape_ascii().to_string(),
            Token::Integer(number) => number.to_string(),
            Token::Text => format!("({})", lexer.text().start().escape_ascii()),
            Token::ArrayOpen(count) => "[".repeat(count as usize),
            other => format!("{other:?}"),
        }));
    };
    let mut offset = 0;
    for chunk in bytes.chunks(step) {
        let mut rest = chunk;
        while !rest.is_empty() {
            let (length, token) = lexer.next(rest, offset);
            keep(token, &lexer);
            assert!(length > 0 || token.is_some(), "no step is in vain");
            rest = &rest[length..];
            offset += length as u64;
        }
    }
    let last = lexer.finish();
    keep(last, &lexer);
    tokens
}

#[test]
fn tokens_need_no_space_between_them() {
    for (bytes, wanted) in [
        (
            &b"1 0 obj<</Type/Catalog>>endobj"[..],
            "1 0 obj DictOpen /Type /Catalog DictClose endobj",
        ),
        (b"[(a(b)c\\))<41 42>]", "[ (a(b)c)) (AB) ArrayClose"),
        (b"/#4Caunch -5 1.5 007", "/Launch -5 1.5 7"),
        (b"164%%EOF", "164 EndOfFile"),
        (b"((\\((x)))))[ [", "((((x))) [ ["),
        (b"% a comment (\r12", "12"),
        (b"%%EOFx", "EndOfFile x"),
        (b"(never closed (\nendobj\n2 0 obj", "endobj 2 0 obj"),
        (b"<41 >> 7", "(A) 7"),
        (b"<script> 7", "() script 7"),
        (b"18446744073709551616", "18446744073709551616"),
    ] {
        for step in 1..=bytes.len() {
            assert_eq!(
                tokens(bytes, step).join(" "),
                wanted,
                "{} at {step}",
                bytes.escape_ascii()
            );
        }
    }
}

#[test]
fn a_long_word_is_cut_and_stays_a_word() {
    let long = tokens(&[b'9'; 100], 7);
    assert_eq!(long, ["9".repeat(32)]);
}
