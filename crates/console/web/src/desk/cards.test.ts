// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { beforeEach, expect, test, vi } from "vitest";
import { CallSchema } from "../contract/kezek/record/v1/call_pb";
import { Typed } from "../look/typed";
import type { Session } from "../session/session";
import { Cards } from "./cards";

const operator: Session = { token: "t", name: "aigul", role: "operator", centre: "bishkek", endsAt: 0 };
const now = (): number => 5_000;
const cards = (of: Session = operator): Cards => new Cards(of, now);

beforeEach(() => localStorage.clear());

test("a desk always has a card, and an empty one is not kept", () => {
  expect(cards().all.value).toHaveLength(1);
  expect(localStorage).toHaveLength(0);
});

test("what is typed is there again after a reload, under the same request id", () => {
  const before = cards();
  before.change(before.front.value.id, { narrative: "кричат", stage: "unknown" });
  const after = cards();
  expect(after.front.value).toEqual(before.front.value);
  expect(after.front.value.requestId).toBe(before.front.value.requestId);
});

test("another person of the same browser does not see it, the same person does after signing in again", () => {
  const mine = cards();
  mine.change(mine.front.value.id, { narrative: "кричат" });
  expect(cards({ ...operator, name: "bakyt" }).front.value.narrative).toBe("");
  expect(cards({ ...operator, token: "another" }).front.value.narrative).toBe("кричат");
});

test("nobody sees the cards of a person whose name goes on where theirs ends", () => {
  const mine = cards({ ...operator, name: "aigul.osmonova" });
  mine.change(mine.front.value.id, { narrative: "кричат" });
  expect(cards().front.value.narrative).toBe("");
});

test("an answer that comes after its person has left keeps nothing of the card", () => {
  const mine = cards();
  const left = mine.follow();
  mine.change(mine.front.value.id, { narrative: "кричат", stage: "unknown" });
  new Typed(operator).forget();
  left();
  mine.change(mine.front.value.id, { stage: "taken" });
  expect(localStorage).toHaveLength(0);
});

test("what another window keeps or drops is followed", () => {
  const [mine, other] = [cards(), cards()];
  const left = mine.follow();
  other.change(other.front.value.id, { narrative: "кричат" });
  const [key = ""] = Object.keys(localStorage);
  dispatchEvent(new StorageEvent("storage", { key, newValue: localStorage.getItem(key) }));
  expect(mine.all.value).toContainEqual(other.front.value);
  dispatchEvent(new StorageEvent("storage", { key, newValue: null }));
  expect(mine.all.value).not.toContainEqual(other.front.value);
  left();
});

test("answering the next call sets the card in hand aside and loses nothing", () => {
  const mine = cards();
  mine.change(mine.front.value.id, { narrative: "кричат" });
  const first = mine.front.value.id;
  mine.openFor(create(CallSchema, { callId: "c-2", callerNumber: "0700" }));
  expect(mine.all.value.map(({ narrative }) => narrative)).toEqual(["кричат", ""]);
  expect(mine.front.value.callId).toBe("c-2");
  mine.bring(first);
  expect(mine.front.value.narrative).toBe("кричат");
});

test("a call has one card, however often it is opened, and an empty card is used for it", () => {
  const mine = cards();
  const call = create(CallSchema, { callId: "c-2" });
  mine.openFor(call);
  mine.openFor(call);
  expect(mine.all.value).toHaveLength(1);
});

test("a card that is thrown away is gone, and another takes its place", () => {
  const mine = cards();
  mine.change(mine.front.value.id, { narrative: "кричат" });
  mine.drop(mine.front.value.id);
  expect(mine.front.value.narrative).toBe("");
  expect(localStorage).toHaveLength(0);
});

test("a browser without room loses nothing of what is typed", () => {
  const mine = cards();
  vi.stubGlobal("localStorage", { getItem: () => null, removeItem: () => undefined, setItem: () => { throw new DOMException("full", "QuotaExceededError"); } });
  mine.change(mine.front.value.id, { narrative: "кричат", stage: "unknown" });
  expect(mine.front.value).toMatchObject({ narrative: "кричат", stage: "unknown" });
  vi.unstubAllGlobals();
});
