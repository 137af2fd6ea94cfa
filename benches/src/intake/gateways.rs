//! Those who bring calls to a centre: each with a connection and an identity of its own, by single requests or over a stream.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use futures::StreamExt as _;
use identity::Role;
use protocol::intake::v1::{
    TakeCallResponse, TakeCallsRequest, TakeCallsResponse, intake_service_client::IntakeServiceClient,
    take_calls_response::Outcome,
};
use tokio::sync::{mpsc, oneshot};
use tonic::{
    Request, Streaming,
    metadata::{Ascii, MetadataValue},
    transport::Channel,
};

use super::{
    call::{id, request},
    kezek::Way,
};
use crate::{
    node::{Node, plain_channel},
    side::{Asked, Fault, Target},
};

/// How many there are: a centre takes 128 requests at once on one connection and 64 connections of one identity, so eight of
/// each stand in the way of nothing that is measured.
const GATEWAYS: usize = 8;

/// Calls that a gateway may have handed over to its connection and not sent.
const HANDED_OVER_MAX: usize = 128;

/// Those who bring calls.
pub(crate) struct Gateways(Vec<Gateway>);

/// One of them.
enum Gateway {
    /// Each call is a request of its own.
    Unary { client: IntakeServiceClient<Channel>, token: MetadataValue<Ascii> },
    /// All go over one stream.
    Stream(Arc<Carried>),
}

/// A stream of calls, and who waits for what becomes of each.
struct Carried {
    calls: mpsc::Sender<TakeCallsRequest>,
    waiting: Mutex<HashMap<String, oneshot::Sender<Result<TakeCallResponse, Fault>>>>,
}

impl Gateways {
    /// Connects all of them.
    ///
    /// # Errors
    /// The centre does not let them in.
    pub(crate) async fn connect(node: &Node, way: Way) -> Result<Self, Fault> {
        let mut gateways = Vec::new();
        for number in 1..=GATEWAYS {
            let token = node.token(&format!("gateway-{number}"), Role::Integration)?;
            let client = IntakeServiceClient::new(plain_channel(node.address).await?);
            gateways.push(match way {
                Way::Unary | Way::WithoutJournal => Gateway::Unary { client, token },
                Way::Stream => Gateway::Stream(Carried::open(client, token).await?),
            });
        }
        Ok(Self(gateways))
    }

    /// Brings so many calls one after the other and then one more, which is answered.
    ///
    /// # Errors
    /// One of them is not taken.
    pub(crate) async fn first_takes(&self, before: u64) -> Result<TakeCallResponse, Fault> {
        for number in 0..before {
            self.take(number).await?;
        }
        self.take(before).await
    }

    fn take(&self, number: u64) -> impl Future<Output = Result<TakeCallResponse, Fault>> + Send + use<> {
        let turn = usize::try_from(number % GATEWAYS as u64).expect("there are few gateways");
        let said = request(number);
        let taking = match &self.0[turn] {
            Gateway::Unary { client, token } => {
                let mut asked = Request::new(said);
                asked.metadata_mut().insert("authorization", token.clone());
                Ok((client.clone(), asked))
            }
            Gateway::Stream(carried) => Err((Arc::clone(carried), said)),
        };
        async move {
            match taking {
                Ok((mut client, asked)) => {
                    let answer = client.take_call(asked).await;
                    answer.map(tonic::Response::into_inner).map_err(|status| refused(&status))
                }
                Err((carried, said)) => {
                    let (answer, told) = oneshot::channel();
                    carried.waiting().insert(said.request_id.clone(), answer);
                    let sent = carried.calls.send(TakeCallsRequest { call: Some(said) }).await;
                    sent.map_err(Fault::at("send a call"))?;
                    told.await.map_err(Fault::at("wait for what became of a call"))?
                }
            }
        }
    }
}

impl Target for Gateways {
    fn ask(&self, number: u64) -> Asked {
        let taking = self.take(number);
        Box::pin(async move { id(&taking.await?.call_id) })
    }
}

impl Carried {
    async fn open(
        mut client: IntakeServiceClient<Channel>,
        token: MetadataValue<Ascii>,
    ) -> Result<Arc<Self>, Fault> {
        let (calls, mut to_send) = mpsc::channel(HANDED_OVER_MAX);
        let carried = Arc::new(Self { calls, waiting: Mutex::default() });
        let brought = futures::stream::poll_fn(move |context| to_send.poll_recv(context));
        let mut asked = Request::new(brought);
        asked.metadata_mut().insert("authorization", token);
        let answers = client.take_calls(asked).await.map_err(|status| refused(&status))?.into_inner();
        tokio::spawn(Arc::clone(&carried).hear(answers));
        Ok(carried)
    }

    /// Tells each who waits what became of their call, until the stream ends: then nobody waits any more.
    async fn hear(self: Arc<Self>, mut answers: Streaming<TakeCallsResponse>) {
        while let Some(Ok(answer)) = answers.next().await {
            let Some(waiting) = self.waiting().remove(&answer.request_id) else { continue };
            let told = match answer.outcome {
                Some(Outcome::Taken(taken)) => Ok(taken),
                Some(Outcome::Refused(refused)) => {
                    Err(Fault(format!("{}: {}", refused.reason, refused.message)))
                }
                None => Err(Fault("an answer that says nothing".to_owned())),
            };
            // whoever waited may have gone
            let _gone = waiting.send(told);
        }
        self.waiting().clear();
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<String, oneshot::Sender<Result<TakeCallResponse, Fault>>>> {
        self.waiting.lock().expect("nothing panics while it holds who waits")
    }
}

/// A refusal without its details, which differ from one to the next.
pub(crate) fn refused(status: &tonic::Status) -> Fault {
    Fault(format!("{:?}: {}", status.code(), status.message()))
}
