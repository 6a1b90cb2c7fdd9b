//! Frame headers (SOF) and scan headers (SOS).

use super::Picture;
use crate::{MAX_PIXELS, NETWORK_PIXELS, code::Code, field::Field, finding::Findings};

/// Marker and length stand before a segment's body.
const BODY: u64 = 4;

/// What later segments need of the frame header.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    components: Vec<Component>,
    arithmetic: bool,
    width: u16,
    height: u16,
}

#[derive(Clone, Copy, Debug, Default)]
struct Component {
    id: u8,
    /// Sampling factors, 1 to 4.
    across: u8,
    down: u8,
    quantization: u8,
}

impl Frame {
    /// How many MCUs a scan of these components has (ITU-T T.81, A.2).
    fn mcus(&self, scanned: &[Component]) -> u64 {
        let most = |factor: fn(&Component) -> u8| self.components.iter().map(factor).max().unwrap_or(1);
        let (most_across, most_down) = (most(|c| c.across), most(|c| c.down));
        let count = |pixels: u16, most: u8, own: u8| {
            let (pixels, most, own) = (u64::from(pixels), u64::from(most), u64::from(own));
            match scanned {
                // One component alone is scanned block by block.
                [_] => (pixels * own).div_ceil(most).div_ceil(8),
                _ => pixels.div_ceil(8 * most),
            }
        };
        let (across, down) = scanned.first().map_or((1, 1), |c| (c.across, c.down));
        count(self.width, most_across, across) * count(self.height, most_down, down)
    }
}

/// Judges a frame header, field by field in the order of their bytes.
pub(super) fn check<const N: usize>(
    marker: u8,
    head: &Field<N>,
    body_bytes: u16,
    offset: u64,
    picture: &mut Picture,
    findings: &mut Findings,
) {
    let (precision, height, width, count) = (head.get(0), head.u16(1), head.u16(3), head.get(5));
    let problem = if !matches!(marker, 0xC0 | 0xC1 | 0xC2 | 0xC9 | 0xCA) {
        Some((
            Code::JpegUnsupportedCoding,
            0,
            format!("{} coding", coding(marker)),
        ))
    } else if picture.frame.is_some() {
        Some((Code::JpegBadFrame, 0, "a second frame header".to_owned()))
    } else if body_bytes < 6 {
        Some((
            Code::JpegBadFrame,
            0,
            format!("a frame header of {body_bytes} bytes"),
        ))
    } else if precision != 8 {
        Some((
            Code::JpegUnsupportedCoding,
            BODY,
            format!("{precision} bits a sample"),
        ))
    } else if height == 0 {
        Some((Code::JpegZeroDimension, BODY + 1, "a height of 0".to_owned()))
    } else if width == 0 {
        Some((Code::JpegZeroDimension, BODY + 3, "a width of 0".to_owned()))
    } else if !matches!(count, 1 | 3 | 4) {
        Some((Code::JpegBadFrame, BODY + 5, format!("{count} components")))
    } else if body_bytes != 6 + 3 * u16::from(count) {
        let found = format!("a frame header of {body_bytes} bytes for {count} components");
        Some((Code::JpegBadFrame, 0, found))
    } else if u64::from(width) * u64::from(height) > MAX_PIXELS {
        Some((
            Code::JpegDimensionsTooLarge,
            BODY + 1,
            format!("{width} x {height} pixels"),
        ))
    } else {
        sampling(head, count).map(|(at, found)| (Code::JpegBadFrame, BODY + at, found))
    };
    if let Some((code, at, found)) = problem {
        return picture.fail(code, offset + at, findings, || found);
    }
    if u64::from(width) * u64::from(height) > NETWORK_PIXELS {
        findings.note(Code::PixelsForNetworks, offset + BODY + 1, || {
            format!("{width} x {height} pixels")
        });
    }
    let arithmetic = marker >= 0xC9;
    if arithmetic {
        findings.warn(Code::JpegUnsupportedCoding, offset, || {
            "arithmetic coding, which some viewers lack".to_owned()
        });
    }
    let components = (0..usize::from(count))
        .map(|index| Component {
            id: head.get(6 + 3 * index),
            across: head.get(7 + 3 * index) >> 4,
            down: head.get(7 + 3 * index) & 15,
            quantization: head.get(8 + 3 * index),
        })
        .collect();
    picture.frame = Some(Frame {
        components,
        arithmetic,
        width,
        height,
    });
}

/// The first component whose sampling factors are not 1 to 4.
fn sampling<const N: usize>(head: &Field<N>, count: u8) -> Option<(u64, String)> {
    (0..usize::from(count)).map(|index| 7 + 3 * index).find_map(|at| {
        let (across, down) = (head.get(at) >> 4, head.get(at) & 15);
        let valid = (1..=4).contains(&across) && (1..=4).contains(&down);
        (!valid).then(|| (at as u64, format!("sampling factors {across} x {down}")))
    })
}

fn coding(marker: u8) -> &'static str {
    match marker {
        0xC3 => "lossless",
        0xC5..=0xC7 => "hierarchical",
        0xCB => "lossless arithmetic",
        0xCD..=0xCF => "hierarchical arithmetic",
        0xF7 => "JPEG-LS",
        _ => "reserved",
    }
}

/// Judges a scan header against the frame and the tables so far, and says how many restart markers the scan
/// has, where that is known.
pub(super) fn check_scan<const N: usize>(
    head: &Field<N>,
    body_bytes: u16,
    offset: u64,
    picture: &Picture,
    findings: &mut Findings,
) -> Option<u64> {
    let Some(frame) = &picture.frame else {
        picture.fail(Code::JpegNoFrame, offset, findings, || {
            "a scan and no frame before it".to_owned()
        });
        return None;
    };
    let count = head.get(0);
    if !(1..=4).contains(&count) || body_bytes != 4 + 2 * u16::from(count) {
        let found = || format!("a scan header of {body_bytes} bytes for {count} components");
        picture.fail(Code::JpegBadScan, offset, findings, found);
        return None;
    }
    let mut scanned = [Component::default(); 4];
    let scanned = &mut scanned[..usize::from(count)];
    for (index, place) in scanned.iter_mut().enumerate() {
        let (at, id) = (1 + 2 * index, head.get(1 + 2 * index));
        let Some(component) = frame.components.iter().find(|component| component.id == id) else {
            let found = || format!("component {id}, which the frame does not have");
            picture.fail(Code::JpegBadScan, offset + BODY + at as u64, findings, found);
            return None;
        };
        let table = component.quantization;
        if !picture.tables.quantization(table) {
            let found = || format!("quantization table {table} used and not defined");
            picture.fail(Code::JpegMissingTable, offset, findings, found);
            return None;
        }
        *place = *component;
    }
    if !frame.arithmetic && !picture.tables.any_huffman() {
        // Frames of motion JPEG leave the standard tables out, and viewers fill them in.
        findings.warn(Code::JpegMissingTable, offset, || {
            "a scan and no Huffman table before it".to_owned()
        });
    }
    let restarts = match u64::from(picture.restart_interval) {
        0 => 0,
        interval => (frame.mcus(scanned) - 1) / interval,
    };
    Some(restarts)
}
