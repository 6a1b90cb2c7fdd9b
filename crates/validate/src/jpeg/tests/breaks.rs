//! Pictures with one thing wrong: code, severity and offset of each.

use super::*;

#[test]
fn a_cut_shows_where_the_file_ends() {
    let whole = sound();
    assert_eq!(whole.len(), 122);
    assert_table(&[
        (
            "SOI alone",
            whole[..2].to_vec(),
            &[(Code::JpegTruncated, Rejection, 2)],
        ),
        (
            "cut in DQT",
            whole[..40].to_vec(),
            &[(Code::JpegTruncated, Rejection, 2)],
        ),
        (
            "cut before SOF",
            whole[..71].to_vec(),
            &[(Code::JpegTruncated, Rejection, 71)],
        ),
        (
            "cut before scan data",
            whole[..116].to_vec(),
            &[(Code::JpegTruncated, Rejection, 116)],
        ),
        (
            "cut in scan data",
            whole[..117].to_vec(),
            &[(Code::JpegTruncatedScan, Warning, 117)],
        ),
        (
            "no end marker",
            whole[..120].to_vec(),
            &[(Code::JpegTruncatedScan, Warning, 120)],
        ),
        (
            "half an end marker",
            whole[..121].to_vec(),
            &[(Code::JpegMissingEoi, Warning, 120)],
        ),
    ]);
}

#[test]
fn a_picture_needs_a_frame_and_a_scan() {
    let whole = sound();
    let head = |parts: &[Vec<u8>]| jpeg(parts, b"");
    assert_table(&[
        (
            "no frame",
            head(&[quantization(), segment(marker::SOS, SCAN)]),
            &[(Code::JpegNoFrame, Rejection, 71)],
        ),
        (
            "nothing but an end",
            jpeg(&[], b"\xFF\xD9"),
            &[(Code::JpegNoFrame, Rejection, 2)],
        ),
        (
            "no scan",
            [&whole[..106], b"\xFF\xD9"].concat(),
            &[(Code::JpegNoScan, Rejection, 106)],
        ),
    ]);
}

#[test]
fn a_frame_that_nothing_shows_is_refused_at_its_field() {
    let head = |parts: &[Vec<u8>]| jpeg(parts, b"");
    assert_table(&[
        (
            "height 0",
            changed(77, 0),
            &[(Code::JpegZeroDimension, Rejection, 76)],
        ),
        (
            "width 0",
            changed(79, 0),
            &[(Code::JpegZeroDimension, Rejection, 78)],
        ),
        ("65,288 x 8 pixels", changed(76, 0xFF), &[]),
        (
            "12 bits",
            changed(75, 12),
            &[(Code::JpegUnsupportedCoding, Rejection, 75)],
        ),
        (
            "lossless",
            changed(72, 0xC3),
            &[(Code::JpegUnsupportedCoding, Rejection, 71)],
        ),
        (
            "arithmetic",
            changed(72, 0xC9),
            &[(Code::JpegUnsupportedCoding, Warning, 71)],
        ),
        (
            "two components",
            changed(80, 2),
            &[(Code::JpegBadFrame, Rejection, 80)],
        ),
        (
            "sampling 0",
            changed(82, 0x01),
            &[(Code::JpegBadFrame, Rejection, 82)],
        ),
        (
            "two frames",
            head(&[segment(0xC0, FRAME), segment(0xC0, FRAME)]),
            &[(Code::JpegBadFrame, Rejection, 15)],
        ),
    ]);
}

#[test]
fn a_scan_needs_its_components_and_tables() {
    let whole = sound();
    let head = |parts: &[Vec<u8>]| jpeg(parts, b"");
    assert_table(&[
        (
            "unknown component",
            changed(111, 9),
            &[(Code::JpegBadScan, Rejection, 111)],
        ),
        (
            "overfull table",
            changed(89, 3),
            &[(Code::JpegBadTable, Rejection, 84)],
        ),
        (
            "cut table",
            head(&[segment(marker::DQT, &[0, 1, 1])]),
            &[(Code::JpegBadTable, Rejection, 2)],
        ),
        ("table 4", changed(6, 4), &[(Code::JpegBadTable, Rejection, 2)]),
        (
            "no DQT",
            jpeg(&[], &whole[71..]),
            &[(Code::JpegMissingTable, Rejection, 37)],
        ),
        (
            "no DHT",
            [&whole[..84], &whole[106..]].concat(),
            &[(Code::JpegMissingTable, Warning, 84)],
        ),
        (
            "arithmetic, which needs no DHT",
            [&changed(72, 0xC9)[..84], &whole[106..]].concat(),
            &[(Code::JpegUnsupportedCoding, Warning, 71)],
        ),
    ]);
}

#[test]
fn only_a_marker_may_stand_between_segments() {
    let whole = sound();
    assert_table(&[
        (
            "reserved marker",
            jpeg(&[vec![0xFF, 0x02]], &whole[2..]),
            &[(Code::JpegBadMarker, Rejection, 2)],
        ),
        (
            "second SOI",
            jpeg(&[vec![0xFF, 0xD8]], &whole[2..]),
            &[(Code::JpegBadMarker, Rejection, 2)],
        ),
        (
            "junk and a picture",
            jpeg(&[b"junk".to_vec()], &whole[2..]),
            &[(Code::JpegBadMarker, Warning, 2)],
        ),
        (
            "junk and a break",
            jpeg(&[b"junk".to_vec()], &whole[71..]),
            &[(Code::JpegBadMarker, Rejection, 2)],
        ),
        (
            "length 0",
            jpeg(&[b"\xFF\xE0\0\0".to_vec()], &whole[2..]),
            &[(Code::JpegBadSegmentLength, Warning, 2)],
        ),
    ]);
}

#[test]
fn damage_in_the_scan_is_warned_of() {
    assert_table(&[
        (
            "marker in the scan",
            scanned(b"\x01\xFF\xC0\x02"),
            &[(Code::JpegBadMarker, Warning, 117)],
        ),
        (
            "restart out of order",
            scanned(b"\x01\xFF\xD1\x02"),
            &[(Code::JpegRestartOrder, Warning, 117)],
        ),
        (
            "empty scan",
            scanned(b""),
            &[(Code::JpegTruncatedScan, Warning, 116)],
        ),
    ]);
}

#[test]
fn what_stands_behind_the_end_is_told() {
    let whole = sound();
    assert_table(&[
        (
            "newline behind",
            behind(b"\n"),
            &[(Code::TrailingData, Warning, 122)],
        ),
        (
            "picture that no index announces",
            behind(&whole),
            &[(Code::TrailingData, Warning, 122)],
        ),
        (
            "film that nothing announces",
            behind(FILM),
            &[(Code::TrailingData, Warning, 122)],
        ),
        (
            "film and archive behind",
            behind(b"\0\0\0\x18ftypmp42....PK\x05\x06................."),
            &[(Code::TrailingArchive, Warning, 122)],
        ),
        (
            "zip behind",
            behind(b"PK\x03\x04"),
            &[(Code::TrailingArchive, Warning, 122)],
        ),
    ]);
}
