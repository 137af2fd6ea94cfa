//! What happened when, in order, from the milestones of several records.

use protocol::record::v1::Milestone;

use crate::show::Light;
use crate::table::{Table, plain};
use crate::words;

/// Milestones of several records, to be shown as one history.
#[derive(Default)]
pub(crate) struct History<'a> {
    entries: Vec<(String, &'a Milestone)>,
}

impl<'a> History<'a> {
    /// Adds the milestones of a record that is called `subject`.
    pub(crate) fn add(&mut self, subject: &str, milestones: &'a [Milestone]) {
        self.entries.extend(milestones.iter().map(|milestone| (subject.to_owned(), milestone)));
    }

    /// The history, oldest first, by when it happened.
    pub(crate) fn render(mut self, light: Light<'_>, indent: &str) -> String {
        let key = |time: &Option<prost_types::Timestamp>| time.map(|time| (time.seconds, time.nanos));
        self.entries.sort_by_key(|(_, milestone)| (key(&milestone.occurred_at), key(&milestone.recorded_at)));
        let mut table = Table::bare();
        for (subject, milestone) in self.entries {
            table.row([
                light.clock(milestone.occurred_at.as_ref()),
                subject,
                step(milestone),
                by(milestone, light),
            ]);
        }
        table.render(indent)
    }
}

/// The step, and what was said with it.
fn step(milestone: &Milestone) -> String {
    let step = words::step(milestone.step());
    if milestone.detail.is_empty() { step } else { format!("{step} ({})", plain(&milestone.detail)) }
}

/// By whose word, over which channel, and how late it was entered.
fn by(milestone: &Milestone, light: Light<'_>) -> String {
    let mut text = match milestone.reported_by.as_str() {
        person if words::is_the_centre(person) => "by the centre".to_owned(),
        person => format!("by {}", plain(person)),
    };
    if !milestone.on_behalf_of.is_empty() {
        text.push_str(&format!(" for {}", plain(&milestone.on_behalf_of)));
    }
    text.push_str(words::channel(milestone.channel()));
    let seconds = |time: &Option<prost_types::Timestamp>| time.map_or(0, |time| time.seconds);
    // a minute late is entered by hand; less is the way of things
    if seconds(&milestone.recorded_at) - seconds(&milestone.occurred_at) >= 60 {
        text.push_str(&format!(", entered {}", light.clock(milestone.recorded_at.as_ref())));
    }
    if !milestone.correction_reason.is_empty() {
        text.push_str(&format!(", a correction: {}", plain(&milestone.correction_reason)));
    }
    text
}

#[cfg(test)]
mod tests {
    use protocol::record::v1::{Channel, Step};

    use super::*;
    use crate::names::Names;
    use crate::output::Paint;
    use crate::show::tests::{ago, noon};

    #[test]
    fn a_history_is_in_the_order_of_what_happened_and_says_what_came_late() {
        let milestone = |step: Step, occurred: i64, recorded: i64, channel: Channel| Milestone {
            step: step.into(),
            occurred_at: ago(occurred),
            recorded_at: ago(recorded),
            reported_by: "lt.asanov".to_owned(),
            channel: channel.into(),
            ..Milestone::default()
        };
        let run = [
            milestone(Step::OnScene, 60, 60, Channel::Device),
            milestone(Step::EnRoute, 600, 30, Channel::Radio),
        ];
        let created = Milestone {
            step: Step::Created.into(),
            occurred_at: ago(700),
            recorded_at: ago(700),
            ..Milestone::default()
        };
        let mut history = History::default();
        history.add("unit 11", &run);
        history.add("incident 1043", std::slice::from_ref(&created));
        let names = Names::new(crate::names::tests::small_centre(), "en");
        let light = Light { names: &names, now: noon(), paint: Paint::Plain };
        insta::assert_snapshot!(history.render(light, ""), @r"
        13:51:40  incident 1043  created   by the centre
        13:53:20  unit 11        en route  by lt.asanov, by radio, entered 14:02:50
        14:02:20  unit 11        on scene  by lt.asanov
        ");
    }
}
