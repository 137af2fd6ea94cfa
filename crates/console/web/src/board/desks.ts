// Duty desks as the shift sees them: who can be reached, who has not answered, whom they could still send; and the operators' desks by the
// calls that they have on the line.
import { momentMs } from "../api/times";
import { Step } from "../contract/kezek/record/v1/milestone_pb";
import type { Picture } from "../picture/picture";
import { assignmentGoesOn, stepAt } from "../picture/steps";
import type { Places } from "../places/places";

/** A duty desk. */
export interface DeskRow {
  readonly stationId: string;
  /** Whether anybody of it is connected. `unknown`: nobody ever was, which is not the same as down. */
  readonly link: "up" | "down" | "unknown";
  /** When somebody was last connected; absent unless the link is down. */
  readonly downSince: number | undefined;
  readonly silent: boolean;
  /** Assignments in a row that were not received in time. */
  readonly missed: number;
  /** Open assignments, also those that only inform. */
  readonly open: number;
  /** Open assignments that nobody at the desk has said is received. */
  readonly unanswered: number;
  /** When the oldest of those was sent. */
  readonly oldestUnanswered: number | undefined;
  /** Units that can be sent. */
  readonly free: number;
  /** Units with somebody on duty. */
  readonly onDuty: number;
  /** Units that the directory has. */
  readonly all: number;
}

interface Counts { open: number; unanswered: number; oldest: number | undefined; free: number; onDuty: number; all: number }

/** Every duty desk, in the directory's order. */
export function desks(picture: Picture, places: Places): DeskRow[] {
  const counts = new Map<string, Counts>();
  for (const stationId of places.stations.keys()) counts.set(stationId, { open: 0, unanswered: 0, oldest: undefined, free: 0, onDuty: 0, all: 0 });
  for (const assignment of picture.assignments.values()) {
    const of = counts.get(assignment.stationId);
    if (of === undefined || !assignmentGoesOn(assignment)) continue;
    of.open += 1;
    const at = assignment.state?.state.case;
    if (at !== "sent" && at !== "delivered") continue;
    of.unanswered += 1;
    const sent = stepAt(assignment.milestones, Step.SENT);
    if (sent !== undefined) of.oldest = Math.min(of.oldest ?? sent, sent);
  }
  for (const { unitId, stationId } of places.units.values()) {
    const of = counts.get(stationId);
    if (of === undefined) continue;
    const at = picture.units.get(unitId)?.state?.state.case ?? "signedOff";
    of.all += 1;
    if (at !== "signedOff") of.onDuty += 1;
    if (at === "available") of.free += 1;
  }
  return [...counts].map(([stationId, { oldest, ...of }]) => {
    const desk = picture.desks.get(stationId);
    const link = desk?.link?.state;
    const since = link?.case === "down" ? link.value.since : undefined;
    return {
      stationId, ...of, oldestUnanswered: oldest,
      link: link?.case ?? "unknown",
      downSince: momentMs(since),
      silent: desk?.silent ?? false,
      missed: desk?.unansweredInARow ?? 0,
    };
  });
}

/** An operator's desk. */
export interface OperatorRow {
  /** Its name; empty: the call does not say. */
  readonly desk: string;
  /** Calls that it has on the line. */
  readonly calls: number;
  /** When the longest of them was answered. */
  readonly longest: number | undefined;
}

/** Operators' desks with a call on the line, the most burdened first. */
export function operators(picture: Picture): OperatorRow[] {
  const rows = new Map<string, OperatorRow>();
  for (const call of picture.calls.values()) {
    if (call.state?.state.case !== "answered") continue;
    const { desk } = call.state.state.value;
    const before = rows.get(desk);
    const answered = stepAt(call.milestones, Step.ANSWERED);
    const longest = answered === undefined ? before?.longest : Math.min(before?.longest ?? answered, answered);
    rows.set(desk, { desk, calls: (before?.calls ?? 0) + 1, longest });
  }
  return [...rows.values()].sort((one, other) => other.calls - one.calls || (one.desk < other.desk ? -1 : 1));
}

/** Calls that ring and that nobody has answered, and the moment the oldest of them began. */
export function ringing(picture: Picture): { readonly calls: number; readonly oldest: number | undefined } {
  let [calls, oldest] = [0, undefined as number | undefined];
  for (const call of picture.calls.values()) {
    if (call.state?.state.case !== "ringing") continue;
    calls += 1;
    const rang = stepAt(call.milestones, Step.RANG);
    if (rang !== undefined) oldest = Math.min(oldest ?? rang, rang);
  }
  return { calls, oldest };
}
