//! The calls of a telephony gateway, over one stream: each is answered by itself as soon as it is safe.
//!
//! No call waits for another: whatever is under way goes to the store as it comes, and what queues there goes together. Nor
//! does any wait for the gateway: each is a task of its own, which goes on however long nobody reads its answer.

use futures::{
    FutureExt as _, StreamExt as _,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use identity::Principal;
use protocol::intake::v1::{
    CallRefusal, TakeCallRequest, TakeCallsRequest, TakeCallsResponse, take_calls_response::Outcome,
};
use store::Condition;
use tokio::{
    task::{JoinError, JoinSet},
    time::timeout,
};
use tonic::{Status, Streaming};
use tonic_types::StatusExt as _;

use super::{Services, taken};
use crate::{
    codes::ServerCode,
    limits::{CALLS_PER_STREAM_MAX, REQUEST_TIME_MAX},
    status::of_server,
    stream_end::StreamEnd,
};

/// Answers of a stream, and how it ends.
type Answers = BoxStream<'static, Result<TakeCallsResponse, Status>>;

/// Takes the calls of a stream, unless this node should take no gateways.
pub(super) fn take_all(
    services: Services,
    principal: Principal,
    calls: Streaming<TakeCallsRequest>,
) -> Result<Answers, Status> {
    let condition = services.room.holding.as_ref().map(|holding| holding.condition());
    if let Some(Condition::Sealed { .. }) = condition {
        let sentence = "the journal of this node takes nothing any more, so it takes no new gateways; open the stream on \
                        another node, or take calls one by one";
        return Err(of_server(ServerCode::JournalSealed, sentence, Vec::new()));
    }
    let end = StreamEnd::new(&services.ending, &principal).wait().boxed();
    let gateway = Gateway {
        services,
        principal,
        reading: Some(Reading { calls, end }),
        under_way: JoinSet::new(),
        end: None,
    };
    Ok(stream::unfold(gateway, |mut gateway| async move {
        let answer = gateway.next().await?;
        Some((answer, gateway))
    })
    .fuse()
    .boxed())
}

/// One gateway that brings calls.
struct Gateway {
    services: Services,
    principal: Principal,
    /// Absent once nothing more is read.
    reading: Option<Reading>,
    /// Ended with the stream: whoever brought them sends what was not answered again.
    under_way: JoinSet<TakeCallsResponse>,
    /// What the stream ends with once everything that was read is answered; absent for a good end.
    end: Option<Status>,
}

/// Where calls come from, and when that ends by itself.
struct Reading {
    calls: Streaming<TakeCallsRequest>,
    end: BoxFuture<'static, Status>,
}

impl Gateway {
    /// The next answer; nothing once all is answered and nothing more comes.
    async fn next(&mut self) -> Option<Result<TakeCallsResponse, Status>> {
        loop {
            let has_room = self.under_way.len() < CALLS_PER_STREAM_MAX;
            let Some(Reading { calls, end }) = &mut self.reading else {
                let answer = self.under_way.join_next().await.map(answered);
                return answer.or_else(|| self.end.take().map(Err));
            };
            let came = tokio::select! {
                biased;
                Some(ended) = self.under_way.join_next() => return Some(answered(ended)),
                why = end => Err(Some(why)),
                message = calls.message(), if has_room => match message {
                    Ok(message) => message.ok_or(None),
                    Err(status) => Err(Some(status)),
                },
            };
            match came {
                Ok(message) => {
                    let said = message.call.unwrap_or_default();
                    self.under_way.spawn(answer(self.services.clone(), self.principal.clone(), said));
                }
                Err(why) => {
                    self.reading = None;
                    self.end = why;
                }
            }
        }
    }
}

/// The answer of a task. One that panicked takes its stream with it: what of it was not answered is sent again.
fn answered(ended: Result<TakeCallsResponse, JoinError>) -> Result<TakeCallsResponse, Status> {
    ended.map_err(|_| {
        let sentence = "a mistake of the centre's own; what was not answered may or may not have been done";
        of_server(ServerCode::Internal, sentence, Vec::new())
    })
}

/// Takes one call and says what became of it, whatever that is.
async fn answer(services: Services, principal: Principal, said: TakeCallRequest) -> TakeCallsResponse {
    let request_id = said.request_id.clone();
    let outcome = match timeout(REQUEST_TIME_MAX, services.take(principal, said)).await {
        Ok(Ok((_, done))) => Outcome::Taken(taken(&done)),
        Ok(Err(status)) => Outcome::Refused(refusal(&status)),
        Err(_) => {
            let sentence = "this took too long and may or may not have been done; send it again with the same request id";
            Outcome::Refused(refusal(&of_server(ServerCode::TimedOut, sentence, Vec::new())))
        }
    };
    TakeCallsResponse { request_id, outcome: Some(outcome) }
}

/// A status as it stands in an answer on a stream: with every field that is wrong among its facts.
fn refusal(status: &Status) -> CallRefusal {
    let details = status.get_error_details();
    let (reason, mut metadata) = match details.error_info() {
        Some(info) => (info.reason.clone(), info.metadata.clone()),
        None => Default::default(),
    };
    for violation in details.bad_request().into_iter().flat_map(|request| &request.field_violations) {
        metadata.insert(violation.field.clone(), violation.description.clone());
    }
    CallRefusal { code: status.code().into(), reason, message: status.message().to_owned(), metadata }
}
