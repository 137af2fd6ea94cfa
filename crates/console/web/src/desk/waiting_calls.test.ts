import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { CallSchema, type Call } from "../contract/kezek/record/v1/call_pb";
import { Step } from "../contract/kezek/record/v1/milestone_pb";
import { nextRinging, waitingCalls, waitsSince } from "./waiting_calls";

const rang = (callId: string, at: number, state: NonNullable<Call["state"]>["state"]): Call =>
  create(CallSchema, { callId, milestones: [{ step: Step.RANG, occurredAt: timestampFromMs(at) }], state: { state } });

test("ringing calls come first, the longest first; then what is due to be called back; then what is to be decided", () => {
  const empty = {} as never;
  const calls = [
    rang("abandoned", 1_000, { case: "abandoned", value: empty }),
    rang("decide", 500, { case: "needsDecision", value: empty }),
    rang("second", 3_000, { case: "ringing", value: empty }),
    rang("first", 2_000, { case: "ringing", value: empty }),
    rang("in hand", 100, { case: "answered", value: empty }),
    rang("over", 50, { case: "ended", value: empty }),
  ];
  const back = create(CallSchema, { callId: "back", state: { state: { case: "callBack", value: { attempt: 2, due: timestampFromMs(9_000) } } } });
  const sooner = create(CallSchema, { callId: "sooner", state: { state: { case: "callBack", value: { attempt: 1, due: timestampFromMs(8_000) } } } });
  expect(waitingCalls([...calls, back, sooner]).map(({ callId }) => callId)).toEqual(["first", "second", "sooner", "back", "decide", "abandoned"]);
  expect(nextRinging(calls)?.callId).toBe("first");
  expect(nextRinging([back])).toBeUndefined();
});

test("a call waits since it rang", () => {
  expect(waitsSince(rang("one", 2_000, { case: "ringing", value: {} as never }))).toBe(2_000);
});
