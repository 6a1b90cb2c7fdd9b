//! Operations as strategies that shrink to something readable, with numbers at the edges of what the contract allows.

use proptest::{collection::vec, prelude::*, sample::select};
use rebuttal_fuzzing::generators::operations::{
    Ask, Call, Content, Decision, Declared, DisputeRef, DocumentRef, FILENAMES, File, Filter, Form, Key,
    KindField, Message, Moment, Number, Operation, Param, Plain, Stray, Version,
};
use rebuttal_mock::{Destroyed, DownloadUri, Layout, MemberOrder, Members, OutOfRange, Settings, Variants};
use rebuttal_model::{
    ApiVersion, DEFAULT_LIST_LIMIT, Format, Kind, MAX_FILE_BYTES, MAX_LIST_LIMIT, Profile, SAFE_FILE_BYTES,
};

/// The place of a dispute of the first account that is open and has no documents.
pub(crate) const EMPTY: u8 = 2;

/// The choices of a mock, usual ones first.
pub(crate) fn settings() -> impl Strategy<Value = Settings> {
    let variants = (
        select(vec![Destroyed::NotFound, Destroyed::Shown]),
        select(vec![OutOfRange::Refused, OutOfRange::Clamped]),
        select(vec![DownloadUri::Null, DownloadUri::Url]),
        select(vec![Layout::Compact, Layout::Pretty]),
        select(vec![Members::Listed, Members::Extra]),
        select(vec![MemberOrder::Usual, MemberOrder::Reversed]),
        select(vec![None, Some(1), Some(3), Some(28)]),
    )
        .prop_map(
            |(destroyed, out_of_range, download_uri, layout, members, order, max_documents)| Variants {
                destroyed,
                out_of_range,
                download_uri,
                layout,
                members,
                order,
                max_documents,
                ..Variants::default()
            },
        );
    (select(&Profile::ALL[..]), variants).prop_map(|(profile, variants)| Settings {
        profile,
        fault: None,
        variants,
    })
}

pub(crate) fn operation() -> BoxedStrategy<Operation> {
    prop_oneof![
        30 => ask().prop_map(Operation::Ask),
        2 => (-70..70).prop_map(Operation::Advance),
        1 => Just(Operation::Keep),
        1 => Just(Operation::PutBack),
    ]
    .boxed()
}

fn ask() -> impl Strategy<Value = Ask> {
    (key(), version(), call(), prop::bool::weighted(0.1)).prop_map(|(key, version, call, idle_body)| Ask {
        key,
        version,
        call,
        idle_body,
    })
}

fn key() -> impl Strategy<Value = Key> {
    prop_oneof![
        20 => Just(Key::First),
        3 => Just(Key::Other),
        1 => select(vec![
            Key::WithPassword, Key::Public, Key::Unknown, Key::Longer, Key::LastLetter, Key::Absent, Key::Bearer,
            Key::NoColon, Key::NotBase64, Key::NoUser, Key::Twice,
        ]),
    ]
}

fn version() -> impl Strategy<Value = Version> {
    prop_oneof![
        8 => Just(Version::Absent),
        3 => select(&ApiVersion::ALL[..]).prop_map(Version::Known),
        1 => Just(Version::Unknown),
    ]
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        9 => (dispute(), form()).prop_map(|(dispute, form)| Call::Upload(dispute, form)),
        5 => (dispute(), params()).prop_map(|(dispute, params)| Call::List(dispute, params)),
        4 => (dispute(), document()).prop_map(|(dispute, document)| Call::Retrieve(dispute, document)),
        5 => (dispute(), document()).prop_map(|(dispute, document)| Call::Destroy(dispute, document)),
        1 => (filter(), params()).prop_map(|(filter, params)| Call::ListDisputes(filter, params)),
        1 => dispute().prop_map(Call::RetrieveDispute),
        1 => (dispute(), message()).prop_map(|(dispute, message)| Call::Answer(dispute, message)),
        1 => dispute().prop_map(Call::Accept),
        1 => (dispute(), decision()).prop_map(|(dispute, decision)| Call::Close(dispute, decision)),
        1 => any::<bool>().prop_map(Call::Open),
        1 => stray().prop_map(Call::Stray),
    ]
}

/// Often one that begins empty, so that sequences meet.
fn dispute() -> impl Strategy<Value = DisputeRef> {
    prop_oneof![
        10 => Just(DisputeRef::Made(EMPTY)),
        10 => (0_u8..14).prop_map(DisputeRef::Made),
        1 => Just(DisputeRef::Unknown),
        1 => any::<u8>().prop_map(DisputeRef::Malformed),
    ]
}

fn document() -> impl Strategy<Value = DocumentRef> {
    prop_oneof![
        6 => Just(DocumentRef::Last),
        6 => (0_u8..30).prop_map(DocumentRef::Made),
        2 => any::<u8>().prop_map(DocumentRef::Elsewhere),
        1 => Just(DocumentRef::Unknown),
        1 => any::<u8>().prop_map(DocumentRef::Malformed),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    select(vec![Filter::All, Filter::Open, Filter::Pending, Filter::Closed])
}

fn decision() -> impl Strategy<Value = Decision> {
    select(vec![
        Decision::Won,
        Decision::Lost,
        Decision::Other,
        Decision::None,
    ])
}

fn message() -> impl Strategy<Value = Message> {
    select(vec![
        Message::Text(1),
        Message::Text(9_999),
        Message::Text(10_000),
        Message::Text(10_001),
        Message::AsForm(3),
        Message::Empty,
        Message::NotText,
        Message::Null,
        Message::NotJson,
        Message::Metadata,
        Message::None,
    ])
}

fn stray() -> impl Strategy<Value = Stray> {
    prop_oneof![
        Just(Stray::Options),
        any::<u8>().prop_map(Stray::WrongMethod),
        ("[a-z/]{0,9}", any::<u8>()).prop_map(|(text, method)| Stray::Nowhere(text, method)),
    ]
}

fn params() -> impl Strategy<Value = Vec<Param>> {
    vec(
        prop_oneof![
            number(MAX_LIST_LIMIT.into()).prop_map(Param::Limit),
            number(u32::MAX.into()).prop_map(Param::Offset),
            select(vec![Some(true), Some(false), Some(true), None]).prop_map(Param::Order),
            moment().prop_map(Param::From),
            moment().prop_map(Param::To),
            Just(Param::Unknown),
        ],
        0..4,
    )
}

/// Around the limit, around the length of a page, around the number of records, and small ones.
fn number(limit: i64) -> impl Strategy<Value = Number> {
    let page = i64::from(DEFAULT_LIST_LIMIT);
    prop_oneof![
        4 => (0_i64..4).prop_map(Number::Value),
        2 => (page - 1..=page + 1).prop_map(Number::Value),
        2 => (limit - 1..=limit + 1).prop_map(Number::Value),
        4 => (-1_i8..=1).prop_map(Number::Count),
        1 => Just(Number::Value(-1)),
        1 => any::<u8>().prop_map(Number::Text),
    ]
}

fn moment() -> impl Strategy<Value = Moment> {
    prop_oneof![
        4 => (0_u8..30, -1_i8..=1).prop_map(|(place, more)| Moment::Of(place, more)),
        2 => (-1_i8..=1).prop_map(Moment::Now),
        1 => Just(Moment::Epoch),
        1 => any::<u8>().prop_map(Moment::Text),
    ]
}

fn form() -> impl Strategy<Value = Form> {
    let plain = (
        file(),
        kind(),
        any::<bool>(),
        prop_oneof![8 => Just(0_u8), 1 => 0_u8..16],
        prop::option::weighted(0.04, any::<u16>()),
    );
    prop_oneof![
        30 => plain.prop_map(|(file, kind, kind_first, more, cut)| Form::Plain(Plain {
            file, kind, kind_first, more, cut,
        })),
        1 => any::<u8>().prop_map(Form::NotMultipart),
    ]
}

fn file() -> impl Strategy<Value = File> {
    let declared = select(vec![
        Declared::Nothing,
        Declared::Png,
        Declared::OctetStream,
        Declared::Text,
    ]);
    // Often the same one.
    let name = prop_oneof![Just(FILENAMES[0]), select(FILENAMES)].prop_map(str::to_owned);
    prop_oneof![
        30 => (content(), name, declared).prop_map(|(content, name, declared)| File::Named(content, name, declared)),
        1 => Just(File::Absent),
        1 => content().prop_map(File::Text),
    ]
}

fn content() -> impl Strategy<Value = Content> {
    let format = || select(&Format::ALL[..]);
    let edges = |limit: u64| limit - 1..=limit + 1;
    prop_oneof![
        80 => format().prop_map(Content::Sound),
        4 => (format(), any::<u16>(), any::<u8>()).prop_map(|(format, at, byte)| Content::Damaged(format, at, byte)),
        4 => (format(), any::<u16>()).prop_map(|(format, bytes)| Content::Cut(format, bytes)),
        4 => Just(Content::Gif),
        4 => Just(Content::Text),
        4 => Just(Content::Empty),
        2 => edges(MAX_FILE_BYTES).prop_map(Content::Sized),
        1 => edges(SAFE_FILE_BYTES).prop_map(Content::Sized),
    ]
}

fn kind() -> impl Strategy<Value = KindField> {
    prop_oneof![
        6 => Just(KindField::Absent),
        12 => select(&Kind::ALL[..]).prop_map(KindField::Known),
        2 => any::<u8>().prop_map(KindField::Text),
        1 => Just(KindField::AsFile),
    ]
}
