import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { refused } from "../api/centre";
import type { Call } from "../api/api";
import { Delivery } from "./delivered";

function centre(answers: (() => Promise<unknown>)[]) {
  const told: string[] = [];
  const call = (() => ({ reportDelivered: ({ requestId }: { requestId: string }) => { told.push(requestId); return answers.shift()?.() ?? Promise.resolve({}); } })) as unknown as Call;
  return { call, told };
}

test("an assignment is told to be on the screen once, however often it is painted", async () => {
  const { call, told } = centre([]);
  const delivery = new Delivery();
  expect(await delivery.tell(call, "a")).toBe(true);
  expect(await delivery.tell(call, "a")).toBe(true);
  expect(told).toHaveLength(1);
});

test("without an answer it is told again under the same id", async () => {
  const { call, told } = centre([() => Promise.reject(refused(new ConnectError("gone", Code.Unavailable)))]);
  const delivery = new Delivery();
  expect(await delivery.tell(call, "a")).toBe(false);
  expect(await delivery.tell(call, "a")).toBe(true);
  expect(new Set(told).size).toBe(1);
  expect(told).toHaveLength(2);
});

test("a refusal ends it: it was answered meanwhile", async () => {
  const { call, told } = centre([() => Promise.reject(refused(new ConnectError("over", Code.FailedPrecondition)))]);
  const delivery = new Delivery();
  expect(await delivery.tell(call, "a")).toBe(true);
  await delivery.tell(call, "a");
  expect(told).toHaveLength(1);
});
