//! Loads the mock and a bare server by turns, with `wrk` and `ab`, and prints what came of it.
//!
//! `mock_load REBUTTAL PLAIN FOLDER ROUNDS` prints lines: what, the mock's figure, what it is held against,
//! and their ratio; the median of the rounds each.

use std::{env, fs, path::PathBuf};

use anyhow::{Context, Result, bail};
use rebuttal_bench::evidence::usual;
use rebuttal_bench::service::{
    form::form,
    load::{self, ab, wrk},
    server::Server,
};

/// The boundary of the forms.
const BOUNDARY: &str = "----b9f1c6e2a4d87035";

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [rebuttal, plain, folder, rounds] = arguments.as_slice() else {
        bail!("expected the programs rebuttal and plain, a folder, and a number of rounds");
    };
    let folder = PathBuf::from(folder);
    fs::create_dir_all(&folder)?;
    let bench = Bench {
        rebuttal: rebuttal.into(),
        plain: plain.into(),
        folder,
        rounds: rounds.parse().context("expected a number of rounds")?,
    };
    bench.start(false)?;
    bench.start(true)?;
    bench.reads()?;
    bench.uploads("upload-100k", 100_000, 600, 8)?;
    bench.uploads("upload-10m", 10_000_000, 24, 4)?;
    bench.memory()?;
    bench.beside_uploads(Served::Mock { keeps: false })?;
    bench.beside_uploads(Served::Mock { keeps: true })?;
    bench.beside_uploads(Served::Bare)
}

struct Bench {
    rebuttal: PathBuf,
    plain: PathBuf,
    folder: PathBuf,
    rounds: usize,
}

impl Bench {
    /// How long it takes from the start of the program to its first answer, in milliseconds.
    fn start(&self, keeps: bool) -> Result<()> {
        let mut times = Vec::new();
        for _ in 0..self.rounds.max(5) {
            let mock = Server::mock(&self.rebuttal, &self.folder, keeps)?;
            times.push(mock.first_answer()?.as_secs_f64() * 1e3);
        }
        let name = if keeps { "start-state" } else { "start" };
        println!(
            "{name} {:.2} 50 {:.3}",
            median(&mut times),
            median(&mut times) / 50.0
        );
        Ok(())
    }

    /// GET of a document and of a list of 20, in requests a second.
    fn reads(&self) -> Result<()> {
        for (name, path) in [("retrieve", "/documents/"), ("list-20", "/documents?limit=20")] {
            let mut ratios = Rounds::default();
            for round in 0..self.rounds {
                let mock = Server::mock(&self.rebuttal, &self.folder, false)?;
                let path = format!("/disputes/{}{path}", mock.dispute());
                let path = if name == "retrieve" {
                    format!("{path}{}", mock.document()?)
                } else {
                    path
                };
                let bytes = mock.get(&path)?.len();
                let plain = Server::plain(&self.plain, bytes, false)?;
                let measure = |server: &Server| wrk(server, &path, 2.0, 16).map(|found| found.rate);
                ratios.take(
                    round,
                    || measure(&mock),
                    || wrk(&plain, &path, 2.0, 16).map(|found| found.rate),
                )?;
            }
            ratios.tell(name);
        }
        Ok(())
    }

    /// Uploads of one size, in requests a second.
    fn uploads(&self, name: &str, bytes: usize, count: usize, clients: usize) -> Result<()> {
        for (format, content) in usual(bytes) {
            let name = format!("{name}-{format}");
            let body = self.folder.join(&name);
            fs::write(&body, form(BOUNDARY, "evidence", &content))?;
            for kept in [false, true] {
                let mut ratios = Rounds::default();
                for round in 0..self.rounds {
                    // New ones each time, as they keep what they are given.
                    let mock = Server::mock(&self.rebuttal, &self.folder, false)?;
                    let plain = Server::plain(&self.plain, 300, kept)?;
                    let path = format!("/disputes/{}/documents", mock.dispute());
                    let load = |server: &Server| ab(server, &path, &body, BOUNDARY, count, clients);
                    ratios.take(round, || load(&mock), || load(&plain))?;
                }
                ratios.tell(&format!("{name}{}", if kept { "-kept" } else { "" }));
            }
        }
        Ok(())
    }

    /// What 64 clients that upload 10 MB each make the mock hold beside their documents, in bytes a client.
    fn memory(&self) -> Result<()> {
        let bytes = 10_000_000;
        let body = self.folder.join("upload-10m-jpg");
        let mock = Server::mock(&self.rebuttal, &self.folder, false)?;
        mock.get(&format!("/disputes/{}/documents", mock.dispute()))?;
        let Some(before) = mock.peak_memory() else {
            return Ok(());
        };
        let path = format!("/disputes/{}/documents", mock.dispute());
        // One program each: a single one begins further uploads while it waits for the last to end.
        let mut clients = Vec::new();
        for _ in 0..64 {
            clients.push(load::ab_beside(&mock, &path, &body, BOUNDARY, 1, 1)?);
        }
        for client in clients {
            client.wait()?;
        }
        let after = mock.peak_memory().context("expected a figure as before")?;
        let each = u32::try_from((after - before) / 64).context("expected less than 4 GiB a client")?;
        let beside = f64::from(each) - f64::from(bytes);
        println!(
            "memory-64 {:.0} {} {:.3}",
            beside,
            512 * 1024,
            beside / (512.0 * 1024.0)
        );
        Ok(())
    }

    /// The 99th percentile of a GET while uploads take what there is, and while nothing else happens, in
    /// milliseconds.
    fn beside_uploads(&self, served: Served) -> Result<()> {
        let body = self.folder.join("upload-10m-jpg");
        let mut ratios = Rounds::default();
        for _ in 0..self.rounds {
            let endpoint = match served {
                Served::Bare => Server::plain(&self.plain, 300, true)?,
                Served::Mock { keeps } => Server::mock(&self.rebuttal, &self.folder, keeps)?,
            };
            let document = match served {
                Served::Bare => String::new(),
                Served::Mock { .. } => endpoint.document()?,
            };
            let path = format!("/disputes/{}/documents/{document}", endpoint.dispute());
            let idle = wrk(&endpoint, &path, 2.0, 1)?.p99;
            let dispute = match served {
                Served::Mock { keeps: true } => endpoint.other_dispute(),
                _ => endpoint.dispute(),
            };
            let uploads = format!("/disputes/{dispute}/documents");
            let loading = load::ab_beside(&endpoint, &uploads, &body, BOUNDARY, 1000, 2)?;
            let busy = wrk(&endpoint, &path, 1.5, 1)?.p99;
            loading.stop()?;
            ratios.push(busy * 1e3, idle * 1e3);
        }
        ratios.tell(match served {
            Served::Bare => "p99-bare",
            Served::Mock { keeps: false } => "p99",
            Served::Mock { keeps: true } => "p99-state",
        });
        Ok(())
    }
}

/// What is asked beside uploads.
#[derive(Clone, Copy)]
enum Served {
    /// A server that does nothing but keep what it is sent: what the machine leaves of the bar.
    Bare,
    Mock {
        keeps: bool,
    },
}

/// The figures of the rounds.
#[derive(Default)]
struct Rounds {
    ours: Vec<f64>,
    theirs: Vec<f64>,
    ratios: Vec<f64>,
}

impl Rounds {
    /// One round; who is first changes, as the machine's mood does.
    fn take(
        &mut self,
        round: usize,
        mut ours: impl FnMut() -> Result<f64>,
        mut theirs: impl FnMut() -> Result<f64>,
    ) -> Result<()> {
        let (ours, theirs) = if round.is_multiple_of(2) {
            let ours = ours()?;
            (ours, theirs()?)
        } else {
            let theirs = theirs()?;
            (ours()?, theirs)
        };
        self.push(ours, theirs);
        Ok(())
    }

    fn push(&mut self, ours: f64, theirs: f64) {
        self.ours.push(ours);
        self.theirs.push(theirs);
        self.ratios.push(ours / theirs);
    }

    fn tell(mut self, name: &str) {
        let (ours, theirs) = (median(&mut self.ours), median(&mut self.theirs));
        println!("{name} {ours:.2} {theirs:.2} {:.3}", median(&mut self.ratios));
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
