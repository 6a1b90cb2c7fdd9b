//! The choices that the contract leaves open, as switches.

use std::{str::FromStr, time::Duration};

use clap::{Args, builder::TypedValueParser};
use rebuttal_mock::{
    Connections, Destroyed, DownloadUri, Layout, ListParameters, MemberOrder, Members, OutOfRange,
    TooLargeBody, UnknownChoice, Variants,
};

/// Legal choices: an endpoint may make any of them, and a client has to live with each.
#[derive(Args)]
#[command(
    next_help_heading = "Choices that the contract leaves open (of the values, the first is the default)"
)]
pub(crate) struct VariantArguments {
    /// How a destroyed document is retrieved: not at all, or with `deleted: true`.
    #[arg(long, value_name = "HOW", value_parser = named::<Destroyed>(Destroyed::NAMES))]
    destroyed: Option<Destroyed>,
    /// What a list parameter out of range gets: 400, or the nearest value.
    #[arg(long, value_name = "HOW", value_parser = named::<OutOfRange>(OutOfRange::NAMES))]
    out_of_range: Option<OutOfRange>,
    /// Where the parameters of a list are read: in the query alone, or where there is none in a JSON body.
    #[arg(long, value_name = "WHERE",
        value_parser = named::<ListParameters>(ListParameters::NAMES))]
    list_parameters: Option<ListParameters>,
    /// What `download_uri` holds: null, a URL that leads nowhere, or one of this mock that has the file for a while.
    #[arg(long, value_name = "WHAT", value_parser = named::<DownloadUri>(DownloadUri::NAMES))]
    download_uri: Option<DownloadUri>,
    /// How long a served `download_uri` holds, in seconds [default: 900].
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=604_800))]
    download_lasts: Option<u32>,
    /// The most documents that a dispute takes; one more is answered 422.
    #[arg(long, value_name = "N")]
    max_documents: Option<u32>,
    /// The body of a 413 in the profile `recorded`: an Error object, or the page of a proxy.
    #[arg(long, value_name = "WHAT", value_parser = named::<TooLargeBody>(TooLargeBody::NAMES))]
    too_large_body: Option<TooLargeBody>,
    /// How JSON is written.
    #[arg(long, value_name = "HOW", value_parser = named::<Layout>(Layout::NAMES))]
    layout: Option<Layout>,
    /// What members objects have: those of the contract, or one more, which a reader must tolerate.
    #[arg(long, value_name = "WHICH", value_parser = named::<Members>(Members::NAMES))]
    members: Option<Members>,
    /// In which order the members of objects stand.
    #[arg(long, value_name = "HOW", value_parser = named::<MemberOrder>(MemberOrder::NAMES))]
    member_order: Option<MemberOrder>,
    /// What becomes of a connection behind an answer.
    #[arg(long, value_name = "WHAT", value_parser = named::<Connections>(Connections::NAMES))]
    connections: Option<Connections>,
    /// How long every answer takes at least, in milliseconds [default: 0].
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(0..=600_000))]
    delay: Option<u64>,
}

impl VariantArguments {
    /// The choices, and those of `base` where none was made.
    pub(crate) fn variants(&self, base: Variants) -> Variants {
        Variants {
            destroyed: self.destroyed.unwrap_or(base.destroyed),
            out_of_range: self.out_of_range.unwrap_or(base.out_of_range),
            list_parameters: self.list_parameters.unwrap_or(base.list_parameters),
            download_uri: self.download_uri.unwrap_or(base.download_uri),
            too_large: self.too_large_body.unwrap_or(base.too_large),
            layout: self.layout.unwrap_or(base.layout),
            members: self.members.unwrap_or(base.members),
            order: self.member_order.unwrap_or(base.order),
            connections: self.connections.unwrap_or(base.connections),
            delay: self.delay.map_or(base.delay, Duration::from_millis),
            max_documents: self.max_documents.or(base.max_documents),
        }
    }

    /// How long a served `download_uri` holds.
    pub(crate) fn download_lasts(&self, base: Duration) -> Duration {
        let seconds = self.download_lasts.map(u64::from);
        seconds.map_or(base, Duration::from_secs)
    }
}

/// Reads one of these names.
fn named<T>(names: &'static [&'static str]) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err = UnknownChoice> + Clone + Send + Sync + 'static,
{
    clap::builder::PossibleValuesParser::new(names).try_map(|name| name.parse())
}
