//! A recording whose upstream speaks TLS: with a certificate that is trusted, and with one that is not.

mod recording;

use std::{fs, net::SocketAddr, path::Path, sync::Arc};

use rebuttal_mock::{Config, Mock};
use recording::{FORM, PNG, Recording, basic, form, request, running::rebuttal};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// A mock behind TLS, for the name `localhost`.
struct Upstream {
    runtime: Runtime,
    mock: Mock,
    address: SocketAddr,
}

impl Upstream {
    /// Writes its certificate to `certificate`.
    fn start(certificate: &Path) -> Self {
        let minted = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        fs::write(certificate, minted.cert.pem()).expect("a file");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(minted.signing_key.serialize_der()));
        let chain = vec![CertificateDer::from(minted.cert.der().to_vec())];
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key))
            .expect("a configuration");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let runtime = Runtime::new().expect("a runtime");
        let (mock, listener) = runtime.block_on(async {
            let mock = Mock::start(Config::default()).await.expect("a mock");
            (mock, TcpListener::bind("127.0.0.1:0").await.expect("a port"))
        });
        let address = listener.local_addr().expect("an address");
        let plain = mock.target().url.replace("http://", "");
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, plain) = (acceptor.clone(), plain.clone());
                tokio::spawn(async move {
                    // Who does not trust the certificate ends the handshake.
                    let Ok(mut outer) = acceptor.accept(stream).await else {
                        return;
                    };
                    let mut inner = TcpStream::connect(plain).await.expect("the mock");
                    let _ended = copy_bidirectional(&mut outer, &mut inner).await;
                });
            }
        });
        Self {
            runtime,
            mock,
            address,
        }
    }

    /// Records one upload to it, by a program that trusts what is in `roots`.
    fn record(&self, folder: &Path, roots: &Path) -> (String, (Option<i32>, String, String)) {
        let url = format!("https://localhost:{}", self.address.port());
        let arguments = ["record", "--upstream", &url, "--exchanges", "1"];
        let mut command = rebuttal(folder, &arguments);
        command.env("SSL_CERT_FILE", roots).env_remove("SSL_CERT_DIR");
        let recording = Recording::start_by(&mut command);
        let target = self.mock.target();
        let answer = recording.send(&request(
            "POST",
            &format!("/disputes/{}/documents", target.disputes.open[0]),
            &format!("{}{FORM}", basic(&format!("{}:", target.secret.expose()))),
            &form("; filename=\"slip.png\"", PNG, "proof_of_receipt"),
        ));
        (answer, recording.end())
    }

    fn stop(self) {
        self.runtime.block_on(self.mock.shutdown());
    }
}

#[test]
fn an_upstream_behind_tls_is_recorded_like_any_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let certificate = folder.path().join("roots.pem");
    let upstream = Upstream::start(&certificate);
    let (answer, (status, text, complaints)) = upstream.record(folder.path(), &certificate);
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert_eq!((status, complaints.as_str()), (Some(0), ""), "{text}");
    assert!(text.contains("client pass  server pass  200 document"), "{text}");
    upstream.stop();
}

#[test]
fn an_upstream_whose_certificate_nobody_vouches_for_is_not_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let certificate = folder.path().join("own.pem");
    let upstream = Upstream::start(&certificate);
    let other = folder.path().join("other.pem");
    Upstream::start(&other).stop();
    let (answer, (status, text, complaints)) = upstream.record(folder.path(), &other);
    assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
    assert_eq!((status, complaints.as_str()), (Some(3), ""), "{text}");
    assert!(text.contains("invalid peer certificate"), "{text}");
    upstream.stop();
}
