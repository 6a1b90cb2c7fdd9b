//! What is asked of the journal in a query.

use std::time::Duration;

use serde::de::IntoDeserializer;
use serde::{
    Deserialize,
    de::value::{Error, StrDeserializer},
};

use super::{
    journal::{Filter, MAX_PAGE, Statuses},
    problem::{ControlError, nearest, problem},
    wire::OperationName,
};

/// The longest wait for an entry.
const MAX_WAIT_SECONDS: u64 = 60;

const PARAMETERS: [&str; 6] = ["since", "status", "path", "operation", "limit", "wait"];

/// Reads the query of a request for the journal: what is asked for, and how long to wait for it.
pub(crate) fn read(query: Option<&str>) -> Result<(Filter, Duration), ControlError> {
    let (mut filter, mut wait) = (Filter::default(), Duration::ZERO);
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match &*name {
            "since" => filter.since = number(&name, &value, u64::MAX)?,
            "limit" => {
                let limit = number(&name, &value, MAX_PAGE as u64)?;
                filter.limit = Some(usize::try_from(limit).unwrap_or(MAX_PAGE).max(1));
            }
            "wait" => wait = Duration::from_secs(number(&name, &value, MAX_WAIT_SECONDS)?),
            "status" => filter.status = Some(statuses(&value)?),
            "path" => filter.path = Some(value.into_owned()),
            "operation" => filter.operation = Some(operation(&value)?),
            _ => {
                let found: String = name.chars().take(64).collect();
                let wanted = format!("one of the parameters {}", PARAMETERS.join(", "));
                let mut error = problem("", wanted, format!("{found:?}"));
                if let Some(help) = nearest(&name, PARAMETERS.into_iter()) {
                    error = error.help(help);
                }
                return Err(error);
            }
        }
    }
    Ok((filter, wait))
}

fn number(name: &str, value: &str, most: u64) -> Result<u64, ControlError> {
    match value.parse() {
        Ok(number) if number <= most => Ok(number),
        _ => {
            let found: String = value.chars().take(64).collect();
            Err(problem(
                "",
                format!("{name} to be a number from 0 to {most}"),
                format!("{found:?}"),
            ))
        }
    }
}

fn statuses(value: &str) -> Result<Statuses, ControlError> {
    let class = value.strip_suffix("xx").and_then(|class| class.parse().ok());
    let parsed = match (class, value.parse()) {
        (Some(class @ 1..=5), _) => Some(Statuses::Class(class)),
        (None, Ok(status @ 100..=599)) => Some(Statuses::One(status)),
        _ => None,
    };
    let found: String = value.chars().take(64).collect();
    parsed.ok_or_else(|| {
        problem(
            "",
            "status to be one such as 404, or a class such as 4xx",
            format!("{found:?}"),
        )
    })
}

fn operation(value: &str) -> Result<OperationName, ControlError> {
    let from: StrDeserializer<'_, Error> = value.into_deserializer();
    OperationName::deserialize(from).map_err(|_| {
        let found: String = value.chars().take(64).collect();
        let error = problem(
            "",
            "operation to be one such as upload or list_disputes",
            format!("{found:?}"),
        );
        match nearest(&found, super::wire::OPERATIONS.iter().map(|it| it.as_str())) {
            Some(help) => error.help(help),
            None => error,
        }
    })
}
