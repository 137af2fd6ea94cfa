//! The restore of a store on Redis: what is offered, put back and ended.

use std::time::Duration;

use domain::OperationId;
use redis::cmd;
use store::{
    Change, Ended, Ending, Lineage, Offer, Progress, PutBack, Refusal, Restoring, StoreError, check_ending,
    check_put_back, limits,
};

use super::RedisStore;
use crate::{codec, fault::Effect, keys::Keys, library};

impl RedisStore {
    pub(super) async fn send_offer(&self, offer: Offer) -> Result<Restoring, StoreError> {
        offer.check()?;
        let Keys { head, changes, trail, restoring, .. } = &*self.keys;
        let mut call = cmd("FCALL");
        call.arg(library::OFFER).arg(4).arg(head).arg(changes).arg(trail).arg(restoring);
        call.arg(offer.node).arg(offer.lineage.to_string()).arg(offer.first.0).arg(offer.last.0);
        call.arg(offer.operation.to_string()).arg(self.offer_counts_ms()).arg(limits::OFFERING_NODES_MAX);
        let mut reply = self.list(call, Effect::Writes, library::OFFER).await?;
        let word = reply.text()?;
        match word.as_str() {
            "forked" => Ok(Restoring::Forked { tip: reply.cursor()? }),
            "whole" => Ok(Restoring::Whole { tip: reply.cursor()? }),
            "under_way" => codec::progress(reply).map(Restoring::UnderWay),
            "other" => {
                let tip = reply.cursor()?;
                let restoring = if reply.is_empty() { None } else { Some(reply.lineage()?) };
                Ok(Restoring::Other { tip, restoring })
            }
            "crowded" => {
                let found = reply.parsed("a count of nodes")?;
                let limit = limits::OFFERING_NODES_MAX;
                Err(Refusal::Limit { what: "nodes that offer changes", found, limit }.into())
            }
            other => reply.unexpected(other),
        }
    }

    pub(super) async fn read_restoring(&self) -> Result<Option<Progress>, StoreError> {
        let Keys { head, restoring, .. } = &*self.keys;
        let mut call = cmd("FCALL_RO");
        call.arg(library::RESTORING).arg(2).arg(head).arg(restoring).arg(self.offer_counts_ms());
        let mut reply = self.list(call, Effect::Reads, library::RESTORING).await?;
        let word = reply.text()?;
        match word.as_str() {
            "none" => Ok(None),
            "under_way" => codec::progress(reply).map(Some),
            other => reply.unexpected(other),
        }
    }

    pub(super) async fn send_put_back(
        &self,
        lineage: Lineage,
        after: Option<OperationId>,
        changes: Vec<Change>,
    ) -> Result<PutBack, StoreError> {
        check_put_back(&changes)?;
        let call = codec::put_back(&self.keys, lineage, after, &changes, &self.retention);
        let mut reply = self.list(call, Effect::Writes, library::PUT_BACK).await?;
        let word = reply.text()?;
        match word.as_str() {
            "done" => Ok(PutBack::Done { number: reply.version()? }),
            "forked" => Ok(PutBack::Forked { number: reply.version()? }),
            "elsewhere" => Ok(PutBack::Elsewhere { number: reply.version()? }),
            "not_restoring" => Ok(PutBack::NotRestoring { tip: reply.cursor()? }),
            other => reply.unexpected(other),
        }
    }

    pub(super) async fn send_end_restore(
        &self,
        lineage: Lineage,
        ending: Ending,
        grace: Duration,
    ) -> Result<Ended, StoreError> {
        check_ending(lineage, ending)?;
        let (how, next) = match ending {
            Ending::Whole => ("whole", lineage),
            Ending::Under { new } => ("under", new),
        };
        let Keys { head, restoring, .. } = &*self.keys;
        let mut call = cmd("FCALL");
        call.arg(library::END_RESTORE).arg(2).arg(head).arg(restoring);
        call.arg(lineage.to_string()).arg(how).arg(next.to_string());
        call.arg(codec::whole_milliseconds(grace)).arg(self.offer_counts_ms());
        let mut reply = self.list(call, Effect::Writes, library::END_RESTORE).await?;
        let word = reply.text()?;
        match word.as_str() {
            "over" => Ok(Ended::Over { tip: reply.cursor()? }),
            "not_yet" => codec::progress(reply).map(Ended::NotYet),
            other => reply.unexpected(other),
        }
    }

    fn offer_counts_ms(&self) -> i64 {
        codec::whole_milliseconds(self.retention.offer_fresh_for)
    }
}
