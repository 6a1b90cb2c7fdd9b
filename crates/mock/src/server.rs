//! A mock on a socket: listening, counting connections, stopping. What is said on a connection is said in
//! `connection`.

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use rebuttal_model::DisputeId;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::{JoinHandle, JoinSet, spawn_blocking},
    time::{sleep, timeout},
};

use crate::{
    authority::Authority,
    config::{Clock, Config, DownloadUri, TlsOptions},
    connection::{self, Shared},
    control,
    downloads::Downloads,
    resume,
    store::{Stored, keeper::Keeper},
    target::Target,
    tls::Tls,
};

/// How long to wait when the system can give no connection, before asking again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A running mock. Dropping it stops it at once; [`Mock::shutdown`] lets running requests finish.
#[derive(Debug)]
pub struct Mock {
    address: SocketAddr,
    ca: Option<PathBuf>,
    pub(crate) shared: Arc<Shared>,
    keeper: Option<Keeper>,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Mock {
    /// Seeds the records, binds the address and begins to serve, on the runtime that calls.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound, the state file cannot be used ([`StateError`](crate::StateError)), or TLS
    /// has no authority to use; when what is declared contradicts itself, with
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) and a [`ControlError`](crate::control::ControlError).
    pub async fn start(config: Config) -> io::Result<Self> {
        let listener = TcpListener::bind((config.host, config.port)).await?;
        let address = listener.local_addr()?;
        let tls = match &config.tls {
            Some(options) => Some(start_tls(options, address)?),
            None => None,
        };
        let config = Arc::new(config);
        let begun = Arc::clone(&config);
        let begun = spawn_blocking(move || resume::begin(&begun)).await;
        let (mut service, keeper) = begun.map_err(io::Error::other)??;
        if config.variants.download_uri == DownloadUri::Served {
            service.downloads = Downloads::new(tls.is_some(), config.limits.download);
        }
        let orders = control::place_orders(&service, &config.declared).map_err(resume::invalid)?;
        let (ca, tls) = tls.unzip();
        let shared = Arc::new(Shared::new(service, orders, &config, tls));
        let (stop, stopped) = watch::channel(false);
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared), stopped));
        Ok(Self {
            address,
            ca,
            shared,
            keeper,
            stop,
            accepting,
        })
    }

    /// Where the mock listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the mock listens, as a URL without a path.
    pub fn url(&self) -> String {
        let scheme = if self.ca.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The keys and records that a conformance run needs. Disputes stand under the state that they are in
    /// now.
    pub fn target(&self) -> Target {
        Target {
            ca: self.ca.clone(),
            ..self.shared.service().target(self.url())
        }
    }

    /// The documents of a dispute that are there, in the order of upload; none where there is no dispute.
    pub fn documents(&self, dispute: &DisputeId) -> Vec<Stored> {
        self.shared.service().documents(dispute)
    }

    /// Stops taking connections, lets running requests finish, and returns after
    /// [`Limits::shutdown`](crate::Limits::shutdown) at the latest.
    pub async fn shutdown(mut self) {
        let _ = self.stop.send(true);
        self.shared.desk.close();
        // `accept` bounds its own time; it is aborted by drop only when this future is.
        let _ = (&mut self.accepting).await;
        if let Some(keeper) = self.keeper.take() {
            let _ = spawn_blocking(move || keeper.close()).await;
        }
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.accepting.abort();
        // What was promised is written before the file is given back, so that it can be opened again at once.
        if let Some(keeper) = &self.keeper {
            keeper.close();
        }
    }
}

/// The file that clients are told to trust, and what encrypts.
fn start_tls(options: &TlsOptions, address: SocketAddr) -> io::Result<(PathBuf, Tls)> {
    let authority = Authority::open(&options.state, Clock::System.now()).map_err(io::Error::other)?;
    let ca = authority.certificate().to_owned();
    Ok((ca, Tls::new(authority, address.ip(), options.only)?))
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let told = stopped.clone();
    let mut running = JoinSet::new();
    let places = Arc::new(Semaphore::new(shared.limits.connections));
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => break,
            Some(_) = running.join_next() => {}
            next = next_connection(&listener, &places) => {
                let Some((stream, place)) = next else { continue };
                let (shared, stopped) = (Arc::clone(&shared), told.clone());
                running.spawn(async move {
                    connection::serve(stream, shared, stopped).await;
                    drop(place);
                });
            }
        }
    }
    drop(listener);
    let all = async { while running.join_next().await.is_some() {} };
    // What is still running then is aborted with the set.
    let _ = timeout(shared.limits.shutdown, all).await;
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
