// @vitest-environment happy-dom
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { act } from "preact/test-utils";
import { show, stage } from "../testing/surroundings";
import { speak } from "../words/words";
import { Rows } from "./rows";
import { LEFT_ALONE_MS } from "./window";

beforeAll(async () => { await speak("en"); });
beforeEach(() => { vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }); });
afterEach(() => { vi.useRealTimers(); });

const HEIGHT = 40;
const MANY = Array.from({ length: 100 }, (_, index) => `row-${index}`);

function list(selected: string | undefined, items: readonly string[] = MANY) {
  return (
    <Rows
      id="list" label="List" items={items} keyOf={(item) => item} height={HEIGHT} isHeading={() => false} selected={selected}
      onOpen={() => undefined} empty="" render={(item) => item}
    />
  );
}

function box(page: HTMLElement): HTMLElement {
  const found = page.querySelector<HTMLElement>("#list");
  if (found === null) throw new Error("the list is not in the page");
  return found;
}

const pass = (milliseconds: number): Promise<void> => act(() => void vi.advanceTimersByTime(milliseconds));

test("what was selected elsewhere is in sight, and is the row that the arrow keys stand on", async () => {
  const page = await show(stage(() => undefined), list("row-60"));
  const { scrollTop } = box(page);
  expect(scrollTop).toBeGreaterThan(0);
  expect(scrollTop).toBeLessThanOrEqual(60 * HEIGHT);
  // a real browser tells of it by itself
  await act(() => void box(page).dispatchEvent(new Event("scroll")));
  expect(page.querySelector('[data-active="true"]')?.textContent).toBe("row-60");
});

test("a list that was left alone goes back to its top, even under a pointer that lies still", async () => {
  const page = await show(stage(() => undefined), list("row-60"));
  await pass(LEFT_ALONE_MS - 2_000);
  box(page).dispatchEvent(new Event("pointermove", { bubbles: true }));
  await pass(LEFT_ALONE_MS - 2_000);
  expect(box(page).scrollTop).toBeGreaterThan(0);
  await pass(4_000);
  expect(box(page).scrollTop).toBe(0);
});

test("a list with the focus stays where it is", async () => {
  const page = await show(stage(() => undefined), list("row-60"));
  box(page).focus();
  const { scrollTop } = box(page);
  await pass(LEFT_ALONE_MS * 3);
  expect(box(page).scrollTop).toBe(scrollTop);
});
