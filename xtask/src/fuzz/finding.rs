//! What broke, as the log of the program that broke tells it.

/// How one program ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Finding {
    /// The same for all inputs that break the same promise at the same place.
    pub(super) signature: String,
    /// The beginning of what the program said, for people.
    pub(super) told: String,
    /// Where libFuzzer wrote the input.
    pub(super) artifact: Option<String>,
}

/// How much of a log is repeated: a failed comparison can be as long as its input.
const LINES: usize = 12;
const LINE_CHARS: usize = 600;
/// What every panic is followed by.
const SAYS_NOTHING: [&str; 2] = [
    "note: run with `RUST_BACKTRACE",
    "ERROR: libFuzzer: deadly signal",
];
/// How much of a message tells one break from another.
const SIGNATURE_CHARS: usize = 160;

/// Reads what a program said that ended with a finding; `signal` is what killed it, if something did.
pub(super) fn read(log: &[String], signal: Option<i32>) -> Finding {
    let artifact = log
        .iter()
        .find_map(|line| line.split_once("Test unit written to "))
        .map(|(_, path)| path.to_owned());
    let told: Vec<_> = log
        .iter()
        .skip_while(|line| !begins(line))
        .take_while(|line| !line.contains("rudimentary signal handlers") && !line.starts_with("MS: "))
        .map(|line| line.chars().take(LINE_CHARS).collect::<String>())
        .filter(|line| !line.is_empty() && !SAYS_NOTHING.iter().any(|phrase| line.contains(phrase)))
        .take(LINES)
        .collect();
    Finding {
        signature: signature(log).unwrap_or_else(|| match signal {
            Some(11) => "stack overflow, or another SIGSEGV without a word".to_owned(),
            Some(signal) => format!("killed by signal {signal}"),
            None => "ended without a word".to_owned(),
        }),
        told: told.join("\n"),
        artifact,
    }
}

fn begins(line: &str) -> bool {
    line.contains("panicked at ") || line.contains("ERROR: ")
}

/// The place of a panic and its message, or what libFuzzer or a sanitizer calls it. Of the message, digits count as
/// one `0`, and what stands in quotes as nothing, since they are most often the input's.
fn signature(log: &[String]) -> Option<String> {
    let place = |line: &String| {
        let place = line.split_once("panicked at ")?.1.trim_end_matches(':');
        // The same place has the same name in every checkout.
        let inside = place.find("/crates/").map_or(0, |at| at + 1);
        Some(place[inside..].to_owned())
    };
    if let Some((index, place)) = log
        .iter()
        .enumerate()
        .find_map(|(index, line)| Some((index, place(line)?)))
    {
        let message = log.get(index + 1).map_or("", String::as_str);
        return Some(format!("{place}: {}", folded(message)));
    }
    if let Some(summary) = log
        .iter()
        .find_map(|line| line.strip_prefix("SUMMARY: AddressSanitizer: "))
    {
        let summary = summary.split(" (BuildId").next().unwrap_or(summary);
        return Some(format!("AddressSanitizer: {summary}"));
    }
    let error = log
        .iter()
        .find_map(|line| Some(line.split_once("ERROR: libFuzzer: ")?.1))?;
    // What stands in brackets, and the seconds, are of this one run.
    let kind = error.split([' ', '(']).next().unwrap_or(error);
    Some(if kind == "deadly" {
        folded(error)
    } else {
        kind.to_owned()
    })
}

/// A message with each run of digits as `0`, nothing between quotes and of a list of quotes one, cut to what tells it
/// from others.
fn folded(message: &str) -> String {
    let (mut folded, mut in_digits) = (String::new(), false);
    let mut letters = message.trim().chars();
    while let Some(letter) = letters.next() {
        if folded.len() >= SIGNATURE_CHARS {
            break;
        }
        if letter == '"' {
            let mut escaped = false;
            let _ = letters.by_ref().find(|&inner| {
                let ends = inner == '"' && !escaped;
                escaped = inner == '\\' && !escaped;
                ends
            });
            folded.push_str("\"\"");
            for joined in ["\"\" and \"\"", "\"\", \"\""] {
                if folded.ends_with(joined) {
                    folded.truncate(folded.len() - joined.len() + 2);
                }
            }
            in_digits = false;
            continue;
        }
        let is_digit = letter.is_ascii_digit();
        if !is_digit {
            folded.push(letter);
        } else if !in_digits {
            folded.push('0');
        }
        in_digits = is_digit;
    }
    folded
}

/// A file name for what broke: the words of the message, or of the whole signature where there is none.
pub(super) fn name(signature: &str) -> String {
    const LENGTH: usize = 60;
    if signature.starts_with("stack overflow") {
        return "stack-overflow".to_owned();
    }
    let message = signature.rsplit_once(".rs:").map_or(signature, |(_, rest)| {
        rest.split_once(": ").map_or(rest, |(_, message)| message)
    });
    let mut name = String::new();
    for word in message.split(|letter: char| !letter.is_ascii_alphanumeric()) {
        let is_number = word.chars().all(|letter| letter.is_ascii_digit());
        if word.is_empty() || is_number || matches!(word, "assertion" | "failed" | "called") {
            continue;
        }
        if name.len() + word.len() >= LENGTH {
            break;
        }
        if !name.is_empty() {
            name.push('-');
        }
        name.push_str(&word.to_ascii_lowercase());
    }
    if name.is_empty() {
        "broken".to_owned()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(log: &str) -> Vec<String> {
        log.lines().map(str::to_owned).collect()
    }

    const PANIC: &str = "INFO: Seed: 1\n\nthread '<unnamed>' (41) panicked at src/oracles/cut.rs:10:5:\n\
                         chunk 17 of 23 changes the answer\nnote: run with `RUST_BACKTRACE=1`\n\
                         ==41== ERROR: libFuzzer: deadly signal\nNOTE: libFuzzer has rudimentary signal handlers.\n\
                         MS: 1 CopyPart-; base unit: 00\nartifact_prefix='a/'; Test unit written to a/crash-00\n";

    #[test]
    fn a_panic_is_known_by_its_place_and_its_message_without_digits() {
        let found = read(&lines(PANIC), None);
        assert_eq!(
            found.signature,
            "src/oracles/cut.rs:10:5: chunk 0 of 0 changes the answer"
        );
        assert_eq!(found.artifact.as_deref(), Some("a/crash-00"));
        assert!(found.told.starts_with("thread '<unnamed>'"), "{}", found.told);
        assert!(
            !found.told.contains("RUST_BACKTRACE")
                && !found.told.contains("MS:")
                && !found.told.contains("INFO"),
            "{}",
            found.told
        );
        let other = PANIC.replace("chunk 17 of 23", "chunk 9 of 101");
        assert_eq!(read(&lines(&other), None).signature, found.signature);
    }

    #[test]
    fn what_is_no_panic_is_known_by_what_libfuzzer_calls_it() {
        for (log, signal, wanted) in [
            (
                "==1== ERROR: libFuzzer: timeout after 11 seconds",
                None,
                "timeout",
            ),
            (
                "==1== ERROR: libFuzzer: out-of-memory (used: 2050Mb; limit: 2048Mb)",
                None,
                "out-of-memory",
            ),
            ("==1== ERROR: libFuzzer: deadly signal", None, "deadly signal"),
            (
                "thread 'x' panicked at /somewhere/crates/fuzzing/src/x.rs:1:2:\n12 edges",
                None,
                "crates/fuzzing/src/x.rs:1:2: 0 edges",
            ),
            (
                "thread 'x' panicked at src/x.rs:1:2:\n\"a\\\"1\" and Some(\"b\") differ at 12",
                None,
                "src/x.rs:1:2: \"\" and Some(\"\") differ at 0",
            ),
            (
                "thread 'x' panicked at src/x.rs:1:2:\n\"a\" and \"b\" and \"c\", \"d\" of b\"e\"",
                None,
                "src/x.rs:1:2: \"\" of b\"\"",
            ),
            (
                "thread 'x' panicked at src/x.rs:1:2:\nfound b\"that goes on",
                None,
                "src/x.rs:1:2: found b\"\"",
            ),
            (
                "==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x5\n\
                 SUMMARY: AddressSanitizer: heap-buffer-overflow a.c:5:1 in read (BuildId: 00)",
                None,
                "AddressSanitizer: heap-buffer-overflow a.c:5:1 in read",
            ),
            (
                "#8\tNEW",
                Some(11),
                "stack overflow, or another SIGSEGV without a word",
            ),
            ("", Some(9), "killed by signal 9"),
            ("", None, "ended without a word"),
        ] {
            assert_eq!(read(&lines(log), signal).signature, wanted, "{log}");
        }
    }

    #[test]
    fn a_file_is_named_after_what_broke() {
        for (signature, wanted) in [
            (
                "src/oracles/cut.rs:10:5: chunk 0 of 0 changes the answer",
                "chunk-of-changes-the-answer",
            ),
            (
                "src/x.rs:1:1: assertion `left == right` failed: spans tile",
                "left-right-spans-tile",
            ),
            ("timeout", "timeout"),
            (
                "stack overflow, or another SIGSEGV without a word",
                "stack-overflow",
            ),
            ("src/x.rs:1:1: ", "broken"),
        ] {
            assert_eq!(name(signature), wanted, "{signature}");
        }
        let long = format!("src/x.rs:1:1: {}", "word ".repeat(40));
        assert!(name(&long).len() <= 60);
    }
}
