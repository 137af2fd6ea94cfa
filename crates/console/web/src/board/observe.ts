// The live tape: what this window saw happen since it was opened, and before that what the open records say of themselves.
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Note } from "../contract/kezek/record/v1/note_pb";
import type { Picture } from "../picture/picture";
import { between, notedBy, toldOf, type AnyRecord, type TapeEvent } from "./tape";

/** How far back the tape goes. */
export const KEPT_MS = 60 * 60_000;
/** How many events a window keeps at most: an hour of a centre that has two a second. */
const KEPT_MAX = 7_200;

/** Every record of a picture with a key of its own. */
function* records(picture: Picture): Generator<readonly [string, AnyRecord]> {
  for (const [id, value] of picture.calls) yield [`c${id}`, { case: "call", value }];
  for (const [id, value] of picture.incidents) yield [`i${id}`, { case: "incident", value }];
  for (const [id, value] of picture.assignments) yield [`s${id}`, { case: "assignment", value }];
  for (const [id, value] of picture.runs) yield [`r${id}`, { case: "run", value }];
  for (const [id, value] of picture.units) yield [`u${id}`, { case: "unit", value }];
  for (const [id, value] of picture.desks) yield [`d${id}`, { case: "desk", value }];
  for (const [id, value] of picture.alarms) yield [`a${id}`, { case: "alarm", value }];
  if (picture.dispatch !== undefined) yield ["dispatch", { case: "dispatch", value: picture.dispatch }];
  if (picture.directory !== undefined) yield ["directory", { case: "directory", value: picture.directory }];
}

/** Watches a picture and remembers what happened. */
export class Observer {
  readonly #seen = new Map<string, AnyRecord>();
  /** Notes that were heard since it last looked: a picture keeps none. */
  readonly #notes = new Map<string, Note>();
  readonly #events = signal<readonly TapeEvent[]>([]);

  /** What happened within the last hour, newest first. */
  get events(): ReadonlySignal<readonly TapeEvent[]> {
    return this.#events;
  }

  /** Hears what is told once; to be called whenever the picture is shown. */
  hear({ toldNotes }: Picture): void {
    for (const [id, note] of toldNotes) this.#notes.set(id, note);
  }

  /** Who wrote the note on what an event says was changed of an incident; empty: nobody did, or several. */
  #changedBy({ what, incidentId }: TapeEvent): string {
    if (!("happening" in what)) return "";
    const isOf = ({ incidentId: on, changes }: Note): boolean => on === incidentId && changes.some((change) => toldOf(change)?.happening === what.happening);
    const [who, other] = new Set([...this.#notes.values()].filter(isOf).map(({ writtenBy }) => writtenBy));
    return other === undefined ? who ?? "" : "";
  }

  /** Compares the picture with what was last seen of it. */
  look(picture: Picture, now: number): void {
    const told: TapeEvent[] = [];
    const here = new Set<string>();
    const number = (incidentId: string): string => picture.incidents.get(incidentId)?.spokenNumber ?? "";
    for (const [key, record] of records(picture)) {
      here.add(key);
      const before = this.#seen.get(key);
      if (before?.value === record.value) continue;
      this.#seen.set(key, record);
      told.push(...between(record, before, number, { at: now, who: "" }));
    }
    for (const value of this.#notes.values()) told.push(...between({ case: "note", value }, undefined, number, { at: now, who: "" }));
    // what left the picture is over, and its end was among its steps; without it the memory of a long shift would only grow
    if (this.#seen.size > here.size) for (const key of this.#seen.keys()) if (!here.has(key)) this.#seen.delete(key);
    const from = now - KEPT_MS;
    // that an incident has a note says nothing beside the note itself, which has its author
    const fresh = told
      .filter((event) => event.at >= from && !this.#notes.has(notedBy(event) ?? ""))
      .map((event) => ({ ...event, who: event.who || this.#changedBy(event) }));
    this.#notes.clear();
    const known = this.#events.peek();
    const oldest = known.at(-1);
    if (fresh.length === 0 && (oldest === undefined || oldest.at >= from)) return;
    const all = new Map([...fresh, ...known].filter(({ at }) => at >= from).map((event) => [event.key, event]));
    this.#events.value = [...all.values()].sort((one, other) => other.at - one.at).slice(0, KEPT_MAX);
  }
}

/** How many alarms were raised within a time before a moment, in all and at each station's desk. */
export function alarmRate(events: readonly TapeEvent[], now: number, withinMs: number): { readonly all: number; readonly byStation: ReadonlyMap<string, number> } {
  let all = 0;
  const byStation = new Map<string, number>();
  for (const { what, at, stationId } of events) {
    if (!("happening" in what) || what.happening !== "alarmRaised" || at <= now - withinMs || at > now) continue;
    all += 1;
    if (stationId !== "") byStation.set(stationId, (byStation.get(stationId) ?? 0) + 1);
  }
  return { all, byStation };
}
