//! Motion photos: a film behind the picture, announced in XMP by the names that phones use.

use memchr::memmem;

/// What Samsung puts between the picture and the film.
pub(super) const SAMSUNG: &[u8] = b"MotionPhoto_Data";

/// How an APP1 segment with XMP starts, as far as the main packet and its extension agree.
const XMP: &[u8] = b"http://ns.adobe.co";

const NAMES: [&[u8]; 2] = [b"MotionPhoto", b"MicroVideo"];

/// As much as a name can have in the chunk before.
const SEAM_BYTES: usize = 10;

/// Looks for the names in the XMP of one segment, as its bytes pass.
#[derive(Debug, Default)]
pub(super) struct Announcement {
    last: [u8; SEAM_BYTES],
    found: bool,
}

impl Announcement {
    pub(super) fn feed(&mut self, body: &[u8]) {
        let new = body.len().min(SEAM_BYTES);
        let mut seam = [0; 2 * SEAM_BYTES];
        seam[..SEAM_BYTES].copy_from_slice(&self.last);
        seam[SEAM_BYTES..SEAM_BYTES + new].copy_from_slice(&body[..new]);
        let seam = &seam[..SEAM_BYTES + new];
        let names = |bytes: &[u8]| NAMES.iter().any(|name| memmem::find(bytes, name).is_some());
        self.found = self.found || names(seam) || names(body);
        self.last.copy_from_slice(&seam[new..]);
        if let Some(end) = body.last_chunk() {
            self.last = *end;
        }
    }

    /// Whether the segment, which starts with `head`, announces a film.
    pub(super) fn made_in(&self, head: &[u8]) -> bool {
        self.found && head.starts_with(XMP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_however_it_is_cut_and_only_in_xmp() {
        let body = b"http://ns.adobe.com/xap/1.0/\0 GCamera:MotionPhoto=\"1\" more than a seam";
        for step in 1..=body.len() {
            let mut announcement = Announcement::default();
            for chunk in body.chunks(step) {
                announcement.feed(chunk);
            }
            assert!(announcement.made_in(body), "{step} bytes at a time");
            assert!(!announcement.made_in(b"Exif\0\0"), "{step} bytes at a time");
        }
        let mut announcement = Announcement::default();
        announcement.feed(b"http://ns.adobe.com/xap/1.0/\0 MicroVid");
        announcement.feed(b"e");
        assert!(!announcement.made_in(XMP));
        announcement.feed(b"o");
        assert!(announcement.made_in(XMP));
    }
}
