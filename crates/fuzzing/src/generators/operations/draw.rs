//! Operations drawn from bytes.

use rebuttal_model::{ApiVersion, Format, Kind};

use super::{
    Ask, Call, Content, Decision, Declared, DisputeRef, DocumentRef, FILENAMES, File, Filter, Form, Key,
    KindField, Message, Moment, Number, Operation, Param, Plain, Stray, Version,
};
use crate::generators::{Bytes, request};

/// Draws the next operation; a source that is used up uploads to the first dispute.
pub fn drawn(bytes: &mut Bytes<'_>) -> Operation {
    match bytes.byte() {
        0..=239 => Operation::Ask(ask(bytes)),
        240..=247 => Operation::Advance(i32::from(bytes.byte()) - 64),
        248..=251 => Operation::Keep,
        252..=255 => Operation::PutBack,
    }
}

fn ask(bytes: &mut Bytes<'_>) -> Ask {
    let flags = bytes.byte();
    // Most requests come from who owns the disputes.
    let key = if flags & 0x03 == 0x03 {
        key(bytes)
    } else {
        Key::First
    };
    let version = match flags & 0x0c {
        0x0c => version(bytes),
        _ => Version::Absent,
    };
    Ask {
        key,
        version,
        idle_body: flags & 0x70 == 0x70,
        call: call(bytes),
    }
}

fn key(bytes: &mut Bytes<'_>) -> Key {
    bytes.one_of(&[
        Key::Other,
        Key::Other,
        Key::WithPassword,
        Key::Public,
        Key::Unknown,
        Key::Longer,
        Key::LastLetter,
        Key::Absent,
        Key::Bearer,
        Key::NoColon,
        Key::NotBase64,
        Key::NoUser,
        Key::Twice,
    ])
}

fn version(bytes: &mut Bytes<'_>) -> Version {
    match bytes.below(5) {
        4 => Version::Unknown,
        place => Version::Known(ApiVersion::ALL[place]),
    }
}

fn call(bytes: &mut Bytes<'_>) -> Call {
    match bytes.below(24) {
        0..=6 => Call::Upload(dispute(bytes), form(bytes)),
        7..=10 => Call::List(dispute(bytes), params(bytes)),
        11..=13 => Call::Retrieve(dispute(bytes), document(bytes)),
        14..=16 => Call::Destroy(dispute(bytes), document(bytes)),
        17 => Call::ListDisputes(
            bytes.one_of(&[Filter::All, Filter::Open, Filter::Pending, Filter::Closed]),
            params(bytes),
        ),
        18 => Call::RetrieveDispute(dispute(bytes)),
        19 => Call::Answer(dispute(bytes), message(bytes)),
        20 => Call::Accept(dispute(bytes)),
        21 => Call::Close(
            dispute(bytes),
            bytes.one_of(&[Decision::Won, Decision::Lost, Decision::Other, Decision::None]),
        ),
        22 => Call::Open(bytes.below(4) != 3),
        _ => Call::Stray(stray(bytes)),
    }
}

fn dispute(bytes: &mut Bytes<'_>) -> DisputeRef {
    match bytes.byte() {
        place @ 0..=247 => DisputeRef::Made(place),
        248..=250 => DisputeRef::Unknown,
        place => DisputeRef::Malformed(place - 251),
    }
}

fn document(bytes: &mut Bytes<'_>) -> DocumentRef {
    match bytes.byte() {
        0..=63 => DocumentRef::Last,
        place @ 64..=239 => DocumentRef::Made(place - 64),
        place @ 240..=247 => DocumentRef::Elsewhere(place - 240),
        248..=250 => DocumentRef::Unknown,
        place => DocumentRef::Malformed(place - 251),
    }
}

fn message(bytes: &mut Bytes<'_>) -> Message {
    bytes.one_of(&[
        Message::Text(1),
        Message::Text(10_000),
        Message::Text(10_001),
        Message::AsForm(5),
        Message::Empty,
        Message::NotText,
        Message::Null,
        Message::NotJson,
        Message::Metadata,
        Message::None,
    ])
}

fn stray(bytes: &mut Bytes<'_>) -> Stray {
    match bytes.below(4) {
        0 => Stray::WrongMethod(bytes.byte()),
        1 => Stray::Options,
        _ => Stray::Nowhere(bytes.text(12), bytes.byte()),
    }
}

fn params(bytes: &mut Bytes<'_>) -> Vec<Param> {
    (0..bytes.below(5)).map(|_| param(bytes)).collect()
}

fn param(bytes: &mut Bytes<'_>) -> Param {
    match bytes.below(6) {
        0 => Param::Limit(number(bytes)),
        1 => Param::Offset(number(bytes)),
        2 => Param::Order(bytes.one_of(&[Some(true), Some(false), Some(true), None])),
        3 => Param::From(moment(bytes)),
        4 => Param::To(moment(bytes)),
        _ => Param::Unknown,
    }
}

fn number(bytes: &mut Bytes<'_>) -> Number {
    match bytes.byte() {
        value @ 0..=127 => Number::Value(value.into()),
        more @ 128..=191 => Number::Count(i8::try_from(more % 8).unwrap_or(0) - 4),
        text @ 192..=223 => Number::Text(text - 192),
        224..=231 => Number::Value(-1),
        232..=239 => Number::Value(u32::MAX.into()),
        _ => Number::Value(i64::from(u32::MAX) + 1),
    }
}

fn moment(bytes: &mut Bytes<'_>) -> Moment {
    match bytes.byte() {
        place @ 0..=191 => Moment::Of(place, i8::try_from(bytes.below(3)).unwrap_or(0) - 1),
        more @ 192..=223 => Moment::Now(i8::try_from(more % 8).unwrap_or(0) - 4),
        224..=239 => Moment::Epoch,
        text => Moment::Text(text - 240),
    }
}

fn form(bytes: &mut Bytes<'_>) -> Form {
    match bytes.byte() {
        0..=223 => Form::Plain(plain(bytes)),
        224..=231 => Form::NotMultipart(bytes.byte()),
        _ => {
            let request::Request { content_type, body } = request::drawn(bytes);
            // The generator's fields are called `a` and `b`; the API looks at two others.
            Form::Drawn(content_type, renamed(body))
        }
    }
}

/// A body whose fields have the names that the API looks at.
fn renamed(body: Vec<u8>) -> Vec<u8> {
    match String::from_utf8(body) {
        Ok(text) => text
            .replace("name=\"a\"", "name=\"file\"")
            .replace("name=\"b\"", "name=\"kind\"")
            .into_bytes(),
        Err(error) => error.into_bytes(),
    }
}

fn plain(bytes: &mut Bytes<'_>) -> Plain {
    let flags = bytes.byte();
    let file = match bytes.byte() {
        0..=239 => {
            let content = content(bytes);
            let name = match bytes.byte() {
                0..=239 => bytes.one_of(FILENAMES).to_owned(),
                _ => harmless(&bytes.text(16)),
            };
            let types = [
                Declared::Nothing,
                Declared::Png,
                Declared::OctetStream,
                Declared::Text,
            ];
            File::Named(content, name, bytes.one_of(&types))
        }
        240..=247 => File::Absent,
        _ => File::Text(content(bytes)),
    };
    let kind = match bytes.byte() {
        0..=63 => KindField::Absent,
        place @ 64..=223 => KindField::Known(Kind::ALL[usize::from(place) % Kind::ALL.len()]),
        text @ 224..=251 => KindField::Text(text - 224),
        _ => KindField::AsFile,
    };
    Plain {
        file,
        kind,
        kind_first: flags & 1 != 0,
        more: if flags & 0x0e == 0x0e { flags >> 4 } else { 0 },
        cut: (flags & 0x70 == 0x70 && flags & 0x0e == 0).then(|| bytes.byte().into()),
    }
}

fn content(bytes: &mut Bytes<'_>) -> Content {
    let format = bytes.one_of(&Format::ALL);
    match bytes.byte() {
        0..=191 => Content::Sound(format),
        192..=223 => Content::Damaged(
            format,
            u16::from(bytes.byte()) << 8 | u16::from(bytes.byte()),
            bytes.byte(),
        ),
        224..=231 => Content::Cut(format, bytes.byte().into()),
        232..=239 => Content::Gif,
        240..=247 => Content::Text,
        _ => Content::Empty,
    }
}

/// A name that every reader reads alike.
fn harmless(name: &str) -> String {
    name.chars()
        .map(|character| {
            if character == '\\' || character.is_control() {
                '_'
            } else {
                character
            }
        })
        .collect()
}
