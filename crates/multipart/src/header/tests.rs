use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use ViolationId::{
    D01, D29, H01, H02, H03, H04, H05, H06, H07, H08, H09, H11, H12, H13, H14, H15, H16, H17, H18, H19, H20,
    H21, H22, H23,
};

type End = Result<Option<usize>, (ViolationId, usize)>;

/// Where the block ends, or what stops one who stops at everything.
fn find_end(scan: &mut BlockScan, block: &[u8], limits: &Limits, lf: bool) -> End {
    let mut stopped = None;
    let end = scan.find_end(block, limits, b"--B", lf, &mut |id, span: Range<usize>| {
        stopped = Some((id, span.start));
        false
    });
    end.map(|end| {
        end.map(|end| match end {
            BlockEnd::Blank(len) => len,
            BlockEnd::Boundary(len) => panic!("a boundary at {len}"),
        })
    })
    .map_err(|Stop| stopped.unwrap())
}

const NAMED: &str = "Content-Disposition: form-data; name=n\r\n";

#[test]
fn the_end_is_found_at_every_cut() {
    let limits = Limits {
        header_line_bytes: 6,
        header_block_bytes: 20,
        headers: 2,
        ..Limits::default()
    };
    for (block, wanted) in [
        ("a:b\r\n\r\nrest", Ok(Some(7))),
        ("\r\nrest", Ok(Some(2))),
        ("a:b\r\n\r", Ok(None)),
        ("a:b\r\nc", Ok(None)),
        ("abcdef\r\nabcdef\r\nabcd", Ok(None)),
        ("abcdef\r\nabcdef\r\nabcde", Err((H14, 20))),
        ("abcd:f\r\nabcd:f\r\n\r\n", Ok(Some(18))),
        ("a\nb", Err((H08, 1))),
        ("a\r\r\n", Ok(None)),
        ("a:b\r\nabcd:fg\r\n", Err((H12, 11))),
        ("a\r\nb\r\nc\r\n\r\n", Err((H13, 6))),
    ] {
        for cut in 0..=block.len() {
            let mut scan = BlockScan::default();
            let mut end = find_end(&mut scan, &block.as_bytes()[..cut], &limits, false);
            if end == Ok(None) {
                end = find_end(&mut scan, block.as_bytes(), &limits, false);
            }
            assert_eq!(end, wanted, "{block:?} cut at {cut}");
        }
    }
}

#[test]
fn a_block_may_reach_its_limit_and_no_more() {
    let block = b"a:b\r\nc:d\r\n\r\n";
    for (max, wanted) in [
        (12, Ok(Some(12))),
        (11, Err((H14, 11))),
        (10, Err((H14, 10))),
        (2, Err((H14, 2))),
    ] {
        let limits = Limits {
            header_block_bytes: max,
            ..Limits::default()
        };
        for cut in 0..=block.len() {
            let mut scan = BlockScan::default();
            let mut end = find_end(&mut scan, &block[..cut], &limits, false);
            if end == Ok(None) {
                end = find_end(&mut scan, block, &limits, false);
            }
            assert_eq!(end, wanted, "limit {max}, cut at {cut}");
        }
    }
}

#[test]
fn the_smaller_limit_counts() {
    for (line, block, wanted) in [(3, 4, (H12, 3)), (4, 4, (H14, 4)), (5, 4, (H14, 4))] {
        let limits = Limits {
            header_line_bytes: line,
            header_block_bytes: block,
            ..Limits::default()
        };
        assert_eq!(
            find_end(&mut BlockScan::default(), b"a:bcdefg", &limits, false),
            Err(wanted),
            "{line}, {block}"
        );
    }
}

fn findings(block: &[u8]) -> Vec<(ViolationId, usize)> {
    let starts = findings_with_spans(block).into_iter();
    starts.map(|(id, span)| (id, span.start)).collect()
}

fn findings_with_spans(block: &[u8]) -> Vec<(ViolationId, Range<usize>)> {
    let mut found = Vec::new();
    let mut block = block.to_vec();
    unfold(&mut block, &mut Vec::new(), &mut |_, span, _| {
        found.push((ViolationId::H06, span));
        true
    });
    Headers::default().read(
        &block,
        &Limits::default(),
        &mut |id: ViolationId, span: Range<usize>| {
            found.push((id, span));
            true
        },
    );
    found
}

#[test]
fn every_line_is_checked() {
    let block = |lines: &str| format!("{NAMED}{lines}\r\n\r\n").into_bytes();
    let at = NAMED.len();
    for (name, lines, wanted) in [
        ("without a colon", "X-Injected 1.png", vec![(H02, at)]),
        ("without a name", ": x", vec![(H03, at)]),
        (
            "only white space before the colon",
            "Content-Type: a/b\r\n\t: x",
            vec![(H06, at + 19), (H22, at + 14)],
        ),
        ("CR in the value", "Content-Type: a/b;\rc", vec![(H08, at + 18)]),
        ("CR in the name", "Content\rType: a/b", vec![(H08, at + 7)]),
        (
            "no charset",
            "Content-Type: text/plain; charset=latin1",
            vec![(H23, at + 14)],
        ),
        ("UTF-8", "Content-Type: text/plain; charset=\"UTF-8\"", vec![]),
        ("space in the name", "Content Type: x", vec![(H04, at + 7)]),
        ("control byte in the name", "\x0eContent-Type: x", vec![(H04, at)]),
        (
            "space before the colon",
            "Content-Type : a/b",
            vec![(H05, at + 12)],
        ),
        ("folded", " x", vec![(H06, at), (D29, at + 1)]),
        ("NUL in the value", "Content-Type: a/b;\0", vec![(H09, at + 18)]),
        (
            "type twice",
            "Content-Type: a/b\r\ncontent-type: a/c",
            vec![(H16, at + 19)],
        ),
        ("other", "Content-ID: x", vec![(H17, at)]),
        ("length", "Content-Length: 3", vec![(H18, at)]),
        ("as long as the type", "Content-Kind: a/b", vec![(H17, at)]),
        ("as long as the length", "Content-Weight: 3", vec![(H17, at)]),
        (
            "as long as the disposition",
            "Content-Inclination: x",
            vec![(H17, at)],
        ),
        (
            "as long as the encoding",
            "Content-Transfer-Encryptor: 8bit",
            vec![(H17, at)],
        ),
        (
            "each once",
            "Content-Length: 3\r\nContent-Type: a/b\r\nContent-Transfer-Encoding: 7bit",
            vec![(H18, at), (H19, at + 65)],
        ),
        ("ASCII", "Content-Type: text/plain; charset=us-ascii", vec![]),
        ("no text", "Content-Type: image/png; charset=latin1", vec![]),
        (
            "another parameter",
            "Content-Type: text/plain; chars=latin1",
            vec![],
        ),
        ("8bit", "Content-Transfer-Encoding: 8BIT", vec![(H19, at + 27)]),
        (
            "base64",
            "Content-Transfer-Encoding: base64",
            vec![(H20, at + 27)],
        ),
        (
            "mixed",
            "Content-Type: Multipart/Mixed; boundary=x",
            vec![(H21, at + 14)],
        ),
        ("no media type", "Content-Type: text", vec![(H22, at + 14)]),
        ("no type at all", "Content-Type:", vec![(H22, at + 13)]),
        ("tabs", "Content-Type:\timage/png\t; a=b", vec![]),
        (
            "disposition twice",
            "content-disposition: form-data; name=n",
            vec![(H15, at)],
        ),
    ] {
        assert_eq!(findings(&block(lines)), wanted, "{name}");
    }
    assert_eq!(findings(b"\r\n"), [(H01, 0)]);
    assert_eq!(findings(b" a: b\r\n\r\n"), [(H07, 0), (D01, 0)]);
    assert_eq!(findings(b"Content-Type: a/b\r\n\r\n"), [(D01, 0)]);
    let latin1 = b"Content-Disposition: form-data; name=\"\xe9\"\r\n\r\n";
    assert_eq!(findings(latin1), [(H11, 38)]);
}

#[test]
fn each_finding_spans_what_is_wrong() {
    for (id, lines) in [
        (H02, "‹X y›"),
        (H03, "‹: x›"),
        (H04, "X‹@›@Y: x"),
        (H05, "Content-Type‹ \t›: a/b"),
        (H06, "Content-Type: a/b;\r\n‹\tc=d ›"),
        (H08, "X‹\r›Y: z"),
        (H08, "X: y‹\r›\rz"),
        (H09, "X:‹\0›"),
        (H09, "X: y‹\u{7f}›\0z"),
        (H11, "X:‹¿›"),
        (H11, "X: a‹¿›b\u{e9}"),
        (H15, "‹Content-Disposition: form-data; name=m› "),
        (H16, "Content-Length: 1\r\n‹content-length: 2› \t"),
        (
            H16,
            "Content-Transfer-Encoding: 8bit\r\n‹Content-Transfer-Encoding:7bit›",
        ),
        (H17, "‹X-A:  b› "),
        (H18, "‹Content-Length: 1› "),
        (H19, "Content-Transfer-Encoding:\t‹Binary› "),
        (H20, "Content-Transfer-Encoding: ‹base64› "),
        (H21, "Content-Type: ‹multipart/mixed; boundary=c› "),
        (H22, "Content-Type: ‹a/b/c;d› "),
        (H22, "Content-Type: ‹/b› "),
        (H22, "Content-Type: ‹›"),
        (H23, "Content-Type: ‹Text/plain; a=b; CHARSET=latin1› "),
    ] {
        let (block, span) = crate::malform::marked(&format!("{NAMED}{lines}\r\n\r\n"));
        let found = findings_with_spans(&block);
        let of_id: Vec<_> = found.iter().filter(|it| it.0 == id).collect();
        let span = usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap();
        assert_eq!(of_id, [&(id, span)], "{lines:?}: {found:?}");
    }
    let cut = [NAMED.as_bytes(), b"X: a\xe2\x82\r\n\r\n"].concat();
    let at = NAMED.len() + 4;
    assert!(findings_with_spans(&cut).contains(&(H11, at..at + 2)));
    assert_eq!(findings_with_spans(b" a: b\r\n\r\n"), [(H07, 0..5), (D01, 0..9)]);
    assert_eq!(findings_with_spans(b"\r\n"), [(H01, 0..2)]);
    assert_eq!(findings_with_spans(b"\n"), [(H01, 0..1)]);
}

#[test]
fn what_stops_the_scan_is_spanned() {
    let limits = Limits {
        header_line_bytes: 6,
        header_block_bytes: 16,
        headers: 2,
        ..Limits::default()
    };
    for (id, lf, text) in [
        (H08, false, "‹\n›a:b\r\n\r\n"),
        (H08, false, "a:b\r\nc:d‹\n›\r\n"),
        (H08, false, "a:b\r\n‹\n›"),
        (H08, true, "a:b\nc:d‹\r\n›"),
        (H08, true, "a:b\n‹\r\n›"),
        (H12, false, "a:b\r\na:bcde‹f›g\r\n"),
        (H13, false, "a:b\r\nc:d\r\n‹e:f›\r\n"),
        (H13, true, "a:b\nc:d\n‹e:f›\n"),
        (H14, false, "abcd:f\r\nabcd:f\r\n‹\r›\n"),
        (H14, true, "abcd:f\nabcd:f\na:‹b›c\n"),
    ] {
        let (bytes, span) = crate::malform::marked(text);
        for cut in 0..=bytes.len() {
            let (mut block, mut said) = (BlockScan::default(), Vec::new());
            for window in [&bytes[..cut], &bytes[..]] {
                let mut report = |id, span: Range<usize>| {
                    said.push((id, span.start as u64..span.end as u64));
                    false
                };
                if block.find_end(window, &limits, b"--B", lf, &mut report) != Ok(None) {
                    break;
                }
            }
            assert_eq!(said, [(id, span.clone())], "{text:?} cut at {cut}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    /// The quick way is only quicker.
    #[test]
    fn a_simple_block_is_read_as_the_full_grammar_reads_it(
        pieces in vec(select(vec![
            "a", "é", "-", ".", "com1", "CON.x", "\"", "\\", "%22", "/", "=", "\r\n", "\r\n\r\n", "\n", " ", ";", "\u{202e}",
            "; filename=\"", "\"; filename=\"", "\"\r\n", "\"\r\n\r\n", "Content-Type: ", "a/b", "multipart/mixed", "\"\r\nContent-Type: a/b\r\n\r\n",
        ]), 0..8),
        small in any::<bool>(),
    ) {
        let block = format!("Content-Disposition: form-data; name=\"{}", pieces.concat()).into_bytes();
        let limits = if small {
            Limits {
                header_line_bytes: 48, headers: 1, header_block_bytes: 64, disposition_bytes: 26,
                disposition_parameters: 1, name_bytes: 3, filename_bytes: 3, ..Limits::default()
            }
        } else {
            Limits::default()
        };
        let mut simple = Headers::default();
        if let Some(len) = simple.read_simple(&block, &limits) {
            let mut scan = BlockScan::default();
            prop_assert_eq!(find_end(&mut scan, &block, &limits, false), Ok(Some(len)));
            let mut full = Headers::default();
            let mut said = Vec::new();
            full.read(&block[..len], &limits, &mut |id, span: Range<usize>| {
                said.push((id, span));
                true
            });
            prop_assert_eq!(said, vec![]);
            prop_assert_eq!(full, simple);
        }
    }
}
