import { expect, test } from "vitest";
import { anchor, edgesOf, heldStill, LEFT_ALONE_MS, newAbove, returns, rowAt, shownRows, type Laid } from "./window";

const HEIGHT = 40;
const laid = (...keys: readonly string[]): Laid => ({ keys, edges: edgesOf(keys.map(() => HEIGHT)) });

test("a row is found by its place, whatever its height", () => {
  const edges = edgesOf([26, 40, 40, 26, 40]);
  expect(edges).toEqual([0, 26, 66, 106, 132, 172]);
  expect([0, 25, 26, 65, 110, 131, 132, 999].map((place) => rowAt(edges, place))).toEqual([0, 0, 1, 1, 3, 3, 4, 4]);
  expect(rowAt(edgesOf([]), 10)).toBe(0);
});

test("of a thousand rows only those in sight and a few around them are drawn", () => {
  const edges = edgesOf(Array.from({ length: 1_000 }, () => HEIGHT));
  expect(shownRows(4_000, 400, edges)).toEqual({ from: 94, to: 117 });
  expect(shownRows(0, 400, edgesOf([HEIGHT, HEIGHT, HEIGHT]))).toEqual({ from: 0, to: 3 });
  expect(shownRows(0, 400, edgesOf([]))).toEqual({ from: 0, to: 0 });
});

test("the row under the pointer is held, else the active one in sight, else the first in sight", () => {
  const list = laid("a", "b", "c", "d");
  expect(anchor(list, "c", "a", 0, 400)).toBe("c");
  expect(anchor(list, undefined, "b", 0, 400)).toBe("b");
  expect(anchor(list, undefined, "a", 80, 40)).toBe("c");
  expect(anchor(list, undefined, undefined, 0, 400)).toBeUndefined();
});

test("rows that come or go above do not move what is held", () => {
  expect(heldStill(laid("a", "b"), laid("x", "y", "a", "b"), "b", 0)).toBe(80);
  expect(heldStill(laid("x", "a", "b"), laid("a", "b"), "b", 100)).toBe(60);
  expect(heldStill(laid("a"), laid("b"), "a", 100)).toBe(100);
  expect(heldStill(laid("a"), laid("b", "a"), undefined, 100)).toBe(100);
});

test("only rows that are new and out of sight above are counted", () => {
  const known = new Set(["a", "b", "c"]);
  expect(newAbove(laid("x", "a", "y", "b", "c"), known, 3 * HEIGHT)).toBe(2);
  expect(newAbove(laid("x", "a", "y", "b", "c"), known, 0)).toBe(0);
});

test("a list that was left alone goes back to its top, and never while somebody is in it", () => {
  expect(returns(80, false, LEFT_ALONE_MS)).toBe(true);
  expect(returns(80, false, LEFT_ALONE_MS - 1)).toBe(false);
  expect(returns(80, true, LEFT_ALONE_MS)).toBe(false);
  expect(returns(0, false, LEFT_ALONE_MS)).toBe(false);
});
