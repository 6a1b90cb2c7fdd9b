//! Sequences that once failed, as values.

use rebuttal_fuzzing::{
    generators::operations::{
        Ask, Call, Content, Declared, DisputeRef, File, Form, Key, KindField, Operation, Plain, Version,
    },
    oracles::mock::{core::Core, play, settle},
};
use rebuttal_mock::Settings;
use rebuttal_model::Format;

use crate::strategy::EMPTY;

/// Plays a sequence through the core of a mock with the usual choices.
fn holds(operations: &[Operation]) {
    let (mut world, mut names, mut core) = Core::start(Settings::default(), 0);
    for operation in operations {
        play(&mut world, &mut names, operation, &mut core);
    }
    settle(&mut world, &mut names, &mut core);
}

fn ask(call: Call) -> Operation {
    Operation::Ask(Ask {
        key: Key::First,
        version: Version::Absent,
        call,
        idle_body: false,
    })
}

fn upload() -> Operation {
    let file = File::Named(Content::Sound(Format::Png), "slip.png".to_owned(), Declared::Png);
    let form = Plain {
        file,
        kind: KindField::Absent,
        kind_first: false,
        more: 0,
        cut: None,
    };
    ask(Call::Upload(DisputeRef::Made(EMPTY), Form::Plain(form)))
}

#[test]
fn a_dispute_counts_no_documents_of_the_future() {
    let dispute = ask(Call::RetrieveDispute(DisputeRef::Made(EMPTY)));
    holds(&[upload(), Operation::Advance(-1), dispute]);
}
