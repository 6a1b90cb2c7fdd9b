//! s3s-multipart, driven over a stream in memory.

use rebuttal_fuzzing::oracles::differential::{Answer, Delivery, Field, Reader, answer, chunks};
use rebuttal_multipart::{ContentType, Mode};
use s3s_multipart::{Boundary, Error, Multipart, parse_content_disposition};

/// The Nugine/s3s reader of forms. It reads no `Content-Type`, so it gets the boundary that ours reads there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct S3s;

impl Reader for S3s {
    fn read(self, content_type: &[u8], body: &[u8], delivery: Delivery) -> Answer {
        let announced = ContentType::read(content_type, &Mode::Lenient.into());
        let Ok(boundary) = announced.boundary() else {
            return Answer::Refused;
        };
        let Ok(boundary) = Boundary::new(boundary.as_bytes()) else {
            return Answer::Refused;
        };
        let mut form = Multipart::new(chunks::<Error>(body, delivery), &boundary, usize::MAX);
        answer(body.len(), async move {
            let mut fields = Vec::new();
            while let Some(mut part) = form.next_part().await.ok()? {
                let mut field = Field {
                    name: None,
                    filename: None,
                    content: Vec::new(),
                };
                while let Some(header) = part.next_header().await.ok()? {
                    if header.name.eq_ignore_ascii_case("content-disposition") {
                        // It hands out bytes, and every header as if it were the only one: the last one stays.
                        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                        let read = parse_content_disposition(header.value);
                        field.name = read.and_then(|it| it.name).map(text);
                        field.filename = read.and_then(|it| it.file_name).map(text);
                    }
                }
                while let Some(chunk) = part.next_data().await.ok()? {
                    field.content.extend_from_slice(&chunk);
                }
                fields.push(field);
            }
            Some(fields)
        })
    }
}
