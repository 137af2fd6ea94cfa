//! What holds over any history of a lifecycle, however senseless its events.

use domain::{
    alarm::AlarmState,
    assignment::AssignmentState,
    call::CallState,
    incident::IncidentState,
    run::RunState,
    unit::{UnitEvent, UnitState},
};
use proptest::prelude::*;

use crate::{
    lifecycle::State,
    samples::{self, Samples},
};

/// One step of a history: the state before, the event, and the state after it or none if it was refused.
type Step<S> = (S, <S as State>::Event, Option<S>);

/// Plays the events with these numbers from the state with that number.
fn play<S: State>(samples: &Samples<S>, start: usize, events: &[usize]) -> Vec<Step<S>> {
    let mut state = samples.states[start % samples.states.len()].1.clone();
    let mut steps = Vec::new();
    for number in events {
        let event = samples.events[number % samples.events.len()].1.clone();
        let after = state.clone().next(event.clone()).ok();
        steps.push((state.clone(), event, after.clone()));
        state = after.unwrap_or(state);
    }
    steps
}

/// A state that allows nothing refuses everything, and one that allows something does not refuse it for good.
fn ends_are_ends<S: State>(steps: &[Step<S>]) -> Result<(), TestCaseError> {
    for (before, event, after) in steps {
        let named = before.allowed().contains(&S::event_word(event));
        prop_assert!(named || after.is_none(), "{before:?} does not allow {event:?} and took it");
        prop_assert!(!before.allowed().is_empty() || after.is_none(), "{before:?} is an end");
    }
    Ok(())
}

/// No event but those named `back` lowers the rank.
fn never_back<S: State>(
    steps: &[Step<S>],
    rank: impl Fn(&S) -> u8,
    back: &[&str],
) -> Result<(), TestCaseError> {
    for (before, event, after) in steps {
        if let Some(after) = after
            && !back.contains(&S::event_word(event))
        {
            prop_assert!(rank(after) >= rank(before), "{event:?} led from {before:?} back to {after:?}");
        }
    }
    Ok(())
}

fn run_rank(state: &RunState) -> u8 {
    match state {
        RunState::Sent => 0,
        RunState::Acknowledged => 1,
        RunState::EnRoute => 2,
        RunState::OnScene => 3,
        RunState::StandDownSent { .. } => 4,
        RunState::Cleared { .. } | RunState::StoodDown { .. } => 5,
    }
}

fn assignment_rank(state: &AssignmentState) -> u8 {
    match state {
        AssignmentState::Sent => 0,
        AssignmentState::Delivered => 1,
        AssignmentState::Received { .. } => 2,
        AssignmentState::Accepted { .. } => 3,
        AssignmentState::StandDownSent { .. } => 4,
        AssignmentState::Done | AssignmentState::Returned { .. } | AssignmentState::StoodDown { .. } => 5,
    }
}

fn alarm_rank(state: &AlarmState) -> u8 {
    match state {
        AlarmState::Raised => 0,
        AlarmState::Acknowledged { .. } => 1,
        AlarmState::Ended { .. } => 2,
    }
}

fn call_rank(state: &CallState) -> u8 {
    match state {
        CallState::Ringing { .. } => 0,
        CallState::Answered { .. } | CallState::Abandoned | CallState::CallBack { .. } => 1,
        CallState::NeedsDecision => 2,
        CallState::Ended { .. } => 3,
    }
}

fn incident_rank(state: &IncidentState) -> u8 {
    match state {
        IncidentState::Held { .. } | IncidentState::Open => 0,
        IncidentState::Merged { .. } | IncidentState::Closed { .. } | IncidentState::Cancelled { .. } => 1,
    }
}

fn events() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(any::<usize>(), 0..40)
}

proptest! {
    #[test]
    fn a_run_goes_back_only_when_it_is_corrected(start: usize, events in events()) {
        let steps = play(&samples::run_states(), start, &events);
        ends_are_ends(&steps)?;
        never_back(&steps, run_rank, &["correct"])?;
        for (before, _, after) in &steps {
            let was_open = before.is_open();
            prop_assert!(after.as_ref().is_none_or(|after| was_open || !after.is_open()), "a run over stays over");
        }
    }

    #[test]
    fn an_assignment_never_goes_back_and_keeps_the_first_name(start: usize, events in events()) {
        let steps = play(&samples::assignment(), start, &events);
        ends_are_ends(&steps)?;
        never_back(&steps, assignment_rank, &[])?;
        for (before, event, after) in &steps {
            if let Some(after) = after
                && before.word() == after.word()
            {
                prop_assert_eq!(before, after, "{:?} changed a name", event);
            }
        }
    }

    #[test]
    fn an_alarm_never_goes_back(start: usize, events in events()) {
        let steps = play(&samples::alarm(), start, &events);
        ends_are_ends(&steps)?;
        never_back(&steps, alarm_rank, &[])?;
    }

    #[test]
    fn a_call_never_rings_again_and_is_called_back_three_times_at_most(start: usize, events in events()) {
        let steps = play(&samples::call(), start, &events);
        ends_are_ends(&steps)?;
        never_back(&steps, call_rank, &[])?;
        for (before, _, after) in &steps {
            if let Some(CallState::CallBack { attempt, .. }) = after {
                prop_assert!((1..=3).contains(attempt));
                if let CallState::CallBack { attempt: last, .. } = before {
                    prop_assert_eq!(*attempt, last + 1);
                }
            }
        }
    }

    #[test]
    fn an_incident_that_is_over_comes_back_only_when_a_person_says_so(start: usize, events in events()) {
        let steps = play(&samples::incident(), start, &events);
        ends_are_ends(&steps)?;
        never_back(&steps, incident_rank, &["reopen", "unmerge"])?;
        for (before, _, after) in &steps {
            prop_assert!(!before.is_open() || after.as_ref() != Some(before), "every step of an open one leads on");
        }
    }

    #[test]
    fn a_unit_on_a_run_is_freed_by_that_run_alone(start: usize, events in events()) {
        let steps = play(&samples::unit(), start, &events);
        ends_are_ends(&steps)?;
        for (before, event, after) in &steps {
            if let (UnitState::Assigned { run }, Some(after)) = (before, after) {
                let freed_it = matches!(event, UnitEvent::Free { run: freed } if freed == run);
                prop_assert!(freed_it, "{event:?} freed a unit");
                prop_assert_eq!(after, &UnitState::Available);
            }
            if let (Some(UnitState::Assigned { .. }), UnitEvent::Assign { .. }) = (after, event) {
                prop_assert_eq!(before, &UnitState::Available);
            }
        }
    }
}
