//! Has one contestant read one scenario over and over, for a profiler to look at:
//! `profile SCENARIO TIMES [CONTESTANT]`.

use std::env;

use anyhow::{Context, Result};
use rebuttal_bench::{
    contestant::{CONTESTANTS, Reference},
    input::Input,
};

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let input = Input::new(&arguments.next().context("expected a scenario")?)?;
    let times: u32 = arguments
        .next()
        .and_then(|text| text.parse().ok())
        .context("expected a number of times")?;
    let name = arguments.next();
    let name = name.as_deref().unwrap_or(CONTESTANTS[0].name);
    if name == "memmem" {
        let reference = Reference::new(&input);
        (0..times).for_each(|_| reference.run(&input));
        return Ok(());
    }
    let contestant = CONTESTANTS
        .iter()
        .find(|contestant| contestant.name == name)
        .with_context(|| format!("there is no contestant {name:?}"))?;
    (0..times).for_each(|_| contestant.run(&input));
    Ok(())
}
