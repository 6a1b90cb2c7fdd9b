//! Why a request was refused, where neither its head nor the readers of form and file have said so.

use rebuttal_model::{
    Clause, Profile,
    clause::{destroy, list, retrieve, upload},
};

use super::diagnosis;
use crate::{
    control::shown::{About, Diagnosis, Severity},
    refusal::Refusal,
};

/// What is known of a clause that refuses for more than how a request is written: about what, the code, the advice.
type Known = (&'static Clause, About, &'static str, &'static str);

const KNOWN: &[Known] = &[
    (
        &upload::FILE_MISSING,
        About::Form,
        "file_missing",
        "send the document as a part called file, with a filename",
    ),
    (
        &upload::FILE_AS_TEXT,
        About::Form,
        "file_as_text",
        "give the part called file a filename in its Content-Disposition: without one it is a text field",
    ),
    (
        &upload::DISPUTE_PENDING,
        About::Head,
        "dispute_not_open",
        "the dispute is under review: documents are taken while it is open",
    ),
    (
        &upload::DISPUTE_WON,
        About::Head,
        "dispute_not_open",
        "the dispute was won: it takes no more documents",
    ),
    (
        &upload::DISPUTE_LOST,
        About::Head,
        "dispute_not_open",
        "the dispute was lost: it takes no more documents",
    ),
    (
        &destroy::NOT_OPEN,
        About::Head,
        "dispute_not_open",
        "documents can be destroyed while the dispute is open",
    ),
    (
        &upload::MAX_DOCUMENTS,
        About::Head,
        "too_many_documents",
        "destroy a document of the dispute, or give the mock a higher --max-documents",
    ),
    (
        &upload::TOO_LARGE,
        About::File,
        "too_large",
        "make the file smaller: fewer pages, or pictures of fewer pixels",
    ),
    (
        &retrieve::OTHER_DISPUTE,
        About::Head,
        "document_of_another_dispute",
        "ask under the dispute that the document's location names",
    ),
    (
        &destroy::OTHER_DISPUTE,
        About::Head,
        "document_of_another_dispute",
        "ask under the dispute that the document's location names",
    ),
    (
        &destroy::THEN_RETRIEVE,
        About::Head,
        "document_destroyed",
        "the document was destroyed, and is not found any more",
    ),
    (
        &destroy::TWICE,
        About::Head,
        "document_destroyed",
        "the document was destroyed before: take a 404 for done",
    ),
    (
        &list::BAD_PARAMETER,
        About::Head,
        "bad_parameter",
        "see the clause for what the parameters of a list may be",
    ),
];

const UNKNOWN_DOCUMENT: [&Clause; 3] = [&retrieve::UNKNOWN, &retrieve::MALFORMED_ID, &destroy::UNKNOWN];

/// The refusal as a diagnosis; `None` where the clause says nothing that is not in the answer.
pub(super) fn refused(clause: &Clause, refusal: &Refusal) -> Option<Diagnosis> {
    let (_, _, message) = refusal.parts(Profile::Documented);
    let (about, code, advice) = if UNKNOWN_DOCUMENT.iter().any(|it| it.id == clause.id) {
        let advice = "take the id from the answer to the upload, or from the list of the dispute's documents";
        (About::Head, "unknown_document", advice)
    } else {
        let (_, about, code, advice) = KNOWN.iter().find(|(known, ..)| known.id == clause.id)?;
        (*about, *code, *advice)
    };
    Some(diagnosis(about, Severity::Error, code, message, advice))
}
