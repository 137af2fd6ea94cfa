//! What the crowd sees of how well the centre works: times between steps, and how often something went wrong.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Mutex,
};

use hdrhistogram::Histogram;
use jiff::Timestamp;
use protocol::{
    dispatch::v1::GetIncidentResponse,
    record::v1::{
        Assignment, Milestone, Run, Step, assignment_purpose::Purpose, assignment_state, incident_state,
    },
    watch::v1::record::Record,
};
use tokio::time::Instant;

use super::stage::from_wire;
use crate::replay::histogram;

/// Times between the steps of incidents, in seconds of the centre's clock.
#[derive(Clone, Debug)]
pub struct Intervals {
    /// From the call taken to the first desk or unit sent.
    pub taken_to_sent: Histogram<u64>,
    /// From an assignment sent to a named person having it.
    pub sent_to_received: Histogram<u64>,
    /// From a run sent to acknowledged.
    pub sent_to_acknowledged: Histogram<u64>,
    /// From acknowledged to en route.
    pub acknowledged_to_en_route: Histogram<u64>,
    /// From en route to on scene.
    pub en_route_to_scene: Histogram<u64>,
    /// From the call taken to the first unit on scene.
    pub taken_to_scene: Histogram<u64>,
}

impl Default for Intervals {
    fn default() -> Self {
        Self {
            taken_to_sent: histogram(),
            sent_to_received: histogram(),
            sent_to_acknowledged: histogram(),
            acknowledged_to_en_route: histogram(),
            en_route_to_scene: histogram(),
            taken_to_scene: histogram(),
        }
    }
}

/// What was counted of closed incidents.
#[derive(Clone, Debug, Default)]
pub struct ClosedFigures {
    /// Incidents closed.
    pub incidents: u64,
    /// Calls that led to them.
    pub calls: u64,
    /// Assignments that asked somebody to respond.
    pub assignments: u64,
    /// Those of them that were given back.
    pub returned: u64,
    /// Assignments and runs whose answer was late.
    pub expired: u64,
    /// Runs.
    pub runs: u64,
    /// Seconds units were bound, on the centre's clock.
    pub busy_s: f64,
    /// Times between steps.
    pub intervals: Intervals,
}

/// Everything that is counted while a crowd works.
#[derive(Debug, Default)]
pub struct Figures(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    acknowledged: HashMap<String, Instant>,
    seen: HashMap<String, (Instant, Sender)>,
    shortfalls: HashSet<String>,
    ended: HashSet<String>,
    closed: ClosedFigures,
    counted: HashSet<String>,
    closing: u64,
}

/// Who sent an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sender {
    Centre,
    Person,
}

impl Figures {
    /// A call that led to the incident was acknowledged just now.
    pub fn acknowledged(&self, incident: &str) {
        let mut counted = self.counted();
        counted.acknowledged.entry(incident.to_owned()).or_insert_with(Instant::now);
    }

    /// How long it took from acknowledgements to assignments on desks' screens, in microseconds of real time: those
    /// that the centre sent by itself, and those that a person confirmed.
    pub fn seen_after_us(&self) -> (Histogram<u64>, Histogram<u64>) {
        let (mut by_centre, mut by_person) = (histogram(), histogram());
        let counted = self.counted();
        for (incident, (seen, sender)) in &counted.seen {
            let Some(acknowledged) = counted.acknowledged.get(incident) else { continue };
            let after = seen.saturating_duration_since(*acknowledged).as_micros();
            let histogram = match sender {
                Sender::Centre => &mut by_centre,
                Sender::Person => &mut by_person,
            };
            histogram.saturating_record(u64::try_from(after).unwrap_or(u64::MAX));
        }
        (by_centre, by_person)
    }

    /// Needs for which nobody could be found, each counted once.
    pub fn shortfalls(&self) -> u64 {
        self.counted().shortfalls.len() as u64
    }

    /// Incidents that ended, as the operators saw it.
    pub fn ended(&self) -> u64 {
        self.counted().ended.len() as u64
    }

    /// What was counted of closed incidents.
    pub fn closed_figures(&self) -> ClosedFigures {
        self.counted().closed.clone()
    }

    fn counted(&self) -> std::sync::MutexGuard<'_, Counted> {
        self.0.lock().expect("nothing panics while it counts")
    }

    /// A desk sees an assignment of its own.
    pub(super) fn desk_saw(&self, assignment: &Assignment) {
        let responds = matches!(
            assignment.purpose.as_ref().and_then(|purpose| purpose.purpose.as_ref()),
            Some(Purpose::Respond(_))
        );
        if !responds {
            return;
        }
        let by_centre =
            first(&assignment.milestones, Step::Sent).is_some_and(|sent| sent.reported_by_role == "system");
        let sender = if by_centre { Sender::Centre } else { Sender::Person };
        let mut counted = self.counted();
        counted.seen.entry(assignment.incident_id.clone()).or_insert_with(|| (Instant::now(), sender));
    }

    /// The operators see a record.
    pub(super) fn centre_saw(&self, record: &Record) {
        match record {
            Record::Alarm(alarm) if alarm.code == "SHORTFALL" => {
                self.counted().shortfalls.insert(alarm.alarm_id.clone());
            }
            Record::Incident(incident) => {
                let mut counted = self.counted();
                match incident.state.as_ref().and_then(|state| state.state.as_ref()) {
                    Some(
                        incident_state::State::Closed(_)
                        | incident_state::State::Cancelled(_)
                        | incident_state::State::Merged(_),
                    ) => drop(counted.ended.insert(incident.incident_id.clone())),
                    Some(incident_state::State::Open(_) | incident_state::State::Held(_)) | None => {
                        counted.ended.remove(&incident.incident_id);
                    }
                }
            }
            Record::Alarm(_)
            | Record::Call(_)
            | Record::Assignment(_)
            | Record::Run(_)
            | Record::Unit(_)
            | Record::Desk(_)
            | Record::Note(_)
            | Record::Recommendation(_)
            | Record::Dispatch(_)
            | Record::Directory(_) => {}
        }
    }

    /// True while an operator closes an incident that is not counted yet.
    pub(super) fn is_closing(&self) -> bool {
        self.counted().closing > 0
    }

    /// An operator begins to close an incident.
    pub(super) fn begin_closing(&self) {
        self.counted().closing += 1;
    }

    /// The operator is done, whatever came of it.
    pub(super) fn end_closing(&self) {
        self.counted().closing -= 1;
    }

    /// An incident was closed; this is all of it.
    pub(super) fn closed(&self, all: &GetIncidentResponse) {
        let Some(incident) = &all.incident else { return };
        let mut counted = self.counted();
        if !counted.counted.insert(incident.incident_id.clone()) {
            return;
        }
        let closed = &mut counted.closed;
        closed.incidents += 1;
        closed.calls += all.calls.len() as u64;
        let taken = from_wire(incident.created_at.as_ref());
        for assignment in &all.assignments {
            count_assignment(closed, assignment);
        }
        for run in &all.runs {
            count_run(closed, run);
        }
        let sent =
            all.assignments.iter().filter_map(|assignment| at(&assignment.milestones, Step::Sent)).min();
        let scene = all.runs.iter().filter_map(|run| at(&run.milestones, Step::OnScene)).min();
        record(&mut closed.intervals.taken_to_sent, taken, sent);
        record(&mut closed.intervals.taken_to_scene, taken, scene);
    }
}

fn count_assignment(closed: &mut ClosedFigures, assignment: &Assignment) {
    let steps = &assignment.milestones;
    closed.expired += u64::from(first(steps, Step::AnswerOverdue).is_some());
    if let Some(Purpose::Respond(_)) =
        assignment.purpose.as_ref().and_then(|purpose| purpose.purpose.as_ref())
    {
        closed.assignments += 1;
    }
    if let Some(assignment_state::State::Returned(_)) =
        assignment.state.as_ref().and_then(|state| state.state.as_ref())
    {
        closed.returned += 1;
    }
    record(&mut closed.intervals.sent_to_received, at(steps, Step::Sent), at(steps, Step::Received));
}

fn count_run(closed: &mut ClosedFigures, run: &Run) {
    let steps = &run.milestones;
    let times: BTreeMap<Step, Timestamp> =
        [Step::Sent, Step::Acknowledged, Step::EnRoute, Step::OnScene, Step::Cleared, Step::StoodDown]
            .into_iter()
            .filter_map(|step| Some((step, at(steps, step)?)))
            .collect();
    let time = |step| times.get(&step).copied();
    closed.runs += 1;
    closed.expired += u64::from(first(steps, Step::AnswerOverdue).is_some());
    record(&mut closed.intervals.sent_to_acknowledged, time(Step::Sent), time(Step::Acknowledged));
    record(&mut closed.intervals.acknowledged_to_en_route, time(Step::Acknowledged), time(Step::EnRoute));
    record(&mut closed.intervals.en_route_to_scene, time(Step::EnRoute), time(Step::OnScene));
    if let (Some(sent), Some(over)) =
        (time(Step::Sent), time(Step::Cleared).or_else(|| time(Step::StoodDown)))
    {
        closed.busy_s += over.duration_since(sent).as_secs_f64().max(0.0);
    }
}

/// Records the time between two steps, if both are known.
fn record(histogram: &mut Histogram<u64>, from: Option<Timestamp>, to: Option<Timestamp>) {
    if let (Some(from), Some(to)) = (from, to) {
        histogram.saturating_record(u64::try_from(to.duration_since(from).as_secs()).unwrap_or(0));
    }
}

/// The first report of a step.
fn first(milestones: &[Milestone], step: Step) -> Option<&Milestone> {
    milestones.iter().find(|milestone| milestone.step() == step)
}

/// When a step first happened, by the reporters' word.
fn at(milestones: &[Milestone], step: Step) -> Option<Timestamp> {
    from_wire(first(milestones, step)?.occurred_at.as_ref())
}

#[cfg(test)]
mod tests {
    use protocol::record::v1::{AssignmentPurpose, Incident, assignment_purpose::Respond};

    use super::*;

    fn step(step: Step, second: i64) -> Milestone {
        let occurred_at = Some(prost_types::Timestamp { seconds: second, nanos: 0 });
        Milestone {
            step: step.into(),
            occurred_at,
            reported_by_role: "system".to_owned(),
            ..Milestone::default()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_from_the_acknowledgement_to_the_desk_is_told_by_who_sent() {
        let figures = Figures::default();
        figures.acknowledged("i1");
        tokio::time::advance(std::time::Duration::from_millis(30)).await;
        let purpose = Some(AssignmentPurpose { purpose: Some(Purpose::Respond(Respond::default())) });
        let incident_id = "i1".to_owned();
        let assignment = Assignment {
            incident_id,
            purpose,
            milestones: vec![step(Step::Sent, 0)],
            ..Assignment::default()
        };
        figures.desk_saw(&assignment);
        let (by_centre, by_person) = figures.seen_after_us();
        assert_eq!((by_centre.len(), by_person.len()), (1, 0));
        assert!(by_centre.equivalent(by_centre.max(), 30_000), "{}", by_centre.max());
    }

    #[test]
    fn a_closed_incident_is_counted_once_with_its_intervals() {
        let figures = Figures::default();
        let run = Run {
            milestones: vec![
                step(Step::Sent, 10),
                step(Step::Acknowledged, 25),
                step(Step::EnRoute, 40),
                step(Step::OnScene, 340),
                step(Step::Cleared, 1_010),
            ],
            ..Run::default()
        };
        let incident = Incident {
            incident_id: "i1".to_owned(),
            created_at: Some(prost_types::Timestamp { seconds: 0, nanos: 0 }),
            ..Incident::default()
        };
        let all = GetIncidentResponse {
            incident: Some(incident),
            runs: vec![run],
            ..GetIncidentResponse::default()
        };
        figures.closed(&all);
        figures.closed(&all);
        let closed = figures.closed_figures();
        assert_eq!((closed.incidents, closed.runs, closed.intervals.sent_to_acknowledged.max()), (1, 1, 15));
        assert_eq!((closed.intervals.taken_to_scene.max(), closed.busy_s as u64), (340, 1_000));
    }
}
