//! Response plans: who is needed.

use domain::{
    Priority, Seconds,
    directory::{PlanNeed, ResponsePlan},
    incident::{NeedMode, NeedTime},
};

use super::fields::Fields;
use crate::{ProblemCode, limits};

/// Words for when a need is to be filled.
pub(crate) const TIMES: [(&str, NeedTime); 2] =
    [("at_once", NeedTime::AtOnce), ("on_request", NeedTime::OnRequest)];

/// Words for who sends.
pub(crate) const MODES: [(&str, NeedMode); 2] =
    [("recommend", NeedMode::Recommend), ("auto", NeedMode::Auto)];

/// How long desks and crews have where a plan does not say it.
#[derive(Clone, Copy)]
pub(super) struct Answers {
    desk: Seconds,
    crew: Seconds,
}

impl Default for Answers {
    fn default() -> Self {
        Self { desk: limits::DESK_ANSWER, crew: limits::CREW_ANSWER }
    }
}

/// Reads the times a centre gives its desks and crews.
pub(super) fn answers(mut fields: Fields<'_, '_>) -> Answers {
    let answers = Answers {
        desk: answer(&mut fields, "desk_s").unwrap_or(limits::DESK_ANSWER),
        crew: answer(&mut fields, "crew_s").unwrap_or(limits::CREW_ANSWER),
    };
    fields.finish();
    answers
}

/// Reads a plan: a list that may be empty, where nobody is sent.
pub(super) fn read(fields: &mut Fields<'_, '_>, answers: Answers) -> ResponsePlan {
    ResponsePlan { needs: fields.tables("plan", |need| read_need(need, answers)) }
}

fn read_need(mut fields: Fields<'_, '_>, answers: Answers) -> PlanNeed {
    let count = fields.whole("count", ProblemCode::CountOutOfRange, &counts_allowed());
    let need = PlanNeed {
        kind: fields.required_id("kind"),
        count: count.unwrap_or(1),
        when: fields.word("when", &TIMES).unwrap_or(NeedTime::AtOnce),
        mode: fields.word("mode", &MODES).unwrap_or(NeedMode::Recommend),
        desk_answer: answer(&mut fields, "desk_answer_s").unwrap_or(answers.desk),
        crew_answer: answer(&mut fields, "crew_answer_s").unwrap_or(answers.crew),
    };
    fields.finish();
    need
}

/// Reads a time to answer.
fn answer(fields: &mut Fields<'_, '_>, name: &'static str) -> Option<Seconds> {
    let code = ProblemCode::AnswerTimeOutOfRange;
    let seconds: u32 = fields.whole(name, code, &answers_allowed())?;
    if crate::check::answer_fits(Seconds(seconds)) {
        return Some(Seconds(seconds));
    }
    fields.report(name, code, format!("`{name}` is {seconds}; write {}", answers_allowed()));
    None
}

/// Reads a priority.
pub(super) fn priority(fields: &mut Fields<'_, '_>) -> Priority {
    const ALLOWED: &str = "1 (most urgent) to 5";
    let code = ProblemCode::PriorityOutOfRange;
    let number: Option<u8> = fields.whole("priority", code, ALLOWED);
    match number.map(Priority::new) {
        Some(Ok(priority)) => priority,
        Some(Err(error)) => {
            fields.report("priority", code, format!("{error}; write {ALLOWED}"));
            Priority::LEAST
        }
        None => {
            let sentence = format!("has no `priority`; write {ALLOWED}");
            fields.report("priority", ProblemCode::MissingField, sentence);
            Priority::LEAST
        }
    }
}

/// The times to answer that a plan may give, for a sentence.
pub(crate) fn answers_allowed() -> String {
    format!("{} to {} seconds", limits::ANSWER_MIN.0, limits::ANSWER_MAX.0)
}

/// The units one need may ask for, for a sentence.
pub(crate) fn counts_allowed() -> String {
    format!("1 to {}", domain::limits::UNITS_PER_NEED_MAX)
}
