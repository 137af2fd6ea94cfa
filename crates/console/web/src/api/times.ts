// The contract's times as numbers. The library that encodes messages can do this too, but it comes with the first command and a screen shows
// times from its first picture on.
import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";

/** A moment in milliseconds since 1970. */
export function timestampMs({ seconds, nanos }: Pick<Timestamp, "seconds" | "nanos">): number {
  return Number(seconds) * 1_000 + Math.round(nanos / 1_000_000);
}

/** A moment that may not be set, in milliseconds since 1970. */
export function momentMs(moment: Timestamp | undefined): number | undefined {
  return moment === undefined ? undefined : timestampMs(moment);
}

/** A moment of whole milliseconds as requests carry it. */
export function timestampFromMs(ms: number): { readonly seconds: bigint; readonly nanos: number } {
  const seconds = Math.floor(ms / 1_000);
  return { seconds: BigInt(seconds), nanos: (ms - seconds * 1_000) * 1_000_000 };
}

/** A length of time in milliseconds. */
export function durationMs({ seconds, nanos }: Pick<Duration, "seconds" | "nanos">): number {
  return Number(seconds) * 1_000 + Math.round(nanos / 1_000_000);
}
