//! A centre as data.

use domain::{
    IncidentTypeId, Priority,
    directory::{ChosenBy, Directory, District, IncidentType, PlanNeed, ResponsePlan, Titles, UnitEntry},
};

use super::{
    incident::{need_mode, need_time},
    position, text_or_empty,
};
use crate::directory::v1 as wire;

/// A whole directory.
pub fn directory(directory: &Directory) -> wire::Directory {
    wire::Directory {
        centre_id: directory.centre.to_string(),
        title: Some(titles(&directory.title)),
        illustrative: directory.illustrative,
        languages: directory.languages.clone(),
        time_zone: directory.time_zone.clone(),
        contact: directory.contact.clone(),
        duplicate_within_m: directory.duplicates.within_m,
        duplicate_within_s: directory.duplicates.within.0,
        detour_factor: directory.travel.detour_factor,
        speed_kmh: directory.travel.speed_km_h,
        districts: directory.districts.iter().map(|(id, it)| district(id.as_str(), it)).collect(),
        stations: directory
            .stations
            .iter()
            .map(|(id, station)| wire::Station {
                station_id: id.to_string(),
                title: Some(titles(&station.title)),
                position: Some(position(station.position)),
                parent_station_id: text_or_empty(station.parent.as_ref()),
                contact: station.contact.clone(),
            })
            .collect(),
        unit_kinds: directory
            .kinds
            .iter()
            .map(|(id, kind)| wire::UnitKind {
                unit_kind_id: id.to_string(),
                title: Some(titles(&kind.title)),
                chosen_by: chosen_by(kind.chosen_by).into(),
                automatic: kind.automatic,
            })
            .collect(),
        units: directory.units.iter().map(|(id, entry)| unit(id.as_str(), entry)).collect(),
        incident_types: directory.types.iter().map(|(id, it)| incident_type(id, it)).collect(),
        untyped: Some(untyped(&directory.untyped, directory.untyped_priority)),
    }
}

fn titles(titles: &Titles) -> wire::Titles {
    wire::Titles { by_language: titles.0.clone().into_iter().collect() }
}

fn district(id: &str, district: &District) -> wire::District {
    let outline = |rings: &Vec<Vec<geography::Position>>| wire::Outline {
        rings: rings
            .iter()
            .map(|ring| wire::Ring { points: ring.iter().copied().map(position).collect() })
            .collect(),
    };
    wire::District {
        district_id: id.to_owned(),
        title: Some(titles(&district.title)),
        station_id: district.station.to_string(),
        outlines: district.outlines.iter().map(outline).collect(),
    }
}

const fn chosen_by(chosen_by: ChosenBy) -> wire::ChosenBy {
    match chosen_by {
        ChosenBy::Centre => wire::ChosenBy::Centre,
        ChosenBy::DutyDesk => wire::ChosenBy::DutyDesk,
        ChosenBy::Either => wire::ChosenBy::Either,
    }
}

fn unit(id: &str, entry: &UnitEntry) -> wire::DirectoryUnit {
    wire::DirectoryUnit {
        unit_id: id.to_owned(),
        callsign: entry.callsign.clone(),
        unit_kind_id: entry.kind.to_string(),
        command: entry.command.clone(),
        station_id: entry.desk.to_string(),
        beat: entry.beat.map(position),
        talkgroup: entry.talkgroup.clone(),
        radio_only: entry.radio_only,
    }
}

fn incident_type(id: &IncidentTypeId, known: &IncidentType) -> wire::IncidentType {
    wire::IncidentType {
        incident_type_id: id.to_string(),
        title: Some(titles(&known.title)),
        parent_incident_type_id: text_or_empty(known.parent.as_ref()),
        priority: u32::from(known.priority.get()),
        needs: needs(&known.plan),
    }
}

fn untyped(plan: &ResponsePlan, priority: Priority) -> wire::IncidentType {
    wire::IncidentType {
        incident_type_id: String::new(),
        title: None,
        parent_incident_type_id: String::new(),
        priority: u32::from(priority.get()),
        needs: needs(plan),
    }
}

fn needs(plan: &ResponsePlan) -> Vec<wire::PlanNeed> {
    let need = |need: &PlanNeed| wire::PlanNeed {
        unit_kind_id: need.kind.to_string(),
        units: u32::from(need.count),
        time: need_time(need.when).into(),
        mode: need_mode(need.mode).into(),
        desk_answer_s: need.desk_answer.0,
        crew_answer_s: need.crew_answer.0,
    };
    plan.needs.iter().map(need).collect()
}
