//! Records of every kind drawn at random, with the texts that break careless software.
//!
//! A record is built from a list of numbers, so that every field is written down once here (a new one does not compile
//! until it is) and proptest can still make a failing record smaller.

mod dice;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    AlarmId, DistrictId, Version,
    alarm::{Alarm, AlarmCode, AlarmLevel, AlarmState},
    assignment::{Assignment, AssignmentState, Purpose},
    call::{Addition, Call, CallDisposition, CallFlag, CallOutcome, CallState, DuplicateChoice},
    desk::{Desk, DeskLink},
    directory::DirectoryVersion,
    dispatch::{Automatic, Dispatch},
    incident::{
        Closing, Incident, IncidentState, Need, NeedMode, NeedTime, PassedOver, PassedOverReason, Responder,
        Restriction, Serving,
    },
    note::Note,
    recommendation::{Candidate, Excluded, Exclusion, NeedRecommendation, PositionSource, Recommendation},
    record::{DirectoryHead, DirectoryPart, Dropped, Record, ReplacedDirectory},
    run::{Run, RunState},
    unit::{Unit, UnitState},
};

pub(crate) use dice::{Dice, dice};

impl Dice {
    pub(crate) fn call(&mut self) -> Call {
        use CallFlag::{BadTime, GarbledText, NoLocation, NoType, OutsideArea};
        let flags = [NoLocation, NoType, OutsideArea, GarbledText, BadTime];
        Call {
            id: self.call_id(),
            number: self.number(),
            source: self.text(),
            caller_number: self.text(),
            trunk: self.text(),
            location: self.location(),
            incident_type: self.maybe(Self::incident_type),
            type_text: self.text(),
            language: self.text(),
            narrative: self.text(),
            flags: self.some(|dice| dice.pick(&flags)),
            taken_at: self.maybe(Self::time),
            incident: self.maybe(Self::incident_id),
            duplicate: match self.below(3) {
                0 => DuplicateChoice::Unasked,
                1 => DuplicateChoice::Separate,
                _ => DuplicateChoice::SameAs { incident: self.incident_id() },
            },
            suspected_duplicate_of: self.some(Self::incident_id),
            additions: self.some(|dice| Addition {
                at: dice.time(),
                by: dice.text(),
                narrative: dice.text(),
                location: dice.maybe(Self::location),
            }),
            milestones: self.some(Self::milestone),
            state: self.call_state(),
        }
    }

    fn call_state(&mut self) -> CallState {
        use CallOutcome::{Advice, Incident, Silent, SuspectedHoax, Transferred, Unreachable};
        let outcomes = [Incident, Advice, Transferred, SuspectedHoax, Silent, Unreachable];
        match self.below(6) {
            0 => CallState::Ringing { trunk: self.text() },
            1 => CallState::Answered { desk: self.text() },
            2 => CallState::Abandoned,
            3 => CallState::CallBack { attempt: self.pick(&[1, 2, 3]), due: self.time() },
            4 => CallState::NeedsDecision,
            _ => CallState::Ended {
                disposition: CallDisposition {
                    outcome: self.pick(&outcomes),
                    remark: self.text(),
                    by: self.text(),
                },
            },
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
            serving: self.some(|dice| Serving { assignment: dice.assignment_id(), overdue: dice.yes() }),
            shortfall: self.yes(),
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
        Incident {
            id: self.incident_id(),
            number: self.number(),
            incident_type: self.maybe(Self::incident_type),
            priority: self.priority(),
            location: self.location(),
            district: self.maybe(|dice| DistrictId::new(dice.station().as_str()).unwrap()),
            station: self.maybe(Self::station),
            lead_desk: self.maybe(Self::station),
            restriction: self.maybe(|dice| Restriction {
                readers: dice.some(Self::text).into_iter().collect::<BTreeSet<_>>(),
                reason: dice.text(),
                by: dice.text(),
            }),
            summary: self.text(),
            calls: self.some(Self::call_id),
            callers: self.some(Self::caller),
            needs: self.some(Self::need),
            assignments: self.some(Self::assignment_id),
            runs: self.some(Self::run_id),
            passed_over: self.some(Self::passed_over),
            suspected_duplicate_of: self.maybe(Self::incident_id),
            recommendation: self.maybe(Self::recommendation_id),
            earlier_recommendations: self.some(Self::recommendation_id),
            notes: self.some(Self::note_id),
            merged_from: self.some(Self::incident_id),
            queued_since: None,
            created_at: self.time(),
            milestones: self.some(Self::milestone),
            state: self.incident_state(),
        }
    }

    fn incident_state(&mut self) -> IncidentState {
        match self.below(7) {
            0 => IncidentState::Held { by: self.text(), until: self.time(), why: self.text() },
            1 => IncidentState::Merged { into: self.incident_id() },
            2 => IncidentState::Closed {
                closing: Closing {
                    disposition: self.text(),
                    registration_number: self.text(),
                    lawful_reason: self.text(),
                    by: self.text(),
                    at: self.time(),
                },
            },
            3 => IncidentState::Cancelled { reason: self.text(), by: self.text(), at: self.time() },
            _ => IncidentState::Open,
        }
    }

    pub(crate) fn assignment(&mut self) -> Assignment {
        let purpose = if self.yes() {
            Purpose::Respond { need: self.below(32) as usize, kind: self.kind() }
        } else {
            Purpose::Inform
        };
        Assignment {
            id: self.assignment_id(),
            incident: self.incident_id(),
            desk: self.station(),
            purpose,
            moved_from: self.maybe(Self::incident_id),
            recommended_unit: self.maybe(Self::unit_id),
            runs: self.some(Self::run_id),
            answer_due: self.maybe(Self::time),
            overdue: self.yes(),
            milestones: self.some(Self::milestone),
            state: self.assignment_state(),
        }
    }

    fn assignment_state(&mut self) -> AssignmentState {
        match self.below(8) {
            0 => AssignmentState::Sent,
            1 => AssignmentState::Delivered,
            2 => AssignmentState::Received { person: self.text() },
            3 => AssignmentState::Accepted { person: self.text() },
            4 => AssignmentState::Done,
            5 => AssignmentState::Returned {
                reason: self.text(),
                by: self.text(),
                proposed_desk: self.maybe(Self::station),
            },
            6 => AssignmentState::StandDownSent { by: self.text(), reason: self.text() },
            _ => AssignmentState::StoodDown { confirmed_by: self.text() },
        }
    }

    pub(crate) fn run(&mut self) -> Run {
        let state = match self.below(7) {
            0 => RunState::Sent,
            1 => RunState::Acknowledged,
            2 => RunState::EnRoute,
            3 => RunState::OnScene,
            4 => RunState::Cleared { disposition: self.text() },
            5 => RunState::StandDownSent { by: self.text(), reason: self.text() },
            _ => RunState::StoodDown { confirmed_by: self.text() },
        };
        Run {
            id: self.run_id(),
            incident: self.incident_id(),
            assignment: self.assignment_id(),
            unit: self.unit_id(),
            desk: self.station(),
            answer_due: self.maybe(Self::time),
            overdue: self.yes(),
            milestones: self.some(Self::milestone),
            state,
        }
    }

    fn unit(&mut self) -> Unit {
        let state = match self.below(4) {
            0 => UnitState::SignedOff,
            1 => UnitState::Available,
            2 => UnitState::Assigned { run: self.run_id() },
            _ => UnitState::OutOfService { reason: self.text() },
        };
        Unit {
            id: self.unit_id(),
            crew: self.some(Self::text),
            since: self.time(),
            unanswered_in_a_row: self.below(4),
            state,
        }
    }

    fn link(&mut self) -> DeskLink {
        match self.below(3) {
            0 => DeskLink::Unknown,
            1 => DeskLink::Up,
            _ => DeskLink::Down { since: self.time() },
        }
    }

    fn alarm(&mut self) -> Alarm {
        let state = match self.below(3) {
            0 => AlarmState::Raised,
            1 => AlarmState::Acknowledged { by: self.text(), at: self.time() },
            _ => AlarmState::Ended { by: self.text(), at: self.time() },
        };
        Alarm {
            id: AlarmId::derived(self.operation(), "alarm"),
            code: self.pick(&AlarmCode::ALL),
            level: self.pick(&[AlarmLevel::Operator, AlarmLevel::Supervisor]),
            raised_at: self.time(),
            incident: self.maybe(Self::incident_id),
            assignment: self.maybe(Self::assignment_id),
            run: self.maybe(Self::run_id),
            call: self.maybe(Self::call_id),
            desk: self.maybe(Self::station),
            unit: self.maybe(Self::unit_id),
            detail: self.text(),
            state,
        }
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
