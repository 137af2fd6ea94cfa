import { durationFromMs, timestampFromMs as encoded, timestampMs as decoded } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { durationMs, timestampFromMs, timestampMs } from "./times";

test.each([0, 1, 999, 1_000, 1_795_766_580_123, -1, -1_500])("a moment of %i ms is written and read as the contract's library does", (ms) => {
  const { seconds, nanos } = encoded(ms);
  expect(timestampFromMs(ms)).toEqual({ seconds, nanos });
  expect(timestampMs({ seconds, nanos })).toBe(decoded(encoded(ms)));
  expect(timestampMs({ seconds, nanos })).toBe(ms);
});

test.each([0, 250, 61_001, -250])("a length of %i ms is read", (ms) => {
  expect(durationMs(durationFromMs(ms))).toBe(ms);
});
