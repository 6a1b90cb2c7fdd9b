//! The control API on a connection: the body is read, and whoever wants to wait for the journal waits.

use std::time::Duration;

use bytes::BytesMut;
use http::{Request, StatusCode};
use hyper::body::Incoming;
use tokio::time::{Instant, timeout_at};

use super::{
    desk::Desk,
    guard,
    journal::Filter,
    problem::{ControlError, problem},
    routes::{Route, refused},
};
use crate::{
    answer::Answer,
    connection::{End, Shared, drain, read},
};

/// The answer to a request for the control API, and whether the connection can be used again.
pub(crate) async fn serve(request: Request<Incoming>, shared: &Shared, is_local: bool) -> (Answer, bool) {
    let (parts, mut body) = request.into_parts();
    let route = guard::check(&parts.method, &parts.headers)
        .and_then(|()| {
            if is_local {
                Ok(())
            } else {
                guard::authenticate(&parts.headers, &shared.service())
            }
        })
        .and_then(|()| Route::read(&parts.method, parts.uri.path(), parts.uri.query()));
    let route = match route {
        Ok(route) => route,
        Err(error) => return (refused(error), drain(&mut body).await),
    };
    let most = route.max_body_bytes();
    let mut held = BytesMut::new();
    let end = read(&mut body, &shared.limits, |bytes| {
        if held.len() + bytes.len() > most {
            let error = problem("", format!("a body of at most {most} bytes"), "a longer one");
            return Some(refused(error.status(StatusCode::PAYLOAD_TOO_LARGE)));
        }
        held.extend_from_slice(bytes);
        None
    })
    .await;
    match end {
        End::Whole => {}
        End::Answered(answer) => return (answer, false),
        End::Broken | End::TooSlow => {
            let error = problem("", "a whole body", "one that broke off or stalled");
            return (refused(error.status(StatusCode::REQUEST_TIMEOUT)), false);
        }
    }
    if let Route::Journal(filter, wait) = &route
        && !wait.is_zero()
    {
        wait_for(&shared.desk, filter, *wait).await;
    }
    let outcome: Result<Answer, ControlError> = route.serve(&shared.desk, &mut shared.service(), &held);
    (outcome.unwrap_or_else(refused), true)
}

/// Waits until the journal has an entry that fits, or long enough, or the mock stops. Nothing is held meanwhile.
pub(super) async fn wait_for(desk: &Desk, filter: &Filter, wait: Duration) {
    let until = Instant::now() + wait;
    let (mut last, mut closing) = (desk.journal.watch(), desk.closing());
    loop {
        last.borrow_and_update();
        if !desk.journal.page(filter).entries.is_empty() {
            return;
        }
        let next = async {
            tokio::select! {
                changed = last.changed() => changed.is_ok(),
                _ = closing.wait_for(|closing| *closing) => false,
            }
        };
        if timeout_at(until, next).await != Ok(true) {
            return;
        }
    }
}
