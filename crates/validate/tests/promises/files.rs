//! Sound files of any length.

pub(super) fn length(bytes: u64) -> usize {
    usize::try_from(bytes).expect("a length in memory")
}

/// A chunk of a PNG.
pub(super) fn chunk(name: &[u8], body: &[u8]) -> Vec<u8> {
    let named = [name, body].concat();
    let length = u32::try_from(body.len()).expect("a short chunk");
    [
        &length.to_be_bytes()[..],
        &named,
        &crc32fast::hash(&named).to_be_bytes(),
    ]
    .concat()
}

/// A sound PNG of one pixel with a filler chunk, so that it has `total` bytes.
pub(super) fn png(total: usize) -> Vec<u8> {
    let head = chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    let data = chunk(b"IDAT", b"\x78\x01\x01\x02\x00\xFD\xFF\x00\x80\x00\x82\x00\x81");
    let end = chunk(b"IEND", b"");
    let filler = total - 8 - head.len() - data.len() - end.len() - 12;
    [
        &b"\x89PNG\r\n\x1a\n"[..],
        &head,
        &chunk(b"prVt", &vec![7; filler]),
        &data,
        &end,
    ]
    .concat()
}

/// A sound PDF with a stream as filler, so that it has `total` bytes.
pub(super) fn pdf(total: usize) -> Vec<u8> {
    let build = |filler: usize| {
        let body = format!(
            "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
             3 0 obj<</Type/Page/Parent 2 0 R>>endobj\n4 0 obj<</Length {filler:08}>>stream\n{}\nendstream endobj\n",
            "x".repeat(filler),
        );
        let at = body.len();
        format!("{body}xref\n0 0\ntrailer<</Size 5/Root 1 0 R>>\nstartxref\n{at:08}\n%%EOF\n").into_bytes()
    };
    let bare = build(0).len();
    build(total - bare)
}

/// A JPEG of 8 by 8 grey pixels with comments as filler, so that it has `total` bytes.
pub(super) fn jpeg(total: usize) -> Vec<u8> {
    let segment = |marker: u8, body: &[u8]| {
        let length = u16::try_from(body.len() + 2).expect("a short segment");
        [&[0xFF, marker][..], &length.to_be_bytes(), body].concat()
    };
    let mut table = [0; 18];
    table[1] = 1;
    let picture = [
        segment(0xDB, &[&[0][..], &[1; 64]].concat()),
        segment(0xC0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
        segment(0xC4, &table),
        segment(0xDA, &[1, 1, 0, 0, 63, 0]),
        b"\x12\xFF\xD9".to_vec(),
    ]
    .concat();
    let mut filler = total - 2 - picture.len();
    let mut bytes = b"\xFF\xD8".to_vec();
    while filler > 0 {
        let taken = if filler > 65_537 {
            filler.min(60_000)
        } else {
            filler
        };
        bytes.extend(segment(0xFE, &vec![7; taken - 4]));
        filler -= taken;
    }
    [bytes, picture].concat()
}
