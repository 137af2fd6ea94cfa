// A long list of rows: only those in sight are in the page, the arrow keys move through all of it, and the row that a person looks at
// or points to stays where it is while others come and go.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { words } from "../words/words";
import { useStill } from "./still";
import { edgesOf, shownRows } from "./window";

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
  const [active, setActive] = useState<string | undefined>(undefined);
  const keys = items.map(keyOf);
  const edges = edgesOf(items.map((item) => (isHeading(item) ? HEADING_HEIGHT : height)));
  const { box, pointed, scrolled, room, fresh, reveal, touch, onScroll } = useStill({ keys, edges }, active, height);
  const goTo = (to: number): void => {
    if (keys[to] === undefined) return;
    setActive(keys[to]);
    reveal(to);
  };
  // what was selected elsewhere is brought into sight, and is where the arrows go on from; a record may come after it was selected
  const revealed = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    if (selected === undefined) revealed.current = undefined;
    if (selected === undefined || selected === revealed.current || !keys.includes(selected)) return;
    revealed.current = selected;
    goTo(keys.indexOf(selected));
  });
  const activeAt = active === undefined ? -1 : keys.indexOf(active);
  const { from, to } = shownRows(scrolled, room, edges);
  const chooses = keyMoves({ items, isHeading, at: activeAt, goTo, page: Math.max(1, Math.floor(room / height) - 1), onOpen, onPeek });
  return (
    <div class="rows">
      {fresh === 0 ? null : <button class="fresh" type="button" onClick={() => box.current?.scrollTo(0, 0)}>{words().desk.newAbove(fresh)}</button>}
      <div
        class="rows-box" id={id} ref={box} role="listbox" aria-label={label} tabIndex={0}
        aria-activedescendant={activeAt >= from && activeAt < to ? `${id}-${active}` : undefined}
        onScroll={onScroll}
        onKeyDown={chooses}
        onFocus={() => { if (activeAt < 0) goTo(Math.max(0, selected === undefined ? items.findIndex((item) => !isHeading(item)) : keys.indexOf(selected))); }}
        onPointerMove={touch}
        onPointerLeave={() => (pointed.current = undefined)}
      >
        {items.length === 0 ? <div class="empty" role="option" aria-selected={false} aria-disabled>{empty}</div> : null}
        <div role="presentation" style={{ height: `${edges.at(-1) ?? 0}px`, position: "relative" }}>
          {items.slice(from, to).map((item, index) => {
            const key = keyOf(item);
            const row = from + index;
            const place = { top: `${edges[row] ?? 0}px`, height: `${(edges[row + 1] ?? 0) - (edges[row] ?? 0)}px` };
            if (isHeading(item)) return <div key={key} class="heading" role="presentation" style={place}>{render(item)}</div>;
            return (
              <div
                key={key} id={`${id}-${key}`} class="row" role="option" style={place}
                aria-selected={key === selected} aria-posinset={row + 1} aria-setsize={items.length} data-active={key === active}
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
