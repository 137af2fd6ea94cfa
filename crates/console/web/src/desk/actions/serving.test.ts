import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { AssignmentSchema } from "../../contract/kezek/record/v1/assignment_pb";
import { IncidentSchema } from "../../contract/kezek/record/v1/incident_pb";
import { RunSchema } from "../../contract/kezek/record/v1/run_pb";
import { servesAs } from "./serving";

const incident = create(IncidentSchema, { incidentId: "i", runIds: ["on", "over"], assignmentIds: ["asks"] });
const picture = {
  runs: new Map([
    ["on", create(RunSchema, { runId: "on", unitId: "u21", state: { state: { case: "enRoute", value: {} } } })],
    ["over", create(RunSchema, { runId: "over", unitId: "u22", state: { state: { case: "cleared", value: {} } } })],
    // of another incident
    ["other", create(RunSchema, { runId: "other", unitId: "u23", state: { state: { case: "enRoute", value: {} } } })],
  ]),
  assignments: new Map([["asks", create(AssignmentSchema, {
    assignmentId: "asks", stationId: "s", recommendedUnitId: "u24", purpose: { purpose: { case: "respond", value: { needIndex: 1 } } }, state: { state: { case: "sent", value: {} } },
  })]]),
};

test("a unit serves an incident while it goes there, or while its desk is asked for it and the same need", () => {
  expect(["u21", "u22", "u23"].map((unitId) => servesAs(incident, unitId, 1, picture))).toEqual(["goes", undefined, undefined]);
  expect([servesAs(incident, "u24", 1, picture), servesAs(incident, "u24", 0, picture)]).toEqual(["asked", undefined]);
});
