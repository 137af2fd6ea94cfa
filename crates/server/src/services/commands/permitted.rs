//! Which verbs a role may use: those whose methods the contract lets it call. No table of its own says so.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use command::{RULES, Verb};
use identity::Role;

use crate::access::access_table;

/// The verbs of a role.
pub(super) fn permitted(role: Role) -> &'static BTreeSet<Verb> {
    static PERMITTED: LazyLock<BTreeMap<Role, BTreeSet<Verb>>> = LazyLock::new(|| {
        let verbs = |role| {
            let own = RULES.iter().map(|rule| rule.verb).filter(|verb| roles(*verb).contains(&role));
            (role, own.collect())
        };
        Role::ALL.into_iter().map(verbs).collect()
    });
    static NONE: BTreeSet<Verb> = BTreeSet::new();
    PERMITTED.get(&role).unwrap_or(&NONE)
}

/// The roles that may use a verb, as a fact of a refusal.
pub(super) fn allowed(verb: Verb) -> String {
    roles(verb).iter().map(|role| role.as_str()).collect::<Vec<_>>().join(",")
}

/// The roles that may call every method that the verb stands for, and the method that lines are run by.
fn roles(verb: Verb) -> BTreeSet<Role> {
    let table = access_table();
    let of_method = |method: &str| {
        let row = table.iter().find(|row| row.path.ends_with(method));
        row.map(|row| row.roles.clone()).unwrap_or_default()
    };
    let run = of_method("/kezek.command.v1.CommandService/RunCommand");
    methods(verb).iter().fold(run, |roles, method| roles.intersection(&of_method(method)).copied().collect())
}

/// The methods whose use cases a verb asks.
const fn methods(verb: Verb) -> &'static [&'static str] {
    match verb {
        Verb::Dispatch => &["DispatchService/SendUnit", "DispatchService/AssignDesk"],
        Verb::CrossDistrict => &["DispatchService/AssignDesk"],
        Verb::Acknowledged | Verb::EnRoute | Verb::OnScene | Verb::Clear => &["RunService/ReportRun"],
        Verb::UnitState => &[
            "UnitService/SignOn",
            "UnitService/SignOff",
            "UnitService/SetOutOfService",
            "UnitService/ReturnToService",
        ],
        Verb::Received => &["DeskService/ReportReceived"],
        Verb::Accept => &["DeskService/AcceptAssignment"],
        Verb::Return => &["DeskService/ReturnAssignment"],
        Verb::StandDown => &["DispatchService/StandDown"],
        Verb::ConfirmStandDown => {
            &["RunService/ConfirmRunStandDown", "DeskService/ConfirmAssignmentStandDown"]
        }
        Verb::Priority => &["IncidentService/ChangePriority"],
        Verb::Type => &["IncidentService/ChangeType"],
        Verb::Location => &["IncidentService/ChangeLocation"],
        Verb::Note => &["IncidentService/AddNote"],
        Verb::Hold => &["IncidentService/HoldIncident"],
        Verb::Release => &["IncidentService/ReleaseIncident"],
        Verb::Merge => &["IncidentService/MergeIncidents"],
        Verb::Unmerge => &["IncidentService/UnmergeIncident"],
        Verb::RequestResource => &["DispatchService/RequestResource"],
        Verb::Close => &["IncidentService/CloseIncident"],
        Verb::Cancel => &["IncidentService/CancelIncident"],
        Verb::Reopen => &["IncidentService/ReopenIncident"],
        Verb::New => &["IncidentService/OpenIncident"],
        Verb::Answer => &["IntakeService/ReportAnswered"],
        Verb::AcknowledgeAlarm => &["AlarmService/AcknowledgeAlarm"],
        Verb::Recommend => &["DispatchService/Recommend"],
        Verb::View => &["IncidentService/GetIncident"],
        Verb::Automatic => &["DispatchService/SetAutomaticDispatch"],
        // what it takes back is asked for by itself
        Verb::Undo => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_stands_for_methods_that_the_contract_has() {
        let table = access_table();
        for rule in &RULES {
            for method in methods(rule.verb) {
                let known = table.iter().filter(|row| row.path.ends_with(&format!(".{method}"))).count();
                assert_eq!(known, 1, "{method}");
            }
        }
    }

    #[test]
    fn a_duty_officer_speaks_for_units_and_desks_and_sends_nobody() {
        let own = permitted(Role::DutyOfficer);
        for verb in [Verb::OnScene, Verb::Received, Verb::Accept, Verb::Note, Verb::Undo] {
            assert!(own.contains(&verb), "{verb:?}");
        }
        for verb in [Verb::Dispatch, Verb::Recommend, Verb::Priority, Verb::Automatic] {
            assert!(!own.contains(&verb), "{verb:?}");
        }
        assert!(permitted(Role::Crew).is_empty());
    }
}
