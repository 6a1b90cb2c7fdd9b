//! Disputes on loan: who works on which, and what a scenario leaves behind.
//!
//! An open dispute has one borrower at a time. Where the target names disputable charges, open disputes are
//! made as needed; elsewhere the run works with those it was given, however few.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::PoisonError,
};

use rebuttal_model::{DisputeId, DisputeStatus, DocumentId, json::Node};
use tokio::{
    sync::{Mutex, Notify},
    time::{Instant, sleep},
};

use super::{
    locks::{LONGEST, LOOK_AGAIN, Locks},
    prepare::{Refusal, documents, prepare},
    session::Session,
    stock::{Open, State},
};
use crate::scenario::Need;

/// An open dispute with more documents than this is not worked on: one page of 100 must hold them all, with
/// room for those that a scenario adds.
const MOST_DOCUMENTS: usize = 60;

/// A dispute on loan.
#[derive(Clone, Debug)]
pub(crate) struct Loan {
    pub(crate) id: DisputeId,
    /// A document that it holds, where one was asked for.
    pub(crate) document: Option<DocumentId>,
    /// What an open one held before, where that could be read.
    pub(crate) held: Option<BTreeSet<DocumentId>>,
    /// Whether it is nobody else's meanwhile.
    exclusive: bool,
    /// Whether this run made it.
    made: bool,
    /// Whether it has held documents during this run.
    used: bool,
}

impl Loan {
    /// A dispute that was made for one scenario alone.
    pub(super) fn fresh(id: DisputeId) -> Self {
        Self {
            id,
            document: None,
            held: Some(BTreeSet::new()),
            exclusive: false,
            made: true,
            used: false,
        }
    }

    /// A dispute that is only read, and so can be anybody's at the same time.
    pub(super) fn shared(id: DisputeId, document: Option<DocumentId>) -> Self {
        Self {
            id,
            document,
            held: None,
            exclusive: false,
            made: false,
            used: true,
        }
    }
}

/// How a scenario leaves its disputes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Left {
    /// Nothing is left in them.
    pub(crate) clean: bool,
    /// There was something.
    pub(crate) used: bool,
}

/// The disputes of a run.
pub(crate) struct Pool {
    state: Mutex<State>,
    locks: Locks,
    returned: Notify,
    /// Serialises the making of locked disputes, so that each is made once.
    pub(super) making: Mutex<BTreeMap<DisputeStatus, Loan>>,
    left_behind: std::sync::Mutex<BTreeSet<String>>,
}

impl Pool {
    pub(crate) fn new(session: &Session, locks: Option<&Path>) -> Self {
        let free = session
            .target
            .disputes
            .open
            .iter()
            .map(|id| Open {
                id: id.clone(),
                made: false,
                used: true,
            })
            .collect();
        Self {
            state: Mutex::new(State {
                free,
                ..State::default()
            }),
            locks: Locks::new(locks, session.client.endpoint().to_string()),
            returned: Notify::new(),
            making: Mutex::default(),
            left_behind: std::sync::Mutex::default(),
        }
    }

    /// What the run could not remove.
    pub(crate) fn left_behind(&self) -> Vec<String> {
        self.left_behind
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .cloned()
            .collect()
    }

    pub(crate) fn leave_behind(&self, what: String) {
        self.left_behind
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(what);
    }

    /// Lends what a scenario needs, all of it at once: two scenarios never wait for each other's loans.
    pub(crate) async fn lend(
        &self,
        session: &Session,
        needs: &BTreeMap<String, Need>,
    ) -> Result<BTreeMap<String, Loan>, Refusal> {
        let exclusive: Vec<_> = needs
            .iter()
            .filter(|(_, need)| matches!(need, Need::Open | Need::Empty))
            .collect();
        let mut loans = BTreeMap::new();
        let taken = self.take_fitting(session, &exclusive, &mut loans).await?;
        for (name, need) in needs {
            if loans.contains_key(name) {
                continue;
            }
            match self.shared(session, *need, &loans).await {
                Ok(loan) => {
                    loans.insert(name.clone(), loan);
                }
                Err(refusal) => {
                    self.give_back(taken).await;
                    return Err(refusal);
                }
            }
        }
        Ok(loans)
    }

    /// Takes back what was lent. A dispute that this run made and could not clear is not lent again.
    pub(crate) async fn take_back(&self, loans: BTreeMap<String, Loan>, left: Left) {
        let mut back = Vec::new();
        let mut lost = 0;
        for loan in loans.into_values().filter(|loan| loan.exclusive) {
            if left.clean || !loan.made {
                back.push(Open {
                    id: loan.id,
                    made: loan.made,
                    used: left.used || loan.used,
                });
            } else {
                lost += 1;
            }
        }
        self.state.lock().await.lent -= lost;
        self.give_back(back).await;
    }

    /// Takes open disputes that are as they are needed; those that are not are passed over.
    async fn take_fitting(
        &self,
        session: &Session,
        needs: &[(&String, &Need)],
        loans: &mut BTreeMap<String, Loan>,
    ) -> Result<Vec<Open>, Refusal> {
        let mut unfit = BTreeMap::new();
        loop {
            let fresh = needs.iter().any(|(_, need)| **need == Need::Empty);
            let taken = self.take(session, needs.len(), fresh, &unfit).await?;
            let before = unfit.len();
            for ((name, need), open) in needs.iter().zip(&taken) {
                let held = match fits(session, open, **need).await {
                    Ok(held) => held,
                    Err(reason) => {
                        unfit.insert(open.id.clone(), reason);
                        continue;
                    }
                };
                let Open { id, made, used } = open.clone();
                let loan = Loan {
                    id,
                    document: None,
                    held,
                    exclusive: true,
                    made,
                    used,
                };
                loans.insert((*name).clone(), loan);
            }
            if unfit.len() == before {
                return Ok(taken);
            }
            loans.clear();
            self.give_back(taken).await;
        }
    }

    async fn give_back(&self, back: Vec<Open>) {
        let mut state = self.state.lock().await;
        state.lent -= back.len();
        state.put_back(back);
        self.returned.notify_waiters();
    }

    /// Takes `count` open disputes: free ones, new ones where they can be made, else those that come back.
    /// Where they can be made, a `fresh` one has never held a document.
    async fn take(
        &self,
        session: &Session,
        count: usize,
        fresh: bool,
        unfit: &BTreeMap<DisputeId, Refusal>,
    ) -> Result<Vec<Open>, Refusal> {
        let began = Instant::now();
        loop {
            let mut busy = 0;
            let returned = self.returned.notified();
            tokio::pin!(returned);
            returned.as_mut().enable();
            {
                let mut state = self.state.lock().await;
                let can_make = !session.target.charges.is_empty();
                // A dispute that the run made is known to be clear; one that was given may not be.
                let fits = |open: &Open| {
                    if can_make {
                        open.made && !(fresh && open.used)
                    } else {
                        !unfit.contains_key(&open.id)
                    }
                };
                let mut taken = Vec::new();
                let mut index = 0;
                while taken.len() < count && index < state.free.len() {
                    if !fits(&state.free[index]) {
                        index += 1;
                    } else if state.lock(index, &self.locks) {
                        taken.push(state.free.remove(index));
                    } else {
                        busy += 1;
                        index += 1;
                    }
                }
                if taken.len() == count {
                    state.lent += count;
                    return Ok(taken);
                }
                if can_make {
                    state.lent += count;
                    drop(state);
                    return self.make_up(session, taken, count).await;
                }
                // Those on loan come back, and may fit.
                let known = taken.len() + state.lent + busy;
                state.put_back(taken);
                if known < count
                    && let Some(refusal) = unfit.values().next()
                {
                    return Err(refusal.clone());
                }
                if known < count {
                    return Err(Refusal::Missing(format!(
                        "needs {count} open disputes and the target has {known}: [disputes] open, or [charges] disputable"
                    )));
                }
            }
            if busy == 0 {
                returned.await;
            } else if began.elapsed() > LONGEST {
                let reason = "the open disputes of the target are in use by other runs on this machine";
                return Err(Refusal::Failed(reason.to_owned()));
            } else {
                tokio::select! {
                    () = returned => {}
                    () = sleep(LOOK_AGAIN) => {}
                }
            }
        }
    }

    async fn make_up(
        &self,
        session: &Session,
        mut taken: Vec<Open>,
        count: usize,
    ) -> Result<Vec<Open>, Refusal> {
        while taken.len() < count {
            match self.make(session).await {
                Ok(id) => taken.push(Open {
                    id,
                    made: true,
                    used: false,
                }),
                Err(refusal) => {
                    self.state.lock().await.lent -= count - taken.len();
                    self.give_back(taken).await;
                    return Err(refusal);
                }
            }
        }
        Ok(taken)
    }

    /// Makes an open dispute from a charge (test mode).
    pub(super) async fn make(&self, session: &Session) -> Result<DisputeId, Refusal> {
        let Some(charge) = session.target.charges.first() else {
            return Err(Refusal::Missing(
                "the target names no disputable charge".to_owned(),
            ));
        };
        let request = session.request("POST", format!("/charges/{charge}/disputes"));
        let body = prepare(session, &request, "make a dispute").await?;
        let id = body
            .get("id")
            .and_then(Node::as_str)
            .and_then(|id| id.parse::<DisputeId>().ok());
        let id = id.ok_or_else(|| Refusal::Failed(format!("the dispute made from {charge} has no id")))?;
        self.leave_behind(format!(
            "dispute {id}, made from {charge}: disputes cannot be deleted"
        ));
        Ok(id)
    }
}

/// What an open dispute holds, where it is as it is needed. One that the run made is known to be clear.
async fn fits(session: &Session, open: &Open, need: Need) -> Result<Option<BTreeSet<DocumentId>>, Refusal> {
    if open.made {
        return Ok(Some(BTreeSet::new()));
    }
    if session.is_given_up() {
        // Given up while this waited for its turn: no step will be sent.
        return Ok(None);
    }
    let most = if need == Need::Empty { 0 } else { MOST_DOCUMENTS };
    let held = match documents(session, &open.id, &mut None).await {
        Ok(listed) => listed,
        // Whatever else is wrong with the list is for scenarios to find.
        Err(Refusal::Failed(_) | Refusal::Unanswered(_)) => return Ok(None),
        Err(refusal) => return Err(refusal),
    };
    let count = held.live.len() + held.deleted;
    if count > most {
        return Err(Refusal::Missing(format!(
            "needs an open dispute with at most {most} documents, {} has {count}",
            open.id
        )));
    }
    Ok(Some(held.live))
}
