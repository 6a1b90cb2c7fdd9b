//! What may stand behind `cargo xtask fuzz`.

use std::path::PathBuf;

use super::build::Flavour;

pub(crate) const HELP: &str = "\
Fuzz the targets of fuzz/ with a stable toolchain and a C++ compiler

Usage: cargo xtask fuzz COMMAND [TARGET…]      (no target: all of them)

  list [--json]              name the targets, with their seeds, regressions and dictionaries
  build [--asan]             build them
  run [--seconds N] [--jobs N] [--seed N] [--asan | --no-trace-compares] [--json]
                             fuzz each target for N seconds (60); N processes at a time (1) are dealt over the
                             targets: two targets and four jobs are two processes on each corpus
  replay [--asan]            run the committed inputs through the fuzz programs

  adopt CRASH [--target T] [--name WHAT-BROKE]
                             make a crash small, name it, and file it as a regression
  minimize                   keep of seeds and findings what reaches anything of its own
  merge DIR… [--target T]    take over corpora from elsewhere, DIR/TARGET/ or DIR itself with --target

  coverage [--uncovered] [--html] [--check] [--llvm-path DIR]
                             lines that the committed corpus reaches, by crate, against the bars
  status [--html FILE] [--markdown] [--log FILE]…
                             what was run so far: a table, and a page with plots
  speed [--check] [--seconds N]
                             executions a second, beside an empty target and a plain multer
  canary [BUG…] [--seconds N]
                             plant bugs into a copy of the sources, and see each found in time
  drill                      plant a panic and a stack overflow, and see both found, kept and filed
  doctor                     what this machine has, and what is missing for what

Exit status: 0 done, 1 something broke or a check failed, 2 wrong use. docs/fuzzing.md has the whole story.
";

/// A subcommand of `cargo xtask fuzz`. No targets: all of them.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Command {
    Help,
    List {
        json: bool,
    },
    Build {
        targets: Vec<String>,
        flavour: Flavour,
    },
    Run(Run),
    Replay {
        targets: Vec<String>,
        flavour: Flavour,
    },
    Adopt(Adopt),
    Minimize {
        targets: Vec<String>,
    },
    Merge {
        folders: Vec<PathBuf>,
        target: Option<String>,
    },
    Coverage(Coverage),
    Status(Status),
    Speed {
        check: bool,
        seconds: u64,
    },
    Canary(super::canary::Plan),
    Drill,
    Doctor,
}

#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Run {
    pub(super) targets: Vec<String>,
    pub(super) seconds: u64,
    /// Processes at a time.
    pub(super) jobs: u64,
    /// Where the random choices begin; none is another place each time.
    pub(super) seed: Option<u64>,
    pub(super) flavour: Flavour,
    pub(super) json: bool,
}

#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Adopt {
    pub(super) crash: PathBuf,
    pub(super) target: Option<String>,
    pub(super) name: Option<String>,
}

#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Coverage {
    pub(super) targets: Vec<String>,
    pub(super) uncovered: bool,
    pub(super) html: bool,
    pub(super) check: bool,
    pub(super) llvm: Option<PathBuf>,
}

#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Status {
    pub(super) html: Option<PathBuf>,
    pub(super) markdown: bool,
    /// Logs of other machines and checkouts.
    pub(super) logs: Vec<PathBuf>,
}

const DEFAULT_SECONDS: u64 = 60;
const SPEED_SECONDS: u64 = 5;

impl Command {
    pub(crate) fn parse(words: &[&str]) -> Result<Self, String> {
        let (&command, rest) = words.split_first().ok_or(EXPECTED)?;
        if rest.iter().any(|word| ["--help", "-h"].contains(word)) {
            return Ok(Self::Help);
        }
        let read = |switches, valued| Given::read(command, rest, switches, valued);
        Ok(match command {
            "help" | "--help" | "-h" => Self::Help,
            "list" => Self::List {
                json: read(&["--json"], &[])?.bare()?.has("--json"),
            },
            "build" | "replay" => {
                let given = read(&["--asan", "--all"], &[])?;
                let flavour = given.flavour()?;
                let targets = given.targets()?;
                match command {
                    "build" => Self::Build { targets, flavour },
                    _ => Self::Replay { targets, flavour },
                }
            }
            "run" => {
                let switches = ["--asan", "--no-trace-compares", "--all", "--json"];
                let given = read(&switches, &["--seconds", "--jobs", "--seed"])?;
                Self::Run(Run {
                    seconds: given.number("--seconds", 1)?.unwrap_or(DEFAULT_SECONDS),
                    jobs: given.number("--jobs", 1)?.unwrap_or(1),
                    seed: given.number("--seed", 0)?.filter(|seed| *seed > 0),
                    flavour: given.flavour()?,
                    json: given.has("--json"),
                    targets: given.targets()?,
                })
            }
            "adopt" => {
                let given = read(&[], &["--target", "--name"])?;
                let [crash] = given.plain.as_slice() else {
                    return Err("expected one file after fuzz adopt: the artifact of a run".to_owned());
                };
                Self::Adopt(Adopt {
                    crash: crash.into(),
                    target: given.value("--target"),
                    name: given.value("--name"),
                })
            }
            "minimize" => Self::Minimize {
                targets: read(&["--all"], &[])?.targets()?,
            },
            "merge" => {
                let given = read(&[], &["--target"])?;
                if given.plain.is_empty() {
                    return Err("expected folders after fuzz merge".to_owned());
                }
                Self::Merge {
                    target: given.value("--target"),
                    folders: given.plain.iter().map(PathBuf::from).collect(),
                }
            }
            "coverage" => {
                let given = read(&["--uncovered", "--html", "--check", "--all"], &["--llvm-path"])?;
                Self::Coverage(Coverage {
                    uncovered: given.has("--uncovered"),
                    html: given.has("--html"),
                    check: given.has("--check"),
                    llvm: given.value("--llvm-path").map(PathBuf::from),
                    targets: given.targets()?,
                })
            }
            "status" => {
                let given = read(&["--markdown"], &["--html", "--log"])?.bare()?;
                Self::Status(Status {
                    html: given.value("--html").map(PathBuf::from),
                    markdown: given.has("--markdown"),
                    logs: given.values("--log").map(PathBuf::from).collect(),
                })
            }
            "speed" => {
                let given = read(&["--check"], &["--seconds"])?.bare()?;
                Self::Speed {
                    check: given.has("--check"),
                    seconds: given.number("--seconds", 1)?.unwrap_or(SPEED_SECONDS),
                }
            }
            "canary" => Self::Canary(super::canary::Plan::parse(rest)?),
            "drill" => read(&[], &[])?.bare().map(|_| Self::Drill)?,
            "doctor" => read(&[], &[])?.bare().map(|_| Self::Doctor)?,
            unknown => return Err(format!("there is no command fuzz {unknown:?}: {EXPECTED}")),
        })
    }
}

const EXPECTED: &str = "expected a command after fuzz; `cargo xtask fuzz --help` names them";

/// The words behind a command, sorted.
struct Given<'a> {
    command: &'a str,
    plain: Vec<&'a str>,
    switches: Vec<&'a str>,
    values: Vec<(&'a str, &'a str)>,
}

impl<'a> Given<'a> {
    fn read(command: &'a str, words: &[&'a str], switches: &[&str], valued: &[&str]) -> Result<Self, String> {
        let mut given = Self {
            command,
            plain: Vec::new(),
            switches: Vec::new(),
            values: Vec::new(),
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if switches.contains(word) {
                given.switches.push(word);
            } else if valued.contains(word) {
                let value = words
                    .next()
                    .ok_or_else(|| format!("expected a value after {word}"))?;
                given.values.push((word, value));
            } else if word.starts_with('-') {
                return Err(format!("fuzz {command} does not take {word:?}"));
            } else {
                given.plain.push(word);
            }
        }
        Ok(given)
    }

    /// Without anything but options.
    fn bare(self) -> Result<Self, String> {
        match self.plain.first() {
            Some(surplus) => Err(format!("fuzz {} does not take {surplus:?}", self.command)),
            None => Ok(self),
        }
    }

    fn has(&self, switch: &str) -> bool {
        self.switches.contains(&switch)
    }

    fn values(&self, name: &str) -> impl Iterator<Item = String> {
        let matching = self.values.iter().filter(move |(found, _)| *found == name);
        matching.map(|(_, value)| (*value).to_owned())
    }

    fn value(&self, name: &str) -> Option<String> {
        self.values(name).last()
    }

    fn number(&self, name: &str, least: u64) -> Result<Option<u64>, String> {
        let Some(text) = self.value(name) else {
            return Ok(None);
        };
        match text.parse() {
            Ok(number) if number >= least => Ok(Some(number)),
            _ => Err(format!(
                "expected a whole number from {least} after {name}, found {text:?}"
            )),
        }
    }

    fn flavour(&self) -> Result<Flavour, String> {
        Ok(match (self.has("--asan"), self.has("--no-trace-compares")) {
            (false, false) => Flavour::Plain,
            (true, false) => Flavour::Asan,
            (false, true) => Flavour::NoCompares,
            (true, true) => {
                return Err(format!(
                    "expected --asan or --no-trace-compares after fuzz {}, found both",
                    self.command
                ));
            }
        })
    }

    fn targets(&self) -> Result<Vec<String>, String> {
        if self.has("--all") && !self.plain.is_empty() {
            return Err(format!(
                "expected targets or --all after fuzz {}, found both",
                self.command
            ));
        }
        Ok(self.plain.iter().map(|target| (*target).to_owned()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        Command::parse(&line.split_whitespace().collect::<Vec<_>>())
    }

    #[test]
    fn run_takes_targets_time_jobs_and_seed() {
        let run = |targets: &[&str], seconds, jobs, seed, flavour| {
            Ok(Command::Run(Run {
                targets: targets.iter().map(|target| (*target).to_owned()).collect(),
                seconds,
                jobs,
                seed,
                flavour,
                json: false,
            }))
        };
        assert_eq!(parsed("run"), run(&[], 60, 1, None, Flavour::Plain));
        assert_eq!(
            parsed("run decode --seconds 5 inspect --seed 7 --jobs 2 --asan"),
            run(&["decode", "inspect"], 5, 2, Some(7), Flavour::Asan)
        );
        assert_eq!(
            parsed("run --all --seed 0 --no-trace-compares"),
            run(&[], 60, 1, None, Flavour::NoCompares)
        );
    }

    #[test]
    fn what_is_not_taken_is_said() {
        for (line, wanted) in [
            ("", EXPECTED),
            ("run --seconds", "expected a value after --seconds"),
            (
                "run --seconds 0",
                "expected a whole number from 1 after --seconds, found \"0\"",
            ),
            (
                "run --jobs x",
                "expected a whole number from 1 after --jobs, found \"x\"",
            ),
            ("run -j 2", "fuzz run does not take \"-j\""),
            (
                "run decode --all",
                "expected targets or --all after fuzz run, found both",
            ),
            (
                "run --asan --no-trace-compares",
                "expected --asan or --no-trace-compares after fuzz run, found both",
            ),
            ("list decode", "fuzz list does not take \"decode\""),
            (
                "adopt",
                "expected one file after fuzz adopt: the artifact of a run",
            ),
            (
                "adopt a b",
                "expected one file after fuzz adopt: the artifact of a run",
            ),
            ("merge", "expected folders after fuzz merge"),
            ("drill now", "fuzz drill does not take \"now\""),
        ] {
            assert_eq!(parsed(line), Err(wanted.to_owned()), "{line}");
        }
        assert!(parsed("go").is_err_and(|wrong| wrong.contains("there is no command fuzz \"go\"")));
        assert_eq!(parsed("run --help"), Ok(Command::Help));
    }

    #[test]
    fn the_help_fits_a_screen_and_names_every_command() {
        assert!(HELP.lines().count() <= 40);
        assert!(HELP.lines().all(|line| line.chars().count() <= 110));
        for command in [
            "list", "build", "run", "replay", "adopt x", "minimize", "merge x", "coverage", "status",
            "speed", "canary", "drill", "doctor",
        ] {
            assert!(parsed(command).is_ok(), "{command}");
            let name = command.split(' ').next().unwrap();
            assert!(HELP.contains(&format!("\n  {name} ")), "{name}");
        }
    }
}
