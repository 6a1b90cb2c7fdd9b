//! JPEG files: baseline, grey, with the Huffman tables that the standard gives as an example.

/// How many codes there are of each length.
const DC_COUNTS: [u8; 16] = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const DC_VALUES: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const AC_COUNTS: [u8; 16] = [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D];
const AC_VALUES: &[u8; 162] = b"\x01\x02\x03\x00\x04\x11\x05\x12\x21\x31\x41\x06\x13\x51\x61\x07\x22\x71\x14\x32\x81\x91\
\xa1\x08\x23\x42\xb1\xc1\x15\x52\xd1\xf0\x24\x33\x62\x72\x82\x09\x0a\x16\x17\x18\x19\x1a\x25\x26\x27\x28\x29\x2a\x34\x35\
\x36\x37\x38\x39\x3a\x43\x44\x45\x46\x47\x48\x49\x4a\x53\x54\x55\x56\x57\x58\x59\x5a\x63\x64\x65\x66\x67\x68\x69\x6a\x73\
\x74\x75\x76\x77\x78\x79\x7a\x83\x84\x85\x86\x87\x88\x89\x8a\x92\x93\x94\x95\x96\x97\x98\x99\x9a\xa2\xa3\xa4\xa5\xa6\xa7\
\xa8\xa9\xaa\xb2\xb3\xb4\xb5\xb6\xb7\xb8\xb9\xba\xc2\xc3\xc4\xc5\xc6\xc7\xc8\xc9\xca\xd2\xd3\xd4\xd5\xd6\xd7\xd8\xd9\xda\
\xe1\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa";

/// Marker and length of a segment, in bytes.
const AROUND_SEGMENT: usize = 4;

fn segment(file: &mut Vec<u8>, marker: u8, body: &[u8]) {
    file.extend_from_slice(&[0xFF, marker]);
    let length = u16::try_from(body.len() + 2).unwrap_or(u16::MAX);
    file.extend_from_slice(&length.to_be_bytes());
    file.extend_from_slice(body);
}

/// All up to the scan header; the comments come in between.
fn tables(width: u16, height: u16, restart: u16, comments: &[u8]) -> Vec<u8> {
    let mut file = b"\xFF\xD8".to_vec();
    segment(&mut file, 0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    file.extend_from_slice(comments);
    let mut quantization = vec![8; 65];
    quantization[0] = 0;
    segment(&mut file, 0xDB, &quantization);
    let [w, h] = [width.to_be_bytes(), height.to_be_bytes()];
    segment(&mut file, 0xC0, &[8, h[0], h[1], w[0], w[1], 1, 1, 0x11, 0]);
    segment(&mut file, 0xC4, &[&[0][..], &DC_COUNTS, &DC_VALUES].concat());
    segment(&mut file, 0xC4, &[&[0x10][..], &AC_COUNTS, AC_VALUES].concat());
    segment(&mut file, 0xDD, &restart.to_be_bytes());
    file
}

fn scan_header() -> Vec<u8> {
    let mut header = Vec::new();
    segment(&mut header, 0xDA, &[1, 1, 0, 0, 63, 0]);
    header
}

fn head() -> Vec<u8> {
    let mut file = tables(4096, 4096, 0, &[]);
    file.append(&mut scan_header());
    file
}

/// The code of each value and its length in bits.
fn codes(counts: [u8; 16], values: &[u8]) -> [(u32, u32); 256] {
    let mut codes = [(0, 0); 256];
    let (mut code, mut values) = (0, values.iter());
    for (bits, count) in (1..).zip(counts) {
        for value in values.by_ref().take(usize::from(count)) {
            codes[usize::from(*value)] = (code, bits);
            code += 1;
        }
        code <<= 1;
    }
    codes
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    kept: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, (value, bits): (u32, u32)) {
        self.kept = self.kept << bits | value;
        self.count += bits;
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.kept >> self.count).to_le_bytes()[0];
            self.bytes.push(byte);
            if byte == 0xFF {
                self.bytes.push(0);
            }
            self.kept &= (1 << self.count) - 1;
        }
    }
}

/// A number as its count of bits, and the bits.
fn magnitude(value: i32) -> (u32, u32) {
    let bits = u32::BITS - value.unsigned_abs().leading_zeros();
    let coded = if value >= 0 {
        value
    } else {
        value + (1 << bits) - 1
    };
    (bits, coded.unsigned_abs())
}

/// One restart interval of so many blocks, with so many coefficients in each.
fn row(blocks: u32, coefficients: u32) -> Vec<u8> {
    let (dc, ac) = (codes(DC_COUNTS, &DC_VALUES), codes(AC_COUNTS, AC_VALUES));
    let mut random = fastrand::Rng::with_seed(3);
    let mut bits = Bits::default();
    let mut last = 0;
    for _ in 0..blocks {
        let wanted = random.i32(-60..=60);
        let (length, value) = magnitude(wanted - last);
        last = wanted;
        bits.put(dc[length as usize]);
        bits.put((value, length));
        for _ in 0..coefficients {
            let sign = if random.bool() { 1 } else { -1 };
            let (length, value) = magnitude(sign * random.i32(1..=12));
            bits.put(ac[length as usize]);
            bits.put((value, length));
        }
        // The end of the block.
        bits.put(ac[0]);
    }
    if bits.count > 0 {
        let missing = 8 - bits.count;
        bits.put(((1 << missing) - 1, missing));
    }
    bits.bytes
}

/// A photo with restart markers, and comments that make it as long as wanted.
pub(super) fn photo(total: usize) -> Vec<u8> {
    const BLOCKS: u16 = 512;
    let row = row(u32::from(BLOCKS), 30);
    let rows = (total - 2000) / (row.len() + 2);
    let height = u16::try_from(8 * rows).unwrap_or(u16::MAX);
    let build = |comments: &[u8]| {
        let mut file = tables(8 * BLOCKS, height, BLOCKS, comments);
        file.append(&mut scan_header());
        for (index, marker) in (0..rows).zip((0xD0..=0xD7).cycle()) {
            file.extend_from_slice(&row);
            if index + 1 < rows {
                file.extend_from_slice(&[0xFF, marker]);
            }
        }
        file.extend_from_slice(b"\xFF\xD9");
        file
    };
    let mut left = total - build(&[]).len();
    let mut comments = Vec::new();
    while left >= AROUND_SEGMENT {
        let length = left.min(65_000);
        segment(&mut comments, 0xFE, &vec![b'c'; length - AROUND_SEGMENT]);
        left -= length;
    }
    build(&comments)
}

/// Appends a unit as often as there is room before the end.
fn fill_up(mut file: Vec<u8>, unit: &[u8], end: &[u8], total: usize) -> Vec<u8> {
    let count = (total - file.len() - end.len()) / unit.len();
    file.extend_from_slice(&unit.repeat(count));
    file.extend_from_slice(end);
    file
}

/// Scan data of which every second byte is FF.
pub(super) fn stuffing(total: usize) -> Vec<u8> {
    fill_up(head(), b"\xFF\0", b"\xFF\xD9", total)
}

fn short_scan() -> Vec<u8> {
    let mut end = scan_header();
    end.extend_from_slice(b"\0\0\xFF\xD9");
    end
}

/// Fill bytes before the scan header.
pub(super) fn fill(total: usize) -> Vec<u8> {
    fill_up(tables(4096, 4096, 0, &[]), b"\xFF", &short_scan(), total)
}

/// Empty comments.
pub(super) fn comments(total: usize) -> Vec<u8> {
    fill_up(
        tables(4096, 4096, 0, &[]),
        b"\xFF\xFE\0\x02",
        &short_scan(),
        total,
    )
}

/// Nothing but restart markers.
pub(super) fn restarts(total: usize) -> Vec<u8> {
    let unit = b"\xFF\xD0\xFF\xD1\xFF\xD2\xFF\xD3\xFF\xD4\xFF\xD5\xFF\xD6\xFF\xD7";
    fill_up(head(), unit, b"\xFF\xD9", total)
}

/// Scan after scan.
pub(super) fn scans(total: usize) -> Vec<u8> {
    let mut unit = scan_header();
    unit.push(0x3F);
    fill_up(head(), &unit, b"\xFF\xD9", total)
}
