//! The callers of a demo: seeded people who call about seeded matters, in the languages of the city.

use std::sync::Arc;

use protocol::directory::v1::{Directory, GetDirectoryRequest};
use protocol::intake::v1::{EndCallRequest, ReportAnsweredRequest, ReportRingingRequest, TakeCallRequest};
use protocol::record::v1::{CallOutcome, Location, LocationMethod, Position};
use rand::RngExt;
use simulator::connection::{Access, Failure, Person};
use simulator::laws::Seed;

use crate::inputs::new_request_id;

/// What somebody calls about: the type in the model centre, the language, the words.
const MATTERS: [(&str, &str, &str); 12] = [
    ("burglary", "ru", "Дверь взломана, в квартире кто-то есть"),
    ("domestic-violence", "ky", "Кошунада кыйкырык, аял жардам сурап жатат"),
    ("fight", "ru", "Драка у входа, человек десять"),
    ("theft", "ky", "Базарда капчыгымды уурдап кетишти"),
    ("robbery", "ru", "Отобрали телефон и убежали во дворы"),
    ("accident-injuries", "ky", "Эки машина кагышты, бирөө жараланды"),
    ("stabbing", "ru", "Ножевое ранение, много крови, скорее"),
    ("noise", "ru", "Громкая музыка, не дают спать"),
    ("missing-child", "uz", "Bolam yo‘qoldi, yetti yoshda"),
    ("suspicious-person", "en", "A man is trying the doors of parked cars"),
    ("shooting", "ru", "Слышали два выстрела"),
    ("", "ru", "Алло, помогите, я не знаю, где я"),
];

/// Landmarks, said now and then instead of a point.
const LANDMARKS: [&str; 5] = [
    "Ош базарынын чыгыш дарбазасы",
    "возле ЦУМа",
    "за цирком, у остановки",
    "Филармониянын жанында",
    "у западного автовокзала",
];

/// How far from a unit's beat somebody calls, in degrees: about a kilometre and a half.
const AROUND_BEAT: f64 = 0.015;

/// Share of calls about what was just called about, from nearby.
const AGAIN: f64 = 0.12;

/// Share of callers who cannot say where they are.
const NO_PLACE: f64 = 0.1;

/// Every so many calls one is left to ring, so that a visitor can answer it; and for how many seconds: past the norm of 15 s.
const LEFT_TO_RING: u64 = 4;
const LEFT_TO_RING_S: f64 = 18.0;

/// Calls until it is ended. A centre that cannot be asked has no callers.
pub(super) async fn call(access: Access, seed: Seed, calls_per_minute: u32) {
    if calls_per_minute == 0 {
        return;
    }
    let taker = Arc::new(access.operator("call-taker"));
    let directory = match taker.ask(GetDirectoryRequest {}).await {
        Ok(answer) => answer.directory.unwrap_or_default(),
        Err(error) => {
            tracing::error!(%error, "no callers: the directory cannot be read");
            return;
        }
    };
    let mut last: Option<TakeCallRequest> = None;
    for number in 0_u64.. {
        let mut dice = seed.dice(&format!("caller/{number}"));
        let mean_s = 60.0 / f64::from(calls_per_minute);
        // gaps between people who know nothing of each other are exponential
        let gap_s = -mean_s * (1.0 - dice.random::<f64>()).ln();
        access.pace().sleep(gap_s.min(mean_s * 4.0)).await;
        let request = matter(&directory, last.as_ref(), &mut dice);
        last = Some(request.clone());
        let patience = Patience {
            rings_s: match number % LEFT_TO_RING {
                0 => LEFT_TO_RING_S,
                _ => 2.0 + 6.0 * dice.random::<f64>(),
            },
            says_s: 4.0 + 6.0 * dice.random::<f64>(),
            talks_s: 10.0 + 40.0 * dice.random::<f64>(),
        };
        tokio::spawn(one_call(Arc::clone(&taker), request, patience));
    }
}

/// How long a call takes at each step, in seconds.
#[derive(Clone, Copy)]
struct Patience {
    /// Until the demo's own call-taker answers.
    rings_s: f64,
    /// Until it is known what it is about.
    says_s: f64,
    /// Until the conversation ends.
    talks_s: f64,
}

/// One call, from its first ring to the end of the conversation. A visitor who answers it has it: what its caller would say is
/// theirs to think of.
async fn one_call(taker: Arc<Person>, request: TakeCallRequest, patience: Patience) {
    let sleep = async |seconds| taker.access().pace().sleep(seconds).await;
    let ringing = ReportRingingRequest {
        request_id: new_request_id(),
        caller_number: request.caller_number.clone(),
        ..ReportRingingRequest::default()
    };
    // a call that cannot be told of while it rings is taken all the same, as people at a telephone do
    let rang = taker.ask(ringing).await.map(|answer| answer.call.unwrap_or_default().call_id);
    sleep(patience.rings_s).await;
    if let Ok(call_id) = &rang {
        let answered = ReportAnsweredRequest {
            request_id: new_request_id(),
            call_id: call_id.clone(),
            ..ReportAnsweredRequest::default()
        };
        match taker.ask(answered).await {
            Err(Failure::Refused { reason, .. }) if reason == "ILLEGAL_STEP" => {
                return tracing::debug!(call_id, "a visitor answered the call");
            }
            Err(error) => tracing::warn!(%error, call_id, "nobody was told that a call was answered"),
            Ok(_) => {}
        }
    }
    sleep(patience.says_s).await;
    let continues_call_id = rang.unwrap_or_default();
    let taken = match taker.ask(TakeCallRequest { continues_call_id, ..request }).await {
        Ok(answer) => answer,
        Err(error) => return tracing::error!(%error, "a call was not taken"),
    };
    sleep(patience.talks_s).await;
    let request = EndCallRequest {
        request_id: new_request_id(),
        call_id: taken.call_id,
        outcome: CallOutcome::Incident.into(),
        ..EndCallRequest::default()
    };
    if let Err(error) = taker.ask(request).await {
        tracing::debug!(%error, "a call was not ended");
    }
}

/// What the next caller says.
fn matter(directory: &Directory, last: Option<&TakeCallRequest>, dice: &mut impl RngExt) -> TakeCallRequest {
    let caller_number = format!("+996 555 {:06}", dice.random_range(0..1_000_000));
    let again = dice.random::<f64>() < AGAIN;
    if let Some(last) = last.filter(|last| again && last.location.is_some()) {
        return TakeCallRequest { request_id: new_request_id(), caller_number, ..last.clone() };
    }
    let known: Vec<_> = MATTERS
        .iter()
        .filter(|(id, ..)| {
            id.is_empty() || directory.incident_types.iter().any(|known| known.incident_type_id == *id)
        })
        .collect();
    // the last one names no type, so there always is one
    let (incident_type, language, words) = known[dice.random_range(0..known.len())];
    TakeCallRequest {
        request_id: new_request_id(),
        caller_number,
        location: place(directory, dice),
        incident_type_id: (*incident_type).to_owned(),
        language: (*language).to_owned(),
        narrative: (*words).to_owned(),
        ..TakeCallRequest::default()
    }
}

/// Somewhere on a beat, or nowhere.
fn place(directory: &Directory, dice: &mut impl RngExt) -> Option<Location> {
    let beats: Vec<Position> = directory.units.iter().filter_map(|unit| unit.beat).collect();
    if beats.is_empty() || dice.random::<f64>() < NO_PLACE {
        return None;
    }
    let beat = beats[dice.random_range(0..beats.len())];
    let mut around = || AROUND_BEAT * (dice.random::<f64>() - 0.5) * 2.0;
    let position = Position { latitude: beat.latitude + around(), longitude: beat.longitude + around() };
    let landmark =
        if dice.random::<f64>() < 0.3 { LANDMARKS[dice.random_range(0..LANDMARKS.len())] } else { "" };
    Some(Location {
        position: Some(position),
        uncertainty_m: Some(dice.random_range(10..300)),
        method: LocationMethod::Aml.into(),
        landmark: landmark.to_owned(),
        ..Location::default()
    })
}

#[cfg(test)]
mod tests {
    use protocol::directory::v1::{DirectoryUnit, IncidentType};

    use super::*;

    #[test]
    fn a_seed_is_a_day_and_callers_only_name_what_the_centre_knows() {
        let directory = Directory {
            units: vec![DirectoryUnit {
                beat: Some(Position { latitude: 42.87, longitude: 74.57 }),
                ..DirectoryUnit::default()
            }],
            incident_types: vec![IncidentType {
                incident_type_id: "fight".to_owned(),
                ..IncidentType::default()
            }],
            ..Directory::default()
        };
        let said = |number: u64| {
            let mut call = matter(&directory, None, &mut Seed(7).dice(&format!("caller/{number}")));
            call.request_id.clear();
            call
        };
        for number in 0..50 {
            assert_eq!(said(number), said(number));
            assert!(["", "fight"].contains(&said(number).incident_type_id.as_str()));
            if let Some(position) = said(number).location.and_then(|place| place.position) {
                assert!((position.latitude - 42.87).abs() <= AROUND_BEAT);
            }
        }
    }
}
