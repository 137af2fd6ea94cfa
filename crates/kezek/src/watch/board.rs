//! The board as text: what waits, what moves, who must answer, what is free. The most urgent stands first.

use std::collections::BTreeMap;

use jiff::Timestamp;
use protocol::record::v1::{Alarm, Incident, unit_state};
use protocol::watch::v1::scope::Scope;

use crate::output::{Paint, Tone};
use crate::show::{Light, alarm};
use crate::table::{Table, count, grouped, short};
use crate::watch::link::Link;
use crate::watch::picture::Picture;
use crate::words;

/// The board, at most `lines` lines of it and `columns` wide; what does not fit is counted, never dropped in silence.
pub(crate) fn board(
    picture: &Picture,
    link: Link,
    light: Light<'_>,
    lines: Option<usize>,
    columns: Option<usize>,
) -> String {
    let text = heading(picture, link, light);
    let units = units(picture, light);
    let mut parts =
        [alarms(picture, light), queue(picture, light), moving(picture, light), awaiting(picture, light)];
    if let Some(lines) = lines {
        // what is not a row: the heading, the units, and a title, a header and a count for each part
        let other = text.lines().count() + units.lines().count() + 3 * parts.len();
        let rows = lines.saturating_sub(other).max(parts.len());
        share(&mut parts, rows);
    }
    let parts: String = parts.iter().map(|part| part.render(light.paint)).collect();
    let text = text + &parts + &units;
    match columns {
        Some(columns) => text.lines().map(|line| cut(line, columns) + "\n").collect(),
        None => text,
    }
}

/// The link first: whoever reads must know how old the rest is.
fn heading(picture: &Picture, link: Link, light: Light<'_>) -> String {
    let centre = if light.names.centre.is_empty() { "Centre" } else { light.names.centre.as_str() };
    let change = picture.cursor.as_ref().map_or(0, |cursor| cursor.number);
    let mut text = format!(
        "{}{}  {}  {}  change {}  automatic sending {}\n",
        light.paint.dye(Tone::Strong, centre),
        light.paint.dye(Tone::Warning, &limits(picture, light)),
        clock(light.now, light),
        light.paint.dye(link.tone(), &link.words()),
        grouped(change),
        words::automatic(&picture.dispatch),
    );
    let silent: Vec<&str> = picture
        .desks
        .values()
        .filter(|desk| desk.silent)
        .map(|desk| light.names.station(&desk.station_id))
        .collect();
    if !silent.is_empty() {
        let words = format!("SILENT desks: {}", silent.join(", "));
        text.push_str(&light.paint.dye(Tone::Urgent, &words));
        text.push('\n');
    }
    let cut_off = picture.desks.values().filter_map(|desk| {
        Some(format!("{} {}", light.names.station(&desk.station_id), words::link_down(desk, light)?))
    });
    let cut_off: Vec<String> = cut_off.collect();
    if !cut_off.is_empty() {
        let words = format!("By TELEPHONE or radio: {}", cut_off.join(", "));
        text.push_str(&light.paint.dye(Tone::Urgent, &words));
        text.push('\n');
    }
    text
}

/// What is left out of the picture: whoever reads part of it must not take it for the whole. Empty for all of it.
pub(crate) fn limits(picture: &Picture, light: Light<'_>) -> String {
    let scope = match &picture.scope {
        Some(Scope::StationId(id)) => format!("  only station {}", light.names.station(id)),
        Some(Scope::UnitId(id)) => format!("  only unit {}", light.names.callsign(id)),
        Some(Scope::IncidentId(id)) => format!("  only incident {}", number(picture, id)),
        Some(Scope::Centre(_)) | None => String::new(),
    };
    let view = if picture.is_redacted { "  redacted" } else { "" };
    scope + view
}

/// Said after what is counted, where less than the whole centre is.
fn within(picture: &Picture) -> &'static str {
    match &picture.scope {
        Some(Scope::StationId(_) | Scope::UnitId(_) | Scope::IncidentId(_)) => " in what is watched",
        Some(Scope::Centre(_)) | None => "",
    }
}

fn clock(now: Timestamp, light: Light<'_>) -> String {
    crate::time::clock(now, now, &light.names.zone)
}

/// A title, and rows under it, of which not all may be shown.
struct Part {
    title: String,
    table: Table,
    rows: usize,
    shown: usize,
}

impl Part {
    /// A part whose rows are all shown.
    fn new(title: String, table: Table, rows: usize) -> Self {
        Self { title, table, rows, shown: rows }
    }

    /// A part without rows; without a title it is not there at all.
    fn bare(title: &str) -> Self {
        Self::new(title.to_owned(), Table::bare(), 0)
    }

    fn render(&self, paint: Paint) -> String {
        if self.title.is_empty() {
            return String::new();
        }
        let rendered = self.table.render("  ");
        let mut lines = rendered.lines();
        let header: String = lines.next().map(|line| paint.dye(Tone::Faint, line) + "\n").unwrap_or_default();
        let shown: String = lines.take(self.shown).map(|line| format!("{line}\n")).collect();
        let left = (self.rows - self.shown) as u64;
        let more = if left > 0 { format!("  … and {} more\n", grouped(left)) } else { String::new() };
        format!("{}\n{header}{shown}{more}", paint.dye(Tone::Strong, &self.title))
    }
}

/// Shares out the rows there are: one after the other, each part gets one more until all are shown or none is left.
fn share(parts: &mut [Part], mut rows: usize) {
    for part in parts.iter_mut() {
        part.shown = 0;
    }
    while rows > 0 && parts.iter().any(|part| part.shown < part.rows) {
        for part in parts.iter_mut().filter(|part| part.shown < part.rows) {
            if rows == 0 {
                break;
            }
            part.shown += 1;
            rows -= 1;
        }
    }
}

fn alarms(picture: &Picture, light: Light<'_>) -> Part {
    let mut live: Vec<&Alarm> = picture.alarms.values().filter(|alarm| words::alarm_is_live(alarm)).collect();
    if live.is_empty() {
        return Part::bare("");
    }
    live.sort_by_key(|alarm| (std::cmp::Reverse(alarm.level), alarm.raised_at.map(|time| time.seconds)));
    let mut table = Table::new(["ALARM", "AGE", "FOR", "INCIDENT", "CODE", "STATE", "ABOUT"]);
    for alarm in &live {
        table.row([
            words::short_id(&alarm.alarm_id).to_owned(),
            light.age(alarm.raised_at.as_ref()),
            words::level(alarm.level()),
            number(picture, &alarm.incident_id),
            alarm.code.clone(),
            words::alarm_state(alarm),
            short(&alarm::about(alarm, light, |id| known_number(picture, id)), 48),
        ]);
    }
    Part::new(format!("ALARMS  {}", live.len()), table, live.len())
}

fn queue(picture: &Picture, light: Light<'_>) -> Part {
    let waiting: Vec<&Incident> =
        picture.live_incidents().into_iter().filter(|incident| incident.queued).collect();
    if waiting.is_empty() {
        return Part::bare(&format!("QUEUE  nobody waits{}", within(picture)));
    }
    let mut oldest: BTreeMap<u32, (usize, &Incident)> = BTreeMap::new();
    for incident in &waiting {
        oldest.entry(incident.priority).and_modify(|(number, _)| *number += 1).or_insert((1, incident));
    }
    let by_priority = oldest.iter().map(|(priority, (number, incident))| {
        format!("{number} of priority {priority} (oldest {})", light.age(incident.created_at.as_ref()))
    });
    let title = format!("QUEUE  {} waiting: {}", waiting.len(), by_priority.collect::<Vec<_>>().join(", "));
    let mut table = Table::new(["P", "NUMBER", "WAITS", "PROGRESS", "MISSING", "WHAT", "WHERE"]);
    for incident in &waiting {
        table.row([
            incident.priority.to_string(),
            incident.spoken_number.clone(),
            light.age(incident.created_at.as_ref()),
            words::progress(picture.progress(incident)),
            missing(incident, light),
            short(light.names.incident_type(&incident.incident_type_id), 28),
            place(picture, incident, light),
        ]);
    }
    Part::new(title, table, waiting.len())
}

/// What an incident still needs.
fn missing(incident: &Incident, light: Light<'_>) -> String {
    let wanted = incident.needs.iter().filter(|need| need.units_missing > 0);
    let each = wanted.map(|need| {
        let mark = if need.shortfall { " SHORTFALL" } else { "" };
        format!("{} {}{mark}", need.units_missing, light.names.kind(&need.unit_kind_id))
    });
    each.collect::<Vec<_>>().join(", ")
}

fn moving(picture: &Picture, light: Light<'_>) -> Part {
    let live: Vec<&Incident> =
        picture.live_incidents().into_iter().filter(|incident| !incident.queued).collect();
    if live.is_empty() {
        return Part::bare("");
    }
    let mut table = Table::new(["P", "NUMBER", "AGE", "PROGRESS", "UNITS", "WHAT", "WHERE"]);
    for incident in &live {
        let held = words::incident_state(incident) == "held";
        let progress = if held { "HELD".to_owned() } else { words::progress(picture.progress(incident)) };
        table.row([
            incident.priority.to_string(),
            incident.spoken_number.clone(),
            light.age(incident.created_at.as_ref()),
            progress,
            callsigns(picture, incident, light),
            short(light.names.incident_type(&incident.incident_type_id), 28),
            place(picture, incident, light),
        ]);
    }
    Part::new(format!("IN HAND  {}", live.len()), table, live.len())
}

/// The units whose runs to an incident are open.
fn callsigns(picture: &Picture, incident: &Incident, light: Light<'_>) -> String {
    let runs = incident.run_ids.iter().filter_map(|id| picture.runs.get(id));
    let open = runs.filter(|run| words::run_is_open(run));
    open.map(|run| light.names.callsign(&run.unit_id)).collect::<Vec<_>>().join(" ")
}

fn place(picture: &Picture, incident: &Incident, light: Light<'_>) -> String {
    let district = light.names.district(&incident.district_id);
    let place = picture.place(incident.location.as_ref(), light, 36);
    if district.is_empty() { place } else { format!("{district}: {place}") }
}

/// Whoever has been asked and has not answered, the one that is due first, first.
fn awaiting(picture: &Picture, light: Light<'_>) -> Part {
    let key =
        |time: &Option<prost_types::Timestamp>| time.map_or((i64::MAX, 0), |time| (time.seconds, time.nanos));
    let desks = picture.assignments.values().filter(|assignment| words::assignment_awaits(assignment));
    let mut rows: Vec<((i64, i32), [String; 4])> = desks
        .map(|assignment| {
            let due = assignment.answer_due;
            let who = format!("desk {}", light.names.station(&assignment.station_id));
            let cells = [
                light.due(due.as_ref()),
                who,
                number(picture, &assignment.incident_id),
                words::assignment_state(assignment),
            ];
            (key(&due), cells)
        })
        .collect();
    let runs = picture.runs.values().filter(|run| words::run_state(run) == "sent");
    rows.extend(runs.map(|run| {
        let who = format!("unit {}", light.names.callsign(&run.unit_id));
        let cells =
            [light.due(run.answer_due.as_ref()), who, number(picture, &run.incident_id), "sent".to_owned()];
        (key(&run.answer_due), cells)
    }));
    if rows.is_empty() {
        return Part::bare("");
    }
    rows.sort();
    let total = rows.len();
    let mut table = Table::new(["ANSWER", "WHO", "INCIDENT", "STATE"]);
    for (_, cells) in rows {
        table.row(cells);
    }
    Part::new(format!("AWAITING AN ANSWER  {total}"), table, total)
}

fn number(picture: &Picture, incident_id: &str) -> String {
    known_number(picture, incident_id).unwrap_or_else(|| words::short_id(incident_id).to_owned())
}

fn known_number(picture: &Picture, incident_id: &str) -> Option<String> {
    picture.incidents.get(incident_id).map(|incident| incident.spoken_number.clone())
}

/// Units by what they do: the free ones are what a supervisor looks for.
fn units(picture: &Picture, light: Light<'_>) -> String {
    let mut groups: BTreeMap<(u8, &str), Vec<&str>> = BTreeMap::new();
    for unit in picture.units.values() {
        let group = match unit.state.as_ref().and_then(|state| state.state.as_ref()) {
            Some(unit_state::State::Available(_)) => (0, "available"),
            Some(unit_state::State::Assigned(assigned)) => {
                (1, picture.runs.get(&assigned.run_id).map_or("on a run", words::run_state))
            }
            Some(unit_state::State::OutOfService(_)) => (2, "out of service"),
            Some(unit_state::State::SignedOff(_)) | None => continue,
        };
        groups.entry(group).or_default().push(light.names.callsign(&unit.unit_id));
    }
    let on_duty: usize = groups.values().map(Vec::len).sum();
    let mut text = format!(
        "{}\n",
        light.paint.dye(
            Tone::Strong,
            &format!("UNITS  {} on duty{}", count(on_duty, "unit", "units"), within(picture))
        )
    );
    let mut table = Table::bare();
    for ((_, word), mut callsigns) in groups {
        // 9 before 10: shorter callsigns first
        callsigns.sort_by_key(|callsign| (callsign.chars().count(), *callsign));
        table.row([word.to_owned(), callsigns.len().to_string(), callsigns.join(" ")]);
    }
    text.push_str(&table.render("  "));
    text
}

/// A line cut to the terminal's width, not counting what colours it.
fn cut(line: &str, columns: usize) -> String {
    let mut kept = String::new();
    let (mut width, mut in_colour) = (0, false);
    for letter in line.chars() {
        if letter == '\u{1b}' {
            in_colour = true;
        }
        if !in_colour {
            width += 1;
            if width > columns {
                continue;
            }
        }
        kept.push(letter);
        if in_colour && letter == 'm' {
            in_colour = false;
        }
    }
    kept
}

#[cfg(test)]
mod tests;
