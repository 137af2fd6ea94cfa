// Which tone is due now, for alarms that nobody acts on.
import { AlarmLevel } from "../contract/kezek/record/v1/alarm_pb";
import type { Role } from "../session/session";
import type { AlarmRow } from "./rows";
import type { Tone } from "./tones";

/** How often what is urgent sounds until somebody acts on it. */
export const URGENT_EVERY_MS = 5_000;
/** After how long what only needs attention sounds for the second and last time. */
export const ATTENTION_AGAIN_MS = 30_000;

/** When a row was first and last heard, and how often. */
export interface Heard {
  readonly first: number;
  readonly last: number;
  readonly times: number;
}

/** What a role is to hear of a row. A board of the whole shift sounds for what is urgent alone: a room that always sounds is not listened to. */
export function toneOf(row: AlarmRow, role: Role): Tone | undefined {
  if (row.waiting.length === 0) return undefined;
  if (row.urgent) return "urgent";
  const heardBy: readonly Role[] = ["operator", "duty_officer"];
  return heardBy.includes(role) && row.level === AlarmLevel.OPERATOR ? "attention" : undefined;
}

function isDue(tone: Tone, heard: Heard | undefined, now: number): boolean {
  if (heard === undefined) return true;
  if (tone === "urgent") return now - heard.last >= URGENT_EVERY_MS;
  return heard.times < 2 && now - heard.first >= ATTENTION_AGAIN_MS;
}

/** The alarms of a row that nobody acts on, as one name: one more of them is a new reason to sound. */
function nameOf(row: AlarmRow): string {
  return row.waiting.map(({ alarmId }) => alarmId).sort().join(" ");
}

/** The tone to sound now, and what has been heard after it. Of several that are due the gravest sounds, and all count as heard. */
export function due(rows: readonly AlarmRow[], heard: ReadonlyMap<string, Heard>, role: Role, now: number): { readonly tone: Tone | undefined; readonly heard: Map<string, Heard> } {
  const next = new Map<string, Heard>();
  let tone: Tone | undefined;
  for (const row of rows) {
    const wanted = toneOf(row, role);
    if (wanted === undefined) continue;
    const name = nameOf(row);
    const before = heard.get(name);
    if (!isDue(wanted, before, now)) {
      if (before !== undefined) next.set(name, before);
      continue;
    }
    next.set(name, { first: before?.first ?? now, last: now, times: (before?.times ?? 0) + 1 });
    if (tone !== "urgent") tone = wanted;
  }
  return { tone, heard: next };
}
