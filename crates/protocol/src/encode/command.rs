//! Verbs of the command line and their help.

use command::{Rule, Verb};

use crate::command::v1 as wire;

/// One verb as help shows it.
pub fn command_help(rule: &Rule) -> wire::CommandHelp {
    wire::CommandHelp {
        verb: verb(rule.verb).into(),
        words: rule.words.iter().map(|word| (*word).to_owned()).collect(),
        form: rule.form.to_owned(),
        example: rule.example.to_owned(),
    }
}

/// What a line does.
pub const fn verb(verb: Verb) -> wire::Verb {
    match verb {
        Verb::Dispatch => wire::Verb::Dispatch,
        Verb::CrossDistrict => wire::Verb::CrossDistrict,
        Verb::Acknowledged => wire::Verb::Acknowledged,
        Verb::EnRoute => wire::Verb::EnRoute,
        Verb::OnScene => wire::Verb::OnScene,
        Verb::Clear => wire::Verb::Clear,
        Verb::UnitState => wire::Verb::UnitState,
        Verb::Received => wire::Verb::Received,
        Verb::Accept => wire::Verb::Accept,
        Verb::Return => wire::Verb::Return,
        Verb::StandDown => wire::Verb::StandDown,
        Verb::ConfirmStandDown => wire::Verb::ConfirmStandDown,
        Verb::Priority => wire::Verb::Priority,
        Verb::Type => wire::Verb::Type,
        Verb::Location => wire::Verb::Location,
        Verb::Note => wire::Verb::Note,
        Verb::Hold => wire::Verb::Hold,
        Verb::Release => wire::Verb::Release,
        Verb::Merge => wire::Verb::Merge,
        Verb::Unmerge => wire::Verb::Unmerge,
        Verb::RequestResource => wire::Verb::RequestResource,
        Verb::Close => wire::Verb::Close,
        Verb::Cancel => wire::Verb::Cancel,
        Verb::Reopen => wire::Verb::Reopen,
        Verb::New => wire::Verb::New,
        Verb::Answer => wire::Verb::Answer,
        Verb::AcknowledgeAlarm => wire::Verb::AcknowledgeAlarm,
        Verb::Recommend => wire::Verb::Recommend,
        Verb::View => wire::Verb::View,
        Verb::Automatic => wire::Verb::Automatic,
        Verb::Undo => wire::Verb::Undo,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use command::RULES;

    use super::*;

    #[test]
    fn every_verb_of_the_contract_is_one_of_the_table_and_no_other() {
        let known: BTreeSet<i32> = RULES.iter().map(|rule| verb(rule.verb).into()).collect();
        let named = (1..).take_while(|number| wire::Verb::try_from(*number).is_ok());
        assert_eq!(known, named.collect());
        assert_eq!(known.len(), RULES.len());
    }
}
