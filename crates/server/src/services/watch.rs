//! Watching: every change in a scope, in order, as it happens.
//!
//! A watcher holds a place in the centre's ring and no queue: frames are made when the client has room for them, so one
//! that does not read costs nothing.

mod codec;

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use centre::{Attendance, Frame, Scope, View, Watch, Watcher};
use domain::{StationId, UnitId, Version, refusal::Refusal};
use futures::{StreamExt as _, TryStreamExt as _, stream::BoxStream};
use http::Request as HttpRequest;
use identity::{Principal, Reach, Role, may_see_station, may_see_unit};
use protocol::{
    decode::Fields,
    watch::v1::{self as wire, WatchRequest},
};
use store::{Cursor, Lineage};
use tonic::{
    Request, Response, Status,
    body::Body,
    server::{Grpc, NamedService, ServerStreamingService},
};
use tower::Service;

use self::codec::{Shown, WatchCodec};
use super::{Services, asking::open};
use crate::{
    codes::ServerCode,
    limits::{FRAME_BYTES_MAX, REQUEST_BYTES_MAX},
    status::{malformed, of_operation, of_scope, of_server},
    stream_end::StreamEnd,
};

/// The watch service. Written by hand where others are generated, so that each record is encoded once for all who
/// watch it.
#[derive(Clone)]
pub(super) struct WatchDoor {
    services: Services,
}

impl WatchDoor {
    /// The door to the watches of a centre.
    pub(super) const fn new(services: Services) -> Self {
        Self { services }
    }
}

impl NamedService for WatchDoor {
    const NAME: &'static str = protocol::watch::v1::watch_service_server::SERVICE_NAME;
}

impl Service<HttpRequest<Body>> for WatchDoor {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequest<Body>) -> Self::Future {
        // the entrance lets no other method of the service through
        let watching = Watching(self.services.clone());
        Box::pin(async move {
            let mut grpc = Grpc::new(WatchCodec)
                .apply_max_message_size_config(Some(REQUEST_BYTES_MAX), Some(FRAME_BYTES_MAX));
            Ok(grpc.server_streaming(watching, request).await)
        })
    }
}

/// Answers one request to watch.
struct Watching(Services);

impl ServerStreamingService<WatchRequest> for Watching {
    type Response = Shown;
    type ResponseStream = BoxStream<'static, Result<Shown, Status>>;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Self::ResponseStream>, Status>> + Send>>;

    fn call(&mut self, request: Request<WatchRequest>) -> Self::Future {
        let services = self.0.clone();
        Box::pin(async move {
            let (principal, said) = open(request);
            let (watcher, resume_after) = asked(&services, &principal, said)?;
            let end = StreamEnd::new(&services.ending, &principal);
            let attends = attended(&principal, &watcher.scope);
            let attendance = attends.map(|station| services.room.centre.attend(station));
            let (scope, view) = told(&watcher);
            let watch = services.room.centre.watch(watcher, resume_after);
            let shown = move |frame| Shown { frame, scope: scope.clone(), view };
            Ok(Response::new(frames(watch, end, attendance).map_ok(shown).boxed()))
        })
    }
}

/// The duty desk that is there while this stream is open: the one whose officer watches all of it. Whoever else looks at
/// a station does not answer for it.
fn attended(principal: &Principal, scope: &Scope) -> Option<StationId> {
    let station = principal.station().filter(|_| principal.role() == Role::DutyOfficer)?;
    (*scope == Scope::Station(station.clone())).then(|| station.clone())
}

/// Frames until the stream's end, and then why it ended. A desk that attends is there for as long.
fn frames(
    watch: Watch,
    end: StreamEnd,
    attendance: Option<Attendance>,
) -> impl futures::Stream<Item = Result<Frame, Status>> + Send {
    let end = Box::pin(end.wait());
    futures::stream::unfold(Some((watch, end, attendance)), |state| async move {
        let (mut watch, mut end, attendance) = state?;
        tokio::select! {
            biased;
            why = &mut end => Some((Err(why), None)),
            frame = watch.next() => Some((Ok(frame), Some((watch, end, attendance)))),
        }
    })
}

/// Who watches what from where, if they may.
fn asked(
    services: &Services,
    principal: &Principal,
    said: WatchRequest,
) -> Result<(Watcher, Option<Cursor>), Status> {
    let mut fields = Fields::new();
    let scope = said.scope.and_then(|scope| scope.scope);
    let scope = scope.map(|scope| named_scope(&mut fields, scope));
    let asked_view = fields.choice("view", said.view, |view: wire::View| Some(view));
    let resume_after = said.resume_after.and_then(|cursor| resume_place(&mut fields, &cursor));
    let (scope, asked_view) = fields
        .all(|| Some((scope.map_or(Some(None), |scope| scope.map(Some))?, asked_view?)))
        .map_err(malformed)?;
    let scope = match scope {
        Some(scope) => within_reach(services, principal, scope)?,
        None => widest(principal),
    };
    let view = view(principal, asked_view)?;
    Ok((Watcher { scope, view, reader: principal.name().to_owned() }, resume_after))
}

fn named_scope(fields: &mut Fields, scope: wire::scope::Scope) -> Option<Scope> {
    match scope {
        wire::scope::Scope::Centre(_) => Some(Scope::Centre),
        wire::scope::Scope::StationId(id) => fields.id("scope.station_id", &id).map(Scope::Station),
        wire::scope::Scope::UnitId(id) => fields.id("scope.unit_id", &id).map(Scope::Unit),
        wire::scope::Scope::IncidentId(id) => fields.id("scope.incident_id", &id).map(Scope::Incident),
    }
}

/// Where to resume. A place that never was is answered with the whole picture; only what is no place is refused.
fn resume_place(fields: &mut Fields, cursor: &protocol::record::v1::Cursor) -> Option<Cursor> {
    let Ok(lineage) = cursor.lineage.parse() else {
        fields.refuse("resume_after.lineage", "is not one that a frame gave");
        return None;
    };
    Some(Cursor { lineage: Lineage::from_uuid(lineage), number: Version(cursor.number) })
}

/// All that the token reaches.
fn widest(principal: &Principal) -> Scope {
    match Reach::of(principal) {
        Reach::Centre => Scope::Centre,
        Reach::Station(station) => Scope::Station(station),
        Reach::Unit(unit) => Scope::Unit(unit),
    }
}

/// The scope asked for, if the token reaches all of it.
fn within_reach(services: &Services, principal: &Principal, scope: Scope) -> Result<Scope, Status> {
    let too_wide = || {
        let sentence = "this token does not reach so far; leave the scope unset for all that it reaches";
        of_server(ServerCode::ScopeTooWide, sentence, vec![("role", principal.role().to_string())])
    };
    match (&scope, Reach::of(principal)) {
        (Scope::Centre | Scope::Incident(_), Reach::Centre) => {}
        (Scope::Centre | Scope::Incident(_), Reach::Station(_) | Reach::Unit(_)) => return Err(too_wide()),
        (Scope::Station(_), Reach::Unit(_)) => return Err(too_wide()),
        (Scope::Station(station), Reach::Centre | Reach::Station(_)) => {
            may_see_station(principal, station).map_err(|refusal| of_scope(&refusal))?;
            must_have_station(services, station)?;
        }
        (Scope::Unit(unit), _) => {
            let desk = desk_of(services, unit)?;
            may_see_unit(principal, unit, &desk).map_err(|refusal| of_scope(&refusal))?;
        }
    }
    Ok(scope)
}

fn must_have_station(services: &Services, station: &StationId) -> Result<(), Status> {
    let is_known = services.room.centre.read(|picture| {
        picture.directory.as_ref().is_none_or(|it| it.directory.stations.contains_key(station))
    });
    if is_known { Ok(()) } else { Err(of_operation(Refusal::UnknownStation(station.clone()).into())) }
}

fn desk_of(services: &Services, unit: &UnitId) -> Result<StationId, Status> {
    let desk = services.room.centre.read(|picture| {
        let in_force = picture.directory.as_ref()?;
        Some(in_force.directory.units.get(unit)?.desk.clone())
    });
    desk.ok_or_else(|| of_operation(Refusal::UnknownUnit(unit.clone()).into()))
}

/// What a stream says of itself.
fn told(watcher: &Watcher) -> (wire::Scope, wire::View) {
    let scope = match &watcher.scope {
        Scope::Centre => wire::scope::Scope::Centre(wire::scope::Centre {}),
        Scope::Station(station) => wire::scope::Scope::StationId(station.to_string()),
        Scope::Unit(unit) => wire::scope::Scope::UnitId(unit.to_string()),
        Scope::Incident(incident) => wire::scope::Scope::IncidentId(incident.to_string()),
    };
    let view = match watcher.view {
        View::Full => wire::View::Full,
        View::Redacted => wire::View::Redacted,
    };
    (wire::Scope { scope: Some(scope) }, view)
}

/// How much of each record the principal is shown.
fn view(principal: &Principal, asked: wire::View) -> Result<View, Status> {
    let may_see_all = match principal.role() {
        Role::Operator | Role::Supervisor | Role::DutyOfficer | Role::Crew | Role::Integration => true,
        Role::Administrator | Role::Observer => false,
    };
    match asked {
        wire::View::Redacted => Ok(View::Redacted),
        wire::View::Full | wire::View::Unspecified if may_see_all => Ok(View::Full),
        wire::View::Unspecified => Ok(View::Redacted),
        wire::View::Full => {
            let sentence = format!("role {} is shown the redacted picture only", principal.role());
            let facts = vec![("role", principal.role().to_string())];
            Err(of_server(ServerCode::ViewNotAllowed, sentence, facts))
        }
    }
}
