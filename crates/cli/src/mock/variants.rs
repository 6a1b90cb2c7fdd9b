//! The choices that the contract leaves open, as switches.

use std::{str::FromStr, time::Duration};

use clap::{Args, builder::TypedValueParser};
use rebuttal_mock::{
    Connections, Destroyed, DownloadUri, Layout, ListParameters, MemberOrder, Members, OutOfRange,
    TooLargeBody, UnknownChoice, Variants,
};

/// Legal choices: an endpoint may make any of them, and a client has to live with each.
#[derive(Args)]
#[command(next_help_heading = "Choices that the contract leaves open")]
pub(crate) struct VariantArguments {
    /// How a destroyed document is retrieved: not at all, or with `deleted: true`.
    #[arg(long, value_name = "HOW", default_value = "not-found", value_parser = named::<Destroyed>(Destroyed::NAMES))]
    destroyed: Destroyed,
    /// What a list parameter out of range gets: 400, or the nearest value.
    #[arg(long, value_name = "HOW", default_value = "refused", value_parser = named::<OutOfRange>(OutOfRange::NAMES))]
    out_of_range: OutOfRange,
    /// Where the parameters of a list are read: in the query alone, or where there is none in a JSON body.
    #[arg(long, value_name = "WHERE", default_value = "in-query",
        value_parser = named::<ListParameters>(ListParameters::NAMES))]
    list_parameters: ListParameters,
    /// What `download_uri` holds: null, a URL that leads nowhere, or one of this mock that has the file for a while.
    #[arg(long, value_name = "WHAT", default_value = "null", value_parser = named::<DownloadUri>(DownloadUri::NAMES))]
    download_uri: DownloadUri,
    /// How long a served `download_uri` holds, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = clap::value_parser!(u32).range(1..=604_800))]
    download_lasts: u32,
    /// The most documents that a dispute takes; one more is answered 422.
    #[arg(long, value_name = "N")]
    max_documents: Option<u32>,
    /// The body of a 413 in the profile `recorded`: an Error object, or the page of a proxy.
    #[arg(long, value_name = "WHAT", default_value = "json", value_parser = named::<TooLargeBody>(TooLargeBody::NAMES))]
    too_large_body: TooLargeBody,
    /// How JSON is written.
    #[arg(long, value_name = "HOW", default_value = "compact", value_parser = named::<Layout>(Layout::NAMES))]
    layout: Layout,
    /// What members objects have: those of the contract, or one more, which a reader must tolerate.
    #[arg(long, value_name = "WHICH", default_value = "listed", value_parser = named::<Members>(Members::NAMES))]
    members: Members,
    /// In which order the members of objects stand.
    #[arg(long, value_name = "HOW", default_value = "usual", value_parser = named::<MemberOrder>(MemberOrder::NAMES))]
    member_order: MemberOrder,
    /// What becomes of a connection behind an answer.
    #[arg(long, value_name = "WHAT", default_value = "kept", value_parser = named::<Connections>(Connections::NAMES))]
    connections: Connections,
    /// How long every answer takes at least, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=600_000))]
    delay: u64,
}

impl VariantArguments {
    pub(crate) fn variants(&self) -> Variants {
        Variants {
            destroyed: self.destroyed,
            out_of_range: self.out_of_range,
            list_parameters: self.list_parameters,
            download_uri: self.download_uri,
            too_large: self.too_large_body,
            layout: self.layout,
            members: self.members,
            order: self.member_order,
            connections: self.connections,
            delay: Duration::from_millis(self.delay),
            max_documents: self.max_documents,
        }
    }

    /// How long a served `download_uri` holds.
    pub(crate) fn download_lasts(&self) -> Duration {
        Duration::from_secs(self.download_lasts.into())
    }
}

/// Reads one of these names.
fn named<T>(names: &'static [&'static str]) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err = UnknownChoice> + Clone + Send + Sync + 'static,
{
    clap::builder::PossibleValuesParser::new(names).try_map(|name| name.parse())
}
