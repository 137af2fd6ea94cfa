// Alarms as rows of the strip: what is about one matter is one row, the gravest first.
import { momentMs } from "../api/times";
import { AlarmLevel, type Alarm } from "../contract/kezek/record/v1/alarm_pb";
import type { Picture } from "../picture/picture";
import type { Role } from "../session/session";

/** Codes that are urgent whatever they are about: a caller may be waiting of whom nobody else knows, or calls may be lost. */
const URGENT_CODES: ReadonlySet<string> = new Set(["CALL_UNANSWERED", "CALL_WITHOUT_INCIDENT", "HELD_CALL_REFUSED", "JOURNAL_SEALED"]);

/** The most urgent priority of an incident. */
const MOST_URGENT = 1;

/** Everything raised about one matter. */
export interface AlarmRow {
  /** What it is about: an incident, a call, or the alarm itself where it is about neither. */
  readonly key: string;
  /** Those that nobody acts on first, then the oldest first. Never empty. */
  readonly alarms: readonly Alarm[];
  /** Those that nobody acts on. */
  readonly waiting: readonly Alarm[];
  readonly incidentId: string;
  /** The priority of the incident; 0: there is none. */
  readonly priority: number;
  readonly urgent: boolean;
  /** Who must act on the gravest of them. */
  readonly level: AlarmLevel;
  /** Since when it waits, or, where somebody acts on all of it, since when it is so. */
  readonly since: number;
}

/** When an alarm was raised, in milliseconds since 1970. */
export function raisedAt(alarm: Alarm): number {
  return momentMs(alarm.raisedAt) ?? 0;
}

/** True while nobody acts on it. */
export function waits(alarm: Alarm): boolean {
  return alarm.state?.state.case === "raised";
}

function goesOn(alarm: Alarm): boolean {
  return alarm.state?.state.case !== "ended";
}

function matter(alarm: Alarm): string {
  if (alarm.incidentId !== "") return `incident ${alarm.incidentId}`;
  return alarm.callId !== "" ? `call ${alarm.callId}` : `alarm ${alarm.alarmId}`;
}

function byAge(one: Alarm, other: Alarm): number {
  return Number(waits(other)) - Number(waits(one)) || raisedAt(one) - raisedAt(other) || (one.alarmId < other.alarmId ? -1 : 1);
}

/** True for what concerns a station: its desk is named, or the unit of the alarm is one of its own. */
export function concerns(alarm: Alarm, station: string, picture: Picture, stationOfUnit: (unit: string) => string | undefined): boolean {
  if (alarm.stationId !== "") return alarm.stationId === station;
  if (alarm.unitId !== "") return stationOfUnit(alarm.unitId) === station;
  const assignment = picture.assignments.get(alarm.assignmentId);
  return assignment?.stationId === station;
}

/** The rows of some alarms, the gravest first; what has ended is left out. */
export function rowsOf(alarms: Iterable<Alarm>, picture: Picture, role: Role): AlarmRow[] {
  const matters = new Map<string, Alarm[]>();
  for (const alarm of alarms) {
    if (!goesOn(alarm)) continue;
    const key = matter(alarm);
    const together = matters.get(key);
    if (together === undefined) matters.set(key, [alarm]);
    else together.push(alarm);
  }
  return [...matters].map(([key, together]) => row(key, together, picture)).sort((one, other) => graverFirst(one, other, role));
}

function row(key: string, together: Alarm[], picture: Picture): AlarmRow {
  const alarms = together.sort(byAge);
  const waiting = alarms.filter(waits);
  const incidentId = alarms[0]?.incidentId ?? "";
  const priority = picture.incidents.get(incidentId)?.priority ?? 0;
  const counted = waiting.length > 0 ? waiting : alarms;
  return {
    key, alarms, waiting, incidentId, priority,
    urgent: priority === MOST_URGENT || alarms.some(({ code }) => URGENT_CODES.has(code)),
    level: Math.max(...counted.map(({ level }) => level)),
    since: Math.min(...counted.map(raisedAt)),
  };
}

/** The level at which a role acts first. */
function own(role: Role): AlarmLevel {
  return role === "supervisor" || role === "administrator" ? AlarmLevel.SUPERVISOR : AlarmLevel.OPERATOR;
}

/** What nobody acts on comes first, then what is urgent, then what is the person's own to act on, then priority, then age. */
export function graverFirst(one: AlarmRow, other: AlarmRow, role: Role): number {
  const mine = own(role);
  return Number(other.waiting.length > 0) - Number(one.waiting.length > 0)
    || Number(other.urgent) - Number(one.urgent)
    || Number(other.level === mine) - Number(one.level === mine)
    || (one.priority || 9) - (other.priority || 9)
    || one.since - other.since
    || (one.key < other.key ? -1 : 1);
}

/** How many of each code a row has, in the order of its alarms. */
export function codesOf({ alarms, waiting }: AlarmRow): { readonly code: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const { code } of waiting.length > 0 ? waiting : alarms) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, count]) => ({ code, count }));
}
