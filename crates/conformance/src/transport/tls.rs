//! TLS, with the roots that the system trusts, or the one that the target names.

use std::{path::Path, sync::Arc};

use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

use super::{Endpoint, TransportError};

/// A connector that trusts what the system trusts; `SSL_CERT_FILE` and `SSL_CERT_DIR` name other roots.
pub(super) fn connector(endpoint: &Endpoint) -> Result<TlsConnector, TransportError> {
    let failed = |reason: String| TransportError::Tls {
        authority: endpoint.authority(),
        reason,
    };
    let roots = match &endpoint.ca {
        Some(path) => named(path),
        None => of_the_system(),
    };
    let roots = roots.map_err(failed)?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn of_the_system() -> Result<RootCertStore, String> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let reason = found
            .errors
            .first()
            .map_or_else(String::new, |error| format!(" ({error})"));
        return Err(format!(
            "this machine has no trusted root certificates{reason}; SSL_CERT_FILE can name some, or `ca` in the target file"
        ));
    }
    Ok(roots)
}

/// The certificates of a file, all of which are to be good.
fn named(path: &Path) -> Result<RootCertStore, String> {
    let wrong = |found: &dyn std::fmt::Display| {
        format!(
            "expected `ca` to name a file with certificates (PEM), found {}: {found}",
            path.display()
        )
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| wrong(&error))? {
        let certificate = certificate.map_err(|error| wrong(&error))?;
        roots.add(certificate).map_err(|error| wrong(&error))?;
    }
    if roots.is_empty() {
        return Err(wrong(&"no certificate"));
    }
    Ok(roots)
}

/// The name that the endpoint's certificate must be for.
pub(super) fn server_name(endpoint: &Endpoint) -> Result<ServerName<'static>, String> {
    ServerName::try_from(endpoint.host.clone()).map_err(|error| error.to_string())
}
