//! Units: on and off duty, in and out of service, and where they are.

mod positions;

use domain::{RecordKind, UnitId, refusal::Refusal, unit::UnitState};
use identity::{Principal, may_see_unit};
use operations::{
    Ask, Asker, Done,
    queries::{self, UnitNow},
    units::{self, Duty, SetDuty, UnitAnswer},
};
use protocol::{
    crew::v1::{self as wire, unit_service_server::UnitService},
    decode::Fields,
    encode,
    record::v1 as record,
};
use tonic::{Request, Response, Status, Streaming};

use super::{
    Services,
    asking::{all, ask, cursor, open, page_size, page_start, position},
    found::{Found, key},
};
use crate::status::{of_operation, of_scope};

/// The unit named, or the one in the token.
fn unit_named(fields: &mut Fields, principal: &Principal, unit_id: &str) -> Option<UnitId> {
    let own = principal.unit().cloned().filter(|_| unit_id.is_empty());
    own.or_else(|| fields.id("unit_id", unit_id))
}

/// A unit with what the directory says of it.
fn unit_row(now: &UnitNow) -> wire::UnitRow {
    wire::UnitRow {
        unit: Some(encode::versioned(encode::unit, &now.unit)),
        callsign: now.entry.callsign.clone(),
        unit_kind_id: now.entry.kind.to_string(),
        station_id: now.entry.desk.to_string(),
        radio_only: now.entry.radio_only,
        run: now.run.as_ref().map(|run| encode::versioned(encode::run, run)),
        position: now.position.as_ref().map(position),
    }
}

impl Services {
    async fn set_duty(
        &self,
        ask: Ask,
        duty: SetDuty,
    ) -> Result<(Option<record::Receipt>, Option<record::Unit>), Status> {
        let done: Done<UnitAnswer> = units::set_duty(&self.room, &ask, &duty).await.map_err(of_operation)?;
        let receipt = super::asking::receipt(&done);
        let found =
            Found::with(&self.room, &ask.asker, done.records, [key(RecordKind::Unit, &duty.unit)]).await;
        Ok((receipt, found.unit(&duty.unit)))
    }

    /// Refuses, by the reason that fits, a unit that the asker was not shown.
    fn not_shown(&self, asker: &Asker, unit: UnitId) -> Status {
        let desk = self.room.centre.read(|picture| {
            let in_force = picture.directory.as_ref()?;
            Some(in_force.directory.units.get(&unit)?.desk.clone())
        });
        match (desk, asker.principal()) {
            (Some(desk), Some(principal)) => match may_see_unit(principal, &unit, &desk) {
                Err(refusal) => of_scope(&refusal),
                Ok(()) => of_operation(Refusal::UnknownUnit(unit).into()),
            },
            (None, _) | (_, None) => of_operation(Refusal::UnknownUnit(unit).into()),
        }
    }
}

#[tonic::async_trait]
impl UnitService for Services {
    async fn get_unit(
        &self,
        request: Request<wire::GetUnitRequest>,
    ) -> Result<Response<wire::GetUnitResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let unit = unit_named(&mut fields, &principal, &said.unit_id);
        let unit = all(fields, || unit)?;
        let asker = self.reader(principal).await;
        let units = queries::units(&self.room, &asker).map_err(of_operation)?;
        let Some(now) = units.value.iter().find(|now| now.id == unit) else {
            return Err(self.not_shown(&asker, unit));
        };
        let row = unit_row(now);
        Ok(Response::new(wire::GetUnitResponse { unit: Some(row), as_of: Some(cursor(units.as_of)) }))
    }

    async fn list_units(
        &self,
        request: Request<wire::ListUnitsRequest>,
    ) -> Result<Response<wire::ListUnitsResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let station = fields.optional_id("station_id", &said.station_id);
        let kind = fields.optional_id("unit_kind_id", &said.unit_kind_id);
        let skip = page_start(&mut fields, &said.page_token);
        let size = page_size(&mut fields, said.page_size);
        all(fields, || Some(()))?;
        let units = queries::units(&self.room, &self.reader(principal).await).map_err(of_operation)?;
        let fits = |now: &&UnitNow| {
            station.as_ref().is_none_or(|station| &now.entry.desk == station)
                && kind.as_ref().is_none_or(|kind| &now.entry.kind == kind)
                && (!said.available_only || *now.unit.record.state() == UnitState::Available)
        };
        let mut fitting = units.value.iter().filter(fits).skip(skip);
        let shown = fitting.by_ref().take(size).map(unit_row).collect();
        let next = fitting.next().map(|_| (skip + size).to_string()).unwrap_or_default();
        Ok(Response::new(wire::ListUnitsResponse {
            units: shown,
            next_page_token: next,
            as_of: Some(cursor(units.as_of)),
        }))
    }

    async fn sign_on(
        &self,
        request: Request<wire::SignOnRequest>,
    ) -> Result<Response<wire::SignOnResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let unit = unit_named(&mut fields, &principal, &said.unit_id);
        let ask = ask(&mut fields, principal, said.request_id);
        let crew = said.crew.into_iter().enumerate();
        let crew = crew.map(|(place, name)| fields.required_line(&format!("crew[{place}]"), name)).collect();
        let expected = Fields::version(said.expected_version);
        let (ask, duty) =
            all(fields, || Some((ask?, SetDuty { unit: unit?, expected, duty: Duty::SignOn { crew } })))?;
        let (receipt, unit) = self.set_duty(ask, duty).await?;
        Ok(Response::new(wire::SignOnResponse { receipt, unit }))
    }

    async fn sign_off(
        &self,
        request: Request<wire::SignOffRequest>,
    ) -> Result<Response<wire::SignOffResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let unit = unit_named(&mut fields, &principal, &said.unit_id);
        let ask = ask(&mut fields, principal, said.request_id);
        let expected = Fields::version(said.expected_version);
        let (ask, duty) =
            all(fields, || Some((ask?, SetDuty { unit: unit?, expected, duty: Duty::SignOff })))?;
        let (receipt, unit) = self.set_duty(ask, duty).await?;
        Ok(Response::new(wire::SignOffResponse { receipt, unit }))
    }

    async fn set_out_of_service(
        &self,
        request: Request<wire::SetOutOfServiceRequest>,
    ) -> Result<Response<wire::SetOutOfServiceResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let unit = unit_named(&mut fields, &principal, &said.unit_id);
        let ask = ask(&mut fields, principal, said.request_id);
        let reason = fields.required_line("reason", said.reason);
        let expected = Fields::version(said.expected_version);
        let (ask, duty) = all(fields, || {
            Some((ask?, SetDuty { unit: unit?, expected, duty: Duty::OutOfService { reason } }))
        })?;
        let (receipt, unit) = self.set_duty(ask, duty).await?;
        Ok(Response::new(wire::SetOutOfServiceResponse { receipt, unit }))
    }

    async fn return_to_service(
        &self,
        request: Request<wire::ReturnToServiceRequest>,
    ) -> Result<Response<wire::ReturnToServiceResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let unit = unit_named(&mut fields, &principal, &said.unit_id);
        let ask = ask(&mut fields, principal, said.request_id);
        let expected = Fields::version(said.expected_version);
        let (ask, duty) =
            all(fields, || Some((ask?, SetDuty { unit: unit?, expected, duty: Duty::ReturnToService })))?;
        let (receipt, unit) = self.set_duty(ask, duty).await?;
        Ok(Response::new(wire::ReturnToServiceResponse { receipt, unit }))
    }

    async fn stream_positions(
        &self,
        request: Request<Streaming<wire::StreamPositionsRequest>>,
    ) -> Result<Response<wire::StreamPositionsResponse>, Status> {
        let (principal, stream) = open(request);
        positions::take_all(self, principal, stream).await.map(Response::new)
    }
}
