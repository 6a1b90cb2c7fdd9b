//! What earlier exchanges showed of the endpoint's documents, so that later answers can be held against it.

use std::collections::{BTreeMap, VecDeque};

use rebuttal_model::{DisputeId, DocumentId, json::Node};

/// So many documents are remembered; of older ones nothing more is asked.
const MOST: usize = 1000;

/// A document that a client uploaded through this proxy.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) dispute: DisputeId,
    /// Whose it is: the key that uploaded it. Never shown.
    pub(super) owner: String,
    /// What the upload answered.
    pub(super) answer: Node,
    pub(super) is_destroyed: bool,
}

/// The documents of a recording, and which disputes are being asked about.
#[derive(Debug, Default)]
pub(super) struct Memory {
    known: BTreeMap<DocumentId, Known>,
    order: VecDeque<DocumentId>,
    /// How many exchanges are under way for each dispute, and how many have begun since the start.
    flights: BTreeMap<String, Flights>,
}

#[derive(Debug, Default)]
struct Flights {
    under_way: u32,
    begun: u64,
}

/// An exchange under way: its end says whether another one about the same dispute ran beside it.
#[derive(Debug)]
pub(super) struct Flight {
    dispute: String,
    was_alone: bool,
    begun: u64,
}

impl Memory {
    /// An exchange about a dispute begins.
    pub(super) fn depart(&mut self, dispute: &str) -> Flight {
        let flights = self.flights.entry(dispute.to_owned()).or_default();
        flights.begun += 1;
        flights.under_way += 1;
        Flight {
            dispute: dispute.to_owned(),
            was_alone: flights.under_way == 1,
            begun: flights.begun,
        }
    }

    /// It ends. Whether it had the dispute for itself: only then is what it saw of the documents decided by what
    /// was answered before.
    pub(super) fn arrive(&mut self, flight: &Flight) -> bool {
        let Some(flights) = self.flights.get_mut(&flight.dispute) else {
            return false;
        };
        flights.under_way -= 1;
        let alone = flight.was_alone && flights.begun == flight.begun;
        if flights.under_way == 0 {
            self.flights.remove(&flight.dispute);
        }
        alone
    }

    pub(super) fn get(&self, id: &DocumentId) -> Option<&Known> {
        self.known.get(id)
    }

    /// The documents of a dispute and an owner, in the order of upload.
    pub(super) fn of<'m>(
        &'m self,
        dispute: &'m DisputeId,
        owner: &'m str,
    ) -> impl Iterator<Item = (&'m DocumentId, &'m Known)> {
        let all = self.order.iter().filter_map(|id| Some((id, self.known.get(id)?)));
        all.filter(move |(_, known)| known.dispute == *dispute && known.owner == owner)
    }

    pub(super) fn add(&mut self, id: DocumentId, known: Known) {
        if self.known.insert(id.clone(), known).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }

    pub(super) fn destroy(&mut self, id: &DocumentId) {
        if let Some(known) = self.known.get_mut(id) {
            known.is_destroyed = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_ran_alone_is_decided() {
        let mut memory = Memory::default();
        let first = memory.depart("a");
        let other = memory.depart("b");
        assert!(memory.arrive(&first) && memory.arrive(&other));

        let first = memory.depart("a");
        let second = memory.depart("a");
        assert!(!memory.arrive(&first) && !memory.arrive(&second));

        let first = memory.depart("a");
        let second = memory.depart("a");
        assert!(!memory.arrive(&second) && !memory.arrive(&first));
        let third = memory.depart("a");
        assert!(memory.arrive(&third));
    }
}
