import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { DirectorySchema, type Directory } from "../contract/kezek/directory/v1/directory_pb";
import { RecordKind, RecordSchema, type Record as WireRecord } from "../contract/kezek/watch/v1/watch_service_pb";
import { beforeEach, describe, expect, test } from "vitest";
import { FakeCentre, frame, record } from "./fakes";
import { Hub } from "./hub";
import type { Heard, Holder, Said } from "./told";

let centre: FakeCentre;
let hub: Hub<string>;
let heard: Map<string, Heard[]>;

const ANNA: Holder = { token: "anna-1", who: "anna" };

beforeEach(() => {
  centre = new FakeCentre();
  hub = new Hub<string>(centre, 0);
  heard = new Map();
});

function say(window: string, said: Said): void {
  const own = heard.get(window) ?? [];
  heard.set(window, own);
  hub.said(window, said, (one) => own.push(one));
}

const framesOf = (window: string) => (heard.get(window) ?? []).flatMap((one) => (one.tell === "frame" ? [one.frame] : []));
const standingOf = (window: string) => (heard.get(window) ?? []).flatMap((one) => (one.tell === "standing" ? [one.standing.at] : [])).at(-1);

async function told(...frames: Parameters<typeof frame>[]): Promise<void> {
  await centre.pass(0);
  for (const one of frames) centre.last.give(frame(...one));
  await centre.pass(0);
}

test("all windows share one stream, and one that opens later gets everything at once", async () => {
  say("one", { say: "hello", holder: ANNA });
  await told([0, 5, { reset: true, records: [record("a"), record("b")] }], [5, 6, { records: [record("b", "changed"), record("c")], left: [{ $typeName: "kezek.watch.v1.RecordKey", kind: RecordKind.NOTE, id: "a" }] }]);
  say("two", { say: "hello", holder: ANNA });
  await told([6, 7, { records: [record("d")] }]);
  expect(centre.opened).toHaveLength(1);
  const [picture, change] = framesOf("two");
  expect(picture).toMatchObject({ reset: true, after: 0n, through: 6n });
  expect(picture?.records.map(({ record: { value } }) => (value as { noteId: string; text: string } | undefined)).map((note) => [note?.noteId, note?.text])).toEqual([["b", "changed"], ["c", ""]]);
  expect(change).toMatchObject({ reset: false, after: 6n, through: 7n });
  expect(framesOf("one")).toHaveLength(3);
});

test("a window that missed something is told everything anew, and only that window", async () => {
  say("one", { say: "hello", holder: ANNA });
  say("two", { say: "hello", holder: ANNA });
  await told([0, 5, { reset: true, records: [record("a")] }]);
  say("one", { say: "again" });
  expect(framesOf("one").map(({ reset }) => reset)).toEqual([true, true]);
  expect(framesOf("two")).toHaveLength(1);
});

test("a picture that comes in parts is told as it comes, and whole to a window that opens in between", async () => {
  say("one", { say: "hello", holder: ANNA });
  await told([0, 0, { reset: true, incomplete: true, records: [record("a")] }]);
  say("two", { say: "hello", holder: ANNA });
  await told([0, 0, { incomplete: true, records: [record("b")] }], [0, 5, { records: [record("c")] }]);
  const came = (window: string) => (heard.get(window) ?? []).flatMap((one) =>
    one.tell === "part" ? [["part", one.part.records.length, one.first]] : one.tell === "frame" ? [["frame", one.frame.records.length, one.partsBefore, one.frame.reset]] : []);
  expect(came("one")).toEqual([["part", 1, true], ["part", 1, false], ["frame", 1, 2, true]]);
  expect(came("two")).toEqual([["part", 1, false], ["frame", 1, 2, true]]);
  say("two", { say: "again" });
  expect(came("two").at(-1)).toEqual(["frame", 3, 0, true]);
});

test("a new token of the same person goes on without a reset", async () => {
  say("one", { say: "hello", holder: ANNA });
  await told([0, 5, { reset: true, records: [record("a")] }]);
  say("one", { say: "hello", holder: { ...ANNA, token: "anna-2" } });
  await centre.pass(0);
  expect(centre.opened).toHaveLength(2);
  expect(centre.opened[0]?.signal.aborted).toBe(true);
  expect(centre.last).toMatchObject({ token: "anna-2", after: { lineage: "one", number: 5n } });
  expect(framesOf("one").at(-1)?.records).toHaveLength(1);
});

test("another person gets nothing of the first one's, whose windows are told", async () => {
  say("one", { say: "hello", holder: ANNA });
  await told([0, 5, { reset: true, records: [record("a")] }]);
  say("two", { say: "hello", holder: { token: "bek", who: "bek" } });
  await centre.pass(0);
  expect(standingOf("one")).toBe("replaced");
  expect(framesOf("two")).toEqual([]);
  expect(centre.last).toMatchObject({ token: "bek", after: undefined });
  await told([0, 9, { reset: true, records: [record("z")] }]);
  expect(framesOf("one")).toHaveLength(1);
  expect(framesOf("two")).toHaveLength(1);
});

test("the end of the token is told to all, and to who opens a window after it when it is refused again", async () => {
  say("one", { say: "hello", holder: ANNA });
  await told([0, 5, { reset: true }]);
  centre.last.end(Code.Unauthenticated);
  await centre.pass(0);
  await centre.pass(60_000);
  expect(standingOf("one")).toBe("signed_out");
  expect(centre.opened).toHaveLength(1);
  say("two", { say: "hello", holder: ANNA });
  await centre.pass(0);
  expect(centre.opened).toHaveLength(2);
  centre.last.end(Code.Unauthenticated);
  await centre.pass(60_000);
  expect(standingOf("two")).toBe("signed_out");
  expect(centre.opened).toHaveLength(2);
});

test("the stream ends with the last window, and nothing is remembered", async () => {
  say("one", { say: "hello", holder: ANNA });
  say("two", { say: "hello", holder: ANNA });
  await told([0, 5, { reset: true, records: [record("a")] }]);
  say("one", { say: "bye" });
  expect(centre.last.signal.aborted).toBe(false);
  say("two", { say: "bye" });
  expect(centre.last.signal.aborted).toBe(true);
  say("three", { say: "hello", holder: ANNA });
  await centre.pass(0);
  expect(framesOf("three")).toEqual([]);
  expect(centre.last.after).toBeUndefined();
});

test("where the stream stands is told when it changes, and to who asks", async () => {
  say("one", { say: "hello", holder: ANNA });
  await told([0, 5, { reset: true }], [5, 5], [5, 6]);
  const standings = (): number => (heard.get("one") ?? []).filter(({ tell }) => tell === "standing").length;
  expect(standings()).toBe(2);
  say("one", { say: "there" });
  expect(standings()).toBe(3);
  expect(standingOf("one")).toBe("following");
});

test("windows are told once a second where the stream stands while a centre says nothing, and nobody is when the last one closed", async () => {
  say("one", { say: "hello", holder: ANNA });
  say("two", { say: "hello", holder: ANNA });
  await told([0, 5, { reset: true }]);
  const count = (window: string): number => heard.get(window)?.length ?? 0;
  const before = [count("one"), count("two")];
  await centre.pass(5_000);
  expect([count("one"), count("two")]).toEqual(before.map((told) => told + 5));
  expect(standingOf("one")).toBe("following");
  say("one", { say: "bye" });
  say("two", { say: "bye" });
  await centre.pass(5_000);
  expect([count("one"), count("two")]).toEqual(before.map((told) => told + 5));
});

test("nothing is repeated while frames come", async () => {
  say("one", { say: "hello", holder: ANNA });
  await told([0, 5, { reset: true }]);
  const before = heard.get("one")?.length ?? 0;
  for (let change = 5; change < 25; change += 1) {
    await told([change, change + 1]);
    await centre.pass(500);
  }
  expect(heard.get("one")).toHaveLength(before + 20);
});

test("a window that opens on an old picture is told what the clock is by now", async () => {
  say("one", { say: "hello", holder: ANNA });
  await told([0, 5, { reset: true }, 50_000]);
  await centre.pass(8_000);
  say("two", { say: "hello", holder: ANNA });
  const picture = (heard.get("two") ?? []).find((one) => one.tell === "frame");
  expect(picture).toMatchObject({ clock: 58_000, wall: 8_000, frame: { serverTime: 50_000, trueAt: 50_000 } });
});

describe("the directory in force", () => {
  const inForce = (version: bigint): WireRecord => create(RecordSchema, { record: { case: "directory", value: { directoryVersion: version } } });
  const directory = (centreId: string): Directory => create(DirectorySchema, { centreId });
  const directoriesOf = (window: string) => (heard.get(window) ?? []).flatMap((one) => (one.tell === "directory" ? [one.directory.centreId] : []));

  test("is read once for all windows, and told to one that opens later", async () => {
    say("one", { say: "hello", holder: ANNA });
    await told([0, 5, { reset: true, records: [inForce(1n)] }], [5, 6]);
    centre.directories[0]?.answer(directory("first"));
    await centre.pass(0);
    say("two", { say: "hello", holder: ANNA });
    expect(centre.directories.map(({ token }) => token)).toEqual(["anna-1"]);
    expect([directoriesOf("one"), directoriesOf("two")]).toEqual([["first"], ["first"]]);
  });

  test("is read again when another version is in force, and an answer that was overtaken is not told", async () => {
    say("one", { say: "hello", holder: ANNA });
    await told([0, 5, { reset: true, records: [inForce(1n)] }], [5, 6, { records: [inForce(2n)] }]);
    centre.directories[1]?.answer(directory("second"));
    await centre.pass(0);
    centre.directories[0]?.answer(directory("first"));
    await centre.pass(0);
    expect(directoriesOf("one")).toEqual(["second"]);
  });

  test("is asked for again with a frame when it did not come, after a pause that grows", async () => {
    say("one", { say: "hello", holder: ANNA });
    await told([0, 5, { reset: true, records: [inForce(1n)] }]);
    const pauses: number[] = [];
    for (let failure = 0; failure < 7; failure += 1) {
      const [before, asked] = [centre.now(), centre.directories.length];
      centre.directories.at(-1)?.fail();
      while (centre.directories.length === asked) {
        await told([5, 5]);
        await centre.pass(100);
      }
      pauses.push(centre.now() - before - 100);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    centre.directories.at(-1)?.answer(directory("first"));
    await centre.pass(0);
    expect(directoriesOf("one")).toEqual(["first"]);
  });

  test("of one person is not told to another", async () => {
    say("one", { say: "hello", holder: ANNA });
    await told([0, 5, { reset: true, records: [inForce(1n)] }]);
    say("two", { say: "hello", holder: { token: "bek", who: "bek" } });
    centre.directories[0]?.answer(directory("anna's"));
    await told([0, 9, { reset: true, records: [inForce(1n)] }]);
    expect(directoriesOf("two")).toEqual([]);
    expect(centre.directories.map(({ token }) => token)).toEqual(["anna-1", "bek"]);
  });
});
