//! The target file: what is asked, with which keys, on which disputes.

mod hide;

use std::{fmt, path::Path, sync::LazyLock};

use rebuttal_model::{
    ChargeId, DisputeId,
    key::{PublicKey, SecretKey},
    schema::schema_to_read,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use self::hide::{hide_keys, is_variable};
use crate::{
    diagnostic::{Defects, Problem},
    redact::Secrets,
    run::WRONG_KEY,
    shape::{self, Place},
    transport::Endpoint,
};

/// What is asked, with which keys, on which disputes.
#[derive(Clone, Debug)]
pub struct Target {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The secret key of the account.
    pub secret: SecretKey,
    /// Its public key.
    pub public: Option<PublicKey>,
    /// The secret key of another account.
    pub other_secret: Option<SecretKey>,
    /// The account's disputes, by status, and those of another account.
    pub disputes: Disputes,
    /// Charges that can be disputed in test mode.
    pub charges: Vec<ChargeId>,
}

/// Disputes that a run may work on.
#[derive(Clone, Debug, Default)]
pub struct Disputes {
    /// Open ones.
    pub open: Vec<DisputeId>,
    /// Pending ones.
    pub pending: Vec<DisputeId>,
    /// Won ones.
    pub won: Vec<DisputeId>,
    /// Lost ones.
    pub lost: Vec<DisputeId>,
    /// Those of another account.
    pub foreign: Vec<DisputeId>,
}

/// Why there is no target.
#[derive(Debug, Error)]
pub enum TargetError {
    /// The file could not be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file is wrong.
    #[error(transparent)]
    Defects(#[from] Defects),
}

/// A target file (TOML): the endpoint of a conformance run.
#[derive(Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TargetFile")]
struct TargetFile {
    /// The base URL of the endpoint.
    url: String,
    /// A file of certificates (PEM) to trust in place of the system's, seen from the target file; for an endpoint
    /// with a certificate of its own authority.
    #[serde(default)]
    ca: Option<String>,
    /// The keys.
    keys: Keys,
    /// Disputes to work on; what is missing is skipped, with the reason.
    #[serde(default)]
    disputes: DisputesFile,
    /// Charges to make disputes from.
    #[serde(default)]
    charges: Charges,
}

/// Keys, each given by itself or as the name of an environment variable that holds it.
#[derive(Default, Deserialize, JsonSchema, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Keys {
    /// The secret key of the account.
    secret: Option<String>,
    /// The environment variable that holds the secret key.
    secret_env: Option<String>,
    /// The public key of the account.
    public: Option<String>,
    /// The environment variable that holds the public key.
    public_env: Option<String>,
    /// The secret key of another account, which does not own the disputes.
    other_secret: Option<String>,
    /// The environment variable that holds the other secret key.
    other_secret_env: Option<String>,
}

/// Disputes by status.
#[derive(Default, Deserialize, JsonSchema, Serialize)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Disputes")]
struct DisputesFile {
    /// Open disputes of the account.
    open: Vec<String>,
    /// Pending disputes of the account.
    pending: Vec<String>,
    /// Won disputes of the account.
    won: Vec<String>,
    /// Lost disputes of the account.
    lost: Vec<String>,
    /// Disputes of another account.
    foreign: Vec<String>,
}

/// Charges.
#[derive(Default, Deserialize, JsonSchema, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Charges {
    /// Charges of the account from which test mode makes disputes.
    disputable: Vec<String>,
}

static SCHEMA: LazyLock<Value> = LazyLock::new(|| schema_to_read::<TargetFile>("target.json"));

impl Target {
    /// Reads a target file; `environment` gives the values of environment variables.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is wrong: every problem at once, with line and column. No message
    /// repeats a key.
    pub fn from_file(path: &Path, environment: impl Fn(&str) -> Option<String>) -> Result<Self, TargetError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|source| TargetError::Read {
            path: name.clone(),
            source,
        })?;
        Ok(Self::parse(&name, &text, environment)?)
    }

    /// Reads the text of a target file; `path` is only for messages.
    ///
    /// # Errors
    ///
    /// As [`Target::from_file`], less the reading.
    pub fn parse(
        path: &str,
        text: &str,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Defects> {
        let fitting = shape::read::<TargetFile>(path, text, &SCHEMA).map_err(hide_keys)?;
        let mut reader = Reader {
            problems: Vec::new(),
            environment: &environment,
        };
        let span = |way: &[Place<'_>]| fitting.span(way);
        let file = &fitting.value;
        let endpoint = file.url.parse::<Endpoint>();
        if let Err(error) = &endpoint {
            reader
                .problems
                .push(Problem::new(span(&[Place::Key("url")]), error.to_string()));
        }
        let ca = file.ca.as_ref().map(|ca| Path::new(path).with_file_name(ca));
        let plain = endpoint.as_ref().is_ok_and(|endpoint| !endpoint.tls);
        if ca.is_some() && plain {
            let problem = Problem::new(
                span(&[Place::Key("ca")]),
                "expected `ca` with an https URL, found http",
            );
            reader.problems.push(problem);
        }
        let keys = &file.keys;
        let at = |key: &str| span(&[Place::Key("keys"), Place::Key(key)]);
        let secret = reader.key::<SecretKey>(("secret", &keys.secret), ("secret_env", &keys.secret_env), &at);
        let public = reader.key::<PublicKey>(("public", &keys.public), ("public_env", &keys.public_env), &at);
        let other = ("other_secret", &keys.other_secret);
        let other_secret = reader.key::<SecretKey>(other, ("other_secret_env", &keys.other_secret_env), &at);
        if keys.secret.is_none() && keys.secret_env.is_none() {
            let problem = Problem::new(span(&[Place::Key("keys")]), "missing key `secret`");
            reader
                .problems
                .push(problem.help("or `secret_env`, the name of an environment variable"));
        }
        let mut ids = |table: &'static str, key: &'static str, texts: &[String]| {
            reader.ids(texts, |index| {
                span(&[Place::Key(table), Place::Key(key), Place::Item(index)])
            })
        };
        let disputes = Disputes {
            open: ids("disputes", "open", &file.disputes.open),
            pending: ids("disputes", "pending", &file.disputes.pending),
            won: ids("disputes", "won", &file.disputes.won),
            lost: ids("disputes", "lost", &file.disputes.lost),
            foreign: ids("disputes", "foreign", &file.disputes.foreign),
        };
        let charges = reader.ids(&file.charges.disputable, |index| {
            span(&[
                Place::Key("charges"),
                Place::Key("disputable"),
                Place::Item(index),
            ])
        });
        match (endpoint, secret) {
            (Ok(endpoint), Some(secret)) if reader.problems.is_empty() => Ok(Self {
                endpoint: Endpoint { ca, ..endpoint },
                secret,
                public,
                other_secret,
                disputes,
                charges,
            }),
            _ => {
                reader.problems.sort_by_key(|problem| problem.span.start);
                Err(hide_keys(Defects {
                    path: path.to_owned(),
                    text: text.to_owned(),
                    problems: reader.problems,
                }))
            }
        }
    }

    /// The JSON Schema of a target file.
    pub fn schema() -> &'static Value {
        &SCHEMA
    }

    /// Whether some key opens live mode.
    pub fn is_live(&self) -> bool {
        self.secret.is_live()
            || self.public.as_ref().is_some_and(PublicKey::is_live)
            || self.other_secret.as_ref().is_some_and(SecretKey::is_live)
    }

    /// Keeps the keys of this target out of what is written.
    pub fn mask(&self) -> Secrets {
        self.secrets(WRONG_KEY)
    }

    /// The keys, and the one that nobody has, to be kept out of what is written.
    pub(crate) fn secrets(&self, wrong: &str) -> Secrets {
        let others = self.other_secret.iter().map(SecretKey::expose);
        let public = self.public.iter().map(PublicKey::expose);
        Secrets::new(
            [self.secret.expose(), wrong]
                .into_iter()
                .chain(others)
                .chain(public),
        )
    }
}

struct Reader<'e> {
    problems: Vec<Problem>,
    environment: &'e dyn Fn(&str) -> Option<String>,
}

impl Reader<'_> {
    /// A key that is given in the file or in the environment, but not in both.
    fn key<K: std::str::FromStr<Err: fmt::Display>>(
        &mut self,
        (name, given): (&str, &Option<String>),
        (variable_name, variable): (&str, &Option<String>),
        at: &dyn Fn(&str) -> std::ops::Range<usize>,
    ) -> Option<K> {
        let (text, place) = match (given, variable) {
            (Some(_), Some(_)) => {
                let message = format!("expected either `{name}` or `{variable_name}`, found both");
                self.problems.push(Problem::new(at(variable_name), message));
                return None;
            }
            (Some(text), None) => (text.clone(), name),
            (None, Some(variable)) => {
                if let Some(text) = (self.environment)(variable) {
                    (text, variable_name)
                } else {
                    let message = if is_variable(variable) {
                        format!("the environment has no variable `{variable}`")
                    } else {
                        // It may be the key itself.
                        "the environment has no such variable (not shown)".to_owned()
                    };
                    self.problems.push(Problem::new(at(variable_name), message));
                    return None;
                }
            }
            (None, None) => return None,
        };
        match text.parse() {
            Ok(key) => Some(key),
            Err(error) => {
                self.problems.push(Problem::new(at(place), format!("{error}")));
                None
            }
        }
    }

    fn ids<T: std::str::FromStr<Err: fmt::Display>>(
        &mut self,
        texts: &[String],
        span: impl Fn(usize) -> std::ops::Range<usize>,
    ) -> Vec<T> {
        let mut ids = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            match text.parse() {
                Ok(id) => ids.push(id),
                Err(error) => self.problems.push(Problem::new(span(index), format!("{error}"))),
            }
        }
        ids
    }
}
