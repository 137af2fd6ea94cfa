import { expect, test } from "vitest";
import { record } from "./fakes";
import { Joining } from "./joining";
import type { Part, WholeFrame } from "./told";

const part = (...ids: string[]): Part => ({ records: ids.map((id) => record(id)), left: [], positions: [] });
const last = (...ids: string[]): WholeFrame => ({ ...part(...ids), reset: true, lineage: "one", after: 0n, through: 9n, serverTime: 1, trueAt: 1, connection: 1 });
const idsOf = (frame: WholeFrame | undefined) => frame?.records.map(({ record: { value } }) => (value as { noteId: string }).noteId);

test("parts are one frame, in order", () => {
  const joining = new Joining();
  joining.part(part("a", "b"), true);
  joining.part(part("c"), false);
  const whole = joining.whole(last("d"), 2);
  expect(idsOf(whole)).toEqual(["a", "b", "c", "d"]);
  expect(whole).toMatchObject({ reset: true, through: 9n });
});

test("a connection that broke before a frame was whole leaves nothing in the next one", () => {
  const joining = new Joining();
  joining.part(part("a"), true);
  joining.part(part("b"), true);
  expect(idsOf(joining.whole(last("c"), 1))).toEqual(["b", "c"]);
});

test("a window that came between parts has no frame, and what it asks for instead is whole by itself", () => {
  const joining = new Joining();
  joining.part(part("b"), false);
  expect(idsOf(joining.whole(last("a", "b"), 0))).toEqual(["a", "b"]);
  expect(joining.whole(last("c"), 2)).toBeUndefined();
  expect(idsOf(joining.whole(last("a", "b", "c"), 0))).toEqual(["a", "b", "c"]);
});
