// What the map shows, worked out from the records and the directory: nothing is moved, guessed or left out without being counted.
import { timestampMs } from "../api/times";
import type { District, Outline } from "../contract/kezek/directory/v1/directory_pb";
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import type { Run } from "../contract/kezek/record/v1/run_pb";
import type { Unit } from "../contract/kezek/record/v1/unit_pb";
import type { Picture } from "../picture/picture";
import { goesOn, servedBefore } from "../picture/queue";
import type { Places } from "../places/places";
import type { Language } from "../words/languages";
import { around, type Bounds, type Place } from "./view";

/** How old a position may be, in milliseconds, to be shown in this step of fading; older ones fall into the last. The second bound is the
 *  centre's own (`POSITION_FRESH` in `domain/src/limits.rs`): a unit that was measured before it is ranked from its beat. */
export const FADING_MS: readonly number[] = [30_000, 120_000, 600_000];

/** How strongly a position of each step is drawn. */
export const STRENGTH: readonly number[] = [1, 0.8, 0.55, 0.35];

/** What a unit on the map does. */
export type Doing = "available" | "assigned" | "outOfService";

/** A unit where it was last measured to be. */
export interface UnitMark {
  readonly id: string;
  readonly callsign: string;
  readonly kind: string;
  /** The kind's place in the directory, by which it gets its shape. */
  readonly shape: number;
  readonly doing: Doing;
  readonly at: Place;
  /** When it was measured, in milliseconds since 1970. */
  readonly measuredAt: number;
  /** Step of fading, 0 to `FADING_MS.length`. */
  readonly step: number;
  readonly uncertaintyM: number | undefined;
  /** The incident it is sent to; absent: none. */
  readonly incidentId: string | undefined;
}

/** An open or held incident whose place is known. */
export interface IncidentMark {
  readonly id: string;
  readonly number: string;
  readonly type: string;
  /** The district's title; empty: it lies in none. */
  readonly district: string;
  readonly priority: number;
  /** True if it lacks units: a person must act. */
  readonly queued: boolean;
  readonly at: Place;
  readonly uncertaintyM: number | undefined;
}

/** A station. */
export interface StationMark {
  readonly id: string;
  readonly title: string;
  readonly at: Place;
}

/** A district, and where its title stands. */
export interface DistrictMark {
  readonly id: string;
  readonly title: string;
  /** Without the words that every title has: "Leninsky" of "Leninsky District". */
  readonly short: string;
  readonly outlines: readonly Outline[];
  readonly at: Place;
}

/** What lies still: the directory's part of the map. */
export interface Land {
  readonly districts: readonly DistrictMark[];
  readonly stations: readonly StationMark[];
  /** All of it; absent: the directory names no place. */
  readonly bounds: Bounds | undefined;
}

/** What moves: the records' part of the map. */
export interface Scene {
  /** Least urgent first, so that the most urgent is drawn over the rest. */
  readonly incidents: readonly IncidentMark[];
  readonly units: readonly UnitMark[];
  /** Units on duty that nobody measured. */
  readonly unitsNowhere: number;
  /** Open incidents whose place nobody knows. */
  readonly incidentsNowhere: number;
  /** The selected incident, if its place is known. */
  readonly selected: IncidentMark | undefined;
  /** Units sent to the selected incident that are drawn. */
  readonly sent: readonly UnitMark[];
}

/** The step of fading of a position that is so many milliseconds old. */
export function fading(age: number): number {
  const step = FADING_MS.findIndex((bound) => age <= bound);
  return step === -1 ? FADING_MS.length : step;
}

/** The stations of a map: all, or one with those under it. */
function within(places: Places, station: string | undefined): (stationId: string) => boolean {
  if (station === undefined) return () => true;
  return (stationId) => stationId === station || places.stations.get(stationId)?.parentStationId === station;
}

/** Takes from a title the words that all of them begin or end with: on a small map they say nothing. */
export function shortened(titles: readonly string[]): (title: string) => string {
  const words = titles.map((title) => title.split(" "));
  const least = Math.min(...words.map(({ length }) => length)) - 1;
  const shared = (at: (of: readonly string[], step: number) => string | undefined, most: number): number => {
    let count = 0;
    while (count < most && words.every((of) => at(of, count) === at(words[0] ?? [], count))) count += 1;
    return count;
  };
  if (titles.length < 2) return (title) => title;
  const before = shared((of, step) => of[step], least);
  const after = shared((of, step) => of.at(-1 - step), least - before);
  return (title) => title.split(" ").slice(before, after === 0 ? undefined : -after).join(" ");
}

/** The districts of a map: all, or those a station or the station above it answers for. */
function answeredFor(places: Places, station: string | undefined): District[] {
  const districts = [...places.districts.values()];
  if (station === undefined) return districts;
  const own = districts.filter((district) => district.stationId === station);
  const parent = places.stations.get(station)?.parentStationId ?? "";
  return own.length > 0 || parent === "" ? own : districts.filter((district) => district.stationId === parent);
}

/** The middle of the largest outline of a district, where its title stands; absent: it has no outline. */
export function titlePlace(outlines: readonly Outline[]): Place | undefined {
  let best: { place: Place; area: number } | undefined;
  for (const outline of outlines) {
    const found = middle(outline.rings[0]?.points ?? []);
    if (found !== undefined && (best === undefined || found.area > best.area)) best = found;
  }
  return best?.place;
}

/** Centre of gravity of a ring and its area, in square degrees, which is enough to tell large from small. */
function middle(ring: readonly Place[]): { place: Place; area: number } | undefined {
  let [area, east, north] = [0, 0, 0];
  ring.forEach((from, index) => {
    const to = ring[(index + 1) % ring.length] ?? from;
    const cross = from.longitude * to.latitude - to.longitude * from.latitude;
    area += cross / 2;
    east += ((from.longitude + to.longitude) * cross) / 6;
    north += ((from.latitude + to.latitude) * cross) / 6;
  });
  const [first] = ring;
  if (first === undefined) return undefined;
  if (Math.abs(area) < 1e-12) return { place: first, area: 0 };
  return { place: { longitude: east / area, latitude: north / area }, area: Math.abs(area) };
}

/** The directory's part of the map, with titles in the person's language. */
export function land(places: Places, language: Language, station?: string): Land {
  const short = shortened([...places.districts.keys()].map((id) => places.district(id, language)));
  const districts = answeredFor(places, station).flatMap(({ districtId, outlines }) => {
    const at = titlePlace(outlines);
    const title = places.district(districtId, language);
    return at === undefined ? [] : [{ id: districtId, title, short: short(title), outlines, at }];
  });
  const shown = within(places, station);
  const stations = [...places.stations.values()].flatMap(({ stationId, position }) =>
    position === undefined || !shown(stationId) ? [] : [{ id: stationId, title: places.station(stationId, language), at: position }]);
  const points = districts.flatMap(({ outlines }) => outlines.flatMap(({ rings }) => rings.flatMap((ring) => ring.points)));
  return { districts, stations, bounds: around(points.length > 0 ? points : stations.map(({ at }) => at)) };
}

/** What a map of the records shows. */
export interface Wanted {
  readonly picture: Picture;
  readonly places: Places;
  readonly language: Language;
  readonly station?: string | undefined;
  readonly selected?: string | undefined;
  /** The centre's clock, in milliseconds since 1970. */
  readonly now: number;
}

/** The records' part of the map. */
export function scene(wanted: Wanted): Scene {
  const { marks: incidents, nowhere: incidentsNowhere } = incidentMarks(wanted);
  const { marks: units, nowhere: unitsNowhere } = unitMarks(wanted);
  const { selected } = wanted;
  return {
    incidents, units, unitsNowhere, incidentsNowhere,
    selected: selected === undefined ? undefined : incidents.find(({ id }) => id === selected),
    sent: selected === undefined ? [] : units.filter(({ incidentId }) => incidentId === selected),
  };
}

function incidentMarks({ picture, places, language, station }: Wanted): { marks: IncidentMark[]; nowhere: number } {
  const shown = within(places, station);
  const concerned = (incident: Incident): boolean =>
    station === undefined || shown(incident.stationId) || shown(incident.leadStationId)
    || incident.assignmentIds.some((id) => shown(picture.assignments.get(id)?.stationId ?? ""));
  const open = [...picture.incidents.values()].filter((incident) => goesOn(incident) && concerned(incident)).sort((one, other) => servedBefore(other, one));
  const marks = open.flatMap((incident): IncidentMark[] => {
    const at = incident.location?.position;
    if (at === undefined) return [];
    return [{
      id: incident.incidentId, number: incident.spokenNumber, type: places.type(incident.incidentTypeId, language),
      district: incident.districtId === "" ? "" : places.district(incident.districtId, language), priority: incident.priority,
      queued: incident.queued, at, uncertaintyM: incident.location?.uncertaintyM,
    }];
  });
  return { marks, nowhere: open.length - marks.length };
}

function unitMarks({ picture, places, station, now }: Wanted): { marks: UnitMark[]; nowhere: number } {
  const shapes = new Map([...places.kinds.keys()].map((id, index) => [id, index]));
  const shown = within(places, station);
  const marks: UnitMark[] = [];
  let nowhere = 0;
  for (const unit of picture.units.values()) {
    const doing = doingOf(unit);
    const of = places.units.get(unit.unitId);
    if (doing === undefined || (station !== undefined && !shown(of?.stationId ?? "") && !shown(of?.command ?? ""))) continue;
    const measured = picture.positions.get(unit.unitId);
    if (measured?.position === undefined || measured.measuredAt === undefined) {
      nowhere += 1;
      continue;
    }
    const measuredAt = timestampMs(measured.measuredAt);
    marks.push({
      id: unit.unitId, callsign: of?.callsign ?? unit.unitId, kind: of?.unitKindId ?? "", shape: shapes.get(of?.unitKindId ?? "") ?? 0, doing,
      at: measured.position, measuredAt, step: fading(now - measuredAt), uncertaintyM: measured.uncertaintyM, incidentId: goingTo(unit, picture.runs),
    });
  }
  return { marks, nowhere };
}

/** What a unit does; absent: nobody is on duty in it. */
function doingOf(unit: Unit): Doing | undefined {
  const state = unit.state?.state.case;
  return state === "available" || state === "assigned" || state === "outOfService" ? state : undefined;
}

function goingTo(unit: Unit, runs: ReadonlyMap<string, Run>): string | undefined {
  const state = unit.state?.state;
  return state?.case === "assigned" ? runs.get(state.value.runId)?.incidentId : undefined;
}
