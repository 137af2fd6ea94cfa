// The units as a desk lists them for an incident: who is chosen, who is nearer and cannot be sent, who is next, and everybody else.
import type { Candidate, Exclusion, NeedRecommendation, Recommendation } from "../contract/kezek/record/v1/recommendation_pb";

/** One line of the list. */
export type UnitLine =
  | { readonly of: "need"; readonly key: string; readonly need: NeedRecommendation }
  | { readonly of: "rest"; readonly key: string }
  | {
    readonly of: "unit"; readonly key: string; readonly unitId: string; readonly standing: "chosen" | "next" | "passed_over" | "other";
    /** The need it is ranked for. */
    readonly needIndex?: number;
    readonly candidate?: Candidate;
    /** Why it cannot be sent for it. */
    readonly exclusion?: Exclusion;
    readonly distanceM?: number;
  };

/** Units that are nearer than the farthest that was chosen and were not, nearest first. */
function nearerPassedOver(need: NeedRecommendation): NeedRecommendation["passedOver"] {
  const reach = Math.max(...need.chosen.map(({ distanceM }) => distanceM ?? 0), 0);
  return need.passedOver.filter(({ distanceM }) => need.shortfall > 0 || (distanceM !== undefined && distanceM < reach));
}

/** How many nearer ones a need shows before the next best: those beyond would push these out of sight. */
const PASSED_OVER_SHOWN = 6;

function linesOf(need: NeedRecommendation): UnitLine[] {
  const key = (part: string, unitId: string): string => `${need.needIndex}/${part}/${unitId}`;
  const candidate = (standing: "chosen" | "next") => (one: Candidate): UnitLine => ({
    of: "unit", key: key(standing, one.unitId), unitId: one.unitId, standing, needIndex: need.needIndex, candidate: one,
    ...(one.distanceM === undefined ? {} : { distanceM: one.distanceM }),
  });
  return [
    { of: "need", key: `need/${need.needIndex}`, need },
    ...need.chosen.map(candidate("chosen")),
    ...nearerPassedOver(need).slice(0, PASSED_OVER_SHOWN).map((one): UnitLine => ({
      of: "unit", key: key("passed_over", one.unitId), unitId: one.unitId, standing: "passed_over", needIndex: need.needIndex, exclusion: one.reason,
      ...(one.distanceM === undefined ? {} : { distanceM: one.distanceM }),
    })),
    ...need.next.slice(0, 9).map(candidate("next")),
  ];
}

/** The list: by need as the centre ranked them, then every unit that was not named. Without a recommendation only the units. */
export function unitLines(recommendation: Recommendation | undefined, units: readonly string[]): UnitLine[] {
  const ranked = (recommendation?.needs ?? []).flatMap(linesOf);
  const named = new Set(ranked.flatMap((line) => (line.of === "unit" ? [line.unitId] : [])));
  const rest = units.filter((unit) => !named.has(unit)).map((unitId): UnitLine => ({ of: "unit", key: `other/${unitId}`, unitId, standing: "other" }));
  return ranked.length === 0 ? rest : [...ranked, ...(rest.length === 0 ? [] : [{ of: "rest", key: "rest" } as const]), ...rest];
}

/** True where units are ranked and none by how far it is: the place has no point. */
export function isWithoutDistance(recommendation: Recommendation | undefined): boolean {
  const ranked = (recommendation?.needs ?? []).flatMap(({ chosen, next }) => [...chosen, ...next]);
  return ranked.length > 0 && ranked.every(({ distanceM }) => distanceM === undefined);
}

/** One request that carries out a part of a recommendation. */
export interface Sending {
  readonly how: "desk" | "unit";
  readonly needIndex: number;
  readonly unitId: string;
  readonly stationId: string;
}

/** What confirming a recommendation does, in order: a unit that the centre chooses is sent, a desk is asked for one that it chooses. */
export function sendings(recommendation: Recommendation | undefined, centreChooses: (unitKindId: string) => boolean): Sending[] {
  return (recommendation?.needs ?? []).flatMap((need) => need.chosen.map((one): Sending => ({
    how: centreChooses(need.unitKindId) ? "unit" : "desk", needIndex: need.needIndex, unitId: one.unitId, stationId: one.stationId,
  })));
}

/** A text that is equal for two recommendations that send the same units for the same needs. */
export function sameAs(sent: readonly Sending[]): string {
  return sent.map(({ how, needIndex, unitId, stationId }) => `${how} ${needIndex} ${unitId} ${stationId}`).join("; ");
}
