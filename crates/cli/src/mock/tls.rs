//! TLS of the mock, as switches, and what a shell is told of it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use clap::Args;
use etcetera::BaseStrategy;
use rebuttal_mock::{Authority, Clock, TlsOptions};

use super::env;
use crate::output;

/// How TLS is spoken.
#[derive(Args)]
pub(crate) struct TlsArguments {
    /// Speaks TLS too, with a certificate for localhost and api.omise.co; CONNECT leads here.
    #[arg(long)]
    tls: bool,
    /// Takes HTTPS only; without it the port takes HTTP as well.
    #[arg(long, requires = "tls")]
    tls_only: bool,
    /// The folder for what outlives the mock: the authority of --tls. By default one of the user's own.
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,
    /// Prints lines for `eval` that lead clients of this shell to a mock with --tls and this --port, and ends.
    #[arg(long, requires = "tls")]
    pub(crate) print_env: bool,
}

impl TlsArguments {
    /// How the mock speaks TLS, where it does.
    pub(crate) fn options(&self) -> Result<Option<TlsOptions>> {
        if !self.tls {
            return Ok(None);
        }
        Ok(Some(TlsOptions {
            state: self.folder()?,
            only: self.tls_only,
        }))
    }

    /// The folder for what outlives the mock.
    fn folder(&self) -> Result<PathBuf> {
        if let Some(folder) = &self.state_dir {
            return Ok(folder.clone());
        }
        let folders =
            etcetera::choose_base_strategy().context("cannot find the home folder: give --state-dir")?;
        let parent = folders.state_dir().unwrap_or_else(|| folders.data_dir());
        Ok(parent.join("rebuttal"))
    }

    /// Prints what leads a shell to a mock at this address.
    pub(crate) fn print_env(&self, address: SocketAddr) -> Result<()> {
        if address.port() == 0 {
            bail!("expected --print-env with the --port that the mock will have, found none");
        }
        let authority = Authority::open(&self.folder()?, Clock::System.now())?;
        let ca = authority.certificate();
        let beside = |name: &str| ca.with_file_name(name);
        let node = beside(env::NODE_FILE);
        write_if_new(&node, env::node_preload())?;
        output::print(&env::lines(address, ca, &node, &beside("ca.p12")))
    }
}

fn write_if_new(path: &Path, text: &str) -> Result<()> {
    if std::fs::read_to_string(path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    output::write_file(path, text)
}
