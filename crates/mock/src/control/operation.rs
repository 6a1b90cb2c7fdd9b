//! What a request asked for, as the journal and orders name it.

use http::Method;

use super::wire::OperationName;
use crate::route::{Operation, operation};

/// The operation of a request with the dispute and the document or charge that its path names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named<'a> {
    pub(crate) name: OperationName,
    pub(crate) dispute: Option<&'a str>,
    pub(crate) document: Option<&'a str>,
}

/// The operation of a method and a path, where the API has it.
pub(crate) fn named<'a>(method: &Method, path: &'a str) -> Option<Named<'a>> {
    let (name, dispute, document) = match operation(method, path).ok()? {
        Operation::ListDisputes(_) => (OperationName::ListDisputes, None, None),
        Operation::RetrieveDispute(id) => (OperationName::RetrieveDispute, Some(id), None),
        Operation::UpdateDispute(id) => (OperationName::UpdateDispute, Some(id), None),
        Operation::AcceptDispute(id) => (OperationName::AcceptDispute, Some(id), None),
        Operation::CloseDispute(id) => (OperationName::CloseDispute, Some(id), None),
        Operation::OpenDispute { .. } => (OperationName::OpenDispute, None, None),
        Operation::List(id) => (OperationName::List, Some(id), None),
        Operation::Upload(id) => (OperationName::Upload, Some(id), None),
        Operation::Retrieve(id, document) => (OperationName::Retrieve, Some(id), Some(document)),
        Operation::Destroy(id, document) => (OperationName::Destroy, Some(id), Some(document)),
        Operation::Options(_) => (OperationName::Options, None, None),
    };
    Some(Named {
        name,
        dispute,
        document,
    })
}
