//! TLS, with the roots that the system trusts.

use std::sync::Arc;

use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName},
};

use super::{Endpoint, TransportError};

/// A connector that trusts what the system trusts; `SSL_CERT_FILE` and `SSL_CERT_DIR` name other roots.
pub(super) fn connector(endpoint: &Endpoint) -> Result<TlsConnector, TransportError> {
    let failed = |reason: String| TransportError::Tls {
        authority: endpoint.authority(),
        reason,
    };
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let reason = found
            .errors
            .first()
            .map_or_else(String::new, |error| format!(" ({error})"));
        return Err(failed(format!(
            "this machine has no trusted root certificates{reason}; SSL_CERT_FILE can name some"
        )));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// The name that the endpoint's certificate must be for.
pub(super) fn server_name(endpoint: &Endpoint) -> Result<ServerName<'static>, String> {
    ServerName::try_from(endpoint.host.clone()).map_err(|error| error.to_string())
}
