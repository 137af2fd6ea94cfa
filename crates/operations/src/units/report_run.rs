//! Every step of a run, reported by the crew, its desk or an operator; on time, late, skipped or corrected.

use domain::{
    IncidentId, RecordKey, RecordKind, RunId, Version,
    alarm::{About, AlarmCode, AlarmLevel},
    assignment::AssignmentEvent,
    limits::{MILESTONES_MAX, WORK_BYTES_MAX},
    milestone::{Report, Step},
    record::Record,
    run::{OpenStep, Run, RunEvent, RunState},
};
use serde::{Deserialize, Serialize};

use crate::{
    Answer, Ask, ControlRoom, Done, GivenReport, OperationError,
    answered::crew_answers,
    asker::{limit, line},
    draft::{Draft, Halt},
    responding::{
        assignment_answered, end_alarms, end_alarms_of, finish_run, may_report_for, raise, recount,
    },
};

/// Reports for which a run always has room: that its answer was late, that it was stood down, and that it is over.
const ENDING_REPORTS: usize = 3;

/// What is reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum RunReport {
    /// The crew goes.
    Acknowledged,
    /// It drives.
    EnRoute,
    /// It is there.
    OnScene,
    /// It is free again.
    Cleared {
        /// What it reports at the end.
        disposition: String,
    },
    /// It knows that it was stood down.
    StoodDown,
}

/// A step of a run.
#[derive(Clone, Debug, Serialize)]
pub struct ReportRun {
    /// Which run.
    pub run: RunId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// What happened.
    pub step: RunReport,
    /// How it was reported.
    pub report: GivenReport,
}

/// A run of which a step was reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunAnswer {
    /// Which run.
    pub run: RunId,
    /// Of which incident.
    pub incident: IncidentId,
}

impl Answer for RunAnswer {
    fn records(&self) -> Vec<RecordKey> {
        vec![RecordKey::new(RecordKind::Run, self.run)]
    }
}

/// Records a step of a run. A step already passed is a late report: it is kept and moves nothing. A correction says
/// why and may move the run back between acknowledged, en route and on scene.
///
/// # Errors
/// [`OperationError`]: no such run, not the asker's, over already, a time that cannot be right, or the store.
pub async fn report_run(
    room: &ControlRoom,
    ask: &Ask,
    request: &ReportRun,
) -> Result<Done<RunAnswer>, OperationError> {
    if let RunReport::Cleared { disposition } = &request.step {
        line("disposition", disposition)?;
    }
    room.commit(ask, "report_run", request, |draft| {
        let mut run = draft.visible_run(request.run)?;
        may_report_for(draft, &run.unit, &run.desk)?;
        draft.expect(RecordKind::Run, request.run, request.expected)?;
        // whatever was reported before, a unit can always be freed
        let room_left = match request.step {
            RunReport::Acknowledged | RunReport::EnRoute | RunReport::OnScene => ENDING_REPORTS,
            RunReport::Cleared { .. } | RunReport::StoodDown => 0,
        };
        limit("reports of one run", run.milestones.len() + 1 + room_left, MILESTONES_MAX)?;
        let report = request.report.recorded(draft.asker, draft.now)?;
        let (event, step) = event(&request.step, &report);
        let stood_down = matches!(run.state(), RunState::StandDownSent { .. });
        crew_answers(draft, &run, &report)?;
        run.step(event)?;
        run.milestones.push(report.milestone(step));
        crew_answered(draft, &mut run, &report)?;
        if stood_down && matches!(request.step, RunReport::EnRoute | RunReport::OnScene) {
            let (incident, unit) = (Some(run.incident), Some(run.unit.clone()));
            let about = About { incident, unit, run: Some(run.id), ..About::default() };
            raise(draft, AlarmCode::StandDownCrossed, AlarmLevel::Operator, about);
        }
        if room_left > 0 {
            limit("bytes of one run", Record::Run(run.clone()).to_json().len(), WORK_BYTES_MAX)?;
        }
        let answer = RunAnswer { run: run.id, incident: run.incident };
        if run.state().is_open() {
            draft.put(Record::Run(run));
        } else {
            end_alarms(draft, &report, run.id);
            finish_run(draft, &run, &report)?;
        }
        Ok(answer)
    })
    .await
}

/// The event and the step that a report is.
fn event(said: &RunReport, report: &Report) -> (RunEvent, Step) {
    let corrected = |event, to| match report.correction {
        Some(_) => RunEvent::Correct { to },
        None => event,
    };
    match said {
        RunReport::Acknowledged => {
            (corrected(RunEvent::Acknowledge, OpenStep::Acknowledged), Step::Acknowledged)
        }
        RunReport::EnRoute => (corrected(RunEvent::Depart, OpenStep::EnRoute), Step::EnRoute),
        RunReport::OnScene => (corrected(RunEvent::Arrive, OpenStep::OnScene), Step::OnScene),
        RunReport::Cleared { disposition } => {
            (RunEvent::Clear { disposition: disposition.clone() }, Step::Cleared)
        }
        RunReport::StoodDown => {
            let by =
                if report.by.on_behalf_of.is_empty() { &report.by.name } else { &report.by.on_behalf_of };
            (RunEvent::ConfirmStandDown { by: by.clone() }, Step::StoodDown)
        }
    }
}

/// The crew answered, late or not: it is not silent, its need counts it again, and nobody waits for
/// its desk. Whether that is silent is not for a crew to say.
fn crew_answered(draft: &mut Draft<'_>, run: &mut Run, report: &Report) -> Result<(), Halt> {
    let mut unit = draft.unit(&run.unit)?;
    if unit.unanswered_in_a_row > 0 {
        unit.unanswered_in_a_row = 0;
        draft.put(Record::Unit(unit));
    }
    let mut assignment = draft.assignment(run.assignment)?;
    if assignment.state().awaits_answer() {
        let person = report.by.name.clone();
        assignment.step(AssignmentEvent::Accept { person })?;
        assignment.milestones.push(report.milestone(Step::Accepted));
        assignment_answered(draft, &mut assignment, report)?;
        draft.put(Record::Assignment(assignment.clone()));
    }
    if run.overdue {
        run.overdue = false;
        draft.put(Record::Run(run.clone()));
        let mut incident = draft.incident_unchecked(run.incident)?;
        recount(draft, &mut incident, &assignment)?;
        draft.put(Record::Incident(incident));
    }
    end_alarms_of(draft, report, run.id, &[AlarmCode::CrewUnanswered]);
    end_alarms_of(draft, report, run.unit.clone(), &[AlarmCode::UnitSilent]);
    Ok(())
}
