//! Units: a kind, a desk, and a callsign of their own.

use std::collections::BTreeMap;

use domain::directory::Directory;

use super::{reference, texts};
use crate::{
    ProblemCode,
    findings::{Findings, Part, Subject},
};

pub(super) fn check(directory: &Directory, found: &mut Findings) {
    for (id, unit) in &directory.units {
        let subject = Subject::entry(Part::Units, id);
        let kinds = (Part::Kinds, &directory.kinds);
        reference(subject.field("kind"), ProblemCode::UnknownKind, kinds, &unit.kind, found);
        let stations = (Part::Stations, &directory.stations);
        reference(subject.field("desk"), ProblemCode::UnknownDesk, stations, &unit.desk, found);
        texts::line(subject.field("callsign"), "`callsign`", &unit.callsign, found);
        texts::line(subject.field("command"), "`command`", &unit.command, found);
        texts::line_or_nothing(subject.field("talkgroup"), "`talkgroup`", &unit.talkgroup, found);
    }
    callsigns(directory, found);
}

/// Reports every unit whose callsign stands nearer to the top of the file already. Callsigns that sound alike are
/// alike: letters of either case and surrounding blanks make no difference.
fn callsigns(directory: &Directory, found: &mut Findings) {
    let mut units: Vec<_> = directory
        .units
        .iter()
        .map(|(id, unit)| (found.line(&Subject::entry(Part::Units, id)), id, unit))
        .collect();
    units.sort_by_key(|(line, id, _)| (*line, *id));
    let mut heard = BTreeMap::new();
    for (line, id, unit) in units {
        let sound = unit.callsign.trim().to_lowercase();
        if sound.is_empty() {
            continue;
        }
        if let Some((earlier, other)) = heard.get(&sound) {
            let place = Option::map_or(*earlier, String::new(), |line: u32| format!(" on line {line}"));
            let sentence = format!(
                "the callsign `{}` belongs to `{other}`{place}; give one of them another",
                unit.callsign
            );
            let subject = Subject::entry(Part::Units, id).field("callsign");
            found.report(subject, ProblemCode::DuplicateCallsign, sentence);
        } else {
            heard.insert(sound, (line, id));
        }
    }
}
