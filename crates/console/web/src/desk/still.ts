// A list that stands still: where it is scrolled to, and that rows which come and go above what a person looks at move nothing under the pointer.
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { anchor, heldStill, newAbove, returns, type Laid } from "./window";

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
  /** Says that a person points at the list or moves in it. */
  touch(): void;
  onScroll(event: { readonly currentTarget: HTMLElement }): void;
}

function sameKeys(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((key, index) => key === other[index]);
}

/** How often it is looked whether a list was left alone. */
const LOOKED_AT_MS = 1_000;

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
  const touchedAt = useRef(performance.now());
  const touch = (): void => void (touchedAt.current = performance.now());

  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const watching = new ResizeObserver(() => setRoom(element.clientHeight));
    watching.observe(element);
    return () => watching.disconnect();
  }, []);

  useEffect(() => {
    const looking = setInterval(() => {
      const element = box.current;
      if (element === null) return;
      const focused = element.contains(document.activeElement);
      if (focused) touch();
      if (!returns(at.current, focused, performance.now() - touchedAt.current)) return;
      // a pointer that was left lying there holds nothing any more
      pointed.current = undefined;
      setScrolled(at.current = element.scrollTop = 0);
    }, LOOKED_AT_MS);
    return () => clearInterval(looking);
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
    box, pointed, scrolled, room, touch, fresh: newAbove(now, known.current, scrolled),
    reveal(row) {
      const element = box.current;
      const [top = 0, bottom = 0] = now.edges.slice(row, row + 2);
      if (element === null) return;
      touch();
      if (top < at.current) at.current = element.scrollTop = top;
      else if (bottom > at.current + room) at.current = element.scrollTop = bottom - room;
    },
    onScroll: ({ currentTarget }) => {
      // the list's own moves are known before their event: any other is a person's
      if (currentTarget.scrollTop !== at.current) touch();
      setScrolled(at.current = currentTarget.scrollTop);
    },
  };
}
