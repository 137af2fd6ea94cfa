// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { signal } from "@preact/signals";
import { options } from "preact";
import { press, settled, show, stage } from "../testing/surroundings";
import { steady, useSteady } from "./steady";

describe("rows under a hand", () => {
  it("keep their places, take new words, and new ones come last", () => {
    const stood = [{ key: "a", n: 1 }, { key: "b", n: 1 }];
    expect(steady([{ key: "c", n: 2 }, { key: "b", n: 2 }], stood)).toEqual([
      { row: { key: "a", n: 1 }, over: true }, { row: { key: "b", n: 2 }, over: false }, { row: { key: "c", n: 2 }, over: false },
    ]);
    expect(steady([{ key: "c" }, { key: "b" }], undefined).map(({ row }) => row.key)).toEqual(["c", "b"]);
  });
});

describe("a list", () => {
  const told = signal("ab");

  function List({ resting }: { resting?: "holds" }) {
    const { stood, fresh, settle, hands } = useSteady([...told.value].map((key) => ({ key })), resting);
    const text = (rows: typeof stood): string => rows.map(({ row, over }) => (over ? `(${row.key})` : row.key)).join("");
    return <><ul {...hands}><li><button type="button">in</button><button type="button">beside</button></li><li>{`${text(stood)}|${text(fresh)}`}</li></ul><button type="button" onClick={settle}>out</button></>;
  }

  /** A list on a page, as it stands, and its buttons. */
  async function list(resting?: "holds") {
    told.value = "ab";
    const page = await show(stage(() => undefined), resting === undefined ? <List /> : <List resting={resting} />);
    const [within, beside, outside] = page.querySelectorAll("button");
    if (within === undefined || beside === undefined || outside === undefined) throw new Error("there are no buttons");
    return { within, beside, outside, shows: (): string | null | undefined => page.querySelector("li:last-child")?.textContent };
  }

  async function tell(rows: string): Promise<void> {
    told.value = rows;
    await settled();
  }

  beforeEach(() => { vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true }); });
  afterEach(() => { vi.useRealTimers(); });

  it("stands in its own order while nobody is at it", async () => {
    const { shows } = await list();
    await tell("cba");
    expect(shows()).toBe("cba|");
  });

  it("keeps its order from the first touch on, whatever comes and goes, and goes to its places when the hand leaves", async () => {
    const { within, outside, shows } = await list();
    within.focus();
    await tell("cba");
    expect(shows()).toBe("ab|c");
    await tell("dcb");
    expect(shows()).toBe("(a)b|cd");
    outside.focus();
    await settled();
    expect(shows()).toBe("dcb|");
  });

  it("keeps its order while the keyboard goes from one of its elements to the next", async () => {
    const { within, beside, shows } = await list();
    within.focus();
    await tell("cba");
    // a browser draws between the two events, as soon as the first has been heard
    options.debounceRendering = (draw) => draw();
    beside.focus();
    delete options.debounceRendering;
    await settled();
    expect(shows()).toBe("ab|c");
  });

  it("lets go of a hand that rests, unless it is told to hold", async () => {
    const lets = await list();
    lets.within.focus();
    await tell("ba");
    vi.advanceTimersByTime(7_000);
    await press(lets.within, "ArrowDown");
    vi.advanceTimersByTime(7_000);
    await settled();
    expect(lets.shows()).toBe("ab|");
    vi.advanceTimersByTime(2_000);
    await settled();
    expect(lets.shows()).toBe("ba|");
    const holds = await list("holds");
    holds.within.focus();
    await tell("ba");
    vi.advanceTimersByTime(60_000);
    await settled();
    expect(holds.shows()).toBe("ab|");
  });

  it("goes to its places when a person asks, and when what had the keyboard goes away", async () => {
    const asked = await list();
    asked.within.focus();
    await tell("ba");
    asked.outside.click();
    await settled();
    expect(asked.shows()).toBe("ba|");
    const gone = await list();
    gone.within.focus();
    await tell("ba");
    gone.within.remove();
    await tell("cba");
    expect(gone.shows()).toBe("cba|");
  });
});
