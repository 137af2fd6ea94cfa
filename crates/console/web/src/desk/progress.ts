// How far the response to an incident is: the furthest of its open work. Mirrors `server/src/services/progress.rs`, because the stream
// brings records and not what is computed from them.
import { type Assignment } from "../contract/kezek/record/v1/assignment_pb";
import { Progress, type Incident } from "../contract/kezek/record/v1/incident_pb";
import type { Run } from "../contract/kezek/record/v1/run_pb";

/** That of an assignment; absent: nothing is waited for under it. `goesOut` is whether anybody is out for the incident. */
function ofAssignment(assignment: Assignment, goesOut: boolean): Progress | undefined {
  if (assignment.purpose?.purpose.case === "inform") return undefined;
  switch (assignment.state?.state.case) {
    case "sent":
    case "delivered": return Progress.SENT;
    case "received": return Progress.RECEIVED;
    // it has sent its units: once they are free, nobody waits for it
    case "accepted": return goesOut ? Progress.RECEIVED : undefined;
    case "standDownSent": return Progress.WAITING;
    case "done":
    case "returned":
    case "stoodDown":
    case undefined: return undefined;
  }
}

/** That of a run; absent: it is over. */
function ofRun(run: Run): Progress | undefined {
  switch (run.state?.state.case) {
    case "sent": return Progress.SENT;
    case "acknowledged": return Progress.RECEIVED;
    case "enRoute": return Progress.EN_ROUTE;
    case "onScene": return Progress.ON_SCENE;
    case "standDownSent": return Progress.WAITING;
    case "cleared":
    case "stoodDown":
    case undefined: return undefined;
  }
}

/** How far it is. The contract's numbers grow along the way. A run that is over leaves the stream, and the incident still names it. */
export function progressOf(incident: Incident, assignments: readonly Assignment[], runs: readonly Run[]): Progress {
  if (incident.state?.state.case !== "open") return Progress.NONE;
  const goesOn = (one: Progress | undefined): one is Progress => one !== undefined;
  const ofRuns = runs.map(ofRun).filter(goesOn);
  const all = [...ofRuns, ...assignments.map((one) => ofAssignment(one, ofRuns.length > 0)).filter(goesOn)];
  if (all.length > 0) return Math.max(...all);
  return !incident.queued && incident.runIds.length > 0 ? Progress.ALL_CLEAR : Progress.WAITING;
}
