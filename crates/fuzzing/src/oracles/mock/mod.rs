//! The oracle of the mock: sequences of requests, each answer held against the model of the API.

pub mod core;

use arbitrary::{Result, Unstructured};
use rebuttal_mock::{Destroyed, DownloadUri, Layout, MemberOrder, Members, OutOfRange, Settings, Variants};
use rebuttal_model::{MAX_LIST_LIMIT, Profile};

use self::core::Core;
use crate::{
    generators::operations::{Ask, Call, DisputeRef, Key, MAX_OPERATIONS, Number, Operation, Param, Version},
    reference::{Names, Reply, Request, World, judge, request},
};

/// Something that answers requests, and whose records can be kept aside and put back.
pub trait Endpoint {
    /// Sends a request while the clock shows what the world's does.
    fn ask(&mut self, request: &Request, world: &World) -> Reply;
    /// Keeps aside what there is.
    fn keep(&mut self);
    /// Puts back what was kept last.
    fn put_back(&mut self);
}

/// Draws a mock's choices and a sequence of operations, and holds the mock's core against the model.
///
/// # Panics
///
/// When an answer is 5xx or not what the model owes: its status, its error's code and shape, the record that it
/// shows, or the order, the total and the page of a list; when an id is given twice, when something is stored
/// after a refusal or is there after it was destroyed, when an answer shows a key, or when how a body is cut
/// changes anything.
pub fn mock_requests(input: &[u8]) {
    let mut u = Unstructured::new(input);
    let begun = settings(&mut u).and_then(|settings| Ok((settings, u.arbitrary::<u8>()?)));
    let (settings, step) = begun.expect("every input makes something");
    let (mut world, mut names, mut core) = Core::start(settings, step.into());
    for _ in 0..MAX_OPERATIONS {
        if u.is_empty() {
            break;
        }
        let operation: Operation = u.arbitrary().expect("every input makes something");
        play(&mut world, &mut names, &operation, &mut core);
    }
    settle(&mut world, &mut names, &mut core);
}

/// Does one operation to the model and to the endpoint, and holds the answer against the model's.
///
/// # Panics
///
/// When the answer is another than the model's.
pub fn play(world: &mut World, names: &mut Names, operation: &Operation, endpoint: &mut impl Endpoint) {
    let asked = match operation {
        Operation::Ask(ask) => Some((ask, request(world, names, ask))),
        Operation::Advance(_) => None,
        Operation::Keep => {
            endpoint.keep();
            names.keep();
            None
        }
        Operation::PutBack => {
            if world.has_kept() {
                endpoint.put_back();
                names.put_back();
            }
            None
        }
    };
    world.apply(operation);
    if let Some((ask, request)) = asked {
        let reply = endpoint.ask(&request, world);
        judge(world, names, ask, &reply);
    }
}

/// Asks for the documents of every dispute that a request would have changed: what was refused is not there.
///
/// # Panics
///
/// When a list is another than the model's.
pub fn settle(world: &mut World, names: &mut Names, endpoint: &mut impl Endpoint) {
    for place in world.touched() {
        for key in [Key::First, Key::Other] {
            let made = DisputeRef::Made(u8::try_from(place).unwrap_or(u8::MAX));
            let ask = Ask {
                key,
                version: Version::Absent,
                call: Call::List(made, vec![Param::Limit(Number::Value(MAX_LIST_LIMIT.into()))]),
                idle_body: false,
            };
            play(world, names, &Operation::Ask(ask), endpoint);
        }
    }
}

/// Draws the choices of a mock; a source that is used up makes the usual ones.
fn settings(u: &mut Unstructured<'_>) -> Result<Settings> {
    let (flags, most): (u8, u8) = u.arbitrary()?;
    let chosen = |bit: u8| flags & (1 << bit) != 0;
    let variants = Variants {
        destroyed: if chosen(1) {
            Destroyed::Shown
        } else {
            Destroyed::NotFound
        },
        out_of_range: if chosen(2) {
            OutOfRange::Clamped
        } else {
            OutOfRange::Refused
        },
        download_uri: if chosen(3) {
            DownloadUri::Url
        } else {
            DownloadUri::Null
        },
        layout: if chosen(4) {
            Layout::Pretty
        } else {
            Layout::Compact
        },
        members: if chosen(5) {
            Members::Extra
        } else {
            Members::Listed
        },
        order: if chosen(6) {
            MemberOrder::Reversed
        } else {
            MemberOrder::Usual
        },
        max_documents: [None, Some(1), Some(4), Some(28)][usize::from(most % 4)],
        ..Variants::default()
    };
    Ok(Settings {
        profile: if chosen(0) {
            Profile::Recorded
        } else {
            Profile::Documented
        },
        fault: None,
        variants,
    })
}
