//! Operations on the API, valid ones and flawed ones.
//!
//! They name records by the order in which they were made and never by id, so that what is left of a sequence
//! still means something when parts of it are taken out.

use rebuttal_model::{ApiVersion, Format, Kind};

use super::{Bytes, request};

/// One step of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// A request is sent.
    Ask(Ask),
    /// The clock is moved by so many seconds.
    Advance(i32),
    /// What the mock holds is kept aside.
    Keep,
    /// What was kept last is put back, if anything was.
    PutBack,
}

/// A request.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Who asks.
    pub key: Key,
    /// The API version that is asked for.
    pub version: Version,
    /// What is asked.
    pub call: Call,
    /// Whether a JSON body comes with a request that needs none, as some clients send it.
    pub idle_body: bool,
}

/// What stands in `Authorization`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Key {
    /// The secret key of the account whose disputes are used.
    First,
    /// The same, with a password, which is not looked at.
    WithPassword,
    /// The secret key of another account.
    Other,
    /// A public key.
    Public,
    /// A secret key that nobody has.
    Unknown,
    /// The secret key and one letter more.
    Longer,
    /// The secret key with another letter at its end.
    LastLetter,
    /// No header.
    Absent,
    /// The secret key as a bearer token.
    Bearer,
    /// Basic without a colon.
    NoColon,
    /// Basic that is not base64.
    NotBase64,
    /// Basic without a user.
    NoUser,
    /// The right header, twice.
    Twice,
}

/// What stands in `Omise-Version`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Version {
    /// No header.
    Absent,
    /// One that there is.
    Known(ApiVersion),
    /// One that there is not.
    Unknown,
}

/// A dispute, by the order in which they were made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DisputeRef {
    /// One of those that there are, whoever owns it.
    Made(u8),
    /// A well-formed id that nothing has.
    Unknown,
    /// No id.
    Malformed(u8),
}

/// A document, by the order in which they were made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DocumentRef {
    /// One of the dispute's, destroyed or not.
    Made(u8),
    /// The last one that the dispute got.
    Last,
    /// One of any dispute's.
    Elsewhere(u8),
    /// A well-formed id that nothing has.
    Unknown,
    /// No id.
    Malformed(u8),
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// `POST /disputes/{dispute}/documents`
    Upload(DisputeRef, Form),
    /// `GET /disputes/{dispute}/documents`
    List(DisputeRef, Vec<Param>),
    /// `GET /disputes/{dispute}/documents/{document}`
    Retrieve(DisputeRef, DocumentRef),
    /// `DELETE /disputes/{dispute}/documents/{document}`
    Destroy(DisputeRef, DocumentRef),
    /// `GET /disputes`, or those of one state.
    ListDisputes(Filter, Vec<Param>),
    /// `GET /disputes/{dispute}`
    RetrieveDispute(DisputeRef),
    /// `PATCH /disputes/{dispute}`
    Answer(DisputeRef, Message),
    /// `PATCH /disputes/{dispute}/accept`
    Accept(DisputeRef),
    /// `PATCH /disputes/{dispute}/close`
    Close(DisputeRef, Decision),
    /// `POST /charges/{charge}/disputes`; of the account's own charge or of one that there is not.
    Open(bool),
    /// A method that a path does not have, or a path that the API does not have.
    Stray(Stray),
}

/// Which disputes are listed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the names of the states")]
pub enum Filter {
    All,
    Open,
    Pending,
    Closed,
}

/// What a dispute is answered with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Message {
    /// A message of so many bytes.
    Text(u32),
    /// The same as a form.
    AsForm(u32),
    /// A message of no bytes.
    Empty,
    /// A number.
    NotText,
    /// Null, which is as good as none.
    Null,
    /// No JSON.
    NotJson,
    /// Metadata and no message.
    Metadata,
    /// No body.
    None,
}

/// How a dispute is decided.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the names of the decisions")]
pub enum Decision {
    Won,
    Lost,
    /// A word that is no decision.
    Other,
    /// None is said.
    None,
}

/// A request that no operation has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Stray {
    /// A path that the API does not have, and a method by its place in a list.
    Nowhere(String, u8),
    /// The list of documents of the first dispute, with a method that it does not have.
    WrongMethod(u8),
    /// `OPTIONS` on it.
    Options,
}

/// One parameter of a list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Param {
    /// `limit`
    Limit(Number),
    /// `offset`
    Offset(Number),
    /// `order`, reverse or not; none is a word that is no order.
    Order(Option<bool>),
    /// `from`
    From(Moment),
    /// `to`
    To(Moment),
    /// One that there is not.
    Unknown,
}

/// A number, or what is sent for one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Number {
    /// This one.
    Value(i64),
    /// As many as there are records, and so many more.
    Count(i8),
    /// A text that is no number, by its place in a list.
    Text(u8),
}

/// A datetime, or what is sent for one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Moment {
    /// When one of the records was made, and so many seconds later.
    Of(u8, i8),
    /// What the clock shows, and so many seconds later.
    Now(i8),
    /// The beginning of 1970.
    Epoch,
    /// A text that is no datetime, by its place in a list.
    Text(u8),
}

/// The body of an upload.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// One whose reading is known.
    Plain(Plain),
    /// None, by its place in a list.
    NotMultipart(u8),
    /// Whatever the generator of requests makes: `Content-Type` and body.
    Drawn(Vec<u8>, Vec<u8>),
}

/// A form whose reading is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Plain {
    /// The part called `file`.
    pub file: File,
    /// The part called `kind`.
    pub kind: KindField,
    /// Whether `kind` stands first.
    pub kind_first: bool,
    /// Bits: an unknown field, an unknown file, a second file, a second kind.
    pub more: u8,
    /// How many bytes the body lacks, besides those without which it would still be whole.
    pub cut: Option<u16>,
}

/// The part called `file`.
#[derive(Clone, Debug, PartialEq)]
pub enum File {
    /// There is none.
    Absent,
    /// It has no filename.
    Text(Content),
    /// It has one.
    Named(Content, String, Declared),
}

/// What the part declares to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the names of the types")]
pub enum Declared {
    Nothing,
    Png,
    OctetStream,
    Text,
}

/// The content of a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Content {
    /// The smallest sound file of a format.
    Sound(Format),
    /// The same with one byte changed.
    Damaged(Format, u16, u8),
    /// The same without its last bytes, at least one.
    Cut(Format, u16),
    /// A sound PDF of so many bytes, at least 1000.
    Sized(u64),
    /// A GIF file.
    Gif,
    /// A text.
    Text,
    /// No bytes.
    Empty,
}

/// The part called `kind`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KindField {
    /// There is none.
    Absent,
    /// One that there is.
    Known(Kind),
    /// A text that is no kind, by its place in a list.
    Text(u8),
    /// A kind in a part with a filename.
    AsFile,
}

/// The longest sequence that is drawn.
pub const MAX_OPERATIONS: usize = 40;

/// Names that a file may have.
pub const FILENAMES: &[&str] = &[
    "slip.png",
    "new slip.jpg",
    "領収書.pdf",
    "ใบเสร็จ.png",
    "dir/slip.png",
    "../../etc/passwd",
    "a\"b.png",
    "100%25.png",
    ".hidden",
    "",
    "dir/",
];

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
    let key = if flags & 3 == 3 { key(bytes) } else { Key::First };
    let version = match flags & 12 {
        12 => version(bytes),
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
