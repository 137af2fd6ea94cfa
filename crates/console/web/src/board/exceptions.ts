// What is not as it should be: one entry for each matter, found in the records themselves and joined with the alarm that says the same, so
// that a matter is shown once, also while its alarm has not come yet and after somebody has taken it.
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { momentMs, timestampMs } from "../api/times";
import { AlarmLevel, type Alarm } from "../contract/kezek/record/v1/alarm_pb";
import type { Assignment } from "../contract/kezek/record/v1/assignment_pb";
import { AutomaticDispatch } from "../contract/kezek/record/v1/centre_pb";
import { PassedOverReason, type Incident } from "../contract/kezek/record/v1/incident_pb";
import { Step } from "../contract/kezek/record/v1/milestone_pb";
import type { Run } from "../contract/kezek/record/v1/run_pb";
import type { Picture } from "../picture/picture";
import { goesOn, isLacking, openedAt } from "../picture/queue";
import { stepAt } from "../picture/steps";

/** What is the matter. The order is the order in which they are shown. */
export const KINDS = [
  "shortfall", "eased", "crewLate", "answerLate", "nobodySent", "tellDesk", "alarm", "queueAge", "standDown", "duplicate", "holdEnds",
  "linkDown", "deskSilent", "unitSilent",
  // from here on: what somebody decided, to be known and answered for
  "automaticOff", "otherUnit", "passedOver", "restricted",
] as const;
export type Kind = (typeof KINDS)[number];

/** Kinds that nobody needs to act on. */
const TO_KNOW: readonly Kind[] = ["automaticOff", "otherUnit", "passedOver", "restricted"];

/** How long before its end a hold is shown. */
export const HOLD_AHEAD_MS = 5 * 60_000;
/** After how long in the queue an incident is shown (`QUEUE_AGE_ALARM` of the domain). */
export const QUEUE_AGE_MS = 60_000;
/** How long a stand-down may stay unconfirmed (`STAND_DOWN_CONFIRMED_WITHIN` of the domain). */
export const STAND_DOWN_MS = 120_000;
/** Unanswered runs in a row from which on a unit is silent (`UNANSWERED_UNTIL_SILENT` of the domain). */
const UNTIL_SILENT = 2;

/** Something that is not as it should be. */
export interface Exception {
  /** Stays the same for as long as the matter lasts. */
  readonly key: string;
  readonly kind: Kind;
  /** The code of its alarm; empty: none was raised. */
  readonly code: string;
  /** True: somebody decided it, and nobody needs to act. */
  readonly toKnow: boolean;
  /** Since when. */
  readonly since: number;
  readonly incidentId: string;
  readonly stationId: string;
  readonly unitId: string;
  /** The urgency of its incident; 6 where it has none. */
  readonly priority: number;
  /** Who has it: a person by name, or empty. */
  readonly owner: string;
  /** Who must act where nobody has it. */
  readonly level: "operator" | "supervisor";
  /** Alarms of the matter that have not ended. */
  readonly alarms: readonly Alarm[];
  /** What to know beyond the kind: a reason in a person's words, another incident's number. */
  readonly detail: string;
}

type Found = Partial<Omit<Exception, "key" | "kind" | "alarms" | "toKnow">> & { readonly since: number };

const at = (moment: Timestamp | undefined): number => momentMs(moment) ?? 0;

/** What an alarm is about, under the key that the records give the same matter. */
function matter(alarm: Alarm): { readonly kind: Kind; readonly id: string } {
  const { code, incidentId, assignmentId, runId, stationId, unitId, alarmId } = alarm;
  switch (code) {
    case "DESK_UNANSWERED": return { kind: "answerLate", id: assignmentId };
    case "CREW_UNANSWERED": return { kind: "crewLate", id: runId };
    case "NOBODY_SENT": return { kind: "nobodySent", id: assignmentId };
    case "DESK_LINK_DOWN": return { kind: "tellDesk", id: assignmentId || stationId };
    case "STAND_DOWN_UNCONFIRMED": return { kind: "standDown", id: runId || assignmentId };
    case "SHORTFALL": return { kind: "shortfall", id: incidentId };
    case "QUEUE_AGE": return { kind: "queueAge", id: incidentId };
    case "SUSPECTED_DUPLICATE": return { kind: "duplicate", id: incidentId };
    case "HOLD_OVER": return { kind: "holdEnds", id: incidentId };
    case "DESK_SILENT": return { kind: "deskSilent", id: stationId };
    case "UNIT_SILENT": return { kind: "unitSilent", id: unitId };
    default: return { kind: "alarm", id: alarmId };
  }
}

/** Gathers exceptions, each once. */
class Gathering {
  readonly all = new Map<string, Exception>();

  constructor(readonly picture: Picture, readonly now: number) {}

  add(kind: Kind, id: string, found: Found): void {
    // the same matter, whether or not somebody can be found just now
    const key = `${kind === "eased" ? "shortfall" : kind}:${id}`;
    const incident = this.picture.incidents.get(found.incidentId ?? "");
    this.all.set(key, {
      code: "", incidentId: "", stationId: "", unitId: "", owner: "", level: "operator", detail: "",
      priority: incident?.priority ?? 6, ...found, key, kind, toKnow: TO_KNOW.includes(kind), alarms: [],
    });
  }

  /** An alarm belongs to the matter that the records already told, or is one of its own. */
  join(alarm: Alarm): void {
    const state = alarm.state?.state;
    if (state?.case === "ended" || state === undefined) return;
    const { kind, id } = matter(alarm);
    const own = `${kind}:${id}`;
    // an incident that waits because nobody can be found is one matter, whichever of its alarms says so
    const key = kind === "queueAge" && this.all.has(`shortfall:${id}`) ? `shortfall:${id}` : own;
    if (!this.all.has(key)) {
      const { incidentId, stationId, unitId, detail } = alarm;
      this.add(kind, id, { since: at(alarm.raisedAt), incidentId, stationId, unitId, detail: kind === "alarm" ? detail : "" });
    }
    const before = this.all.get(key);
    if (before === undefined) return;
    this.all.set(key, {
      ...before, code: key === own ? alarm.code : before.code, alarms: [...before.alarms, alarm],
      owner: key === own && state.case === "acknowledged" ? state.value.acknowledgedBy : before.owner,
      level: alarm.level === AlarmLevel.SUPERVISOR ? "supervisor" : before.level,
    });
  }
}

/** An answer that is awaited, and late. */
function isLate(due: Timestamp | undefined, overdue: boolean, now: number): boolean {
  return overdue || (due !== undefined && timestampMs(due) <= now);
}

function ofAssignment(to: Gathering, assignment: Assignment): void {
  const { assignmentId, incidentId, stationId, answerDue, overdue, milestones } = assignment;
  const state = assignment.state?.state;
  const found = (step: Step): Found => ({ since: stepAt(milestones, step) ?? at(answerDue), incidentId, stationId });
  if (state?.case === "standDownSent") {
    const since = stepAt(milestones, Step.STAND_DOWN_SENT) ?? to.now;
    if (to.now - since >= STAND_DOWN_MS) to.add("standDown", assignmentId, { ...found(Step.STAND_DOWN_SENT), owner: state.value.sentBy, detail: state.value.reason });
    return;
  }
  if (!isLate(answerDue, overdue, to.now)) return;
  if (state?.case === "sent" || state?.case === "delivered") to.add("answerLate", assignmentId, found(Step.SENT));
  // a desk that was only informed has nobody to send
  if (state?.case === "received" && assignment.purpose?.purpose.case === "respond") {
    to.add("nobodySent", assignmentId, { ...found(Step.RECEIVED), detail: state.value.person });
  }
}

/** False if a person sent another unit than the one that the desk was recommended; undefined where the records do not tell. */
export function followed(picture: Picture, run: Run): boolean | undefined {
  const recommended = picture.assignments.get(run.assignmentId)?.recommendedUnitId ?? "";
  const sent = run.milestones.find(({ step }) => step === Step.SENT);
  if (recommended === "" || sent === undefined || sent.reportedByRole === "system") return undefined;
  return recommended === run.unitId;
}

function ofRun(to: Gathering, run: Run): void {
  const { runId, incidentId, stationId, unitId, answerDue, overdue, milestones } = run;
  const state = run.state?.state;
  const sent = stepAt(milestones, Step.SENT) ?? at(answerDue);
  if (state?.case === "sent" && isLate(answerDue, overdue, to.now)) to.add("crewLate", runId, { since: sent, incidentId, stationId, unitId });
  if (state?.case === "standDownSent") {
    const since = stepAt(milestones, Step.STAND_DOWN_SENT) ?? to.now;
    if (to.now - since >= STAND_DOWN_MS) to.add("standDown", runId, { since, incidentId, stationId, unitId, owner: state.value.sentBy, detail: state.value.reason });
    return;
  }
  const goes = state?.case === "sent" || state?.case === "acknowledged" || state?.case === "enRoute" || state?.case === "onScene";
  if (goes && followed(to.picture, run) === false) {
    const by = milestones.find(({ step }) => step === Step.SENT)?.reportedBy ?? "";
    to.add("otherUnit", runId, { since: sent, incidentId, stationId, unitId, owner: by });
  }
}

/** True while nobody is at the scene of an incident. */
function nobodyThere(picture: Picture, incident: Incident): boolean {
  return !incident.runIds.some((id) => picture.runs.get(id)?.state?.state.case === "onScene");
}

function ofIncident(to: Gathering, incident: Incident): void {
  const { incidentId, suspectedDuplicateOf, restriction } = incident;
  const state = incident.state?.state;
  if (!goesOn(incident)) return;
  const opened = openedAt(incident);
  if (state?.case === "held") {
    const until = at(state.value.until);
    if (until - to.now <= HOLD_AHEAD_MS) to.add("holdEnds", incidentId, { since: stepAt(incident.milestones, Step.HELD) ?? opened, incidentId, owner: state.value.heldBy, detail: state.value.reason });
  }
  const lacking = incident.queued ? incident.needs.filter((need) => isLacking(need) && need.unitsMissing > 0) : [];
  if (lacking.length > 0) to.add(lacking.some(({ shortfall }) => shortfall) ? "shortfall" : "eased", incidentId, { since: opened, incidentId, level: "supervisor" });
  else if (incident.queued && to.now - opened >= QUEUE_AGE_MS) to.add("queueAge", incidentId, { since: opened, incidentId });
  const other = to.picture.incidents.get(suspectedDuplicateOf);
  // whoever is at the scene sees whether it is the same matter
  if (other !== undefined && goesOn(other) && nobodyThere(to.picture, incident)) {
    to.add("duplicate", incidentId, { since: opened, incidentId, detail: other.spokenNumber });
  }
  const passed = incident.passedOver.filter(({ reason }) => reason === PassedOverReason.STOOD_DOWN);
  for (const { who, since } of passed) {
    const [station, unit] = [who.case === "stationId" ? who.value : "", who.case === "unitId" ? who.value : ""];
    to.add("passedOver", `${incidentId}:${who.value ?? ""}`, { since: at(since), incidentId, stationId: station, unitId: unit });
  }
  if (restriction !== undefined) to.add("restricted", incidentId, { since: opened, incidentId, owner: restriction.restrictedBy, detail: restriction.reason });
}

function ofCentre(to: Gathering): void {
  for (const { stationId, silent, link } of to.picture.desks.values()) {
    // a desk does not say since when it is silent: the alarm does, which joins below
    if (silent) to.add("deskSilent", stationId, { since: 0, stationId });
    if (link?.state.case === "down") to.add("linkDown", stationId, { since: at(link.state.value.since), stationId });
  }
  for (const { unitId, unansweredInARow, state } of to.picture.units.values()) {
    if (unansweredInARow >= UNTIL_SILENT && state?.state.case !== "signedOff") to.add("unitSilent", unitId, { since: 0, unitId });
  }
  const { dispatch } = to.picture;
  if (dispatch?.automatic === AutomaticDispatch.OFF) to.add("automaticOff", "", { since: 0, owner: dispatch.switchedBy, detail: dispatch.reason });
}

const rank = new Map<Kind, number>(KINDS.map((kind, index) => [kind, index]));

function shownBefore(one: Exception, other: Exception): number {
  return Number(one.toKnow) - Number(other.toKnow)
    || one.priority - other.priority
    || (rank.get(one.kind) ?? 0) - (rank.get(other.kind) ?? 0)
    || one.since - other.since
    || (one.key < other.key ? -1 : 1);
}

/** Everything that is not as it should be: what must be acted on first, by urgency; then what was decided and is to be known. */
export function exceptions(picture: Picture, now: number): Exception[] {
  const to = new Gathering(picture, now);
  for (const assignment of picture.assignments.values()) ofAssignment(to, assignment);
  for (const run of picture.runs.values()) ofRun(to, run);
  for (const incident of picture.incidents.values()) ofIncident(to, incident);
  ofCentre(to);
  for (const alarm of picture.alarms.values()) to.join(alarm);
  return [...to.all.values()].map(dated).sort(shownBefore);
}

/** Some records do not say since when they are so; their alarm does. */
function dated(one: Exception): Exception {
  if (one.since !== 0) return one;
  const raised = one.alarms.map(({ raisedAt }) => at(raisedAt));
  return raised.length === 0 ? one : { ...one, since: Math.min(...raised) };
}
