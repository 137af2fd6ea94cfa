// Finding a type of incident by a few letters of its title in any of the centre's languages.
import type { IncidentType } from "../contract/kezek/directory/v1/directory_pb";
import { folded, otherLayout } from "./layout";

/** A type as it stands in the list: under its group, which can be chosen too while nobody knows more. */
export interface TypeChoice {
  readonly type: IncidentType;
  /** 0: a group, or alone; 1: under the group above it. */
  readonly depth: number;
}

/** Every word of the titles, as it is compared. */
function wordsOf(type: IncidentType): string[] {
  const titles = Object.values(type.title?.byLanguage ?? {});
  return [...titles, type.incidentTypeId].flatMap((title) => folded(title).split(/[\s\-/(),.]+/)).filter((word) => word !== "");
}

/** How well a type fits what was typed: 0 not at all, 2 if each typed word begins a word of its titles, 1 if it is inside one. */
function fit(type: IncidentType, typed: readonly string[]): number {
  const have = wordsOf(type);
  if (typed.every((word) => have.some((one) => one.startsWith(word)))) return 2;
  return typed.every((word) => have.some((one) => one.includes(word))) ? 1 : 0;
}

function fits(types: readonly IncidentType[], text: string): Map<IncidentType, number> {
  const typed = folded(text).split(/\s+/).filter((word) => word !== "");
  return new Map(types.map((type) => [type, fit(type, typed)]));
}

/** Types in the order of the tree: each group, then what is under it, in the directory's own order within. */
function tree(types: readonly IncidentType[]): TypeChoice[] {
  const known = new Set(types.map((type) => type.incidentTypeId));
  const tops = types.filter((type) => !known.has(type.parentIncidentTypeId));
  return tops.flatMap((top) => [
    { type: top, depth: 0 },
    ...types.filter((type) => type.parentIncidentTypeId === top.incidentTypeId).map((type) => ({ type, depth: 1 })),
  ]);
}

/** The types that fit what was typed: those whose words begin so first, the others after; everything, as a tree, while nothing was typed.
 *  What fits nothing is tried once more as if the other keyboard layout had been on. */
export function choices(types: readonly IncidentType[], text: string): TypeChoice[] {
  const all = tree(types);
  if (text.trim() === "") return all;
  let found = fits(types, text);
  if (![...found.values()].some((good) => good > 0)) found = fits(types, otherLayout(text));
  const of = (wanted: number): TypeChoice[] => all.filter(({ type }) => found.get(type) === wanted).map(({ type }) => ({ type, depth: 0 }));
  return [...of(2), ...of(1)];
}
