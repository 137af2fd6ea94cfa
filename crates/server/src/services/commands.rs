//! The command line: lines are read, previewed and carried out by the same rules for everybody.

mod permitted;

use domain::IncidentId;
use identity::Principal;
use operations::{
    Asker,
    commands::{self, AffectedUnit, CommandError, Effect, Typed},
};
use protocol::{
    command::v1::{self as wire, command_service_server::CommandService},
    decode::Fields,
    encode,
};
use tonic::{Request, Response, Status};

use self::permitted::{allowed, permitted};
use super::{
    Services,
    asking::{all, ask, cursor, open, receipt_of},
    dispatch::recommended,
    intake::likely_duplicate,
};
use crate::status::of_command;

#[tonic::async_trait]
impl CommandService for Services {
    async fn preview_command(
        &self,
        request: Request<wire::PreviewCommandRequest>,
    ) -> Result<Response<wire::PreviewCommandResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let selected = fields.optional_id("selected_incident_id", &said.selected_incident_id);
        all(fields, || Some(()))?;
        let role = principal.role();
        let typed = typed(&said.line, selected, "", &principal);
        let asker = self.reader(principal).await;
        let previewed = commands::preview(&self.room, &self.commands, &asker, typed).await;
        let previewed = previewed.map_err(|error| refused(error, role))?;
        Ok(Response::new(wire::PreviewCommandResponse {
            effect: Some(effect(&previewed.value)),
            as_of: Some(cursor(previewed.as_of)),
        }))
    }

    async fn run_command(
        &self,
        request: Request<wire::RunCommandRequest>,
    ) -> Result<Response<wire::RunCommandResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal.clone(), said.request_id);
        let selected = fields.optional_id("selected_incident_id", &said.selected_incident_id);
        let ask = all(fields, || ask)?;
        let role = principal.role();
        let typed = typed(&said.line, selected, &said.meaning, &principal);
        // what a line names is looked up on the board, which must show what the same desk did a moment ago
        let _: Asker = self.reader(principal.clone()).await;
        let ran = commands::run(&self.room, &self.commands, &ask, typed).await;
        let ran = ran.map_err(|error| refused(error, role))?;
        Ok(Response::new(wire::RunCommandResponse {
            receipt: ran.receipt.map(receipt_of),
            effect: Some(effect(&ran.effect)),
            recommendation: ran.recommendation.map(|(incident, surveyed)| recommended(incident, &surveyed)),
            undo_until: ran.undo_until.map(encode::timestamp),
        }))
    }

    async fn list_commands(
        &self,
        request: Request<wire::ListCommandsRequest>,
    ) -> Result<Response<wire::ListCommandsResponse>, Status> {
        let (principal, wire::ListCommandsRequest {}) = open(request);
        let permitted = permitted(principal.role());
        let rules = command::RULES.iter().filter(|rule| permitted.contains(&rule.verb));
        Ok(Response::new(wire::ListCommandsResponse { commands: rules.map(encode::command_help).collect() }))
    }
}

fn typed<'a>(
    line: &'a str,
    selected: Option<IncidentId>,
    meaning: &'a str,
    principal: &Principal,
) -> Typed<'a> {
    Typed { line, selected, permitted: permitted(principal.role()), meaning }
}

fn refused(error: CommandError, role: identity::Role) -> Status {
    let allowed = match &error {
        CommandError::RoleMayNot { verb } => allowed(*verb),
        CommandError::Line(_)
        | CommandError::NothingToUndo { .. }
        | CommandError::MeansAnother
        | CommandError::OfUnit { .. }
        | CommandError::Instead { .. }
        | CommandError::Operation(_)
        | CommandError::Partly { .. } => String::new(),
    };
    of_command(error, role, &allowed)
}

/// What a line does, on the wire.
fn effect(effect: &Effect) -> wire::Effect {
    let (incident_id, incident_number) = named(effect.incident.as_ref());
    let (other_incident_id, other_incident_number) = named(effect.other.as_ref());
    let (call_id, call_number) = named(effect.call.as_ref());
    let (alarm_id, alarm_code) = match effect.alarm {
        Some((id, code)) => (id.to_string(), code.as_str().to_owned()),
        None => Default::default(),
    };
    wire::Effect {
        verb: encode::verb(effect.verb).into(),
        canonical: effect.canonical.clone(),
        incident_id,
        incident_number,
        other_incident_id,
        other_incident_number,
        units: effect.units.iter().map(affected_unit).collect(),
        station_id: effect.station.as_ref().map(ToString::to_string).unwrap_or_default(),
        priority: effect.priority.map_or(0, |priority| priority.get().into()),
        incident_type_id: effect.incident_type.as_ref().map(ToString::to_string).unwrap_or_default(),
        unit_kind_id: effect.kind.as_ref().map(ToString::to_string).unwrap_or_default(),
        count: effect.count.into(),
        text: effect.text.clone(),
        occurred_at: effect.occurred_at.map(encode::timestamp),
        channel: effect.channel.map_or(0, |channel| encode::channel(channel).into()),
        person: effect.person.clone(),
        until: effect.until.map(encode::timestamp),
        alarm_id,
        alarm_code,
        call_id,
        call_number,
        state: effect.state.to_owned(),
        cautions: effect.cautions.iter().map(|caution| caution.as_str().to_owned()).collect(),
        meaning: effect.meaning.clone(),
        likely: effect.likely.iter().map(likely_duplicate).collect(),
    }
}

/// The id and the number of what is named; both empty if nothing is.
fn named<Id: ToString>(named: Option<&commands::Named<Id>>) -> (String, String) {
    named.map(|named| (named.id.to_string(), named.number.clone())).unwrap_or_default()
}

fn affected_unit(unit: &AffectedUnit) -> wire::AffectedUnit {
    wire::AffectedUnit {
        unit_id: unit.unit.to_string(),
        callsign: unit.callsign.clone(),
        station_id: unit.station.to_string(),
        state: unit.state.to_owned(),
        travel_time_s: unit.travel.map(|travel| travel.0),
        through_desk: unit.through_desk,
    }
}
