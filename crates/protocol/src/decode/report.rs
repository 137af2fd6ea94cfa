//! The circumstances of a report.

use domain::milestone::Channel;
use jiff::Timestamp;

use super::Fields;
use crate::record::v1 as wire;

/// How somebody says that something happened. All of it may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GivenReport {
    /// When it happened; absent means now.
    pub occurred_at: Option<Timestamp>,
    /// How the word came; absent means the reporter's own device.
    pub channel: Option<Channel>,
    /// On whose word; empty when the caller's own.
    pub person: String,
    /// Why an earlier report was wrong, if this corrects one.
    pub correction: Option<String>,
}

/// The circumstances of a report, which may be left out.
pub fn report(fields: &mut Fields, given: Option<wire::Report>) -> GivenReport {
    let Some(given) = given else { return GivenReport::default() };
    let correction = fields.line("report.correction_reason", given.correction_reason);
    GivenReport {
        occurred_at: fields.time("report.occurred_at", given.occurred_at),
        channel: channel(fields, given.channel),
        person: fields.line("report.person", given.person),
        correction: (!correction.is_empty()).then_some(correction),
    }
}

/// The channel decides how a report is read later, so one that this release does not know is refused.
fn channel(fields: &mut Fields, value: i32) -> Option<Channel> {
    let unsaid = i32::from(wire::Channel::Unspecified);
    if value == unsaid {
        return None;
    }
    fields.choice("report.channel", value, |channel| match channel {
        wire::Channel::Device => Some(Channel::Device),
        wire::Channel::Radio => Some(Channel::Radio),
        wire::Channel::Phone => Some(Channel::Phone),
        wire::Channel::Paper => Some(Channel::Paper),
        wire::Channel::System | wire::Channel::Unspecified => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode;

    #[test]
    fn nothing_said_is_now_and_by_device() {
        let mut fields = Fields::new();
        assert_eq!(report(&mut fields, None), GivenReport::default());
        assert_eq!(report(&mut fields, Some(wire::Report::default())), GivenReport::default());
        assert!(fields.all(|| Some(())).is_ok());
    }

    #[test]
    fn every_channel_but_the_centres_own_reads_back() {
        for known in [Channel::Device, Channel::Radio, Channel::Phone, Channel::Paper] {
            let mut fields = Fields::new();
            assert_eq!(channel(&mut fields, encode::channel(known).into()), Some(known));
        }
        for refused in [i32::from(wire::Channel::System), 999, -1] {
            let mut fields = Fields::new();
            assert_eq!(channel(&mut fields, refused), None);
            assert!(fields.all(|| Some(())).is_err());
        }
    }
}
