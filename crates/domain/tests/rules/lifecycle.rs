//! What the six lifecycles have in common, so that one test can be asked of each.

use std::fmt::Debug;

use domain::{
    alarm::{AlarmEvent, AlarmState},
    assignment::{AssignmentEvent, AssignmentState},
    call::{CallEvent, CallState},
    incident::{IncidentEvent, IncidentState},
    refusal::{Lifecycle, StepRefusal},
    run::{RunEvent, RunState},
    unit::{UnitEvent, UnitState},
};

/// A state of one of the lifecycles.
pub(crate) trait State: Clone + Debug + PartialEq {
    /// What can happen to it.
    type Event: Clone + Debug;
    /// Which lifecycle.
    const LIFECYCLE: Lifecycle;

    fn next(self, event: Self::Event) -> Result<Self, StepRefusal>;
    fn word(&self) -> &'static str;
    fn allowed(&self) -> &'static [&'static str];
    fn event_word(event: &Self::Event) -> &'static str;
}

macro_rules! state {
    ($lifecycle:ident, $state:ty, $event:ty) => {
        impl State for $state {
            type Event = $event;
            const LIFECYCLE: Lifecycle = Lifecycle::$lifecycle;

            fn next(self, event: $event) -> Result<Self, StepRefusal> {
                <$state>::next(self, event)
            }
            fn word(&self) -> &'static str {
                self.as_str()
            }
            fn allowed(&self) -> &'static [&'static str] {
                <$state>::allowed(self)
            }
            fn event_word(event: &$event) -> &'static str {
                event.as_str()
            }
        }
    };
}

state!(Call, CallState, CallEvent);
state!(Incident, IncidentState, IncidentEvent);
state!(Assignment, AssignmentState, AssignmentEvent);
state!(Run, RunState, RunEvent);
state!(Unit, UnitState, UnitEvent);
state!(Alarm, AlarmState, AlarmEvent);
