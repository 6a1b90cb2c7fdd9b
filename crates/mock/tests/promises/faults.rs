//! A fault breaks little: asked the same questions, a mock that has one answers most as one that has none.
//!
//! That each fault shows, and which clause it is caught by, is the conformance suite's kill matrix.

use std::collections::BTreeSet;

use http::{HeaderMap, HeaderValue, Method, header};
use rebuttal_mock::{Fault, Settings};

use crate::ask::{Answered, Ask, PNG, base64, form};

#[test]
fn the_same_questions_have_the_same_answers() {
    assert_eq!(transcript(None), transcript(None));
}

#[test]
fn a_fault_leaves_most_answers_alone() {
    let sound = transcript(None);
    for &fault in Fault::ALL {
        let faulty = transcript(Some(fault));
        let pairs = sound.iter().zip(&faulty);
        let other = pairs
            .filter(|(sound, faulty)| sound.status != faulty.status)
            .count();
        assert!(
            other * 3 < sound.len(),
            "{fault} changes {other} of {} statuses",
            sound.len()
        );
    }
}

#[test]
fn a_large_file_can_be_refused_and_stored_all_the_same() {
    let fault = Some(Fault::RefusedFileStored);
    let mut ask = Ask::new(Settings {
        fault,
        ..Settings::default()
    });
    let dispute = ask.target.disputes.open[2].clone();
    let answer = ask.upload(&dispute, &form(&[("file", Some("a.png"), &vec![0; 10_485_761])]));
    assert_eq!(answer.code(), (413, "file_too_large".to_owned()));
    assert_eq!(ask.service.documents(&dispute).len(), 1);
}

/// One exchange, in what can differ.
#[derive(Debug, PartialEq)]
struct Line {
    question: String,
    status: u16,
    headers: BTreeSet<String>,
    body: String,
}

struct Script {
    ask: Ask,
    lines: Vec<Line>,
}

fn transcript(fault: Option<Fault>) -> Vec<Line> {
    let settings = Settings {
        fault,
        ..Settings::default()
    };
    let mut script = Script {
        ask: Ask::new(settings),
        lines: Vec::new(),
    };
    script.keys();
    script.uploads();
    script.refused_uploads();
    script.lists();
    script.documents();
    script.framing();
    script.lines
}

impl Script {
    fn say(&mut self, question: String, answer: &Answered) {
        let headers = answer
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value:?}"))
            .collect();
        let body = answer.text();
        self.lines.push(Line {
            question,
            status: answer.status,
            headers,
            body,
        });
    }

    fn send(&mut self, method: &Method, target: &str, body: &[u8]) -> Answered {
        let answer = self.ask.send(method, target, body);
        self.say(format!("{method} {target}"), &answer);
        answer
    }

    fn get(&mut self, target: &str) -> Answered {
        self.send(&Method::GET, target, b"")
    }

    /// Uploads to the third open dispute.
    fn upload(&mut self, parts: &[(&str, Option<&str>, &[u8])]) -> Answered {
        let path = self.documents_of(2);
        self.send(&Method::POST, &path, &form(parts))
    }

    fn documents_of(&self, open: usize) -> String {
        format!("/disputes/{}/documents", self.ask.target.disputes.open[open])
    }

    fn keys(&mut self) {
        let public = self.ask.target.public.expose().to_owned();
        let path = self.documents_of(0);
        self.ask.with_key = false;
        for credentials in [
            None,
            Some("Bearer x".to_owned()),
            Some(format!("Basic {}", base64(b"skey_test_0:"))),
            Some(format!("Basic {}", base64(format!("{public}:").as_bytes()))),
        ] {
            self.ask.headers = HeaderMap::new();
            if let Some(text) = &credentials {
                self.ask
                    .headers
                    .insert(header::AUTHORIZATION, HeaderValue::from_str(text).unwrap());
            }
            self.get(&path);
            self.get("/disputes/dspt_test_0/documents");
        }
        self.ask.headers = HeaderMap::new();
        self.ask.with_key = true;
    }

    fn uploads(&mut self) {
        let list = self.documents_of(2);
        let jpg = include_bytes!("files/one.jpg");
        let pdf = include_bytes!("files/one.pdf");
        self.get(&list);
        self.upload(&[
            ("kind", None, b"proof_of_acceptance"),
            ("file", Some("A b é.png"), PNG),
        ]);
        self.upload(&[
            ("file", Some("A b é.png"), PNG),
            ("kind", None, b"proof_of_acceptance"),
        ]);
        self.upload(&[("file", Some("a.jpg"), jpg)]);
        self.upload(&[("file", Some("a.pdf"), pdf), ("note", None, b"x")]);
        self.get(&list);
    }

    fn refused_uploads(&mut self) {
        let gif = b"GIF89a\x01\0\x01\0\0\0\0;";
        let list = self.documents_of(2);
        self.upload(&[("file", Some("a.gif"), gif)]);
        self.upload(&[("file", Some("a.png"), b"text")]);
        self.upload(&[("file", Some("a.png"), b"")]);
        self.upload(&[("file", None, PNG)]);
        self.upload(&[("kind", None, b"proof_of_receipt")]);
        for kind in ["nonsense", "Proof_Of_Receipt", "", " proof_of_receipt"] {
            self.upload(&[("file", Some("a.png"), PNG), ("kind", None, kind.as_bytes())]);
        }
        let declared = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\
            Content-Type: image/png\r\n\r\ntext\r\n--b--\r\n";
        self.send(&Method::POST, &list, declared);
        let whole = form(&[("file", Some("a.png"), PNG)]);
        self.send(&Method::POST, &list, &whole[..whole.len() - 5]);
        "application/json".clone_into(&mut self.ask.content_type);
        self.send(&Method::POST, &list, b"{}");
        "multipart/form-data; boundary=b".clone_into(&mut self.ask.content_type);
        self.get(&list);
        let disputes = self.ask.target.disputes.clone();
        let others = ["dspt_test_0".to_owned(), "dspt-1".to_owned()].into_iter().chain(
            [
                &disputes.pending[0],
                &disputes.won[0],
                &disputes.lost[0],
                &disputes.foreign[0],
            ]
            .map(ToString::to_string),
        );
        for dispute in others {
            self.send(&Method::POST, &format!("/disputes/{dispute}/documents"), &whole);
        }
    }

    fn lists(&mut self) {
        let many = self.documents_of(0);
        for query in [
            "",
            "?limit=3&offset=2",
            "?offset=22",
            "?order=reverse_chronological",
            "?from=2019-12-14T00:00:00Z",
            "?to=2019-12-14T00:00:00Z",
            "?limit=0",
        ] {
            self.get(&format!("{many}{query}"));
        }
        let disputes = self.ask.target.disputes.clone();
        for dispute in [&disputes.open[3], &disputes.won[0], &disputes.foreign[0]] {
            self.get(&format!("/disputes/{dispute}/documents"));
        }
        self.get("/disputes/dspt_test_0/documents");
        self.get("/nowhere");
    }

    fn documents(&mut self) {
        let disputes = self.ask.target.disputes.clone();
        let location = |script: &Self, dispute| {
            let documents = script.ask.service.documents(dispute);
            (
                documents[0].document.location.clone(),
                documents[0].document.id.clone(),
            )
        };
        let (foreign, _) = location(self, &disputes.foreign[0]);
        let (won, _) = location(self, &disputes.won[0]);
        let (open, id) = location(self, &disputes.open[1]);
        let elsewhere = format!("{}/{id}", self.documents_of(3));
        let unknown = format!("{}/docu_test_0", self.documents_of(1));
        let malformed = format!("{}/docu-1", self.documents_of(1));
        for method in [Method::GET, Method::DELETE] {
            for path in [
                &foreign, &won, &unknown, &malformed, &elsewhere, &open, &open, &won,
            ] {
                self.send(&method, path, b"");
            }
        }
        self.get(&open);
        self.upload(&[("file", Some("a.png"), PNG)]);
        self.get(&self.documents_of(1));
        let uploaded = form(&[("file", Some("b.png"), PNG)]);
        self.send(&Method::POST, &self.documents_of(1), &uploaded);
        self.get(&self.documents_of(1));
    }

    fn framing(&mut self) {
        let path = self.documents_of(1);
        let whole = form(&[("file", Some("c.png"), PNG)]);
        for (name, value) in [
            ("omise-version", "2017-11-02"),
            ("omise-version", "2014-07-27"),
            ("expect", "100-continue"),
            ("transfer-encoding", "chunked"),
        ] {
            self.ask.headers = HeaderMap::new();
            self.ask.headers.insert(name, HeaderValue::from_static(value));
            self.get(&path);
            self.send(&Method::POST, &path, &whole);
        }
        self.ask.headers = HeaderMap::new();
    }
}
