//! What a running mock holds, as plain data: what a conformance run needs to know about an endpoint.

use std::{
    fmt::{self, Display, Write},
    path::PathBuf,
};

use rebuttal_model::{ChargeId, DisputeId, PublicKey, SecretKey};

/// An endpoint with its keys and the records that were seeded.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where the endpoint is: scheme, host and port.
    pub url: String,
    /// The certificate to trust beside the system's, where the endpoint speaks TLS.
    pub ca: Option<PathBuf>,
    /// The first account's secret key.
    pub secret: SecretKey,
    /// The first account's public key.
    pub public: PublicKey,
    /// The secret key of an account that owns none of the first account's disputes.
    pub other_secret: SecretKey,
    /// Disputes by state.
    pub disputes: TargetDisputes,
    /// Charges of the first account that can be disputed.
    pub charges: Vec<ChargeId>,
}

/// Disputes by state; all but `foreign` are the first account's.
#[derive(Clone, Debug, Default)]
pub struct TargetDisputes {
    /// Open ones; the first holds more documents than a page, the last two hold none.
    pub open: Vec<DisputeId>,
    /// Pending ones.
    pub pending: Vec<DisputeId>,
    /// Won ones.
    pub won: Vec<DisputeId>,
    /// Lost ones.
    pub lost: Vec<DisputeId>,
    /// Open ones of the other account.
    pub foreign: Vec<DisputeId>,
}

impl Target {
    /// The target file of a conformance run. It holds the secret keys.
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = self.write_toml(&mut text);
        text
    }

    fn write_toml(&self, to: &mut String) -> fmt::Result {
        writeln!(to, "url = \"{}\"", self.url)?;
        if let Some(ca) = &self.ca {
            writeln!(to, "ca = {}", quoted(&ca.display().to_string()))?;
        }
        writeln!(to, "\n[keys]")?;
        writeln!(to, "secret = \"{}\"", self.secret.expose())?;
        writeln!(to, "public = \"{}\"", self.public.expose())?;
        writeln!(to, "other_secret = \"{}\"", self.other_secret.expose())?;
        writeln!(to, "\n[disputes]")?;
        let Self { disputes, .. } = self;
        for (name, ids) in [
            ("open", &disputes.open),
            ("pending", &disputes.pending),
            ("won", &disputes.won),
            ("lost", &disputes.lost),
            ("foreign", &disputes.foreign),
        ] {
            write_ids(to, name, ids)?;
        }
        writeln!(to, "\n[charges]")?;
        write_ids(to, "disputable", &self.charges)
    }
}

/// A path as a string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            character if character.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            character => quoted.push(character),
        }
    }
    quoted + "\""
}

fn write_ids<T: Display>(to: &mut String, name: &str, ids: &[T]) -> fmt::Result {
    let quoted: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    writeln!(to, "{name} = [{}]", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_file_is_written_as_the_runner_reads_it() {
        let target = Target {
            url: "http://127.0.0.1:4010".to_owned(),
            ca: Some(r#"C:\a "b""#.into()),
            secret: "skey_test_1".parse().unwrap(),
            public: "pkey_test_1".parse().unwrap(),
            other_secret: "skey_test_2".parse().unwrap(),
            disputes: TargetDisputes {
                open: vec!["dspt_test_1".parse().unwrap(), "dspt_test_2".parse().unwrap()],
                pending: vec!["dspt_test_3".parse().unwrap()],
                won: vec![],
                lost: vec!["dspt_test_4".parse().unwrap()],
                foreign: vec!["dspt_test_5".parse().unwrap()],
            },
            charges: vec!["chrg_test_1".parse().unwrap()],
        };
        let wanted = r#"url = "http://127.0.0.1:4010"
ca = "C:\\a \"b\""

[keys]
secret = "skey_test_1"
public = "pkey_test_1"
other_secret = "skey_test_2"

[disputes]
open = ["dspt_test_1", "dspt_test_2"]
pending = ["dspt_test_3"]
won = []
lost = ["dspt_test_4"]
foreign = ["dspt_test_5"]

[charges]
disputable = ["chrg_test_1"]
"#;
        assert_eq!(target.to_toml(), wanted);
        assert!(
            !format!("{target:?}").contains("skey_test_1"),
            "Debug shows a key"
        );
    }
}
