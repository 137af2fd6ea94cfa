//! What can be wrong with a centre's files.

use std::fmt;

use serde::{Serialize, Serializer};

/// One thing that is wrong, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file, such as `units.toml`.
    pub file: String,
    /// The line, from 1. Absent where the file is missing, or where there was no file.
    pub line: Option<u32>,
    /// The GeoJSON feature it is about, by the district's id or, without one, its number from 1.
    pub feature: Option<String>,
    /// What is wrong, as a word that stays the same.
    pub code: ProblemCode,
    /// What is wrong and what to do, in a sentence.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {} [{}]", self.file, self.message, self.code),
            None => write!(f, "{}: {} [{}]", self.file, self.message, self.code),
        }
    }
}

impl std::error::Error for Problem {}

macro_rules! codes {
    ($($(#[doc = $meaning:literal])+ $name:ident = $word:literal,)*) => {
        /// What is wrong, as a word that stays the same.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ProblemCode {
            $($(#[doc = $meaning])+ $name,)*
        }

        impl ProblemCode {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

codes! {
    /// A file of the centre is not there.
    MissingFile = "MISSING_FILE",
    /// A file of the centre is there and cannot be read.
    UnreadableFile = "UNREADABLE_FILE",
    /// A `.toml` or `.geojson` file that is no part of a centre.
    UnexpectedFile = "UNEXPECTED_FILE",
    /// Two files have the same name.
    FileTwice = "FILE_TWICE",
    /// The file is not TOML.
    BadToml = "BAD_TOML",
    /// The file is not a GeoJSON collection of features.
    BadGeojson = "BAD_GEOJSON",
    /// A part of the centre has no entry at all.
    EmptyPart = "EMPTY_PART",
    /// An entry is there twice.
    DuplicateId = "DUPLICATE_ID",
    /// A name that is no id.
    BadId = "BAD_ID",
    /// A field that no entry of this part has.
    UnknownField = "UNKNOWN_FIELD",
    /// A field that must be there is not.
    MissingField = "MISSING_FIELD",
    /// A field that holds another kind of value.
    WrongType = "WRONG_TYPE",
    /// A word that is not one of those a field may hold.
    UnknownWord = "UNKNOWN_WORD",
    /// A text with nothing in it.
    EmptyText = "EMPTY_TEXT",
    /// A text that does not fit on a console.
    TextTooLong = "TEXT_TOO_LONG",
    /// A text with a control character, which could garble a terminal.
    ControlCharacter = "CONTROL_CHARACTER",
    /// A position that is not two numbers.
    BadPosition = "BAD_POSITION",
    /// A latitude or longitude beyond its range.
    PositionOutOfRange = "POSITION_OUT_OF_RANGE",
    /// A position whose latitude and longitude look swapped.
    PositionSwapped = "POSITION_SWAPPED",
    /// A position far from everything else.
    PositionFar = "POSITION_FAR",
    /// The centre has no language.
    NoLanguage = "NO_LANGUAGE",
    /// A language tag that is none, or is there twice.
    BadLanguage = "BAD_LANGUAGE",
    /// A title is missing in a language of the centre.
    LanguageMissing = "LANGUAGE_MISSING",
    /// A title in a language that the centre does not have.
    LanguageUnknown = "LANGUAGE_UNKNOWN",
    /// No time zone of that name.
    UnknownTimeZone = "UNKNOWN_TIME_ZONE",
    /// The rule for likely duplicates is absurd.
    DuplicatesOutOfRange = "DUPLICATES_OUT_OF_RANGE",
    /// A detour factor below 1 or above 10.
    DetourOutOfRange = "DETOUR_OUT_OF_RANGE",
    /// A speed no car has.
    SpeedOutOfRange = "SPEED_OUT_OF_RANGE",
    /// A district is given to a station that is not there.
    UnknownStation = "UNKNOWN_STATION",
    /// A unit's desk is no station.
    UnknownDesk = "UNKNOWN_DESK",
    /// A kind of unit that is not there.
    UnknownKind = "UNKNOWN_KIND",
    /// A parent that is not there.
    UnknownParent = "UNKNOWN_PARENT",
    /// A station or type that is its own ancestor.
    ParentCycle = "PARENT_CYCLE",
    /// Two units have the same callsign.
    DuplicateCallsign = "DUPLICATE_CALLSIGN",
    /// A station that cannot be reached by voice.
    StationWithoutContact = "STATION_WITHOUT_CONTACT",
    /// A district that no station answers for.
    DistrictWithoutStation = "DISTRICT_WITHOUT_STATION",
    /// A feature that is no polygon.
    NotAPolygon = "NOT_A_POLYGON",
    /// A ring whose last point is not its first.
    PolygonOpen = "POLYGON_OPEN",
    /// A ring that crosses or touches itself.
    PolygonCrossesItself = "POLYGON_CROSSES_ITSELF",
    /// Rings that are no area for another reason.
    PolygonUnfit = "POLYGON_UNFIT",
    /// Two districts claim the same ground.
    DistrictsOverlap = "DISTRICTS_OVERLAP",
    /// A priority that is not 1 to 5.
    PriorityOutOfRange = "PRIORITY_OUT_OF_RANGE",
    /// A plan with more lines than an incident may have needs.
    TooManyNeeds = "TOO_MANY_NEEDS",
    /// A need for no unit, or for more than one need may ask for.
    CountOutOfRange = "COUNT_OUT_OF_RANGE",
    /// A plan asks for a kind that no unit has.
    KindNobodyHas = "KIND_NOBODY_HAS",
    /// A plan asks for more units of a kind than there are.
    MoreThanExist = "MORE_THAN_EXIST",
    /// A time to answer that nobody could keep, or nobody would wait for.
    AnswerTimeOutOfRange = "ANSWER_TIME_OUT_OF_RANGE",
    /// A plan sends a kind automatically that may not be sent so.
    AutoNotAllowed = "AUTO_NOT_ALLOWED",
}

impl fmt::Display for ProblemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ProblemCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
