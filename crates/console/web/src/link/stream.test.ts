import { Code } from "@connectrpc/connect";
import { beforeEach, describe, expect, test } from "vitest";
import { FakeCentre, frame, record } from "./fakes";
import { Stream } from "./stream";
import type { Standing, WholeFrame } from "./told";

let centre: FakeCentre;
let stream: Stream;
let frames: WholeFrame[];
let stood: Standing[];

beforeEach(() => {
  centre = new FakeCentre();
  frames = [];
  stood = [];
  stream = new Stream(centre, { frame: ({ frame: one }) => frames.push(one), part: () => undefined, standing: (one) => stood.push(one), known: () => 7 });
});

/** Follows until a first picture of one record, up to change 5. */
async function followed(): Promise<void> {
  stream.follow("token");
  await centre.pass(0);
  centre.last.give(frame(0, 5, { reset: true, records: [record("a")] }));
  await centre.pass(0);
}

describe("following", () => {
  test("begins with the whole picture and goes on with every change", async () => {
    await followed();
    expect(centre.last).toMatchObject({ token: "token", after: undefined });
    centre.last.give(frame(5, 6, { records: [record("b")] }));
    await centre.pass(0);
    expect(frames.map(({ after, through, reset }) => [after, through, reset])).toEqual([[0n, 5n, true], [5n, 6n, false]]);
    expect(stood.at(-1)).toEqual({ at: "following", connection: 1 });
  });

  test("tells a picture in parts only when it is whole", async () => {
    await followed();
    centre.last.give(frame(0, 0, { reset: true, incomplete: true, records: [record("a"), record("b")] }));
    centre.last.give(frame(0, 0, { incomplete: true, records: [record("c")] }));
    await centre.pass(0);
    expect(frames).toHaveLength(1);
    expect(stood.at(-1)).toEqual({ at: "collecting", connection: 1, got: 3, of: 7 });
    centre.last.give(frame(0, 9, { records: [record("d")] }));
    await centre.pass(0);
    expect(frames[1]).toMatchObject({ reset: true, after: 0n, through: 9n });
    expect(frames[1]?.records).toHaveLength(4);
  });

  test("resumes after the last whole frame, not within one", async () => {
    await followed();
    centre.last.give(frame(5, 5, { incomplete: true, records: [record("b")] }));
    await centre.pass(0);
    centre.last.end(Code.Unavailable);
    await centre.pass(300);
    expect(centre.opened).toHaveLength(2);
    expect(centre.last.after).toEqual({ lineage: "one", number: 5n });
  });

  test("a gap begins anew with the whole picture, and the frame behind it is not told", async () => {
    await followed();
    centre.last.give(frame(6, 7, { records: [record("x")] }));
    await centre.pass(300);
    expect(frames).toHaveLength(1);
    expect(centre.last.after).toBeUndefined();
  });

  test("another line of history is a gap too", async () => {
    await followed();
    centre.last.give(frame(5, 6, { lineage: "other" }));
    await centre.pass(300);
    expect(frames).toHaveLength(1);
    expect(centre.last.after).toBeUndefined();
  });

  test("a first frame that continues nothing is a gap", async () => {
    stream.follow("token");
    await centre.pass(0);
    centre.last.give(frame(5, 6));
    await centre.pass(300);
    expect(frames).toEqual([]);
    expect(centre.opened).toHaveLength(2);
  });

  test("a place that the centre does not understand is not asked for again", async () => {
    await followed();
    centre.last.end();
    await centre.pass(300);
    centre.last.end(Code.InvalidArgument);
    await centre.pass(600);
    expect(centre.last.after).toBeUndefined();
  });
});

describe("connecting again", () => {
  test("waits longer after each failure, up to five seconds", async () => {
    await followed();
    const pauses: number[] = [];
    for (let failure = 0; failure < 7; failure += 1) {
      const [before, opened] = [centre.now(), centre.opened.length];
      centre.last.end(Code.Unavailable);
      while (centre.opened.length === opened) await centre.pass(10);
      pauses.push(centre.now() - before);
    }
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  test("a connection that held makes the next pause short again", async () => {
    await followed();
    for (let failure = 0; failure < 5; failure += 1) {
      centre.last.end();
      await centre.pass(5_000);
    }
    for (let beat = 0; beat < 6; beat += 1) {
      centre.last.give(frame(5, 5));
      await centre.pass(2_000);
    }
    centre.last.end(Code.Unavailable);
    await centre.pass(250);
    expect(centre.opened).toHaveLength(7);
  });

  test("does not wait when the network comes back", async () => {
    await followed();
    for (let failure = 0; failure < 5; failure += 1) {
      centre.last.end();
      await centre.pass(failure < 4 ? 5_000 : 100);
    }
    const before = centre.opened.length;
    stream.wake();
    await centre.pass(0);
    expect(centre.opened).toHaveLength(before + 1);
  });

  test("a token that is not valid ends it", async () => {
    await followed();
    centre.last.end(Code.Unauthenticated);
    await centre.pass(60_000);
    expect(stood.at(-1)).toEqual({ at: "signed_out" });
    expect(centre.opened).toHaveLength(1);
  });

  test("another token goes on where the first ended", async () => {
    await followed();
    const first = centre.last;
    stream.follow("other");
    await centre.pass(0);
    expect(first.signal.aborted).toBe(true);
    expect(centre.last).toMatchObject({ token: "other", after: { lineage: "one", number: 5n } });
    centre.last.give(frame(5, 6));
    await centre.pass(0);
    expect(frames).toHaveLength(2);
  });

  test("what an ended connection still brings is not told", async () => {
    await followed();
    const first = centre.last;
    stream.end();
    first.give(frame(5, 6));
    await centre.pass(60_000);
    expect(frames).toHaveLength(1);
    expect(centre.opened).toHaveLength(1);
  });
});

describe("silence", () => {
  test("a connection that says nothing for ten seconds is broken and resumed", async () => {
    await followed();
    await centre.pass(10_000);
    expect(centre.opened).toHaveLength(1);
    await centre.pass(1_000);
    expect(centre.opened).toHaveLength(2);
    expect(centre.last.after).toEqual({ lineage: "one", number: 5n });
  });

  test("one that never says anything is given up after five", async () => {
    stream.follow("token");
    await centre.pass(6_000);
    expect(centre.opened).toHaveLength(2);
  });

  test("heartbeats keep it", async () => {
    await followed();
    for (let beat = 0; beat < 30; beat += 1) {
      centre.last.give(frame(5, 5));
      await centre.pass(2_000);
    }
    expect(centre.opened).toHaveLength(1);
  });

  test("a large frame over a weak link is waited for as long as pieces of it come, the first one too", async () => {
    stream.follow("token");
    for (let second = 0; second < 30; second += 1) {
      await centre.pass(1_000);
      centre.last.trickle();
    }
    expect(centre.opened).toHaveLength(1);
    centre.last.give(frame(0, 5, { reset: true, records: [record("a")] }));
    await centre.pass(0);
    expect(frames).toHaveLength(1);
  });

  test("one on which the pieces end is broken", async () => {
    stream.follow("token");
    await centre.pass(1_000);
    centre.last.trickle();
    await centre.pass(10_000);
    expect(centre.opened).toHaveLength(1);
    await centre.pass(1_000);
    expect(centre.opened).toHaveLength(2);
  });

  test("after a sleep the connection is not trusted", async () => {
    await followed();
    centre.slept += 1;
    await centre.pass(1_000);
    expect(centre.opened).toHaveLength(2);
  });

  test("who says that they slept breaks the connection that was, and no later one", async () => {
    await followed();
    stream.distrust(1);
    await centre.pass(300);
    centre.last.give(frame(5, 5));
    await centre.pass(0);
    stream.distrust(1);
    await centre.pass(1_000);
    expect(centre.opened).toHaveLength(2);
  });
});
