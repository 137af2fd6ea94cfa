//! A need: one line of a response plan as it stands for one incident.

use serde::{Deserialize, Serialize};

use crate::{
    AssignmentId, Seconds, UnitKindId,
    directory::PlanNeed,
    limits::{CREW_ANSWER_UNPLANNED, DESK_ANSWER_UNPLANNED},
};

/// One line of a response plan as it stands for one incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// The kind of unit.
    pub kind: UnitKindId,
    /// How many of them at least.
    pub count: u8,
    /// When it is needed.
    pub when: NeedTime,
    /// Whether the centre sends or only recommends.
    pub mode: NeedMode,
    /// How long a desk has to say it is received.
    pub desk_answer: Seconds,
    /// How long a crew has to acknowledge.
    pub crew_answer: Seconds,
    /// Who serves it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serving: Vec<Serving>,
    /// Whether somebody can be found for it. Records of the first builds say it otherwise, and are put right when they are next
    /// served.
    #[serde(default)]
    pub supply: Supply,
}

/// Whether units can be found for a need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Supply {
    /// Whoever was wanted could be found.
    #[default]
    Enough,
    /// Nobody can be found for what is missing; the reason stands in the recommendation.
    Short,
    /// Somebody can be found again, and nobody was sent yet: another incident may get them first.
    Eased,
}

/// An assignment that serves a need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Serving {
    /// Which assignment.
    pub assignment: AssignmentId,
    /// How many units it counts as, by [`Assignment::serves_with`](crate::assignment::Assignment::serves_with); one
    /// where the record says nothing. 0 while every answer is late: it stays, and another is asked as well.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub units: u8,
}

/// What most assignments serve with.
const fn one() -> u8 {
    1
}

/// True if it need not be written.
const fn is_one(units: &u8) -> bool {
    *units == one()
}

/// When a need is to be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NeedTime {
    /// As soon as the incident is open.
    AtOnce,
    /// Only when somebody asks for it, which nobody has yet.
    OnRequest,
    /// It was on request, and somebody asked.
    Requested,
}

/// Whether the centre sends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NeedMode {
    /// An operator confirms each recommendation.
    Recommend,
    /// The centre sends at once.
    Auto,
}

impl Need {
    /// The need that a plan's line asks for, with nobody serving it yet.
    pub fn planned(line: &PlanNeed) -> Self {
        Self {
            kind: line.kind.clone(),
            count: line.count,
            when: line.when,
            mode: line.mode,
            desk_answer: line.desk_answer,
            crew_answer: line.crew_answer,
            serving: Vec::new(),
            supply: Supply::Enough,
        }
    }

    /// A need that somebody asked for and no plan spoke of. Its answer times are those of the incident's first need.
    pub fn asked_for(kind: UnitKindId, count: u8, mode: NeedMode, first: Option<&Self>) -> Self {
        Self {
            kind,
            count,
            when: NeedTime::Requested,
            mode,
            desk_answer: first.map_or(DESK_ANSWER_UNPLANNED, |need| need.desk_answer),
            crew_answer: first.map_or(CREW_ANSWER_UNPLANNED, |need| need.crew_answer),
            serving: Vec::new(),
            supply: Supply::Enough,
        }
    }

    /// Somebody asks for it: one on request is wanted from now on, any other is already.
    pub const fn request(&mut self) {
        match self.when {
            NeedTime::OnRequest => self.when = NeedTime::Requested,
            NeedTime::AtOnce | NeedTime::Requested => {}
        }
    }

    /// Whoever asked for it wants it no more; it can be asked for again. One that somebody serves stays, and so does one that
    /// is wanted as soon as the incident is open.
    pub const fn withdraw(&mut self) {
        match self.when {
            NeedTime::Requested if self.serving.is_empty() => self.when = NeedTime::OnRequest,
            NeedTime::AtOnce | NeedTime::OnRequest | NeedTime::Requested => {}
        }
    }

    /// True if it must be filled now.
    pub const fn is_active(&self) -> bool {
        match self.when {
            NeedTime::AtOnce | NeedTime::Requested => true,
            NeedTime::OnRequest => false,
        }
    }

    /// How many units serve it or are awaited in time.
    pub fn units(&self) -> usize {
        self.serving.iter().map(|serving| usize::from(serving.units)).sum()
    }

    /// How many more are wanted now. One whose answer is late does not count.
    pub fn missing(&self) -> usize {
        if self.is_active() { usize::from(self.count).saturating_sub(self.units()) } else { 0 }
    }

    /// True if more are wanted now.
    pub fn is_unfilled(&self) -> bool {
        self.missing() > 0
    }

    /// True while nobody can be found for it.
    pub const fn is_short(&self) -> bool {
        matches!(self.supply, Supply::Short)
    }

    /// Somebody looked for whoever is missing: `short` is how many of them nobody can be found for.
    pub fn looked_for(&mut self, short: u32) {
        self.supply = match self.supply {
            _ if short > 0 => Supply::Short,
            Supply::Short | Supply::Eased if self.is_unfilled() => Supply::Eased,
            Supply::Enough | Supply::Short | Supply::Eased => Supply::Enough,
        };
    }

    /// True if `assignment` serves it.
    pub fn is_served_by(&self, assignment: AssignmentId) -> bool {
        self.serving.iter().any(|serving| serving.assignment == assignment)
    }

    /// Counts `assignment` as serving with so many units.
    pub fn serve(&mut self, assignment: AssignmentId, units: u8) {
        match self.serving.iter_mut().find(|serving| serving.assignment == assignment) {
            Some(serving) => serving.units = units,
            None => self.serving.push(Serving { assignment, units }),
        }
    }

    /// `assignment` serves no longer.
    pub fn release(&mut self, assignment: AssignmentId) {
        self.serving.retain(|serving| serving.assignment != assignment);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OperationId;

    fn need(when: NeedTime, count: u8) -> Need {
        Need {
            kind: UnitKindId::new("patrol").expect("a slug"),
            count,
            when,
            mode: NeedMode::Auto,
            desk_answer: Seconds(30),
            crew_answer: Seconds(60),
            serving: Vec::new(),
            supply: Supply::Short,
        }
    }

    fn assignment(name: &str) -> AssignmentId {
        AssignmentId::derived(OperationId::derived("test", name), "assignment")
    }

    #[test]
    fn a_need_on_request_wants_nobody_until_somebody_asks() {
        let mut need = need(NeedTime::OnRequest, 2);
        assert_eq!(need.missing(), 0);
        need.when = NeedTime::Requested;
        assert_eq!(need.missing(), 2);
    }

    #[test]
    fn a_need_is_withdrawn_by_whoever_asked_for_it_while_nobody_serves_it() {
        let withdrawn = |when, serving: Option<&str>| {
            let mut need = need(when, 1);
            need.serving.extend(serving.map(|name| Serving { assignment: assignment(name), units: 1 }));
            need.withdraw();
            need.when
        };
        assert_eq!(withdrawn(NeedTime::Requested, None), NeedTime::OnRequest);
        assert_eq!(withdrawn(NeedTime::Requested, Some("a")), NeedTime::Requested);
        assert_eq!(withdrawn(NeedTime::AtOnce, None), NeedTime::AtOnce);
    }

    #[test]
    fn a_need_counts_units_and_each_assignment_once() {
        let mut need = need(NeedTime::AtOnce, 3);
        need.serve(assignment("a"), 1);
        need.serve(assignment("a"), 2);
        assert_eq!((need.missing(), need.serving.len()), (1, 1));
        need.serve(assignment("b"), 2);
        assert_eq!((need.missing(), need.units()), (0, 4));
        need.serve(assignment("a"), 0);
        assert_eq!(need.missing(), 1, "a late answer wants another");
        need.release(assignment("b"));
        assert_eq!((need.missing(), need.serving.len()), (3, 1));
    }

    #[test]
    fn what_most_serve_with_is_not_written() {
        let text = |units| serde_json::to_string(&Serving { assignment: assignment("a"), units });
        let (one, none) = (text(1).expect("plain data"), text(0).expect("plain data"));
        assert!(!one.contains("units") && none.contains("\"units\":0"));
        assert_eq!(serde_json::from_str::<Serving>(&one).map(|serving| serving.units).ok(), Some(1));
    }

    #[test]
    fn a_need_that_was_short_is_eased_until_somebody_is_sent() {
        let mut need = need(NeedTime::AtOnce, 1);
        let mut looked_for = |short, serving: Option<&str>| {
            need.serving =
                serving.map(|name| Serving { assignment: assignment(name), units: 1 }).into_iter().collect();
            need.looked_for(short);
            need.supply
        };
        assert_eq!(looked_for(1, None), Supply::Short);
        assert_eq!(looked_for(0, None), Supply::Eased);
        assert_eq!(looked_for(1, None), Supply::Short, "another incident got whoever was found");
        assert_eq!(looked_for(0, None), Supply::Eased);
        assert_eq!(looked_for(0, Some("a1")), Supply::Enough);
        assert_eq!(
            looked_for(0, None),
            Supply::Enough,
            "it lost who served it, and somebody else can be found"
        );
    }
}
