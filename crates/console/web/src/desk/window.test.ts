import { expect, test } from "vitest";
import { anchor, heldStill, newAbove, shownRows } from "./window";

const HEIGHT = 40;

test("of a thousand rows only those in sight and a few around them are drawn", () => {
  const { from, to } = shownRows(4_000, 400, 1_000, HEIGHT);
  expect(from).toBe(94);
  expect(to).toBe(116);
  expect(shownRows(0, 400, 3, HEIGHT)).toEqual({ from: 0, to: 3 });
});

test("the row under the pointer is held, else the active one in sight, else the first in sight", () => {
  const keys = ["a", "b", "c", "d"];
  expect(anchor(keys, "c", "a", 0, 400, HEIGHT)).toBe("c");
  expect(anchor(keys, undefined, "b", 0, 400, HEIGHT)).toBe("b");
  expect(anchor(keys, undefined, "a", 80, 40, HEIGHT)).toBe("c");
  expect(anchor(keys, undefined, undefined, 0, 400, HEIGHT)).toBeUndefined();
});

test("rows that come or go above do not move what is held", () => {
  expect(heldStill(["a", "b"], ["x", "y", "a", "b"], "b", 0, HEIGHT)).toBe(80);
  expect(heldStill(["x", "a", "b"], ["a", "b"], "b", 100, HEIGHT)).toBe(60);
  expect(heldStill(["a"], ["b"], "a", 100, HEIGHT)).toBe(100);
  expect(heldStill(["a"], ["b", "a"], undefined, 100, HEIGHT)).toBe(100);
});

test("only rows that are new and out of sight above are counted", () => {
  const known = new Set(["a", "b", "c"]);
  expect(newAbove(["x", "a", "y", "b", "c"], known, 3 * HEIGHT, HEIGHT)).toBe(2);
  expect(newAbove(["x", "a", "y", "b", "c"], known, 0, HEIGHT)).toBe(0);
});
