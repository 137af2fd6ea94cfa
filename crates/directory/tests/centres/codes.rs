//! One mistake at a time: each is named by its own code, on its own line, and by nothing else.

use std::collections::BTreeSet;

use directory::{ProblemCode, Source, Unread};

/// A mistake: what is replaced by what in which file of the small centre, and where the problem is said to be.
struct Mistake {
    code: ProblemCode,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    line: u32,
}

const fn mistake(
    code: ProblemCode,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    line: u32,
) -> Mistake {
    Mistake { code, file, from, to, line }
}

const CENTRE: &str = "centre.toml";
const DISTRICTS: &str = "districts.geojson";
const KINDS: &str = "kinds.toml";
const STATIONS: &str = "stations.toml";
const TYPES: &str = "types.toml";
const UNITS: &str = "units.toml";

const MISTAKES: &[Mistake] = &[
    mistake(ProblemCode::BadToml, CENTRE, "[answers]", "[answers", 15),
    mistake(ProblemCode::BadToml, UNITS, "callsign = \"12\",", "callsign = ,", 2),
    mistake(ProblemCode::BadToml, KINDS, "chosen_by = \"either\"", "automatic = true", 4),
    mistake(ProblemCode::BadGeojson, DISTRICTS, "\"FeatureCollection\",", "\"FeatureCollection\"", 3),
    mistake(ProblemCode::BadGeojson, DISTRICTS, "FeatureCollection", "Topology", 1),
    mistake(ProblemCode::BadGeojson, DISTRICTS, "\"type\": \"Feature\",\n      \"id\"", "\"id\"", 9),
    mistake(ProblemCode::EmptyPart, DISTRICTS, "\"features\": [", "\"features\": [], \"old\": [", 0),
    mistake(ProblemCode::DuplicateId, UNITS, "west-12 =", "west-11 =", 2),
    mistake(ProblemCode::DuplicateId, STATIONS, "\"line 3\"", "\"line 3\"\n[west]\ncontact = \"line 4\"", 16),
    mistake(ProblemCode::DuplicateId, DISTRICTS, "\"id\": \"east\"", "\"id\": \"west\"", 9),
    mistake(ProblemCode::BadId, CENTRE, "\"small\"", "\"Small centre\"", 1),
    mistake(ProblemCode::BadId, UNITS, "east-21 =", "East_21 =", 3),
    mistake(ProblemCode::BadId, UNITS, "desk = \"west\"", "desk = \"West!\"", 1),
    mistake(ProblemCode::BadId, DISTRICTS, "\"id\": \"east\"", "\"id\": \"relation/77\"", 9),
    mistake(ProblemCode::UnknownField, UNITS, "radio_only", "radioonly", 2),
    mistake(ProblemCode::UnknownField, CENTRE, "speed_km_h", "speed", 13),
    mistake(ProblemCode::MissingField, CENTRE, "time_zone = \"Asia/Bishkek\"", "", 0),
    mistake(ProblemCode::MissingField, CENTRE, "contact = \"102\"", "", 0),
    mistake(ProblemCode::MissingField, CENTRE, "[untyped]\npriority = 3", "[untyped]", 19),
    mistake(ProblemCode::MissingField, UNITS, "kind = \"group\", ", "", 4),
    mistake(ProblemCode::MissingField, KINDS, "automatic = false", "", 6),
    mistake(ProblemCode::MissingField, DISTRICTS, "\"id\": \"east\",", "", 9),
    mistake(ProblemCode::WrongType, TYPES, "priority = 5", "priority = \"low\"", 17),
    mistake(ProblemCode::WrongType, TYPES, "plan = []", "plan = \"none\"", 18),
    mistake(ProblemCode::WrongType, UNITS, "true", "\"yes\"", 2),
    mistake(ProblemCode::WrongType, KINDS, "ky = \"Топ\"", "ky = 7", 7),
    mistake(ProblemCode::WrongType, DISTRICTS, "\"Чыгыш\"", "[]", 9),
    mistake(ProblemCode::UnknownWord, KINDS, "\"centre\"", "\"center\"", 8),
    mistake(ProblemCode::UnknownWord, TYPES, "\"on_request\"", "\"later\"", 12),
    mistake(ProblemCode::EmptyText, UNITS, "\"21\"", "\" \"", 3),
    mistake(ProblemCode::EmptyText, CENTRE, "\"102\"", "\"\"", 5),
    mistake(ProblemCode::EmptyText, KINDS, "\"Patrol\"", "\"\"", 2),
    mistake(ProblemCode::ControlCharacter, UNITS, "\"WEST\"", "\"WEST\\u001b[2J\"", 1),
    mistake(ProblemCode::BadPosition, STATIONS, "\"42.85, 74.55\"", "\"42,85; 74,55\"", 3),
    mistake(ProblemCode::PositionOutOfRange, STATIONS, "\"42.85, 74.55\"", "\"4748020, 8298900\"", 3),
    mistake(ProblemCode::PositionOutOfRange, DISTRICTS, "[[[[74.6, 42.8]", "[[[[8304000, 42.8]", 9),
    mistake(ProblemCode::PositionSwapped, STATIONS, "\"42.85, 74.55\"", "\"74.55, 42.85\"", 3),
    mistake(ProblemCode::PositionSwapped, UNITS, "\"42.85, 74.56\"", "\"74.56, 42.85\"", 1),
    mistake(ProblemCode::PositionFar, STATIONS, "\"42.85, 74.65\"", "\"44.85, 74.65\"", 14),
    mistake(ProblemCode::NoLanguage, CENTRE, "[\"ky\", \"en\"]", "[]", 3),
    mistake(ProblemCode::BadLanguage, CENTRE, "[\"ky\", \"en\"]", "[\"ky\", \"en\", \"ky\"]", 3),
    mistake(ProblemCode::LanguageMissing, TYPES, ", en = \"Murder\"", "", 7),
    mistake(ProblemCode::LanguageMissing, DISTRICTS, ", \"title_en\": \"East\"", "", 9),
    mistake(ProblemCode::LanguageUnknown, KINDS, "{ ky = \"Топ\"", "{ kg = \"Топ\", ky = \"Топ\"", 7),
    mistake(ProblemCode::UnknownTimeZone, CENTRE, "Asia/Bishkek", "Asia/Bishkeck", 4),
    mistake(ProblemCode::UnknownTimeZone, CENTRE, "Asia/Bishkek", "asia/bishkek", 4),
    mistake(ProblemCode::DuplicatesOutOfRange, CENTRE, "within_m = 80", "within_m = 0", 8),
    mistake(ProblemCode::DuplicatesOutOfRange, CENTRE, "within_s = 600", "within_s = 864000", 9),
    mistake(ProblemCode::DuplicatesOutOfRange, CENTRE, "within_m = 80", "within_m = -1", 8),
    mistake(ProblemCode::DetourOutOfRange, CENTRE, "1.3", "0.9", 12),
    mistake(ProblemCode::DetourOutOfRange, CENTRE, "1.3", "nan", 12),
    mistake(ProblemCode::SpeedOutOfRange, CENTRE, "speed_km_h = 40", "speed_km_h = 400", 13),
    mistake(ProblemCode::SpeedOutOfRange, CENTRE, "speed_km_h = 40", "speed_km_h = 0x1_00", 13),
    mistake(ProblemCode::UnknownStation, DISTRICTS, "\"station\": \"east\"", "\"station\": \"eats\"", 9),
    mistake(ProblemCode::UnknownDesk, UNITS, "desk = \"west\"", "desk = \"wets\"", 1),
    mistake(ProblemCode::UnknownKind, UNITS, "kind = \"group\"", "kind = \"groop\"", 4),
    mistake(ProblemCode::UnknownKind, TYPES, "kind = \"group\"", "kind = \"groop\"", 12),
    mistake(ProblemCode::UnknownParent, TYPES, "\"violence\"", "\"violense\"", 8),
    mistake(ProblemCode::UnknownParent, STATIONS, "parent = \"west\"", "parent = \"wets\"", 9),
    mistake(ProblemCode::ParentCycle, TYPES, "priority = 2", "parent = \"murder\"\npriority = 2", 9),
    mistake(ProblemCode::ParentCycle, STATIONS, "parent = \"west\"", "parent = \"west-substation\"", 9),
    mistake(ProblemCode::DuplicateCallsign, UNITS, "\"71\"", "\"21\"", 4),
    mistake(ProblemCode::StationWithoutContact, STATIONS, "contact = \"line 3\"", "", 12),
    mistake(ProblemCode::StationWithoutContact, STATIONS, "contact = \"line 3\"", "contact = \"\"", 15),
    mistake(ProblemCode::DistrictWithoutStation, DISTRICTS, "\"station\": \"east\", ", "", 9),
    mistake(ProblemCode::NotAPolygon, DISTRICTS, "\"Polygon\"", "\"MultiLineString\"", 4),
    mistake(ProblemCode::PolygonOpen, DISTRICTS, ", [74.5, 42.8]]]", "]]", 4),
    mistake(
        ProblemCode::PolygonCrossesItself,
        DISTRICTS,
        "[74.6, 42.9], [74.5, 42.9]",
        "[74.5, 42.9], [74.6, 42.9]",
        4,
    ),
    mistake(ProblemCode::PolygonUnfit, DISTRICTS, ", [74.6, 42.9], [74.5, 42.9]", "", 4),
    mistake(
        ProblemCode::DistrictsOverlap,
        DISTRICTS,
        "[74.6, 42.9], [74.5, 42.9]",
        "[74.61, 42.9], [74.5, 42.9]",
        4,
    ),
    mistake(ProblemCode::PriorityOutOfRange, TYPES, "priority = 5", "priority = 6", 17),
    mistake(ProblemCode::PriorityOutOfRange, TYPES, "priority = 5", "priority = 1000", 17),
    mistake(ProblemCode::CountOutOfRange, TYPES, "count = 2", "count = 0", 11),
    mistake(ProblemCode::CountOutOfRange, TYPES, "count = 2", "count = -1", 11),
    mistake(ProblemCode::KindNobodyHas, UNITS, "kind = \"group\"", "kind = \"patrol\"", 12),
    mistake(ProblemCode::MoreThanExist, TYPES, "count = 2", "count = 4", 11),
    mistake(ProblemCode::AnswerTimeOutOfRange, TYPES, "desk_answer_s = 45", "desk_answer_s = 0", 12),
    mistake(ProblemCode::AnswerTimeOutOfRange, CENTRE, "desk_s = 30", "desk_s = 30000", 16),
    mistake(ProblemCode::AutoNotAllowed, TYPES, "when = \"on_request\"", "mode = \"auto\"", 12),
];

/// Codes that need more than one replaced text, each with a test of its own below.
const ELSEWHERE: [ProblemCode; 6] = [
    ProblemCode::MissingFile,
    ProblemCode::UnreadableFile,
    ProblemCode::UnexpectedFile,
    ProblemCode::FileTwice,
    ProblemCode::TextTooLong,
    ProblemCode::TooManyNeeds,
];

fn codes_of(files: &[Source]) -> Vec<ProblemCode> {
    let problems = directory::read(files).unwrap_err();
    problems.iter().map(|problem| problem.code).collect()
}

#[test]
fn each_mistake_is_named_once_on_its_line_and_nothing_follows_from_it() {
    let mut wrong = String::new();
    for mistake in MISTAKES {
        let files = super::changed(mistake.file, mistake.from, mistake.to);
        let problems = directory::read(&files).err().unwrap_or_default();
        let named: Vec<_> = problems.iter().map(|p| (p.code, p.line.unwrap_or(0))).collect();
        if named != [(mistake.code, mistake.line)] {
            let wanted = format!("{}:{} [{}]", mistake.file, mistake.line, mistake.code);
            wrong += &format!("`{}`\nwanted {wanted}, got\n{}\n", mistake.to, super::listed(&problems));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_code_has_its_mistake() {
    let tried: BTreeSet<_> = MISTAKES.iter().map(|mistake| mistake.code).chain(ELSEWHERE).collect();
    let missing: Vec<_> = ProblemCode::ALL.iter().filter(|code| !tried.contains(code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_file_that_is_missing_is_named_and_what_refers_to_it_is_not() {
    for name in directory::FILES {
        let mut files = super::small();
        files.retain(|file| file.name != name);
        let problems = directory::read(&files).unwrap_err();
        let named: Vec<_> = problems.iter().map(|p| (p.file.as_str(), p.code, p.line)).collect();
        assert_eq!(named, [(name, ProblemCode::MissingFile, None)]);
    }
    let all: Vec<_> = directory::read(&[]).unwrap_err().into_iter().map(|problem| problem.file).collect();
    assert_eq!(all, directory::FILES);
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_is_not_missing() {
    for name in directory::FILES {
        let mut files = super::small();
        files.retain(|file| file.name != name);
        let unread = [Unread { name: name.to_owned(), why: "is not UTF-8; save it as UTF-8".to_owned() }];
        let problems = directory::read_but(&files, &unread).unwrap_err();
        let named: Vec<_> = problems.iter().map(|p| (p.file.as_str(), p.code, p.line)).collect();
        assert_eq!(named, [(name, ProblemCode::UnreadableFile, None)]);
    }
}

#[test]
fn a_file_with_another_name_or_given_twice_is_named() {
    let mut files = super::small();
    files.push(Source { name: "unit.toml".to_owned(), text: String::new() });
    files.push(files[0].clone());
    let problems = directory::read(&files).unwrap_err();
    let expected = "\
        centre.toml: was given twice; give it once [FILE_TWICE]\n\
        unit.toml: is no file of a centre (did you mean `units.toml`?); rename it or take it out of the folder \
        [UNEXPECTED_FILE]\n";
    assert_eq!(super::listed(&problems), expected);
}

#[test]
fn long_texts_and_long_plans_are_named() {
    let long = format!("\"{}\"", "Ү".repeat(101));
    assert_eq!(codes_of(&super::changed("units.toml", "\"WEST\"", &long)), [ProblemCode::TextTooLong]);
    let needs = "{ kind = \"group\", when = \"on_request\" },".repeat(33);
    let units: String = (0..40)
        .map(|n| format!("g{n} = {{ callsign = \"g{n}\", kind = \"group\", desk = \"east\" }}\n"))
        .collect();
    let mut files = super::changed("types.toml", "plan = []", &format!("plan = [{needs}]"));
    files.iter_mut().find(|file| file.name == "units.toml").unwrap().text += &units;
    assert_eq!(codes_of(&files), [ProblemCode::TooManyNeeds]);
}
