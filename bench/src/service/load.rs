//! `wrk` and `ab`, which put a server under load and say what it bore.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};

use super::server::{Server, base64};

/// What `wrk` found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// Requests a second.
    pub rate: f64,
    /// The time that 99 of 100 requests took at most, in seconds.
    pub p99: f64,
}

/// Asks for one path as fast as it is answered, for some seconds, over so many connections.
///
/// # Errors
///
/// When `wrk` is not installed, or an answer was not 200.
pub fn wrk(server: &Server, path: &str, seconds: f64, connections: u32) -> Result<Found> {
    let output = Command::new("wrk")
        .args(["--latency", "--threads", "1", "--timeout", "20s", "--connections"])
        .arg(connections.to_string())
        .arg(format!("--duration={}s", seconds.ceil()))
        .arg("--header")
        .arg(format!("Authorization: Basic {}", base64(server.key())))
        .arg(format!("http://{}{path}", server.address))
        .output()
        .context("expected to run wrk (apt-get install wrk)")?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(
        !text.contains("Non-2xx") && !text.contains("Socket errors"),
        "expected nothing but 200, found {text}"
    );
    let rate = after(&text, "Requests/sec:").and_then(|word| word.parse().ok());
    let p99 = text.lines().find_map(|line| line.trim().strip_prefix("99%"));
    let p99 = p99.and_then(|word| seconds_of(word.trim()));
    match (rate, p99) {
        (Some(rate), Some(p99)) => Ok(Found { rate, p99 }),
        _ => bail!("expected the figures of wrk, found {text}"),
    }
}

/// Sends a body so often over so many connections; gives the requests a second.
///
/// # Errors
///
/// When `ab` is not installed, or an answer was not 200.
pub fn ab(
    server: &Server,
    path: &str,
    body: &Path,
    boundary: &str,
    count: usize,
    clients: usize,
) -> Result<f64> {
    let output = of_ab(server, path, body, boundary, count, clients)
        .output()
        .context("expected to run ab (apt-get install apache2-utils)")?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success() && !text.contains("Non-2xx"),
        "expected nothing but 200, found {text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let rate = after(&text, "Requests per second:").and_then(|word| word.parse().ok());
    rate.with_context(|| format!("expected the figures of ab, found {text}"))
}

/// An `ab` that runs beside what is measured.
pub struct Beside(Child);

impl Beside {
    /// Waits for its end.
    ///
    /// # Errors
    ///
    /// When it failed.
    pub fn wait(mut self) -> Result<()> {
        let status = self.0.wait()?;
        ensure!(
            status.success(),
            "expected ab to send what it should, found that it ended with {status}"
        );
        Ok(())
    }

    /// Ends it.
    ///
    /// # Errors
    ///
    /// When it had ended before, so that there was no load.
    pub fn stop(mut self) -> Result<()> {
        let ended = self.0.try_wait()?;
        let _ = self.0.kill();
        let _ = self.0.wait();
        match ended {
            Some(status) => bail!("expected uploads all the time, found that ab ended with {status}"),
            None => Ok(()),
        }
    }
}

/// Begins to send a body, and goes on while something else is measured.
///
/// # Errors
///
/// When `ab` is not installed.
pub fn ab_beside(
    server: &Server,
    path: &str,
    body: &Path,
    boundary: &str,
    count: usize,
    clients: usize,
) -> Result<Beside> {
    let child = of_ab(server, path, body, boundary, count, clients)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("expected to run ab (apt-get install apache2-utils)")?;
    Ok(Beside(child))
}

fn of_ab(server: &Server, path: &str, body: &Path, boundary: &str, count: usize, clients: usize) -> Command {
    let mut command = Command::new("ab");
    // Answers may differ in length.
    command
        .args(["-q", "-k", "-l", "-s", "60", "-n"])
        .arg(count.to_string());
    command.arg("-c").arg(clients.to_string());
    command
        .arg("-H")
        .arg(format!("Authorization: Basic {}", base64(server.key())));
    command
        .arg("-T")
        .arg(format!("multipart/form-data; boundary={boundary}"));
    command.arg("-p").arg(body);
    command.arg(format!("http://{}{path}", server.address));
    command
}

fn after<'t>(text: &'t str, what: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(what)?;
    rest.split_whitespace().next()
}

/// A time as `wrk` writes it.
fn seconds_of(word: &str) -> Option<f64> {
    for (unit, seconds) in [("us", 1e-6), ("ms", 1e-3), ("s", 1.0)] {
        if let Some(number) = word.strip_suffix(unit) {
            return number.parse::<f64>().ok().map(|number| number * seconds);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_off() {
        assert_eq!(seconds_of("134.00us"), Some(134e-6));
        assert_eq!(seconds_of("1.50s"), Some(1.5));
        assert_eq!(seconds_of("soon"), None);
        let text = "Requests/sec:  81234.56\n";
        assert_eq!(after(text, "Requests/sec:"), Some("81234.56"));
        assert_eq!(base64("skey_test_1"), "c2tleV90ZXN0XzE6");
    }
}
