//! Calls as a person reads them.

use protocol::intake::v1::{LikelyDuplicate, TakeCallResponse};
use protocol::record::v1::{Call, Durability};

use crate::output::{Paint, Tone};
use crate::show::Light;
use crate::show::history::History;
use crate::table::{Table, plain, short};
use crate::words;

/// A call with all that is known of it.
pub(crate) fn call(call: &Call, light: Light<'_>) -> String {
    let heading = format!("Call {}: {}", call.spoken_number, words::call_state(call));
    let mut facts = Table::bare();
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            facts.row([name.to_owned(), value]);
        }
    };
    fact("taken", call.taken_at.as_ref().map_or_else(String::new, |time| light.clock(Some(time))));
    fact("from", format!("{} {}", plain(&call.caller_number), source(call)).trim().to_owned());
    fact("trunk", plain(&call.trunk));
    fact("where", light.names.place(call.location.as_ref(), 100));
    let unknown = |text: &str| format!("`{}`, which the directory does not know", plain(text));
    let what = light.names.incident_type(&call.incident_type_id).to_owned();
    fact("what", if call.type_text.is_empty() { what } else { unknown(&call.type_text) });
    fact("language", plain(&call.language));
    fact("said", plain(&call.narrative));
    fact("incident", call.incident_id.clone());
    fact("may be", call.suspected_duplicate_of.join(", "));
    fact("flagged", words::flags(call.flags()));
    fact("id", call.call_id.clone());
    let mut text = format!("{}\n{}", light.paint.dye(Tone::Strong, &heading), facts.render("  "));
    for addition in &call.additions {
        let place = addition.location.as_ref().map(|place| light.names.place(Some(place), 60));
        let words = [plain(&addition.narrative), place.unwrap_or_default()];
        let said: Vec<String> = words.into_iter().filter(|text| !text.is_empty()).collect();
        let when = light.clock(addition.recorded_at.as_ref());
        text.push_str(&format!("  {when}  {} added: {}\n", plain(&addition.added_by), said.join("; ")));
    }
    let mut history = History::default();
    history.add("call", &call.milestones);
    text.push_str(&history.render(light, "  "));
    text
}

fn source(call: &Call) -> String {
    if call.source.is_empty() {
        String::new()
    } else {
        format!("by {}", plain(&call.source).replace('_', " "))
    }
}

/// The answer to a call that was taken; `numbers` are those of the incidents it names, by id, as far as they are known.
pub(crate) fn taken(answer: &TakeCallResponse, numbers: &[(String, String)], paint: Paint) -> String {
    let named = |id: &str| {
        let known = numbers.iter().find(|(of, number)| of == id && !number.is_empty());
        known.map_or_else(|| id.to_owned(), |(_, number)| number.clone())
    };
    let number = &answer.spoken_number;
    let mut text = format!("{}\n", paint.dye(Tone::Strong, &format!("Call {number} is taken.")));
    let receipt = answer.receipt.as_ref();
    text.push_str(&format!("  {}", words::receipt(receipt)));
    let journaled = receipt.is_some_and(|receipt| receipt.durability() == Durability::Journaled);
    text.push_str(&match (answer.incident_id.as_str(), journaled) {
        ("", _) => "  it is being joined to its incident\n".to_owned(),
        (id, true) => format!("  its incident is {}\n", named(id)),
        (id, false) => format!("  its incident: `kezek incident get {}`\n", named(id)),
    });
    if !answer.flags.is_empty() {
        text.push_str(&format!("  flagged: {}\n", words::flags(answer.flags())));
    }
    for id in answer.suspected_duplicate_of.iter().map(|id| named(id)) {
        text.push_str(&format!("  may be the same matter as {id}: look with `kezek incident get {id}`\n"));
    }
    text
}

/// What a call in hand, or an incident that is to be opened, may be about.
pub(crate) fn duplicates(likely: &[LikelyDuplicate], light: Light<'_>) -> String {
    if likely.is_empty() {
        return "No open incident is likely to be the same matter.\n".to_owned();
    }
    let mut table = Table::new(["NUMBER", "AGE", "AWAY", "SAME", "WHAT", "WHERE"]);
    for likely in likely {
        let incident = likely.incident.clone().unwrap_or_default();
        let same = [(likely.same_type, "type"), (likely.same_number, "caller")];
        let same: Vec<&str> = same.into_iter().filter_map(|(holds, word)| holds.then_some(word)).collect();
        table.row([
            incident.spoken_number.clone(),
            crate::time::duration(jiff::SignedDuration::from_secs(likely.age_s.into())),
            likely.distance_m.map_or_else(|| "-".to_owned(), |metres| format!("{metres} m")),
            if same.is_empty() { "-".to_owned() } else { same.join(", ") },
            light.names.incident_type(&incident.incident_type_id).to_owned(),
            short(&light.names.place(incident.location.as_ref(), 40), 40),
        ]);
    }
    format!("May be the same matter:\n{}", table.render("  "))
}

#[cfg(test)]
mod tests {
    use protocol::record::v1::{CallFlag, CallState, Cursor, Incident, Receipt, call_state};

    use super::*;
    use crate::names::Names;
    use crate::show::tests::{ago, noon};

    #[test]
    fn a_call_reads_aloud() {
        let names = Names::new(crate::names::tests::small_centre(), "en");
        let light = Light { names: &names, now: noon(), paint: Paint::Plain };
        let one = Call {
            call_id: "0197c2f0-0000-7000-8000-000000000001".to_owned(),
            spoken_number: "1043".to_owned(),
            source: "telephone".to_owned(),
            caller_number: "+996 555 000111".to_owned(),
            incident_type_id: "shooting".to_owned(),
            narrative: "Стреляли\nдважды".to_owned(),
            flags: vec![CallFlag::NoLocation.into()],
            taken_at: ago(20),
            state: Some(CallState {
                state: Some(call_state::State::Answered(call_state::Answered::default())),
            }),
            ..Call::default()
        };
        insta::assert_snapshot!(call(&one, light), @r"
        Call 1043: answered
          taken    14:03:00
          from     +996 555 000111 by telephone
          where    place not known
          what     Shooting
          said     Стреляли дважды
          flagged  no location
          id       0197c2f0-0000-7000-8000-000000000001
        ");
    }

    #[test]
    fn what_was_stored_is_said_before_what_is_odd() {
        let answer = TakeCallResponse {
            receipt: Some(Receipt {
                change: Some(Cursor { lineage: String::new(), number: 42 }),
                durability: Durability::Stored.into(),
                repeated: false,
            }),
            spoken_number: "1043".to_owned(),
            incident_id: "i-1".to_owned(),
            flags: vec![CallFlag::NoType.into()],
            suspected_duplicate_of: vec!["i-0".to_owned(), "i-2".to_owned()],
            ..TakeCallResponse::default()
        };
        let numbers =
            [("i-1", "1043"), ("i-0", "1041")].map(|(id, number)| (id.to_owned(), number.to_owned()));
        insta::assert_snapshot!(taken(&answer, &numbers, Paint::Plain), @r"
        Call 1043 is taken.
          stored as change 42
          its incident: `kezek incident get 1043`
          flagged: no type
          may be the same matter as 1041: look with `kezek incident get 1041`
          may be the same matter as i-2: look with `kezek incident get i-2`
        ");
    }

    #[test]
    fn likely_duplicates_are_a_table() {
        let names = Names::new(crate::names::tests::small_centre(), "en");
        let light = Light { names: &names, now: noon(), paint: Paint::Plain };
        let incident = Incident {
            spoken_number: "1041".to_owned(),
            incident_type_id: "shooting".to_owned(),
            ..Incident::default()
        };
        let likely = LikelyDuplicate {
            incident: Some(incident),
            distance_m: Some(70),
            age_s: 95,
            same_type: true,
            same_number: false,
        };
        insta::assert_snapshot!(duplicates(&[likely], light), @r"
        May be the same matter:
          NUMBER  AGE    AWAY  SAME  WHAT      WHERE
          1041    01:35  70 m  type  Shooting  place not known
        ");
        assert!(duplicates(&[], light).starts_with("No open incident"));
    }
}
