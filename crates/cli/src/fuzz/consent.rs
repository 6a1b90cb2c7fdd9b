//! Who may be sent a campaign: this machine; any other only where its host is named once more.

use anyhow::{Result, bail};
use rebuttal_conformance::Endpoint;

/// Whether an endpoint of the command line may be asked; one that does not parse is told of elsewhere.
///
/// # Errors
///
/// As of [`given`].
pub(super) fn given_for(url: Option<&str>, allowed: Option<&str>) -> Result<()> {
    match url.map(str::parse::<Endpoint>) {
        Some(Ok(endpoint)) => given(&endpoint, allowed),
        _ => Ok(()),
    }
}

/// Whether an endpoint may be sent a campaign.
///
/// # Errors
///
/// Where it is another machine and was not named, or something else was.
pub(super) fn given(endpoint: &Endpoint, allowed: Option<&str>) -> Result<()> {
    let host = &endpoint.host;
    match allowed {
        Some(allowed) if !allowed.eq_ignore_ascii_case(host) => {
            bail!("--allow-host names {allowed}, and the target is {host}")
        }
        None if !endpoint.is_loopback() => bail!(
            "{host} is not this machine: a campaign sends broken requests and uploads, which may disturb others. Say \
             --allow-host {host} if it is yours to test"
        ),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_has_to_be_named() {
        for (url, allowed, wanted) in [
            ("http://127.0.0.1:1", None, true),
            ("http://localhost:1", None, true),
            ("http://[::1]:1", None, true),
            ("http://127.9.9.9", None, true),
            ("https://api.omise.co", None, false),
            ("https://api.omise.co", Some("api.omise.co"), true),
            ("https://api.omise.co", Some("API.omise.co"), true),
            ("https://api.omise.co", Some("omise.co"), false),
            ("http://127.0.0.1.example.com", None, false),
            ("http://localhost.example.com", None, false),
            ("http://0.0.0.0:1", None, false),
            ("http://10.0.0.1", None, false),
            ("http://127.0.0.1:1", Some("staging.example.com"), false),
        ] {
            assert_eq!(given_for(Some(url), allowed).is_ok(), wanted, "{url} {allowed:?}");
        }
    }
}
