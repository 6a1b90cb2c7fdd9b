//! The second bytes of markers.

pub(super) const TEM: u8 = 0x01;
pub(super) const DHT: u8 = 0xC4;
pub(super) const JPG: u8 = 0xC8;
pub(super) const DAC: u8 = 0xCC;
pub(super) const RST0: u8 = 0xD0;
pub(super) const RST7: u8 = 0xD7;
pub(super) const EOI: u8 = 0xD9;
pub(super) const SOS: u8 = 0xDA;
pub(super) const DQT: u8 = 0xDB;
pub(super) const DNL: u8 = 0xDC;
pub(super) const DRI: u8 = 0xDD;
pub(super) const APP0: u8 = 0xE0;
pub(super) const APP1: u8 = 0xE1;
pub(super) const APP2: u8 = 0xE2;
pub(super) const APP15: u8 = 0xEF;
pub(super) const COM: u8 = 0xFE;

/// Whether the marker starts a frame header.
pub(super) const fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, DHT | JPG | DAC)
}

/// Whether a segment with a length follows the marker, between segments.
pub(super) const fn has_segment(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF | SOS..=0xDF | APP0..=APP15 | 0xF7 | COM)
}

/// Whether the marker ends scan data and starts a segment.
pub(super) const fn may_follow_scan(marker: u8) -> bool {
    matches!(marker, DHT | DAC | SOS | DQT | DNL | DRI | APP0..=APP15 | COM)
}

/// Whether the marker starts an application's segment that no rule looks into.
pub(super) const fn is_plain_app(marker: u8) -> bool {
    matches!(marker, APP0..=APP15) && !matches!(marker, APP1 | APP2)
}

/// The segment's name.
pub(super) fn name(marker: u8) -> String {
    match marker {
        DHT => "DHT (Huffman tables)".to_owned(),
        DAC => "DAC".to_owned(),
        SOS => "SOS (scan header)".to_owned(),
        DQT => "DQT (quantization tables)".to_owned(),
        DRI => "DRI".to_owned(),
        COM => "COM (comment)".to_owned(),
        APP0..=APP15 => format!("APP{}", marker - APP0),
        _ if is_frame(marker) => format!("SOF{} (frame header)", marker - 0xC0),
        _ => format!("FF {marker:02X}"),
    }
}
