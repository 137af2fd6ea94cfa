// The picture of the centre as the stream has told it: every record in the watcher's scope, and nothing that was guessed.
//
// Records are replaced, never changed: a row may be compared by identity. Many frames may come between two paints; `revision` moves once
// for all of them, and whoever shows something reads it.
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Alarm } from "../contract/kezek/record/v1/alarm_pb";
import type { Assignment } from "../contract/kezek/record/v1/assignment_pb";
import type { Call } from "../contract/kezek/record/v1/call_pb";
import type { DirectoryHead, Dispatch } from "../contract/kezek/record/v1/centre_pb";
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import type { Note } from "../contract/kezek/record/v1/note_pb";
import type { Recommendation } from "../contract/kezek/record/v1/recommendation_pb";
import type { Run } from "../contract/kezek/record/v1/run_pb";
import type { Desk, Unit, UnitPosition } from "../contract/kezek/record/v1/unit_pb";
import { RecordKind, type Record as WireRecord, type RecordKey } from "../contract/kezek/watch/v1/watch_service_pb";

/** What a frame tells, of the live stream or of a review of the past. */
export interface Told {
  readonly reset: boolean;
  readonly lineage: string;
  readonly through: bigint;
  readonly records: readonly WireRecord[];
  readonly left: readonly RecordKey[];
  readonly positions: readonly UnitPosition[];
}

/** The records, by id. */
export class Picture {
  readonly calls = new Map<string, Call>();
  readonly incidents = new Map<string, Incident>();
  readonly assignments = new Map<string, Assignment>();
  readonly runs = new Map<string, Run>();
  readonly units = new Map<string, Unit>();
  readonly desks = new Map<string, Desk>();
  readonly notes = new Map<string, Note>();
  /** Notes that were told since the screen last looked. A note is told once and is kept in no picture: whoever tells what happened reads it here. */
  readonly toldNotes = new Map<string, Note>();
  #isShown = false;
  readonly recommendations = new Map<string, Recommendation>();
  readonly alarms = new Map<string, Alarm>();
  readonly positions = new Map<string, UnitPosition>();
  dispatch: Dispatch | undefined;
  directory: DirectoryHead | undefined;
  lineage = "";
  through = 0n;

  readonly #revision = signal(0);

  /** Moves whenever something shown may have changed; read it in whatever is computed from the records. */
  get revision(): ReadonlySignal<number> {
    return this.#revision;
  }

  /** Takes what a frame tells. Nothing is shown of it until `shown()` is called. */
  apply(told: Told): void {
    if (told.reset) this.#forget();
    if (this.#isShown) this.toldNotes.clear();
    this.#isShown = false;
    this.lineage = told.lineage;
    this.through = told.through;
    for (const { record } of told.records) this.#put(record);
    for (const key of told.left) this.#drop(key);
    for (const position of told.positions) this.positions.set(position.unitId, position);
  }

  /** Lets everything that reads `revision` look again. */
  shown(): void {
    this.#isShown = true;
    this.#revision.value += 1;
  }

  #put(record: WireRecord["record"]): void {
    switch (record.case) {
      case "call": return void this.calls.set(record.value.callId, record.value);
      case "incident": return void this.incidents.set(record.value.incidentId, record.value);
      case "assignment": return void this.assignments.set(record.value.assignmentId, record.value);
      case "run": return void this.runs.set(record.value.runId, record.value);
      case "unit": return void this.units.set(record.value.unitId, record.value);
      case "desk": return void this.desks.set(record.value.stationId, record.value);
      case "note":
        this.toldNotes.set(record.value.noteId, record.value);
        return void this.notes.set(record.value.noteId, record.value);
      case "recommendation": return void this.recommendations.set(record.value.recommendationId, record.value);
      case "alarm": return void this.alarms.set(record.value.alarmId, record.value);
      case "dispatch": this.dispatch = record.value; return;
      case "directory": this.directory = record.value; return;
      // a kind of a newer release
      case undefined: return;
    }
  }

  #drop({ kind, id }: RecordKey): void {
    switch (kind) {
      case RecordKind.CALL: return void this.calls.delete(id);
      case RecordKind.INCIDENT: return void this.incidents.delete(id);
      case RecordKind.ASSIGNMENT: return void this.assignments.delete(id);
      case RecordKind.RUN: return void this.runs.delete(id);
      case RecordKind.UNIT: return void this.units.delete(id);
      case RecordKind.DESK: return void this.desks.delete(id);
      case RecordKind.NOTE: return void this.notes.delete(id);
      case RecordKind.RECOMMENDATION: return void this.recommendations.delete(id);
      case RecordKind.ALARM: return void this.alarms.delete(id);
      case RecordKind.DISPATCH: this.dispatch = undefined; return;
      case RecordKind.DIRECTORY: this.directory = undefined; return;
      case RecordKind.UNSPECIFIED: return;
    }
  }

  #forget(): void {
    for (const records of [this.calls, this.incidents, this.assignments, this.runs, this.units, this.desks, this.notes, this.recommendations, this.alarms, this.positions]) {
      records.clear();
    }
    this.toldNotes.clear();
    this.dispatch = undefined;
    this.directory = undefined;
  }
}
