//! `kezek alarm …`: what a person must see and act on.

use std::collections::BTreeMap;

use clap::Subcommand;
use protocol::dispatch::v1::{
    AcknowledgeAlarmRequest, EndAlarmRequest, ListAlarmsRequest, ListIncidentsRequest,
};

use crate::failure::Failure;
use crate::inputs::{Identity, incident_id};
use crate::session::Session;
use crate::show::{self, Light};
use crate::table::plain;
use crate::words;

/// What can be done with alarms.
#[derive(Debug, Subcommand)]
pub(crate) enum AlarmCommand {
    /// List the alarms that are not over yet, oldest first
    List {
        /// Only those about this incident: its number or id
        #[arg(long)]
        incident: Option<String>,
    },
    /// Take an alarm: everybody sees that you act on it
    Ack {
        /// The alarm: its id, or the first digits of it
        alarm: String,
        #[command(flatten)]
        identity: Identity,
    },
    /// End an alarm: what it was about is settled
    End {
        /// The alarm: its id, or the first digits of it
        alarm: String,
        /// What was done; is kept with the alarm
        #[arg(long, value_name = "TEXT")]
        remark: Option<String>,
        #[command(flatten)]
        identity: Identity,
    },
}

/// Does it.
pub(crate) async fn run(session: &Session, command: AlarmCommand) -> Result<(), Failure> {
    match command {
        AlarmCommand::List { incident } => Box::pin(list(session, incident.as_deref())).await,
        AlarmCommand::Ack { alarm, identity } => Box::pin(acknowledge(session, &alarm, identity)).await,
        AlarmCommand::End { alarm, remark, identity } => {
            Box::pin(end(session, &alarm, remark.unwrap_or_default(), identity)).await
        }
    }
}

async fn list(session: &Session, incident: Option<&str>) -> Result<(), Failure> {
    let incident_id = match incident {
        Some(said) => incident_id(session, said).await?,
        None => String::new(),
    };
    let question = ListAlarmsRequest { incident_id };
    let answer = session.read(question, async |request| session.alarms().list_alarms(request).await).await?;
    let names = session.names().await;
    let numbers = if session.output().is_json() { BTreeMap::new() } else { Box::pin(numbers(session)).await };
    session.output().show(&answer, |paint| show::alarm::list(&answer, &numbers, Light::now(names, paint)));
    Ok(())
}

/// The numbers of incidents that are open or held, by their ids. What cannot be read is left out: the alarms matter more.
async fn numbers(session: &Session) -> BTreeMap<String, String> {
    let question = ListIncidentsRequest { page_size: 500, ..ListIncidentsRequest::default() };
    let ask = async |request| session.incidents().list_incidents(request).await;
    let rows = session.read(question, ask).await.map_or_else(|_| Vec::new(), |answer| answer.incidents);
    let incidents = rows.into_iter().filter_map(|row| row.incident);
    incidents.map(|incident| (incident.incident_id, incident.spoken_number)).collect()
}

async fn acknowledge(session: &Session, alarm: &str, identity: Identity) -> Result<(), Failure> {
    let request_id = identity.request_id();
    let request = AcknowledgeAlarmRequest {
        request_id: request_id.clone(),
        alarm_id: alarm_id(session, alarm).await?,
        expected_version: identity.expected_version,
    };
    let ask = async |request| session.alarms().acknowledge_alarm(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    session.output().show(&answer, |_| {
        let alarm = answer.alarm.clone().unwrap_or_default();
        let receipt = words::receipt(answer.receipt.as_ref());
        format!("Alarm {}: {}.\n  {receipt}", alarm.code, words::alarm_state(&alarm))
    });
    Ok(())
}

async fn end(session: &Session, alarm: &str, remark: String, identity: Identity) -> Result<(), Failure> {
    let request_id = identity.request_id();
    let request = EndAlarmRequest {
        request_id: request_id.clone(),
        alarm_id: alarm_id(session, alarm).await?,
        expected_version: identity.expected_version,
        remark,
    };
    let ask = async |request| session.alarms().end_alarm(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    session.output().show(&answer, |_| {
        let alarm = answer.alarm.clone().unwrap_or_default();
        let receipt = words::receipt(answer.receipt.as_ref());
        format!("Alarm {}: {}.\n  {receipt}", alarm.code, words::alarm_state(&alarm))
    });
    Ok(())
}

/// The id of an alarm named by its id or the first digits of it.
async fn alarm_id(session: &Session, said: &str) -> Result<String, Failure> {
    if uuid::Uuid::try_parse(said).is_ok() {
        return Ok(said.to_owned());
    }
    let question = ListAlarmsRequest::default();
    let answer = session.read(question, async |request| session.alarms().list_alarms(request).await).await?;
    let meant: Vec<&str> = answer
        .alarms
        .iter()
        .filter(|alarm| alarm.alarm_id.starts_with(said))
        .map(|alarm| alarm.alarm_id.as_str())
        .collect();
    match meant.as_slice() {
        [one] => Ok((*one).to_owned()),
        [] => Err(Failure::not_found(
            format!("no alarm that has not ended begins with `{}`", plain(said)),
            "`kezek alarm list` shows them",
        )),
        several => Err(Failure::usage(format!(
            "{} alarms begin with `{}`; give more digits of the id",
            several.len(),
            plain(said)
        ))),
    }
}
