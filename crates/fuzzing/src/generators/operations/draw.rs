//! Operations drawn from bytes.

use arbitrary::{Arbitrary, Result, Unstructured};
use rebuttal_model::{ApiVersion, Format, Kind};

use super::{
    Ask, Call, Content, Decision, Declared, DisputeRef, DocumentRef, FILENAMES, File, Filter, Form, Key,
    KindField, Message, Moment, Number, Operation, Param, Plain, Stray, Version,
};
use crate::generators::{below, request::Request, text};

impl<'a> Arbitrary<'a> for Operation {
    /// The next operation; a source that is used up uploads to the first dispute.
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.arbitrary::<u8>()? {
            0..=239 => Self::Ask(ask(u)?),
            240..=247 => Self::Advance(i32::from(u.arbitrary::<u8>()?) - 64),
            248..=251 => Self::Keep,
            252..=255 => Self::PutBack,
        })
    }
}

fn ask(u: &mut Unstructured<'_>) -> Result<Ask> {
    let flags = u.arbitrary::<u8>()?;
    // Most requests come from who owns the disputes.
    let key = if flags & 0x03 == 0x03 { key(u)? } else { Key::First };
    let version = match flags & 0x0c {
        0x0c => version(u)?,
        _ => Version::Absent,
    };
    Ok(Ask {
        key,
        version,
        idle_body: flags & 0x70 == 0x70,
        call: call(u)?,
    })
}

fn key(u: &mut Unstructured<'_>) -> Result<Key> {
    u.choose(&[
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
    .copied()
}

fn version(u: &mut Unstructured<'_>) -> Result<Version> {
    Ok(match below(u, 5)? {
        4 => Version::Unknown,
        place => Version::Known(ApiVersion::ALL[place]),
    })
}

fn call(u: &mut Unstructured<'_>) -> Result<Call> {
    Ok(match below(u, 24)? {
        0..=6 => Call::Upload(dispute(u)?, form(u)?),
        7..=10 => Call::List(dispute(u)?, params(u)?),
        11..=13 => Call::Retrieve(dispute(u)?, document(u)?),
        14..=16 => Call::Destroy(dispute(u)?, document(u)?),
        17 => Call::ListDisputes(
            *u.choose(&[Filter::All, Filter::Open, Filter::Pending, Filter::Closed])?,
            params(u)?,
        ),
        18 => Call::RetrieveDispute(dispute(u)?),
        19 => Call::Answer(dispute(u)?, message(u)?),
        20 => Call::Accept(dispute(u)?),
        21 => Call::Close(
            dispute(u)?,
            *u.choose(&[Decision::Won, Decision::Lost, Decision::Other, Decision::None])?,
        ),
        22 => Call::Open(below(u, 4)? != 3),
        _ => Call::Stray(stray(u)?),
    })
}

fn dispute(u: &mut Unstructured<'_>) -> Result<DisputeRef> {
    Ok(match u.arbitrary::<u8>()? {
        place @ 0..=247 => DisputeRef::Made(place),
        248..=250 => DisputeRef::Unknown,
        place => DisputeRef::Malformed(place - 251),
    })
}

fn document(u: &mut Unstructured<'_>) -> Result<DocumentRef> {
    Ok(match u.arbitrary::<u8>()? {
        0..=63 => DocumentRef::Last,
        place @ 64..=239 => DocumentRef::Made(place - 64),
        place @ 240..=247 => DocumentRef::Elsewhere(place - 240),
        248..=250 => DocumentRef::Unknown,
        place => DocumentRef::Malformed(place - 251),
    })
}

fn message(u: &mut Unstructured<'_>) -> Result<Message> {
    u.choose(&[
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
    .copied()
}

fn stray(u: &mut Unstructured<'_>) -> Result<Stray> {
    Ok(match below(u, 4)? {
        0 => Stray::WrongMethod(u.arbitrary()?),
        1 => Stray::Options,
        _ => Stray::Nowhere(text(u, 12)?, u.arbitrary()?),
    })
}

fn params(u: &mut Unstructured<'_>) -> Result<Vec<Param>> {
    (0..below(u, 5)?).map(|_| param(u)).collect()
}

fn param(u: &mut Unstructured<'_>) -> Result<Param> {
    Ok(match below(u, 6)? {
        0 => Param::Limit(number(u)?),
        1 => Param::Offset(number(u)?),
        2 => Param::Order(*u.choose(&[Some(true), Some(false), Some(true), None])?),
        3 => Param::From(moment(u)?),
        4 => Param::To(moment(u)?),
        _ => Param::Unknown,
    })
}

fn number(u: &mut Unstructured<'_>) -> Result<Number> {
    Ok(match u.arbitrary::<u8>()? {
        value @ 0..=127 => Number::Value(value.into()),
        more @ 128..=191 => Number::Count(i8::try_from(more % 8).unwrap_or(0) - 4),
        text @ 192..=223 => Number::Text(text - 192),
        224..=231 => Number::Value(-1),
        232..=239 => Number::Value(u32::MAX.into()),
        _ => Number::Value(i64::from(u32::MAX) + 1),
    })
}

fn moment(u: &mut Unstructured<'_>) -> Result<Moment> {
    Ok(match u.arbitrary::<u8>()? {
        place @ 0..=191 => Moment::Of(place, i8::try_from(below(u, 3)?).unwrap_or(0) - 1),
        more @ 192..=223 => Moment::Now(i8::try_from(more % 8).unwrap_or(0) - 4),
        224..=239 => Moment::Epoch,
        text => Moment::Text(text - 240),
    })
}

fn form(u: &mut Unstructured<'_>) -> Result<Form> {
    Ok(match u.arbitrary::<u8>()? {
        0..=223 => Form::Plain(plain(u)?),
        224..=231 => Form::NotMultipart(u.arbitrary()?),
        _ => {
            let Request { content_type, body } = u.arbitrary()?;
            // The generator's fields are called `a` and `b`; the API looks at two others.
            Form::Drawn(content_type, renamed(body))
        }
    })
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

fn plain(u: &mut Unstructured<'_>) -> Result<Plain> {
    let flags = u.arbitrary::<u8>()?;
    let file = match u.arbitrary::<u8>()? {
        0..=239 => {
            let content = content(u)?;
            let name = match u.arbitrary::<u8>()? {
                0..=239 => (*u.choose(FILENAMES)?).to_owned(),
                _ => harmless(&text(u, 16)?),
            };
            let types = [
                Declared::Nothing,
                Declared::Png,
                Declared::OctetStream,
                Declared::Text,
            ];
            File::Named(content, name, *u.choose(&types)?)
        }
        240..=247 => File::Absent,
        _ => File::Text(content(u)?),
    };
    let kind = match u.arbitrary::<u8>()? {
        0..=63 => KindField::Absent,
        place @ 64..=223 => KindField::Known(Kind::ALL[usize::from(place) % Kind::ALL.len()]),
        text @ 224..=251 => KindField::Text(text - 224),
        _ => KindField::AsFile,
    };
    let is_cut = flags & 0x70 == 0x70 && flags & 0x0e == 0;
    Ok(Plain {
        file,
        kind,
        kind_first: flags & 1 != 0,
        more: if flags & 0x0e == 0x0e { flags >> 4 } else { 0 },
        cut: if is_cut {
            Some(u16::from(u.arbitrary::<u8>()?))
        } else {
            None
        },
    })
}

fn content(u: &mut Unstructured<'_>) -> Result<Content> {
    let format = *u.choose(&Format::ALL)?;
    Ok(match u.arbitrary::<u8>()? {
        0..=191 => Content::Sound(format),
        192..=223 => Content::Damaged(
            format,
            u16::from(u.arbitrary::<u8>()?) << 8 | u16::from(u.arbitrary::<u8>()?),
            u.arbitrary::<u8>()?,
        ),
        224..=231 => Content::Cut(format, u16::from(u.arbitrary::<u8>()?)),
        232..=239 => Content::Gif,
        240..=247 => Content::Text,
        _ => Content::Empty,
    })
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
