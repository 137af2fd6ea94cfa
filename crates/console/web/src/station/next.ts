// What a duty desk must answer, and in which order: who is stood down first, for they may be driving; then by how urgent it is, and by when
// the answer is due. Pure: the screen asks it anew whenever a record changed.
import { momentMs } from "../api/times";
import type { Assignment } from "../contract/kezek/record/v1/assignment_pb";
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import type { Milestone } from "../contract/kezek/record/v1/milestone_pb";
import type { Run } from "../contract/kezek/record/v1/run_pb";
import { goesOn, openedAt } from "../picture/queue";
import { runGoesOn } from "../picture/steps";

/** Where an assignment stands for its desk. */
export type Phase =
  /** The centre stood it down and the desk has not confirmed. */
  | "stand_down"
  /** Nobody at the desk has said that they have it. */
  | "unanswered"
  /** A person has it; nobody was chosen to go. */
  | "undecided"
  /** Whoever goes is on the way or there, or the desk only had to know. */
  | "underway"
  /** Nothing is left to do. */
  | "over";

/** Something that the desk must answer. */
export type Task =
  | {
    readonly what: "stand_down" | "unanswered" | "undecided";
    readonly assignment: Assignment;
    /** Further assignments that ask the same: a need for two units is two of them, and one question to a person. */
    readonly alike: readonly Assignment[];
    readonly incident: Incident | undefined;
  }
  | { readonly what: "run_stand_down"; readonly run: Run; readonly incident: Incident | undefined };

/** The records that tasks are found in. */
export interface Records {
  readonly incidents: ReadonlyMap<string, Incident>;
  readonly assignments: ReadonlyMap<string, Assignment>;
  readonly runs: ReadonlyMap<string, Run>;
}

/** What an incident is called while its record has not come: nothing is more urgent than what nobody can judge. */
const PRIORITY_UNKNOWN = 0;

/** Where an assignment stands for its desk. */
export function phase(assignment: Assignment): Phase {
  const state = assignment.state?.state;
  switch (state?.case) {
    case "standDownSent": return "stand_down";
    case "sent":
    case "delivered": return "unanswered";
    case "received":
      return asksToSend(assignment) && assignment.runIds.length === 0 ? "undecided" : "underway";
    case "accepted": return "underway";
    case "done":
    case "returned":
    case "stoodDown":
    // a state of a newer release
    case undefined: return "over";
  }
}

/** When the centre recorded the last step. */
export function lastStepAt(milestones: readonly Milestone[]): number | undefined {
  return momentMs(milestones.at(-1)?.recordedAt);
}

/** The assignments that an answer to a task answers. */
export function assignmentsOf(task: Task): readonly Assignment[] {
  return task.what === "run_stand_down" ? [] : [task.assignment, ...task.alike];
}

/** What names a task for as long as it is the same question: an answer to one is never an answer to the next. */
export function keyOf(task: Task): string {
  return task.what === "run_stand_down" ? `run/${task.run.runId}` : `${task.what}/${assignmentsOf(task).map(({ assignmentId }) => assignmentId).join("+")}`;
}

/** By when a task should be answered; absent: no time was set for it. What was due before a stand-down is due no more. */
export function dueOf(task: Task): number | undefined {
  if (task.what === "stand_down") return undefined;
  const dues = assignmentsOf(task).flatMap(({ answerDue }) => momentMs(answerDue) ?? []);
  return dues.length === 0 ? undefined : Math.min(...dues);
}

/** Since when a task has stood as it does. */
export function sinceOf(task: Task): number | undefined {
  return lastStepAt(task.what === "run_stand_down" ? task.run.milestones : task.assignment.milestones);
}

function isStandDown(task: Task): boolean {
  return task.what === "stand_down" || task.what === "run_stand_down";
}

/** Which of two tasks is answered first: negative if the first is. */
export function answeredBefore(one: Task, other: Task): number {
  const byStandDown = Number(isStandDown(other)) - Number(isStandDown(one));
  if (byStandDown !== 0) return byStandDown;
  const byPriority = (one.incident?.priority ?? PRIORITY_UNKNOWN) - (other.incident?.priority ?? PRIORITY_UNKNOWN);
  if (byPriority !== 0) return byPriority;
  const [due, otherDue] = [dueOf(one) ?? Infinity, dueOf(other) ?? Infinity];
  if (due !== otherDue) return due - otherDue;
  return keyOf(one) < keyOf(other) ? -1 : 1;
}

/** What a desk is asked by an assignment: which need, or only to know. */
function askedOf(assignment: Assignment): string {
  const purpose = assignment.purpose?.purpose;
  return purpose?.case === "respond" ? `need ${purpose.value.needIndex}` : "inform";
}

/** Whoever is asked to send for an incident knows of it: the assignment that only tells the same desk is received with the other, and not a second question. */
function joinInforming(same: Map<string, Assignment[]>): void {
  for (const [question, informing] of same) {
    if (!question.startsWith("unanswered/") || !question.endsWith("/inform")) continue;
    const incident = question.slice(0, -"inform".length);
    const asking = [...same.keys()].filter((other) => other.startsWith(`${incident}need `)).sort()[0];
    if (asking === undefined) continue;
    same.get(asking)?.push(...informing);
    same.delete(question);
  }
}

/** True if a desk is asked to send somebody, and not only told. */
export function asksToSend(assignment: Assignment): boolean {
  return assignment.purpose?.purpose.case === "respond";
}

/** Everything that a station's desk must answer, first to be answered first. */
export function tasks(records: Records, station: string): Task[] {
  const found: Task[] = [];
  const same = new Map<string, Assignment[]>();
  for (const assignment of records.assignments.values()) {
    if (assignment.stationId !== station) continue;
    const what = phase(assignment);
    if (what === "underway" || what === "over") continue;
    // each stand-down has a reason of its own
    const question = what === "stand_down" ? assignment.assignmentId : `${what}/${assignment.incidentId}/${askedOf(assignment)}`;
    same.set(question, [...(same.get(question) ?? []), assignment].sort((one, other) => (one.assignmentId < other.assignmentId ? -1 : 1)));
  }
  joinInforming(same);
  for (const asked of same.values()) {
    const [assignment, ...alike] = asked;
    const what = assignment === undefined ? "over" : phase(assignment);
    if (assignment === undefined || what === "underway" || what === "over") continue;
    found.push({ what, assignment, alike, incident: records.incidents.get(assignment.incidentId) });
  }
  for (const run of records.runs.values()) {
    if (run.stationId !== station || run.state?.state.case !== "standDownSent") continue;
    found.push({ what: "run_stand_down", run, incident: records.incidents.get(run.incidentId) });
  }
  return found.sort(answeredBefore);
}

/** An incident that a desk has to do with. */
export interface Work {
  readonly incident: Incident;
  /** What the desk was asked for it, the open ones first; empty: its desk leads and was asked nothing. */
  readonly assignments: readonly Assignment[];
  /** Who is out for it under this desk. */
  readonly runs: readonly Run[];
  /** The tasks it gives the desk now, first to be answered first. */
  readonly tasks: readonly Task[];
  /** True once nobody is out for it any more, of whichever desk, and it is this desk's to close. */
  readonly mayClose: boolean;
}

/** The open incidents that a station's desk has to do with: what must be answered first, then by priority and age. */
export function work(records: Records, station: string): Work[] {
  const asked = new Map<string, Assignment[]>();
  for (const assignment of records.assignments.values()) {
    const state = assignment.state?.state.case;
    if (assignment.stationId !== station || state === "returned" || state === "stoodDown") continue;
    asked.set(assignment.incidentId, [...(asked.get(assignment.incidentId) ?? []), assignment]);
  }
  const out = new Map<string, Run[]>();
  for (const run of records.runs.values()) {
    if (runGoesOn(run)) out.set(run.incidentId, [...(out.get(run.incidentId) ?? []), run]);
  }
  const questions = tasks(records, station);
  const found: Work[] = [];
  for (const incident of records.incidents.values()) {
    const assignments = asked.get(incident.incidentId) ?? [];
    if (!goesOn(incident) || (assignments.length === 0 && incident.leadStationId !== station)) continue;
    const all = out.get(incident.incidentId) ?? [];
    found.push({
      incident,
      assignments: assignments.sort((one, other) => Number(phase(one) === "over") - Number(phase(other) === "over") || (one.assignmentId < other.assignmentId ? -1 : 1)),
      runs: all.filter((run) => run.stationId === station),
      tasks: questions.filter((task) => task.incident === incident),
      mayClose: all.length === 0 && incident.leadStationId === station && incident.state?.state.case === "open" && assignments.every((one) => phase(one) === "over" || phase(one) === "underway"),
    });
  }
  return found.sort(shownBefore);
}

function shownBefore(one: Work, other: Work): number {
  const [task, otherTask] = [one.tasks[0], other.tasks[0]];
  if (task !== undefined && otherTask !== undefined) return answeredBefore(task, otherTask);
  if (task !== undefined || otherTask !== undefined) return task === undefined ? 1 : -1;
  return one.incident.priority - other.incident.priority || openedAt(one.incident) - openedAt(other.incident) || (one.incident.incidentId < other.incident.incidentId ? -1 : 1);
}
