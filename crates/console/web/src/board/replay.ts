// The player of a past stretch of time: it holds the frames that the centre kept and lays a picture for whichever moment is asked for. Pure:
// time passes only when it is told so, and nothing here can reach the centre.
import { signal, type ReadonlySignal } from "@preact/signals";
import { momentMs } from "../api/times";
import type { ReviewChangesResponse } from "../contract/kezek/review/v1/review_service_pb";
import { Picture } from "../picture/picture";
import { between, type AnyRecord, type TapeEvent } from "./tape";

/** How many times faster than life. */
export const SPEEDS = [1, 4, 16, 60] as const;
/** How many frames are kept at most: a whole day of a large centre; more would take the browser's memory from the live screens. */
export const FRAMES_MAX = 200_000;

/** How much older than its frame a step may be to count as part of it: clocks of reports and commits differ by moments. */
const OWN_PAST_MS = 60_000;

/** A frame with its moment in milliseconds. */
interface Kept {
  readonly at: number;
  readonly frame: ReviewChangesResponse;
}

/** A stretch of the past that is being shown. */
export class Player {
  /** The records as they stood at `position`. */
  readonly picture = new Picture();
  readonly #frames: Kept[] = [];
  readonly #events: TapeEvent[] = [];
  /** The picture after the last frame that came, against which the next is told. */
  readonly #latest = new Picture();
  readonly #position: ReturnType<typeof signal<number>>;
  readonly #playing = signal(false);
  readonly #speed = signal<number>(SPEEDS[0]);
  readonly #loading = signal<"loading" | "whole" | "cut">("loading");
  /** How many frames the picture has taken. */
  #taken = 0;
  /** True once the picture of the beginning has come whole: half of one must not be shown. */
  readonly #begun = signal(false);
  #from: number;

  /** `asked`: from when on the past was asked for. */
  constructor(readonly asked: number, readonly until: number, at: number) {
    this.#from = asked;
    this.#position = signal(Math.min(Math.max(at, asked), until));
  }

  /** The first moment that can be shown: the one asked for, or that of the first record after it where nothing is known of before. */
  get from(): number {
    return this.#from;
  }

  /** The moment that is shown. */
  get position(): ReadonlySignal<number> {
    return this.#position as ReadonlySignal<number>;
  }

  get playing(): ReadonlySignal<boolean> {
    return this.#playing;
  }

  /** True once there is something to show. */
  get begun(): ReadonlySignal<boolean> {
    return this.#begun;
  }

  /** How many times faster than life. */
  get speed(): ReadonlySignal<number> {
    return this.#speed;
  }

  /** `cut`: the end is missing, because more happened than is kept here or the centre broke off. */
  get loading(): ReadonlySignal<"loading" | "whole" | "cut"> {
    return this.#loading;
  }

  /** Takes the next frame; false if no more are kept. */
  add(frame: ReviewChangesResponse): boolean {
    if (this.#frames.length >= FRAMES_MAX) {
      this.#loading.value = "cut";
      return false;
    }
    const at = momentMs(frame.at) ?? this.from;
    const told = frame.reset || this.#frames.at(-1)?.frame.incomplete === true ? [] : this.#told(frame, at);
    this.#latest.apply({ ...frame, positions: [] });
    this.#events.push(...told);
    this.#frames.push({ at, frame });
    if (!frame.incomplete && !this.#begun.value && !isEmpty(this.#latest)) this.#begin(at);
    if (at <= this.position.value) this.#lay();
    return true;
  }

  /** Says that nothing more comes. */
  whole(): void {
    if (this.#loading.value === "loading") this.#loading.value = "whole";
    this.#lay();
  }

  /** Says that the rest will not come. */
  cut(): void {
    this.#loading.value = "cut";
    this.#lay();
  }

  /** Shows another moment. */
  seek(at: number): void {
    const to = Math.min(Math.max(at, this.from), this.until);
    if (to < this.position.value) this.#taken = 0;
    this.#position.value = to;
    this.#lay();
  }

  play(): void {
    // at the end there is nothing left to play: it begins again
    if (this.position.value >= this.until) this.seek(this.from);
    this.#playing.value = true;
  }

  pause(): void {
    this.#playing.value = false;
  }

  /** Takes the next speed up or down. */
  faster(steps: 1 | -1): void {
    const index = SPEEDS.findIndex((speed) => speed === this.#speed.value) + steps;
    this.#speed.value = SPEEDS[Math.min(Math.max(index, 0), SPEEDS.length - 1)] ?? SPEEDS[0];
  }

  /** Lets time pass, in milliseconds of life. */
  pass(elapsed: number): void {
    if (!this.#playing.value || !this.#begun.value) return;
    this.seek(this.position.value + elapsed * this.#speed.value);
    if (this.position.value >= this.until) this.pause();
  }

  /** What had happened by the moment shown, newest first. */
  events(max: number): TapeEvent[] {
    const end = this.#events.findLastIndex(({ at }) => at <= this.position.value) + 1;
    return this.#events.slice(Math.max(0, end - max), end).reverse();
  }

  /** A time of which there is no record is not shown: without records every panel would say that all is well. */
  #begin(at: number): void {
    this.#from = Math.min(Math.max(at, this.asked), this.until);
    this.#position.value = Math.max(this.position.value, this.#from);
    this.#begun.value = true;
  }

  #lay(): void {
    if (!this.#begun.value) return;
    while (this.#taken < this.#frames.length) {
      const next = this.#frames[this.#taken];
      if (next === undefined || next.at > this.position.value) break;
      this.picture.apply({ ...next.frame, positions: [] });
      this.#taken += 1;
    }
    this.picture.shown();
  }

  /** What a frame says happened, by whom and when the frame says. */
  #told(frame: ReviewChangesResponse, at: number): TapeEvent[] {
    const coming = new Map(frame.records.flatMap(({ record }) => (record.case === "incident" ? [[record.value.incidentId, record.value.spokenNumber] as const] : [])));
    const number = (incidentId: string): string => coming.get(incidentId) ?? this.#latest.incidents.get(incidentId)?.spokenNumber ?? "";
    const notes = frame.records.some(({ record }) => record.case === "note");
    return frame.records
      .flatMap(({ record }) => between(record, former(this.#latest, record), number, { at, who: frame.actor }))
      // a record that comes back, or that the picture at the beginning lacked, brings its whole past
      .filter((event) => event.at >= at - OWN_PAST_MS)
      // that an incident has a note says nothing beside the note itself
      .filter(({ what, detail }) => !(notes && "happening" in what && what.happening === "note" && detail === ""))
      .map((event) => ({ ...event, at }));
  }
}

/** True if a picture has no record at all; a centre that is running has some, however quiet it is. */
function isEmpty({ calls, incidents, assignments, runs, units, desks, notes, recommendations, alarms, dispatch }: Picture): boolean {
  return dispatch === undefined && [calls, incidents, assignments, runs, units, desks, notes, recommendations, alarms].every(({ size }) => size === 0);
}

/** The version of a record that a picture has. */
function former(picture: Picture, record: AnyRecord): AnyRecord | undefined {
  const found = (value: unknown): AnyRecord | undefined => (value === undefined ? undefined : ({ case: record.case, value } as AnyRecord));
  switch (record.case) {
    case "call": return found(picture.calls.get(record.value.callId));
    case "incident": return found(picture.incidents.get(record.value.incidentId));
    case "assignment": return found(picture.assignments.get(record.value.assignmentId));
    case "run": return found(picture.runs.get(record.value.runId));
    case "unit": return found(picture.units.get(record.value.unitId));
    case "desk": return found(picture.desks.get(record.value.stationId));
    case "note": return found(picture.notes.get(record.value.noteId));
    case "recommendation": return found(picture.recommendations.get(record.value.recommendationId));
    case "alarm": return found(picture.alarms.get(record.value.alarmId));
    case "dispatch": return found(picture.dispatch);
    case "directory": return found(picture.directory);
    case undefined: return undefined;
  }
}
