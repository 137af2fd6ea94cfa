//! Whom the centre would send and why not others, as a person reads it.

use protocol::record::v1::{Candidate, NeedRecommendation, PositionSource, Recommendation};

use crate::output::Tone;
use crate::show::Light;
use crate::table::{Table, count};
use crate::{time, words};

/// How many units of each list are read; `--json` has them all.
const SHOWN_MAX: usize = 9;

/// A recommendation, need by need.
pub(crate) fn whole(recommendation: &Recommendation, light: Light<'_>) -> String {
    if recommendation.needs.is_empty() {
        return "Nobody is missing: every need that is wanted now is filled.\n".to_owned();
    }
    recommendation.needs.iter().map(|need| one(need, light)).collect()
}

fn one(need: &NeedRecommendation, light: Light<'_>) -> String {
    let kind = light.names.kind(&need.unit_kind_id);
    let mut text =
        format!("{}\n", light.paint.dye(Tone::Strong, &format!("Need {}: {kind}", need.need_index)));
    let mut table = Table::new(["", "UNIT", "DESK", "TIME", "DISTANCE", "POSITION", "REMARKS"]);
    for candidate in &need.chosen {
        table.row(row("send", candidate, light));
    }
    for candidate in need.next.iter().take(SHOWN_MAX) {
        table.row(row("next", candidate, light));
    }
    if need.chosen.is_empty() && need.next.is_empty() {
        text.push_str("  no unit can be sent\n");
    } else {
        text.push_str(&table.render("  "));
    }
    if need.shortfall > 0 {
        let missing = count(need.shortfall as usize, "unit is", "units are");
        text.push_str(&format!(
            "  {}\n",
            light.paint.dye(Tone::Urgent, &format!("SHORTFALL: {missing} missing"))
        ));
    }
    text.push_str(&not_chosen(need, light));
    let counts = need.excluded.iter().map(|excluded| {
        format!("{} {}", excluded.units, words::enum_word(excluded.reason().as_str_name(), "EXCLUSION_"))
    });
    let counts: Vec<String> = counts.collect();
    if !counts.is_empty() {
        text.push_str(&format!("  not available: {}\n", counts.join(", ")));
    }
    text
}

/// Who could not be sent: those nearer than who was chosen; and if units are missing or nobody knows the place, the
/// others too, because then each of them might have been the one.
fn not_chosen(need: &NeedRecommendation, light: Light<'_>) -> String {
    let farthest = need.chosen.iter().filter_map(|chosen| chosen.distance_m).max();
    let mut text = String::new();
    let told = need.passed_over.iter().filter_map(|passed| {
        let is_nearer = passed.distance_m.zip(farthest).map(|(distance, farthest)| distance < farthest);
        let word = match is_nearer {
            Some(true) => "nearer, not chosen",
            Some(false) if need.shortfall == 0 => return None,
            Some(false) | None => "not chosen",
        };
        Some((word, passed))
    });
    for (word, passed) in told.take(SHOWN_MAX) {
        let callsign = light.names.callsign(&passed.unit_id);
        let away =
            passed.distance_m.map_or_else(String::new, |_| format!(" ({})", distance(passed.distance_m)));
        let why = words::enum_word(passed.reason().as_str_name(), "EXCLUSION_");
        text.push_str(&format!("  {word}: {callsign}{away}: {why}\n"));
    }
    text
}

fn row(place: &str, candidate: &Candidate, light: Light<'_>) -> [String; 7] {
    let remarks = [(candidate.own_district, "own district"), (candidate.silent, "SILENT")];
    let remarks: Vec<&str> = remarks.into_iter().filter_map(|(holds, word)| holds.then_some(word)).collect();
    let seconds = |seconds: u32| time::duration(jiff::SignedDuration::from_secs(seconds.into()));
    let position = match candidate.position_source() {
        PositionSource::Reported => candidate
            .position_age_s
            .map_or_else(|| "reported".to_owned(), |age| format!("{} old", seconds(age))),
        PositionSource::Beat => "taken at its beat".to_owned(),
        PositionSource::Desk => "taken at its desk".to_owned(),
        PositionSource::Unspecified => "-".to_owned(),
    };
    [
        place.to_owned(),
        light.names.callsign(&candidate.unit_id).to_owned(),
        candidate.station_id.clone(),
        candidate.travel_time_s.map_or_else(|| "-".to_owned(), seconds),
        distance(candidate.distance_m),
        position,
        remarks.join(", "),
    ]
}

fn distance(metres: Option<u32>) -> String {
    metres.map_or_else(|| "-".to_owned(), |metres| format!("{:.1} km", f64::from(metres) / 1_000.0))
}

#[cfg(test)]
mod tests {
    use protocol::record::v1::{ExcludedUnit, Exclusion, ExclusionCount};

    use super::*;
    use crate::names::Names;
    use crate::output::Paint;
    use crate::show::tests::noon;

    #[test]
    fn a_recommendation_says_who_and_why_not_others() {
        let names = Names::new(crate::names::tests::small_centre(), "en");
        let light = Light { names: &names, now: noon(), paint: Paint::Plain };
        let need = NeedRecommendation {
            unit_kind_id: "patrol".to_owned(),
            chosen: vec![Candidate {
                unit_id: "leninsky-11".to_owned(),
                station_id: "leninsky".to_owned(),
                distance_m: Some(1_240),
                travel_time_s: Some(145),
                position_source: PositionSource::Reported.into(),
                position_age_s: Some(8),
                own_district: true,
                silent: false,
            }],
            passed_over: vec![ExcludedUnit {
                unit_id: "leninsky-12".to_owned(),
                distance_m: Some(300),
                reason: Exclusion::OnRun.into(),
            }],
            excluded: vec![ExclusionCount { reason: Exclusion::OnRun.into(), units: 4 }],
            shortfall: 1,
            ..NeedRecommendation::default()
        };
        let recommendation = Recommendation { needs: vec![need.clone()], ..Recommendation::default() };
        insta::assert_snapshot!(whole(&recommendation, light), @r"
        Need 0: Patrol
                UNIT  DESK      TIME   DISTANCE  POSITION   REMARKS
          send  11    leninsky  02:25  1.2 km    00:08 old  own district
          SHORTFALL: 1 unit is missing
          nearer, not chosen: Лев 12 (0.3 km): on run
          not available: 4 on run
        ");
        let lines = |need: NeedRecommendation| not_chosen(&need, light);
        let farther = |metres| ExcludedUnit { distance_m: metres, ..need.passed_over[0].clone() };
        let filled = NeedRecommendation { shortfall: 0, ..need.clone() };
        assert_eq!(lines(NeedRecommendation { passed_over: vec![farther(Some(5_800))], ..filled }), "");
        let short =
            NeedRecommendation { passed_over: vec![farther(Some(5_800)), farther(None)], ..need.clone() };
        assert_eq!(lines(short), "  not chosen: Лев 12 (5.8 km): on run\n  not chosen: Лев 12: on run\n");
    }
}
