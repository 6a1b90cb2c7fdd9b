//! Beginning: with seeded records, or with those of a state file.

use std::{io, path::Path};

use crate::{
    config::Config,
    control::{self, ControlError},
    service::{Service, Settings},
    store::{backing::Backing, keeper::Keeper, log::Log, sqlite::Sqlite},
};

/// The service that a mock begins with, and who keeps its records, where anybody does.
///
/// Waits for the disk where there is a state file.
///
/// # Errors
///
/// When the state file cannot be used.
pub(crate) fn begin(config: &Config) -> io::Result<(Service, Option<Keeper>)> {
    match &config.state {
        None => Ok((fresh(config)?, None)),
        Some(path) => {
            let backing = Sqlite::open(path).map_err(io::Error::other)?;
            begin_with(config, Box::new(backing), path).map(|(service, keeper)| (service, Some(keeper)))
        }
    }
}

/// As [`begin`], with the records of a backing.
pub(crate) fn begin_with(
    config: &Config,
    backing: Box<dyn Backing>,
    path: &Path,
) -> io::Result<(Service, Keeper)> {
    let (keeper, loaded) = Keeper::start(backing)?;
    let mut service = match loaded {
        Some(loaded) => Service::resume(settings(config), loaded, &keeper),
        None => Service {
            log: Some(Log::new(&keeper, 1)),
            ..fresh(config)?
        },
    };
    // From here on identifiers are drawn that no earlier start has drawn: that is durable before one is told.
    let Service {
        store, log, random, ..
    } = &mut service;
    let told = log.as_mut().and_then(|log| log.settle(store, random.state()));
    if told.is_some_and(|told| told.blocking_recv().is_err()) {
        let trouble = keeper.trouble().unwrap_or_else(|| path.display().to_string());
        return Err(io::Error::other(trouble));
    }
    Ok((service, keeper))
}

fn fresh(config: &Config) -> io::Result<Service> {
    let now = config.clock.now();
    let declared = &config.declared;
    let mut service = Service::seeded(settings(config), config.seed, now, declared).map_err(invalid)?;
    if let Some(plant) = &config.plant {
        service.plant(plant, now);
    }
    control::make_records(&mut service, declared, now).map_err(invalid)?;
    Ok(service)
}

/// What is declared contradicts itself.
pub(crate) fn invalid(error: ControlError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, error)
}

fn settings(config: &Config) -> Settings {
    Settings {
        profile: config.profile,
        fault: config.fault,
        variants: config.variants,
    }
}
