//! Documents and lists written straight from the records, where no variant and no fault bends them.
//!
//! What bends them works on JSON values (`present`, `listing`), which costs more than all the rest of an answer.
//! A test holds both ways to the same bytes.

use rebuttal_model::{List, Timestamp, list::ListObject};

use crate::{
    answer::{Context, Success},
    config::{DownloadUri, Layout, MemberOrder, Members},
    listing::Page,
    refusal::Refusal,
    route::Operation,
    service::Service,
    store::{Owner, Stored},
};

/// About what a list takes besides its records, in bytes.
const ROOM_BESIDE_DATA: usize = 320;

impl Context {
    /// Whether answers are what the contract says, and written in the usual way.
    pub(crate) fn is_plain(&self) -> bool {
        let variants = &self.settings.variants;
        self.settings.fault.is_none()
            && self.links.is_none()
            && variants.download_uri == DownloadUri::Null
            && variants.layout == Layout::Compact
            && variants.members == Members::Listed
            && variants.order == MemberOrder::Usual
    }
}

impl Service {
    pub(crate) fn retrieve_plain(
        &self,
        context: &Context,
        owner: Owner,
        dispute: &str,
        document: &str,
    ) -> Result<Success, Refusal> {
        let operation = Operation::Retrieve(dispute, document);
        let record = self.dispute(context, owner, operation, dispute)?;
        let stored = self.document(context, record, operation, document)?;
        let text = stored.written(context.version).map_err(|_| Refusal::internal())?;
        Ok(Success::Written(text.get().into()))
    }

    pub(crate) fn list_plain(
        &self,
        context: &Context,
        owner: Owner,
        dispute: &str,
        query: Option<&str>,
        now: Timestamp,
    ) -> Result<Success, Refusal> {
        let record = self.dispute(context, owner, Operation::List(dispute), dispute)?;
        let page = Page::parse(query, context, now)?;
        let documents = record.documents().collect();
        let (page_of, total) = page.cut(documents, |stored: &&Stored| stored.document.created_at, context);
        let data: Result<Vec<_>, _> = page_of.iter().map(|it| it.written(context.version)).collect();
        let data = data.map_err(|_| Refusal::internal())?;
        let bytes: usize = data.iter().map(|text| text.get().len() + 1).sum();
        let mut body = Vec::with_capacity(bytes + ROOM_BESIDE_DATA);
        let list = List {
            object: ListObject::List,
            from: page.from,
            to: page.to,
            offset: page.offset,
            limit: page.limit,
            total: total as u64,
            order: Some(page.order),
            location: Some(format!("/disputes/{dispute}/documents")),
            data,
        };
        serde_json::to_writer(&mut body, &list).map_err(|_| Refusal::internal())?;
        Ok(Success::Written(body))
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, Method, header};
    use rebuttal_model::{ApiVersion, version::VERSION_HEADER};

    use super::*;
    use crate::service::{Head, Settings, Step};

    /// The answer of a fresh service, the long way where `plain` is not taken.
    fn body(path: &str, query: Option<&str>, version: ApiVersion, plain: bool) -> String {
        let mut service = Service::new(Settings::default(), 3, Timestamp::EPOCH);
        let mut headers = HeaderMap::new();
        let key = service.store.account(Owner::FIRST).secret.expose().to_owned();
        let key = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("{key}:"));
        let key = HeaderValue::from_str(&format!("Basic {key}")).unwrap();
        headers.insert(header::AUTHORIZATION, key);
        headers.insert(VERSION_HEADER, HeaderValue::from_static(version.as_str()));
        if !plain {
            // What a mock with this fault bends are disputes' lists alone.
            service.settings.fault = Some(crate::Fault::UnknownRouteAnswers500);
        }
        let head = Head {
            method: &Method::GET,
            path,
            query,
            headers: &headers,
        };
        let Step::Answer(answer) = service.begin(&head, Timestamp::EPOCH) else {
            panic!("a GET has no body");
        };
        format!(
            "{} {:?} {}",
            answer.status,
            answer.headers,
            String::from_utf8_lossy(&answer.body)
        )
    }

    #[test]
    fn both_ways_come_to_the_same_bytes() {
        let service = Service::new(Settings::default(), 3, Timestamp::EPOCH);
        let mut compared = 0;
        for version in ApiVersion::ALL {
            for record in service.store.disputes(Owner::FIRST) {
                let list = format!("/disputes/{}/documents", record.id);
                let first = record.documents().next().map(|it| it.document.location.clone());
                let asked = [
                    (list.clone(), None),
                    (list.clone(), Some("limit=3&offset=2&order=reverse_chronological")),
                    (list.clone(), Some("limit=0")),
                    (format!("{list}/docu_test_none"), None),
                    ("/disputes/dspt_test_none/documents".to_owned(), Some("limit=0")),
                    (first.unwrap_or(list), None),
                ];
                for (path, query) in asked {
                    let plain = body(&path, query, version, true);
                    assert_eq!(plain, body(&path, query, version, false), "{path}");
                    compared += 1;
                }
            }
        }
        assert!(compared > 100);
    }

    #[test]
    fn a_change_shows_in_what_was_told_before() {
        let mut service = Service::new(Settings::default(), 3, Timestamp::EPOCH);
        let disputes: Vec<_> = service.store.disputes(Owner::FIRST).cloned().collect();
        let (dispute, document) = disputes
            .iter()
            .find_map(|record| Some((&record.id, &record.documents().next()?.document.id)))
            .expect("a seeded dispute has a document");
        for version in ApiVersion::ALL {
            let record = service.store.dispute_mut(dispute).expect("it was just found");
            record.restore();
            for shown in [false, true] {
                let stored = record.document(document).expect("it was just found");
                let fresh = stored.document.to_json(version).to_string();
                assert_eq!(
                    stored.written(version).unwrap().get(),
                    fresh,
                    "destroyed: {shown}"
                );
                record.destroy(document);
            }
        }
    }
}
