//! Forms in the spellings of other clients.

use arbitrary::{Arbitrary, Unstructured};
use rebuttal_multipart::{Boundary, Limits, Mode};

use super::{
    READINGS,
    trace::{Entry, How},
};
use crate::{generators::spelling::Spelled, oracles::cut};

/// Reads a form that is spelled as the standards allow, or advise against, as the input says.
///
/// # Panics
///
/// When the boundary is not what the head announces; when a reader that forgives makes anything else of the form than
/// its parts; or when a strict one stops at a spelling that is allowed, or at anything but the first that is advised
/// against.
pub fn multipart_spelled(input: &[u8]) {
    let mut u = Unstructured::new(input);
    let cuts: u8 = u.arbitrary().unwrap_or_default();
    let spelled = Spelled::arbitrary(&mut u).expect("every input makes a form");
    let boundary = Boundary::from_content_type(spelled.announced.as_bytes());
    let boundary = boundary.unwrap_or_else(|error| panic!("{:?}: {error}", spelled.announced));
    assert_eq!(boundary.as_str(), spelled.boundary, "{:?}", spelled.announced);
    let (body, limits) = (&spelled.body[..], Limits::default());
    READINGS.with_borrow_mut(|[read, _]| {
        for mode in [Mode::Lenient, Mode::Observe, Mode::Strict] {
            let how = How {
                boundary,
                mode,
                limits: &limits,
            };
            read.read(&how, body, cut::chosen(body, cuts));
            let wanted = match mode {
                Mode::Strict => spelled.advised_against.first(),
                _ => None,
            };
            assert_eq!(
                read.stopped().map(|it| it.id),
                wanted.copied(),
                "{mode:?}: {spelled:?}, read: {read:?}"
            );
            if wanted.is_none() {
                assert!(
                    read.entries.last() == Some(&Entry::End) && read.has_parts(body, &spelled.parts),
                    "{mode:?}: {spelled:?}, read: {read:?}"
                );
            }
        }
    });
}
