// The calls that wait for somebody at a desk: ringing, to be called back, given up by their callers, or to be decided.
import { momentMs, timestampMs } from "../api/times";
import type { Call } from "../contract/kezek/record/v1/call_pb";
import { Step } from "../contract/kezek/record/v1/milestone_pb";
import { stepAt } from "../picture/steps";

/** Ringing first, then what is to be called back by when it is due, then what a person decides, then abandoned calls. */
const ORDER: Readonly<Record<string, number>> = { ringing: 0, callBack: 1, needsDecision: 2, abandoned: 3 };

/** Since when a call waits. */
export function waitsSince(call: Call): number {
  return stepAt(call.milestones, Step.RANG) ?? stepAt(call.milestones, Step.ABANDONED) ?? momentMs(call.takenAt) ?? 0;
}

function due(call: Call): number {
  const state = call.state?.state;
  return state?.case === "callBack" && state.value.due !== undefined ? timestampMs(state.value.due) : waitsSince(call);
}

/** The calls that wait, in the order in which they are to be served. */
export function waitingCalls(calls: Iterable<Call>): Call[] {
  const place = (call: Call): number => ORDER[call.state?.state.case ?? ""] ?? -1;
  return [...calls].filter((call) => place(call) >= 0)
    .sort((one, other) => place(one) - place(other) || due(one) - due(other) || (one.callId < other.callId ? -1 : 1));
}

/** The call that has rung longest. */
export function nextRinging(calls: Iterable<Call>): Call | undefined {
  return waitingCalls(calls).find((call) => call.state?.state.case === "ringing");
}
