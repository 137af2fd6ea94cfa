import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { AlarmLevel, type Alarm } from "../contract/kezek/record/v1/alarm_pb";
import { AssignmentSchema } from "../contract/kezek/record/v1/assignment_pb";
import { IncidentSchema } from "../contract/kezek/record/v1/incident_pb";
import { Picture } from "../picture/picture";
import { alarm as made, type Stands } from "../testing/alarms";
import { codesOf, concerns, rowsOf } from "./rows";

const AT = 1_000_000;

/** What of an alarm a test is about. */
type Of = Parameters<typeof made>[2];

function alarm(id: string, of: Of = {}, stands: Stands = "raised", at = AT): Alarm {
  return made(id, at, of, stands);
}

function picture(priorities: Record<string, number> = {}): Picture {
  const found = new Picture();
  for (const [incidentId, priority] of Object.entries(priorities)) found.incidents.set(incidentId, create(IncidentSchema, { incidentId, priority }));
  return found;
}

describe("rows", () => {
  it("fold what is about one incident or call into one, and leave out what has ended", () => {
    const rows = rowsOf([
      alarm("a", { incidentId: "i" }), alarm("b", { incidentId: "i" }, "raised", AT - 500), alarm("c", { incidentId: "i", code: "SHORTFALL" }),
      alarm("d", { callId: "k" }), alarm("e", { callId: "k" }), alarm("f", { unitId: "u" }), alarm("g", { unitId: "u" }), alarm("h", {}, "ended"),
    ], picture({ i: 3 }), "operator");
    expect(rows.map(({ alarms }) => alarms.map(({ alarmId }) => alarmId).join(""))).toEqual(["bac", "f", "g", "de"]);
    const [folded] = rows;
    expect(folded?.since).toBe(AT - 500);
    expect(folded === undefined ? [] : codesOf(folded)).toEqual([{ code: "DESK_UNANSWERED", count: 2 }, { code: "SHORTFALL", count: 1 }]);
  });

  it("put what nobody acts on first, then what is urgent, then one's own, then priority, then age", () => {
    const alarms = [
      alarm("taken", { incidentId: "one" }, "acknowledged"), alarm("third", { incidentId: "three" }), alarm("second", { incidentId: "two" }),
      alarm("supervisor", { incidentId: "two-b", level: AlarmLevel.SUPERVISOR }), alarm("urgent", { incidentId: "one-b" }), alarm("older", { incidentId: "three-b" }, "raised", AT - 1),
    ];
    const known = picture({ one: 1, "one-b": 1, two: 2, "two-b": 2, three: 3, "three-b": 3 });
    const order = (role: "operator" | "supervisor"): string[] => rowsOf(alarms, known, role).map(({ alarms: [first] }) => first?.alarmId ?? "");
    expect(order("operator")).toEqual(["urgent", "second", "older", "third", "supervisor", "taken"]);
    expect(order("supervisor")).toEqual(["urgent", "supervisor", "second", "older", "third", "taken"]);
  });

  it("are urgent for the first priority, and for codes of which nobody else may know", () => {
    const urgent = (of: Of): boolean | undefined => rowsOf([alarm("a", of)], picture({ one: 1, two: 2 }), "operator")[0]?.urgent;
    expect(urgent({ incidentId: "one" })).toBe(true);
    expect(urgent({ incidentId: "two" })).toBe(false);
    expect(urgent({ callId: "k", code: "CALL_UNANSWERED" })).toBe(true);
    expect(urgent({ code: "STORE_RESTORED" })).toBe(false);
  });

  it("of an incident wait again when something new is raised about it", () => {
    const [row] = rowsOf([alarm("a", { incidentId: "i" }, "acknowledged", AT - 9_000), alarm("b", { incidentId: "i", code: "SHORTFALL" })], picture({ i: 3 }), "operator");
    expect(row?.waiting.map(({ alarmId }) => alarmId)).toEqual(["b"]);
    expect(row?.alarms[0]?.alarmId).toBe("b");
    expect(row?.since).toBe(AT);
  });

  it("concern a station by its desk, its unit or its assignment", () => {
    const known = picture();
    known.assignments.set("g", create(AssignmentSchema, { assignmentId: "g", stationId: "leninsky" }));
    const of = (unit: string): string | undefined => ({ u21: "leninsky", u30: "oktyabrsky" })[unit];
    const is = (about: Of): boolean => concerns(alarm("a", about), "leninsky", known, of);
    expect([is({ stationId: "leninsky" }), is({ stationId: "oktyabrsky" }), is({ unitId: "u21" }), is({ unitId: "u30" }), is({ assignmentId: "g" }), is({})])
      .toEqual([true, false, true, false, true, false]);
  });
});
