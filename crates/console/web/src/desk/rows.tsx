// A long list of rows: only those in sight are in the page, the arrow keys move through all of it, and the row that a person looks at
// or points to stays where it is while others come and go.
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { words } from "../words/words";
import { anchor, edgesOf, heldStill, newAbove, shownRows, type Laid } from "./window";

/** A heading is one line, CSS pixels. */
const HEADING_HEIGHT = 30;

/** How a list is told what to show. */
export interface RowsProps<Item> {
  readonly id: string;
  readonly label: string;
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  /** Height of a row, CSS pixels. */
  readonly height: number;
  readonly render: (item: Item) => ComponentChildren;
  /** Headings between rows cannot be chosen. */
  readonly isHeading: (item: Item) => boolean;
  /** The row that is selected on the screen, by key. */
  readonly selected: string | undefined;
  readonly onOpen: (item: Item) => void;
  readonly onPeek?: (item: Item) => void;
  /** What is shown where there is nothing. */
  readonly empty: ComponentChildren;
}

export function Rows<Item>({ id, label, items, keyOf, height, render, isHeading, selected, onOpen, onPeek, empty }: RowsProps<Item>) {
  const box = useRef<HTMLDivElement>(null);
  const pointed = useRef<string | undefined>(undefined);
  const before = useRef<Laid>({ keys: [], edges: [0] });
  const known = useRef<ReadonlySet<string>>(new Set());
  const [scrolled, setScrolled] = useState(0);
  const [room, setRoom] = useState(400);
  const [active, setActive] = useState<string | undefined>(undefined);
  const keys = items.map(keyOf);
  const edges = edgesOf(items.map((item) => (isHeading(item) ? HEADING_HEIGHT : height)));

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
    const focused = element.contains(document.activeElement);
    const held = anchor(before.current, pointed.current, focused ? active : undefined, element.scrollTop, element.clientHeight);
    const top = heldStill(before.current, { keys, edges }, held, element.scrollTop);
    if (top !== element.scrollTop) element.scrollTop = top;
    before.current = { keys, edges };
    if (element.scrollTop < height) known.current = new Set(keys);
  });

  const goTo = useCallback((to: number) => {
    const element = box.current;
    const item = items[to];
    if (element === null || item === undefined) return;
    setActive(keyOf(item));
    const [top = 0, bottom = 0] = edges.slice(to, to + 2);
    if (top < element.scrollTop) element.scrollTop = top;
    else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
  }, [items, edges, keyOf]);

  const at = active === undefined ? -1 : keys.indexOf(active);
  const { from, to } = shownRows(scrolled, room, edges);
  const fresh = newAbove({ keys, edges }, known.current, scrolled);
  const chooses = keyMoves({ items, isHeading, at, goTo, page: Math.max(1, Math.floor(room / height) - 1), onOpen, onPeek });
  return (
    <div class="rows">
      {fresh === 0 ? null : <button class="fresh" type="button" onClick={() => box.current?.scrollTo(0, 0)}>{words().desk.newAbove(fresh)}</button>}
      <div
        class="rows-box" id={id} ref={box} role="listbox" aria-label={label} tabIndex={0}
        aria-activedescendant={at >= from && at < to ? `${id}-${active}` : undefined}
        onScroll={(event) => setScrolled(event.currentTarget.scrollTop)}
        onKeyDown={chooses}
        onFocus={() => { if (at < 0) goTo(Math.max(0, selected === undefined ? items.findIndex((item) => !isHeading(item)) : keys.indexOf(selected))); }}
        onPointerLeave={() => (pointed.current = undefined)}
      >
        {items.length === 0 ? <div class="empty" role="option" aria-selected={false} aria-disabled>{empty}</div> : null}
        <div role="presentation" style={{ height: `${edges.at(-1) ?? 0}px`, position: "relative" }}>
          {items.slice(from, to).map((item, index) => {
            const key = keyOf(item);
            const at = from + index;
            const place = { top: `${edges[at] ?? 0}px`, height: `${(edges[at + 1] ?? 0) - (edges[at] ?? 0)}px` };
            if (isHeading(item)) return <div key={key} class="heading" role="presentation" style={place}>{render(item)}</div>;
            return (
              <div
                key={key} id={`${id}-${key}`} class="row" role="option" style={place}
                aria-selected={key === selected} aria-posinset={at + 1} aria-setsize={items.length} data-active={key === active}
                onPointerEnter={() => (pointed.current = key)} onPointerMove={() => (pointed.current = key)}
                onClick={() => { setActive(key); onOpen(item); }}
              >
                {render(item)}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface Moves<Item> {
  readonly items: readonly Item[];
  readonly isHeading: (item: Item) => boolean;
  readonly at: number;
  readonly goTo: (to: number) => void;
  readonly page: number;
  readonly onOpen: (item: Item) => void;
  readonly onPeek: ((item: Item) => void) | undefined;
}

/** The keys of a list: arrows, page, home, end move; Enter opens; Space looks. */
function keyMoves<Item>({ items, isHeading, at, goTo, page, onOpen, onPeek }: Moves<Item>): (event: KeyboardEvent) => void {
  const step = (by: number): void => {
    const landed = Math.min(items.length - 1, Math.max(0, at + by));
    const from = (towards: number): number => {
      let next = landed;
      for (let item = items[next]; item !== undefined && isHeading(item); item = items[next]) next += towards;
      return next;
    };
    // a heading is stepped over the way one goes, or back where the list ends with it
    const next = [from(Math.sign(by)), from(-Math.sign(by))].find((one) => items[one] !== undefined);
    if (next !== undefined) goTo(next);
  };
  return (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target !== event.currentTarget) return;
    const item = items[at];
    const acts: Record<string, () => void> = {
      ArrowDown: () => step(1),
      ArrowUp: () => step(-1),
      PageDown: () => step(page),
      PageUp: () => step(-page),
      Home: () => step(-items.length),
      End: () => step(items.length),
      Enter: () => { if (item !== undefined) onOpen(item); },
      Space: () => { if (item !== undefined) onPeek?.(item); },
    };
    const act = acts[event.code === "NumpadEnter" ? "Enter" : event.code];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
}
