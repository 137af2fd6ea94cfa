//! One turn: calls come, and it is over when a desk has seen for each whom the centre sent.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use identity::Role;
use protocol::{
    intake::v1::{TakeCallRequest, intake_service_client::IntakeServiceClient},
    record::v1::{Location, LocationMethod, Position},
};
use tonic::{
    Request,
    metadata::{Ascii, MetadataValue},
    transport::Channel,
};
use uuid::Uuid;

use super::{
    MEMORY, TAKEN_P50, TAKEN_P99, WHOLE_P99,
    desks::{Seen, attend},
};
use crate::{
    city::{self, Size},
    figures::{Figure, Verdict, count},
    intake::gateways::refused,
    load::{bear_from, histogram, record},
    node::{Journal, Node, Serving, Setup, plain_channel},
    plan::{Pace, Turn},
    processes::resident_mib,
    side::{Asked, Fault, Target, Watched},
};

/// Connections that bring calls.
const GATEWAYS: usize = 8;

/// Streams beside the desks'.
const STREAMS_MAX: usize = 256;

/// How long a board may take to show a shift that begins, and the last call to be served.
const SHIFT: Duration = Duration::from_secs(120);
const GRACE: Duration = Duration::from_secs(30);

/// The first half of the name of every request made here.
const REQUESTS: u128 = 0x0190_d15b_0000_7000_8000_0000_0000_0000;

/// Takes calls at the turn's rate in a centre of this size.
///
/// # Errors
/// The centre cannot be started or does not show its own units.
pub(crate) async fn send(
    serving: &Serving,
    size: Size,
    turn: Turn,
    pace: &Pace,
    round: u32,
) -> Result<Figure, Fault> {
    let folder = tempfile::tempdir().map_err(Fault::at("make a folder"))?;
    city::write_directory(folder.path(), size.units)?;
    let setup = Setup {
        directory: folder.path().to_path_buf(),
        centre: city::CENTRE,
        streams_max: Some(STREAMS_MAX),
        journal: Journal::Anywhere,
    };
    let node = Node::start(serving, &setup).await?;
    let last = city::begin_shift(&node.store, size).await?;
    let seen = Arc::new(Seen::default());
    let _desks = attend(&node, &seen).await?;
    if !seen.all_through(last, SHIFT).await {
        return Err(Fault("the board does not show the shift".to_owned()));
    }
    let callers = Arc::new(Callers::connect(&node).await?);
    let mut watched = node.processes();
    let server = watched.iter().find(|process| process.name == "server").copied();
    watched.push(Watched { name: "asking", pid: std::process::id() });

    let begin = Instant::now();
    let borne = bear_from(begin, Arc::clone(&callers) as _, turn.load, pace, &watched).await;
    let taken = std::mem::take(&mut *callers.taken.lock().expect("nothing panics while it notes"));
    let incidents: HashSet<String> = taken.iter().map(|taken| taken.incident.clone()).collect();
    // what is missing then is counted below
    let _all = seen.all_sent(&incidents, GRACE).await;

    let mut latency_us = histogram();
    let mut whole_us = histogram();
    let mut sent = 0;
    for Taken { incident, asked, at } in &taken {
        let Some(seen_at) = seen.sent_to(incident) else { continue };
        sent += 1;
        if *asked >= begin + pace.warm {
            record(&mut latency_us, seen_at.saturating_duration_since(*at));
            record(&mut whole_us, seen_at.saturating_duration_since(*asked));
        }
    }
    let acknowledged = taken.len() as u64;
    let worked = watched.iter().zip(&borne.worked);
    let work_us = worked.map(|(process, worked)| {
        let each = worked.filter(|_| borne.acknowledged > 0);
        (process.name, each.map(|worked| worked.as_secs_f64() * 1e6 / count(borne.acknowledged)))
    });
    Ok(Figure {
        round,
        load: turn.load,
        side: turn.side,
        per_second: count(borne.acknowledged) / borne.measured.as_secs_f64(),
        work_us: work_us.collect(),
        verdict: Verdict {
            sent: borne.sent,
            acknowledged,
            kept: Some(sent),
            lost: acknowledged - sent,
            double: seen.again(),
            unasked: 0,
            unanswered: borne.sent.saturating_sub(acknowledged + borne.failed()),
        },
        beside: beside(&borne.latency_us, &whole_us, server),
        latency_us,
        lateness_us: borne.lateness_us,
        failures: borne.failures,
        own_changes: None,
    })
}

fn beside(
    taken_us: &Histogram<u64>,
    whole_us: &Histogram<u64>,
    server: Option<Watched>,
) -> BTreeMap<&'static str, f64> {
    let ms = |histogram: &Histogram<u64>, percent| count(histogram.value_at_percentile(percent)) / 1_000.0;
    let mut beside: BTreeMap<&'static str, f64> =
        [(TAKEN_P50, ms(taken_us, 50.0)), (TAKEN_P99, ms(taken_us, 99.0)), (WHOLE_P99, ms(whole_us, 99.0))]
            .into();
    if let Some((_, most)) = server.and_then(|server| resident_mib(server.pid)) {
        beside.insert(MEMORY, most);
    }
    beside
}

/// A call that was acknowledged.
struct Taken {
    incident: String,
    asked: Instant,
    at: Instant,
}

/// Those who bring calls.
struct Callers {
    clients: Vec<IntakeServiceClient<Channel>>,
    token: MetadataValue<Ascii>,
    taken: Arc<Mutex<Vec<Taken>>>,
}

impl Callers {
    async fn connect(node: &Node) -> Result<Self, Fault> {
        let mut clients = Vec::new();
        for _ in 0..GATEWAYS {
            clients.push(IntakeServiceClient::new(plain_channel(node.address).await?));
        }
        let token = node.token("gateway", Role::Integration)?;
        Ok(Self { clients, token, taken: Arc::default() })
    }
}

impl Target for Callers {
    fn ask(&self, number: u64) -> Asked {
        let turn = usize::try_from(number % GATEWAYS as u64).expect("there are few connections");
        let mut client = self.clients[turn].clone();
        let mut request = Request::new(call(number));
        request.metadata_mut().insert("authorization", self.token.clone());
        let taken = Arc::clone(&self.taken);
        Box::pin(async move {
            let asked = Instant::now();
            let answer = client.take_call(request).await.map_err(|status| refused(&status))?.into_inner();
            let incident = answer.incident_id;
            taken.lock().expect("nothing panics while it notes").push(Taken {
                incident,
                asked,
                at: Instant::now(),
            });
            Ok(number.into())
        })
    }
}

/// A burglary, every one elsewhere and from another caller.
fn call(number: u64) -> TakeCallRequest {
    let (latitude, longitude) = city::place(number);
    TakeCallRequest {
        request_id: Uuid::from_u128(REQUESTS | u128::from(number)).to_string(),
        caller_number: format!("+996 555 {:06}", number % 1_000_000),
        location: Some(Location {
            position: Some(Position { latitude, longitude }),
            uncertainty_m: Some(40),
            method: LocationMethod::Aml.into(),
            ..Location::default()
        }),
        incident_type_id: city::TYPE.to_owned(),
        narrative: "Дверь взломана, в квартире кто-то есть".to_owned(),
        source: "telephone".to_owned(),
        ..TakeCallRequest::default()
    }
}

/// One turn, for whoever waits.
pub(crate) fn line(figure: &Figure) -> String {
    let wrong = if figure.verdict.is_clean() { "" } else { "  NOT ALL AS IT SHOULD BE" };
    let ms = |percent| figure.latency_ms(percent).map_or_else(|| "-".to_owned(), |ms| format!("{ms:.2}"));
    let work: Vec<String> = figure
        .work_us
        .iter()
        .filter_map(|(process, work)| work.map(|work| format!("{process} {work:.0}")))
        .collect();
    let beside: Vec<String> =
        figure.beside.iter().map(|(name, value)| format!("{name} {value:.2}")).collect();
    format!(
        "round {}  {:<10} {:<14} {:>6.0}/s  p50 {} ms  p99 {} ms  us each: {}  {}{wrong}",
        figure.round,
        figure.load.to_string(),
        figure.side,
        figure.per_second,
        ms(50.0),
        ms(99.0),
        work.join(", "),
        beside.join(", "),
    )
}
