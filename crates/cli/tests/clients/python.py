"""Everything that the official Python client offers on disputes and documents. Its environment says where."""

import os
import sys

import omise

with open(sys.argv[1], "rb") as file:
    PNG = file.read()
omise.api_secret = os.environ["SECRET_KEY"]
omise.api_version = os.environ.get("API_VERSION")
# Only where the environment does not lead to the mock.
if "API_MAIN" in os.environ:
    omise.api_main = os.environ["API_MAIN"]

OPEN, EMPTY, ACCEPTED, FOREIGN = sys.argv[2:6]
asked = []


def check(name, found, wanted):
    assert found == wanted, "%s: expected %r, found %r" % (name, wanted, found)
    asked.append(name)


def refused(name, error, call):
    try:
        call()
    except error as told:
        asked.append(name)
        return str(told)
    raise AssertionError("%s: expected %s" % (name, error.__name__))


check("retrieve without an id", type(omise.Dispute.retrieve()).__name__, "Collection")
for status, wanted in [("open", {"open"}), ("pending", {"pending"}), ("closed", {"won", "lost"})]:
    found = {dispute.status for dispute in omise.Dispute.retrieve(status=status)}
    check("retrieve status=" + status, found, wanted)
for name in ["list", "list_open_disputes", "list_pending_disputes", "list_closed_disputes"]:
    lazy = getattr(omise.Dispute, name)()
    check(name, len(list(lazy)), len(lazy))
    assert len(lazy) > 0, name
check("offset of a list", len(omise.Dispute.list().offset(limit=20, offset=0, order="chronological")) > 0, True)

dispute = omise.Dispute.retrieve(EMPTY)
check("retrieve", (dispute.id, dispute.status, len(dispute.documents)), (EMPTY, "open", 0))
document = dispute.upload_document({"file": ("受領書.png", PNG), "kind": (None, "proof_of_receipt")})
check("upload_document", (document.filename, document.kind, document.destroyed), ("受領書.png", "proof_of_receipt", False))
check("upload_document reloads", len(dispute.documents), 1)
check("documents.retrieve", dispute.documents.retrieve(document.id).id, document.id)
with open(sys.argv[1], "rb") as file:
    plain = dispute.upload_document({"file": file})
check("upload_document of an open file", plain.filename, os.path.basename(sys.argv[1]))
check("list_documents", [one.id for one in dispute.list_documents()], [document.id, plain.id])
again = omise.Document.retrieve(EMPTY, document.id)
check("Document.retrieve", again._attributes, document._attributes)
twin = omise.Document.retrieve(EMPTY, document.id)
check("Document.reload", again.reload().id, document.id)
check("Document.destroy", again.destroy().destroyed, True)
check("destroyed documents are gone", [one.id for one in dispute.list_documents()], [plain.id])
refused("Document.destroy twice", omise.errors.NotFoundError, twin.destroy)
told = refused("a text is no evidence", omise.errors.BaseError, lambda: dispute.upload_document({"file": ("a.png", b"text")}))
assert "PNG, JPG or PDF" in told or told == "invalid content-type", told
refused("another's dispute", omise.errors.NotFoundError, lambda: omise.Dispute.retrieve(FOREIGN))

dispute.metadata = {"order": 7}
check("update of a changed member", (dispute.update().metadata.order, dispute.status), (7, "open"))
check("update with a message", dispute.update(message="see the documents").status, "pending")
check("reload", dispute.reload().message, "see the documents")
refused("locked documents", omise.errors.BaseError, lambda: dispute.upload_document({"file": ("a.png", PNG)}))
accepted = omise.Dispute.retrieve(ACCEPTED)
check("accept", accepted.accept().status, "lost")
full = omise.Dispute.retrieve(OPEN)
# Its list parameters stand in a body, which the API does not read: the first page is all.
check("a full first page", len(list(full.list_documents())), int(os.environ.get("LISTED", "20")))

omise.api_secret = "skey_test_nobody"
refused("a wrong key", omise.errors.AuthenticationFailureError, lambda: omise.Dispute.retrieve(EMPTY))
print("%d calls as wanted, %s" % (len(asked), omise.api_version))
