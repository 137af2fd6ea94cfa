//! Which open incidents a call is likely to be about.

use centre::Picture;
use domain::{
    IncidentTypeId, Seconds, directory::DuplicateRule, incident::Incident, location::Location,
    record::Versioned,
};
use jiff::Timestamp;
use policy::{LikelyDuplicate, Report};

use crate::{Asker, ControlRoom, sight::may_see};

/// What is known of a call that may be about an open incident.
#[derive(Clone, Copy, Debug)]
pub struct Likeness<'a> {
    /// Where.
    pub location: &'a Location,
    /// What, if anybody said.
    pub incident_type: Option<&'a IncidentTypeId>,
    /// The caller's number; empty when withheld.
    pub caller_number: &'a str,
}

/// An open incident that a call is likely to be about, as an operator sees it before saving.
#[derive(Clone, Debug, PartialEq)]
pub struct Likely {
    /// The incident as it stands.
    pub incident: Versioned<Incident>,
    /// How far from the call, in metres; absent when either place is unknown.
    pub distance_m: Option<u32>,
    /// How long lies between the two.
    pub apart: Seconds,
    /// Whether both are known to be of the same type.
    pub same_type: bool,
    /// Whether the same number called about it.
    pub same_caller: bool,
}

/// The incidents a call is likely to be about, for an operator to see before saving, with their present state.
pub fn find_likely_duplicates(room: &ControlRoom, asker: &Asker, likeness: &Likeness<'_>) -> Vec<Likely> {
    let now = room.clock.now();
    room.centre.read(|picture| {
        let likely = likely_duplicates(picture, asker, likeness, now).into_iter();
        let shown = likely.filter_map(|likely| {
            let held = picture.board.incidents().get(&likely.incident)?;
            let record = Incident::clone(&held.record);
            let known = record.incident_type.as_ref();
            Some(Likely {
                distance_m: likely.distance_m,
                apart: likely.apart,
                same_type: known.is_some() && known == likeness.incident_type,
                same_caller: likely.same_caller,
                incident: Versioned { version: held.version, record },
            })
        });
        shown.collect()
    })
}

/// The incidents on the board that a call is likely to be about, among those the asker may see.
pub fn likely_duplicates(
    picture: &Picture,
    asker: &Asker,
    likeness: &Likeness<'_>,
    now: Timestamp,
) -> Vec<LikelyDuplicate> {
    let rule = picture.directory.as_ref().map_or_else(DuplicateRule::default, |it| it.directory.duplicates);
    let report = Report {
        at: now,
        position: likeness.location.position,
        incident_type: likeness.incident_type,
        caller_number: likeness.caller_number,
    };
    // every other incident is too far away, or its place or the call's is unknown and somebody else called about it
    let whereabouts = picture.board.whereabouts();
    let near = report.position.into_iter().flat_map(|here| whereabouts.near(here, rule.within_m));
    let candidates = near.chain(whereabouts.called_by(report.caller_number));
    let incidents = picture.board.incidents();
    let candidates = candidates.filter_map(|id| Some(&*incidents.get(&id)?.record));
    policy::likely_duplicates(&report, rule, candidates, |incident| may_see(picture, asker, incident))
}
