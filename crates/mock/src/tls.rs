//! TLS on a connection: which certificate is shown, and the stream that comes of it.

use std::{
    io,
    net::IpAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use bytes::{Buf, Bytes};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        server::{ClientHello, ResolvesServerCert},
        sign::CertifiedKey,
    },
    server::TlsStream,
};

use crate::{
    authority::{Authority, LEAF_MARGIN, Leaf},
    config::Clock,
};

/// The first byte of a TLS handshake (RFC 8446 §5.1); no HTTP request begins with it.
const HANDSHAKE: u8 = 0x16;

/// What turns a connection into one that is encrypted.
#[derive(Clone)]
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    /// Whether requests that are not encrypted are refused.
    pub(crate) only: bool,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls")
            .field("only", &self.only)
            .finish_non_exhaustive()
    }
}

impl Tls {
    pub(crate) fn new(authority: Authority, address: IpAddr, only: bool) -> io::Result<Self> {
        let certificates = Certificates {
            authority,
            address,
            current: Mutex::default(),
        };
        // A failure is told at the start, and not to the first client.
        certificates.current(Clock::System)?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(certificates));
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            only,
        })
    }

    /// What a connection speaks: TLS, or HTTP at once. Its first byte tells.
    pub(crate) async fn open(&self, stream: Rewound) -> io::Result<Stream> {
        if stream.first().await? == Some(HANDSHAKE) {
            return Ok(Stream::Tls(Box::new(self.acceptor.accept(stream).await?)));
        }
        Ok(Stream::Plain(stream))
    }
}

/// The server's certificate, renewed while the mock runs.
#[derive(Debug)]
struct Certificates {
    authority: Authority,
    address: IpAddr,
    current: Mutex<Option<(Arc<CertifiedKey>, i64)>>,
}

impl Certificates {
    /// The certificate that is shown at this time.
    fn current(&self, clock: Clock) -> io::Result<Arc<CertifiedKey>> {
        let now = clock.now();
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((shown, until)) = &*current
            && until - now.unix_seconds() > LEAF_MARGIN
        {
            return Ok(Arc::clone(shown));
        }
        let Leaf { chain, key, until } = self.authority.leaf(self.address, now).map_err(io::Error::other)?;
        let key = ring::sign::any_supported_type(&key).map_err(io::Error::other)?;
        let shown = Arc::new(CertifiedKey::new(chain, key));
        *current = Some((Arc::clone(&shown), until.unix_seconds()));
        Ok(shown)
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.current(Clock::System).ok()
    }
}

/// A connection, encrypted or not.
#[derive(Debug)]
pub(crate) enum Stream {
    Plain(Rewound),
    Tls(Box<TlsStream<Rewound>>),
}

/// A socket whose first bytes were read already and are read again.
#[derive(Debug)]
pub(crate) struct Rewound {
    again: Bytes,
    socket: TcpStream,
}

impl Rewound {
    pub(crate) fn new(again: Bytes, socket: TcpStream) -> Self {
        Self { again, socket }
    }

    /// The next byte, which is left to be read; `None` where there is no more.
    async fn first(&self) -> io::Result<Option<u8>> {
        if let Some(first) = self.again.first() {
            return Ok(Some(*first));
        }
        let mut first = [0];
        let bytes = self.socket.peek(&mut first).await?;
        Ok((bytes > 0).then_some(first[0]))
    }

    /// The socket, where what was read before it is to be read again.
    pub(crate) fn before(mut self, read: Bytes) -> Self {
        self.again = if self.again.is_empty() {
            read
        } else {
            [read, self.again].concat().into()
        };
        self
    }
}

impl AsyncRead for Rewound {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.again.is_empty() {
            return Pin::new(&mut self.socket).poll_read(context, to);
        }
        let bytes = self.again.len().min(to.remaining());
        to.put_slice(&self.again[..bytes]);
        self.again.advance(bytes);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Rewound {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(context, pieces)
    }
}

impl Stream {
    pub(crate) fn is_tls(&self) -> bool {
        matches!(self, Self::Tls(_))
    }

    /// The socket of a stream that is not encrypted.
    pub(crate) fn into_plain(self) -> Option<Rewound> {
        match self {
            Self::Plain(stream) => Some(stream),
            Self::Tls(_) => None,
        }
    }

    fn reader(&mut self) -> Pin<&mut (dyn AsyncRead + Send + Unpin)> {
        match self {
            Self::Plain(stream) => Pin::new(stream),
            Self::Tls(stream) => Pin::new(&mut **stream),
        }
    }

    fn writer(&mut self) -> Pin<&mut (dyn AsyncWrite + Send + Unpin)> {
        match self {
            Self::Plain(stream) => Pin::new(stream),
            Self::Tls(stream) => Pin::new(&mut **stream),
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.reader().poll_read(context, to)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.writer().poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.writer().poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.writer().poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.writer().poll_write_vectored(context, pieces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_kept_and_renewed_near_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let time = |text: &str| Clock::Fixed(text.parse().unwrap());
        let start = time("2026-01-01T00:00:00Z");
        let certificates = Certificates {
            authority: Authority::open(folder.path(), start.now()).unwrap(),
            address: "127.0.0.1".parse().unwrap(),
            current: Mutex::default(),
        };
        let shown = |clock| certificates.current(clock).unwrap().cert[0].clone();
        let first = shown(start);
        assert_eq!(shown(time("2026-02-27T00:00:00Z")), first);
        assert_ne!(shown(time("2026-03-03T00:00:00Z")), first);
    }
}
