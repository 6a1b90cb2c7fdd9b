//! Listening, counting connections, stopping.

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use thiserror::Error;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};

use super::{
    connection,
    exchange::Desk,
    line::{Line, Summary},
    save::{Folder, FolderError},
};
use crate::transport::{Client, Endpoint, Limits, TransportError};

/// Connections at a time; further ones wait.
const MOST_CONNECTIONS: usize = 256;

/// How long to wait when the system can give no connection, before asking again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How long a shutdown waits for exchanges under way.
const SHUTDOWN: Duration = Duration::from_secs(5);

/// How to record.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// Where requests go.
    pub upstream: Endpoint,
    /// Bounds of each exchange with it.
    pub limits: Limits,
    /// Whether requests with a live key go on.
    pub live: bool,
    /// The folder for scenarios, new or empty.
    pub out: Option<PathBuf>,
}

/// Why a recording cannot begin.
#[derive(Debug, Error)]
pub enum RecordError {
    /// The address cannot be bound.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
    /// The folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The upstream cannot be used.
    #[error(transparent)]
    Upstream(#[from] TransportError),
}

/// A running recording. Dropping it stops it at once; [`Proxy::shutdown`] lets exchanges under way finish.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    desk: Arc<Desk>,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Binds the address, makes the folder and begins to serve, on the runtime that calls. `on_line` is told what
    /// happens, in order, from whatever thread it happens on.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound, the folder is not new and not empty or cannot be written, or there is no
    /// way to speak TLS with the upstream.
    pub async fn start(
        options: Options,
        on_line: impl Fn(&Line) + Send + Sync + 'static,
    ) -> Result<Self, RecordError> {
        let client = Client::new(options.upstream.clone(), options.limits)?;
        let folder = options.out.as_deref().map(Folder::claim).transpose()?;
        let failed = |source| RecordError::Listen {
            address: options.listen,
            source,
        };
        let listener = TcpListener::bind(options.listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let desk = Arc::new(Desk::new(client, options.live, folder, Box::new(on_line)));
        desk.tell(&Line::Listening {
            url: format!("http://{address}"),
            upstream: options.upstream.to_string(),
        });
        let (stop, stopped) = watch::channel(false);
        let accepting = tokio::spawn(accept(listener, Arc::clone(&desk), stopped));
        Ok(Self {
            address,
            desk,
            stop,
            accepting,
        })
    }

    /// Where the proxy listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the proxy listens, as a URL without a path.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops taking connections, lets exchanges under way finish for some seconds, and says what the recording came
    /// to.
    pub async fn shutdown(mut self) -> Summary {
        let _ = self.stop.send(true);
        // `accept` bounds its own time; it is aborted by drop only when this future is.
        let _ = (&mut self.accepting).await;
        self.desk.summary()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, desk: Arc<Desk>, mut stopped: watch::Receiver<bool>) {
    let told = stopped.clone();
    let mut running = JoinSet::new();
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => break,
            Some(_) = running.join_next() => {}
            next = next_connection(&listener, &places) => {
                let Some((stream, place)) = next else { continue };
                let (desk, stopped) = (Arc::clone(&desk), told.clone());
                running.spawn(async move {
                    connection::serve(stream, desk, stopped).await;
                    drop(place);
                });
            }
        }
    }
    drop(listener);
    let all = async { while running.join_next().await.is_some() {} };
    // What is still running then is aborted with the set.
    let _ = timeout(SHUTDOWN, all).await;
}

/// A connection with a place for it; `None` where the system could give none.
async fn next_connection(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    if let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        return Some((stream, place));
    }
    sleep(ACCEPT_PAUSE).await;
    None
}
