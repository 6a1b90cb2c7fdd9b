//! Uploads that are all under way at the same time.

use std::{collections::BTreeSet, sync::Arc};

use rebuttal_model::{clause, json::Node};
use tokio::task::JoinSet;

use super::{
    action::Action,
    exec::{Execution, Stop},
    ledger::Difference,
};
use crate::{run::Session, scenario::Step};

impl Execution<'_> {
    /// Sends the upload of a step as often as it says, all at the same time, and judges every answer.
    pub(super) async fn at_once(&mut self, number: usize, step: &Step, action: &Action) -> Result<(), Stop> {
        let times = step.upload.as_ref().and_then(|upload| upload.times).unwrap_or(1);
        let mut under_way = JoinSet::new();
        for _ in 0..times {
            let session: Arc<Session> = Arc::clone(&self.context.session);
            let request = action.request.clone();
            under_way.spawn(async move { session.ask(&request, true, None).await });
        }
        let mut answers = Vec::new();
        // What was stored is remembered before anything is judged: a bad answer must not leave the rest behind.
        let mut failed = None;
        while let Some(joined) = under_way.join_next().await {
            let outcome = joined.map_err(|error| Stop::Error(error.to_string()))?;
            match self.receive(number, outcome) {
                Ok((at, seen)) => {
                    self.track(action, &seen).await;
                    answers.push((at, seen));
                }
                Err(why) => failed = Some(why),
            }
        }
        if let Some(why) = failed {
            return Err(why);
        }
        let mut ids = BTreeSet::new();
        for (at, seen) in answers {
            self.judge(at, step, &seen, action.success, Some(action))?;
            let id = seen
                .json
                .as_ref()
                .and_then(|json| json.get("id"))
                .and_then(Node::as_str);
            if let Some(id) = id.filter(|id| !ids.insert((*id).to_owned())) {
                let found = format!("{id}, as another upload of the same moment");
                let difference = Difference::new("/id", "an id of its own", found);
                self.ledger.miss(&clause::upload::DISTINCT_IDS, at, difference);
            }
        }
        Ok(())
    }
}
