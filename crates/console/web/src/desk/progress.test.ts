import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { AssignmentSchema } from "../contract/kezek/record/v1/assignment_pb";
import { IncidentSchema, Progress } from "../contract/kezek/record/v1/incident_pb";
import { RunSchema } from "../contract/kezek/record/v1/run_pb";
import { assignmentGoesOn, runGoesOn } from "../picture/steps";
import { progressOf } from "./progress";

const open = create(IncidentSchema, { state: { state: { case: "open", value: {} } } });
const responds = { purpose: { case: "respond", value: { needIndex: 0, unitKindId: "patrol" } } } as const;
const received = create(AssignmentSchema, { purpose: responds, state: { state: { case: "received", value: { person: "A" } } } });
const informed = create(AssignmentSchema, { purpose: { purpose: { case: "inform", value: {} } }, state: { state: { case: "received", value: { person: "A" } } } });
const enRoute = create(RunSchema, { state: { state: { case: "enRoute", value: {} } } });
const cleared = create(RunSchema, { state: { state: { case: "cleared", value: {} } } });

test("an incident is as far as the furthest of its open work", () => {
  expect(progressOf(open, [], [])).toBe(Progress.WAITING);
  expect(progressOf(open, [received], [])).toBe(Progress.RECEIVED);
  expect(progressOf(open, [received], [enRoute, cleared])).toBe(Progress.EN_ROUTE);
});

test("a desk that is only told is no answer, and neither is work that is over", () => {
  expect(progressOf(open, [informed], [cleared])).toBe(Progress.WAITING);
});

const isClear = (...of: Parameters<typeof progressOf>): boolean => progressOf(...of) === Progress.ALL_CLEAR;

test("all are clear once somebody went and nobody is out, asked for or lacking", () => {
  const served = create(IncidentSchema, { state: { state: { case: "open", value: {} } }, runIds: ["r"] });
  expect(isClear(served, [informed], [cleared])).toBe(true);
  // the stream no longer carries the run
  expect(isClear(served, [], [])).toBe(true);
  expect(isClear(open, [], [])).toBe(false);
  expect(isClear(served, [], [cleared, enRoute])).toBe(false);
  expect(isClear(served, [received], [])).toBe(false);
  const accepted = create(AssignmentSchema, { purpose: responds, state: { state: { case: "accepted", value: { person: "A" } } } });
  expect(isClear(served, [accepted], [cleared])).toBe(true);
  expect(progressOf(served, [accepted], [create(RunSchema, { state: { state: { case: "sent", value: {} } } })])).toBe(Progress.RECEIVED);
  expect(isClear(served, [], [create(RunSchema, { state: { state: { case: "standDownSent", value: {} } } })])).toBe(false);
  expect(isClear(create(IncidentSchema, { ...served, queued: true }), [], [])).toBe(false);
});

test("what is not open has no progress", () => {
  const held = create(IncidentSchema, { state: { state: { case: "held", value: {} } } });
  expect(progressOf(held, [], [enRoute])).toBe(Progress.NONE);
});

test("a run that was stood down holds its unit until it is confirmed", () => {
  expect(runGoesOn(create(RunSchema, { state: { state: { case: "standDownSent", value: {} } } }))).toBe(true);
  expect(runGoesOn(cleared)).toBe(false);
  expect(assignmentGoesOn(received)).toBe(true);
});
