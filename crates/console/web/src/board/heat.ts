// The queue by district and priority: how many wait for units, how many are open at all, and how long the first of them has waited.
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import { goesOn, openedAt } from "../picture/queue";

/** The priorities, most urgent first. */
export const PRIORITIES = [1, 2, 3, 4, 5] as const;

/** What is open in one place at one priority. */
export interface Cell {
  /** Open incidents that lack units. */
  readonly waiting: number;
  /** All that are open or held. */
  readonly open: number;
  /** When the oldest of those that wait was opened; absent: none waits. */
  readonly oldest: number | undefined;
}

/** A district and its cells. */
export interface Row {
  /** Empty: incidents outside every district. */
  readonly districtId: string;
  /** One for each priority. */
  readonly cells: readonly Cell[];
  /** All priorities together. */
  readonly all: Cell;
}

const NOTHING: Cell = { waiting: 0, open: 0, oldest: undefined };

function counted(cell: Cell, incident: Incident): Cell {
  const at = openedAt(incident);
  return {
    waiting: cell.waiting + (incident.queued ? 1 : 0),
    open: cell.open + 1,
    oldest: incident.queued ? Math.min(cell.oldest ?? at, at) : cell.oldest,
  };
}

/** Counts open incidents. Districts come in the order given; what lies in none of them comes last, and only if there is something. */
export function heat(incidents: Iterable<Incident>, districtIds: Iterable<string>): Row[] {
  const rows = new Map<string, { cells: Cell[]; all: Cell }>();
  const row = (districtId: string): { cells: Cell[]; all: Cell } => {
    let found = rows.get(districtId);
    if (found === undefined) rows.set(districtId, (found = { cells: PRIORITIES.map(() => NOTHING), all: NOTHING }));
    return found;
  };
  for (const districtId of districtIds) row(districtId);
  const nowhere: Incident[] = [];
  const count = (incident: Incident): void => {
    const of = row(incident.districtId);
    const index = Math.min(Math.max(incident.priority, 1), PRIORITIES.length) - 1;
    of.cells[index] = counted(of.cells[index] ?? NOTHING, incident);
    of.all = counted(of.all, incident);
  };
  for (const incident of incidents) {
    if (!goesOn(incident)) continue;
    if (incident.districtId === "") nowhere.push(incident);
    else count(incident);
  }
  nowhere.forEach(count);
  return [...rows].map(([districtId, { cells, all }]) => ({ districtId, cells, all }));
}

/** What of the queue a supervisor names first. */
export interface QueueFigures {
  readonly waiting: number;
  /** When the one that has waited longest was opened; absent: none waits. */
  readonly oldest: number | undefined;
  /** Open incidents of the most urgent priority, served or not. */
  readonly urgent: number;
}

/** The figures of the whole centre. */
export function figures(incidents: Iterable<Incident>): QueueFigures {
  let [all, urgent] = [NOTHING, 0];
  for (const incident of incidents) {
    if (!goesOn(incident)) continue;
    all = counted(all, incident);
    if (incident.priority === 1) urgent += 1;
  }
  return { waiting: all.waiting, oldest: all.oldest, urgent };
}
