//! What each breakage does to a body. Every edit answers the offset of the error to expect.

use super::Breakage;
use super::layout::{Layout, Pieces};
use crate::limits::Limits;

impl Breakage {
    pub(super) fn edit(self, layout: &mut Layout) -> usize {
        match self {
            Self::EmptyBody
            | Self::ZeroParts
            | Self::TruncatedInContent
            | Self::NoCloseDelimiter
            | Self::TruncatedInDelimiter
            | Self::TruncatedAfterDelimiter
            | Self::TruncatedAfterOneDash
            | Self::TruncatedInHeaders => self.truncate(layout),
            Self::OneDashClose
            | Self::WrongBoundary
            | Self::Preamble
            | Self::Epilogue
            | Self::PartAfterClose
            | Self::TextAfterBoundary
            | Self::LineFeeds
            | Self::CarriageReturnAfterBoundary
            | Self::PaddingOverLimit
            | Self::BodylessPart
            | Self::TooManyParts => self.break_framing(layout),
            Self::NoHeaders
            | Self::HeaderWithoutColon
            | Self::HeaderWithoutName
            | Self::NulInHeaderName
            | Self::SpaceBeforeColon
            | Self::FoldedHeader
            | Self::LeadingWhiteSpace
            | Self::LineFeedInHeaders
            | Self::HeaderLineOverLimit
            | Self::TooManyHeaders
            | Self::HeaderBlockOverLimit
            | Self::DuplicateDisposition
            | Self::DuplicateContentType
            | Self::Base64Encoding
            | Self::BadContentType
            | Self::MissingDisposition => self.break_headers(layout),
            Self::NulInHeader
            | Self::Latin1Filename
            | Self::AttachmentDisposition
            | Self::MissingName
            | Self::DuplicateName
            | Self::DuplicateFilename
            | Self::ExtendedFilename
            | Self::FilenameContinuation
            | Self::UnquotedFilename
            | Self::UnterminatedQuote
            | Self::UnescapedQuote
            | Self::TrailingBackslash
            | Self::TooManyParameters
            | Self::NameOverLimit
            | Self::ParameterWithoutValue => self.break_disposition(layout),
        }
    }

    /// Leaves things out at the end; the error is at the end of the body.
    fn truncate(self, layout: &mut Layout) -> usize {
        let until_boundary = layout.close.len() - b"--\r\n".len();
        match self {
            Self::ZeroParts => {
                layout.parts.clear();
                layout.close.drain(..2);
                return 0;
            }
            Self::EmptyBody => {
                layout.parts.clear();
                layout.close.clear();
            }
            Self::TruncatedInContent => {
                layout.close.clear();
                if let Some(last) = layout.parts.last_mut() {
                    last.content.truncate(last.content.len() / 2);
                }
                layout.trim_half_a_boundary();
            }
            Self::NoCloseDelimiter => {
                layout.close.clear();
                layout.trim_half_a_boundary();
            }
            Self::TruncatedInDelimiter => layout.close.truncate(b"\r\n--".len() + 1),
            Self::TruncatedAfterDelimiter => layout.close.truncate(until_boundary),
            Self::TruncatedAfterOneDash => layout.close.truncate(until_boundary + 1),
            _ => {
                layout.parts.truncate(1);
                layout.parts[0].blank.clear();
                layout.parts[0].content.clear();
                layout.close.clear();
            }
        }
        layout.len()
    }

    fn break_framing(self, layout: &mut Layout) -> usize {
        let after_boundary = 2 + layout.boundary.len();
        let first = &mut layout.parts[0];
        match self {
            Self::OneDashClose => {
                let dash = layout.close.len() - 3;
                layout.close.remove(dash);
                return layout.len() - 2;
            }
            Self::WrongBoundary => {
                let other = if layout.boundary.ends_with(b"0") {
                    b'1'
                } else {
                    b'0'
                };
                for part in &mut layout.parts {
                    let last = part.opening.len() - 3;
                    part.opening[last] = other;
                }
                let last = layout.close.len() - 5;
                layout.close[last] = other;
                return 0;
            }
            Self::Preamble => {
                first.opening.splice(..0, *b"This is a preamble.\r\n");
                return 0;
            }
            Self::Epilogue => {
                layout.close.extend_from_slice(b"This is an epilogue.\r\n");
                return layout.len() - b"This is an epilogue.\r\n".len();
            }
            Self::PartAfterClose => {
                let (part, close) = (first.to_vec(), layout.close.clone());
                let offset = layout.len();
                layout.close.extend([part, close].concat());
                return offset;
            }
            Self::TextAfterBoundary => first.opening.insert(after_boundary, b'x'),
            Self::LineFeeds => {
                let line_feeds = |bytes: &mut Vec<u8>| bytes.retain(|byte| *byte != b'\r');
                for part in &mut layout.parts {
                    line_feeds(&mut part.opening);
                    part.lines.iter_mut().for_each(line_feeds);
                    line_feeds(&mut part.blank);
                }
                line_feeds(&mut layout.close);
            }
            Self::CarriageReturnAfterBoundary => first.opening.truncate(after_boundary + 1),
            Self::PaddingOverLimit => {
                let padding = Limits::default().padding_bytes;
                first
                    .opening
                    .splice(after_boundary..after_boundary, vec![b' '; padding + 1]);
                return after_boundary + padding;
            }
            Self::BodylessPart => {
                first.content.clear();
                let offset = first.to_vec().len();
                let next = layout
                    .parts
                    .get_mut(1)
                    .map_or(&mut layout.close, |part| &mut part.opening);
                next.drain(..2);
                return offset;
            }
            _ => {
                let limit = Limits::default().parts as usize;
                let more = Pieces {
                    opening: [b"\r\n--", &layout.boundary[..], b"\r\n"].concat(),
                    lines: vec![b"Content-Disposition: form-data; name=\"more\"\r\n".to_vec()],
                    blank: b"\r\n".to_vec(),
                    content: Vec::new(),
                };
                layout.parts.resize(limit + 1, more);
                let last = layout.parts[limit].opening.len();
                return layout.parts[..limit]
                    .iter()
                    .map(|part| part.to_vec().len())
                    .sum::<usize>()
                    + last;
            }
        }
        after_boundary
    }

    fn break_headers(self, layout: &mut Layout) -> usize {
        let limits = Limits::default();
        match self {
            Self::NoHeaders => {
                layout.parts[0].lines.clear();
                layout.block()
            }
            Self::HeaderWithoutColon => layout.push_line(b"X-Injected 1.png"),
            Self::HeaderWithoutName => layout.push_line(b": nameless"),
            Self::NulInHeaderName => layout.push_line(b"X\0Y: z") + 1,
            Self::SpaceBeforeColon => {
                layout.remove_content_types();
                layout.push_line(b"Content-Type : text/plain") + b"Content-Type".len()
            }
            Self::FoldedHeader => layout.insert_line(1, b" ; folded=yes"),
            Self::LeadingWhiteSpace => layout.insert_line(0, b" X-Folded: yes"),
            Self::LineFeedInHeaders => {
                let first = &mut layout.parts[0].lines[0];
                let at = first.len() - 2;
                first.remove(at);
                layout.block() + at
            }
            Self::HeaderLineOverLimit => {
                let mut line = b"X-Long: ".to_vec();
                line.resize(limits.header_line_bytes + 1, b'a');
                layout.push_line(&line) + limits.header_line_bytes
            }
            Self::TooManyHeaders => {
                while layout.parts[0].lines.len() <= limits.headers {
                    layout.push_line(b"X-Many: yes");
                }
                layout.line(limits.headers)
            }
            Self::HeaderBlockOverLimit => {
                let line = [b"X-Long: ", &[b'a'; 2000][..]].concat();
                while layout.line(layout.parts[0].lines.len()) - layout.block() <= limits.header_block_bytes {
                    layout.push_line(&line);
                }
                layout.block() + limits.header_block_bytes
            }
            Self::DuplicateDisposition => {
                layout.insert_line(1, b"Content-Disposition: form-data; name=\"again\"")
            }
            Self::DuplicateContentType => {
                layout.remove_content_types();
                layout.push_line(b"Content-Type: text/plain");
                layout.push_line(b"Content-Type: text/html")
            }
            Self::Base64Encoding => {
                let header = b"Content-Transfer-Encoding: ";
                layout.push_line(&[&header[..], b"base64"].concat()) + header.len()
            }
            Self::BadContentType => {
                layout.remove_content_types();
                layout.push_line(b"Content-Type: png") + b"Content-Type: ".len()
            }
            _ => {
                layout.parts[0].lines = vec![b"Content-Type: text/plain\r\n".to_vec()];
                layout.block()
            }
        }
    }

    fn break_disposition(self, layout: &mut Layout) -> usize {
        let limits = Limits::default();
        match self {
            Self::NulInHeader => layout.replace_filename(b"; filename=\"a\0.png\"") + 13,
            Self::Latin1Filename => layout.replace_filename(b"; filename=\"r\xe9sum\xe9.jpg\"") + 13,
            Self::AttachmentDisposition => layout.replace_disposition(b"attachment; name=\"part\""),
            Self::MissingName => layout.replace_disposition(b"form-data; filename=\"a.png\""),
            Self::DuplicateName => layout.replace_filename(b"; name=\"again\"") + 2,
            Self::DuplicateFilename => {
                layout.replace_filename(b"; filename=\"a.png\"; filename=\"b.php\"") + 20
            }
            Self::ExtendedFilename => layout.replace_filename(b"; filename*=UTF-8''r%C3%A9sum%C3%A9.jpg") + 2,
            Self::FilenameContinuation => layout.replace_filename(b"; filename*0=\"a.p\"; filename*1=ng") + 2,
            Self::UnquotedFilename => layout.replace_filename(b"; filename=a/b.png") + 12,
            Self::UnterminatedQuote => layout.replace_filename(b"; filename=\"a.png") + 11,
            Self::UnescapedQuote => layout.replace_filename(b"; filename=\"the \"final\" slip.png\"") + 17,
            Self::TrailingBackslash => layout.replace_filename(b"; filename=\"C:\\dir\\\"") + 18,
            Self::TooManyParameters => {
                let parameters = b"; x=y".repeat(limits.disposition_parameters);
                layout.replace_filename(&parameters) + parameters.len() - 3
            }
            Self::NameOverLimit => {
                let name = "n".repeat(limits.name_bytes + 1);
                let value = format!("form-data; name=\"{name}\"");
                layout.replace_disposition(value.as_bytes()) + value.len() - 2
            }
            _ => layout.replace_filename(b"; filename") + 10,
        }
    }
}
