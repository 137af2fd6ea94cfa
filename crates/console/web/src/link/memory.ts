// What the stream has told so far, remembered so that a window that opens gets all of it at once.
import type { UnitPosition } from "../contract/kezek/record/v1/unit_pb";
import { RecordKind, type Record as WireRecord, type RecordKey } from "../contract/kezek/watch/v1/watch_service_pb";
import type { WholeFrame } from "./told";

/** The records by kind and id. */
export class Memory {
  readonly #records = new Map<string, WireRecord>();
  readonly #positions = new Map<string, UnitPosition>();
  #last: WholeFrame | undefined;

  /** How many records there are. */
  get size(): number {
    return this.#records.size;
  }

  /** The version of the directory in force; 0: the stream has told none. */
  get directoryVersion(): bigint {
    const head = this.#records.get(`${RecordKind.DIRECTORY} `)?.record;
    return head?.case === "directory" ? head.value.directoryVersion : 0n;
  }

  /** Takes a frame in. */
  take(frame: WholeFrame): void {
    if (frame.reset) this.forget();
    for (const record of frame.records) {
      const key = keyOf(record);
      if (key !== undefined) this.#records.set(key, record);
    }
    for (const { kind, id } of frame.left) this.#records.delete(`${kind} ${id}`);
    for (const position of frame.positions) this.#positions.set(position.unitId, position);
    this.#last = frame;
  }

  /** All of it as one frame; nothing if nothing was told yet. */
  picture(): WholeFrame | undefined {
    if (this.#last === undefined) return undefined;
    return { ...this.#last, reset: true, after: 0n, records: [...this.#records.values()], left: [], positions: [...this.#positions.values()] };
  }

  /** Forgets everything. */
  forget(): void {
    this.#records.clear();
    this.#positions.clear();
    this.#last = undefined;
  }
}

/** A record's kind and id; nothing for a kind of a newer release. */
function keyOf({ record }: WireRecord): string | undefined {
  const named = name(record);
  return named === undefined ? undefined : `${named.kind} ${named.id}`;
}

function name(record: WireRecord["record"]): Pick<RecordKey, "kind" | "id"> | undefined {
  switch (record.case) {
    case "call": return { kind: RecordKind.CALL, id: record.value.callId };
    case "incident": return { kind: RecordKind.INCIDENT, id: record.value.incidentId };
    case "assignment": return { kind: RecordKind.ASSIGNMENT, id: record.value.assignmentId };
    case "run": return { kind: RecordKind.RUN, id: record.value.runId };
    case "unit": return { kind: RecordKind.UNIT, id: record.value.unitId };
    case "desk": return { kind: RecordKind.DESK, id: record.value.stationId };
    case "note": return { kind: RecordKind.NOTE, id: record.value.noteId };
    case "recommendation": return { kind: RecordKind.RECOMMENDATION, id: record.value.recommendationId };
    case "alarm": return { kind: RecordKind.ALARM, id: record.value.alarmId };
    case "dispatch": return { kind: RecordKind.DISPATCH, id: "" };
    case "directory": return { kind: RecordKind.DIRECTORY, id: "" };
    case undefined: return undefined;
  }
}
