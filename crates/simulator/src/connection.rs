//! Reaching a centre as one of its people: a token of one's own, a history of one's own, and the same request id
//! until the answer is known.
//!
//! A timeout, a broken connection and "unavailable" mean that the outcome is unknown: the request is sent again as it
//! was. "Aborted" means that others were faster and nothing was done: it is sent again too. Any other refusal is the
//! answer.

mod asks;
mod evidence;
mod tally;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::{CentreId, StationId, UnitId};
use identity::{
    Claims, Role,
    demo::{DemoKeys, Terms},
};
use jiff::Timestamp;
use tokio::time::{Instant, sleep, timeout};
use tonic::{
    Code, Request, Status,
    metadata::MetadataValue,
    transport::{Channel, Endpoint},
};
use tonic_types::StatusExt as _;

pub use asks::{Ask, BoxedAnswer};
pub use evidence::Evidence;
pub(crate) use tally::is_conflict;
pub use tally::{Tally, TallyCounts};

use crate::{
    history::{Client, Entry, Event, Histories},
    pace::{CentreClock, Pace},
};

/// How long one attempt may take: twice what a centre allows itself, and a kill is noticed in seconds.
const ATTEMPT: Duration = Duration::from_secs(5);

/// How long a person tries to get through before giving up: a centre that is away for longer is a failed run.
const PATIENCE: Duration = Duration::from_secs(120);

/// First pause before trying again, doubled until [`PAUSE_MAX`].
const PAUSE_MIN: Duration = Duration::from_millis(20);

/// Longest pause between attempts.
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// A token is used for this long and then made anew: half of the shortest life a centre may ask for.
const TOKEN_AGE_MAX: Duration = Duration::from_secs(120);

/// How many people share one connection: a centre allows 128 streams on one.
const PEOPLE_PER_CONNECTION: usize = 24;

/// Makes a token for somebody.
pub type Minter = Arc<dyn Fn(&Claims) -> Result<String, String> + Send + Sync>;

/// A minter from demo keys: tokens of a quarter of an hour, issued at the time of the system's clock.
pub fn demo_minter(keys: DemoKeys, issuer: impl Into<String>, audience: impl Into<String>) -> Minter {
    let (issuer, audience) = (issuer.into(), audience.into());
    Arc::new(move |claims| {
        let terms = Terms {
            issuer: issuer.clone(),
            audience: audience.clone(),
            token_id: None,
            issued_at: Timestamp::now(),
            lifetime_seconds: 900,
        };
        keys.sign(claims, &terms).map_err(|error| error.to_string())
    })
}

/// Why a request came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The centre refused; nothing was done.
    #[error("{method} was refused: {code:?} {reason}")]
    Refused {
        /// Which method.
        method: &'static str,
        /// The gRPC code.
        code: Code,
        /// The centre's word for it, or its message where it gave none.
        reason: String,
    },
    /// The centre could not be reached for longer than anybody waits: the outcome is unknown.
    #[error("{method} was given up: {last}")]
    GivenUp {
        /// Which method.
        method: &'static str,
        /// What came last.
        last: String,
    },
    /// No token could be made.
    #[error("no token: {0}")]
    NoToken(String),
}

/// How to reach a centre, for all its people.
#[derive(Clone)]
pub struct Access {
    endpoint: Endpoint,
    centre: CentreId,
    minter: Minter,
    pace: Pace,
    clock: CentreClock,
    histories: Histories,
    tally: Arc<Tally>,
    channels: Arc<Mutex<(usize, Option<Channel>)>>,
}

impl Access {
    /// People who reach the centre at `endpoint` and write their histories there.
    pub fn new(
        endpoint: Endpoint,
        centre: CentreId,
        minter: Minter,
        pace: Pace,
        histories: Histories,
    ) -> Self {
        let endpoint = endpoint
            .connect_timeout(Duration::from_secs(2))
            .http2_keep_alive_interval(Duration::from_secs(10))
            .keep_alive_timeout(Duration::from_secs(5))
            .keep_alive_while_idle(true)
            .tcp_nodelay(true);
        let clock = CentreClock::new(pace);
        let (tally, channels) = (Arc::default(), Arc::default());
        Self { endpoint, centre, minter, pace, clock, histories, tally, channels }
    }

    /// How fast the centre's clock runs.
    pub const fn pace(&self) -> Pace {
        self.pace
    }

    /// The centre's clock.
    pub const fn clock(&self) -> &CentreClock {
        &self.clock
    }

    /// The histories of all people.
    pub const fn histories(&self) -> &Histories {
        &self.histories
    }

    /// What was asked and answered so far.
    pub fn tally(&self) -> TallyCounts {
        self.tally.counts()
    }

    /// An operator, at a desk that bears the same name.
    pub fn operator(&self, name: &str) -> Person {
        self.person(Claims { desk: Some(name.to_owned()), ..self.claims(name, Role::Operator) })
    }

    /// The duty officer of a station.
    pub fn duty_officer(&self, station: &StationId) -> Person {
        let name = format!("duty-{station}");
        self.person(Claims { station: Some(station.clone()), ..self.claims(&name, Role::DutyOfficer) })
    }

    /// The crew of a unit.
    pub fn crew(&self, unit: &UnitId) -> Person {
        let name = format!("crew-{unit}");
        self.person(Claims { unit: Some(unit.clone()), ..self.claims(&name, Role::Crew) })
    }

    fn claims(&self, name: &str, role: Role) -> Claims {
        Claims {
            name: name.to_owned(),
            role,
            centre: self.centre.clone(),
            desk: None,
            station: None,
            unit: None,
        }
    }

    fn person(&self, claims: Claims) -> Person {
        let history = self.histories.client(&claims.name);
        Person { access: self.clone(), channel: self.channel(), claims, token: Mutex::default(), history }
    }

    /// A connection, shared by a limited number of people.
    fn channel(&self) -> Channel {
        let mut channels = self.channels.lock().expect("nothing panics while it holds the connections");
        let (people, shared) = &mut *channels;
        if *people % PEOPLE_PER_CONNECTION == 0 {
            *shared = None;
        }
        *people += 1;
        shared.get_or_insert_with(|| self.endpoint.connect_lazy()).clone()
    }
}

/// One of the centre's people.
pub struct Person {
    access: Access,
    channel: Channel,
    claims: Claims,
    token: Mutex<Option<(String, Instant)>>,
    history: Client,
}

impl Person {
    /// How everybody reaches the centre.
    pub const fn access(&self) -> &Access {
        &self.access
    }

    /// The name in the token.
    pub fn name(&self) -> &str {
        &self.claims.name
    }

    /// The person's connection.
    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// A request with the person's token.
    ///
    /// # Errors
    /// [`Failure::NoToken`].
    pub fn signed<Q>(&self, message: Q) -> Result<Request<Q>, Failure> {
        let token = self.token()?;
        let value = MetadataValue::try_from(format!("Bearer {token}"))
            .map_err(|_| Failure::NoToken("it has characters that no header may have".to_owned()))?;
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", value);
        Ok(request)
    }

    /// The next request is signed with a new token: the present one was not accepted.
    pub fn renew_token(&self) {
        *self.token.lock().expect("nothing panics while it holds the token") = None;
    }

    fn token(&self) -> Result<String, Failure> {
        let mut held = self.token.lock().expect("nothing panics while it holds the token");
        if let Some((token, made)) = held.as_ref()
            && made.elapsed() < TOKEN_AGE_MAX
        {
            return Ok(token.clone());
        }
        let token = (self.access.minter)(&self.claims).map_err(Failure::NoToken)?;
        *held = Some((token.clone(), Instant::now()));
        Ok(token)
    }

    /// Asks until the answer is known.
    ///
    /// # Errors
    /// [`Failure`]: refused, or given up.
    pub async fn ask<Q: Ask>(&self, request: Q) -> Result<Q::Answer, Failure> {
        let id = request.request_id().map(str::to_owned);
        self.record::<Q>(id.as_deref(), || Event::Invoked { call: request.said() });
        let started = Instant::now();
        let mut pause = PAUSE_MIN;
        loop {
            let status = match self.attempt(request.clone()).await? {
                Ok(answer) => {
                    self.answered::<Q>(id.as_deref(), &answer);
                    return Ok(answer);
                }
                Err(status) => status,
            };
            let last = format!("{:?} {}", status.code(), status.message());
            match reaction(status.code()) {
                Reaction::Refused => return Err(self.refused::<Q>(id.as_deref(), &status)),
                Reaction::NewToken => self.renew_token(),
                Reaction::Conflict => self.access.tally.conflict(),
                Reaction::Unknown => {
                    self.access.tally.unknown();
                    self.record::<Q>(id.as_deref(), || Event::Unknown { what: last.clone() });
                }
            }
            if started.elapsed() > PATIENCE {
                return Err(Failure::GivenUp { method: Q::METHOD, last });
            }
            sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    /// One attempt.
    async fn attempt<Q: Ask>(&self, request: Q) -> Result<Result<Q::Answer, Status>, Failure> {
        let request = self.signed(request)?;
        self.access.tally.sent();
        let answer = timeout(ATTEMPT, Q::send(self.channel(), request)).await;
        Ok(answer
            .unwrap_or_else(|_| Err(Status::deadline_exceeded("no answer in time")))
            .map(tonic::Response::into_inner))
    }

    fn answered<Q: Ask>(&self, id: Option<&str>, answer: &Q::Answer) {
        if id.is_none() {
            return;
        }
        let evidence = answer.evidence();
        self.access.tally.answered(evidence.repeated);
        self.record::<Q>(id, || Event::Ok { answer: evidence });
    }

    fn refused<Q: Ask>(&self, id: Option<&str>, status: &Status) -> Failure {
        let code = status.code();
        let named = status.get_error_details().error_info().map(|info| info.reason.clone());
        let reason = named.unwrap_or_else(|| status.message().to_owned());
        if id.is_some() {
            self.access.tally.refused(&reason);
        }
        self.record::<Q>(id, || Event::Refused { code: format!("{code:?}"), reason: reason.clone() });
        Failure::Refused { method: Q::METHOD, code, reason }
    }

    /// Records an event of a request that changes something; one that only reads is nobody's evidence.
    fn record<Q: Ask>(&self, id: Option<&str>, event: impl FnOnce() -> Event) {
        if let Some(id) = id {
            let (request, method) = (id.to_owned(), Q::METHOD.to_owned());
            self.history.record(Entry { request, method, event: event() });
        }
    }
}

/// What a code asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reaction {
    /// It is the answer.
    Refused,
    /// Make a new token and send again.
    NewToken,
    /// Others were faster and nothing was done: send again.
    Conflict,
    /// It may have been done: send again.
    Unknown,
}

/// What to do about a code.
const fn reaction(code: Code) -> Reaction {
    match code {
        Code::Unauthenticated => Reaction::NewToken,
        Code::Aborted => Reaction::Conflict,
        Code::Unavailable
        | Code::DeadlineExceeded
        | Code::Unknown
        | Code::Internal
        | Code::Cancelled
        | Code::ResourceExhausted
        | Code::DataLoss => Reaction::Unknown,
        Code::Ok
        | Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::FailedPrecondition
        | Code::OutOfRange
        | Code::Unimplemented => Reaction::Refused,
    }
}
