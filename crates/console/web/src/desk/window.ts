// Which rows of a long list are in the page, and how the list stays still while rows come and go above what a person looks at.
//
// A list is told by its edges: `edges[n]` is where row n begins, and the last one is where the list ends.

/** Rows from `from` up to but not including `to`. */
export interface Shown {
  readonly from: number;
  readonly to: number;
}

/** Rows drawn above and below those that can be seen, so that a fast wheel shows no gap. */
const BEYOND = 6;

/** Where each row begins, and where the last one ends. */
export function edgesOf(heights: readonly number[]): number[] {
  const edges = [0];
  for (const height of heights) edges.push((edges.at(-1) ?? 0) + height);
  return edges;
}

/** The row at a place of the list; the last one below its end. */
export function rowAt(edges: readonly number[], place: number): number {
  let [low, high] = [0, Math.max(0, edges.length - 2)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((edges[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The rows to draw. */
export function shownRows(scrolled: number, room: number, edges: readonly number[]): Shown {
  const count = edges.length - 1;
  return { from: Math.max(0, rowAt(edges, scrolled) - BEYOND), to: Math.min(count, rowAt(edges, scrolled + room) + 1 + BEYOND) };
}

/** A list as it was or is: the keys of its rows and where they begin. */
export interface Laid {
  readonly keys: readonly string[];
  readonly edges: readonly number[];
}

/** The row that must not move: the one under the pointer, else the one that is active and in sight, else, away from the top, the first in sight. */
export function anchor({ keys, edges }: Laid, pointed: string | undefined, active: string | undefined, scrolled: number, room: number): string | undefined {
  if (pointed !== undefined) return pointed;
  const at = active === undefined ? -1 : keys.indexOf(active);
  if (at >= 0 && (edges[at + 1] ?? 0) > scrolled && (edges[at] ?? 0) < scrolled + room) return active;
  return scrolled > 0 ? keys[rowAt(edges, scrolled)] : undefined;
}

/** Where to scroll to so that the anchor stays where it was. Unchanged if it is gone. */
export function heldStill(before: Laid, after: Laid, held: string | undefined, scrolled: number): number {
  if (held === undefined) return scrolled;
  const [was, is] = [before.keys.indexOf(held), after.keys.indexOf(held)];
  if (was < 0 || is < 0) return scrolled;
  return Math.max(0, scrolled + (after.edges[is] ?? 0) - (before.edges[was] ?? 0));
}

/** How long nobody has pointed at a list or moved in it before it goes back to its top, milliseconds. */
export const LEFT_ALONE_MS = 8_000;

/** True if a list goes back to its top by itself: what is most urgent stands there, and nobody has looked further down for a while. */
export function returns(scrolled: number, focused: boolean, untouchedMs: number): boolean {
  return scrolled > 0 && !focused && untouchedMs >= LEFT_ALONE_MS;
}

/** Rows that came since the list left its top and stand above what can be seen. */
export function newAbove({ keys, edges }: Laid, known: ReadonlySet<string>, scrolled: number): number {
  return keys.slice(0, rowAt(edges, scrolled)).filter((key) => !known.has(key)).length;
}
