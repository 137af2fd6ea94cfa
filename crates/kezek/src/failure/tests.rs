//! What a person and a script are told.

use tonic_types::ErrorDetails;

use super::*;

#[test]
fn a_refusal_says_how_things_stand_what_is_allowed_and_what_next() {
    let facts = HashMap::from([
        ("state".to_owned(), "cleared".to_owned()),
        ("allowed".to_owned(), "nothing".to_owned()),
    ]);
    let details = ErrorDetails::with_error_info("ILLEGAL_STEP", "kezek", facts);
    let status = Status::with_error_details(Code::FailedPrecondition, "the run is over", details);
    let failure = Failure::from_status(&status);
    assert_eq!(failure.exit, Exit::Refused);
    insta::assert_snapshot!(failure, @r"
    refused: the run is over [ILLEGAL_STEP]
      allowed    nothing
      it is now  cleared
      next       read the record again (get, show or list) and choose what is allowed
    ");
    let told: serde_json::Value = serde_json::from_str(&failure.to_json()).unwrap();
    assert_eq!(told["error"]["exit_code"], 1);
    assert_eq!(told["error"]["facts"]["state"], "cleared");
}

#[test]
fn every_wrong_field_is_named() {
    let mut details = ErrorDetails::with_bad_request_violation("narrative", "41,000 bytes; 40,960 at most");
    details.add_bad_request_violation("priority", "1 to 5");
    let status = Status::with_error_details(Code::InvalidArgument, "malformed", details);
    let failure = Failure::from_status(&status);
    assert_eq!(failure.exit, Exit::Usage);
    assert_eq!(failure.reason, "UNEXPLAINED");
    assert_eq!(failure.facts["status"], "INVALID_ARGUMENT");
    assert_eq!(failure.facts["field narrative"], "41,000 bytes; 40,960 at most");
    assert_eq!(failure.facts["field priority"], "1 to 5");
}

#[test]
fn every_status_has_its_exit_code() {
    let exits: Vec<u8> = (0..=16).map(|code| exit_of(Code::from(code)).code()).collect();
    //             ok can unk inv dea not alr per res fai abo out uni int una dat aut
    assert_eq!(exits, [0, 3, 3, 2, 3, 4, 1, 5, 1, 1, 1, 2, 6, 6, 3, 6, 5]);
}

#[test]
fn an_unknown_outcome_says_how_to_repeat_it() {
    let last = Failure::from_status(&Status::unavailable("store away"));
    let failure = Failure::unknown_outcome(5, &last, "r-1");
    assert_eq!(failure.exit, Exit::Unknown);
    assert!(failure.to_string().contains("--request-id r-1; nothing happens twice"), "{failure}");
    let reading = Failure::unanswered(5, last);
    assert_eq!(reading.reason, "UNREACHABLE");
    assert!(reading.next.starts_with("nothing was to be changed"));
}

/// A refusal with these facts, as the centre gives it.
fn refused(code: Code, reason: &str, sentence: &str, facts: &[(&str, &str)]) -> Status {
    let facts: HashMap<String, String> =
        facts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Status::with_error_details(code, sentence, ErrorDetails::with_error_info(reason, "kezek", facts))
}

#[test]
fn a_step_is_refused_in_the_words_of_the_commands() {
    let facts = [
        ("lifecycle", "run"),
        ("state", "stand_down_sent"),
        ("event", "correct"),
        ("allowed", "acknowledge,depart,arrive,clear,confirm_stand_down"),
    ];
    let failure = Failure::from_status(&refused(Code::FailedPrecondition, "ILLEGAL_STEP", "x", &facts));
    insta::assert_snapshot!(failure, @r"
    refused: the run does not allow `--correction` now [ILLEGAL_STEP]
      allowed    unit ack, unit en-route, unit on-scene, unit clear, unit stood-down
      it is now  stand-down not confirmed
      next       read the record again (get, show or list) and choose what is allowed
    ");
    assert_eq!(failure.facts["event"], "correct", "a script reads what the centre gave");
}

#[test]
fn a_step_of_a_unit_is_refused_by_its_callsign() {
    let of = |lifecycle, state, allowed| {
        let facts = [
            ("lifecycle", lifecycle),
            ("state", state),
            ("event", "arrive"),
            ("allowed", allowed),
            ("unit", "leninsky-patrol-11"),
            ("callsign", "11"),
        ];
        Failure::from_status(&refused(Code::FailedPrecondition, "ILLEGAL_STEP", "x", &facts)).to_string()
    };
    insta::assert_snapshot!(of("unit", "available", "sign_off,assign"), @r"
    refused: unit 11 does not allow `unit on-scene` now [ILLEGAL_STEP]
      allowed    unit sign-off, incident send
      it is now  available
      next       read the record again (get, show or list) and choose what is allowed
    ");
    insta::assert_snapshot!(of("run", "on_scene", "clear"), @r"
    refused: the run of unit 11 does not allow `unit on-scene` now [ILLEGAL_STEP]
      allowed    unit clear
      it is now  on scene
      next       read the record again (get, show or list) and choose what is allowed
    ");
}

#[test]
fn a_role_is_refused_without_the_name_of_a_method() {
    let facts = [("role", "crew"), ("allowed", "operator,supervisor")];
    let said = "role crew may not call IntakeService/TakeCall";
    let failure = Failure::from_status(&refused(Code::PermissionDenied, "ROLE_NOT_ALLOWED", said, &facts));
    insta::assert_snapshot!(failure, @r"
    not allowed: the role crew may not do this [ROLE_NOT_ALLOWED]
      allowed  operator, supervisor
      next     use a token of a role, station or unit that may; `kezek token --help` lists the roles
    ");
}

#[test]
fn a_time_is_said_by_the_centres_clock_and_once() {
    let names = Names::new(crate::names::tests::small_centre(), "en");
    let facts = [
        ("field", "rang_at"),
        ("value", "2026-05-04T18:00:00.123456789Z"),
        ("earliest", "2026-05-03T08:03:20.000000001Z"),
        ("latest", "2026-05-04T08:04:20Z"),
    ];
    let status = refused(Code::InvalidArgument, "TIME_NOT_BELIEVED", "x", &facts);
    let mut failure = Failure::from_status(&status);
    failure.facts.insert("field rang_at".to_owned(), "x".to_owned());
    assert!(failure.wants_names());
    insta::assert_snapshot!(failure.with_names(&names), @r"
    not understood: `--rang-at` says 2026-05-05 00:00:00, which is not between 2026-05-03 14:03:20 and 2026-05-04 14:04:20 [TIME_NOT_BELIEVED]
      next  correct what is named and run it again
    ");
}

#[test]
fn units_that_are_still_out_are_called_as_on_the_radio() {
    let names = Names::new(crate::names::tests::small_centre(), "en");
    let one = [("runs", "0197c2f0-0000-7000-8000-000000000001"), ("units", "leninsky-11")];
    let failure = Failure::from_status(&refused(Code::FailedPrecondition, "RUNS_OPEN", "x", &one));
    insta::assert_snapshot!(failure.with_names(&names), @r"
    refused: unit 11 is still bound to it [RUNS_OPEN]
      next  `kezek unit clear` once they are free, or `kezek incident stand-down` if nobody needs them
    ");
    let taken = [("unit", "leninsky-12"), ("state", "assigned"), ("allowed", "available")];
    let failure = Failure::from_status(&refused(Code::FailedPrecondition, "UNIT_NOT_AVAILABLE", "x", &taken));
    assert_eq!(
        failure.with_names(&names).message,
        "unit Лев 12 is on a run; only an available unit can be sent"
    );
}

#[test]
fn a_unit_that_cannot_be_sent_is_told_with_where_it_is_and_since_when() {
    let names = Names::new(crate::names::tests::small_centre(), "en");
    let taken = [
        ("unit", "leninsky-12"),
        ("state", "assigned"),
        ("allowed", "available"),
        ("incident", "0197c2f0-0000-7000-8000-000000000001"),
        ("incident_number", "1041"),
        ("since", "2026-05-04T08:03:20Z"),
        ("remedy", "REC 1043"),
    ];
    let failure = Failure::from_status(&refused(Code::FailedPrecondition, "UNIT_NOT_AVAILABLE", "x", &taken));
    insta::assert_snapshot!(failure.told_in(Surface::Lines).with_names(&names), @r"
    refused: unit Лев 12 is on a run to 1041 since 2026-05-04 14:03:20; only an available unit can be sent [UNIT_NOT_AVAILABLE]
      remedy  REC 1043
      next    send another, or first free this one: `C`, or `SD` and `CF`
    ");
}

#[test]
fn whoever_types_lines_is_told_lines() {
    let names = Names::new(crate::names::tests::small_centre(), "en");
    let told = |code, reason, facts: &[(&str, &str)]| {
        let failure = Failure::from_status(&refused(code, reason, "what the centre says", facts));
        failure.told_in(Surface::Lines).with_names(&names).to_string()
    };
    let available = [
        ("lifecycle", "unit"),
        ("state", "available"),
        ("event", "arrive"),
        ("allowed", "sign_off,assign,out_of_service"),
        ("unit", "leninsky-11"),
        ("callsign", "11"),
    ];
    insta::assert_snapshot!(told(Code::FailedPrecondition, "ILLEGAL_STEP", &available), @r"
    refused: unit 11 does not allow `A` now [ILLEGAL_STEP]
      allowed    ST 11 off, D 11, ST 11 out
      it is now  available
      next       type what is allowed
    ");
    let assignment = [
        ("lifecycle", "assignment"),
        ("state", "accepted"),
        ("event", "return"),
        ("allowed", "stand_down,finish"),
    ];
    insta::assert_snapshot!(told(Code::FailedPrecondition, "ILLEGAL_STEP", &assignment), @r"
    refused: the assignment does not allow `RT` now [ILLEGAL_STEP]
      allowed    SD
      it is now  accepted
      next       type what is allowed
    ");
    let held = [("state", "held"), ("allowed", "open")];
    insta::assert_snapshot!(told(Code::FailedPrecondition, "INCIDENT_NOT_OPEN", &held), @r"
    refused: what the centre says [INCIDENT_NOT_OPEN]
      allowed    open
      it is now  held
      next       `V` shows it; `RL`, `UNDUP` or `RO` opens it again
    ");
    let out = [("units", "leninsky-11"), ("state", "runs_open"), ("allowed", "clear,stand_down")];
    insta::assert_snapshot!(told(Code::FailedPrecondition, "RUNS_OPEN", &out), @r"
    refused: unit 11 is still bound to it [RUNS_OPEN]
      allowed  C, SD
      next     `C` once they are free, or `SD` if nobody needs them
    ");
    insta::assert_snapshot!(told(Code::FailedPrecondition, "NOTHING_TO_UNDO", &[("why", "nothing")]), @r"
    refused: what the centre says [NOTHING_TO_UNDO]
      why  nothing
    ");
    let late = [
        ("field", "report.occurred_at"),
        ("value", "2026-05-04T18:00:00Z"),
        ("earliest", "2026-05-03T08:03:20Z"),
        ("latest", "2026-05-04T08:04:20Z"),
    ];
    insta::assert_snapshot!(told(Code::InvalidArgument, "TIME_NOT_BELIEVED", &late), @r"
    not understood: `at` says 2026-05-05 00:00:00, which is not between 2026-05-03 14:03:20 and 2026-05-04 14:04:20 [TIME_NOT_BELIEVED]
      next  correct what is named and run it again
    ");
    let near = [("type", "shoting"), ("word", "shoting"), ("choices", "shooting")];
    insta::assert_snapshot!(told(Code::NotFound, "UNKNOWN_TYPE", &near), @r"
    not found: what the centre says [UNKNOWN_TYPE]
      next  `kezek directory show --part types` lists them
    ");
}

#[test]
fn a_wrong_field_is_named_by_its_option() {
    let details = ErrorDetails::with_bad_request_violation("person", "must say something");
    let status = Status::with_error_details(Code::InvalidArgument, "malformed", details);
    let told = Failure::from_status(&status).to_string();
    assert!(told.contains("--person") && !told.contains("field person"), "{told}");
}

#[test]
fn what_the_centre_says_cannot_garble_the_terminal() {
    let failure = Failure::from_status(&Status::not_found("no \u{1b}[2Jincident"));
    assert!(!failure.to_string().contains('\u{1b}'));
}
