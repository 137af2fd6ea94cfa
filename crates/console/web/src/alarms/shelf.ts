// Alarms that a desk has put aside for a while. It is the desk's own: other desks go on seeing them, and nothing of the centre changes.
import { recall, remember } from "../look/kept";
import type { AlarmRow } from "./rows";

/** For how long something may be put aside at most. */
export const SHELVED_AT_MOST_MS = 15 * 60_000;

/** What was put aside. */
export interface Shelved {
  /** The alarms of the row as it was: one that is raised later about the same matter is shown. */
  readonly alarmIds: readonly string[];
  readonly reason: string;
  /** Until when, on the centre's clock. */
  readonly until: number;
}

const KEPT_AS = "shelf";

/** What a desk has put aside, of what is not over yet. */
export function shelfOf(desk: string, now: number): Shelved[] {
  const kept = recall(KEPT_AS, desk);
  return Array.isArray(kept) ? kept.filter(isShelved).filter(({ until }) => until > now) : [];
}

/** Remembers what a desk has put aside. */
export function keepShelf(desk: string, shelf: readonly Shelved[]): void {
  remember(KEPT_AS, desk, shelf);
}

function isShelved(kept: unknown): kept is Shelved {
  const { alarmIds, reason, until } = (kept ?? {}) as Partial<Shelved>;
  return Array.isArray(alarmIds) && alarmIds.every((id) => typeof id === "string") && typeof reason === "string" && typeof until === "number";
}

/** Puts a row aside. Nothing: it may not be, because it is urgent, gives no reason, or for too long. */
export function shelve(row: AlarmRow, reason: string, now: number, until: number): Shelved | undefined {
  if (row.urgent || reason.trim() === "" || until <= now || until > now + SHELVED_AT_MOST_MS) return undefined;
  return { alarmIds: row.alarms.map(({ alarmId }) => alarmId), reason: reason.trim(), until };
}

/** Splits rows into those that are shown and those put aside. What became urgent meanwhile is shown again. */
export function apart(rows: readonly AlarmRow[], shelf: readonly Shelved[], now: number): { readonly shown: AlarmRow[]; readonly aside: AlarmRow[] } {
  const aside = new Set(shelf.filter(({ until }) => until > now).flatMap(({ alarmIds }) => alarmIds));
  const isAside = (row: AlarmRow): boolean => !row.urgent && row.alarms.every(({ alarmId }) => aside.has(alarmId));
  return { shown: rows.filter((row) => !isAside(row)), aside: rows.filter(isAside) };
}
