//! The body of an upload: a form with a file, or what was sent in its place.

use http::{HeaderMap, header};
use rebuttal_model::{Format, Kind, MAX_FILE_BYTES, SAFE_FILE_BYTES, clause};
use rebuttal_multipart::Decoding;

use super::{
    content::Content,
    form::{self, Form, Name, Part},
    stand_in::{as_text, other_body},
};
use crate::record::finding::{self as rule, Finding};

/// What an upload brings, and what is wrong with it.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact about the body, and independent of the others"
)]
pub(crate) struct UploadBody {
    pub(crate) findings: Vec<Finding>,
    /// Whether it is meant as a form.
    pub(crate) is_form: bool,
    /// The form is broken so that the contract wants it refused.
    pub(crate) is_broken: bool,
    /// A server may refuse it, or read it.
    pub(crate) is_doubtful: bool,
    pub(crate) file: Option<Part>,
    pub(crate) kind: Option<Part>,
    /// Whether the kind comes before the file.
    pub(crate) kind_first: bool,
    /// Text fields of other names.
    pub(crate) others: Vec<Part>,
    /// What the bytes of the file are.
    pub(crate) content: Option<Content>,
}

/// Looks at the body of an upload. `hides` says that the body holds a key.
pub(super) fn upload(headers: &HeaderMap, body: &[u8], hides: bool) -> UploadBody {
    let mut upload = UploadBody::default();
    let declared = headers.get(header::CONTENT_TYPE).map(http::HeaderValue::as_bytes);
    if let Some(coding) = headers
        .get(header::CONTENT_ENCODING)
        .filter(|it| *it != "identity")
    {
        let found = String::from_utf8_lossy(coding.as_bytes()).into_owned();
        let finding = rule::ENCODED_BODY.finding("header content-encoding", "no such header", found);
        upload.findings.push(finding);
        return upload;
    }
    let is_form = declared.is_some_and(|value| {
        let start = value.trim_ascii_start();
        start.len() >= 9 && start[..9].eq_ignore_ascii_case(b"multipart")
    });
    if !is_form {
        upload.findings.push(other_body(declared, body));
        return upload;
    }
    upload.is_form = true;
    let Form {
        parts,
        findings,
        is_broken,
        is_doubtful,
    } = form::read(declared.unwrap_or_default(), body, hides);
    upload.findings = findings;
    upload.is_broken = is_broken;
    upload.is_doubtful = is_doubtful;
    upload.fields(parts, body);
    upload.check_file(body);
    upload.check_kind(body);
    upload
}

impl UploadBody {
    /// Sorts the parts of the form by their names.
    fn fields(&mut self, parts: Vec<Part>, body: &[u8]) {
        let (mut files, mut kinds) = (0_u32, 0_u32);
        for part in parts {
            match part.name.as_str() {
                "file" => {
                    files += 1;
                    self.kind_first |= files == 1 && kinds > 0;
                    if self.file.is_none() {
                        self.file = Some(part);
                    }
                }
                "kind" => {
                    kinds += 1;
                    if self.kind.is_none() {
                        self.kind = Some(part);
                    }
                }
                _ => self.others.push(part),
            }
        }
        for (count, rule, name) in [
            (files, &rule::TWO_FILES, "file"),
            (kinds, &rule::TWO_KINDS, "kind"),
        ] {
            if count > 1 {
                self.is_doubtful = true;
                let found = format!("{count} parts of this name");
                self.findings
                    .push(rule.finding("form", format!("one part named {name}"), found));
            }
        }
        if self.file.is_some() || self.is_broken {
            for part in &self.others {
                let found = format!("a part named {:?}", part.name);
                let finding = rule::UNKNOWN_FIELD.finding(part.place(), "file and kind", found);
                self.findings.push(finding);
            }
            return;
        }
        let looks =
            |part: &&Part| part.filename.is_some() || Content::of(part.content(body)).format().is_some();
        let found = match self.others.iter().find(looks) {
            Some(part) => format!("a file in a part named {:?}", part.name),
            None if self.others.is_empty() && self.kind.is_none() => "no part at all".to_owned(),
            None => {
                let mut names: Vec<_> = self
                    .others
                    .iter()
                    .take(5)
                    .map(|it| format!("{:?}", it.name))
                    .collect();
                names.extend(self.kind.iter().map(|_| "\"kind\"".to_owned()));
                format!("parts named {}", names.join(", "))
            }
        };
        self.findings
            .push(rule::NO_FILE.finding("form", "a part named file, with a filename", found));
    }

    fn check_file(&mut self, body: &[u8]) {
        let Some(file) = self.file.clone() else { return };
        let bytes = file.content(body);
        let content = Content::of(bytes);
        self.content = Some(content);
        let Some(name) = file
            .filename
            .as_ref()
            .filter(|name| !base_name(&name.text).is_empty())
        else {
            let found = match &file.filename {
                Some(name) if name.text.is_empty() => "an empty filename".to_owned(),
                Some(_) => "a filename that ends in a slash".to_owned(),
                None => format!("no filename; the content is {}", as_text(bytes)),
            };
            let expected = "a part with a filename, such as filename=\"receipt.png\"";
            self.findings
                .push(rule::FILE_AS_TEXT.finding(file.place(), expected, found));
            return;
        };
        if self.is_broken {
            // How long the file is, and what it ends in, nobody knows.
            return;
        }
        self.check_content(&file, content);
        self.check_name(name, content);
        let declared = file
            .content_type
            .as_deref()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let essence = declared.split(';').next().unwrap_or_default().trim();
        let says_nothing = matches!(essence, "" | "application/octet-stream" | "binary/octet-stream");
        if let Some(format) = content
            .format()
            .filter(|it| !says_nothing && essence != it.media_type())
        {
            let found = format!("{essence:?} on {}", content.words());
            let finding = rule::TYPE_DIFFERS.finding(file.place(), format.media_type(), found);
            self.findings.push(finding);
        }
    }

    fn check_content(&mut self, file: &Part, content: Content) {
        let expected = "the bytes of a PNG, JPG or PDF";
        let rule = match content {
            Content::Empty => &rule::FILE_EMPTY,
            Content::Base64(_) => &rule::FILE_AS_BASE64,
            Content::Mangled(_) => &rule::FILE_MANGLED,
            Content::Other(_) | Content::Text | Content::Unknown => &rule::BAD_FORMAT,
            Content::Format(_) => {
                let bytes = format!("{} bytes", file.length);
                if file.length > MAX_FILE_BYTES {
                    let expected = format!("at most {MAX_FILE_BYTES} bytes");
                    self.findings
                        .push(rule::FILE_TOO_LARGE.finding(file.place(), expected, bytes));
                } else if file.length > SAFE_FILE_BYTES {
                    let expected = format!("at most {SAFE_FILE_BYTES} bytes");
                    self.findings
                        .push(rule::FILE_NEAR_LIMIT.finding(file.place(), expected, bytes));
                }
                return;
            }
        };
        self.findings
            .push(rule.finding(file.place(), expected, content.words()));
    }

    fn check_name(&mut self, name: &Name, content: Content) {
        let place = format!("filename, byte {} of the body", name.offset);
        let text = name.text.as_str();
        let shown: String = text.chars().take(80).collect();
        if name.is_lossy {
            let finding = rule::NAME_LOST.finding(place.as_str(), "UTF-8", "bytes that are not UTF-8");
            self.findings.push(finding);
        } else if text.contains(['\u{fffd}', '\u{3f}']) && text.matches(['?', '\u{fffd}']).count() > 1 {
            let found = format!("{shown:?}, with a mark for each letter that was lost");
            self.findings
                .push(rule::NAME_LOST.finding(place.as_str(), "UTF-8", found));
        }
        if base_name(text) != text {
            let found = format!("{shown:?}");
            self.findings
                .push(rule::NAME_IN_A_PATH.finding(place.as_str(), "the name alone", found));
        }
        let encoding = if text.starts_with("=?") && text.ends_with("?=") {
            Some("as in mail (RFC 2047)")
        } else if name.decoding == Decoding::Verbatim && is_percent_encoded(text) {
            Some("by percent signs")
        } else {
            None
        };
        if let Some(encoding) = encoding {
            let found = format!("{shown:?}, encoded {encoding}");
            self.findings
                .push(rule::NAME_ENCODED.finding(place.as_str(), "the name as it is", found));
        }
        let extension = text.rsplit_once('.').map(|(_, it)| it.to_ascii_lowercase());
        let is_of = |format: Format| {
            let known = format.extensions();
            extension.as_deref().is_some_and(|it| known.contains(&it))
        };
        if let Some(format) = content.format().filter(|format| !is_of(*format)) {
            let expected = format!(".{}", format.extensions()[0]);
            let found = extension.map_or_else(
                || "no extension".to_owned(),
                |it| format!("{:?}", format!(".{it}")),
            );
            self.findings
                .push(rule::EXTENSION_DIFFERS.finding(place, expected, found));
        }
    }

    fn check_kind(&mut self, body: &[u8]) {
        let Some(kind) = &self.kind else {
            if self.file.is_some() && !self.is_broken {
                self.findings
                    .push(rule::NO_KIND.finding("form", "a part named kind", "no such part"));
            }
            return;
        };
        if kind.filename.is_some() {
            let finding = rule::KIND_AS_FILE.finding(kind.place(), "a text field", "a part with a filename");
            self.findings.push(finding);
            return;
        }
        let text = String::from_utf8_lossy(kind.content(body)).into_owned();
        if text.parse::<Kind>().is_ok() || self.is_broken {
            return;
        }
        let expected = match nearest(&text) {
            Some(kind) => kind.as_str().to_owned(),
            None => {
                "cardholder_details, details_of_purchase, proof_of_receipt or proof_of_acceptance".to_owned()
            }
        };
        let shown: String = text.chars().take(60).collect();
        let found = if text.is_empty() {
            "an empty text".to_owned()
        } else {
            format!("{shown:?}")
        };
        self.findings
            .push(rule::BAD_KIND.finding(kind.place(), expected, found));
    }

    /// The kind that was sent, where it is one of the four.
    pub(crate) fn known_kind(&self, body: &[u8]) -> Option<Kind> {
        let kind = self.kind.as_ref().filter(|kind| kind.filename.is_none())?;
        str::from_utf8(kind.content(body)).ok()?.parse().ok()
    }
}

/// The kind that a text nearly is.
fn nearest(text: &str) -> Option<Kind> {
    let plain = |text: &str| -> String { text.chars().filter(char::is_ascii_alphabetic).collect() };
    let wanted = plain(&text.to_ascii_lowercase());
    let mut all = Kind::ALL.into_iter();
    all.find(|kind| strsim::damerau_levenshtein(&plain(kind.as_str()), &wanted) <= 3)
}

/// A filename without directories, as servers keep it.
pub(crate) fn base_name(filename: &str) -> &str {
    filename.rsplit(['/', '\\']).next().unwrap_or(filename)
}

/// Whether a name has letters that only an encoder writes with a percent sign: bytes beyond ASCII, or a space.
fn is_percent_encoded(text: &str) -> bool {
    let bytes = text.as_bytes();
    let encoded = bytes.windows(3).filter(|window| {
        window[0] == b'%'
            && window[1..].iter().all(u8::is_ascii_hexdigit)
            && (window[1] >= b'8' || &window[1..] == b"20")
    });
    encoded.count() > 0 && !text.contains(' ') && text.is_ascii()
}

/// The clause of an upload of this format.
pub(crate) fn clause_of(format: Format) -> &'static rebuttal_model::Clause {
    match format {
        Format::Png => &clause::upload::PNG,
        Format::Jpeg => &clause::upload::JPG,
        Format::Pdf => &clause::upload::PDF,
    }
}
