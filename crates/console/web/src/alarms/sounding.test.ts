import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { AlarmLevel, AlarmSchema } from "../contract/kezek/record/v1/alarm_pb";
import type { AlarmRow } from "./rows";
import { ATTENTION_AGAIN_MS, due, URGENT_EVERY_MS, type Heard } from "./sounding";
import { loudness, NOTES, URGENT_FLOOR, type Tone } from "./tones";

function row(id: string, urgent: boolean, waits = true, level = AlarmLevel.OPERATOR): AlarmRow {
  const alarms = [create(AlarmSchema, { alarmId: id })];
  return { key: id, alarms, waiting: waits ? alarms : [], incidentId: "", priority: urgent ? 1 : 3, urgent, level, since: 0 };
}

/** What sounds at which second, with a look each second. */
function heardOver(seconds: number, rowsAt: (second: number) => readonly AlarmRow[], role: "operator" | "supervisor" = "operator"): [number, Tone][] {
  let heard: ReadonlyMap<string, Heard> = new Map();
  const sounds: [number, Tone][] = [];
  for (let second = 0; second <= seconds; second += 1) {
    const { tone, heard: next } = due(rowsAt(second), heard, role, second * 1_000);
    heard = next;
    if (tone !== undefined) sounds.push([second, tone]);
  }
  return sounds;
}

describe("what sounds", () => {
  it("is urgent every five seconds until somebody acts", () => {
    expect(URGENT_EVERY_MS).toBe(5_000);
    expect(heardOver(20, (second) => [row("a", true, second < 12)])).toEqual([[0, "urgent"], [5, "urgent"], [10, "urgent"]]);
  });

  it("is attention once and once more after half a minute, and never again", () => {
    expect(ATTENTION_AGAIN_MS).toBe(30_000);
    expect(heardOver(120, () => [row("a", false)])).toEqual([[0, "attention"], [30, "attention"]]);
  });

  it("is the gravest of several, and the other is not made up for", () => {
    expect(heardOver(4, () => [row("a", false), row("b", true)])).toEqual([[0, "urgent"]]);
  });

  it("begins anew for one more alarm about the same matter", () => {
    const more = { ...row("a", false), waiting: [create(AlarmSchema, { alarmId: "a" }), create(AlarmSchema, { alarmId: "b" })] };
    expect(heardOver(9, (second) => [second < 7 ? row("a", false) : more])).toEqual([[0, "attention"], [7, "attention"]]);
  });

  it("is for a supervisor only what is urgent, and for an operator not what is the supervisor's", () => {
    expect(heardOver(2, () => [row("a", false, true, AlarmLevel.SUPERVISOR)], "supervisor")).toEqual([]);
    expect(heardOver(2, () => [row("a", true, true, AlarmLevel.SUPERVISOR)], "supervisor")).toEqual([[0, "urgent"]]);
    expect(heardOver(2, () => [row("a", false, true, AlarmLevel.SUPERVISOR)])).toEqual([]);
  });
});

describe("tones", () => {
  it("differ in rhythm or direction, so that nobody must hear pitch", () => {
    const shape = (tone: Tone): string => NOTES[tone].map(({ pitch }, at, all) => Math.sign(pitch - (all[at - 1]?.pitch ?? pitch))).join(" ");
    expect(new Set((Object.keys(NOTES) as Tone[]).map(shape)).size).toBe(4);
    expect(shape("urgent")).toBe("0 1 1");
  });

  it("that are urgent cannot be silenced at the desk, the others can", () => {
    expect(loudness("urgent", 0)).toBe(URGENT_FLOOR);
    expect(loudness("urgent", 0.9)).toBe(0.9);
    expect(loudness("attention", 0)).toBe(0);
  });

  it("last less than they wait", () => {
    for (const notes of Object.values(NOTES)) expect(Math.max(...notes.map(({ at, lasts }) => at + lasts)) * 1_000).toBeLessThan(1_000);
  });
});
