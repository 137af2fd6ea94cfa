//! A centre with everything wrong: every problem at once, as a person would read them.

use directory::ProblemCode;

/// What such a centre cannot show: files that are missing or strange, and syntax that hides the rest of its file.
const SHOWN_ELSEWHERE: [ProblemCode; 10] = [
    ProblemCode::MissingFile,
    ProblemCode::UnreadableFile,
    ProblemCode::UnexpectedFile,
    ProblemCode::FileTwice,
    ProblemCode::BadToml,
    ProblemCode::EmptyPart,
    ProblemCode::NoLanguage,
    ProblemCode::KindNobodyHas,
    ProblemCode::MoreThanExist,
    ProblemCode::TooManyNeeds,
];

#[test]
fn every_problem_is_named_at_once_by_file_and_line() {
    let problems = directory::read(&super::broken()).unwrap_err();
    insta::assert_snapshot!(super::listed(&problems));
    let sorted =
        problems.windows(2).all(|pair| (&pair[0].file, pair[0].line) <= (&pair[1].file, pair[1].line));
    assert!(sorted, "by file and line");
    for code in ProblemCode::ALL {
        let shown = problems.iter().any(|problem| problem.code == *code);
        assert!(shown != SHOWN_ELSEWHERE.contains(code), "{code}");
    }
}

#[test]
fn a_problem_serialises_for_programs() {
    let problems = directory::read(&super::broken()).unwrap_err();
    let district = problems.iter().find(|problem| problem.feature.is_some()).unwrap();
    let json = serde_json::to_value(district).unwrap();
    assert_eq!(json["file"], "districts.geojson");
    assert_eq!(json["code"], district.code.as_str());
    assert!(json["line"].is_u64());
}
