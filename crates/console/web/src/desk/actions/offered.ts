// Which actions an incident, a run and an assignment allow as they stand, with the key of each. Mirrors `incident/state.rs`, `run.rs`
// and `assignment.rs` in `domain/src`; what is refused anyway the centre says.
import type { Assignment } from "../../contract/kezek/record/v1/assignment_pb";
import type { Incident } from "../../contract/kezek/record/v1/incident_pb";
import { Step } from "../../contract/kezek/record/v1/milestone_pb";
import type { Run } from "../../contract/kezek/record/v1/run_pb";
import type { Picture } from "../../picture/picture";
import type { Action, IncidentAction, RunStep } from "../state";

/** An action and its key. */
export interface Offered<Of extends Action = Action> {
  readonly action: Of;
  readonly code: string;
}

/** An action about a run. */
export type AboutRun = Extract<Action, { readonly runId: string }>;
/** An action about an assignment. */
export type AboutDesk = Extract<Action, { readonly assignmentId: string }>;

const OF_INCIDENTS: readonly (Offered<IncidentAction> & { readonly states: readonly string[] })[] = [
  { action: { what: "note" }, code: "KeyN", states: ["open", "held", "closed", "cancelled", "merged"] },
  { action: { what: "desk" }, code: "KeyS", states: ["open"] },
  { action: { what: "request" }, code: "KeyR", states: ["open"] },
  { action: { what: "priority" }, code: "KeyP", states: ["open", "held"] },
  { action: { what: "type" }, code: "KeyT", states: ["open", "held"] },
  { action: { what: "location" }, code: "KeyL", states: ["open", "held"] },
  { action: { what: "hold" }, code: "KeyH", states: ["open"] },
  { action: { what: "release" }, code: "KeyH", states: ["held"] },
  { action: { what: "merge" }, code: "KeyM", states: ["open"] },
  { action: { what: "unmerge" }, code: "KeyM", states: ["merged"] },
  { action: { what: "close" }, code: "KeyX", states: ["open"] },
  { action: { what: "cancel" }, code: "KeyQ", states: ["open", "held"] },
  { action: { what: "reopen" }, code: "KeyO", states: ["closed", "cancelled"] },
];

/** The steps a run may be at, in order, with the key that reports each. */
const STEPS: readonly { readonly step: RunStep; readonly from: readonly string[]; readonly code: string }[] = [
  { step: Step.ACKNOWLEDGED, from: ["sent"], code: "KeyK" },
  { step: Step.EN_ROUTE, from: ["sent", "acknowledged"], code: "KeyE" },
  { step: Step.ON_SCENE, from: ["sent", "acknowledged", "enRoute"], code: "KeyA" },
  { step: Step.CLEARED, from: ["sent", "acknowledged", "enRoute", "onScene"], code: "KeyC" },
];

/** What may be done with an incident. */
export function incidentActions(incident: Incident): readonly Offered<IncidentAction>[] {
  const at = incident.state?.state.case ?? "";
  return OF_INCIDENTS.filter(({ states }) => states.includes(at));
}

/** What may be reported of a run that goes on, or done with it. */
export function runActions({ runId, state }: Run): Offered<AboutRun>[] {
  const at = state?.state.case ?? "";
  if (at === "standDownSent") return [{ action: { what: "run_stood_down", runId }, code: "KeyF" }];
  return [
    ...STEPS.filter(({ from }) => from.includes(at)).map(({ step, code }) => ({ action: { what: "run", runId, step }, code }) as const),
    ...(at === "sent" ? [] : [{ action: { what: "run_correct", runId }, code: "KeyW" } as const]),
    { action: { what: "stand_down", runId }, code: "KeyD" },
  ];
}

/** What may be reported of an assignment that goes on, or done with it. */
export function deskActions({ assignmentId, state, purpose }: Assignment): Offered<AboutDesk>[] {
  const at = state?.state.case ?? "";
  if (at === "standDownSent") return [{ action: { what: "desk_stood_down", assignmentId }, code: "KeyF" }];
  const answers = ["sent", "delivered", "received"].includes(at) && purpose?.purpose.case !== "inform";
  return [
    ...(["sent", "delivered"].includes(at) ? [{ action: { what: "received", assignmentId }, code: "KeyV" } as const] : []),
    ...(answers ? [{ action: { what: "accepted", assignmentId }, code: "KeyY" } as const, { action: { what: "returned", assignmentId }, code: "KeyB" } as const] : []),
    { action: { what: "stand_down_desk", assignmentId }, code: "KeyD" },
  ];
}

/** The states of an incident that goes on: it is held and held no longer. */
const GOES_ON = ["open", "held"];
/** The states of one that is over. */
const OVER = ["closed", "cancelled", "merged"];

/** Everything that is offered about an incident, or will be when it is held or held no longer. One that is not in the picture is over. */
export function offeredOf(incidentId: string, { incidents, runs, assignments }: Pick<Picture, "incidents" | "runs" | "assignments">): Action[] {
  const incident = incidents.get(incidentId);
  const at = GOES_ON.includes(incident?.state?.state.case ?? "") ? GOES_ON : OVER;
  const ofIncident = OF_INCIDENTS.filter(({ states }) => states.some((state) => at.includes(state)));
  if (incident === undefined) return ofIncident.map(({ action }) => action);
  return [
    ...ofIncident,
    ...incident.runIds.flatMap((id) => runs.get(id) ?? []).flatMap(runActions),
    ...incident.assignmentIds.flatMap((id) => assignments.get(id) ?? []).flatMap(deskActions),
  ].map(({ action }) => action);
}
