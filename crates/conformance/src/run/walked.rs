//! What a walk over the pages of a list came to.

use rebuttal_model::json::Node;

use super::{
    ledger::Difference,
    seen::{Seen, count_of},
};

/// The pages of a list so far, beside the list as a whole.
pub(super) struct Walked {
    limit: usize,
    wanted: Vec<String>,
    pub(super) ids: Vec<String>,
    totals: Vec<i64>,
    /// What the limit does wrong: it shows on the first page.
    pub(super) by_limit: Vec<Difference>,
    /// What only later pages have wrong is the offset's doing.
    pub(super) by_offset: Vec<Difference>,
}

impl Walked {
    /// A walk that has not seen a page.
    pub(super) fn new(limit: u32, whole: &Seen) -> Self {
        Self {
            limit: limit as usize,
            wanted: whole.ids(),
            ids: Vec::new(),
            totals: Vec::new(),
            by_limit: Vec::new(),
            by_offset: Vec::new(),
        }
    }

    /// Takes the next page. Returns whether there is one after it worth asking for.
    pub(super) fn goes_on_after(&mut self, page: &Seen) -> bool {
        let member = |name: &str| {
            page.json
                .as_ref()
                .and_then(|json| json.get(name))
                .and_then(count_of)
        };
        self.totals
            .extend(member("total").filter(|total| !self.totals.contains(total)));
        if let Some(limit) = member("limit").filter(|limit| usize::try_from(*limit) != Ok(self.limit)) {
            let expected = format!("{}, as asked", self.limit);
            self.by_limit
                .push(Difference::new("/limit", expected, limit.to_string()));
        }
        let page = page.ids();
        let due = self.wanted.len().saturating_sub(self.ids.len()).min(self.limit);
        if page.len() != due {
            let expected = format!("{due} documents on the page from {} on", self.ids.len());
            let difference = Difference::new("/data", expected, page.len().to_string());
            self.blame(self.ids.len()).push(difference);
        }
        let is_last = page.is_empty() || page.len() > self.limit;
        self.ids.extend(page);
        !is_last && self.ids.len() < self.wanted.len() && self.is_right()
    }

    /// Holds the pages together against the whole list.
    pub(super) fn compare(&mut self) {
        let mut pairs = self.ids.iter().zip(&self.wanted);
        if let Some(place) = pairs.position(|(found, wanted)| found != wanted)
            && self.is_right()
        {
            let expected = format!("{} in place {place}, as in the whole list", self.wanted[place]);
            let difference = Difference::new("/data", expected, self.ids[place].clone());
            self.blame(place).push(difference);
        }
        let total = i64::try_from(self.wanted.len()).unwrap_or(i64::MAX);
        if self.is_right() && self.totals != [total] {
            let found: Vec<_> = self.totals.iter().map(i64::to_string).collect();
            let expected = format!("{total} on every page");
            self.by_limit
                .push(Difference::new("/total", expected, found.join(", then ")));
        }
    }

    fn is_right(&self) -> bool {
        self.by_limit.is_empty() && self.by_offset.is_empty()
    }

    /// Where to book what is wrong at a place of the list.
    fn blame(&mut self, place: usize) -> &mut Vec<Difference> {
        if place < self.limit {
            &mut self.by_limit
        } else {
            &mut self.by_offset
        }
    }
}

/// What a later step can refer to: the ids, in the order of the pages.
impl From<Walked> for Node {
    fn from(walked: Walked) -> Self {
        let ids = walked.ids.into_iter().map(Self::String).collect();
        Self::Object(vec![("ids".to_owned(), Self::Array(ids))])
    }
}
