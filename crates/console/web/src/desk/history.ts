// The history of an incident: the steps of everything that belongs to it, what callers said and what was noted, merged by when it happened.
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { momentMs } from "../api/times";
import type { Assignment } from "../contract/kezek/record/v1/assignment_pb";
import type { Call } from "../contract/kezek/record/v1/call_pb";
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import { Channel, type Milestone } from "../contract/kezek/record/v1/milestone_pb";
import type { Note, NotedChange } from "../contract/kezek/record/v1/note_pb";
import type { Run } from "../contract/kezek/record/v1/run_pb";

/** Everything that belongs to an incident. */
export interface Whole {
  readonly incident: Incident;
  readonly calls: readonly Call[];
  readonly assignments: readonly Assignment[];
  readonly runs: readonly Run[];
  readonly notes: readonly Note[];
}

/** Whose step it is. */
export type Subject =
  | { readonly of: "incident" }
  | { readonly of: "call"; readonly spokenNumber: string; readonly callerNumber: string }
  | { readonly of: "station"; readonly stationId: string }
  | { readonly of: "unit"; readonly unitId: string };

/** One line of the history. */
export interface Entry {
  readonly key: string;
  /** When it happened, milliseconds since 1970. */
  readonly at: number;
  /** When the centre recorded it; later than `at` for what was reported late. */
  readonly recordedAt: number;
  readonly subject: Subject;
  /** The step, or words that somebody said or wrote. */
  readonly what: { readonly step: Milestone["step"] } | { readonly words: "narrative" | "addition" | "note" };
  readonly text: string;
  /** What of the incident was changed with it. */
  readonly changes: readonly NotedChange[];
  /** Who entered it. */
  readonly by: string;
  /** On whose word, if it was not their own. */
  readonly onBehalfOf: string;
  readonly channel: Channel;
  /** Why an earlier report was wrong. Empty: this is no correction. */
  readonly correction: string;
}

const at = (time: Timestamp | undefined): number => momentMs(time) ?? 0;

function steps(key: string, milestones: readonly Milestone[], subject: Subject): Entry[] {
  return milestones.map((milestone, index) => ({
    key: `${key}/${index}`, at: at(milestone.occurredAt), recordedAt: at(milestone.recordedAt), subject, what: { step: milestone.step },
    text: milestone.detail, changes: [], by: milestone.reportedBy, onBehalfOf: milestone.onBehalfOf, channel: milestone.channel, correction: milestone.correctionReason,
  }));
}

function said(key: string, time: number, subject: Subject, words: "narrative" | "addition" | "note", text: string, by: string): Entry {
  return { key, at: time, recordedAt: time, subject, what: { words }, text, changes: [], by, onBehalfOf: "", channel: Channel.UNSPECIFIED, correction: "" };
}

function ofCall(call: Call): Entry[] {
  const subject: Subject = { of: "call", spokenNumber: call.spokenNumber, callerNumber: call.callerNumber };
  const narrative = call.narrative === "" ? [] : [said(`${call.callId}/said`, at(call.takenAt), subject, "narrative", call.narrative, "")];
  const additions = call.additions.map((addition, index) => {
    const { address = "", landmark = "" } = addition.location ?? {};
    const text = [addition.narrative, address, landmark].filter((part) => part !== "").join("; ");
    return said(`${call.callId}/added/${index}`, at(addition.recordedAt), subject, "addition", text, addition.addedBy);
  });
  return [...steps(call.callId, call.milestones, subject), ...narrative, ...additions];
}

/** The history, oldest first; what happened at one moment stands in the order in which it was recorded. */
export function historyOf({ incident, calls, assignments, runs, notes }: Whole): Entry[] {
  const entries = [
    ...steps(incident.incidentId, incident.milestones, { of: "incident" }),
    ...calls.flatMap(ofCall),
    ...assignments.flatMap((one) => steps(one.assignmentId, one.milestones, { of: "station", stationId: one.stationId })),
    ...runs.flatMap((one) => steps(one.runId, one.milestones, { of: "unit", unitId: one.unitId })),
    ...notes.map((note) => ({ ...said(note.noteId, at(note.recordedAt), { of: "incident" }, "note", note.text, note.writtenBy), changes: note.changes })),
  ];
  return entries.sort((one, other) => one.at - other.at || one.recordedAt - other.recordedAt);
}

/** The numbers to ring back, each once, the latest caller's first. */
export function callerNumbers(calls: readonly Call[]): string[] {
  return [...new Set(calls.map(({ callerNumber }) => callerNumber).filter((number) => number !== "").reverse())];
}

/** The newer of a record that was read and the one that the stream brought. */
export function newer<Found extends { readonly version: bigint }>(read: Found | undefined, live: Found | undefined): Found | undefined {
  if (read === undefined || live === undefined) return live ?? read;
  return live.version >= read.version ? live : read;
}

/** The records with these ids, the newer of what was read and what the stream brought. */
export function gathered<Found extends { readonly version: bigint }>(
  ids: readonly string[], read: ReadonlyMap<string, Found>, live: ReadonlyMap<string, Found>,
): Found[] {
  return ids.map((id) => newer(read.get(id), live.get(id))).filter((found) => found !== undefined);
}
