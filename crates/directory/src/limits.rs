//! Every limit of a centre's files in one place, each with its reason.

use domain::Seconds;
use geography::{Metres, SquareMetres};

/// Ground that two districts may both claim: borders drawn twice by hand differ by a few metres along kilometres.
pub(crate) const OVERLAP_MAX: SquareMetres = SquareMetres::whole(10_000);

/// How far outside all districts a station or beat may lie. A unit may wait outside its city; not outside its region.
pub(crate) const OUTSIDE_MAX: Metres = Metres::whole(50_000);

/// How far a district may lie from the middle of the centre: the largest country one centre could serve is smaller.
pub(crate) const SPREAD_MAX: Metres = Metres::whole(1_500_000);

/// Shortest time to answer: nobody reads an assignment and presses a key sooner.
pub(crate) const ANSWER_MIN: Seconds = Seconds(5);

/// Longest time to answer: what may wait longer than an hour needs a calendar, not a desk.
pub(crate) const ANSWER_MAX: Seconds = Seconds(3_600);

/// How long a desk has to say that an assignment is received where no file says it: Decree 1931 of the government of
/// the Russian Federation (2021) and GOST R 22.7.03-2021 ask a service to confirm within 30 s.
pub(crate) const DESK_ANSWER: Seconds = Seconds(30);

/// How long a crew has to acknowledge where no file says it: twice a desk's time, since a crew may be out of its car.
pub(crate) const CREW_ANSWER: Seconds = Seconds(60);

/// Farthest two likely duplicates may be apart: beyond a few streets everything would be one.
pub(crate) const DUPLICATE_METRES_MAX: u32 = 5_000;

/// Oldest incident a call may be a likely duplicate of: a day.
pub(crate) const DUPLICATE_AGE_MAX: Seconds = Seconds(86_400);

/// Largest detour factor, as in `geography::TravelModel`; the least is 1.
pub(crate) const DETOUR_MAX: f64 = 10.0;

/// Slowest speed in km/h: slower than walking somebody mistook the unit.
pub(crate) const SPEED_MIN: f64 = 3.6;

/// Fastest speed in km/h: 70 m/s, as in `geography::TravelModel`.
pub(crate) const SPEED_MAX: f64 = 252.0;

/// Longest title, callsign, command, talkgroup or contact in bytes: two columns of a console in any script.
pub(crate) const TEXT_BYTES_MAX: usize = 200;

/// Longest message in letters, since it may quote what a file says: a few lines of a terminal.
pub(crate) const MESSAGE_CHARS_MAX: usize = 600;

/// Longest word for which a similar name is looked for: ids are shorter, and looking costs its length times theirs.
pub(crate) const HINT_CHARS_MAX: usize = 60;

const _: () = assert!(ANSWER_MIN.0 < DESK_ANSWER.0 && CREW_ANSWER.0 < ANSWER_MAX.0);
const _: () = assert!(TEXT_BYTES_MAX < domain::limits::LINE_BYTES_MAX);
