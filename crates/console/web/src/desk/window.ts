// Which rows of a long list are in the page, and how the list stays still while rows come and go above what a person looks at.

/** Rows from `from` up to but not including `to`. */
export interface Shown {
  readonly from: number;
  readonly to: number;
}

/** Rows drawn above and below those that can be seen, so that a fast wheel shows no gap. */
const BEYOND = 6;

/** The rows to draw. */
export function shownRows(scrolled: number, room: number, count: number, height: number): Shown {
  const from = Math.max(0, Math.floor(scrolled / height) - BEYOND);
  return { from: Math.min(from, count), to: Math.min(count, Math.ceil((scrolled + room) / height) + BEYOND) };
}

/** The row that must not move: the one under the pointer, else the one that is active and in sight, else, away from the top, the first in sight. */
export function anchor(keys: readonly string[], pointed: string | undefined, active: string | undefined, scrolled: number, room: number, height: number): string | undefined {
  if (pointed !== undefined) return pointed;
  const at = active === undefined ? -1 : keys.indexOf(active);
  if (at >= 0 && (at + 1) * height > scrolled && at * height < scrolled + room) return active;
  return scrolled > 0 ? keys[Math.floor(scrolled / height)] : undefined;
}

/** Where to scroll to so that the anchor stays where it was. Unchanged if it is gone. */
export function heldStill(before: readonly string[], after: readonly string[], held: string | undefined, scrolled: number, height: number): number {
  if (held === undefined) return scrolled;
  const [was, is] = [before.indexOf(held), after.indexOf(held)];
  return was < 0 || is < 0 ? scrolled : Math.max(0, scrolled + (is - was) * height);
}

/** Rows that came since the list left its top and stand above what can be seen. */
export function newAbove(keys: readonly string[], known: ReadonlySet<string>, scrolled: number, height: number): number {
  const first = Math.floor(scrolled / height);
  return keys.slice(0, first).filter((key) => !known.has(key)).length;
}
