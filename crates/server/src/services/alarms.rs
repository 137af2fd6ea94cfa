//! Alarms: what a person must see and act on.

use domain::RecordKind;
use operations::{
    Asker, Done,
    alarms::{self, AcknowledgeAlarm, AlarmAnswer, EndAlarm},
    queries,
};
use protocol::{
    decode::Fields,
    dispatch::v1::{self as wire, alarm_service_server::AlarmService},
    encode,
    record::v1 as record,
};
use tonic::{Request, Response, Status};

use super::{
    Services,
    asking::{all, ask, cursor, open, receipt},
    found::{Found, key},
};
use crate::status::of_operation;

impl Services {
    async fn alarm_answer(
        &self,
        asker: &Asker,
        done: Done<AlarmAnswer>,
    ) -> (Option<record::Receipt>, Option<record::Alarm>) {
        let receipt = receipt(&done);
        let alarm = done.answer.alarm;
        let found = Found::with(&self.room, asker, done.records, [key(RecordKind::Alarm, alarm)]).await;
        (receipt, found.alarm(alarm))
    }
}

#[tonic::async_trait]
impl AlarmService for Services {
    async fn list_alarms(
        &self,
        request: Request<wire::ListAlarmsRequest>,
    ) -> Result<Response<wire::ListAlarmsResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let incident = fields.optional_id("incident_id", &said.incident_id);
        all(fields, || Some(()))?;
        let listed = queries::alarms(&self.room, &self.reader(principal).await, incident)
            .await
            .map_err(of_operation)?;
        Ok(Response::new(wire::ListAlarmsResponse {
            alarms: listed.value.iter().map(|alarm| encode::versioned(encode::alarm, alarm)).collect(),
            as_of: Some(cursor(listed.as_of)),
        }))
    }

    async fn acknowledge_alarm(
        &self,
        request: Request<wire::AcknowledgeAlarmRequest>,
    ) -> Result<Response<wire::AcknowledgeAlarmResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let alarm = fields.id("alarm_id", &said.alarm_id);
        let expected = Fields::version(said.expected_version);
        let (ask, taken) = all(fields, || Some((ask?, AcknowledgeAlarm { alarm: alarm?, expected })))?;
        let done = alarms::acknowledge_alarm(&self.room, &ask, &taken).await.map_err(of_operation)?;
        let (receipt, alarm) = self.alarm_answer(&ask.asker, done).await;
        Ok(Response::new(wire::AcknowledgeAlarmResponse { receipt, alarm }))
    }

    async fn end_alarm(
        &self,
        request: Request<wire::EndAlarmRequest>,
    ) -> Result<Response<wire::EndAlarmResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let alarm = fields.id("alarm_id", &said.alarm_id);
        let remark = fields.line("remark", said.remark);
        let expected = Fields::version(said.expected_version);
        let (ask, ended) = all(fields, || Some((ask?, EndAlarm { alarm: alarm?, expected, remark })))?;
        let done = alarms::end_alarm(&self.room, &ask, &ended).await.map_err(of_operation)?;
        let (receipt, alarm) = self.alarm_answer(&ask.asker, done).await;
        Ok(Response::new(wire::EndAlarmResponse { receipt, alarm }))
    }
}
