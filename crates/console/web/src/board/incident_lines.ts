// An incident's response, read from the picture for the summary: who was given it and who goes, in the order in which they were sent.
import type { Assignment } from "../contract/kezek/record/v1/assignment_pb";
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import type { Note } from "../contract/kezek/record/v1/note_pb";
import type { Run } from "../contract/kezek/record/v1/run_pb";
import type { Picture } from "../picture/picture";
import { between, type AnyRecord, type TapeEvent } from "./tape";

/** What belongs to an incident, as far as the picture has it. */
export interface Belongings {
  readonly assignments: readonly Assignment[];
  readonly runs: readonly Run[];
  /** Everything that happened, newest first. */
  readonly history: readonly TapeEvent[];
}

/** Gathers it. `notes` are brought by whoever asks: they are in nobody's picture. What ended long ago may have left the picture; it is in the archive. */
export function belongings(picture: Picture, incident: Incident, notes: readonly Note[]): Belongings {
  const found = <Value>(ids: readonly string[], of: ReadonlyMap<string, Value>): Value[] => ids.flatMap((id) => of.get(id) ?? []);
  const assignments = found(incident.assignmentIds, picture.assignments);
  const runs = found(incident.runIds, picture.runs);
  const calls = found(incident.callIds, picture.calls);
  const alarms = [...picture.alarms.values()].filter(({ incidentId }) => incidentId === incident.incidentId);
  const records: AnyRecord[] = [
    { case: "incident", value: incident },
    ...calls.map((value) => ({ case: "call" as const, value })),
    ...assignments.map((value) => ({ case: "assignment" as const, value })),
    ...runs.map((value) => ({ case: "run" as const, value })),
    ...notes.map((value) => ({ case: "note" as const, value })),
    ...alarms.map((value) => ({ case: "alarm" as const, value })),
  ];
  const history = records
    .flatMap((record) => between(record, undefined, () => incident.spokenNumber, { at: 0, who: "", past: true }))
    .sort((one, other) => other.at - one.at);
  return { assignments, runs, history };
}
