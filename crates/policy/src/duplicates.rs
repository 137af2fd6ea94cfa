//! Which open incidents a new call is likely to be about.

use domain::{
    IncidentId, IncidentTypeId, Seconds,
    directory::DuplicateRule,
    incident::{CallerDigits, Incident},
    limits::SUSPECTED_MAX,
};
use geography::{Position, distance};
use jiff::Timestamp;

use crate::lookout::whole_metres;

/// What a call reports, as far as it tells one matter from another.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// When it was taken.
    pub at: Timestamp,
    /// Where the caller says it is; absent when nobody knows.
    pub position: Option<Position>,
    /// What the caller says it is; absent when nobody said.
    pub incident_type: Option<&'a IncidentTypeId>,
    /// The caller's number as it came; empty when withheld.
    pub caller_number: &'a str,
}

/// An open incident that a call is likely to be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LikelyDuplicate {
    /// Which.
    pub incident: IncidentId,
    /// How far from the call, in metres; absent when either place is unknown.
    pub distance_m: Option<u32>,
    /// How long lies between the two.
    pub apart: Seconds,
    /// Whether the same number called about it.
    pub same_caller: bool,
    /// Whether both are of the same type, or the type of one is unknown.
    pub type_fits: bool,
}

/// Open or held incidents that a call is likely to be about, five at most.
///
/// Both within the rule's time; and within its distance or, where either place is unknown, from the same number. Two
/// known places that are farther apart are two matters whoever calls: an alarm company has one number for all its
/// sites. How uncertain a place is widens nothing, because a suspicion holds automatic sending back.
///
/// First those of the same caller, then those whose type fits, then the nearest, the youngest, the lowest id. It only
/// suspects: nothing here changes a priority or merges anything. An incident may come twice; those that are not shown to
/// the asker are none.
#[must_use]
pub fn likely_duplicates<'a>(
    report: &Report<'_>,
    rule: DuplicateRule,
    incidents: impl IntoIterator<Item = &'a Incident>,
    is_shown: impl Fn(&Incident) -> bool,
) -> Vec<LikelyDuplicate> {
    let caller = CallerDigits::of(report.caller_number);
    let mut likely: Vec<(LikelyDuplicate, &Incident)> = incidents
        .into_iter()
        .filter(|incident| incident.state().is_on_board())
        .filter_map(|incident| Some((compare(report, rule, incident, caller.as_ref())?, incident)))
        .collect();
    likely.sort_unstable_by_key(|(found, _)| {
        let distance_m = found.distance_m.unwrap_or(u32::MAX);
        (!found.same_caller, !found.type_fits, distance_m, found.apart, found.incident)
    });
    likely.dedup_by_key(|(found, _)| found.incident);
    let shown = likely.into_iter().filter(|(_, incident)| is_shown(incident));
    shown.map(|(found, _)| found).take(SUSPECTED_MAX).collect()
}

/// The incident as a likely duplicate, if the rule says that it is one.
fn compare(
    report: &Report<'_>,
    rule: DuplicateRule,
    incident: &Incident,
    caller: Option<&CallerDigits>,
) -> Option<LikelyDuplicate> {
    let apart = report.at.duration_since(incident.created_at).abs().as_secs();
    let apart = Seconds(u32::try_from(apart).unwrap_or(u32::MAX));
    if apart > rule.within {
        return None;
    }
    let distance_m = match (report.position, incident.location.position) {
        (Some(here), Some(there)) => Some(whole_metres(distance(here, there))),
        (Some(_) | None, _) => None,
    };
    if distance_m.is_some_and(|metres| metres > rule.within_m) {
        return None;
    }
    let same_caller = incident.callers.iter().any(|known| Some(&known.digits) == caller);
    if distance_m.is_none() && !same_caller {
        return None;
    }
    let type_fits = match (report.incident_type, &incident.incident_type) {
        (Some(one), Some(other)) => one == other,
        (None, _) | (_, None) => true,
    };
    Some(LikelyDuplicate { incident: incident.id, distance_m, apart, same_caller, type_fits })
}
