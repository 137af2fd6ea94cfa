// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { keep, kept, NAME_BYTES_MAX, SHIFT_MS } from "./person";

beforeEach(() => localStorage.clear());

test("a name is kept for one station and one shift", () => {
  expect(keep("leninsky", "  Asanov   B. ", 1_000)).toEqual({ name: "Asanov B.", since: 1_000 });
  expect(kept("leninsky", 1_000 + SHIFT_MS - 1)?.name).toBe("Asanov B.");
  expect(kept("leninsky", 1_000 + SHIFT_MS)).toBeUndefined();
  expect(kept("oktyabrsky", 2_000)).toBeUndefined();
});

test("no name, and one longer than the centre takes, are not kept", () => {
  expect(keep("leninsky", "  ", 0)).toBeUndefined();
  expect(keep("leninsky", "я".repeat(NAME_BYTES_MAX / 2 + 1), 0)).toBeUndefined();
  expect(kept("leninsky", 0)).toBeUndefined();
});

test("what somebody else wrote there is nobody", () => {
  for (const text of ["{", "null", "7", "{\"name\":3,\"since\":1}"]) {
    localStorage.setItem("kezek.station.leninsky.person", text);
    expect(kept("leninsky", 1)).toBeUndefined();
  }
});
