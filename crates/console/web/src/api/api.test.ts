import { createRouterTransport, Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { AlarmService } from "../contract/kezek/dispatch/v1/alarm_service_pb";
import { ErrorInfoSchema } from "../contract/google/rpc/error_details_pb";
import { ReviewService } from "../contract/kezek/review/v1/review_service_pb";
import { calls, type Calls } from "./api";
import { Centre } from "./centre";
import { refusal, type Refusal } from "./refusal";

const moved = new ConnectError("moved", Code.Aborted, undefined, [{ desc: ErrorInfoSchema, value: { reason: "VERSION_MOVED", metadata: { state: "open" } } }]);

/** Calls to a centre that refuses every alarm's end and breaks a review off after its first frame. */
function refusing(): Calls {
  const transport = createRouterTransport(({ service }) => {
    service(AlarmService, { acknowledgeAlarm: ({ alarmId }) => ({ alarm: { alarmId } }), endAlarm: () => { throw moved; } });
    service(ReviewService, { async *reviewChanges() { yield { lineage: "one" }; throw new ConnectError("gone", Code.Unavailable); } });
  });
  return calls(async () => new Centre(transport, transport));
}

async function why(thrower: Promise<unknown>): Promise<Refusal> {
  return refusal(await thrower.then(() => undefined, (thrown: unknown) => thrown));
}

test("a call waits for what calls the centre, and is answered", async () => {
  let come: () => void = () => undefined;
  const came = new Promise<void>((resolve) => { come = resolve; });
  const transport = createRouterTransport(({ service }) => service(AlarmService, { acknowledgeAlarm: ({ alarmId }) => ({ alarm: { alarmId } }) }));
  const { call } = calls(async () => { await came; return new Centre(transport, transport); });
  const answer = call("AlarmService").acknowledgeAlarm({ alarmId: "a" });
  come();
  expect((await answer).alarm?.alarmId).toBe("a");
});

test("a refusal is thrown with its code and its facts", async () => {
  expect(await why(refusing().call("AlarmService").endAlarm({}))).toMatchObject({ reason: "VERSION_MOVED", sentence: "moved", facts: { state: "open" }, unknown: false, older: false, signedOut: false });
});

test("a method that the centre does not know is told apart from a refusal", async () => {
  expect(await why(refusing().call("AlarmService").listAlarms({}))).toMatchObject({ older: true, unknown: false });
});

test("a stream gives what came until it broke, and says that nobody knows the rest", async () => {
  const frames: string[] = [];
  const whole = (async () => { for await (const { lineage } of refusing().stream("ReviewService").reviewChanges({})) frames.push(lineage); })();
  expect(await why(whole)).toMatchObject({ reason: "UNREACHABLE", unknown: true });
  expect(frames).toEqual(["one"]);
});

test("if what calls the centre does not come, nobody has answered and it is asked for again", async () => {
  let attempts = 0;
  const { call } = calls(() => { attempts += 1; return Promise.reject(new TypeError("the network is away")); });
  expect(await why(call("AlarmService").endAlarm({}))).toMatchObject({ reason: "UNREACHABLE", unknown: true, signedOut: false });
  await why(call("AlarmService").endAlarm({}));
  expect(attempts).toBe(2);
});
