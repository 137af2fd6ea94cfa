// Whether a list goes on to its newest line by itself.

/** So close to its end nobody reads further up: less than a line. */
const AT_END_PX = 12;

/** Where a list stands, in pixels, as its element says. */
export type Stand = Pick<HTMLElement, "scrollTop" | "scrollHeight" | "clientHeight">;

/**
 * Whether it still follows after it moved from `before`. Only a person moves it up; it may be told of a move of its own late, when it is lower or
 * what is in it higher already, and then it stands far from its end although nobody reads.
 */
export function followsOn(follows: boolean, before: number, { scrollTop, scrollHeight, clientHeight }: Stand): boolean {
  if (scrollHeight - scrollTop - clientHeight < AT_END_PX) return true;
  return follows && scrollTop >= before;
}
