//! Disputes on loan: who works on which, and what a scenario leaves behind.
//!
//! An open dispute has one borrower at a time. Where the target names disputable charges, open disputes are
//! made as needed; elsewhere the run works with those it was given, however few.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::PoisonError,
};

use rebuttal_model::{DisputeId, DisputeStatus, DocumentId, json::Node};
use serde_json::json;
use tokio::sync::{Mutex, Notify};

use super::{
    prepare::{Refusal, documents, prepare, upload_of},
    session::Session,
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
}

/// The disputes of a run.
pub(crate) struct Pool {
    state: Mutex<State>,
    returned: Notify,
    /// Serialises the making of locked disputes, so that each is made once.
    making: Mutex<BTreeMap<DisputeStatus, Loan>>,
    left_behind: std::sync::Mutex<BTreeSet<String>>,
}

#[derive(Default)]
struct State {
    /// Open disputes that nobody has.
    free: Vec<Open>,
    /// How many are on loan.
    lent: usize,
}

#[derive(Clone)]
struct Open {
    id: DisputeId,
    made: bool,
}

impl Pool {
    pub(crate) fn new(session: &Session) -> Self {
        let free = session
            .target
            .disputes
            .open
            .iter()
            .map(|id| Open {
                id: id.clone(),
                made: false,
            })
            .collect();
        Self {
            state: Mutex::new(State { free, lent: 0 }),
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
    pub(crate) async fn take_back(&self, loans: BTreeMap<String, Loan>, clean: bool) {
        let mut back = Vec::new();
        let mut lost = 0;
        for loan in loans.into_values().filter(|loan| loan.exclusive) {
            if clean || !loan.made {
                back.push(Open {
                    id: loan.id,
                    made: loan.made,
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
            let taken = self.take(session, needs.len(), &unfit).await?;
            let before = unfit.len();
            for ((name, need), open) in needs.iter().zip(&taken) {
                let held = match fits(session, open, **need).await {
                    Ok(held) => held,
                    Err(reason) => {
                        unfit.insert(open.id.clone(), reason);
                        continue;
                    }
                };
                let (id, made) = (open.id.clone(), open.made);
                let loan = Loan {
                    id,
                    document: None,
                    held,
                    exclusive: true,
                    made,
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
        state.free.extend(back);
        self.returned.notify_waiters();
    }

    /// Takes `count` open disputes: free ones, new ones where they can be made, else those that come back.
    async fn take(
        &self,
        session: &Session,
        count: usize,
        unfit: &BTreeMap<DisputeId, Refusal>,
    ) -> Result<Vec<Open>, Refusal> {
        loop {
            let returned = self.returned.notified();
            tokio::pin!(returned);
            returned.as_mut().enable();
            {
                let mut state = self.state.lock().await;
                let can_make = !session.target.charges.is_empty();
                // A dispute that the run made is known to be clear; one that was given may not be.
                let fits = |open: &Open| open.made || !can_make && !unfit.contains_key(&open.id);
                let at = |state: &State| state.free.iter().position(fits);
                let mut taken = Vec::new();
                while taken.len() < count {
                    let Some(index) = at(&state) else { break };
                    taken.push(state.free.remove(index));
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
                let known = taken.len() + state.lent;
                state.free.extend(taken);
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
            returned.await;
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
                Ok(id) => taken.push(Open { id, made: true }),
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
    async fn make(&self, session: &Session) -> Result<DisputeId, Refusal> {
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

    /// A dispute that is not worked on, and so can be anybody's at the same time.
    async fn shared(
        &self,
        session: &Session,
        need: Need,
        loans: &BTreeMap<String, Loan>,
    ) -> Result<Loan, Refusal> {
        let disputes = &session.target.disputes;
        let loan = |id: &DisputeId, document| Loan {
            id: id.clone(),
            document,
            held: None,
            exclusive: false,
            made: false,
        };
        let (status, with_document) = match need {
            Need::Open | Need::Empty => {
                return Err(Refusal::Missing("an open dispute is not shared".to_owned()));
            }
            Need::Foreign => {
                let missing =
                    || Refusal::Missing("needs a dispute of another account: [disputes] foreign".to_owned());
                return disputes
                    .foreign
                    .first()
                    .map(|id| loan(id, None))
                    .ok_or_else(missing);
            }
            Need::Another => {
                let known = [&disputes.pending, &disputes.won, &disputes.lost, &disputes.open]
                    .into_iter()
                    .flatten();
                let borrowed = |id: &DisputeId| loans.values().any(|loan| loan.id == *id);
                if let Some(id) = known.into_iter().find(|id| !borrowed(id)) {
                    return Ok(loan(id, None));
                }
                (DisputeStatus::Pending, false)
            }
            Need::Pending => (DisputeStatus::Pending, false),
            Need::Won => (DisputeStatus::Won, false),
            Need::Lost => (DisputeStatus::Lost, false),
            Need::PendingWithDocument => (DisputeStatus::Pending, true),
            Need::WonWithDocument => (DisputeStatus::Won, true),
            Need::LostWithDocument => (DisputeStatus::Lost, true),
        };
        let given = match status {
            DisputeStatus::Won => &disputes.won,
            DisputeStatus::Lost => &disputes.lost,
            _ => &disputes.pending,
        };
        for id in given {
            if !with_document {
                return Ok(loan(id, None));
            }
            if let Some(document) = documents(session, id).await?.into_iter().next() {
                return Ok(loan(id, Some(document)));
            }
        }
        if session.target.charges.is_empty() {
            let document = if with_document { " with a document" } else { "" };
            return Err(Refusal::Missing(format!(
                "needs a {status} dispute{document}: [disputes] {status}, or [charges] disputable"
            )));
        }
        let mut made = self.making.lock().await;
        if let Some(loan) = made.get(&status) {
            return Ok(loan.clone());
        }
        let fresh = self.make_locked(session, status).await?;
        made.insert(status, fresh.clone());
        Ok(fresh)
    }

    /// Makes a dispute with a document and moves it on.
    async fn make_locked(&self, session: &Session, status: DisputeStatus) -> Result<Loan, Refusal> {
        let id = self.make(session).await?;
        let upload = upload_of(session, &id);
        let body = prepare(session, &upload, "upload a document").await?;
        let document = body
            .get("id")
            .and_then(Node::as_str)
            .and_then(|id| id.parse().ok());
        let change = match status {
            DisputeStatus::Pending => session
                .request("PATCH", format!("/disputes/{id}"))
                .json(&json!({ "message": "The goods were delivered; see the documents." })),
            other => session
                .request("PATCH", format!("/disputes/{id}/close"))
                .json(&json!({ "status": other })),
        };
        prepare(session, &change, "move the dispute on").await?;
        Ok(Loan {
            id,
            document,
            held: None,
            exclusive: false,
            made: true,
        })
    }
}

/// What an open dispute holds, where it is as it is needed. One that the run made is known to be clear.
async fn fits(session: &Session, open: &Open, need: Need) -> Result<Option<BTreeSet<DocumentId>>, Refusal> {
    if open.made {
        return Ok(Some(BTreeSet::new()));
    }
    let most = if need == Need::Empty { 0 } else { MOST_DOCUMENTS };
    let held = match documents(session, &open.id).await {
        Ok(held) => held,
        // Whatever else is wrong with the list is for scenarios to find.
        Err(Refusal::Failed(_)) => return Ok(None),
        Err(refusal) => return Err(refusal),
    };
    if held.len() > most {
        let count = held.len();
        return Err(Refusal::Missing(format!(
            "needs an open dispute with at most {most} documents, {} has {count}",
            open.id
        )));
    }
    Ok(Some(held))
}
