//! What is asked of the mock as a proxy: CONNECT, which leads to itself and to nobody else.
//!
//! Clients without a way to name another host have one to name a proxy. The tunnel ends here: what they
//! take for the API is this mock, with a certificate of its own authority.

use http::{Method, Request, StatusCode};

use crate::{answer::Answer, authority::API_HOST, connection::Shared};

/// What becomes of a request before the API sees it.
pub(crate) enum Gate {
    /// It is the API's.
    Served,
    /// The connection becomes a tunnel to this mock.
    Tunnel,
    Refused(Answer),
}

/// Looks at how a request came.
pub(crate) fn gate<B>(request: &Request<B>, shared: &Shared, encrypted: bool) -> Gate {
    let refuse = |status, message: &'static str| Gate::Refused(shared.service().refuse(status, message));
    let Some(tls) = &shared.tls else {
        if request.method() == Method::CONNECT {
            let told = "the mock speaks no TLS: start it with --tls";
            return refuse(StatusCode::NOT_IMPLEMENTED, told);
        }
        return Gate::Served;
    };
    if request.method() != Method::CONNECT {
        if tls.only && !encrypted {
            return refuse(StatusCode::BAD_REQUEST, "the mock takes HTTPS only");
        }
        return Gate::Served;
    }
    let host = request.uri().host().unwrap_or_default();
    if encrypted {
        return refuse(StatusCode::BAD_REQUEST, "expected CONNECT outside of TLS");
    }
    let here = [API_HOST, "localhost", "127.0.0.1", "[::1]"];
    if !here.iter().any(|known| host.eq_ignore_ascii_case(known)) {
        let told = "the mock is no proxy to other hosts: it stands in for api.omise.co";
        return refuse(StatusCode::FORBIDDEN, told);
    }
    Gate::Tunnel
}
