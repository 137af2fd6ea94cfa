import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { AssignmentSchema } from "../contract/kezek/record/v1/assignment_pb";
import { CallSchema } from "../contract/kezek/record/v1/call_pb";
import { IncidentSchema } from "../contract/kezek/record/v1/incident_pb";
import { LocationSchema } from "../contract/kezek/record/v1/location_pb";
import { Channel, MilestoneSchema, Step } from "../contract/kezek/record/v1/milestone_pb";
import { NoteSchema } from "../contract/kezek/record/v1/note_pb";
import { RunSchema } from "../contract/kezek/record/v1/run_pb";
import { callerNumbers, gathered, historyOf, newer } from "./history";

const step = (of: Step, at: number, recorded = at, more: MessageInitShape<typeof MilestoneSchema> = {}) =>
  create(MilestoneSchema, { step: of, occurredAt: timestampFromMs(at), recordedAt: timestampFromMs(recorded), reportedBy: "aigul", ...more });

const WHOLE = {
  incident: create(IncidentSchema, { incidentId: "i", milestones: [step(Step.CREATED, 2_000)] }),
  calls: [create(CallSchema, {
    callId: "c", spokenNumber: "12", narrative: "кричат", takenAt: timestampFromMs(2_000), milestones: [step(Step.ANSWERED, 1_000)],
    additions: [{ recordedAt: timestampFromMs(6_000), addedBy: "aigul", narrative: "двое", location: create(LocationSchema, { landmark: "у моста" }) }],
  })],
  assignments: [create(AssignmentSchema, { assignmentId: "a", stationId: "s", milestones: [step(Step.SENT, 3_000)] })],
  runs: [create(RunSchema, { runId: "r", unitId: "u", milestones: [step(Step.ON_SCENE, 4_000, 9_000, { channel: Channel.RADIO, onBehalfOf: "Асанов" })] })],
  notes: [create(NoteSchema, { noteId: "n", text: "ждут", writtenBy: "bakyt", recordedAt: timestampFromMs(5_000) })],
};

test("everything that belongs to an incident is one line of time", () => {
  const told = historyOf(WHOLE).map(({ what, subject }) => ("step" in what ? `${subject.of} ${Step[what.step]}` : `${subject.of} ${what.words}`));
  expect(told).toEqual(["call ANSWERED", "incident CREATED", "call narrative", "station SENT", "unit ON_SCENE", "incident note", "call addition"]);
});

test("a late report stands where it happened and keeps when it was recorded, by whom and on whose word", () => {
  const late = historyOf(WHOLE).find(({ subject }) => subject.of === "unit");
  expect(late).toMatchObject({ at: 4_000, recordedAt: 9_000, by: "aigul", onBehalfOf: "Асанов", channel: Channel.RADIO });
});

test("callers can be rung back: each number once, the latest first", () => {
  const call = (callerNumber: string) => create(CallSchema, { callerNumber });
  expect(callerNumbers([call("+996555"), call(""), call("+996777"), call("+996555")])).toEqual(["+996555", "+996777"]);
  expect(callerNumbers([call("")])).toEqual([]);
});

test("a better place is part of what was added", () => {
  expect(historyOf(WHOLE).at(-1)?.text).toBe("двое; у моста");
});

test("of what was read and what the stream brought the newer holds", () => {
  const [read, live] = [{ version: 3n }, { version: 4n }];
  expect(newer(read, live)).toBe(live);
  expect(newer({ version: 5n }, live)).toEqual({ version: 5n });
  expect(newer(read, undefined)).toBe(read);
  expect(gathered(["a", "b", "gone"], new Map([["a", read]]), new Map([["b", live]]))).toEqual([read, live]);
});
