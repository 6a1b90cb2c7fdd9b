//! Supervises fuzz processes: many on one corpus, started again after a finding, until the time is over.
//!
//! Plain processes, since libFuzzer's own fork mode has half the speed here on targets as quick as ours.

use std::{
    collections::VecDeque,
    fs,
    path::PathBuf,
    process::{Child, ExitStatus},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use super::{
    build::{Built, Programs},
    finding::{self, Finding},
    folder::{self, Folder},
    kept,
    patience::{Next, Patience},
    process::{self, Said},
    pulse::{self, Pulse},
    tally::Tally,
};

/// What one round of a campaign needs.
pub(super) struct Round<'a> {
    pub(super) folder: &'a Folder,
    pub(super) programs: &'a Programs,
    /// The targets of this round, and how many processes each has.
    pub(super) targets: Vec<(&'a Built, u64)>,
    pub(super) seed: u64,
    pub(super) time: Duration,
    pub(super) halt: &'a AtomicBool,
}

/// How long a process may take to end when its time is over, beyond what one input may take.
const GRACE: Duration = Duration::from_secs(20);
/// How long one may take that was asked to end.
const PATIENT: Duration = Duration::from_secs(5);
/// How much of what a process says is kept, in lines.
const LINES: usize = 2_000;
const TICK: Duration = Duration::from_millis(100);

/// One place among the processes: when one ends there, another may follow it.
struct Slot {
    /// Index of the target.
    target: usize,
    /// Of the first process here.
    first_seed: u64,
    /// Of the one that runs now.
    seed: u64,
    generation: u32,
    state: State,
    /// What the process said, without the lines that only count.
    log: VecDeque<String>,
    pulse: Pulse,
    /// How many inputs libFuzzer went on from here, at most.
    corpus: u64,
    started: Instant,
    /// When this place is empty for good; later than others where a lost input is searched for.
    deadline: Instant,
    /// Where the harness keeps the input in work, once one was lost.
    keep: Option<PathBuf>,
}

enum State {
    Running(Child),
    Waiting(Instant),
    Done,
}

/// What happens while a round runs.
struct Supervisor<'a> {
    round: &'a Round<'a>,
    slots: Vec<Slot>,
    tallies: Vec<Tally>,
    patience: Vec<Patience>,
    /// Runs of processes that have ended, by target.
    ended: Vec<u64>,
    started: Instant,
    said: Sender<Said>,
}

/// Runs one round to its end and tells what came of it, by target.
pub(super) fn round(round: &Round<'_>, watch: &mut dyn FnMut(&[Tally])) -> Result<Vec<Tally>> {
    let (said, heard) = mpsc::channel();
    let now = Instant::now();
    let mut supervisor = Supervisor {
        round,
        slots: Vec::new(),
        tallies: Vec::new(),
        patience: Vec::new(),
        ended: vec![0; round.targets.len()],
        started: now,
        said,
    };
    for (index, (target, processes)) in round.targets.iter().enumerate() {
        fs::create_dir_all(round.folder.work(&target.name))?;
        let work = folder::size(&folder::inputs(&round.folder.work(&target.name))?);
        supervisor.tallies.push(Tally {
            target: target.name.clone(),
            processes: *processes,
            work: [work, work],
            ..Tally::default()
        });
        supervisor.patience.push(Patience::default());
        for number in 0..*processes {
            supervisor.slots.push(Slot {
                target: index,
                first_seed: round.seed + number,
                seed: round.seed + number,
                generation: 0,
                state: State::Waiting(now),
                log: VecDeque::new(),
                pulse: Pulse::default(),
                corpus: 0,
                started: now,
                deadline: now + round.time,
                keep: None,
            });
        }
    }
    let ended = supervisor.run(&heard, watch);
    // Whatever happened, no process outlives its supervisor.
    for slot in &mut supervisor.slots {
        if let State::Running(child) = &mut slot.state {
            let _gone = child.kill().and_then(|()| child.wait());
        }
    }
    ended?;
    for tally in &mut supervisor.tallies {
        tally.work[1] = folder::size(&folder::inputs(&round.folder.work(&tally.target))?);
    }
    Ok(supervisor.tallies)
}

impl Supervisor<'_> {
    fn run(&mut self, heard: &Receiver<Said>, watch: &mut dyn FnMut(&[Tally])) -> Result<()> {
        let mut halted = None;
        let mut looked = self.started;
        while self.slots.iter().any(|slot| !matches!(slot.state, State::Done)) {
            let now = Instant::now();
            if halted.is_none() && self.round.halt.load(Ordering::Relaxed) {
                halted = Some(now);
            }
            self.start_and_stop(now, halted)?;
            match heard.recv_timeout(TICK) {
                Ok(said) => {
                    self.hear(said)?;
                    // A quick target says a lot at first.
                    for said in heard.try_iter().take(10_000).collect::<Vec<_>>() {
                        self.hear(said)?;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if now.duration_since(looked) >= Duration::from_secs(1) {
                looked = now;
                self.look(now, false);
                watch(&self.tallies);
            }
        }
        self.look(Instant::now(), true);
        Ok(())
    }

    /// Fills the places that are due, and empties those whose time is over.
    fn start_and_stop(&mut self, now: Instant, halted: Option<Instant>) -> Result<()> {
        for index in 0..self.slots.len() {
            let slot = &mut self.slots[index];
            match &mut slot.state {
                State::Waiting(_) if halted.is_some() || now >= slot.deadline => slot.state = State::Done,
                State::Waiting(due) if now >= *due => self.fill(index, now)?,
                State::Waiting(_) | State::Done => {}
                State::Running(child) => {
                    let over = halted.unwrap_or(slot.deadline + GRACE);
                    if now >= over {
                        process::let_go(child);
                    }
                    if now >= over + PATIENT {
                        child.kill()?;
                    }
                }
            }
        }
        Ok(())
    }

    fn fill(&mut self, index: usize, now: Instant) -> Result<()> {
        let slot = &mut self.slots[index];
        let round = self.round;
        let time = slot.deadline.saturating_duration_since(now);
        slot.state = State::Running(process::start(
            round.folder,
            round.targets[slot.target].0,
            round.programs.flavour,
            (slot.seed, time),
            slot.keep.as_ref(),
            ((index, slot.generation), self.said.clone()),
        )?);
        slot.started = now;
        slot.pulse = Pulse::default();
        slot.log.clear();
        Ok(())
    }

    fn hear(&mut self, said: Said) -> Result<()> {
        let (index, generation) = said.by;
        let slot = &mut self.slots[index];
        if slot.generation != generation {
            return Ok(());
        }
        let Some(line) = said.line else {
            return self.end(index);
        };
        if let Some(pulse) = Pulse::read(&line) {
            slot.pulse = pulse;
            slot.corpus = slot.corpus.max(pulse.corpus);
            self.tallies[slot.target].count(pulse, self.started.elapsed());
            return Ok(());
        }
        if let Some(runs) = pulse::stat(&line, "number_of_executed_units") {
            slot.pulse.runs = runs;
        }
        if slot.log.len() == LINES {
            slot.log.pop_front();
        }
        slot.log.push_back(line);
        Ok(())
    }

    /// A process has ended: what it found is taken in, and whether another follows is decided.
    fn end(&mut self, index: usize) -> Result<()> {
        let slot = &mut self.slots[index];
        let State::Running(child) = &mut slot.state else {
            return Ok(());
        };
        let asked = child.stdin.is_none();
        let status = child.wait()?;
        let pulse = std::mem::take(&mut slot.pulse);
        self.ended[slot.target] += pulse.runs;
        slot.state = State::Done;
        let log: Vec<String> = slot.log.drain(..).collect();
        if status.success() || process::interrupted(status) || (asked && process::signal(status).is_some()) {
            return Ok(());
        }
        if process::misused(status) {
            bail!(
                "the program of {} does not run:\n{}",
                self.tallies[slot.target].target,
                log.join("\n")
            );
        }
        let finding = finding::read(&log, process::signal(status));
        self.take_in(index, status, finding, !pulse.inited);
        Ok(())
    }

    fn take_in(&mut self, index: usize, status: ExitStatus, mut finding: Finding, early: bool) {
        let slot = &mut self.slots[index];
        let tally = &mut self.tallies[slot.target];
        let mut searched = false;
        if finding.artifact.is_none() {
            // What killed it is in the file, if it was kept. If not, the next one keeps it.
            let folder = self.round.folder.artifacts(&tally.target);
            match slot.keep.as_ref().and_then(|path| kept::artifact(path, &folder)) {
                Some(path) => finding.artifact = Some(path.display().to_string()),
                None if process::signal(status).is_some() => searched = true,
                None => {}
            }
        }
        if finding.told.is_empty() {
            finding.told = format!("{status}, without a word of its own");
        }
        let next = self.patience[slot.target].after(&finding.signature, early);
        if let Some(surplus) = tally.found(finding) {
            // It shows what three others show.
            let _gone = fs::remove_file(surplus);
        }
        let now = Instant::now();
        match next {
            Next::Never(why) => {
                tally.stopped = Some(why.to_owned());
                let target = slot.target;
                for slot in self.slots.iter_mut().filter(|slot| slot.target == target) {
                    match &mut slot.state {
                        State::Running(child) => process::let_go(child),
                        state => *state = State::Done,
                    }
                }
            }
            Next::After(wait) => {
                slot.generation += 1;
                tally.restarts += 1;
                slot.deadline = self.started + self.round.time;
                if searched {
                    // The next one takes the same way again, with the same seed.
                    let name = format!("{}-{index}.input", tally.target);
                    slot.keep = Some(self.round.programs.directory.join(name));
                    // Past the end, if need be: twice as long as it took the first time.
                    let lived = now.duration_since(slot.started);
                    slot.deadline = slot.deadline.max(now + lived * 2 + PATIENT);
                } else {
                    slot.seed = slot.first_seed + u64::from(slot.generation) * 0x9E37;
                }
                slot.state = State::Waiting(now + wait);
            }
        }
    }

    /// Brings the tallies up to date.
    fn look(&mut self, now: Instant, last: bool) {
        for (index, tally) in self.tallies.iter_mut().enumerate() {
            let slots = || self.slots.iter().filter(|slot| slot.target == index);
            tally.runs = self.ended[index] + slots().map(|slot| slot.pulse.runs).sum::<u64>();
            if slots().any(|slot| !matches!(slot.state, State::Done)) || tally.elapsed.is_zero() {
                tally.elapsed = now.duration_since(self.started);
            }
            // Before the inputs that were there have been run, there is nothing to compare with.
            if tally.edges_before.is_some() {
                let corpus = slots().map(|slot| slot.corpus).max().unwrap_or(0);
                let second = (tally.elapsed + Duration::from_millis(500)).as_secs();
                let sample = [second, tally.runs, tally.edges, tally.features, corpus];
                if last {
                    tally.samples.finish(sample);
                } else {
                    tally.samples.offer(sample);
                }
            }
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
