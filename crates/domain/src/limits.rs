//! Every limit of the domain in one place, each with its reason. A limit that is reached is a refusal, never a stall.

use crate::Seconds;

/// How often a caller is called back before a person decides. GOST R 22.7.03-2021 asks for at least three.
pub const CALL_BACK_ATTEMPTS_MAX: u8 = 3;

/// How soon a dropped caller is called back. GOST R 22.7.03-2021: within 10 s.
pub const CALL_BACK_WITHIN: Seconds = Seconds(10);

/// How long one attempt to call back may ring. GOST R 22.7.03-2021: up to one minute.
pub const CALL_BACK_RING: Seconds = Seconds(60);

/// How many answers in a row a desk or unit may miss before it is called silent. One may be a busy minute; two are a
/// pattern a person should know of.
pub const UNANSWERED_UNTIL_SILENT: u32 = 2;

/// How long nobody of a duty desk may be connected before its link is called down: a console that lost its stream comes
/// back within three seconds and tries again for some more, and whoever waits longer than this should be telephoned.
pub const DESK_LINK_GRACE: Seconds = Seconds(10);

/// Longest free text of a call (narrative, addition), in bytes: ten thousand letters of four bytes each, and below
/// what one commit may write.
pub const NARRATIVE_BYTES_MAX: usize = 40_960;

/// Longest single-line text (address, landmark, reason, name), in bytes: two full lines of a console in any script.
pub const LINE_BYTES_MAX: usize = 1_024;

/// Longest note, in bytes: a page.
pub const NOTE_BYTES_MAX: usize = 8_192;

/// Letters of a narrative shown in lists.
pub const SUMMARY_CHARS_MAX: usize = 120;

/// Additions to one call. An hour of talking, one every twenty seconds.
pub const ADDITIONS_MAX: usize = 180;

/// Bytes one call's record may hold with all its additions; the rest becomes notes on the incident.
pub const CALL_BYTES_MAX: usize = 56 * 1024;

/// Calls that may lead to one incident and still be listed by it; a mass event's further calls open linked incidents.
pub const CALLS_PER_INCIDENT_MAX: usize = 500;

/// Assignments or runs one incident may ever have. The largest response in the San Francisco record of 2013-14 had 36
/// units.
pub const RUNS_PER_INCIDENT_MAX: usize = 200;

/// Needs one incident may have: every kind of unit of a large centre, twice.
pub const NEEDS_PER_INCIDENT_MAX: usize = 32;

/// How long a desk has to answer for a need that no plan speaks of. Decree 1931 of the Russian Federation (system 112): a
/// dispatch service confirms receipt within 30 s.
pub const DESK_ANSWER_UNPLANNED: Seconds = Seconds(30);

/// How long a crew has to acknowledge for such a need: twice as long, for it may be out of its car.
pub const CREW_ANSWER_UNPLANNED: Seconds = Seconds(60);

/// Units one need may ask for at once; 36 went to the largest response of the San Francisco record.
pub const UNITS_PER_NEED_MAX: u8 = 40;

/// Notes on one incident.
pub const NOTES_PER_INCIDENT_MAX: usize = 1_000;

/// Milestones one record keeps: each step twice, and room for corrections.
pub const MILESTONES_MAX: usize = 200;

/// Suspected duplicates named in one answer: more cannot be read while a caller speaks.
pub const SUSPECTED_MAX: usize = 5;

/// Alarms that one commit ends along with what they were about; any others are ended by hand.
pub const ALARMS_ENDED_MAX: usize = 16;

/// Readers a restricted incident may name.
pub const READERS_MAX: usize = 50;

/// Names of a crew that signs on.
pub const CREW_MAX: usize = 12;

/// How far in the past a report may say that something happened: a shift and a half, for paper entered later.
pub const REPORT_AGE_MAX: Seconds = Seconds(18 * 3600);

/// How far ahead of the centre's clock a report may be before its time is not believed.
pub const REPORT_AHEAD_MAX: Seconds = Seconds(60);

/// Recommendations one incident keeps; when there are more, the newest of the earlier ones is let go.
pub const RECOMMENDATIONS_MAX: usize = 50;

/// Units the dispatcher sends for one incident in one commit; the rest follow in the next.
pub const SENT_PER_COMMIT_MAX: usize = 10;

/// Next-best candidates kept with a recommendation.
pub const NEXT_CANDIDATES_MAX: usize = 9;

/// Nearer units kept with a recommendation with the reason each was passed over; the rest is counted.
pub const PASSED_OVER_KEPT_MAX: usize = 20;

/// A position older than this ranks its unit from its beat or desk: at 40 km/h it is over a kilometre off.
pub const POSITION_FRESH: Seconds = Seconds(120);

/// An incident in the queue for longer raises an alarm. NFPA 1225 wants the first unit sent within 60 s of the answer
/// for nine calls in ten.
pub const QUEUE_AGE_ALARM: Seconds = Seconds(60);

/// An alarm that no operator takes within this time goes to the supervisor.
pub const ALARM_TAKEN_WITHIN: Seconds = Seconds(60);

/// After an outage every deadline nearer than this moves to it: nobody is punished for an outage.
pub const DEADLINE_GRACE: Seconds = Seconds(10);

/// How long a hold may last: a shift.
pub const HOLD_MAX: Seconds = Seconds(12 * 3600);

const _: () = assert!(NARRATIVE_BYTES_MAX + 4 * LINE_BYTES_MAX < CALL_BYTES_MAX);
const _: () = assert!(NOTE_BYTES_MAX < CALL_BYTES_MAX);
const _: () = assert!(CALL_BACK_WITHIN.0 < CALL_BACK_RING.0);
const _: () = assert!(
    DESK_LINK_GRACE.0 < DESK_ANSWER_UNPLANNED.0,
    "a link is known to be down before an answer is late"
);
