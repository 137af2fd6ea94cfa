// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { beforeEach, expect, test } from "vitest";
import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorInfoSchema } from "../contract/google/rpc/error_details_pb";
import { CallSchema, type Call } from "../contract/kezek/record/v1/call_pb";
import { IntakeService, TakeCallResponseSchema } from "../contract/kezek/intake/v1/intake_service_pb";
import { NOW, settled, show, stage, type Stage } from "../testing/surroundings";
import { Cards } from "./cards";
import { DeskProvider, deskState, type DeskState } from "./state";
import { useTaking, type Taking } from "./taking";

let taking: Taking;

function Takes() {
  taking = useTaking();
  return null;
}

beforeEach(() => {
  localStorage.clear();
  history.replaceState(null, "", "/desk");
});

/** A desk with a card that was filled in, at a centre that takes it once the test lets it. */
async function desk(): Promise<{ readonly desk: DeskState; readonly on: Stage; answer(): void }> {
  let answer = (): void => undefined;
  const waits = new Promise<void>((free) => { answer = free; });
  const on = stage(({ service }) => service(IntakeService, {
    takeCall: async () => {
      await waits;
      return create(TakeCallResponseSchema, { callId: "c", incidentId: "i-new", spokenNumber: "1044" });
    },
  }));
  const made = deskState(new Cards(on.console.session, () => NOW));
  made.cards.change(made.cards.front.value.id, { narrative: "кричат" });
  await show(on, <DeskProvider value={made}><Takes /></DeskProvider>);
  return { desk: made, on, answer };
}

test("a call that was taken shows the incident that it led to", async () => {
  const { desk: made, answer } = await desk();
  void taking.take(true);
  answer();
  await settled(20);
  expect(made.cards.front.value.stage).toBe("taken");
  expect(made.selected.value).toBe("i-new");
});

test("it does not take away what is being entered about another incident", async () => {
  const { desk: made, answer } = await desk();
  made.select("i-other");
  void taking.take(true);
  made.begin({ what: "note" });
  answer();
  await settled(20);
  expect(made.cards.front.value.stage).toBe("taken");
  expect(made.selected.value).toBe("i-other");
  expect(made.action.value).toEqual({ what: "note" });
});

/** A desk where a call rings, at a centre that refuses its answering once the test lets it. */
async function ringingDesk(): Promise<{ readonly desk: DeskState; readonly on: Stage; readonly saved: readonly string[]; refuse(): void }> {
  let refuse = (): void => undefined;
  const saved: string[] = [];
  const waits = new Promise<void>((free) => { refuse = free; });
  const on = stage(({ service }) => service(IntakeService, {
    reportAnswered: async () => {
      await waits;
      throw new ConnectError("it is answered", Code.FailedPrecondition, undefined, [{ desc: ErrorInfoSchema, value: { reason: "ILLEGAL_STEP", domain: "kezek" } }]);
    },
    takeCall: ({ continuesCallId }) => {
      saved.push(continuesCallId);
      return create(TakeCallResponseSchema, { callId: "c-new", incidentId: "i-new", spokenNumber: "1044" });
    },
  }));
  on.picture.calls.set("c", create(CallSchema, { callId: "c", callerNumber: "+996555", state: { state: { case: "ringing", value: {} } } }));
  const made = deskState(new Cards(on.console.session, () => NOW));
  await show(on, <DeskProvider value={made}><Takes /></DeskProvider>);
  return { desk: made, on, saved, refuse };
}

test("the card of a ringing call is open before the centre answers", async () => {
  const { desk: made } = await ringingDesk();
  void taking.answer();
  expect(made.cards.front.value).toMatchObject({ callId: "c", callerNumber: "+996555" });
});

test("a call that somebody else answered first leaves what was typed, and is no more of the card", async () => {
  const { desk: made, refuse } = await ringingDesk();
  void taking.answer();
  made.cards.change(made.cards.front.value.id, { address: "Ахунбаева" });
  refuse();
  await settled(20);
  expect(taking.refused(made.cards.front.value.id)?.reason).toBe("ILLEGAL_STEP");
  expect(made.cards.front.value).toMatchObject({ callId: "", callerNumber: "", address: "Ахунбаева" });
});

test("a call whose card is open stays of it, however often it is answered", async () => {
  const { desk: made, refuse } = await ringingDesk();
  made.cards.openFor(create(CallSchema, { callId: "c", callerNumber: "+996555" }));
  void taking.answer();
  refuse();
  await settled(20);
  expect(made.cards.front.value.callId).toBe("c");
});

const MOVED = { reason: "VERSION_MOVED", sentence: "", facts: {}, fields: [], unknown: false, signedOut: false };

test("a call that the command line opened a card for and that rings on stays the card's", async () => {
  const { desk: made } = await ringingDesk();
  taking.answered("c", "Ахунбаева");
  expect(made.cards.front.value).toMatchObject({ callId: "c", address: "Ахунбаева" });
  taking.notAnswered("c", MOVED);
  expect(made.cards.front.value).toMatchObject({ callId: "c", address: "Ахунбаева" });
});

test("a call that the command line opened a card for and somebody else answered leaves what was typed, and is no more of the card", async () => {
  const { desk: made } = await ringingDesk();
  taking.answered("c", "Ахунбаева");
  taking.notAnswered("c", { ...MOVED, reason: "ILLEGAL_STEP" });
  expect(made.cards.front.value).toMatchObject({ callId: "", callerNumber: "", address: "Ахунбаева" });
});

test("the next caller is answered while a call is still being saved", async () => {
  const { desk: made, answer, on } = await desk();
  on.picture.calls.set("next", create(CallSchema, { callId: "next", callerNumber: "+996777", state: { state: { case: "ringing", value: {} } } }));
  void taking.take(true);
  void taking.answer();
  expect(made.cards.front.value).toMatchObject({ callId: "next", callerNumber: "+996777" });
  answer();
  await settled(20);
  expect(made.cards.all.value.map(({ callId, stage: stands }) => [callId, stands])).toEqual([["c", "taken"], ["next", "open"]]);
});

test("a card that is saved before its caller is known to be this desk's waits for that", async () => {
  const { desk: made, saved, refuse } = await ringingDesk();
  void taking.answer();
  made.cards.change(made.cards.front.value.id, { narrative: "кричат" });
  void taking.take(false);
  await settled(20);
  expect(saved).toEqual([]);
  refuse();
  await settled(20);
  expect(saved).toEqual([""]);
  expect(made.cards.front.value).toMatchObject({ stage: "taken", narrative: "кричат" });
});

/** The call as this or another desk answered it. */
const answeredBy = (desk: string): Call => create(CallSchema, { callId: "c", callerNumber: "+996555", state: { state: { case: "answered", value: { desk } } } });

test.each([
  ["nobody knows whether it was answered, and it was, by this desk", { ...MOVED, reason: "UNREACHABLE", unknown: true }, [answeredBy("3")], "c"],
  ["nobody knows whether it was answered, and the picture comes anew", { ...MOVED, reason: "UNREACHABLE", unknown: true }, [], "c"],
  ["it was answered before, by this desk", { ...MOVED, reason: "ILLEGAL_STEP" }, [answeredBy("3")], "c"],
  ["another desk answered it", MOVED, [answeredBy("4")], ""],
])("a caller whose card the command line opened is of it or not where %s", async (_, why, calls, of) => {
  const { desk: made, on } = await ringingDesk();
  taking.answered("c", "");
  on.picture.calls.clear();
  for (const one of calls) on.picture.calls.set(one.callId, one);
  taking.notAnswered("c", why);
  expect(made.cards.front.value.callId).toBe(of);
});

test("a call that this window does not know yet opens no card", async () => {
  await ringingDesk();
  expect(taking.answered("another", "Ахунбаева")).toBe(false);
});

test("a second card is taken while the first one is, and a refusal stays of its own card", async () => {
  let free = (): void => undefined;
  const waits = new Promise<void>((next) => { free = next; });
  const on = stage(({ service }) => service(IntakeService, {
    takeCall: async ({ narrative }) => {
      if (narrative === "second") return create(TakeCallResponseSchema, { callId: "c", incidentId: "i", spokenNumber: "1044" });
      await waits;
      throw new ConnectError("no", Code.FailedPrecondition, undefined, [{ desc: ErrorInfoSchema, value: { reason: "LIMIT_REACHED", domain: "kezek" } }]);
    },
  }));
  const made = deskState(new Cards(on.console.session, () => NOW));
  await show(on, <DeskProvider value={made}><Takes /></DeskProvider>);
  const first = made.cards.front.value.id;
  made.cards.change(first, { narrative: "first" });
  void taking.take(false);
  made.cards.change(first, { addition: "and a knife" });
  made.cards.open();
  const second = made.cards.front.value.id;
  made.cards.change(second, { narrative: "second" });
  void taking.take(false);
  await settled(20);
  const stands = (id: string) => made.cards.all.value.find((one) => one.id === id);
  expect([stands(first)?.stage, stands(second)?.stage]).toEqual(["unknown", "taken"]);
  free();
  await settled(20);
  expect([taking.refused(first)?.reason, taking.refused(second)]).toEqual(["LIMIT_REACHED", undefined]);
  void taking.answer();
  expect(taking.refused(first)?.reason).toBe("LIMIT_REACHED");
  // and what was added meanwhile is among its words
  expect(stands(first)).toMatchObject({ stage: "open", narrative: "first and a knife", addition: "" });
});
