// A list that stands still: where it is scrolled to, and that rows which come and go above what a person looks at move nothing under the pointer.
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { anchor, heldStill, newAbove, type Laid } from "./window";

/** What a list that stands still knows of itself. */
export interface Still {
  readonly box: RefObject<HTMLDivElement | null>;
  /** The row under the pointer, by key. */
  readonly pointed: { current: string | undefined };
  /** Where it is scrolled to, and how much of it can be seen, CSS pixels. */
  readonly scrolled: number;
  readonly room: number;
  /** How many rows came above what can be seen since it left its top. */
  readonly fresh: number;
  /** Brings a row into sight. */
  reveal(row: number): void;
  onScroll(event: { readonly currentTarget: HTMLElement }): void;
}

function sameKeys(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((key, index) => key === other[index]);
}

/** Keeps a list still. `active` is held only while the focus is in the list. */
export function useStill(now: Laid, active: string | undefined, rowHeight: number): Still {
  const box = useRef<HTMLDivElement>(null);
  const pointed = useRef<string | undefined>(undefined);
  const before = useRef<Laid>({ keys: [], edges: [0] });
  const known = useRef<ReadonlySet<string>>(new Set());
  // where it is scrolled to, also before the event that says so
  const at = useRef(0);
  const [scrolled, setScrolled] = useState(0);
  const [room, setRoom] = useState(400);

  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const watching = new ResizeObserver(() => setRoom(element.clientHeight));
    watching.observe(element);
    return () => watching.disconnect();
  }, []);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    // nothing is asked of the page here that would make it lay itself out anew: where the list is scrolled to is known from its own events
    if (!sameKeys(before.current.keys, now.keys)) {
      const held = anchor(before.current, pointed.current, element.contains(document.activeElement) ? active : undefined, at.current, room);
      const top = heldStill(before.current, now, held, at.current);
      if (top !== at.current) at.current = element.scrollTop = top;
    }
    before.current = now;
    if (at.current < rowHeight) known.current = new Set(now.keys);
  });

  return {
    box, pointed, scrolled, room, fresh: newAbove(now, known.current, scrolled),
    reveal(row) {
      const element = box.current;
      const [top = 0, bottom = 0] = now.edges.slice(row, row + 2);
      if (element === null) return;
      if (top < at.current) at.current = element.scrollTop = top;
      else if (bottom > at.current + room) at.current = element.scrollTop = bottom - room;
    },
    onScroll: ({ currentTarget }) => setScrolled(at.current = currentTarget.scrollTop),
  };
}
