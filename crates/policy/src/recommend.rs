//! Whom to send for each unfilled need of an incident, and why not the others.

use domain::{
    IncidentId, RecommendationId, UnitId, UnitKindId, Version,
    directory::{ChosenBy, Directory, DirectoryVersion},
    incident::{Need, NeedMode},
    limits::{NEXT_CANDIDATES_MAX, PASSED_OVER_KEPT_MAX},
    recommendation::{Candidate, Excluded, Exclusion, NeedRecommendation},
};
use jiff::Timestamp;

use crate::{
    Situation,
    lookout::{AsksDesk, Lookout, Seen, Serving},
};

/// Whom to send for the unfilled needs of one incident.
#[must_use = "a recommendation sends nobody"]
#[derive(Clone, Debug, PartialEq)]
pub struct Recommendation {
    /// For what.
    pub incident: IncidentId,
    /// By which directory it was decided.
    pub directory: DirectoryVersion,
    /// By which state of the board it was decided.
    pub board: Version,
    /// When.
    pub made_at: Timestamp,
    /// One entry for each unfilled need, in the incident's order; empty if every need is filled.
    pub needs: Vec<NeedPlan>,
}

/// Whom to send for one unfilled need, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct NeedPlan {
    /// Whether the centre sends them at once: only if the need and the unit kind both say so.
    pub mode: NeedMode,
    /// Who chooses units of this kind: the centre sends the unit itself, else its desk is asked.
    pub chosen_by: ChosenBy,
    /// Who, with the reasons. Each one chosen is one assignment; two of them may have the same desk, because their
    /// units differ.
    pub recommendation: NeedRecommendation,
}

/// Every unit of a need's kind: what the `Recommend` request answers.
#[derive(Clone, Debug, PartialEq)]
pub struct NeedSurvey {
    /// Position of the need in the incident's list, from 0.
    pub need: usize,
    /// The kind of unit needed.
    pub kind: UnitKindId,
    /// How many are wanted now; 0 for a need that is filled or that nobody asked for.
    pub missing: usize,
    /// Whether the centre would send at once.
    pub mode: NeedMode,
    /// Who chooses units of this kind.
    pub chosen_by: ChosenBy,
    /// Everybody who could be sent, best first.
    pub candidates: Vec<Candidate>,
    /// Everybody else, nearest first.
    pub excluded: Vec<Excluded>,
}

/// Recommends whom to send for each unfilled need.
///
/// Candidates are the available units of the kind, but for those that were passed over for this incident, those of a
/// desk that was asked for the same need and has not chosen yet (unless the centre chooses units of the kind itself), and
/// those promised elsewhere: recommended to a desk that still has time to answer. Of them, those who answer come
/// before silent ones, then the shortest travel time in whole seconds, then the incident's own station and its
/// substations, then the lowest id. Where nobody knows the place, the own station comes first and the way from there
/// orders the rest; such distances are not shown. No unit is chosen for two needs.
///
/// Whether the incident is open, and whether automatic sending is on, is for whoever carries it out to ask.
pub fn recommend(situation: &Situation<'_>) -> Recommendation {
    let unfilled: Vec<(usize, &Need)> =
        situation.incident.needs.iter().enumerate().filter(|(_, need)| need.is_unfilled()).collect();
    let needs = if unfilled.is_empty() { Vec::new() } else { plans(situation, &unfilled) };
    Recommendation {
        incident: situation.incident.id,
        directory: situation.directory.version,
        board: situation.board,
        made_at: situation.now,
        needs,
    }
}

/// Whom to send for each of these needs, by their position, and how.
fn plans(situation: &Situation<'_>, unfilled: &[(usize, &Need)]) -> Vec<NeedPlan> {
    let lookout = Lookout::new(situation);
    let mut taken = Vec::new();
    let mut needs = Vec::with_capacity(unfilled.len());
    for &(position, need) in unfilled {
        let (mode, chosen_by) = how(&situation.directory.directory, need);
        let asked = Asked::new(situation, position, need, &taken);
        let count = need.missing() + NEXT_CANDIDATES_MAX;
        let found = among_the_nearest(&lookout, &asked, count).unwrap_or_else(|| among_all(&lookout, &asked));
        let Found { mut candidates, excluded } = found;
        keep_best(&mut candidates, count);
        let (chosen, next) = candidates.split_at(need.missing().min(candidates.len()));
        let shortfall = need.missing() - chosen.len();
        let recommendation = NeedRecommendation {
            need: position,
            kind: need.kind.clone(),
            chosen: chosen.iter().map(|seen| seen.candidate(situation.now)).collect(),
            next: next.iter().take(NEXT_CANDIDATES_MAX).map(|seen| seen.candidate(situation.now)).collect(),
            passed_over: passed_over(chosen, shortfall, &excluded),
            excluded: lookout.excluded(&need.kind, &asked.serving, asked.taken),
            shortfall: u32::try_from(shortfall).unwrap_or(u32::MAX),
        };
        taken.extend(chosen.iter().map(|seen| &seen.member.unit));
        needs.push(NeedPlan { mode, chosen_by, recommendation });
    }
    needs
}

/// Lists every unit for every need, also for those that are filled or that nobody asked for yet. Each need is listed
/// for itself: a unit may stand first in several.
#[must_use]
pub fn full(situation: &Situation<'_>) -> Vec<NeedSurvey> {
    let lookout = Lookout::new(situation);
    let list = |(position, need): (usize, &Need)| {
        let (mode, chosen_by) = how(&situation.directory.directory, need);
        let asked = Asked::new(situation, position, need, &[]);
        let Found { mut candidates, mut excluded } = among_all(&lookout, &asked);
        candidates.sort_unstable_by_key(|seen| seen.rank());
        excluded.sort_unstable_by_key(|(seen, _)| seen.nearness());
        NeedSurvey {
            need: position,
            kind: need.kind.clone(),
            missing: need.missing(),
            mode,
            chosen_by,
            candidates: candidates.iter().map(|seen| seen.candidate(situation.now)).collect(),
            excluded: excluded.iter().map(|(seen, why)| seen.excluded(*why)).collect(),
        }
    };
    situation.incident.needs.iter().enumerate().map(list).collect()
}

impl Recommendation {
    /// The record of it.
    pub fn to_record(&self, id: RecommendationId) -> domain::recommendation::Recommendation {
        domain::recommendation::Recommendation {
            id,
            incident: self.incident,
            directory: self.directory,
            board: self.board,
            made_at: self.made_at,
            needs: self.needs.iter().map(|plan| plan.recommendation.clone()).collect(),
        }
    }

    /// True if somebody is missing that nobody can be found for.
    pub fn has_shortfall(&self) -> bool {
        self.needs.iter().any(|plan| plan.recommendation.shortfall > 0)
    }
}

/// Whether the centre sends for a need at once, and who chooses. A kind that the directory in force no longer has is
/// never sent automatically.
fn how(directory: &Directory, need: &Need) -> (NeedMode, ChosenBy) {
    match directory.kinds.get(&need.kind) {
        Some(kind) if kind.automatic => (need.mode, kind.chosen_by),
        Some(kind) => (NeedMode::Recommend, kind.chosen_by),
        None => (NeedMode::Recommend, ChosenBy::DutyDesk),
    }
}

/// A need, and whom it cannot be given: who serves it already, and who was chosen for an earlier one.
struct Asked<'n, 'a> {
    need: &'n Need,
    serving: Serving<'a>,
    taken: &'n [&'a UnitId],
}

impl<'n, 'a> Asked<'n, 'a> {
    fn new(situation: &Situation<'a>, position: usize, need: &'n Need, taken: &'n [&'a UnitId]) -> Self {
        let asks_desk = match how(&situation.directory.directory, need).1 {
            ChosenBy::Centre => AsksDesk::No,
            ChosenBy::DutyDesk | ChosenBy::Either => AsksDesk::Yes,
        };
        Self { need, serving: Serving::of(situation, position, asks_desk), taken }
    }

    fn why_not(&self, seen: &Seen<'_>) -> Option<Exclusion> {
        seen.why_not(&self.serving, self.taken)
    }
}

/// Units of a need's kind that were looked at.
struct Found<'a> {
    /// Who could be sent for it.
    candidates: Vec<Seen<'a>>,
    /// The others, with the reason.
    excluded: Vec<(Seen<'a>, Exclusion)>,
}

/// How many of a kind are looked at in order of distance at most: one in so many of a large one. Whoever looks farther has soon done
/// more than it takes to look at all, because the next one has to be found each time.
const LOOKED_AT_SHARE: usize = 8;

/// The same of a small one.
const LOOKED_AT_LEAST: usize = 64;

/// Looks at no more units than it takes to know the `count` best: those equally near in time are all looked at, and whoever comes
/// after them is farther. `None` where so many who are free and answer are not found nearby.
fn among_the_nearest<'a>(lookout: &Lookout<'a>, asked: &Asked<'_, 'a>, count: usize) -> Option<Found<'a>> {
    let kind = &asked.need.kind;
    let doing = lookout.doing(kind);
    if doing.available < count {
        return None;
    }
    let most = LOOKED_AT_LEAST.max(doing.all() / LOOKED_AT_SHARE);
    let (mut candidates, mut excluded) = (Vec::new(), Vec::new());
    let mut answering = 0;
    let mut last_seconds = u32::MAX;
    for seen in lookout.by_distance(kind)?.take(most) {
        let ((seconds, _), _) = seen.nearness();
        if answering >= count && seconds > last_seconds {
            return Some(Found { candidates, excluded });
        }
        match asked.why_not(&seen) {
            Some(why) => excluded.push((seen, why)),
            None => {
                answering += usize::from(!seen.is_silent());
                last_seconds = seconds;
                candidates.push(seen);
            }
        }
    }
    None
}

/// Looks at every unit of the kind, in order of id.
fn among_all<'a>(lookout: &Lookout<'a>, asked: &Asked<'_, 'a>) -> Found<'a> {
    let (mut candidates, mut excluded) = (Vec::new(), Vec::new());
    for unit in lookout.all(&asked.need.kind) {
        match asked.why_not(&unit) {
            None => candidates.push(unit),
            Some(why) => excluded.push((unit, why)),
        }
    }
    Found { candidates, excluded }
}

/// Keeps the best `count`, best first, without ordering all the others.
fn keep_best(candidates: &mut Vec<Seen<'_>>, count: usize) {
    if candidates.len() > count {
        candidates.select_nth_unstable_by(count, |a, b| a.rank().cmp(&b.rank()));
        candidates.truncate(count);
    }
    candidates.sort_unstable_by(|a, b| a.rank().cmp(&b.rank()));
}

/// The excluded that are nearer than the farthest one chosen, or all of them if somebody is missing; nearest first.
/// Where there are more than are kept, units on duty are kept before those signed off: they are what a person asks
/// about.
fn passed_over(chosen: &[Seen<'_>], shortfall: usize, excluded: &[(Seen<'_>, Exclusion)]) -> Vec<Excluded> {
    let farthest = if shortfall > 0 { None } else { chosen.iter().map(|seen| seen.nearness()).max() };
    let mut nearer: Vec<&(Seen<'_>, Exclusion)> = excluded
        .iter()
        .filter(|(seen, _)| farthest.is_none_or(|farthest| seen.nearness() < farthest))
        .collect();
    if nearer.len() > PASSED_OVER_KEPT_MAX {
        nearer.select_nth_unstable_by(PASSED_OVER_KEPT_MAX, |(a, a_why), (b, b_why)| {
            let off_duty = (*a_why == Exclusion::SignedOff).cmp(&(*b_why == Exclusion::SignedOff));
            off_duty.then_with(|| a.nearness().cmp(&b.nearness()))
        });
        nearer.truncate(PASSED_OVER_KEPT_MAX);
    }
    nearer.sort_unstable_by(|(a, _), (b, _)| a.nearness().cmp(&b.nearness()));
    nearer.into_iter().map(|(seen, why)| seen.excluded(*why)).collect()
}
