//! The verbs: one table, from which lines are read, help is shown and the document is checked.

use crate::Expected;

/// What a line does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "what each does stands in its line of the table")]
pub enum Verb {
    Dispatch,
    CrossDistrict,
    Acknowledged,
    EnRoute,
    OnScene,
    Clear,
    UnitState,
    Received,
    Accept,
    Return,
    StandDown,
    ConfirmStandDown,
    Priority,
    Type,
    Location,
    Note,
    Hold,
    Release,
    Merge,
    Unmerge,
    RequestResource,
    Close,
    Cancel,
    Reopen,
    New,
    Answer,
    AcknowledgeAlarm,
    Recommend,
    View,
    Automatic,
    Undo,
}

/// Whether a line must have the words at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextNeed {
    /// It must, and they are this.
    Must(Expected),
    /// They may be left out.
    May,
}

/// What stands after a verb, in the order of its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// Units with commas between, and an incident.
    Units,
    /// A station, and an incident.
    Station,
    /// A unit, and how the word came.
    Unit,
    /// A unit, how the word came, and what came of it.
    UnitAndResult,
    /// A unit, and what it is fit for.
    UnitState,
    /// An incident.
    Incident,
    /// An incident, and words.
    Text(TextNeed),
    /// An incident, how the word came, and words.
    ReportedText(TextNeed),
    /// An incident, a person, and how the word came.
    Person,
    /// Whoever is stood down: a unit, or a station and the incident; and why.
    Recall,
    /// A unit or an incident, and how the word came.
    Either,
    /// An incident, a priority, and perhaps why.
    Priority,
    /// An incident, minutes, and why.
    Hold,
    /// Two incidents, of which the first may be the selected one.
    Pair,
    /// An incident, a kind of unit, how many, how the word came, and why.
    Resource,
    /// An incident, the result, and what it is closed on.
    Closing,
    /// A type, a place, and what was said.
    New,
    /// Perhaps an alarm.
    Alarm,
    /// On or off, and why.
    Switch,
}

/// One verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Which.
    pub verb: Verb,
    /// The words it begins with, the usual one first.
    pub words: &'static [&'static str],
    /// Its form.
    pub form: &'static str,
    /// An example.
    pub example: &'static str,
    /// What it does, in a sentence.
    pub meaning: &'static str,
    /// What stands after it.
    pub needs: Needs,
}

/// Every verb, in the order in which help shows them.
pub static RULES: [Rule; 31] = [
    Rule {
        verb: Verb::Dispatch,
        words: &["D"],
        form: "D unit[,unit] incident",
        example: "D 21 1043",
        meaning: "Sends units, or asks their desks for them where a desk chooses the unit.",
        needs: Needs::Units,
    },
    Rule {
        verb: Verb::CrossDistrict,
        words: &["X"],
        form: "X station incident",
        example: "X leninsky 1043",
        meaning: "Gives the incident to another station's desk.",
        needs: Needs::Station,
    },
    Rule {
        verb: Verb::Acknowledged,
        words: &["AK"],
        form: "AK unit",
        example: "AK 21",
        meaning: "The crew said it goes.",
        needs: Needs::Unit,
    },
    Rule {
        verb: Verb::EnRoute,
        words: &["EN"],
        form: "EN unit",
        example: "EN 21",
        meaning: "It drives.",
        needs: Needs::Unit,
    },
    Rule {
        verb: Verb::OnScene,
        words: &["A", "OS"],
        form: "A unit",
        example: "A 21 at 14:03 by radio",
        meaning: "It is there.",
        needs: Needs::Unit,
    },
    Rule {
        verb: Verb::Clear,
        words: &["C"],
        form: "C unit [result]",
        example: "C 21 report taken",
        meaning: "It is free again.",
        needs: Needs::UnitAndResult,
    },
    Rule {
        verb: Verb::UnitState,
        words: &["ST"],
        form: "ST unit on|off|out reason|in",
        example: "ST 21 out flat tyre",
        meaning: "Signs a unit on or off, takes it out of service or back.",
        needs: Needs::UnitState,
    },
    Rule {
        verb: Verb::Received,
        words: &["RC"],
        form: "RC incident [@station] [person]",
        example: "RC 1043 Asanov by phone",
        meaning: "The duty desk has the assignment.",
        needs: Needs::Person,
    },
    Rule {
        verb: Verb::Accept,
        words: &["AC"],
        form: "AC unit[,unit] incident",
        example: "AC 21 1043",
        meaning: "The duty desk accepts with these units.",
        needs: Needs::Units,
    },
    Rule {
        verb: Verb::Return,
        words: &["RT"],
        form: "RT incident [@station] reason",
        example: "RT 1043 no car is free",
        meaning: "The duty desk gives the assignment back.",
        needs: Needs::ReportedText(TextNeed::Must(Expected::Reason)),
    },
    Rule {
        verb: Verb::StandDown,
        words: &["SD"],
        form: "SD unit|station [incident] reason",
        example: "SD 21 false alarm",
        meaning: "Stands down a run or an assignment.",
        needs: Needs::Recall,
    },
    Rule {
        verb: Verb::ConfirmStandDown,
        words: &["CF"],
        form: "CF unit|incident [@station]",
        example: "CF 21",
        meaning: "Confirms that a stand-down is known.",
        needs: Needs::Either,
    },
    Rule {
        verb: Verb::Priority,
        words: &["P"],
        form: "P incident 1..5 [reason]",
        example: "P 1043 1 a weapon was seen",
        meaning: "Changes the priority.",
        needs: Needs::Priority,
    },
    Rule {
        verb: Verb::Type,
        words: &["T"],
        form: "T incident type",
        example: "T 1043 robbery",
        meaning: "Changes the type.",
        needs: Needs::Text(TextNeed::Must(Expected::IncidentType)),
    },
    Rule {
        verb: Verb::Location,
        words: &["L"],
        form: "L incident place",
        example: "L 1043 42.8746, 74.5698 Chuy 114",
        meaning: "Changes the place.",
        needs: Needs::Text(TextNeed::Must(Expected::Place)),
    },
    Rule {
        verb: Verb::Note,
        words: &["N"],
        form: "N incident text",
        example: "N 1043 the caller waits outside",
        meaning: "Writes a note.",
        needs: Needs::Text(TextNeed::Must(Expected::Text)),
    },
    Rule {
        verb: Verb::Hold,
        words: &["H"],
        form: "H incident minutes reason",
        example: "H 1043 30 the owner comes at noon",
        meaning: "Holds it.",
        needs: Needs::Hold,
    },
    Rule {
        verb: Verb::Release,
        words: &["RL"],
        form: "RL incident",
        example: "RL 1043",
        meaning: "Releases it.",
        needs: Needs::Incident,
    },
    Rule {
        verb: Verb::Merge,
        words: &["DUP"],
        form: "DUP incident incident",
        example: "DUP 1044 1043",
        meaning: "The first is the same matter as the second.",
        needs: Needs::Pair,
    },
    Rule {
        verb: Verb::Unmerge,
        words: &["UNDUP"],
        form: "UNDUP incident",
        example: "UNDUP 1044",
        meaning: "Undoes that.",
        needs: Needs::Incident,
    },
    Rule {
        verb: Verb::RequestResource,
        words: &["RQ"],
        form: "RQ incident kind [count] [reason]",
        example: "RQ 1043 patrol 2 a crowd",
        meaning: "Asks for a further resource.",
        needs: Needs::Resource,
    },
    Rule {
        verb: Verb::Close,
        words: &["CL"],
        form: "CL incident result [# number | = lawful reason]",
        example: "CL 1043 report taken # 1043/24",
        meaning: "Closes it.",
        needs: Needs::Closing,
    },
    Rule {
        verb: Verb::Cancel,
        words: &["CAN"],
        form: "CAN incident reason",
        example: "CAN 1043 called by mistake",
        meaning: "Cancels it.",
        needs: Needs::Text(TextNeed::Must(Expected::Reason)),
    },
    Rule {
        verb: Verb::Reopen,
        words: &["RO"],
        form: "RO incident reason",
        example: "RO 1043 the caller rang again",
        meaning: "Opens it again.",
        needs: Needs::Text(TextNeed::Must(Expected::Reason)),
    },
    Rule {
        verb: Verb::New,
        words: &["NEW"],
        form: "NEW type @place[; narrative]",
        example: "NEW burglary @Chuy 114; the door is broken",
        meaning: "Opens an incident.",
        needs: Needs::New,
    },
    Rule {
        verb: Verb::Answer,
        words: &["ANS"],
        form: "ANS",
        example: "ANS",
        meaning: "Answers the call that has rung longest.",
        needs: Needs::Nothing,
    },
    Rule {
        verb: Verb::AcknowledgeAlarm,
        words: &["ACK"],
        form: "ACK [alarm]",
        example: "ACK 2",
        meaning: "Acknowledges an alarm; without a number the first that nobody has.",
        needs: Needs::Alarm,
    },
    Rule {
        verb: Verb::Recommend,
        words: &["REC"],
        form: "REC incident",
        example: "REC 1043",
        meaning: "Answers whom the centre would send. Changes nothing.",
        needs: Needs::Incident,
    },
    Rule {
        verb: Verb::View,
        words: &["V"],
        form: "V incident",
        example: "V 1043",
        meaning: "Shows it. Changes nothing.",
        needs: Needs::Incident,
    },
    Rule {
        verb: Verb::Automatic,
        words: &["AUTO"],
        form: "AUTO on|off reason",
        example: "AUTO off the network is down",
        meaning: "Switches automatic sending.",
        needs: Needs::Switch,
    },
    Rule {
        verb: Verb::Undo,
        words: &["UNDO"],
        form: "UNDO",
        example: "UNDO",
        meaning: "Takes back your own last command, within 10 s and where the state allows.",
        needs: Needs::Nothing,
    },
];

/// The rule of a verb.
///
/// # Panics
/// If the table lacks the verb, which a test rules out.
pub fn rule(verb: Verb) -> &'static Rule {
    RULES.iter().find(|rule| rule.verb == verb).expect("every verb has a line in the table")
}

impl Verb {
    /// The word it usually begins with.
    pub fn word(self) -> &'static str {
        rule(self).words.first().copied().unwrap_or_default()
    }
}
