// A list that does not move under a hand: while somebody points at it or works in it, rows keep their places, new ones come after them and
// those that are over stay, marked, until the hand is gone.
import { useEffect, useRef, useState } from "preact/hooks";

/** For how long a hand that does not move is taken to be there: a mouse that was left lying over a list must not keep what is new at its end. */
const HAND_MS = 8_000;

/** A row as it is shown. */
export interface Placed<Row> {
  readonly row: Row;
  /** True: the matter is over; the row stands only so that nothing moves. */
  readonly over: boolean;
}

/** Lays rows out in the order in which they stood, with what they say now. Without a former order they come in their own. */
export function steady<Row extends { readonly key: string }>(rows: readonly Row[], stood: readonly Row[] | undefined): Placed<Row>[] {
  if (stood === undefined) return rows.map((row) => ({ row, over: false }));
  const now = new Map(rows.map((row) => [row.key, row]));
  const placed = stood.map((former): Placed<Row> => {
    const row = now.get(former.key);
    now.delete(former.key);
    return row === undefined ? { row: former, over: true } : { row, over: false };
  });
  return [...placed, ...[...now.values()].map((row) => ({ row, over: false }))];
}

/** What a list shows, and what tells it of hands. */
export interface Steady<Row> {
  /** What stood when the hand came; everything while there is none. */
  readonly stood: readonly Placed<Row>[];
  /** What came since. */
  readonly fresh: readonly Placed<Row>[];
  /** Lets everything go to its place. */
  settle(): void;
  /** For the element around the list. */
  readonly hands: {
    onPointerMove(event: Event): void;
    onPointerLeave(): void;
    onKeyDown(event: Event): void;
    onFocusIn(event: Event): void;
    onFocusOut(event: FocusEvent): void;
  };
}

/** True while the pointer or the keyboard is in it. What goes away takes the keyboard with it and tells nobody, so it is asked each time. */
function isOn(around: Element): boolean {
  return around.matches(":hover") || around.contains(document.activeElement);
}

/** Lays rows out. `resting` says what a hand does that does not move: it is taken to be gone after a while, or holds for as long as it is there. */
export function useSteady<Row extends { readonly key: string }>(rows: readonly Row[], resting: "is gone" | "holds" = "is gone"): Steady<Row> {
  const [touched, setTouched] = useState<Element | undefined>(undefined);
  const gone = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const shown = useRef<readonly Row[]>([]);
  const standing = useRef(0);
  useEffect(() => () => clearTimeout(gone.current), []);
  const settle = (): void => {
    clearTimeout(gone.current);
    setTouched(undefined);
  };
  const touch = ({ currentTarget }: Event): void => {
    clearTimeout(gone.current);
    if (resting === "is gone") gone.current = setTimeout(settle, HAND_MS);
    setTouched(currentTarget as Element);
  };
  const left = (): void => { if (touched !== undefined && !isOn(touched)) settle(); };
  // a browser takes the keyboard from one element before it gives it to the next, and the page is drawn in between
  const keyboardLeft = ({ currentTarget, relatedTarget }: FocusEvent): void => {
    if (!(relatedTarget instanceof Node && (currentTarget as Element).contains(relatedTarget))) left();
  };
  const held = touched !== undefined && isOn(touched);
  const placed = steady(rows, held ? shown.current : undefined);
  shown.current = placed.map(({ row }) => row);
  if (!held) standing.current = placed.length;
  return {
    stood: placed.slice(0, standing.current), fresh: placed.slice(standing.current), settle,
    hands: { onPointerMove: touch, onPointerLeave: left, onKeyDown: touch, onFocusIn: touch, onFocusOut: keyboardLeft },
  };
}
