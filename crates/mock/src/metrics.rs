//! What the mock counts, in the text format of Prometheus.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::{ConstCounter, Counter},
        family::Family,
        gauge::ConstGauge,
        histogram::Histogram,
    },
    registry::Registry,
};

use crate::{answer::Answer, connection::Shared};

/// Bounds of the time that answers take, in seconds.
const SECONDS: [f64; 9] = [0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.25, 1.0, 10.0];

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Answered {
    method: &'static str,
    status: u16,
}

/// What is counted while requests are served.
#[derive(Debug)]
pub(crate) struct Metrics {
    requests: Family<Answered, Counter>,
    seconds: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            seconds: Histogram::new(SECONDS),
        }
    }
}

impl Metrics {
    pub(crate) fn answered(&self, method: &Method, status: StatusCode, took: Duration) {
        let answered = Answered {
            method: known(method),
            status: status.as_u16(),
        };
        self.requests.get_or_create(&answered).inc();
        self.seconds.observe(took.as_secs_f64());
    }
}

/// A client may make up methods; what is counted under each stays bounded.
fn known(method: &Method) -> &'static str {
    let usual = [
        "GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "CONNECT",
    ];
    usual
        .into_iter()
        .find(|name| *name == method.as_str())
        .unwrap_or("other")
}

/// The page that Prometheus reads.
pub(crate) fn page(shared: &Shared) -> Answer {
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = encode(&mut text, &registry(shared));
    plain("application/openmetrics-text; version=1.0.0; charset=utf-8", text)
}

/// What says that the mock serves.
pub(crate) fn health() -> Answer {
    plain(
        "application/json; charset=utf-8",
        "{\"status\":\"ok\"}\n".to_owned(),
    )
}

fn plain(media_type: &'static str, text: String) -> Answer {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-rebuttal-not-in-contract", HeaderValue::from_static("true"));
    Answer {
        status: StatusCode::OK,
        headers,
        body: Bytes::from(text),
    }
}

fn registry(shared: &Shared) -> Registry {
    let mut registry = Registry::with_prefix("rebuttal_mock");
    let Metrics { requests, seconds } = &shared.metrics;
    registry.register("requests", "Requests that were answered", requests.clone());
    registry.register(
        "request_seconds",
        "Time from a request's head to its answer",
        seconds.clone(),
    );
    let (taken, evicted) = shared.places.counts();
    let gauge = |number: u64| ConstGauge::new(i64::try_from(number).unwrap_or(i64::MAX));
    registry.register("connections", "Connections that are open", gauge(taken as u64));
    let closed = "Idle connections that were closed for others";
    registry.register("connections_evicted", closed, ConstCounter::new(evicted));
    let stored = shared.service().held_bytes();
    registry.register(
        "stored_bytes",
        "Bytes of the files that documents have",
        gauge(stored),
    );
    let coming = gauge(shared.budget.coming());
    registry.register("uploading_bytes", "Bytes that uploads under way may take", coming);
    registry
}
