import { expect, it } from "vitest";
import { slope, spread, table } from "./figures";

it("tells where measurements lie", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(spread(hundred)).toEqual({ count: 100, p50: 50, p95: 95, p99: 99, max: 100 });
  expect(spread([7])).toEqual({ count: 1, p50: 7, p95: 7, p99: 7, max: 7 });
  expect(spread([])).toEqual({ count: 0, p50: 0, p95: 0, p99: 0, max: 0 });
});

it("tells how fast something grows", () => {
  expect(slope([{ at: 0, value: 1 }, { at: 1, value: 3 }, { at: 2, value: 5 }])).toBeCloseTo(2);
  expect(slope([{ at: 0, value: 5 }, { at: 1, value: 6 }, { at: 2, value: 5 }])).toBeCloseTo(0);
  expect(slope([{ at: 3, value: 1 }])).toBe(0);
});

it("writes a table", () => {
  expect(table(["a", "b"], [["1", "2"]])).toBe("| a | b |\n| --- | --- |\n| 1 | 2 |");
});
