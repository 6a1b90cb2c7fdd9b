//! What a campaign sends: first everything of a catalogue in an order of its seed, then mixtures without end.
//!
//! An input is one step of a scenario, or two on one connection. It says by itself what must hold: what holds for any
//! input, and that it is refused where no reading of it can be right.

mod damage;
mod forms;
mod framing;
mod mixed;
mod requests;
mod texts;

use std::time::Duration;

use fastrand::Rng;
use rebuttal_model::Clause;

use crate::scenario::{Expect, RawBytes, Sending, Step, Then, Upload};

/// One thing that is sent.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// Counted from 1.
    pub(super) number: u64,
    /// What about it is odd.
    pub(super) family: &'static str,
    /// One step, or more that share a connection.
    pub(super) steps: Vec<Step>,
}

/// What inputs are made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipe {
    /// The same one gives the same inputs.
    pub(super) seed: u64,
    /// How long an answer may take.
    pub(super) within: Duration,
    /// Whether the key is put where none belongs, to see whether it comes back. A live one never is: servers log what
    /// stands there.
    pub(super) shows_key: bool,
}

/// All inputs, in their order.
#[derive(Debug)]
pub(super) struct Inputs {
    recipe: Recipe,
    catalogue: Vec<(&'static str, Vec<Step>)>,
}

impl Inputs {
    pub(super) fn new(recipe: Recipe) -> Self {
        let mut rng = Rng::with_seed(recipe.seed);
        let mut catalogue = forms::catalogue(&mut rng, recipe.shows_key);
        catalogue.extend(requests::catalogue(recipe.shows_key));
        catalogue.extend(framing::catalogue());
        rng.shuffle(&mut catalogue);
        Self { recipe, catalogue }
    }

    /// How many inputs the catalogue has.
    pub(super) fn catalogued(&self) -> u64 {
        self.catalogue.len() as u64
    }

    /// The input of this number, counted from 1.
    pub(super) fn at(&self, number: u64) -> Input {
        let index = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
        let (family, mut steps) = self.catalogue.get(index).cloned().unwrap_or_else(|| {
            // Neighbouring numbers must not give alike inputs.
            let mixed = self.recipe.seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            mixed::input(&mut Rng::with_seed(mixed), self.recipe.shows_key)
        });
        for step in &mut steps {
            bound(step, self.recipe.within);
        }
        Input {
            number,
            family,
            steps,
        }
    }
}

/// What holds for any input.
pub(super) fn any(clause: &Clause) -> Step {
    Step {
        clause: Some(clause.id.to_owned()),
        expect: Some(Expect {
            robust: true,
            ..Expect::default()
        }),
        ..Step::default()
    }
}

/// The same, and that it is refused: no reading of it is right.
pub(super) fn refused(clause: &Clause) -> Step {
    let mut step = any(clause);
    if let Some(expect) = &mut step.expect {
        expect.client_error = true;
    }
    step
}

/// An upload, with what must hold.
pub(super) fn upload(of: Step, upload: Upload) -> Step {
    Step {
        upload: Some(upload),
        ..of
    }
}

/// Says how long the answer may take: what is sent slowly takes its time before.
fn bound(step: &mut Step, within: Duration) {
    let sent = step.upload.as_ref().and_then(|it| it.sent.as_ref());
    let sending = sent.map_or(0, Sending::takes_ms) + step.send.as_ref().map_or(0, RawBytes::takes_ms);
    let unheard = sent.is_some_and(|it| it.then == Some(Then::Close));
    let millis = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
    if let Some(expect) = step.expect.as_mut().filter(|_| !unheard) {
        expect.within_ms = Some(millis.saturating_add(sending));
    }
}

impl Sending {
    /// How long the pauses are together, in milliseconds.
    fn takes_ms(&self) -> u64 {
        let gaps = u64::from(self.pieces.unwrap_or(1).saturating_sub(1));
        gaps * self.gap_ms.unwrap_or(0) + self.stall_ms.unwrap_or(0)
    }
}

impl RawBytes {
    fn takes_ms(&self) -> u64 {
        let gaps = self.pieces.len().saturating_sub(1) as u64;
        gaps * self.gap_ms.unwrap_or(0) + self.stall_ms.unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{campaign::story::scenario_of, explore::write, scenario::parse};

    fn inputs(seed: u64, shows_key: bool) -> Inputs {
        Inputs::new(Recipe {
            seed,
            within: Duration::from_secs(5),
            shows_key,
        })
    }

    #[test]
    fn every_input_is_a_scenario_that_loads_and_comes_again_from_its_seed() {
        let (first, again) = (inputs(7, true), inputs(7, true));
        let mut families = BTreeMap::new();
        for number in 1..=first.catalogued() + 600 {
            let input = first.at(number);
            *families.entry(input.family).or_insert(0) += 1;
            let scenario = scenario_of(&input.steps, None, "because");
            let text = write::toml(&scenario, "a note");
            let read = parse("fuzzed.toml", &text)
                .unwrap_or_else(|defects| panic!("{}: {text}\n{}", input.family, defects.render(false)));
            let value = |it| serde_json::to_value(it).expect("it works");
            assert_eq!(value(&read), value(&scenario), "{text}");
            let other = scenario_of(&again.at(number).steps, None, "because");
            assert_eq!(write::toml(&other, "a note"), text);
            let loaded = |step: &Step| step.upload.as_ref().and_then(|it| it.loaded.clone());
            for (one, two) in input.steps.iter().zip(&again.at(number).steps) {
                assert_eq!(loaded(one), loaded(two));
            }
        }
        assert!(families.len() >= 14, "{families:?}");
        let other = inputs(8, true);
        let differ = |number: &u64| {
            write::toml(&scenario_of(&other.at(*number).steps, None, ""), "")
                != write::toml(&scenario_of(&first.at(*number).steps, None, ""), "")
        };
        assert!((1..200).filter(differ).count() > 150);
    }

    #[test]
    fn every_violation_of_a_form_is_sent() {
        use rebuttal_multipart::{ViolationId, malform};

        let inputs = inputs(1, true);
        let sent: Vec<_> = (1..=inputs.catalogued())
            .flat_map(|number| inputs.at(number).steps)
            .filter_map(|step| step.upload?.malformed)
            .collect();
        for id in ViolationId::ALL.iter().filter(|id| malform(**id).is_some()) {
            assert!(sent.iter().any(|it| it == id.as_str()), "{id} is not sent");
        }
    }

    #[test]
    fn a_live_key_is_put_nowhere() {
        let inputs = inputs(3, false);
        for number in 1..=inputs.catalogued() + 600 {
            for step in inputs.at(number).steps {
                let text = serde_json::to_string(&step).expect("it works");
                assert!(!text.contains("key/secret"), "{text}");
            }
        }
    }

    #[test]
    fn nothing_moves_a_dispute_on() {
        let inputs = inputs(4, true);
        for number in 1..=inputs.catalogued() + 600 {
            for step in inputs.at(number).steps {
                let text = serde_json::to_string(&step).expect("it works");
                assert!(!text.contains("/accept") && !text.contains("/close\""), "{text}");
                if let Some(request) = step.request.filter(|it| it.method == "PATCH") {
                    assert!(request.path.contains("/documents"), "{text}");
                }
            }
        }
    }
}
