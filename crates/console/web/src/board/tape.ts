// What happened between two versions of a record, as events that can be said in words: who did what, to which incident, when. Pure: the live
// tape and the replay both come from it.
import { momentMs } from "../api/times";
import type { Alarm } from "../contract/kezek/record/v1/alarm_pb";
import { AutomaticDispatch, type Dispatch } from "../contract/kezek/record/v1/centre_pb";
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import { Step, type Milestone } from "../contract/kezek/record/v1/milestone_pb";
import type { NotedChange } from "../contract/kezek/record/v1/note_pb";
import type { Desk, Unit } from "../contract/kezek/record/v1/unit_pb";
import type { Record as WireRecord } from "../contract/kezek/watch/v1/watch_service_pb";
import { isLacking } from "../picture/queue";

/** What happened that is no step of a lifecycle with milestones. */
export type Happening =
  | "priority" | "type" | "place" | "restricted" | "unrestricted" | "suspected" | "shortfall" | "filled" | "note"
  | "alarmRaised" | "alarmHigher" | "alarmTaken" | "alarmEnded"
  | "signedOn" | "signedOff" | "outOfService" | "backInService" | "unitSilent"
  | "linkUp" | "linkDown" | "deskSilent" | "deskAnswers"
  | "automaticOn" | "automaticOff" | "directory";

/** Something that happened. */
export interface TapeEvent {
  /** Differs from every other event's. */
  readonly key: string;
  /** When the centre recorded it, milliseconds since 1970. */
  readonly at: number;
  /** Who, as the centre names them; empty: the records do not say. */
  readonly who: string;
  /** True: the centre itself did it. */
  readonly system: boolean;
  readonly what: { readonly step: Step } | { readonly happening: Happening };
  readonly incidentId: string;
  /** The number people say aloud, of the incident or else of the call; empty: it is about neither. */
  readonly spokenNumber: string;
  readonly stationId: string;
  readonly unitId: string;
  /** Codes, ids of types and people's own words, as they are. */
  readonly detail: string;
}

/** A record as a frame has it. */
export type AnyRecord = WireRecord["record"];

/** When and by whom, where the record itself does not say. */
export interface Circumstances {
  readonly at: number;
  readonly who: string;
  /** True where nobody knows the records as they were before: what their notes say was changed is told as well. */
  readonly past?: boolean;
}

/** The words of a change by the centre itself. */
const SYSTEM = "system";

/** Whom an event is about. */
type About = Partial<Pick<TapeEvent, "incidentId" | "spokenNumber" | "stationId" | "unitId">>;

/** Writes events about one record. */
class Telling {
  readonly told: TapeEvent[] = [];

  constructor(readonly id: string, readonly version: bigint, readonly about: About, readonly by: Circumstances) {}

  happened(happening: Happening, more: { readonly detail?: string; readonly who?: string; readonly at?: number; readonly part?: string } = {}): void {
    this.#write({ happening }, more.part ?? happening, more.at ?? this.by.at, more.who ?? this.by.who, more.detail ?? "");
  }

  /** Steps that the former version did not have yet. The list only grows, until its oldest are left out: what is new is at its end. */
  steps(now: readonly Milestone[], before: readonly Milestone[] | undefined): void {
    const last = before?.at(-1);
    const from = last === undefined ? 0 : now.findLastIndex((one) => one.step === last.step && momentMs(one.recordedAt) === momentMs(last.recordedAt)) + 1;
    now.slice(from).forEach((milestone, index) => {
      const { step, detail, recordedAt, reportedBy, reportedByRole, onBehalfOf } = milestone;
      const who = reportedByRole === SYSTEM ? SYSTEM : onBehalfOf || reportedBy;
      this.#write({ step }, `${from + index}:${step}`, momentMs(recordedAt) ?? this.by.at, who, detail);
    });
  }

  #write(what: TapeEvent["what"], part: string, at: number, who: string, detail: string): void {
    const system = who === SYSTEM || who === "kezek:dispatcher";
    this.told.push({ key: `${this.id}:${this.version}:${part}`, at, who, system, what, incidentId: "", spokenNumber: "", stationId: "", unitId: "", detail, ...this.about });
  }
}

function ofIncident(tell: Telling, now: Incident, before: Incident | undefined): void {
  tell.steps(now.milestones, before?.milestones);
  if (before === undefined) {
    if (now.suspectedDuplicateOf !== "") tell.happened("suspected", { at: momentMs(now.createdAt) ?? tell.by.at });
    return;
  }
  if (now.priority !== before.priority) tell.happened("priority", { detail: `${before.priority} → ${now.priority}` });
  if (now.incidentTypeId !== before.incidentTypeId) tell.happened("type", { detail: now.incidentTypeId });
  if (placed(now) !== placed(before)) tell.happened("place", { detail: now.location?.address ?? "" });
  if ((now.restriction === undefined) !== (before.restriction === undefined)) tell.happened(now.restriction === undefined ? "unrestricted" : "restricted");
  if (now.suspectedDuplicateOf !== before.suspectedDuplicateOf && now.suspectedDuplicateOf !== "") tell.happened("suspected");
  const [short, was] = [now, before].map((one) => one.needs.some(isLacking));
  if (short !== was) tell.happened(short === true ? "shortfall" : "filled");
  // a note is told once and kept in nobody's picture; that there is one the incident says for good
  for (const noteId of now.noteIds.filter((id) => !before.noteIds.includes(id))) tell.happened("note", { part: `note:${noteId}` });
}

/** The note by which an event of an incident says that one was written; absent: it says something else. */
export function notedBy({ key }: TapeEvent): string | undefined {
  return /:note:(.+)$/.exec(key)?.[1];
}

/** What the tape tells of a change that a note has; absent: a step of the incident says it. */
export function toldOf({ change }: NotedChange): { readonly happening: Happening; readonly detail: string } | undefined {
  switch (change.case) {
    case "incidentType": return { happening: "type", detail: change.value.toIncidentTypeId };
    case "place": return { happening: "place", detail: change.value.to?.address ?? "" };
    case "priority": return { happening: "priority", detail: `${change.value.from} → ${change.value.to}` };
    case "reopened": case undefined: return undefined;
  }
}

function placed({ location }: Incident): string {
  return [location?.position?.latitude, location?.position?.longitude, location?.address, location?.landmark].join("|");
}

function ofAlarm(tell: Telling, now: Alarm, before: Alarm | undefined): void {
  const detail = now.code;
  if (before === undefined) tell.happened("alarmRaised", { detail, who: SYSTEM, at: momentMs(now.raisedAt) ?? tell.by.at });
  else if (now.level > before.level) tell.happened("alarmHigher", { detail, who: SYSTEM });
  const [state, was] = [now.state?.state, before?.state?.state.case];
  if (state?.case === "acknowledged" && (was !== "acknowledged" || momentMs(state.value.acknowledgedAt) !== taken(before))) {
    tell.happened("alarmTaken", { detail, who: state.value.acknowledgedBy, at: momentMs(state.value.acknowledgedAt) ?? tell.by.at });
  }
  if (state?.case === "ended" && was !== "ended") tell.happened("alarmEnded", { detail, who: state.value.endedBy, at: momentMs(state.value.endedAt) ?? tell.by.at });
}

function taken(alarm: Alarm | undefined): number | undefined {
  const state = alarm?.state?.state;
  return state?.case === "acknowledged" ? momentMs(state.value.acknowledgedAt) : undefined;
}

function ofUnit(tell: Telling, now: Unit, before: Unit | undefined): void {
  if (before === undefined) return;
  const [state, was] = [now.state?.state, before.state?.state.case];
  const at = momentMs(now.since) ?? tell.by.at;
  if (state?.case === "signedOff" && was !== "signedOff") tell.happened("signedOff", { at });
  else if (state?.case === "outOfService" && was !== "outOfService") tell.happened("outOfService", { at, detail: state.value.reason });
  else if (state?.case === "available" && was === "signedOff") tell.happened("signedOn", { at, detail: now.crew.join(", ") });
  else if (state?.case === "available" && was === "outOfService") tell.happened("backInService", { at });
  if (now.unansweredInARow >= 2 && before.unansweredInARow < 2) tell.happened("unitSilent");
}

function ofDesk(tell: Telling, now: Desk, before: Desk | undefined): void {
  if (before === undefined) return;
  const [link, was] = [now.link?.state.case, before.link?.state.case];
  if (link === "up" && was !== "up") tell.happened("linkUp");
  if (link === "down" && was !== "down") tell.happened("linkDown");
  if (now.silent !== before.silent) tell.happened(now.silent ? "deskSilent" : "deskAnswers");
}

function ofDispatch(tell: Telling, now: Dispatch, before: Dispatch | undefined): void {
  if (before === undefined || now.automatic === before.automatic) return;
  tell.happened(now.automatic === AutomaticDispatch.ON ? "automaticOn" : "automaticOff", { who: now.switchedBy, detail: now.reason });
}

/**
 * What happened between two versions of a record. Of one that is new all its steps are told; of an unchanged one nothing. `number` says what
 * people call an incident.
 */
export function between(now: AnyRecord, before: AnyRecord | undefined, number: (incidentId: string) => string, by: Circumstances): TapeEvent[] {
  if (now.case === undefined || (before?.case === now.case && before.value?.version === now.value.version)) return [];
  const { version } = now.value;
  const telling = (id: string, about: About): Telling => new Telling(`${now.case}:${id}`, version, about, by);
  switch (now.case) {
    case "incident": {
      const { incidentId, spokenNumber } = now.value;
      const tell = telling(incidentId, { incidentId, spokenNumber });
      ofIncident(tell, now.value, before?.case === "incident" ? before.value : undefined);
      return tell.told;
    }
    case "call": {
      const { callId, incidentId, spokenNumber, milestones } = now.value;
      const tell = telling(callId, { incidentId, spokenNumber });
      tell.steps(milestones, before?.case === "call" ? before.value.milestones : undefined);
      return tell.told;
    }
    case "assignment": {
      const { assignmentId, incidentId, stationId, milestones } = now.value;
      const tell = telling(assignmentId, { incidentId, spokenNumber: number(incidentId), stationId });
      tell.steps(milestones, before?.case === "assignment" ? before.value.milestones : undefined);
      return tell.told;
    }
    case "run": {
      const { runId, incidentId, unitId, stationId, milestones } = now.value;
      const tell = telling(runId, { incidentId, spokenNumber: number(incidentId), unitId, stationId });
      tell.steps(milestones, before?.case === "run" ? before.value.milestones : undefined);
      return tell.told;
    }
    case "alarm": {
      const { alarmId, incidentId, stationId, unitId } = now.value;
      const tell = telling(alarmId, { incidentId, spokenNumber: number(incidentId), stationId, unitId });
      ofAlarm(tell, now.value, before?.case === "alarm" ? before.value : undefined);
      return tell.told;
    }
    case "note": {
      const { noteId, incidentId, writtenBy, recordedAt, changes, text } = now.value;
      const tell = telling(noteId, { incidentId, spokenNumber: number(incidentId) });
      const noted = { who: writtenBy, at: momentMs(recordedAt) ?? by.at };
      // where the incident is known as it was before, that tells what was changed
      for (const told of by.past === true ? changes.map(toldOf) : []) if (told !== undefined) tell.happened(told.happening, { ...noted, detail: told.detail });
      if (text !== "" || changes.length === 0) tell.happened("note", { ...noted, detail: text });
      return tell.told;
    }
    case "unit": {
      const tell = telling(now.value.unitId, { unitId: now.value.unitId });
      ofUnit(tell, now.value, before?.case === "unit" ? before.value : undefined);
      return tell.told;
    }
    case "desk": {
      const tell = telling(now.value.stationId, { stationId: now.value.stationId });
      ofDesk(tell, now.value, before?.case === "desk" ? before.value : undefined);
      return tell.told;
    }
    case "dispatch": {
      const tell = telling("", {});
      ofDispatch(tell, now.value, before?.case === "dispatch" ? before.value : undefined);
      return tell.told;
    }
    case "directory": {
      const tell = telling("", {});
      if (before !== undefined) tell.happened("directory", { who: now.value.appliedBy, at: momentMs(now.value.appliedAt) ?? by.at });
      return tell.told;
    }
    // why a unit was chosen is read with its incident
    case "recommendation": return [];
  }
}
