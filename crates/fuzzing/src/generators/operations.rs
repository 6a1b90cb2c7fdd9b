//! Operations on the API, valid ones and flawed ones.
//!
//! They name records by the order in which they were made and never by id, so that what is left of a sequence
//! still means something when parts of it are taken out.

mod draw;

use rebuttal_model::{ApiVersion, Format, Kind};

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
