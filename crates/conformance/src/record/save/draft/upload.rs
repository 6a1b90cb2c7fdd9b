//! The request of an upload, as a form that the suite writes anew where that says all of it, and else to the byte.

use std::collections::BTreeMap;

use rebuttal_model::{Clause, Format, MAX_FILE_BYTES, clause};
use serde_json::Value;

use super::{Draft, Files, Taken, hides, plain};
use crate::{
    evidence::Sample,
    pattern,
    record::client::{Content, Part, UploadBody, clause_of},
    scenario::{RawRequest, Upload},
};

/// The longest body that stands in a scenario as text, in bytes.
const MOST_TEXT: usize = 4 * 1024;

/// The longest file that a scenario describes instead of keeping, in bytes.
const MOST_DESCRIBED: u64 = 20_000_000;

impl Draft {
    pub(super) fn upload(
        &mut self,
        taken: &Taken<'_>,
        files: &mut Files,
        dispute: Option<String>,
    ) -> Result<(), String> {
        let headers = &taken.sent.headers;
        if let Some(upload) = &taken.judged.upload
            && let Some(mut form) = self.form(upload, taken, files)?
        {
            form.dispute = dispute;
            form.chunked = headers.contains_key(http::header::TRANSFER_ENCODING);
            form.expect_continue = headers.contains_key(http::header::EXPECT);
            self.step.upload = Some(form);
            return Ok(());
        }
        let dispute = dispute.unwrap_or_else(|| "{{main}}".to_owned());
        let query = taken.sent.uri.query().map(|it| plain(it, taken)).transpose()?;
        let query = query.map(|it| format!("?{it}")).unwrap_or_default();
        let mut request = RawRequest {
            method: "POST".to_owned(),
            path: format!("/disputes/{dispute}/documents{query}"),
            ..RawRequest::default()
        };
        self.raw_body(&mut request, taken, files)?;
        self.step.request = Some(request);
        Ok(())
    }

    /// A request for a path or with a method that is not there.
    pub(super) fn other(&mut self, taken: &Taken<'_>, files: &mut Files) -> Result<(), String> {
        let path = plain(taken.sent.uri.path(), taken)?;
        let segment = |segment: &str| match segment {
            it if it.starts_with("dspt_") => "{{main}}".to_owned(),
            it if it.starts_with("docu_") => "{{unknown/document}}".to_owned(),
            it => it.to_owned(),
        };
        let path: Vec<_> = path.split('/').map(segment).collect();
        let path = path.join("/");
        if !path.contains("{{main}}") {
            self.needs.clear();
        }
        let mut request = RawRequest {
            method: taken.sent.method.to_string(),
            path,
            ..RawRequest::default()
        };
        self.raw_body(&mut request, taken, files)?;
        self.step.request = Some(request);
        Ok(())
    }

    /// The body as it was, with the headers that say what it is.
    fn raw_body(
        &mut self,
        request: &mut RawRequest,
        taken: &Taken<'_>,
        files: &mut Files,
    ) -> Result<(), String> {
        let body = &taken.sent.body;
        for name in ["Content-Type", "Content-Encoding"] {
            if let Some(value) = taken.sent.headers.get(name) {
                let text = value.to_str().map_err(|_| format!("its {name} is no text"))?;
                request.headers.insert(name.to_owned(), plain(text, taken)?);
            }
        }
        if taken.sent.headers.contains_key(http::header::TRANSFER_ENCODING) {
            self.notes.push("the chunks are left out".to_owned());
        }
        if body.is_empty() {
            return Ok(());
        }
        let holds_a_key = hides(body, taken);
        let text = str::from_utf8(body)
            .ok()
            .filter(|text| text.len() <= MOST_TEXT && !text.contains("{{") && !pattern::is_word(text));
        if let Some(text) = text {
            if holds_a_key {
                self.notes.push("the key in the body is masked".to_owned());
            }
            request.body = Some(taken.secrets.mask(text));
            return Ok(());
        }
        if holds_a_key {
            return Err("its body holds a key, and is not kept".to_owned());
        }
        request.content = Some(files.keep(body, "body")?);
        Ok(())
    }

    /// A form that the suite can write anew; `None` where it would be another.
    fn form(
        &mut self,
        body: &UploadBody,
        taken: &Taken<'_>,
        files: &mut Files,
    ) -> Result<Option<Upload>, String> {
        let is_plain = body.is_form && !body.is_broken && !body.is_doubtful;
        if !is_plain
            || taken.sent.uri.query().is_some()
            || taken.sent.headers.contains_key("content-encoding")
        {
            return Ok(None);
        }
        let mut upload = Upload {
            kind_first: body.kind_first,
            ..Upload::default()
        };
        let bytes = &taken.sent.body;
        if let Some(kind) = &body.kind {
            match text_of(kind, bytes, taken) {
                Some(text) => upload.kind = Some(text),
                None => return Ok(None),
            }
        }
        for part in &body.others {
            let name = plain(&part.name, taken)?;
            let Some(text) = text_of(part, bytes, taken) else {
                return Ok(None);
            };
            if upload.fields.insert(name, text).is_some() {
                return Ok(None);
            }
        }
        let Some(file) = &body.file else {
            upload.no_file = true;
            return Ok(Some(upload));
        };
        match &file.filename {
            Some(name) if is_plain_name(&name.text) && !name.is_lossy => {
                upload.filename = Some(taken.secrets.mask(&name.text));
            }
            Some(_) => return Ok(None),
            None => upload.as_text = true,
        }
        let declared = file.content_type.as_deref().unwrap_or_default();
        if declared.contains("{{") || !declared.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Ok(None);
        }
        upload.media_type = Some(taken.secrets.mask(declared)).filter(|_| !upload.as_text);
        self.content(&mut upload, file, body.content, taken, files)?;
        Ok(Some(upload))
    }

    /// The bytes of the file: kept beside the scenario, or described where that says enough.
    fn content(
        &mut self,
        upload: &mut Upload,
        file: &Part,
        content: Option<Content>,
        taken: &Taken<'_>,
        files: &mut Files,
    ) -> Result<(), String> {
        let bytes = file.content(&taken.sent.body);
        if bytes.is_empty() {
            upload.file = Some(Sample::Empty);
            return Ok(());
        }
        let format = content.and_then(Content::format);
        let sample = match format {
            Some(Format::Png) => Sample::Png,
            Some(Format::Jpeg) => Sample::Jpeg,
            Some(Format::Pdf) => Sample::Pdf,
            None => Sample::Text,
        };
        let is_too_large = file.length > MAX_FILE_BYTES && file.length <= MOST_DESCRIBED;
        let holds_a_key = hides(bytes, taken);
        if is_too_large && format.is_some() {
            upload.file = Some(sample);
            upload.bytes = Some(file.length);
            self.notes.push(
                "the file is too large to be kept; the step sends one of its format and length".to_owned(),
            );
            return Ok(());
        }
        if holds_a_key {
            upload.file = Some(sample);
            self.notes.push(
                "the file holds a key, and is not kept; the step sends a sample of its format".to_owned(),
            );
            return Ok(());
        }
        let extension = match format {
            Some(format) => format.extensions()[0],
            None => "bin",
        };
        upload.content = Some(files.keep(bytes, extension)?);
        Ok(())
    }

    /// The clause that an upload which goes well is about most.
    pub(super) fn clause_of_upload(taken: &Taken<'_>) -> &'static Clause {
        let body = taken.judged.upload.as_ref();
        let format = body.and_then(|it| it.content).and_then(Content::format);
        format.map_or(&clause::upload::ATTACHED, clause_of)
    }

    /// What the answer to an upload says of it.
    pub(super) fn body_of_upload(&self, taken: &Taken<'_>) -> BTreeMap<String, Value> {
        let mut members = BTreeMap::new();
        let Some(upload) = self.step.upload.as_ref() else {
            return members;
        };
        if let Some(name) = &upload.filename {
            members.insert("filename".to_owned(), Value::from(name.as_str()));
        }
        if let Some(kind) = &upload.kind {
            members.insert("kind".to_owned(), Value::from(kind.as_str()));
        }
        if !taken.judged.version.unwrap_or_default().is_legacy() {
            members.insert("deleted".to_owned(), Value::from(false));
        }
        members
    }
}

/// The content of a text field, where a step can say it.
fn text_of(part: &Part, body: &[u8], taken: &Taken<'_>) -> Option<String> {
    if part.filename.is_some() || part.length > MOST_TEXT as u64 {
        return None;
    }
    let text = str::from_utf8(part.content(body)).ok()?;
    plain(text, taken).ok()
}

/// Whether a name is written and read by everybody in the same way, and means nothing in a scenario.
fn is_plain_name(name: &str) -> bool {
    let is_special =
        |char: char| char.is_control() || matches!(char, '"' | '%' | '\\' | '/' | '<' | '>' | '{' | '}');
    !name.is_empty() && !name.contains(is_special)
}
