//! What every fuzz target is made of, and what the supervisor (`cargo xtask fuzz run`) may ask of it.

use std::{
    env,
    fs::File,
    io::{Read, Seek, SeekFrom, Write, stdin},
    process::Command,
    sync::OnceLock,
    thread,
};

#[doc(hidden)]
pub use {libfuzzer_sys, rebuttal_fuzzing};

/// Makes a libFuzzer program of the oracle of this name. Where it draws what it asks of an input, the second one asks
/// everything: that is for replaying and for making inputs small, which would draw something else.
#[macro_export]
macro_rules! target {
    ($oracle:ident) => {
        $crate::program!($crate::rebuttal_fuzzing::oracles::$oracle);
    };
    ($oracle:ident, every way: $every_way:ident) => {
        fn ask(input: &[u8]) {
            if $crate::is_thorough() {
                $crate::rebuttal_fuzzing::oracles::$every_way(input);
            } else {
                $crate::rebuttal_fuzzing::oracles::$oracle(input);
            }
        }
        $crate::program!(ask);
    };
}

/// Makes a libFuzzer program of any function that takes the input.
#[macro_export]
macro_rules! program {
    ($function:path) => {
        $crate::libfuzzer_sys::fuzz_target!(init: $crate::begin(), |input: &[u8]| {
            $crate::keep(input);
            $function(input);
        });
    };
}

/// Names the file that keeps the input in work. A stack overflow leaves no artifact, since a handler that has no
/// stack of its own cannot run then, and giving it one takes unsafe code. What is on disk before the oracle runs
/// is there afterwards.
const KEEP: &str = "REBUTTAL_FUZZ_KEEP";

/// Set where the supervisor holds the other end of stdin: the program ends with it, however that ends.
const LEASH: &str = "REBUTTAL_FUZZ_LEASH";

/// Set where an oracle is to ask everything of an input, not what it draws.
const THOROUGH: &str = "REBUTTAL_FUZZ_THOROUGH";

static KEPT: OnceLock<Option<File>> = OnceLock::new();

/// Whether oracles ask everything.
#[doc(hidden)]
pub fn is_thorough() -> bool {
    static IS_THOROUGH: OnceLock<bool> = OnceLock::new();
    *IS_THOROUGH.get_or_init(|| env::var_os(THOROUGH).is_some())
}

/// Does what the environment asks for, once.
#[doc(hidden)]
pub fn begin() {
    KEPT.get_or_init(|| {
        let path = env::var_os(KEEP)?;
        Some(File::create(&path).unwrap_or_else(|error| panic!("{KEEP}: {}: {error}", path.display())))
    });
    if env::var_os(LEASH).is_some() {
        thread::spawn(|| {
            let mut supervisor = stdin();
            while supervisor.read(&mut [0; 64]).is_ok_and(|count| count > 0) {}
            // An exit from here would be taken for one of the oracle; an interrupt ends with the counts.
            Command::new("sh").args(["-c", "kill -INT $PPID"]).status()
        });
    }
}

/// Writes the input where the supervisor finds it: its length in eight bytes, little-endian, and itself.
#[doc(hidden)]
pub fn keep(input: &[u8]) {
    let Some(Some(mut file)) = KEPT.get().map(Option::as_ref) else {
        return;
    };
    let kept = file
        .seek(SeekFrom::Start(0))
        .and_then(|_| file.write_all(&(input.len() as u64).to_le_bytes()))
        .and_then(|()| file.write_all(input));
    if let Err(error) = kept {
        panic!("{KEEP}: {error}");
    }
}
