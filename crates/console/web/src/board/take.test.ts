import { ConnectError, Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { refused } from "../api/centre";
import { ErrorInfoSchema } from "../contract/google/rpc/error_details_pb";
import type { Call } from "../api/api";
import { exceptions } from "./exceptions";
import { after, alarm, incident, picture } from "./samples";
import { TakeOver } from "./take";

interface Sent { readonly requestId: string; readonly text?: string; readonly alarmId?: string; readonly incidentId?: string }

/** A centre that answers, fails at its nth request, or says that these alarms are over. */
function centre(failsAt: number | undefined, over: readonly string[] = []): { readonly call: Call; readonly sent: Sent[] } {
  const sent: Sent[] = [];
  const isOver = { desc: ErrorInfoSchema, value: { reason: "ILLEGAL_STEP", domain: "kezek", metadata: { state: "over" } } };
  const answer = async (request: Sent): Promise<object> => {
    sent.push(request);
    if (sent.length === failsAt) throw refused(new ConnectError("no answer", Code.DeadlineExceeded));
    if (over.includes(request.alarmId ?? "")) throw refused(new ConnectError("it stands: over", Code.FailedPrecondition, undefined, [isOver]));
    return {};
  };
  return { call: (() => ({ addNote: answer, acknowledgeAlarm: answer })) as unknown as Call, sent };
}

const [matter] = exceptions(picture(
  { case: "incident", value: incident("a", { needs: [{ unitKindId: "patrol", units: 1, shortfall: true, unitsMissing: 1 }] }) },
  { case: "alarm", value: alarm("x", "SHORTFALL", { incidentId: "a" }) }, { case: "alarm", value: alarm("y", "QUEUE_AGE", { incidentId: "a" }) },
), after(90));

describe("taking over", () => {
  it("takes every alarm of the matter, and then writes who took it", async () => {
    const { call, sent } = centre(undefined);
    if (matter === undefined) throw new Error("there is a matter");
    await new TakeOver(matter, "taken over: busy").run(call);
    expect(sent.map(({ text, alarmId }) => text ?? alarmId)).toEqual(["x", "y", "taken over: busy"]);
    expect(new Set(sent.map(({ requestId }) => requestId)).size).toBe(3);
  });

  it("goes on where it stopped, under the same ids", async () => {
    const { call, sent } = centre(2);
    if (matter === undefined) throw new Error("there is a matter");
    const take = new TakeOver(matter, "taken over: busy");
    await expect(take.run(call)).rejects.toThrow("no answer");
    expect(take.begun).toBe(true);
    await take.run(call);
    expect(sent.map(({ text, alarmId }) => text ?? alarmId)).toEqual(["x", "y", "y", "taken over: busy"]);
    expect(sent[1]?.requestId).toBe(sent[2]?.requestId);
  });

  it("writes nothing where nothing could be taken", async () => {
    const { call, sent } = centre(undefined, ["x", "y"]);
    if (matter === undefined) throw new Error("there is a matter");
    const take = new TakeOver(matter, "taken over: busy");
    await expect(take.run(call)).rejects.toThrow("it stands: over");
    expect(take.begun).toBe(false);
    expect(sent.map(({ text }) => text)).toEqual([undefined, undefined]);
  });

  it("takes what is left where an alarm of the matter is over", async () => {
    const { call, sent } = centre(undefined, ["x"]);
    if (matter === undefined) throw new Error("there is a matter");
    await new TakeOver(matter, "taken over: busy").run(call);
    expect(sent.map(({ text, alarmId }) => text ?? alarmId)).toEqual(["x", "y", "taken over: busy"]);
  });

  it("is possible where there is an alarm to own or an incident to write on", () => {
    const [alone] = exceptions(picture({ case: "alarm", value: alarm("z", "JOURNAL_FULL") }), after(60));
    expect([alone, matter].map((one) => one !== undefined && TakeOver.possible(one))).toEqual([true, true]);
    if (alone === undefined) throw new Error("there is one");
    expect(TakeOver.possible({ ...alone, alarms: [] })).toBe(false);
  });
});
