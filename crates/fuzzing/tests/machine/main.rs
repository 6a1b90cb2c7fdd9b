//! The mock as a state machine: sequences of operations, each answer held against the model of the API, through the
//! mock's core and through HTTP.
//!
//! A sequence that failed is promoted to a value with a name in `cases`, or to a file below
//! `fuzz/regressions/mock_requests`: a seed means something else after any change of a strategy.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

mod cases;
mod faults;
mod live;
mod strategy;

use proptest::{
    strategy::{BoxedStrategy, Strategy as _},
    test_runner::Config,
};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use rebuttal_fuzzing::{
    generators::operations::Operation,
    oracles::mock::{Endpoint, core::Core, play, settle},
    reference::{Names, World},
};

use crate::live::Live;

/// The model as the machine that is referred to.
struct Model;

impl ReferenceStateMachine for Model {
    type State = World;
    type Transition = Operation;

    fn init_state() -> BoxedStrategy<World> {
        strategy::settings()
            .prop_map(|settings| Core::start(settings, 0).0)
            .boxed()
    }

    fn transitions(_: &World) -> BoxedStrategy<Operation> {
        strategy::operation()
    }

    fn apply(mut world: World, operation: &Operation) -> World {
        world.apply(operation);
        world
    }
}

/// A mock with what the model knows of it, and with the names that it gave.
struct Run<E> {
    world: World,
    names: Names,
    mock: E,
}

impl<E: Endpoint> Run<E> {
    fn step(mut self, operation: &Operation) -> Self {
        play(&mut self.world, &mut self.names, operation, &mut self.mock);
        self
    }

    fn end(mut self) {
        settle(&mut self.world, &mut self.names, &mut self.mock);
    }
}

/// The mock through its core.
struct ThroughCore;

impl StateMachineTest for ThroughCore {
    type SystemUnderTest = Run<Core>;
    type Reference = Model;

    fn init_test(world: &World) -> Run<Core> {
        // Bodies come in pieces, which must not be seen.
        let (world, names, mock) = Core::start(world.settings, 1000);
        Run { world, names, mock }
    }

    fn apply(run: Run<Core>, _: &World, operation: Operation) -> Run<Core> {
        run.step(&operation)
    }

    fn teardown(run: Run<Core>, _: World) {
        run.end();
    }
}

/// The mock through HTTP: one mock for each sequence.
struct ThroughHttp;

impl StateMachineTest for ThroughHttp {
    type SystemUnderTest = Run<Live>;
    type Reference = Model;

    fn init_test(world: &World) -> Run<Live> {
        let (world, names, _) = Core::start(world.settings, 0);
        let mock = Live::start(world.settings);
        Run { world, names, mock }
    }

    fn apply(run: Run<Live>, _: &World, operation: Operation) -> Run<Live> {
        run.step(&operation)
    }

    fn teardown(run: Run<Live>, _: World) {
        run.end();
    }
}

fn config(cases: u32) -> Config {
    Config {
        failure_persistence: None,
        // `PROPTEST_CASES` asks for more, and is not told apart from the default.
        cases: Config::default().cases.max(cases),
        ..Config::default()
    }
}

prop_state_machine! {
    #![proptest_config(config(256))]

    #[test]
    fn the_core_answers_like_the_model(sequential 1..30 => ThroughCore);
}

prop_state_machine! {
    #![proptest_config(Config { cases: Config::default().cases / 4, ..config(0) })]

    #[test]
    fn http_answers_like_the_model(sequential 1..20 => ThroughHttp);
}
