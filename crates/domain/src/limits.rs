//! Every limit of the domain in one place, each with its reason. A limit that is reached is a refusal, never a stall.

use crate::Seconds;

/// How long a call may ring before an alarm. NENA-STA-020.1: nine calls in ten answered within 15 s, nineteen in twenty
/// within 20 s.
pub const RING_ALARM: Seconds = Seconds(20);

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

/// The most bytes that one byte of a text becomes in a record: JSON writes a control character as six. Whatever a text
/// holds is kept as it came, so every size of a record below is reckoned with this.
pub const JSON_BYTES_PER_BYTE: usize = 6;

/// Longest free text of a call (narrative, addition), in bytes: ten thousand letters of four bytes each.
pub const NARRATIVE_BYTES_MAX: usize = 40_960;

/// Longest single-line text (address, landmark, reason, name), in bytes: two full lines of a console in any script.
pub const LINE_BYTES_MAX: usize = 1_024;

/// Longest note, in bytes: a page.
pub const NOTE_BYTES_MAX: usize = 8_192;

/// Letters of a narrative shown in lists.
pub const SUMMARY_CHARS_MAX: usize = 120;

/// Additions to one call. An hour of talking, one every twenty seconds.
pub const ADDITIONS_MAX: usize = 180;

/// Bytes one call's record may hold with all its additions: a call of control characters only, every field full. A call
/// of words has room for hours of them.
pub const CALL_BYTES_MAX: usize = 320 * 1024;

/// Bytes a call's record may grow by after that, so that whatever was added it can still be answered, joined and ended:
/// a remark, a desk and some steps.
pub const CALL_BYTES_RESERVED: usize = 32 * 1024;

/// Bytes one incident's record may hold for anything to be added to it: every list below full at the same time.
pub const INCIDENT_BYTES_MAX: usize = 128 * 1024;

/// Bytes an incident's record may grow by after that, so that whatever was added it can still be served, released and
/// ended: the longest result of a closing and some steps.
pub const INCIDENT_BYTES_RESERVED: usize = 24 * 1024;

/// Bytes the record of one assignment or run may hold for a report to be added that ends nothing: each step as often as
/// it is heard on the radio, with a line of words each.
pub const WORK_BYTES_MAX: usize = 64 * 1024;

/// Calls that may lead to one incident and still be listed by it; a mass event's further calls open linked incidents.
pub const CALLS_PER_INCIDENT_MAX: usize = 250;

/// Callers one incident keeps, so that the next call of one of them is known to be about it; of a mass event's hundreds,
/// whoever calls again does so soon.
pub const CALLERS_KEPT_MAX: usize = 100;

/// Assignments or runs one incident may ever have. The largest response in the San Francisco record of 2013-14 had 36
/// units. Closing and merging write every open one in one commit.
pub const RUNS_PER_INCIDENT_MAX: usize = 100;

/// Needs one incident may have: every kind of unit of a large centre, twice.
pub const NEEDS_PER_INCIDENT_MAX: usize = 32;

/// How long a desk has to answer for a need that no plan speaks of. Decree 1931 of the Russian Federation (system 112): a
/// dispatch service confirms receipt within 30 s.
pub const DESK_ANSWER_UNPLANNED: Seconds = Seconds(30);

/// How long a desk that has received has to send somebody: four times what it has to say that it received, which is
/// time to reach a crew by radio twice.
pub const SEND_WITHIN: Seconds = Seconds(120);

/// How long somebody who was stood down has to say that they know; a unit on its way keeps its incident from closing
/// as long.
pub const STAND_DOWN_CONFIRMED_WITHIN: Seconds = Seconds(120);

/// How long a crew has to acknowledge for such a need: twice as long, for it may be out of its car.
pub const CREW_ANSWER_UNPLANNED: Seconds = Seconds(60);

/// Units one need may ask for at once; 36 went to the largest response of the San Francisco record.
pub const UNITS_PER_NEED_MAX: u8 = 40;

/// Notes on one incident: one every three minutes for a day.
pub const NOTES_PER_INCIDENT_MAX: usize = 500;

/// Notes beyond those, fifty for each of priority, type and place, kept for what changed one and for why an incident was
/// opened again: whatever was written on it, it can still be worked on.
pub const NOTES_OF_CHANGES: usize = 150;

/// Milestones one record keeps: each step twice, and room for corrections.
pub const MILESTONES_MAX: usize = 200;

/// Suspected duplicates named in one answer: more cannot be read while a caller speaks.
pub const SUSPECTED_MAX: usize = 5;

/// Alarms that one commit ends along with what they were about; any others are ended by hand. Standing down the units
/// of the largest response may end one for each.
pub const ALARMS_ENDED_MAX: usize = 40;

/// Readers a restricted incident may name.
pub const READERS_MAX: usize = 50;

/// Names of a crew that signs on.
pub const CREW_MAX: usize = 12;

/// How far in the past a report may say that something happened: a shift and a half, for paper entered later.
pub const REPORT_AGE_MAX: Seconds = Seconds(18 * 3600);

/// How far ahead of the centre's clock a report may be before its time is not believed.
pub const REPORT_AHEAD_MAX: Seconds = Seconds(60);

/// Recommendations one incident keeps before one that came to nothing is replaced by the next; each by which somebody was
/// given something is kept, so there may be one more for each assignment.
pub const RECOMMENDATIONS_MAX: usize = 50;

/// Directories remembered that are in force no more: those that the archive has not taken yet.
pub const DIRECTORIES_REPLACED_MAX: usize = 32;

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

/// An incident that comes back to the queue when that time is over raises it again after this one: those who were asked
/// did not come, and the dispatcher has had time to ask the next.
pub const QUEUE_AGE_AGAIN: Seconds = Seconds(10);

/// An alarm that no operator takes within this time goes to the supervisor.
pub const ALARM_TAKEN_WITHIN: Seconds = Seconds(60);

/// After an outage every deadline nearer than this moves to it: nobody is punished for an outage.
pub const DEADLINE_GRACE: Seconds = Seconds(10);

/// How long a hold may last: a shift.
pub const HOLD_MAX: Seconds = Seconds(12 * 3600);

/// Bytes of a line of text in a record at most.
const LINE_IN_RECORD: usize = JSON_BYTES_PER_BYTE * LINE_BYTES_MAX;

/// Bytes of an id in a list of ids: a UUID, its quotes and a comma.
const ID_IN_LIST: usize = 39;

/// Bytes of everything in a record that is neither a text nor a list: names of fields, ids, times, the first steps.
const RECORD_FRAME: usize = 4 * 1024;

/// Bytes of an incident's record with every list full at the same time, each entry at its longest.
const FULLEST_INCIDENT: usize = RECORD_FRAME
    // address and landmark, and the summary in letters of four bytes
    + 2 * LINE_IN_RECORD
    + 4 * SUMMARY_CHARS_MAX
    + (NOTES_PER_INCIDENT_MAX + NOTES_OF_CHANGES + CALLS_PER_INCIDENT_MAX + RECOMMENDATIONS_MAX) * ID_IN_LIST
    // nine digits and the incident that each caller called about
    + CALLERS_KEPT_MAX * (ID_IN_LIST + 40)
    // each assignment is listed, may serve a need and has a recommendation, each run is listed
    + RUNS_PER_INCIDENT_MAX * (3 * ID_IN_LIST + 80)
    // the desk of each assignment and the unit of each run may be passed over
    + 2 * RUNS_PER_INCIDENT_MAX * 160
    + NEEDS_PER_INCIDENT_MAX * 220;

const _: () = assert!(
    JSON_BYTES_PER_BYTE * NARRATIVE_BYTES_MAX + 8 * LINE_IN_RECORD + RECORD_FRAME < CALL_BYTES_MAX,
    "a call is taken whatever its texts hold"
);
const _: () = assert!(5 * LINE_IN_RECORD < CALL_BYTES_RESERVED, "a full call can be ended");
const _: () = assert!(FULLEST_INCIDENT < INCIDENT_BYTES_MAX, "no list is shorter than its limit says");
const _: () =
    assert!(3 * LINE_IN_RECORD + RECORD_FRAME < INCIDENT_BYTES_RESERVED, "a full incident can be closed");
const _: () = assert!(
    5 * LINE_BYTES_MAX + RECORD_FRAME / 4 < NOTE_BYTES_MAX,
    "a note holds the address and landmark of two places, why one became the other, and types, points and words"
);
const _: () = assert!(UNITS_PER_NEED_MAX as usize <= RUNS_PER_INCIDENT_MAX, "a need can be filled");
const _: () = assert!(CALL_BACK_WITHIN.0 < CALL_BACK_RING.0);
const _: () = assert!(
    DESK_LINK_GRACE.0 < DESK_ANSWER_UNPLANNED.0,
    "a link is known to be down before an answer is late"
);
