//! The machine notices what it is for: each of these faults of the mock is found, and without one nothing is.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::AtomicUsize},
};

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use proptest_state_machine::{ReferenceStateMachine as _, StateMachineTest as _};
use rebuttal_fuzzing::{generators::operations::Operation, reference::World};
use rebuttal_mock::Fault;

use crate::{Model, ThroughCore, ThroughHttp, config};

/// How many sequences are tried.
const MOST: u32 = 600;

/// Faults that a single request shows, and such as take a history.
const FOUND: &[Fault] = &[
    Fault::DestroyedReappears,
    Fault::IdReused,
    Fault::DuplicateId,
    Fault::IdOfFilename,
    Fault::SameFileSameDocument,
    Fault::UploadNotAttached,
    Fault::SameNameReplaced,
    Fault::SameKindReplaced,
    Fault::KindTakenOnce,
    Fault::RefusedFileStored,
    Fault::TooLargeAccepted,
    Fault::TenMillionRefused,
    Fault::OffsetIgnored,
    Fault::OffsetInPages,
    Fault::OffsetFromOne,
    Fault::OffsetStopsAtTwenty,
    Fault::LimitOffByOne,
    Fault::LimitOfHundredCut,
    Fault::LastRecordDropped,
    Fault::TotalOffByOne,
    Fault::TotalIgnoresFilter,
    Fault::TotalIsPageLength,
    Fault::FilterAfterPage,
    Fault::ReverseWithinPage,
    Fault::OrderRemembered,
    Fault::ListStopsAt25,
    Fault::DestroyDoesNothing,
    Fault::DestroyTakesSameName,
    Fault::DestroyMovesLast,
    Fault::DestroyForgetsKinds,
    Fault::RefusedDestroyDestroys,
    Fault::AnyDisputeDestroys,
    Fault::ForeignDestroyRefusedAndDone,
    Fault::ExistenceBeforeKey,
    Fault::LastLetterIgnored,
];

#[test]
fn each_fault_is_found_through_the_core() {
    let mut missed = Vec::new();
    for fault in FOUND {
        match first_failure(*fault, ThroughCore::test_sequential) {
            Some((sequences, operations)) => {
                println!("{fault}: found by sequence {sequences}, of {operations} operations");
            }
            None => missed.push(*fault),
        }
    }
    assert!(missed.is_empty(), "not found in {MOST} sequences: {missed:?}");
}

#[test]
fn faults_are_found_through_http() {
    for fault in [
        Fault::DestroyedReappears,
        Fault::IdReused,
        Fault::OffsetIgnored,
        Fault::TotalOffByOne,
        Fault::RefusedFileStored,
        Fault::RefusedDestroyDestroys,
    ] {
        let found = first_failure(fault, ThroughHttp::test_sequential);
        assert!(found.is_some(), "{fault} is not found in {MOST} sequences");
    }
}

/// How a sequence is run.
type Test = fn(Config, World, Vec<Operation>, Option<Arc<AtomicUsize>>);

/// Which sequence first shows a fault, and how many operations it has; from one seed, so that no draw decides.
fn first_failure(fault: Fault, test: Test) -> Option<(u32, usize)> {
    let config = config(1);
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config.clone(), rng);
    let sequences = Model::sequential_strategy(1..30);
    for number in 1..=MOST {
        let tree = sequences.new_tree(&mut runner).unwrap();
        let (mut world, operations, seen) = tree.current();
        world.settings.fault = Some(fault);
        let length = operations.len();
        let run = || test(config.clone(), world, operations, seen);
        if catch_unwind(AssertUnwindSafe(run)).is_err() {
            return Some((number, length));
        }
    }
    None
}
