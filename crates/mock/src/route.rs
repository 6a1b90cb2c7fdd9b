//! Paths and methods: which operation a request asks for.

use http::Method;

use crate::refusal::Refusal;

/// One operation with the identifiers of its path as they were sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Operation<'a> {
    ListDisputes(Filter),
    RetrieveDispute(&'a str),
    UpdateDispute(&'a str),
    AcceptDispute(&'a str),
    CloseDispute(&'a str),
    OpenDispute {
        charge: &'a str,
    },
    List(&'a str),
    Upload(&'a str),
    Retrieve(&'a str, &'a str),
    Destroy(&'a str, &'a str),
    /// OPTIONS on any path, with the methods that it has.
    Options(&'static str),
}

/// Which disputes are listed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Filter {
    All,
    Open,
    Pending,
    Closed,
}

/// The operation of a method and a path.
///
/// One slash at the end is forgiven. Nothing is percent-decoded: no identifier holds an escape, so a
/// segment with one is malformed, and `..` is a segment like any other.
pub(crate) fn operation<'a>(method: &Method, path: &'a str) -> Result<Operation<'a>, Refusal> {
    if path == "*" && *method == Method::OPTIONS {
        return Ok(Operation::Options("GET, HEAD, POST, PATCH, DELETE, OPTIONS"));
    }
    let path = path.strip_prefix('/').ok_or(Refusal::NoRoute)?;
    let path = path.strip_suffix('/').unwrap_or(path);
    let mut segments = [""; 4];
    let (mut count, mut start) = (0, 0);
    for end in memchr::memchr_iter(b'/', path.as_bytes()).chain([path.len()]) {
        *segments.get_mut(count).ok_or(Refusal::NoRoute)? = &path[start..end];
        (count, start) = (count + 1, end + 1);
    }
    let read = method == Method::GET || method == Method::HEAD;
    let (found, allow) = match segments[..count] {
        ["disputes"] => (read.then_some(Operation::ListDisputes(Filter::All)), READ),
        ["disputes", "open"] => (read.then_some(Operation::ListDisputes(Filter::Open)), READ),
        ["disputes", "pending"] => (read.then_some(Operation::ListDisputes(Filter::Pending)), READ),
        ["disputes", "closed"] => (read.then_some(Operation::ListDisputes(Filter::Closed)), READ),
        ["disputes", dispute] => {
            let update = (method == Method::PATCH).then_some(Operation::UpdateDispute(dispute));
            let retrieve = read.then_some(Operation::RetrieveDispute(dispute));
            (retrieve.or(update), "GET, HEAD, PATCH, OPTIONS")
        }
        ["disputes", dispute, "accept"] => {
            let accept = Operation::AcceptDispute(dispute);
            ((method == Method::PATCH).then_some(accept), PATCH)
        }
        ["disputes", dispute, "close"] => {
            let close = Operation::CloseDispute(dispute);
            ((method == Method::PATCH).then_some(close), PATCH)
        }
        ["disputes", dispute, "documents"] => {
            let upload = (method == Method::POST).then_some(Operation::Upload(dispute));
            let list = read.then_some(Operation::List(dispute));
            (list.or(upload), "GET, HEAD, POST, OPTIONS")
        }
        ["disputes", dispute, "documents", document] => {
            let destroy = (method == Method::DELETE).then_some(Operation::Destroy(dispute, document));
            let retrieve = read.then_some(Operation::Retrieve(dispute, document));
            (retrieve.or(destroy), "GET, HEAD, DELETE, OPTIONS")
        }
        ["charges", charge, "disputes"] => {
            let open = Operation::OpenDispute { charge };
            ((method == Method::POST).then_some(open), "POST, OPTIONS")
        }
        _ => return Err(Refusal::NoRoute),
    };
    match found {
        Some(operation) => Ok(operation),
        None if method == Method::OPTIONS => Ok(Operation::Options(allow)),
        None => Err(Refusal::WrongMethod { allow }),
    }
}

const READ: &str = "GET, HEAD, OPTIONS";
const PATCH: &str = "PATCH, OPTIONS";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_methods() {
        for (method, path, wanted) in [
            (Method::GET, "/disputes", Ok(Operation::ListDisputes(Filter::All))),
            (
                Method::GET,
                "/disputes/closed",
                Ok(Operation::ListDisputes(Filter::Closed)),
            ),
            (Method::GET, "/disputes/d", Ok(Operation::RetrieveDispute("d"))),
            (Method::GET, "/disputes/d/", Ok(Operation::RetrieveDispute("d"))),
            (Method::PATCH, "/disputes/d", Ok(Operation::UpdateDispute("d"))),
            (
                Method::PATCH,
                "/disputes/d/close",
                Ok(Operation::CloseDispute("d")),
            ),
            (Method::HEAD, "/disputes/d/documents", Ok(Operation::List("d"))),
            (Method::POST, "/disputes/d/documents", Ok(Operation::Upload("d"))),
            (Method::POST, "/disputes/d/documents/", Ok(Operation::Upload("d"))),
            (Method::POST, "/disputes//documents", Ok(Operation::Upload(""))),
            (
                Method::POST,
                "/disputes/%2e%2e/documents",
                Ok(Operation::Upload("%2e%2e")),
            ),
            (
                Method::DELETE,
                "/disputes/d/documents/x",
                Ok(Operation::Destroy("d", "x")),
            ),
            (
                Method::POST,
                "/charges/c/disputes",
                Ok(Operation::OpenDispute { charge: "c" }),
            ),
            (Method::GET, "/", Err(Refusal::NoRoute)),
            (Method::GET, "", Err(Refusal::NoRoute)),
            (Method::GET, "//disputes", Err(Refusal::NoRoute)),
            (
                Method::GET,
                "/disputes/d/documents//",
                Ok(Operation::Retrieve("d", "")),
            ),
            (Method::GET, "/disputes/d/documents/x/y", Err(Refusal::NoRoute)),
            (Method::GET, "/v1/disputes", Err(Refusal::NoRoute)),
            (
                Method::PUT,
                "/disputes/d/accept",
                Err(Refusal::WrongMethod { allow: PATCH }),
            ),
            (Method::OPTIONS, "/disputes", Ok(Operation::Options(READ))),
            (Method::OPTIONS, "/nowhere", Err(Refusal::NoRoute)),
        ] {
            assert_eq!(operation(&method, path), wanted, "{method} {path}");
        }
    }
}
