//! Campaigns against endpoints that hang, lie about a length, close half way or never end: each is a finding, and the
//! campaign ends.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rebuttal_conformance::{
    CampaignOptions, CampaignReport, Disputes, Halt, Limits, Promise, Target, campaign,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};

const KEY: &str = "skey_test_5xuy4w91xqz7d1w9u0t";

const REFUSAL: &str = r#"{"object":"error","location":"https://www.omise.co/api-errors#bad-request","code":"bad_request","message":"no"}"#;

const LIST: &str = r#"{"object":"list","data":[],"limit":20,"offset":0,"total":0,"location":"/disputes/dspt_test_1/documents","order":"chronological","from":"1970-01-01T00:00:00Z","to":"2026-01-01T00:00:00Z"}"#;

/// What an endpoint does to a form whose boundary is `b`, which most broken ones have.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Does {
    Right,
    Hangs,
    Closes,
    SaysTooMuch,
    EndsInTheHead,
    NeverEnds,
    IsNotHttp,
    FailsOnce,
}

struct Server {
    does: Does,
    failed: AtomicUsize,
    /// What came, in order.
    heard: Mutex<Vec<Vec<u8>>>,
}

fn answer(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

impl Server {
    async fn serve(&self, mut stream: TcpStream) {
        let heard = heard(&mut stream).await;
        if heard.is_empty() {
            return;
        }
        let text = String::from_utf8_lossy(&heard).into_owned();
        self.heard.lock().expect("no panic").push(heard);
        let is_list = text.starts_with("GET /disputes/dspt_test_1/documents") && text.contains("?limit=100 ");
        let is_meant = text.starts_with("POST") && text.contains("boundary=b\r\n");
        let said = if is_list {
            answer("200 OK", LIST)
        } else if is_meant {
            match self.does {
                Does::Hangs => return sleep(Duration::from_secs(30)).await,
                Does::Closes => return,
                Does::SaysTooMuch => answer("400 Bad Request", REFUSAL).replace("Length: ", "Length: 9"),
                Does::EndsInTheHead => "HTTP/1.1 400 Bad Requ".to_owned(),
                Does::IsNotHttp => "SSH-2.0-OpenSSH_9.2\r\n\r\n".to_owned(),
                Does::NeverEnds => {
                    let start =
                        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n";
                    let _ = stream.write_all(start.as_bytes()).await;
                    while stream.write_all(&vec![b'x'; 16 * 1024]).await.is_ok() {}
                    return;
                }
                Does::FailsOnce if self.failed.fetch_add(1, Ordering::Relaxed) == 0 => {
                    answer("500 Internal Server Error", REFUSAL)
                }
                Does::Right | Does::FailsOnce => answer("400 Bad Request", REFUSAL),
            }
        } else {
            answer("400 Bad Request", REFUSAL)
        };
        let _ = stream.write_all(said.as_bytes()).await;
        let _ = stream.shutdown().await;
    }
}

/// A request: as much as its head says, or until it ends or stalls.
async fn heard(stream: &mut TcpStream) -> Vec<u8> {
    let (mut came, mut chunk) = (Vec::new(), vec![0; 16 * 1024]);
    loop {
        let end = came.windows(4).position(|four| four == b"\r\n\r\n");
        let length = end.map(|end| {
            let lines = String::from_utf8_lossy(&came[..end]).into_owned();
            let field = lines
                .lines()
                .find_map(|line| line.strip_prefix("Content-Length: "));
            let due = field.map_or(0, |length| length.parse().unwrap_or(usize::MAX));
            came.len() - end - 4 >= due && !lines.to_ascii_lowercase().contains("chunked")
        });
        let wait = match length {
            Some(true) => return came,
            Some(false) => Duration::from_millis(200),
            None => Duration::from_secs(5),
        };
        match timeout(wait, stream.read(&mut chunk)).await {
            Ok(Ok(length @ 1..)) => came.extend_from_slice(&chunk[..length]),
            _ => return came,
        }
    }
}

/// A campaign of some inputs, and what the endpoint heard.
async fn campaigned(does: Does, seed: u64, requests: u64) -> (CampaignReport, Vec<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("it works");
    let url = format!("http://{}", listener.local_addr().expect("it works"));
    let server = Arc::new(Server {
        does,
        failed: AtomicUsize::new(0),
        heard: Mutex::default(),
    });
    let serving = Arc::clone(&server);
    let accepting = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let server = Arc::clone(&serving);
            tokio::spawn(async move { server.serve(stream).await });
        }
    });
    let target = Target {
        endpoint: url.parse().expect("it works"),
        secret: KEY.parse().expect("it works"),
        public: None,
        other_secret: None,
        disputes: Disputes {
            open: vec!["dspt_test_1".parse().expect("it works")],
            ..Disputes::default()
        },
        charges: Vec::new(),
    };
    let options = CampaignOptions {
        profiles: rebuttal_model::Profile::ALL.to_vec(),
        limits: Limits {
            answer: Duration::from_secs(1),
            ..Limits::default()
        },
        seed,
        requests: Some(requests),
        time: None,
        halt: Halt::default(),
        locks: None,
    };
    let campaigned = campaign(target, &options, |_| {})
        .await
        .expect("it can be reached");
    accepting.abort();
    let text = campaigned.human() + &campaigned.json();
    assert!(!text.contains(&KEY[10..]), "a key is shown");
    let host = url.trim_start_matches("http://").to_owned();
    let heard = std::mem::take(&mut *server.heard.lock().expect("no panic"));
    let heard = heard.into_iter().map(|it| without(&it, &host)).collect();
    (campaigned.report, heard)
}

/// The port is another each time.
fn without(heard: &[u8], host: &str) -> Vec<u8> {
    String::from_utf8_lossy(heard).replace(host, "HOST").into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_none_is_a_finding_of_its_own() {
    let cases = [
        (Does::Hangs, Promise::InTime),
        (Does::Closes, Promise::WholeAnswer),
        (Does::SaysTooMuch, Promise::WholeAnswer),
        (Does::EndsInTheHead, Promise::WholeAnswer),
        (Does::NeverEnds, Promise::WholeAnswer),
        (Does::IsNotHttp, Promise::WholeAnswer),
    ];
    for (does, promise) in cases {
        let (report, _) = campaigned(does, 3, 40).await;
        let found = report.findings.iter().find(|it| {
            it.promise == promise
                && it.families.contains("malformed")
                && it.clause == "upload.broken-multipart"
        });
        let signatures: Vec<_> = report.findings.iter().map(|it| &it.signature).collect();
        let found = found.unwrap_or_else(|| panic!("{does:?}: {signatures:?} {:?}", report.reasons));
        assert!(
            found.repeated && !found.flaky && !found.scenario.is_empty(),
            "{does:?}: {found:#?}"
        );
        assert_eq!(
            report.inputs, 40,
            "{does:?} ends no campaign: {:?}",
            report.reasons
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_once_is_flaky_and_is_told_with_a_line_of_shell() {
    let (report, _) = campaigned(Does::FailsOnce, 3, 40).await;
    let found = report
        .findings
        .iter()
        .find(|it| it.promise == Promise::NoServerError);
    let found = found.expect("the first one was seen");
    assert!(found.flaky && !found.repeated, "{found:#?}");
    assert_eq!((found.failed_again, found.tried_again, found.tries), (0, 3, 0));
    let exchange = found.exchange.as_ref().expect("it came");
    let curl = exchange.curl.as_deref().unwrap_or_default();
    assert!(
        curl.contains("curl ") && curl.contains("$KEY") && !curl.contains(KEY),
        "{curl}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_sends_the_same_bytes() {
    let (first, again, other) = tokio::join!(
        campaigned(Does::Right, 8, 60),
        campaigned(Does::Right, 8, 60),
        campaigned(Does::Right, 9, 60)
    );
    // Connections that are cut are read as far as they happened to come.
    let counted = |heard: &[Vec<u8>]| {
        let mut lines = BTreeMap::new();
        for one in heard {
            let line = one
                .split(|byte| *byte == b'\r')
                .next()
                .unwrap_or_default()
                .to_vec();
            *lines.entry(line).or_insert(0) += 1;
        }
        lines
    };
    assert_eq!(first.0.requests, again.0.requests);
    assert_eq!(first.0.families, again.0.families);
    assert_eq!(counted(&first.1), counted(&again.1));
    let same = first
        .1
        .iter()
        .zip(&again.1)
        .filter(|(one, two)| one == two)
        .count();
    assert!(same + 6 >= first.1.len(), "{same} of {}", first.1.len());
    assert_ne!(counted(&first.1), counted(&other.1));
}
