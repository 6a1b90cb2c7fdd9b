//! What the sender says that a file is: its name and its declared media type.
//!
//! Neither changes the outcome under a policy without switches. A disagreement with the bytes is worth a note, because it tells the sender
//! that the phone or the program does something else than its name says.

use rebuttal_model::Format;

use crate::{
    code::Code,
    finding::{Finding, Severity},
    report::Detected,
};

/// The longest extension or media type that is kept, in characters.
const MAX_CHARS: usize = 64;

#[derive(Debug, Default)]
pub(crate) struct Declared {
    extension: Option<String>,
    /// The name without its extension, where Mastercom does not take it.
    unfit: Option<String>,
    media_type: Option<String>,
}

impl Declared {
    pub(crate) fn name(&mut self, filename: &str) {
        let name = filename.rsplit(['/', '\\']).next().unwrap_or_default();
        self.extension = name.rsplit_once('.').map(|(_, extension)| lower(extension));
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        // What has neither letter nor digit is the lack of a name.
        let is_named = stem.chars().any(char::is_alphanumeric);
        self.unfit = (is_named && !fits_networks(stem)).then(|| stem.chars().take(MAX_CHARS).collect());
    }

    pub(crate) fn media_type(&mut self, media_type: &str) {
        let essence = media_type.split(';').next().unwrap_or_default();
        self.media_type = Some(lower(essence.trim()));
    }

    /// The disagreements with what the bytes are.
    pub(crate) fn findings(&self, detected: Detected) -> impl Iterator<Item = Finding> {
        let by_name = self.extension.as_deref().filter(|extension| {
            disagrees(
                detected,
                |format| format.extensions().contains(extension),
                !extension.is_empty(),
            )
        });
        let by_type = self.media_type.as_deref().filter(|media_type| {
            let vague = matches!(
                *media_type,
                "" | "application/octet-stream" | "binary/octet-stream"
            );
            disagrees(detected, |format| names(format, media_type), !vague)
        });
        let found = detected.name();
        let unfit = self
            .unfit
            .as_deref()
            .filter(|_| matches!(detected, Detected::Allowed(_)));
        [
            unfit.map(|stem| (Code::NameForNetworks, format!("{stem:?}"))),
            by_name.map(|extension| {
                (
                    Code::NameDisagrees,
                    format!("a {found} whose name ends in .{extension}"),
                )
            }),
            by_type.map(|media_type| (Code::TypeDisagrees, format!("a {found} declared as {media_type}"))),
        ]
        .into_iter()
        .flatten()
        .map(|(code, found)| Finding::new(code, Severity::Note, Some(0), found))
    }
}

/// Whether Mastercom takes a file of this name: "not more than 16 characters", "either English characters or
/// numbers", no "special characters and spaces" (developer.mastercard.com, Image and Document Requirements).
fn fits_networks(stem: &str) -> bool {
    stem.len() <= 16 && stem.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// An allowed format disagrees with every claim that is not its own; another one with a claim to be allowed.
fn disagrees(detected: Detected, claims: impl Fn(Format) -> bool, says_something: bool) -> bool {
    match detected {
        Detected::Allowed(format) => says_something && !claims(format),
        Detected::Other(_) => Format::ALL.into_iter().any(claims),
        Detected::Empty | Detected::Unknown => false,
    }
}

fn names(format: Format, media_type: &str) -> bool {
    let aliases: &[&str] = match format {
        Format::Png => &["image/x-png", "image/apng", "image/vnd.mozilla.apng"],
        Format::Jpeg => &["image/jpg", "image/pjpeg", "image/x-jpeg"],
        Format::Pdf => &["application/x-pdf", "text/pdf"],
    };
    media_type == format.media_type() || aliases.contains(&media_type)
}

fn lower(text: &str) -> String {
    text.chars()
        .take(MAX_CHARS)
        .collect::<String>()
        .to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::other::OtherFormat;

    #[test]
    fn a_disagreement_is_told_and_a_vague_or_missing_claim_is_none() {
        let heic = Detected::Other(OtherFormat::Heic);
        let jpeg = Detected::Allowed(Format::Jpeg);
        for (name, media_type, detected, wanted) in [
            ("slip.jpg", "image/jpeg", jpeg, &[][..]),
            ("SLIP.JPEG", "image/jpg; q=1", jpeg, &[]),
            ("slip", "application/octet-stream", jpeg, &[]),
            ("a.b/slip", "", jpeg, &[]),
            ("sixteenletters16.jpg", "", jpeg, &[]),
            ("seventeenletters1.jpg", "", jpeg, &[Code::NameForNetworks]),
            ("slip 2.jpg", "", jpeg, &[Code::NameForNetworks]),
            ("IMG_0001.jpg", "", jpeg, &[Code::NameForNetworks]),
            ("受領書.jpg", "", jpeg, &[Code::NameForNetworks]),
            ("受領書.heic", "", heic, &[]),
            (
                "slip.heic",
                "image/heic",
                jpeg,
                &[Code::NameDisagrees, Code::TypeDisagrees],
            ),
            ("slip.png", "image/jpeg", jpeg, &[Code::NameDisagrees]),
            ("slip.jpg", "image/heic", heic, &[Code::NameDisagrees]),
            ("slip.heic", "image/heic", heic, &[]),
            ("slip.png", "image/png", Detected::Unknown, &[]),
        ] {
            let mut declared = Declared::default();
            declared.name(name);
            declared.media_type(media_type);
            let codes: Vec<_> = declared.findings(detected).map(|finding| finding.code).collect();
            assert_eq!(codes, wanted, "{name} {media_type}");
        }
    }
}
