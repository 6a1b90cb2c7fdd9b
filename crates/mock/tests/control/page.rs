//! The page, as a browser shows it, where one is at hand.

use std::{
    env,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use rebuttal_mock::{
    Mock,
    control::{Filter, NewDocument},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    process::Command,
    time::timeout,
};

use crate::client::{api, control, request, start};

/// A browser on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// What a client may call a file.
const HOSTILE: &str =
    "<img src=x onerror=\"document.title='hit'\"></ul><script>document.title='hit'</script>.png";

fn browser() -> Option<PathBuf> {
    let found = env::var_os("PATH").and_then(|folders| {
        let names = ["chromium", "chromium-browser", "google-chrome"];
        env::split_paths(&folders)
            .flat_map(|folder| names.map(|name| folder.join(name)))
            .find(|path| path.is_file())
    });
    if found.is_none() {
        eprintln!("SKIPPED: no headless Chromium on this machine, the mock's page was not opened");
    }
    found
}

/// What a browser makes of a page once it has loaded what it wants, and what it complains of.
async fn shown(browser: &Path, url: &str) -> (String, String) {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--enable-logging=stderr",
        ])
        .args(["--virtual-time-budget=10000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(url)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(PATIENCE, output)
        .await
        .expect("the browser ends")
        .unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    let complaints = complaints.lines().filter(|line| line.contains("CONSOLE"));
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        complaints.collect::<Vec<_>>().join("\n"),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_shows_what_is_there_and_runs_nothing_of_what_a_client_sent() {
    let mock = start().await;
    let dispute = mock.target().disputes.open[2].clone();
    mock.add_document(
        &dispute,
        &NewDocument {
            filename: Some(HOSTILE.to_owned()),
            ..NewDocument::default()
        },
    )
    .unwrap();
    api(&mock, "GET", "/disputes/%3Cb%3E").await;
    request(&mock, "GET", "/disputes", &["X-Evil: <img src=x><b>"], b"").await;
    let Some(browser) = browser() else { return };
    let (dom, complaints) = shown(&browser, &format!("{}/_mock/#still,1,2", mock.url())).await;
    assert_eq!(
        complaints, "",
        "the policy lets the page do what it does, and nothing went wrong"
    );
    assert!(
        dom.contains("<title>rebuttal mock</title>"),
        "nothing of a client's ran"
    );
    for markup in ["<img", "<b>", "'hit'</script>"] {
        assert!(!dom.contains(markup), "{markup} is markup");
    }
    for text in [
        "&lt;img src=x onerror=",
        "&lt;img src=x&gt;&lt;b&gt;",
        dispute.as_str(),
        "the request has no Authorization header",
        "id=\"2\"",
        "live\">still",
    ] {
        assert!(dom.contains(text), "{text} is shown");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_buttons_do_what_they_say() {
    let Some(browser) = browser() else { return };
    let mock = start().await;
    let dispute = mock.target().disputes.open[0].clone();
    api(&mock, "GET", "/disputes").await;
    api(&mock, "GET", "/nowhere").await;
    mock.set_clock("2020-01-01T00:00:00Z".parse().unwrap());
    let steps = include_str!("steps.js").replace("DISPUTE", dispute.as_str());
    let page = control(&mock, "GET", "", "").await;
    let page = String::from_utf8(page.body().to_vec()).unwrap();
    let url = probe(
        &mock,
        page.replace("</body>", &format!("<script>{steps}</script></body>")),
    )
    .await;
    let (dom, complaints) = shown(&browser, &format!("{url}/_mock/probe#still")).await;
    // The one refusal that was asked for.
    let complaints: Vec<_> = complaints
        .lines()
        .filter(|line| !line.contains("status of 400"))
        .collect();
    assert_eq!(complaints, Vec::<&str>::new());
    let said = dom
        .split_once("data-said=\"")
        .expect("the probe came to its end")
        .1;
    let said = said.split('"').next().unwrap();
    assert_eq!(said, "2 1 1 2 2020-01-02T00:00:00Z 1 true");
    let orders = mock.orders();
    assert_eq!(orders[0].order.answer.as_ref().unwrap().status, 429);
    assert_eq!(orders[1].order.fault.unwrap().as_str(), "png-refused");
    assert_eq!(mock.dispute(&dispute).unwrap().status.as_str(), "won");
    assert_eq!(mock.state().snapshots, ["one"]);
    assert_eq!(
        mock.journal(&Filter::default()).last,
        2,
        "what the page asks is in no journal"
    );
}

/// Serves the page with a probe in it, which the policy of the real one would refuse, and passes on the rest.
async fn probe(mock: &Mock, page: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let address = mock.address();
    tokio::spawn(async move {
        while let Ok((mut browser, _)) = listener.accept().await {
            let page = page.clone();
            tokio::spawn(async move {
                let mut first = vec![0; 16 * 1024];
                let Ok(length) = browser.read(&mut first).await else {
                    return;
                };
                let first = &first[..length];
                if first.starts_with(b"GET /_mock/probe") {
                    let head = format!(
                        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                        page.len()
                    );
                    let _ = browser.write_all(head.as_bytes()).await;
                    let _ = browser.write_all(page.as_bytes()).await;
                    return;
                }
                if let Ok(mut mock) = TcpStream::connect(address).await
                    && mock.write_all(first).await.is_ok()
                {
                    let _ = copy_bidirectional(&mut browser, &mut mock).await;
                }
            });
        }
    });
    url
}

#[tokio::test]
async fn it_is_one_document_that_loads_nothing() {
    let mock = start().await;
    for path in ["/_mock/", "/_mock"] {
        let page = request(&mock, "GET", path, &[], b"").await;
        let policy = page.header("Content-Security-Policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'sha256-"),
            "{policy}"
        );
        assert_eq!(
            page.header("Content-Type").as_deref(),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(page.header("X-Frame-Options").as_deref(), Some("DENY"));
        let text = String::from_utf8(page.body().to_vec()).unwrap();
        for external in ["http://", "https://", " src=", "@import", "url("] {
            assert!(!text.contains(external), "{external}");
        }
        assert!(!text.contains("{style}") && !text.contains("{script}"));
    }
}
