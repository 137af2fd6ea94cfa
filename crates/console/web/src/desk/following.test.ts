import { expect, test } from "vitest";
import { followsOn } from "./following";

const list = { scrollHeight: 1_000, clientHeight: 300 };

test("whoever moves the list up reads, until they are at its end again", () => {
  expect(followsOn(true, 700, { ...list, scrollTop: 400 })).toBe(false);
  expect(followsOn(false, 400, { ...list, scrollTop: 500 })).toBe(false);
  expect(followsOn(false, 500, { ...list, scrollTop: 695 })).toBe(true);
});

test("a list that is lower, or has more in it, by the time that a move of its own is told still follows", () => {
  expect(followsOn(true, 700, { ...list, clientHeight: 120, scrollTop: 700 })).toBe(true);
  expect(followsOn(true, 600, { ...list, scrollHeight: 1_200, scrollTop: 700 })).toBe(true);
});
