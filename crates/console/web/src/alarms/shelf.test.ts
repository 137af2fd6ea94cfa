// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { beforeEach, describe, expect, it } from "vitest";
import { AlarmLevel, AlarmSchema } from "../contract/kezek/record/v1/alarm_pb";
import type { AlarmRow } from "./rows";
import { apart, keepShelf, shelfOf, shelve, SHELVED_AT_MOST_MS } from "./shelf";

const NOW = 1_000_000;

function row(ids: readonly string[], urgent = false): AlarmRow {
  const alarms = ids.map((alarmId) => create(AlarmSchema, { alarmId, state: { state: { case: "raised", value: {} } } }));
  return { key: ids.join(" "), alarms, waiting: alarms, incidentId: "", priority: 0, urgent, level: AlarmLevel.OPERATOR, since: NOW };
}

beforeEach(() => localStorage.clear());

describe("a shelf", () => {
  it("takes nothing urgent, nothing without a reason, and nothing for longer than a quarter of an hour", () => {
    expect(shelve(row(["a"], true), "known", NOW, NOW + 60_000)).toBeUndefined();
    expect(shelve(row(["a"]), "  ", NOW, NOW + 60_000)).toBeUndefined();
    expect(shelve(row(["a"]), "known", NOW, NOW)).toBeUndefined();
    expect(shelve(row(["a"]), "known", NOW, NOW + SHELVED_AT_MOST_MS + 1)).toBeUndefined();
    expect(shelve(row(["a"]), " known ", NOW, NOW + SHELVED_AT_MOST_MS)).toEqual({ alarmIds: ["a"], reason: "known", until: NOW + SHELVED_AT_MOST_MS });
  });

  it("hides until its time is over, until something new is raised, or until it becomes urgent", () => {
    const shelf = [{ alarmIds: ["a"], reason: "known", until: NOW + 60_000 }];
    const shown = (of: AlarmRow, at: number): boolean => apart([of], shelf, at).shown.length === 1;
    expect(shown(row(["a"]), NOW)).toBe(false);
    expect(apart([row(["a"])], shelf, NOW).aside).toHaveLength(1);
    expect(shown(row(["a"]), NOW + 60_000)).toBe(true);
    expect(shown(row(["a", "b"]), NOW)).toBe(true);
    expect(shown(row(["a"], true), NOW)).toBe(true);
  });

  it("is the desk's own, and forgets what is over or damaged", () => {
    keepShelf("3", [{ alarmIds: ["a"], reason: "known", until: NOW + 1 }, { alarmIds: ["b"], reason: "over", until: NOW }]);
    expect(shelfOf("3", NOW).map(({ reason }) => reason)).toEqual(["known"]);
    expect(shelfOf("4", NOW)).toEqual([]);
    localStorage.setItem("kezek.shelf.3", JSON.stringify([{ alarmIds: "a" }, 7]));
    expect(shelfOf("3", NOW)).toEqual([]);
  });
});
