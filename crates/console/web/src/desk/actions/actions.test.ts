import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "../../api/times";
import { expect, test } from "vitest";
import { IncidentSchema, type Incident } from "../../contract/kezek/record/v1/incident_pb";
import { Channel } from "../../contract/kezek/record/v1/milestone_pb";
import { incidentActions } from "./offered";
import { otherIncident } from "./other_incident";
import { justNow, reportOf } from "./reports";

const incident = (incidentId: string, spokenNumber: string, at: "open" | "held" | "closed" | "cancelled" | "merged" = "open"): Incident =>
  create(IncidentSchema, { incidentId, spokenNumber, state: { state: { case: at, value: {} } as never } });

test("each state offers what it allows, and no key means two things", () => {
  for (const at of ["open", "held", "closed", "cancelled", "merged"] as const) {
    const codes = incidentActions(incident("i", "1", at)).map(({ code }) => code);
    expect(new Set(codes).size, at).toBe(codes.length);
  }
  expect(incidentActions(incident("i", "1", "closed")).map(({ action }) => action.what)).toEqual(["note", "reopen"]);
  expect(incidentActions(incident("i", "1", "held")).map(({ action }) => action.what)).toContain("release");
  expect(incidentActions(incident("i", "1")).map(({ action }) => action.what)).not.toContain("reopen");
});

test("the other incident is named by its number or by an ending that fits only one, never the incident itself", () => {
  const itself = incident("me", "1043");
  const all = [itself, incident("a", "A1043"), incident("b", "1055"), incident("c", "2055"), incident("d", "777", "closed")];
  expect(otherIncident("1055", itself, all)?.incidentId).toBe("b");
  expect(otherIncident("a1043", itself, all)?.incidentId).toBe("a");
  expect(otherIncident("1043", itself, all)?.incidentId).toBe("a");
  expect(otherIncident("055", itself, all)).toBeUndefined();
  expect(otherIncident("55", itself, all)).toBeUndefined();
  expect(otherIncident("777", itself, all)).toBeUndefined();
});

test("a report carries when it happened, over which channel and by whose word", () => {
  const now = Date.UTC(2026, 10, 27, 8, 5, 30);
  expect(reportOf({ ...justNow(Channel.RADIO), at: "14:03", person: " Асанов " }, now, "Asia/Bishkek")).toEqual({
    channel: Channel.RADIO, person: "Асанов", correctionReason: "", occurredAt: timestampFromMs(Date.UTC(2026, 10, 27, 8, 3)),
  });
  expect(reportOf(justNow(Channel.PHONE), now, "Asia/Bishkek")).not.toHaveProperty("occurredAt");
  expect(reportOf({ ...justNow(Channel.RADIO), at: "25:00" }, now, "Asia/Bishkek")).toBe("odd");
});
