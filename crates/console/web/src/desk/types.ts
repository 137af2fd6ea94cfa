// Finding a type of incident by a few letters of its title in any of the centre's languages.
import type { IncidentType } from "../contract/kezek/directory/v1/directory_pb";
import { folded, otherLayout } from "../look/layout";

/** A type as it stands in the list: under its group, which can be chosen too while nobody knows more. */
export interface TypeChoice {
  readonly type: IncidentType;
  /** 0: a group, or alone; 1: under the group above it. */
  readonly depth: number;
}

/** The words of a text, as they are compared. */
function wordsOf(text: string): string[] {
  return folded(text).split(/[\s\-/(),.]+/).filter((word) => word !== "");
}

/** How well a type may fit, best first: a whole title or the id is what was typed; one begins so; each typed word begins a word of them; each is inside one. */
const FITS = ["whole", "begins", "words", "inside"] as const;
type Fit = (typeof FITS)[number];

/** How well a type fits what was typed; absent: not at all. */
function fit(type: IncidentType, typed: readonly string[]): Fit | undefined {
  const names = [...Object.values(type.title?.byLanguage ?? {}), type.incidentTypeId].map(wordsOf);
  const [said, have] = [typed.join(" "), names.flat()];
  if (names.some((name) => name.join(" ") === said)) return "whole";
  if (names.some((name) => name.join(" ").startsWith(said))) return "begins";
  if (typed.every((word) => have.some((one) => one.startsWith(word)))) return "words";
  return typed.every((word) => have.some((one) => one.includes(word))) ? "inside" : undefined;
}

function fits(types: readonly IncidentType[], text: string): Map<IncidentType, Fit | undefined> {
  const typed = wordsOf(text);
  return new Map(types.map((type) => [type, typed.length === 0 ? undefined : fit(type, typed)]));
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

/** The types that fit what was typed, the best fit first and in the order of the tree where they fit alike; everything, as a tree, while nothing was
 *  typed. What fits nothing is tried once more as if the other keyboard layout had been on. */
export function choices(types: readonly IncidentType[], text: string): TypeChoice[] {
  const all = tree(types);
  if (text.trim() === "") return all;
  let found = fits(types, text);
  if (![...found.values()].some((good) => good !== undefined)) found = fits(types, otherLayout(text));
  return FITS.flatMap((wanted) => all.filter(({ type }) => found.get(type) === wanted).map(({ type }) => ({ type, depth: 0 })));
}
