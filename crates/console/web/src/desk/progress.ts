// How far the response to an incident is: the furthest of its open work. Mirrors `server/src/services/progress.rs`, because the stream
// brings records and not what is computed from them.
import { type Assignment } from "../contract/kezek/record/v1/assignment_pb";
import { Progress, type Incident } from "../contract/kezek/record/v1/incident_pb";
import type { Run } from "../contract/kezek/record/v1/run_pb";
import { assignmentGoesOn, runGoesOn } from "../picture/steps";

function ofAssignment(assignment: Assignment): Progress {
  if (assignment.purpose?.purpose.case === "inform") return Progress.WAITING;
  switch (assignment.state?.state.case) {
    case "sent":
    case "delivered": return Progress.SENT;
    case "received":
    case "accepted": return Progress.RECEIVED;
    case "done":
    case "returned":
    case "standDownSent":
    case "stoodDown":
    case undefined: return Progress.WAITING;
  }
}

function ofRun(run: Run): Progress {
  switch (run.state?.state.case) {
    case "sent": return Progress.SENT;
    case "acknowledged": return Progress.RECEIVED;
    case "enRoute": return Progress.EN_ROUTE;
    case "onScene": return Progress.ON_SCENE;
    case "cleared":
    case "standDownSent":
    case "stoodDown":
    case undefined: return Progress.WAITING;
  }
}

/**
 * True where everybody who went to it has cleared and nobody is asked for any more: it waits for nothing but to be
 * closed. A run that is over leaves the stream, and the incident still names it. */
export function isAllClear(incident: Incident, assignments: readonly Assignment[], runs: readonly Run[]): boolean {
  const isAwaited = (one: Assignment): boolean => one.purpose?.purpose.case !== "inform" && assignmentGoesOn(one) && one.state?.state.case !== "accepted";
  return incident.state?.state.case === "open" && !incident.queued && incident.runIds.length > 0
    && !runs.some(runGoesOn) && !assignments.some(isAwaited);
}

/** How far it is. The contract's numbers grow along the way. */
export function progressOf(incident: Incident, assignments: Iterable<Assignment>, runs: Iterable<Run>): Progress {
  if (incident.state?.state.case !== "open") return Progress.NONE;
  let furthest: Progress = Progress.WAITING;
  for (const assignment of assignments) furthest = Math.max(furthest, ofAssignment(assignment));
  for (const run of runs) furthest = Math.max(furthest, ofRun(run));
  return furthest;
}
