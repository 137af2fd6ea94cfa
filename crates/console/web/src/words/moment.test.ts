// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { momentOf, momentText } from "./moment";
import { speak } from "./words";

const ZONE = "Asia/Bishkek";
/** 14:05:30 in Bishkek, six hours ahead of Greenwich. */
const NOW = Date.UTC(2026, 10, 27, 8, 5, 30);

test("a time of day is the latest such time that is not to come", () => {
  expect(momentOf("14:03", NOW, ZONE)).toBe(Date.UTC(2026, 10, 27, 8, 3));
  expect(momentOf("1403", NOW, ZONE)).toBe(Date.UTC(2026, 10, 27, 8, 3));
  expect(momentOf("14:05", NOW, ZONE)).toBe(Date.UTC(2026, 10, 27, 8, 5));
  expect(momentOf("20:06", NOW, ZONE)).toBe(Date.UTC(2026, 10, 26, 14, 6));
  for (const text of ["9.30", "9 30", " 09 : 30 "]) expect(momentOf(text, NOW, ZONE), text).toBe(Date.UTC(2026, 10, 27, 3, 30));
});

test("after midnight a late hour is yesterday's", () => {
  const night = Date.UTC(2026, 10, 27, 18, 10);
  expect(momentOf("23:50", night, ZONE)).toBe(Date.UTC(2026, 10, 27, 17, 50));
});

test("minutes back are counted from now", () => {
  expect(momentOf("-5", NOW, ZONE)).toBe(NOW - 300_000);
});

test("nothing is now, and what is no time is not guessed", () => {
  expect(momentOf("", NOW, ZONE)).toBeUndefined();
  for (const text of ["24:00", "25:00", "14:70", "soon", "14", "7"]) expect(momentOf(text, NOW, ZONE), text).toBe("odd");
});

test("a clock with parts of a millisecond gives a whole moment", () => {
  expect(momentOf("-1", NOW + 0.37, ZONE)).toBe(NOW - 60_000);
});

test("what is longer ago than the centre takes is no time: most likely it has yet to come", () => {
  expect(momentOf("20:05", NOW, ZONE)).toBe("odd");
  expect(momentOf("14:06", NOW, ZONE)).toBe("odd");
});

test("a moment that was typed is read with its day where that is yesterday", async () => {
  await speak("en");
  const night = Date.UTC(2026, 10, 27, 18, 10);
  expect(["23:50", "0:05"].map((typed) => momentText(Number(momentOf(typed, night, ZONE)), night, ZONE))).toEqual(["yesterday 23:50", "00:05"]);
  expect(momentText(night, night, ZONE)).toBe("00:10");
});
