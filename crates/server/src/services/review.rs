//! Looking back: service levels, and past hours.

use std::time::Duration;

use domain::service_level::{Level, Measure, Norm, WINDOW_MAX};
use futures::{StreamExt as _, stream::BoxStream};
use jiff::Timestamp;
use protocol::{
    decode::Fields,
    encode,
    review::v1::{
        self as wire, GetServiceLevelsRequest, GetServiceLevelsResponse, ReviewChangesRequest,
        ReviewChangesResponse, review_service_server::ReviewService,
    },
};
use tokio::sync::mpsc;
use tonic::{Request, Response, Status};

use super::{
    Services,
    asking::{all, open},
};
use crate::{
    codes::ServerCode,
    limits::{LEVELS_WINDOW_MIN, LEVELS_WINDOW_USUAL, REVIEW_HEARD_WAIT, REVIEW_SPAN_MAX, REVIEWS_MAX},
    reviews::{self, Asked, Broken, Busy, PastFrame},
    status::of_server,
    stream_end::StreamEnd,
};

#[tonic::async_trait]
impl ReviewService for Services {
    async fn get_service_levels(
        &self,
        request: Request<GetServiceLevelsRequest>,
    ) -> Result<Response<GetServiceLevelsResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let window = window(&mut fields, said.window_s);
        let window = all(fields, || window)?;
        // whoever changed something a moment ago is told how it is since
        self.reader(principal).await;
        let now = self.room.clock.now();
        let levels = self.levels.levels(&self.room.centre, now, window).await;
        Ok(Response::new(GetServiceLevelsResponse {
            levels: levels.levels.iter().map(|(norm, level)| service_level(norm, level)).collect(),
            since: Some(encode::timestamp(levels.since)),
            counted_at: Some(encode::timestamp(now)),
            abandoned: levels.abandoned,
        }))
    }

    type ReviewChangesStream = BoxStream<'static, Result<ReviewChangesResponse, Status>>;

    async fn review_changes(
        &self,
        request: Request<ReviewChangesRequest>,
    ) -> Result<Response<Self::ReviewChangesStream>, Status> {
        let (principal, said) = open(request);
        let now = self.room.clock.now();
        let mut fields = Fields::new();
        let span = span(&mut fields, said, now);
        let (from, until) = all(fields, || span)?;
        let place = self.reviews.place(principal.name()).await.map_err(busy)?;
        let asked = Asked { reader: principal.name().to_owned(), from, until };
        self.has_heard().await?;
        let kept = self.reviews.kept().ok_or_else(|| not_kept(None))?;
        let frames = reviews::begin(kept, asked, place, self.room.store.clone());
        let end = StreamEnd::new(&self.ending, &principal);
        let (centre, reader) = (self.room.centre.clone(), principal.name().to_owned());
        let shown =
            move |frame: Result<PastFrame, Status>| frame.map(|frame| shown(&centre, &reader, &frame));
        Ok(Response::new(until_the_end(frames, end).map(shown).boxed()))
    }
}

impl Services {
    /// Waits until this node has heard what the store has: what was restricted a moment ago must not be told by a journal that
    /// does not know of it. A store that does not answer keeps nobody from looking at what this node has.
    async fn has_heard(&self) -> Result<(), Status> {
        let Ok(tip) = self.room.store.tip().await else { return Ok(()) };
        self.room.centre.reached(tip.number, REVIEW_HEARD_WAIT).await.map_err(|_| {
            let sentence = "this node has not heard yet of what happened last; ask again in a moment";
            of_server(ServerCode::ReviewNotKept, sentence, Vec::new())
        })
    }
}

/// Over how long is counted.
fn window(fields: &mut Fields, seconds: u32) -> Option<Duration> {
    let window = match seconds {
        0 => LEVELS_WINDOW_USUAL,
        seconds => Duration::from_secs(seconds.into()),
    };
    if (LEVELS_WINDOW_MIN..=WINDOW_MAX).contains(&window) {
        return Some(window);
    }
    fields.refuse("window_s", "is 60 to 86400, or 0 for an hour");
    None
}

/// From when until when.
fn span(fields: &mut Fields, said: ReviewChangesRequest, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let from = fields.required("from", said.from).and_then(|from| fields.time("from", Some(from)));
    let until = match said.until {
        None => Some(now),
        until @ Some(_) => fields.time("until", until).map(|until| until.min(now)),
    };
    let (from, until) = from.zip(until)?;
    let span = Duration::try_from(until.duration_since(from));
    match span {
        Ok(span) if span <= REVIEW_SPAN_MAX => Some((from, until)),
        Ok(_) => {
            fields.refuse("until", "is at most 12 hours after `from`; unset, it is now");
            None
        }
        Err(_) => {
            fields.refuse("from", "is before `until` and not in the future");
            None
        }
    }
}

fn not_kept(since: Option<Timestamp>) -> Status {
    match since {
        Some(since) => {
            let sentence =
                format!("this node keeps the past since {since}; ask from then on, or another node");
            of_server(ServerCode::ReviewNotKept, sentence, vec![("kept_since", since.to_string())])
        }
        None => of_server(ServerCode::ReviewNotKept, "this node keeps nothing of the past", Vec::new()),
    }
}

fn busy(busy: Busy) -> Status {
    let (sentence, allowed) = match busy {
        Busy::Caller => ("you look back already; end that first", 1),
        Busy::Node => ("as many look back on this node as may at once; try again in a minute", REVIEWS_MAX),
    };
    of_server(ServerCode::TooManyReviews, sentence, vec![("allowed", allowed.to_string())])
}

fn broken(broken: &Broken) -> Status {
    match broken {
        Broken::NotKept { since } => not_kept(Some(*since)),
        Broken::Past(_) | Broken::Journal(_) => {
            of_server(ServerCode::ReviewNotKept, domain::causes::with_causes(broken), Vec::new())
        }
    }
}

/// Frames until there are no more, or until the stream must end, and then why.
fn until_the_end(
    frames: mpsc::Receiver<Result<PastFrame, Broken>>,
    end: StreamEnd,
) -> impl futures::Stream<Item = Result<PastFrame, Status>> + Send {
    let end = Box::pin(end.wait());
    futures::stream::unfold(Some((frames, end)), |state| async move {
        let (mut frames, mut end) = state?;
        tokio::select! {
            biased;
            why = &mut end => Some((Err(why), None)),
            frame = frames.recv() => match frame? {
                Ok(frame) => Some((Ok(frame), Some((frames, end)))),
                Err(why) => Some((Err(broken(&why)), None)),
            },
        }
    })
}

fn shown(centre: &centre::Centre, reader: &str, frame: &PastFrame) -> ReviewChangesResponse {
    let records = frame.body.records.iter();
    let records = records.filter(|held| !reviews::is_withheld_now(centre, &held.record, reader));
    ReviewChangesResponse {
        lineage: frame.after.lineage.to_string(),
        after: frame.after.number.0,
        through: frame.through.0,
        reset: frame.reset,
        incomplete: frame.incomplete,
        records: records.filter_map(|held| encode::record(&held.record, held.version)).collect(),
        at: Some(encode::timestamp(frame.at)),
        actor: frame.actor.clone(),
        cause: frame.cause.clone(),
        left: frame.body.left.iter().filter_map(encode::record_key).collect(),
    }
}

fn service_level(norm: &Norm, level: &Level) -> wire::ServiceLevel {
    let measure = match norm.measure {
        Measure::Answer => wire::Measure::Answer,
        Measure::Dispatch => wire::Measure::Dispatch,
        Measure::DeskReceipt => wire::Measure::DeskReceipt,
        Measure::CrewReceipt => wire::Measure::CrewReceipt,
    };
    // a delay between two times that can be written can be written too
    let duration = |took: Duration| prost_types::Duration::try_from(took).unwrap_or_default();
    wire::ServiceLevel {
        norm_id: norm.id.to_owned(),
        source: norm.source.to_owned(),
        measure: measure.into(),
        limit_s: norm.limit.0,
        aim_per_mille: norm.aim_per_mille.into(),
        decided: level.decided,
        within: level.within,
        waiting: level.waiting,
        waiting_late: level.waiting_late,
        next_breach_at: level.next_breach_at.map(encode::timestamp),
        late_allowed: level.late_allowed,
        median: level.median.map(duration),
        ninetieth: level.ninetieth.map(duration),
    }
}
