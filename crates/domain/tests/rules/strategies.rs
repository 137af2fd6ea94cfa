//! Records of every kind drawn at random, with the texts that break careless software.
//!
//! A record is built from a list of numbers, so that proptest can still make a failing record smaller. One with a
//! lifecycle gets to its state as in the field: by events.

mod dice;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    AlarmId, DistrictId, Version,
    alarm::{About, Alarm, AlarmCode, AlarmEvent, AlarmLevel},
    assignment::{Assignment, AssignmentEvent, NewAssignment, Purpose},
    call::{Addition, Call, CallDisposition, CallEvent, CallFlag, CallOutcome, DuplicateChoice, NewCall},
    desk::{Desk, DeskLink},
    directory::DirectoryVersion,
    dispatch::{Automatic, Dispatch},
    incident::{
        Closing, Incident, IncidentEvent, Need, NeedMode, NeedTime, NewIncident, PassedOver,
        PassedOverReason, Responder, Restriction, Serving, Supply,
    },
    note::{Note, NotedChange},
    recommendation::{Candidate, Excluded, Exclusion, NeedRecommendation, PositionSource, Recommendation},
    record::{DirectoryHead, DirectoryPart, Dropped, Record, ReplacedDirectory},
    run::{Run, RunEvent},
    unit::{Unit, UnitEvent},
};

pub(crate) use dice::{Dice, dice};

impl Dice {
    pub(crate) fn call(&mut self) -> Call {
        use CallFlag::{BadTime, GarbledText, NoLocation, NoType, OutsideArea};
        let flags = [NoLocation, NoType, OutsideArea, GarbledText, BadTime];
        let new = NewCall {
            id: self.call_id(),
            number: self.number(),
            source: self.text(),
            caller_number: self.text(),
            milestones: self.some(Self::milestone),
        };
        let mut call = Call::ringing(new, self.text());
        call.location = self.location();
        call.incident_type = self.maybe(Self::incident_type);
        call.type_text = self.text();
        call.language = self.text();
        call.narrative = self.text();
        call.flags = self.some(|dice| dice.pick(&flags));
        call.taken_at = self.maybe(Self::time);
        call.incident = self.maybe(Self::incident_id);
        call.duplicate = match self.below(3) {
            0 => DuplicateChoice::Unasked,
            1 => DuplicateChoice::Separate,
            _ => DuplicateChoice::SameAs { incident: self.incident_id() },
        };
        call.suspected_duplicate_of = self.some(Self::incident_id);
        call.additions = self.some(|dice| Addition {
            at: dice.time(),
            by: dice.text(),
            narrative: dice.text(),
            location: dice.maybe(Self::location),
        });
        for event in self.call_events() {
            call.step(event).unwrap();
        }
        call
    }

    fn call_events(&mut self) -> Vec<CallEvent> {
        use CallOutcome::{Advice, Incident, Silent, SuspectedHoax, Transferred, Unreachable};
        let outcomes = [Incident, Advice, Transferred, SuspectedHoax, Silent, Unreachable];
        let answer = CallEvent::Answer { desk: self.text() };
        let disposition =
            CallDisposition { outcome: self.pick(&outcomes), remark: self.text(), by: self.text() };
        match self.below(5) {
            0 => Vec::new(),
            1 => vec![answer],
            2 => vec![CallEvent::Abandon],
            3 => {
                let due = self.time();
                let mut events = vec![CallEvent::Abandon, CallEvent::CallBack { due }];
                // after the third a person decides
                events.extend((0..self.below(4)).map(|_| CallEvent::CallBackFailed { due }));
                events
            }
            _ => vec![answer, CallEvent::End { disposition }],
        }
    }

    fn need(&mut self) -> Need {
        Need {
            kind: self.kind(),
            count: self.pick(&[1, 2, 40]),
            when: self.pick(&[NeedTime::AtOnce, NeedTime::OnRequest, NeedTime::Requested]),
            mode: self.pick(&[NeedMode::Recommend, NeedMode::Auto]),
            desk_answer: self.seconds(),
            crew_answer: self.seconds(),
            serving: self
                .some(|dice| Serving { assignment: dice.assignment_id(), units: dice.pick(&[0, 1, 40]) }),
            supply: self.pick(&[Supply::Enough, Supply::Short, Supply::Eased]),
        }
    }

    fn passed_over(&mut self) -> PassedOver {
        use PassedOverReason::{Returned, StoodDown, Unanswered};
        let who = if self.yes() {
            Responder::Desk { station: self.station() }
        } else {
            Responder::Unit { unit: self.unit_id() }
        };
        PassedOver { who, why: self.pick(&[Unanswered, Returned, StoodDown]), at: self.time() }
    }

    pub(crate) fn incident(&mut self) -> Incident {
        let new = NewIncident {
            id: self.incident_id(),
            number: self.number(),
            incident_type: self.maybe(Self::incident_type),
            priority: self.priority(),
            summary: self.text(),
            needs: self.some(Self::need),
        };
        let mut incident = Incident::open(new, &self.report());
        incident.location = self.location();
        incident.district = self.maybe(|dice| DistrictId::new(dice.station().as_str()).unwrap());
        incident.station = self.maybe(Self::station);
        incident.lead_desk = self.maybe(Self::station);
        incident.restriction = self.maybe(|dice| Restriction {
            readers: dice.some(Self::text).into_iter().collect::<BTreeSet<_>>(),
            reason: dice.text(),
            by: dice.text(),
        });
        incident.calls = self.some(Self::call_id);
        incident.callers = self.some(Self::caller);
        incident.assignments = self.some(Self::assignment_id);
        incident.runs = self.some(Self::run_id);
        incident.passed_over = self.some(Self::passed_over);
        incident.suspected_duplicate_of = self.maybe(Self::incident_id);
        incident.recommendation = self.maybe(Self::recommendation_id);
        incident.earlier_recommendations = self.some(Self::recommendation_id);
        incident.notes = self.some(Self::note_id);
        incident.merged_from = self.some(Self::incident_id);
        incident.milestones = self.some(Self::milestone);
        if let Some(event) = self.incident_event() {
            incident.step(event).unwrap();
        }
        incident
    }

    fn incident_event(&mut self) -> Option<IncidentEvent> {
        match self.below(7) {
            0 => Some(IncidentEvent::Hold { by: self.text(), until: self.time(), why: self.text() }),
            1 => Some(IncidentEvent::Merge { into: self.incident_id() }),
            2 => Some(IncidentEvent::Close {
                closing: Closing {
                    disposition: self.text(),
                    registration_number: self.text(),
                    lawful_reason: self.text(),
                    by: self.text(),
                    at: self.time(),
                },
            }),
            3 => Some(IncidentEvent::Cancel { reason: self.text(), by: self.text(), at: self.time() }),
            _ => None,
        }
    }

    pub(crate) fn assignment(&mut self) -> Assignment {
        let purpose = if self.yes() {
            Purpose::Respond { need: self.below(32) as usize, kind: self.kind() }
        } else {
            Purpose::Inform
        };
        let new = NewAssignment {
            id: self.assignment_id(),
            incident: self.incident_id(),
            desk: self.station(),
            purpose,
            recommended_unit: self.maybe(Self::unit_id),
            answer_due: self.maybe(Self::time),
        };
        let mut assignment = Assignment::sent(new, &self.report());
        assignment.moved_from = self.maybe(Self::incident_id);
        assignment.runs = self.some(Self::run_id);
        assignment.overdue = self.yes();
        assignment.milestones = self.some(Self::milestone);
        for event in self.assignment_events() {
            assignment.step(event).unwrap();
        }
        assignment
    }

    fn assignment_events(&mut self) -> Vec<AssignmentEvent> {
        let stand_down = AssignmentEvent::StandDown { by: self.text(), reason: self.text() };
        match self.below(8) {
            0 => Vec::new(),
            1 => vec![AssignmentEvent::Deliver],
            2 => vec![AssignmentEvent::Receive { person: self.text() }],
            3 => vec![AssignmentEvent::Accept { person: self.text() }],
            4 => vec![AssignmentEvent::Finish],
            5 => vec![AssignmentEvent::Return {
                reason: self.text(),
                by: self.text(),
                proposed_desk: self.maybe(Self::station),
            }],
            6 => vec![stand_down],
            _ => vec![stand_down, AssignmentEvent::ConfirmStandDown { by: self.text() }],
        }
    }

    pub(crate) fn run(&mut self) -> Run {
        let (id, assignment, unit) = (self.run_id(), self.assignment(), self.unit_id());
        let mut run = Run::sent(id, &assignment, unit, self.maybe(Self::time), &self.report());
        run.overdue = self.yes();
        run.milestones = self.some(Self::milestone);
        for event in self.run_events() {
            run.step(event).unwrap();
        }
        run
    }

    fn run_events(&mut self) -> Vec<RunEvent> {
        let stand_down = RunEvent::StandDown { by: self.text(), reason: self.text() };
        match self.below(7) {
            0 => Vec::new(),
            1 => vec![RunEvent::Acknowledge],
            2 => vec![RunEvent::Depart],
            3 => vec![RunEvent::Arrive],
            4 => vec![RunEvent::Clear { disposition: self.text() }],
            5 => vec![stand_down],
            _ => vec![stand_down, RunEvent::ConfirmStandDown { by: self.text() }],
        }
    }

    fn unit(&mut self) -> Unit {
        let mut unit = Unit::signed_off(self.unit_id(), self.time());
        unit.crew = self.some(Self::text);
        unit.unanswered_in_a_row = self.below(4);
        let events = match self.below(4) {
            0 => vec![],
            1 => vec![UnitEvent::SignOn],
            2 => vec![UnitEvent::SignOn, UnitEvent::Assign { run: self.run_id() }],
            _ => vec![UnitEvent::SignOn, UnitEvent::OutOfService { reason: self.text() }],
        };
        for event in events {
            unit.step(event).unwrap();
        }
        unit
    }

    fn link(&mut self) -> DeskLink {
        match self.below(3) {
            0 => DeskLink::Unknown,
            1 => DeskLink::Up,
            _ => DeskLink::Down { since: self.time() },
        }
    }

    fn alarm(&mut self) -> Alarm {
        let about = About {
            incident: self.maybe(Self::incident_id),
            assignment: self.maybe(Self::assignment_id),
            run: self.maybe(Self::run_id),
            call: self.maybe(Self::call_id),
            desk: self.maybe(Self::station),
            unit: self.maybe(Self::unit_id),
            detail: self.text(),
        };
        let id = AlarmId::derived(self.operation(), "alarm");
        let level = self.pick(&[AlarmLevel::Operator, AlarmLevel::Supervisor]);
        let mut alarm = Alarm::raised(id, self.pick(&AlarmCode::ALL), level, about, self.time());
        let event = match self.below(3) {
            0 => None,
            1 => Some(AlarmEvent::Acknowledge { by: self.text(), at: self.time() }),
            _ => Some(AlarmEvent::End { by: self.text(), at: self.time() }),
        };
        if let Some(event) = event {
            alarm.step(event).unwrap();
        }
        alarm
    }

    fn candidate(&mut self) -> Candidate {
        use PositionSource::{Beat, Desk, Reported};
        Candidate {
            unit: self.unit_id(),
            desk: self.station(),
            distance_m: self.maybe(|dice| dice.below(u32::MAX)),
            travel: self.maybe(Self::seconds),
            position_from: self.pick(&[Reported, Beat, Desk]),
            position_age: self.maybe(Self::seconds),
            own_district: self.yes(),
            silent: self.yes(),
        }
    }

    fn exclusion(&mut self) -> Exclusion {
        use Exclusion::{
            AlreadyServing, OnRun, OutOfService, Promised, Returned, SignedOff, StoodDown, Unanswered,
        };
        self.pick(&[
            OnRun,
            SignedOff,
            OutOfService,
            AlreadyServing,
            Promised,
            Unanswered,
            Returned,
            StoodDown,
        ])
    }

    fn recommendation(&mut self) -> Recommendation {
        Recommendation {
            id: self.recommendation_id(),
            incident: self.incident_id(),
            directory: DirectoryVersion(u64::from(self.below(u32::MAX))),
            board: Version(u64::from(self.below(u32::MAX))),
            made_at: self.time(),
            needs: self.some(|dice| NeedRecommendation {
                need: dice.below(32) as usize,
                kind: dice.kind(),
                chosen: dice.some(Self::candidate),
                next: dice.some(Self::candidate),
                passed_over: dice.some(|dice| Excluded {
                    unit: dice.unit_id(),
                    distance_m: dice.maybe(|dice| dice.below(u32::MAX)),
                    why: dice.exclusion(),
                }),
                excluded: dice
                    .some(|dice| (dice.exclusion(), dice.below(u32::MAX)))
                    .into_iter()
                    .collect::<BTreeMap<_, _>>(),
                shortfall: dice.below(u32::MAX),
            }),
        }
    }

    /// A record of any kind.
    pub(crate) fn record(&mut self) -> Record {
        match self.below(12) {
            0 => Record::Call(self.call()),
            1 => Record::Incident(self.incident()),
            2 => Record::Assignment(self.assignment()),
            3 => Record::Run(self.run()),
            4 => Record::Unit(self.unit()),
            5 => Record::Desk(Desk {
                station: self.station(),
                unanswered_in_a_row: self.below(4),
                link: self.link(),
            }),
            6 => Record::Note(Note {
                id: self.note_id(),
                incident: self.incident_id(),
                changes: vec![NotedChange::Place { from: self.location(), to: self.location() }],
                text: self.text(),
                by: self.text(),
                at: self.time(),
            }),
            7 => Record::Recommendation(self.recommendation()),
            8 => Record::Alarm(self.alarm()),
            9 => Record::Dispatch(Dispatch {
                holder: self.text(),
                automatic: self.pick(&[Automatic::On, Automatic::Off]),
                switched_by: self.text(),
                reason: self.text(),
            }),
            10 => Record::Directory(DirectoryHead {
                version: DirectoryVersion(u64::from(self.below(u32::MAX))),
                parts: self.below(u32::MAX),
                sha256: "0f".repeat(32),
                closing: self.some(|this| Dropped::Unit(this.unit_id())),
                applied_by: self.text(),
                applied_at: self.time(),
                replaced: self.some(|dice| ReplacedDirectory {
                    version: DirectoryVersion(u64::from(dice.below(u32::MAX))),
                    parts: dice.below(u32::MAX),
                    sha256: "0f".repeat(32),
                    at: dice.time(),
                }),
            }),
            _ => Record::DirectoryPart(DirectoryPart {
                version: DirectoryVersion(u64::from(self.below(u32::MAX))),
                sha256: "0f".repeat(32),
                part: self.below(3),
                text: self.text(),
            }),
        }
    }
}
