//! What scan data shows without being decoded: restart markers, line ends, numbers of scans and segments.

use super::*;

/// A picture with a restart interval. SOF 71, DHT after it, DRI and SOS at the end of the head.
fn restarted(frame: &[u8], interval: u16, scans: &[(&[u8], &[u8])]) -> Vec<u8> {
    let parts = [
        quantization(),
        segment(0xC2, frame),
        huffman(),
        segment(marker::DRI, &interval.to_be_bytes()),
    ];
    let scans: Vec<u8> = scans
        .iter()
        .flat_map(|(head, data)| [&segment(marker::SOS, head)[..], data].concat())
        .collect();
    jpeg(&parts, &[&scans[..], b"\xFF\xD9"].concat())
}

/// Grey, 32 by 8 pixels: four MCUs. DRI 106, SOS 112, scan data 122.
fn wide(interval: u16, data: &[u8]) -> Vec<u8> {
    restarted(&[8, 0, 8, 0, 32, 1, 1, 0x11, 0], interval, &[(SCAN, data)])
}

#[test]
fn a_scan_has_the_restart_markers_that_its_interval_asks_for_in_turn() {
    let three = b"\x01\xFF\xD0\x02\xFF\xD1\x03\xFF\xD2\x04";
    assert_table(&[
        ("one after each MCU", wide(1, three), &[]),
        ("one in the middle", wide(2, b"\x01\xFF\xD0\x02"), &[]),
        ("an interval of three", wide(3, b"\x01\xFF\xD0\x02"), &[]),
        ("an interval that is the scan", wide(4, b"\x01"), &[]),
        ("one more at the end", wide(2, b"\x01\xFF\xD0\x02\xFF\xD1"), &[]),
        (
            "two more at the end",
            wide(2, b"\x01\xFF\xD0\x02\xFF\xD1\xFF\xD2"),
            &[(Code::JpegRestartOrder, Warning, 130)],
        ),
        (
            "the last one missing",
            wide(1, b"\x01\xFF\xD0\x02\xFF\xD1\x03"),
            &[(Code::JpegRestartOrder, Warning, 129)],
        ),
        (
            "the first one missing",
            wide(1, b"\x01\x02\xFF\xD1\x03\xFF\xD2\x04"),
            &[(Code::JpegRestartOrder, Warning, 124)],
        ),
        (
            "markers and no interval",
            wide(0, three),
            &[(Code::JpegRestartOrder, Warning, 132)],
        ),
        (
            "from D0 in each scan, and cut in the second",
            {
                let scan = segment(marker::SOS, SCAN);
                let whole = wide(2, &[b"\x01\xFF\xD0\x02", &scan[..], b"\x03"].concat());
                whole[..whole.len() - 2].to_vec()
            },
            &[(Code::JpegTruncatedScan, Warning, 137)],
        ),
    ]);
    assert_eq!(
        walk(&wide(1, b"\x01\xFF\xD0\x02"))[0].found,
        "1 restart markers in a scan that has 3"
    );
}

#[test]
fn markers_that_count_on_from_restart_markers_are_not_taken_for_them() {
    // Eight in turn are what is skipped at once.
    for due in 0..8 {
        for first in marker::RST0..=0xE8 {
            let before = (0..due).flat_map(|number| [0xFF, marker::RST0 + number]);
            let eight = (first..first + 8).flat_map(|marker| [0xFF, marker]);
            let bytes = wide(1, &before.chain(eight).chain([0x12]).collect::<Vec<_>>());
            let findings = walk(&bytes);
            assert_eq!(walk_by(&bytes, 1), findings, "{first:X} where D{due} is due");
            let is_restart = first == marker::RST0 + due || first == marker::RST0;
            assert!(
                is_restart || !findings.is_empty(),
                "{first:X} where D{due} is due"
            );
        }
    }
}

#[test]
fn restart_markers_are_counted_by_the_components_of_the_scan() {
    // 33 by 17 pixels, the first component sampled twice across and down.
    let frame = [8, 0, 17, 0, 33, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0];
    let data = |restarts: u64| -> Vec<u8> {
        (0..restarts)
            .flat_map(|number| [1, 0xFF, marker::RST0 + number.to_le_bytes()[0] % 8])
            .chain([1])
            .collect()
    };
    for (head, mcus) in [
        // Interleaved: 16 by 16 pixels an MCU.
        (&[3, 1, 0, 2, 0, 3, 0, 0, 63, 0][..], 3 * 2),
        // The first alone: 8 by 8 of its own samples, which are as many as the pixels.
        (&[1, 1, 0, 0, 63, 0], 5 * 3),
        // The second alone: it has 17 by 9 samples.
        (&[1, 2, 0, 0, 63, 0], 3 * 2),
        // Two of half the samples still share the frame's MCU.
        (&[2, 2, 0, 3, 0, 0, 63, 0], 3 * 2),
    ] {
        let sound = restarted(&frame, 1, &[(head, &data(mcus - 1))]);
        assert_eq!(walk(&sound), [], "{head:?}");
        let short = restarted(&frame, 1, &[(head, &data(mcus - 2))]);
        assert_eq!(walk(&short)[0].code, Code::JpegRestartOrder, "{head:?}, one less");
    }
}

#[test]
fn an_interval_of_another_length_is_told_and_not_used() {
    let bytes = wide(1, b"\x01\xFF\xD0\x02\xFF\xD1\x03\xFF\xD2\x04");
    let long = [&bytes[..112], b"\xFF\xDD\0\x05\0\x09\0", &bytes[112..]].concat();
    assert_table(&[("three bytes", long, &[(Code::JpegBadSegmentLength, Warning, 112)])]);
}

#[test]
fn line_feeds_that_all_stand_behind_returns_show_a_transfer_in_text_mode() {
    assert_table(&[
        (
            "all, and bytes of all kinds behind them",
            scanned(b"a\r\nb\r\r\nc\r\nd\r\ne"),
            &[(Code::JpegTextModeDamage, Warning, 116)],
        ),
        (
            "all, behind a restart marker",
            scanned(b"\xFF\xD0a\r\nb\r\nc\r\nd\r\ne"),
            &[(Code::JpegTextModeDamage, Warning, 116)],
        ),
        ("all but one", scanned(b"a\r\nb\r\nc\r\nd\r\ne\nf"), &[]),
        ("too few to say", scanned(b"a\r\nb\r\nc\r\nd"), &[]),
        ("a pattern", scanned(b"a\r\nb\r\na\r\nb\r\na\r\nb\r\n"), &[]),
        (
            "a return that the line feed does not follow",
            scanned(b"a\r\nb\r\nc\r\nd\r\xFF\0\ne"),
            &[],
        ),
    ]);
    let far = [&vec![7; 70_000][..], b"\n"].concat();
    let damaged = [b"a\r\nb\r\nc\r\nd\r\ne", &far[..]].concat();
    assert_eq!(
        walk(&scanned(&damaged)).len(),
        1,
        "only the first 16 KiB are looked at"
    );
    let near = [b"a\r\nb\r\nc\r\nd\r\ne", &far[60_000..]].concat();
    assert_eq!(walk(&scanned(&near)), []);
}

#[test]
fn a_marker_is_found_wherever_it_stands_in_long_scan_data() {
    let data = b"\x07\xFF\0\x09".repeat(6_000);
    let whole = scanned(&data);
    assert_eq!(walk(&whole), []);
    for at in (whole.len() - 600)..(whole.len() - 1) {
        let mut bytes = whole.clone();
        bytes[at..at + 2].copy_from_slice(b"\xFF\xC0");
        let findings = walk(&bytes);
        let found: Vec<_> = findings
            .iter()
            .map(|finding| (finding.code, finding.offset))
            .collect();
        assert_eq!(
            found[0],
            (Code::JpegBadMarker, Some(at as u64)),
            "byte {at}: {findings:?}"
        );
        assert_eq!(walk_by(&bytes, 300), findings, "byte {at}");
    }
}

#[test]
fn a_hundred_thousand_application_segments_are_enough() {
    let whole = sound();
    let parts = segment(0xE5, b"").repeat(100_000);
    assert_eq!(walk(&jpeg(std::slice::from_ref(&parts), &whole[2..])), []);
    for one_more in [marker::APP1, 0xE5] {
        let more = [parts.clone(), segment(one_more, b"")];
        let findings = walk(&jpeg(&more, &whole[2..]));
        assert_eq!(
            (findings[0].code, findings[0].offset),
            (Code::JpegExcessiveSegments, Some(400_002)),
            "{one_more:X}"
        );
    }
}

#[test]
fn too_many_pixels_and_scans_have_bounds() {
    let mut huge = FRAME.to_vec();
    huge[1..5].fill(0xFF);
    let scans: Vec<u8> = std::iter::repeat_with(|| [&segment(marker::SOS, SCAN)[..], DATA].concat())
        .take(100)
        .flatten()
        .collect();
    let whole = sound();
    assert_table(&[
        (
            "pixels",
            jpeg(&[segment(0xC0, &huge)], b""),
            &[(Code::JpegDimensionsTooLarge, Rejection, 7)],
        ),
        ("100 scans", [&whole[..106], &scans, b"\xFF\xD9"].concat(), &[]),
        (
            "101 scans",
            [&whole[..120], &scans, b"\xFF\xD9"].concat(),
            &[(Code::JpegExcessiveScans, Warning, 1506)],
        ),
    ]);
}
