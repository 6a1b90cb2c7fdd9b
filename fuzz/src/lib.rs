//! What every fuzz target is made of.

#[doc(hidden)]
pub use {libfuzzer_sys, rebuttal_fuzzing};

/// Makes a libFuzzer program of the oracle of this name.
#[macro_export]
macro_rules! target {
    ($oracle:ident) => {
        $crate::libfuzzer_sys::fuzz_target!(|input: &[u8]| {
            $crate::rebuttal_fuzzing::oracles::$oracle(input);
        });
    };
}
