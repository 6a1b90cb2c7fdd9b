//! What a shell is told so that clients in it take the mock for the API: lines for `eval`.
//!
//! Nothing of a client changes, only its environment: which authority it trusts, and by which proxy it goes.

use std::{
    fmt::Write as _,
    net::{IpAddr, SocketAddr},
    path::Path,
};

use rebuttal_mock::API_HOST;

/// The preload of Node, which has no variable for a proxy before version 22.21.
const NODE_PRELOAD: &str = include_str!("node-preload.cjs");

/// The name of the preload in the state folder.
pub(super) const NODE_FILE: &str = "node-preload.cjs";

/// The text of the preload.
pub(super) const fn node_preload() -> &'static str {
    NODE_PRELOAD
}

/// The lines for a mock at `address` whose authority stands in the file `ca`.
pub(super) fn lines(address: SocketAddr, ca: &Path, node: &Path, truststore: &Path) -> String {
    let host = match address.ip() {
        IpAddr::V4(any) if any.is_unspecified() => "127.0.0.1".to_owned(),
        IpAddr::V6(any) if any.is_unspecified() => "[::1]".to_owned(),
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    };
    let port = address.port();
    let bare = host.trim_matches(['[', ']']);
    let quoted = |path: &Path| shell_quoted(&path.display().to_string());
    let (ca, truststore, node) = (quoted(ca), quoted(truststore), quoted(node));
    let mut text = String::new();
    let mut line = |told: &str| {
        let _ = writeln!(text, "{told}");
    };
    line(&format!(
        "# In a shell that has evaluated these lines, https://{API_HOST} is the mock, and nothing else is reached."
    ));
    line("# Whom to trust: Go, Ruby and what else asks OpenSSL; curl; Python; Node");
    line(&format!("export SSL_CERT_FILE={ca}"));
    line(&format!("export CURL_CA_BUNDLE={ca}"));
    line(&format!("export REQUESTS_CA_BUNDLE={ca}"));
    line(&format!("export NODE_EXTRA_CA_CERTS={ca}"));
    line("# How to reach it: as a proxy, which leads to itself only");
    for name in ["https_proxy", "HTTPS_PROXY", "http_proxy"] {
        line(&format!("export {name}=http://{host}:{port}"));
    }
    line("unset no_proxy NO_PROXY all_proxy ALL_PROXY");
    line("# Node, whose own HTTPS knows no proxy before 22.21");
    line(&format!("export REBUTTAL_MOCK={bare}:{port}"));
    line(&format!("export NODE_OPTIONS=--require={node}"));
    line("# Java has a trust store of its own");
    line(&format!(
        "if command -v keytool >/dev/null; then rm -f {truststore}; keytool -importcert -noprompt -alias rebuttal-mock -file {ca} -keystore {truststore} -storetype PKCS12 -storepass changeit >/dev/null 2>&1; export JAVA_TOOL_OPTIONS=\"-Djavax.net.ssl.trustStore=\"{truststore}\" -Djavax.net.ssl.trustStorePassword=changeit -Dhttps.proxyHost={bare} -Dhttps.proxyPort={port}\"; fi"
    ));
    line("# curl without any of this");
    line(&format!(
        "#   curl --cacert {ca} --resolve {API_HOST}:{port}:{bare} https://{API_HOST}:{port}/disputes -u \"$SECRET_KEY:\""
    ));
    text
}

/// A text that a shell reads as one word.
fn shell_quoted(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+,:@%".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_read_them() {
        for (text, wanted) in [
            ("/home/me/ca.pem", "/home/me/ca.pem"),
            ("/home/a b/ca.pem", "'/home/a b/ca.pem'"),
            ("it's", r"'it'\''s'"),
            ("$(rm)", "'$(rm)'"),
            ("", "''"),
        ] {
            assert_eq!(shell_quoted(text), wanted);
        }
    }
}
