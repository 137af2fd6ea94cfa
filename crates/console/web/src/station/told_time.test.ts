import { expect, test } from "vitest";
import { toldTime } from "./told_time";

// 02:30:15 on 27 November 2026 in Bishkek
const NOW = Date.UTC(2026, 10, 26, 20, 30, 15);
const told = (text: string): string | undefined => {
  const at = toldTime(text, NOW, "Asia/Bishkek");
  return at === undefined ? undefined : new Date(at).toISOString();
};

test("a time is the last one of that name, also of the evening before", () => {
  expect(told("02:14")).toBe("2026-11-26T20:14:00.000Z");
  expect(told("0214")).toBe("2026-11-26T20:14:00.000Z");
  expect(told(" 2.14 ")).toBe("2026-11-26T20:14:00.000Z");
  expect(told("23:50")).toBe("2026-11-26T17:50:00.000Z");
  expect(told("02:30")).toBe("2026-11-26T20:30:00.000Z");
});

test("what is no time, or longer ago than the centre takes, is nothing", () => {
  for (const text of ["", "soon", "24:00", "12:60", "02:31", "7"]) expect(told(text)).toBeUndefined();
});
