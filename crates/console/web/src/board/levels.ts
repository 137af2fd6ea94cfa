// How the norms are kept: what a figure of the service means for the shift, and which norms a person looks at.
import { momentMs } from "../api/times";
import type { ServiceLevel } from "../contract/kezek/review/v1/review_service_pb";
import { recall, remember } from "../look/kept";

/** A norm as it stands. */
export interface Standing {
  readonly level: ServiceLevel;
  /** How many cases count: those that were decided, and those that wait and are late already, which nothing can bring back in time. */
  readonly cases: number;
  /** Share of them within the limit, in tenths of a percent; absent: there are none. */
  readonly share: number | undefined;
  /** `broken`: the share is below the aim, or will be by those that are late already; `near`: one that waits now breaks it if it is late. */
  readonly kept: "empty" | "kept" | "near" | "broken";
  /** When the norm is broken if nobody acts; absent: it is broken, or no case that waits would break it. */
  readonly breachAt: number | undefined;
}

/** Judges a norm. The centre counts those that are late apart (`Norm::level` in `domain/src/service_level.rs`); a norm asks about all that were kept waiting. */
export function standing(level: ServiceLevel): Standing {
  const [decided, within, late] = [Number(level.decided), Number(level.within), level.waitingLate];
  const cases = decided + late;
  const share = cases === 0 ? undefined : Math.floor((within * 1_000) / cases);
  const below = cases > 0 && within * 1_000 < level.aimPerMille * cases;
  // with no case decided, or with none to spare, the first that is late breaks the norm
  const last = level.lateAllowed <= BigInt(late);
  const kept = below ? "broken" : last && decided > 0 && level.nextBreachAt !== undefined ? "near" : cases === 0 ? "empty" : "kept";
  const next = momentMs(level.nextBreachAt);
  return { level, cases, share, kept, breachAt: !below && last ? next : undefined };
}

/** The norms shown to somebody who never chose: the first of each measure. */
export function usual(levels: readonly ServiceLevel[]): string[] {
  const measures = new Set<number>();
  return levels.filter(({ measure }) => !measures.has(measure) && measures.add(measure)).map(({ normId }) => normId);
}

const KEPT_AS = "board-norms";

/** The norms that a person chose, by id; absent: never chosen. */
export function chosen(person: string): string[] | undefined {
  const kept = recall(KEPT_AS, person);
  return Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : undefined;
}

/** Keeps which norms a person chose. */
export function choose(person: string, norms: readonly string[]): void {
  remember(KEPT_AS, person, norms);
}
