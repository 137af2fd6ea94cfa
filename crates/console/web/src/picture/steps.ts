// What of a record's history says where it stands: when its steps were reported, and whether it is over.
import { momentMs } from "../api/times";
import type { Assignment } from "../contract/kezek/record/v1/assignment_pb";
import type { Call } from "../contract/kezek/record/v1/call_pb";
import { Step, type Milestone } from "../contract/kezek/record/v1/milestone_pb";
import type { Run } from "../contract/kezek/record/v1/run_pb";

/** When a step was last reported to have happened, in milliseconds since 1970; absent: it was not. */
export function stepAt(milestones: readonly Milestone[], step: Step): number | undefined {
  return momentMs(milestones.findLast((milestone) => milestone.step === step)?.occurredAt);
}

const MINUTE_MS = 60_000;

/** True of a moment before whoever it is about was sent or asked. People say minutes, so the minute of the sending is not before it (`caution_before_sent`
 *  in `operations/src/commands/effect.rs`). */
export function isBeforeSent(milestones: readonly Milestone[], moment: number): boolean {
  const sent = momentMs(milestones.find(({ step }) => step === Step.SENT)?.occurredAt);
  return sent !== undefined && Math.floor(moment / MINUTE_MS) < Math.floor(sent / MINUTE_MS);
}

/** True while a run holds its unit. */
export function runGoesOn(run: Run): boolean {
  const at = run.state?.state.case;
  return at !== undefined && at !== "cleared" && at !== "stoodDown";
}

/** True while a desk has something to do or to confirm under an assignment. */
export function assignmentGoesOn(assignment: Assignment): boolean {
  const at = assignment.state?.state.case;
  return at !== undefined && at !== "done" && at !== "returned" && at !== "stoodDown";
}

/** True until a call is over. */
export function callGoesOn(call: Call): boolean {
  const at = call.state?.state.case;
  return at !== undefined && at !== "ended";
}
