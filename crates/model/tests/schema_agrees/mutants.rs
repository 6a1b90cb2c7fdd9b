//! Bodies with one member changed: schema, decoder and `inspect` give the same verdict on each, or the
//! difference is listed with its reason.

use std::collections::BTreeSet;

use rebuttal_model::samples;

use super::*;

/// A difference that stays, and the mutations it explains.
struct Reviewed {
    why: &'static str,
    explains: fn(&Mutation) -> bool,
}

/// What a client can live with, though no server should write it: decodes, and does not fit.
const BORNE: &[Reviewed] = &[
    Reviewed {
        why: "an unlisted kind or status is kept as it came, since the provider may extend them",
        explains: |it| it.is_text() && ["kind", "status"].contains(&it.member),
    },
    Reviewed {
        why: "what older versions leave out gets its default",
        explains: |it| {
            it.value.is_none()
                && [
                    "kind",
                    "deleted",
                    "download_uri",
                    "funding_amount",
                    "funding_currency",
                    "metadata",
                    "transactions",
                    "admin_message",
                    "message",
                    "reason_message",
                    "closed_at",
                    "order",
                    "location",
                ]
                .contains(&it.member)
        },
    },
    Reviewed {
        why: "lists embedded in a dispute before 2019-05-29 have no order; a list without a path is still a list",
        explains: |it| it.is_null() && ["order", "location"].contains(&it.member) && it.body == "list",
    },
    Reviewed {
        why: "a datetime with a fraction, another offset, or of midnight is a moment all the same",
        explains: |it| it.is_text() && ["created_at", "closed_at", "from", "to"].contains(&it.member),
    },
    Reviewed {
        why: "text that a client only shows or follows is read as it came",
        explains: |it| {
            it.is_text()
                && [
                    "location",
                    "filename",
                    "download_uri",
                    "currency",
                    "funding_currency",
                    "reason_code",
                    "message",
                    "code",
                ]
                .contains(&it.member)
        },
    },
    Reviewed {
        why: "a client need not know the longest page",
        explains: |it| it.is_number() && it.member == "limit",
    },
];

/// What fits and does not decode.
const UNREAD: &[Reviewed] = &[
    Reviewed {
        why: "JSON Schema calls 1.0 an integer; no server of this API writes one so",
        explains: |it| it.is_number() && it.text().contains(['.', 'e']),
    },
    Reviewed {
        why: "more records than a number of 32 bits counts: format is an annotation in 2020-12",
        explains: |it| it.member == "offset" && it.text() == "5000000000",
    },
    Reviewed {
        why: "a day that no calendar has: format is an annotation in 2020-12",
        explains: |it| it.text() == "\"2019-02-30T00:00:00Z\"",
    },
    Reviewed {
        why: "the last day of 9999 is past what the date library holds in every time zone",
        explains: |it| it.text() == "\"9999-12-31T00:00:00Z\"",
    },
];

/// What only `inspect` refuses.
const INSPECTED: &[Reviewed] = &[
    Reviewed {
        why: "a schema compares no two members: livemode with the id, the location with the ids or the code",
        explains: |it| ["livemode", "id", "location", "code"].contains(&it.member),
    },
    Reviewed {
        why: "nor does it count a page and hold it against limit and total",
        explains: |it| ["limit", "total"].contains(&it.member) && it.body == "list",
    },
    Reviewed {
        why: "JSON Schema calls 1.0 an integer",
        explains: |it| it.is_number() && it.text().contains(['.', 'e']),
    },
    Reviewed {
        why: "the calendar is not a pattern",
        explains: |it| ["\"2019-02-30T00:00:00Z\"", "\"9999-12-31T00:00:00Z\""].contains(&it.text().as_str()),
    },
];

/// What only the schema refuses: nothing.
const SCHEMED: &[Reviewed] = &[];

struct Mutation {
    body: &'static str,
    member: &'static str,
    /// None: the member is taken out.
    value: Option<Value>,
    json: Value,
}

impl Mutation {
    fn is_text(&self) -> bool {
        self.value.as_ref().is_some_and(Value::is_string)
    }

    fn is_number(&self) -> bool {
        self.value.as_ref().is_some_and(Value::is_number)
    }

    fn is_null(&self) -> bool {
        self.value.as_ref().is_some_and(Value::is_null)
    }

    fn text(&self) -> String {
        self.value.as_ref().map(Value::to_string).unwrap_or_default()
    }
}

#[test]
fn one_changed_member_gets_the_same_verdict_from_schema_decoder_and_inspect() {
    let mut tally = Tally::default();
    tally.body::<Document>("document", Subject::Document, &samples::document());
    tally.body::<List<Document>>("list", Subject::DocumentList, &samples::list());
    tally.body::<Dispute>("dispute", Subject::Dispute, &samples::dispute());
    tally.body::<ApiError>("error", Subject::Error, &samples::error());
    assert!(tally.tried > 1_500, "only {} mutations", tally.tried);
    assert!(
        tally.refused_by_both > 1_000,
        "only {} refused by both",
        tally.refused_by_both
    );
    assert!(
        tally.unexplained.is_empty(),
        "no reason is listed for:\n{}",
        tally.unexplained.join("\n")
    );
    for reviewed in [BORNE, UNREAD, INSPECTED, SCHEMED].into_iter().flatten() {
        assert!(
            tally.used.contains(reviewed.why),
            "explains nothing any more: {}",
            reviewed.why
        );
    }
}

#[derive(Default)]
struct Tally {
    tried: usize,
    refused_by_both: usize,
    used: BTreeSet<&'static str>,
    unexplained: Vec<String>,
}

impl Tally {
    fn body<T: DeserializeOwned + schemars::JsonSchema>(
        &mut self,
        name: &'static str,
        subject: Subject,
        body: &Value,
    ) {
        fits::<T>(body);
        conforms(subject, NOW, body);
        let validator = validator::<T>();
        for mutation in mutations(name, body) {
            let text = mutation.json.to_string();
            let fits = validator.is_valid(&mutation.json);
            let decodes = decode::decode::<T>(text.as_bytes(), Limits::default()).is_ok();
            let conforms = inspect::inspect(&Wanted::new(subject, NOW), text.as_bytes())
                .iter()
                .all(|it| it.weight != Weight::Breach);
            self.tried += 1;
            self.refused_by_both += usize::from(!fits && !conforms);
            for (differs, what, list) in [
                (decodes && !fits, "decodes and does not fit", BORNE),
                (fits && !decodes, "fits and does not decode", UNREAD),
                (fits && !conforms, "fits and does not conform", INSPECTED),
                (conforms && !fits, "conforms and does not fit", SCHEMED),
            ] {
                if differs {
                    self.explain(&mutation, what, list);
                }
            }
        }
    }

    fn explain(&mut self, mutation: &Mutation, what: &str, list: &[Reviewed]) {
        match list.iter().find(|reviewed| (reviewed.explains)(mutation)) {
            Some(reviewed) => drop(self.used.insert(reviewed.why)),
            None => self.unexplained.push(format!(
                "{what}: {}.{} = {}",
                mutation.body,
                mutation.member,
                mutation
                    .value
                    .as_ref()
                    .map_or("absent".to_owned(), Value::to_string)
            )),
        }
    }
}

/// Every member of the body taken out, and set to every value of the table.
fn mutations(name: &'static str, body: &Value) -> Vec<Mutation> {
    samples::changes(body, &samples::values())
        .into_iter()
        .map(|changed| Mutation {
            body: name,
            member: changed.member.leak(),
            value: changed.value,
            json: changed.body,
        })
        .collect()
}
