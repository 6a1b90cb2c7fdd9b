//! The choices that the contract leaves open, as switches.

use std::{str::FromStr, time::Duration};

use clap::{Args, builder::TypedValueParser};
use rebuttal_mock::{
    Config, Connections, Destroyed, DownloadUri, Layout, ListParameters, MemberOrder, Members, OutOfRange,
    TooLargeBody, UnknownChoice,
};

/// Legal choices: an endpoint may make any of them, and a client has to live with each.
#[derive(Args)]
#[command(next_help_heading = "Choices that the contract leaves open")]
pub(crate) struct VariantArguments {
    /// How a destroyed document is retrieved: not at all, or with `deleted: true`.
    #[arg(long, value_name = "HOW", value_parser = named::<Destroyed>(Destroyed::NAMES))]
    destroyed: Option<Destroyed>,
    /// What a list parameter out of range gets: 400, or the nearest value.
    #[arg(long, value_name = "HOW", value_parser = named::<OutOfRange>(OutOfRange::NAMES))]
    out_of_range: Option<OutOfRange>,
    /// Where the parameters of a list are read: in the query alone, or where there is none in a JSON body.
    #[arg(long, value_name = "WHERE", default_value = "in-query",
        value_parser = named::<ListParameters>(ListParameters::NAMES))]
    list_parameters: Option<ListParameters>,
    /// What `download_uri` holds: null, a URL that leads nowhere, or one of this mock that has the file for a while.
    #[arg(long, value_name = "WHAT", value_parser = named::<DownloadUri>(DownloadUri::NAMES))]
    download_uri: Option<DownloadUri>,
    /// How long a served `download_uri` holds, in seconds.
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
    /// How long every answer takes at least, in milliseconds.
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(0..=600_000))]
    delay: Option<u64>,
}

impl VariantArguments {
    /// Puts the choices that were made in place of those of a file, or of the usual ones.
    pub(crate) fn apply(&self, config: &mut Config) {
        let variants = &mut config.variants;
        replace(&mut variants.destroyed, self.destroyed);
        replace(&mut variants.out_of_range, self.out_of_range);
        replace(&mut variants.list_parameters, self.list_parameters);
        replace(&mut variants.download_uri, self.download_uri);
        replace(&mut variants.too_large, self.too_large_body);
        replace(&mut variants.layout, self.layout);
        replace(&mut variants.members, self.members);
        replace(&mut variants.order, self.member_order);
        replace(&mut variants.connections, self.connections);
        replace(&mut variants.delay, self.delay.map(Duration::from_millis));
        variants.max_documents = self.max_documents.or(variants.max_documents);
        let lasts = self
            .download_lasts
            .map(|seconds| Duration::from_secs(seconds.into()));
        replace(&mut config.limits.download, lasts);
    }
}

fn replace<T>(value: &mut T, by: Option<T>) {
    if let Some(by) = by {
        *value = by;
    }
}

/// Reads one of these names.
fn named<T>(names: &'static [&'static str]) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err = UnknownChoice> + Clone + Send + Sync + 'static,
{
    clap::builder::PossibleValuesParser::new(names).try_map(|name| name.parse())
}
