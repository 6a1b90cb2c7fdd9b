//! One connection: requests in, answers out.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::{net::TcpStream, sync::watch};

use crate::{
    config::{Config, Limits},
    service::Service,
};

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    service: Mutex<Service>,
    pub(crate) limits: Limits,
}

impl Shared {
    pub(crate) fn new(service: Service, config: &Config) -> Self {
        Self {
            service: Mutex::new(service),
            limits: config.limits,
        }
    }

    /// The service, held briefly and never across a wait.
    pub(crate) fn service(&self) -> MutexGuard<'_, Service> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves a connection until it ends or the mock stops.
pub(crate) async fn serve(stream: TcpStream, _: Arc<Shared>, _: watch::Receiver<bool>) {
    drop(stream);
}
