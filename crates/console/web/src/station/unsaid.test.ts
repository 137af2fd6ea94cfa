// @vitest-environment happy-dom
import { Code, ConnectError } from "@connectrpc/connect";
import { refused } from "../api/centre";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Channel } from "../contract/kezek/record/v1/milestone_pb";
import type { Saying } from "./saying";
import { Sayings } from "./unsaid";

beforeEach(() => localStorage.clear());

const RECEIVED: Saying = { say: "received", assignmentId: "a", person: "Asanov", how: { channel: Channel.DEVICE, person: "Asanov" } };

/** A desk whose link and centre do as they are told. */
function desk(station = "leninsky") {
  const told: { readonly id: string; readonly saying: Saying }[] = [];
  const centre: { live: boolean; now: number; throws: unknown } = { live: true, now: 1_000, throws: undefined };
  const sayings = new Sayings(station, {
    tell: (id, saying) => {
      told.push({ id, saying });
      return centre.throws === undefined ? Promise.resolve() : Promise.reject(centre.throws);
    },
    maySend: () => centre.live,
    now: () => centre.now,
  });
  return { told, centre, sayings };
}

describe("over a living link", () => {
  test("what is said is sent once, and forgotten when it is answered", async () => {
    const { told, sayings } = desk();
    expect(await sayings.say(RECEIVED)).toBeUndefined();
    expect(told).toHaveLength(1);
    expect(sayings.list.value).toEqual([]);
  });
  test("where no answer came it waits for a person, and goes again under the same id with the same words", async () => {
    const { told, centre, sayings } = desk();
    centre.throws = refused(new ConnectError("gone", Code.Unavailable));
    const left = await sayings.say(RECEIVED);
    expect(left?.state).toBe("unknown");
    centre.throws = undefined;
    expect(told).toHaveLength(1);
    await sayings.again(left?.id ?? "");
    expect(told.map(({ id }) => id)).toEqual([left?.id, left?.id]);
    expect(told[1]?.saying).toEqual(RECEIVED);
    expect(sayings.list.value).toEqual([]);
  });
  test("a refusal is an answer: it is shown, and another attempt is another request", async () => {
    const { told, centre, sayings } = desk();
    centre.throws = refused(new ConnectError("no", Code.FailedPrecondition));
    expect((await sayings.say(RECEIVED))?.state).toBe("refused");
    centre.throws = undefined;
    await sayings.say(RECEIVED);
    expect(new Set(told.map(({ id }) => id)).size).toBe(2);
    expect(sayings.list.value).toEqual([]);
  });
});

describe("without a link", () => {
  test("nothing is sent, not even when the link is back, until a person says that it is still true", async () => {
    const { told, centre, sayings } = desk();
    centre.live = false;
    const left = await sayings.say(RECEIVED);
    expect(left?.state).toBe("waiting");
    await sayings.again(left?.id ?? "");
    centre.live = true;
    await Promise.resolve();
    expect(told).toEqual([]);
    centre.now = 61_000;
    await sayings.again(left?.id ?? "");
    expect(told).toHaveLength(1);
    // it happened when it was said, not when the link came back
    expect(told[0]?.saying).toMatchObject({ say: "received", how: { occurredAt: 1_000 } });
  });
  test("what was said by telephone meanwhile can be dropped", async () => {
    const { told, centre, sayings } = desk();
    centre.live = false;
    const left = await sayings.say(RECEIVED);
    sayings.drop(left?.id ?? "");
    expect(sayings.list.value).toEqual([]);
    expect(told).toEqual([]);
  });
});

describe("over a restart of the browser", () => {
  test("what waited is still there under its id; what was on its way is not known to be done; what was refused is over", async () => {
    const before = desk();
    before.centre.live = false;
    const waiting = await before.sayings.say(RECEIVED);
    before.centre.live = true;
    before.centre.throws = refused(new ConnectError("no", Code.FailedPrecondition));
    await before.sayings.say({ say: "signOff", unitId: "u" });
    const never = new Promise<void>(() => undefined);
    const cut = new Sayings("leninsky", { tell: () => never, maySend: () => true, now: () => 2_000 });
    void cut.say({ say: "inService", unitId: "u" });
    const after = desk();
    expect(after.sayings.list.value.map(({ state, saying }) => [saying.say, state])).toEqual([["received", "waiting"], ["inService", "unknown"]]);
    expect(after.sayings.list.value[0]?.id).toBe(waiting?.id);
    expect(after.told).toEqual([]);
    expect(desk("oktyabrsky").sayings.list.value).toEqual([]);
  });
  test("what an earlier build kept under another name is sent as what it says", async () => {
    const how = { channel: Channel.DEVICE, person: "Asanov" };
    const kept = [{ say: "calledBack", assignmentId: "a", how }, { say: "runCalledBack", runId: "r", how }].map((saying, at) => ({ id: `${at}`, saying, saidAt: 1_000, state: "unknown" }));
    localStorage.setItem("kezek.station.leninsky.unsaid", JSON.stringify(kept));
    const { told, sayings } = desk();
    for (const { id } of sayings.list.value) await sayings.again(id);
    expect(told.map(({ id, saying }) => [id, saying.say])).toEqual([["0", "standDownConfirmed"], ["1", "runStandDownConfirmed"]]);
  });
  test("a store that holds something else is empty", () => {
    localStorage.setItem("kezek.station.leninsky.unsaid", "{\"a\":");
    expect(desk().sayings.list.value).toEqual([]);
  });
});

test("a browser without room sends what is said all the same", async () => {
  vi.stubGlobal("localStorage", { getItem: () => null, removeItem: () => undefined, setItem: () => { throw new DOMException("full", "QuotaExceededError"); } });
  const { told, sayings } = desk();
  expect(await sayings.say(RECEIVED)).toBeUndefined();
  expect(told).toHaveLength(1);
  vi.unstubAllGlobals();
});
