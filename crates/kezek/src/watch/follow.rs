//! Follows a centre: connects, resumes where it was, says how old the picture is, until it is told to stop.

use std::io::IsTerminal;
use std::pin::Pin;
use std::time::{Duration, Instant};

use clap::Args;
use jiff::Timestamp;
use protocol::watch::v1::{Scope, View, WatchRequest, WatchResponse, scope};
use tokio::time::MissedTickBehavior;
use tonic::{Code, Status, Streaming};

use crate::failure::Failure;
use crate::inputs::incident_id;
use crate::json;
use crate::names::Names;
use crate::output::{Output, Paint, note, print};
use crate::screen::Screen;
use crate::session::{Session, Target};
use crate::show::Light;
use crate::watch::board::{board, limits};
use crate::watch::lines::lines;
use crate::watch::link::{LOST_AFTER, Link};
use crate::watch::picture::Picture;

/// The board is drawn anew this often: ages and countdowns run in seconds.
const REDRAW_EVERY: Duration = Duration::from_secs(1);

/// The pause before the second attempt to reconnect; it doubles up to the longest.
const PAUSE_FIRST: Duration = Duration::from_millis(250);

/// The longest pause between two attempts to reconnect.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// How long it may take to connect and to be given a stream.
const SUBSCRIBED_WITHIN: Duration = Duration::from_secs(15);

/// What is watched and how it is shown.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Watch {
    /// Only what concerns this station
    #[arg(long, conflicts_with_all = ["unit", "incident"])]
    station: Option<String>,
    /// Only what concerns this unit: its callsign or id
    #[arg(long, conflicts_with = "incident")]
    unit: Option<String>,
    /// Only this incident: its number or id
    #[arg(long)]
    incident: Option<String>,
    /// Without callers' numbers and words, notes and names of crews
    #[arg(long)]
    redacted: bool,
    /// Print the present board and end
    #[arg(long)]
    once: bool,
    /// Print a line per change even on a terminal
    #[arg(long, conflicts_with = "once")]
    lines: bool,
}

/// How it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// The board, drawn anew in place.
    Board,
    /// The board, once.
    Once,
    /// A line per change.
    Lines,
    /// Frames as JSON lines.
    Json,
    /// The frames of one whole picture as JSON lines.
    JsonOnce,
}

/// Follows until Ctrl-C.
pub(crate) async fn run(target: &Target, output: Output, wanted: Watch) -> Result<(), Failure> {
    let session = Session::open(target, output).await?;
    let question = question(&session, &wanted).await?;
    let manner = match (output.is_json(), wanted.once) {
        (true, true) => Manner::JsonOnce,
        (true, false) => Manner::Json,
        (false, true) => Manner::Once,
        (false, false) if wanted.lines || !std::io::stdout().is_terminal() => Manner::Lines,
        (false, false) => Manner::Board,
    };
    let stop = async {
        // without a signal handler there is only the signal's own way to end
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    Box::pin(Follower::new(target, output, question, manner).follow(session, stop)).await
}

/// Tells a line per change until `stop`.
pub(crate) async fn tell(
    target: &Target,
    output: Output,
    stop: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let session = Session::open(target, output).await?;
    let manner = if output.is_json() { Manner::Json } else { Manner::Lines };
    Box::pin(Follower::new(target, output, WatchRequest::default(), manner).follow(session, stop)).await
}

/// What is asked for.
async fn question(session: &Session, wanted: &Watch) -> Result<WatchRequest, Failure> {
    let scope = if let Some(station) = &wanted.station {
        Some(scope::Scope::StationId(session.names().await.station_id(station)?))
    } else if let Some(unit) = &wanted.unit {
        Some(scope::Scope::UnitId(session.names().await.unit_id(unit)?))
    } else if let Some(incident) = &wanted.incident {
        Some(scope::Scope::IncidentId(incident_id(session, incident).await?))
    } else {
        None
    };
    let view = if wanted.redacted { View::Redacted } else { View::Unspecified };
    Ok(WatchRequest {
        scope: scope.map(|scope| Scope { scope: Some(scope) }),
        view: view.into(),
        resume_after: None,
    })
}

/// A stream that was asked for.
struct Subscribed {
    session: Session,
    stream: Streaming<WatchResponse>,
    names: Names,
}

/// What ends one stream.
enum Ended {
    /// Enough was shown, or somebody asked to stop.
    Stop,
    /// The stream broke, fell silent or skipped something; try again.
    Again {
        /// The status, where there was one.
        status: Option<Status>,
        /// Whether the stream gave anything at all.
        was_useful: bool,
    },
}

struct Follower<'a> {
    target: &'a Target,
    output: Output,
    question: WatchRequest,
    manner: Manner,
    picture: Picture,
    names: Names,
    heard_at: Option<Instant>,
    is_open: bool,
    screen: Option<Screen>,
    /// What was last said about the link, so that a line is told once.
    told_live: Option<bool>,
    /// True if the picture was read anew since the link was last live: then lines are missing.
    was_reset: bool,
}

impl<'a> Follower<'a> {
    fn new(target: &'a Target, output: Output, question: WatchRequest, manner: Manner) -> Self {
        Self {
            target,
            output,
            question,
            manner,
            picture: Picture::default(),
            names: Names::default(),
            heard_at: None,
            is_open: false,
            screen: (manner == Manner::Board).then(Screen::enter),
            told_live: None,
            was_reset: false,
        }
    }

    async fn follow(mut self, session: Session, stop: impl Future<Output = ()>) -> Result<(), Failure> {
        let mut stop = std::pin::pin!(stop);
        let mut session = Some(session);
        let mut pause = PAUSE_FIRST;
        loop {
            let ended = match self.subscribe(session.take(), stop.as_mut()).await {
                Ok(subscribed) => Box::pin(self.one_stream(subscribed, stop.as_mut())).await,
                Err(ended) => ended,
            };
            self.is_open = false;
            match ended {
                Ended::Stop => return Ok(()),
                Ended::Again { status: Some(status), was_useful: false } if is_final(&status) => {
                    drop(self.screen.take());
                    return Err(Failure::from_status(&status));
                }
                Ended::Again { was_useful, .. } => {
                    pause = if was_useful { PAUSE_FIRST } else { (pause * 2).min(PAUSE_MAX) };
                }
            }
            self.draw();
            // spread over a quarter of a second, so that a hundred boards do not knock at once
            let spread = Duration::from_millis(u64::from(uuid::Uuid::new_v4().as_bytes()[0]));
            if self.meanwhile(tokio::time::sleep(pause + spread), stop.as_mut()).await.is_none() {
                return Ok(());
            }
        }
    }

    /// Connects, unless `session` is, and asks for the stream.
    async fn subscribe(
        &mut self,
        session: Option<Session>,
        stop: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<Subscribed, Ended> {
        let (target, output) = (self.target.clone(), self.output);
        let question = WatchRequest { resume_after: self.picture.resume_after(), ..self.question.clone() };
        let subscribing = async move {
            let session = match session {
                Some(session) => session,
                None => Session::open(&target, output).await.map_err(|_| None)?,
            };
            let stream = session.watch().watch(question).await.map_err(Some)?.into_inner();
            let names = session.fresh_names().await;
            Ok(Subscribed { session, stream, names })
        };
        let subscribing = tokio::time::timeout(SUBSCRIBED_WITHIN, subscribing);
        match Box::pin(self.meanwhile(subscribing, stop)).await {
            None => Err(Ended::Stop),
            Some(Ok(Ok(subscribed))) => Ok(subscribed),
            Some(Ok(Err(status))) => Err(Ended::Again { status, was_useful: false }),
            Some(Err(_)) => Err(Ended::Again { status: None, was_useful: false }),
        }
    }

    /// Waits for something and meanwhile says how old the picture is. `None` if it was told to stop.
    async fn meanwhile<T>(
        &mut self,
        something: impl Future<Output = T>,
        mut stop: Pin<&mut impl Future<Output = ()>>,
    ) -> Option<T> {
        let mut something = std::pin::pin!(something);
        let mut tick = tokio::time::interval(REDRAW_EVERY);
        loop {
            tokio::select! {
                () = stop.as_mut() => return None,
                done = something.as_mut() => return Some(done),
                _ = tick.tick() => self.draw(),
            }
        }
    }

    /// Reads one stream until it ends.
    async fn one_stream(
        &mut self,
        subscribed: Subscribed,
        mut stop: Pin<&mut impl Future<Output = ()>>,
    ) -> Ended {
        let Subscribed { session, mut stream, names } = subscribed;
        self.is_open = true;
        self.names = names;
        let opened_at = Instant::now();
        let mut tick = tokio::time::interval(REDRAW_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut was_useful = false;
        loop {
            let heard = tokio::select! {
                () = stop.as_mut() => return Ended::Stop,
                _ = tick.tick() => {
                    self.draw();
                    let silence = self.heard_at.map_or(opened_at, |at| at.max(opened_at)).elapsed();
                    if silence > LOST_AFTER {
                        return Ended::Again { status: None, was_useful };
                    }
                    continue;
                }
                heard = next(&mut stream) => heard,
            };
            match heard {
                Ok(frame) => {
                    was_useful = true;
                    if self.take(&session, &frame).await.is_stop() {
                        return Ended::Stop;
                    }
                    if self.picture.cursor.is_none() {
                        return Ended::Again { status: None, was_useful };
                    }
                }
                Err(status) => return Ended::Again { status: Some(status), was_useful },
            }
        }
    }

    /// Takes a frame and shows it.
    async fn take(&mut self, session: &Session, frame: &WatchResponse) -> Next {
        self.heard_at = Some(Instant::now());
        self.was_reset |= frame.reset;
        let told =
            if self.manner == Manner::Lines { lines(&self.picture, frame, self.light()) } else { Vec::new() };
        let directory_version = self.picture.directory.directory_version;
        if let Err(gap) = self.picture.apply(frame) {
            note(&format!(
                "a gap between change {} and {}; asking for the whole picture",
                gap.reached, gap.after
            ));
            self.picture = Picture::default();
            return Next::GoOn;
        }
        if !frame.reset && self.picture.directory.directory_version != directory_version {
            self.names = session.fresh_names().await;
        }
        match self.manner {
            Manner::Json => print(&json::line(frame)),
            Manner::JsonOnce => {
                print(&json::line(frame));
                return if self.picture.is_whole { Next::Stop } else { Next::GoOn };
            }
            Manner::Once if self.picture.is_whole => {
                let text = board(&self.picture, self.link(), self.light(), None, None);
                print(&text);
                return Next::Stop;
            }
            Manner::Lines => {
                self.tell_link();
                told.iter().for_each(|line| print(line));
            }
            Manner::Board => self.draw(),
            Manner::Once => {}
        }
        Next::GoOn
    }

    /// How old the picture is: since it was told, and what it was old then.
    fn age(&self) -> Option<Duration> {
        self.heard_at.map(|at| at.elapsed() + self.picture.age_when_told)
    }

    fn link(&self) -> Link {
        Link::of(self.age(), self.is_open, self.picture.is_whole)
    }

    /// The names, and the centre's clock as it must stand now.
    fn light(&self) -> Light<'_> {
        let since = self
            .heard_at
            .and_then(|at| jiff::SignedDuration::try_from(at.elapsed()).ok())
            .unwrap_or_default();
        let told = self.picture.server_time.and_then(|time| time.checked_add(since).ok());
        let paint = if self.manner == Manner::Json { Paint::Plain } else { self.output.paint() };
        Light { names: &self.names, now: told.unwrap_or_else(Timestamp::now), paint }
    }

    /// Draws the board, or tells that the link changed.
    fn draw(&mut self) {
        match self.manner {
            Manner::Board => {
                if let Some(screen) = &self.screen {
                    let (lines, columns) = screen.size();
                    screen.draw(&board(&self.picture, self.link(), self.light(), lines, columns), lines);
                }
            }
            Manner::Lines => self.tell_link(),
            Manner::Json | Manner::JsonOnce | Manner::Once => {
                let is_live = self.link().is_live();
                if self.told_live == Some(true) && !is_live {
                    note(&self.link().words());
                }
                self.told_live = Some(is_live);
            }
        }
    }

    /// Tells once that the link was lost and once that it is back.
    fn tell_link(&mut self) {
        let link = self.link();
        let is_live = link.is_live();
        // before the first word from the centre there is nothing that could be lost
        if self.told_live == Some(is_live) || link == Link::Loading || self.heard_at.is_none() {
            return;
        }
        let first = self.told_live.is_none();
        self.told_live = Some(is_live);
        let light = self.light();
        let clock = crate::time::clock(light.now, light.now, &light.names.zone);
        let change = self.picture.cursor.as_ref().map_or(0, |cursor| cursor.number);
        let words = match (is_live, first) {
            (true, true) => {
                let limits = limits(&self.picture, light);
                format!("watching {}{limits} from change {change} on", light.names.centre)
            }
            (true, false) if self.was_reset => {
                format!("LIVE again at change {change}; the picture is whole, what led to it is not told")
            }
            (true, false) => format!("LIVE again at change {change}; nothing was missed"),
            (false, _) => link.words(),
        };
        print(&format!("{clock}  {}", light.paint.dye(link.tone(), words.trim())));
        if is_live {
            self.was_reset = false;
        }
    }
}

/// Whether to read on.
enum Next {
    GoOn,
    Stop,
}

impl Next {
    const fn is_stop(&self) -> bool {
        match self {
            Self::GoOn => false,
            Self::Stop => true,
        }
    }
}

async fn next(stream: &mut Streaming<WatchResponse>) -> Result<WatchResponse, Status> {
    stream.message().await?.ok_or_else(|| Status::unavailable("the centre ended the stream"))
}

/// A status that another attempt would only get again.
fn is_final(status: &Status) -> bool {
    match status.code() {
        Code::Unauthenticated
        | Code::PermissionDenied
        | Code::InvalidArgument
        | Code::NotFound
        | Code::Unimplemented
        | Code::FailedPrecondition
        | Code::OutOfRange => true,
        Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::DeadlineExceeded
        | Code::AlreadyExists
        | Code::ResourceExhausted
        | Code::Aborted
        | Code::Internal
        | Code::Unavailable
        | Code::DataLoss => false,
    }
}
