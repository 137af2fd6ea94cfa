//! What requests say of calls.

use domain::call::{CallOutcome, DuplicateChoice};

use super::Fields;
use crate::record::v1::{self as wire, duplicate_choice::Choice};

/// What became of a call; it must be said.
pub fn call_outcome(fields: &mut Fields, field: &str, value: i32) -> Option<CallOutcome> {
    fields.choice(field, value, |outcome| match outcome {
        wire::CallOutcome::Unspecified => None,
        wire::CallOutcome::Incident => Some(CallOutcome::Incident),
        wire::CallOutcome::Advice => Some(CallOutcome::Advice),
        wire::CallOutcome::Transferred => Some(CallOutcome::Transferred),
        wire::CallOutcome::SuspectedHoax => Some(CallOutcome::SuspectedHoax),
        wire::CallOutcome::Silent => Some(CallOutcome::Silent),
        wire::CallOutcome::Unreachable => Some(CallOutcome::Unreachable),
    })
}

/// What the operator said of likely duplicates; nothing means that nobody was asked.
pub fn duplicate_choice(
    fields: &mut Fields,
    field: &str,
    given: Option<wire::DuplicateChoice>,
) -> DuplicateChoice {
    match given.and_then(|given| given.choice) {
        None | Some(Choice::Unasked(_)) => DuplicateChoice::Unasked,
        Some(Choice::Separate(_)) => DuplicateChoice::Separate,
        Some(Choice::SameAsIncidentId(incident)) => {
            let named = format!("{field}.same_as_incident_id");
            fields
                .id(&named, &incident)
                .map_or(DuplicateChoice::Unasked, |incident| DuplicateChoice::SameAs { incident })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode;

    #[test]
    fn every_outcome_reads_back_and_an_unknown_one_is_refused() {
        for known in [
            CallOutcome::Incident,
            CallOutcome::Advice,
            CallOutcome::Transferred,
            CallOutcome::SuspectedHoax,
            CallOutcome::Silent,
            CallOutcome::Unreachable,
        ] {
            let mut fields = Fields::new();
            assert_eq!(call_outcome(&mut fields, "outcome", encode::call_outcome(known).into()), Some(known));
        }
        for refused in [0, 999, -1] {
            let mut fields = Fields::new();
            assert_eq!(call_outcome(&mut fields, "outcome", refused), None);
            assert!(fields.all(|| Some(())).is_err());
        }
    }

    #[test]
    fn a_duplicate_is_named_by_a_real_id() {
        let mut fields = Fields::new();
        assert_eq!(duplicate_choice(&mut fields, "duplicate", None), DuplicateChoice::Unasked);
        let wrong = wire::DuplicateChoice { choice: Some(Choice::SameAsIncidentId("1043".to_owned())) };
        duplicate_choice(&mut fields, "duplicate", Some(wrong));
        let refused = fields.all(|| Some(())).unwrap_err();
        assert_eq!(refused.violations[0].field, "duplicate.same_as_incident_id");
    }
}
