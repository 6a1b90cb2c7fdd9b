//! Where requests go: an URL, and how to reach it.

use std::{fmt, path::PathBuf, str::FromStr};

use http::Uri;
use thiserror::Error;

/// The base URL of an endpoint.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Endpoint {
    /// Whether TLS is spoken.
    pub tls: bool,
    /// The host: a name or an address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// What stands before every path; empty, or starts with `/` and does not end in one.
    pub prefix: String,
    /// A certificate that is trusted in place of the system's (PEM), where TLS is spoken.
    pub ca: Option<PathBuf>,
}

/// An URL that cannot be an endpoint.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum InvalidEndpoint {
    /// It does not parse, or has no scheme or host.
    #[error("expected a URL such as https://api.example.com, found {0:?}")]
    Form(String),
    /// It has a user name or password, a query or a fragment.
    #[error("expected a URL of scheme, host, port and path only, found one with {0}")]
    Surplus(&'static str),
}

impl FromStr for Endpoint {
    type Err = InvalidEndpoint;

    fn from_str(text: &str) -> Result<Self, InvalidEndpoint> {
        // The text may hold a password: messages show none of it once an @ is seen.
        if text.contains('@') {
            return Err(InvalidEndpoint::Surplus("a user name"));
        }
        if text.contains('#') {
            return Err(InvalidEndpoint::Surplus("a fragment"));
        }
        let form = || InvalidEndpoint::Form(text.chars().take(100).collect());
        let uri: Uri = text.parse().map_err(|_| form())?;
        if uri.query().is_some() {
            return Err(InvalidEndpoint::Surplus("a query"));
        }
        let tls = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(form()),
        };
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(form)?;
        let port = match uri.authority().map(http::uri::Authority::as_str) {
            Some(authority) if authority.len() > host.len() => uri.port_u16().ok_or_else(form)?,
            _ => {
                if tls {
                    443
                } else {
                    80
                }
            }
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Self {
            tls,
            host,
            port,
            prefix: uri.path().trim_end_matches('/').to_owned(),
            ca: None,
        })
    }
}

impl Endpoint {
    /// The value of the `Host` header: without the port where it is the scheme's own (RFC 9110 §7.2).
    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        let usual = if self.tls { 443 } else { 80 };
        if self.port == usual {
            host
        } else {
            format!("{host}:{}", self.port)
        }
    }

    /// Whether this machine is asked.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self
                .host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}://{}{}",
            if self.tls { "https" } else { "http" },
            self.authority(),
            self.prefix
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read_and_written_back() {
        for (text, wanted) in [
            ("http://127.0.0.1:4010", Ok("http://127.0.0.1:4010")),
            ("https://api.omise.co", Ok("https://api.omise.co")),
            ("https://api.omise.co:443/", Ok("https://api.omise.co")),
            ("http://[::1]:8080/v1/", Ok("http://[::1]:8080/v1")),
            ("https://localhost:8443/a/b", Ok("https://localhost:8443/a/b")),
            ("api.omise.co", Err(())),
            ("ftp://api.omise.co", Err(())),
            ("http://", Err(())),
            ("http://host:port", Err(())),
            ("http://host:99999", Err(())),
            ("http://skey_test_1:@host", Err(())),
            ("http://host/?a=1", Err(())),
            ("http://host/#a", Err(())),
            ("", Err(())),
        ] {
            let found = text
                .parse::<Endpoint>()
                .map(|endpoint| endpoint.to_string())
                .map_err(|_| ());
            assert_eq!(found, wanted.map(str::to_owned), "{text:?}");
        }
    }

    #[test]
    fn a_password_in_the_url_is_not_repeated() {
        let error = "http://skey_test_abc:secret@host/"
            .parse::<Endpoint>()
            .unwrap_err();
        assert!(
            !error.to_string().contains("secret") && !error.to_string().contains("abc"),
            "{error}"
        );
    }
}
