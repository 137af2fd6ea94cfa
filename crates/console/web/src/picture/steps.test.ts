import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { timestampFromMs } from "../api/times";
import { MilestoneSchema, Step } from "../contract/kezek/record/v1/milestone_pb";
import { isBeforeSent } from "./steps";

test("only a minute before that of the sending is before it", () => {
  const sent = [create(MilestoneSchema, { step: Step.SENT, occurredAt: timestampFromMs(Date.UTC(2026, 10, 26, 9, 56, 25)) })];
  expect(isBeforeSent(sent, Date.UTC(2026, 10, 26, 9, 55, 59))).toBe(true);
  expect(isBeforeSent(sent, Date.UTC(2026, 10, 26, 9, 56))).toBe(false);
  expect(isBeforeSent([], 0)).toBe(false);
});
