import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { Code, ConnectError } from "@connectrpc/connect";
import { signal } from "@preact/signals";
import type { Call } from "../api/api";
import type { Console } from "../context";
import { Step } from "../contract/kezek/record/v1/milestone_pb";
import { NoteSchema } from "../contract/kezek/record/v1/note_pb";
import type { ReviewChangesResponse } from "../contract/kezek/review/v1/review_service_pb";
import { RecordKind } from "../contract/kezek/watch/v1/watch_service_pb";
import { maySend } from "../link/state";
import { Player, SPEEDS } from "./replay";
import { fill, keptSince, surroundings } from "./review";
import { after, alarm, assignment, incident, past, stamp, step } from "./samples";

/** An hour in which one incident was open at its beginning, another came and was given to a desk, and the first was closed. */
function hour(at: number): Player {
  const player = new Player(after(0), after(3_600), at);
  const given = assignment("s", { incidentId: "b", milestones: [step(Step.SENT, 700, "system", "system")] });
  const received = assignment("s", { version: 2n, incidentId: "b", state: { state: { case: "received", value: { person: "Asanov" } } }, milestones: [...given.milestones, step(Step.RECEIVED, 720, "Asanov")] });
  const frames: ReviewChangesResponse[] = [
    past(undefined, [{ case: "incident", value: incident("a") }], { reset: true, incomplete: true }),
    past(undefined, [{ case: "alarm", value: alarm("x", "QUEUE_AGE", { incidentId: "a" }) }], { incomplete: false }),
    past(600, [{ case: "incident", value: incident("b", { milestones: [step(Step.CREATED, 600, "call-taker", "operator")] }) }]),
    past(700, [{ case: "assignment", value: given }]),
    past(720, [{ case: "assignment", value: received }], { actor: "duty-leninsky" }),
    past(900, [], { left: [{ kind: RecordKind.INCIDENT, id: "a" }] as never }),
  ];
  for (const frame of frames) expect(player.add(frame)).toBe(true);
  player.whole();
  return player;
}

const shown = ({ picture }: Player): unknown => [[...picture.incidents.keys()], picture.assignments.get("s")?.state?.state.case];

describe("a replay", () => {
  it("shows the picture of its moment, forwards and back", () => {
    const player = hour(after(0));
    expect(shown(player)).toEqual([["a"], undefined]);
    player.seek(after(710));
    expect(shown(player)).toEqual([["a", "b"], "sent"]);
    player.seek(after(1_000));
    expect(shown(player)).toEqual([["b"], "received"]);
    player.seek(after(599));
    expect(shown(player)).toEqual([["a"], undefined]);
    expect(player.picture.alarms.size).toBe(1);
  });

  it("never leaves its stretch", () => {
    const player = hour(after(9_999));
    expect(player.position.value).toBe(after(3_600));
    player.seek(0);
    expect(player.position.value).toBe(after(0));
  });

  it("shows nothing before the picture of its beginning is whole", () => {
    const player = new Player(after(0), after(60), after(30));
    player.add(past(undefined, [{ case: "incident", value: incident("a") }], { reset: true, incomplete: true }));
    expect([player.begun.value, player.picture.incidents.size]).toEqual([false, 0]);
    player.play();
    player.pass(1_000);
    expect(player.position.value).toBe(after(30));
    player.add(past(undefined, [], { incomplete: false }));
    expect([player.begun.value, player.picture.incidents.size]).toEqual([true, 1]);
  });

  it("begins at the first record where nothing is known of before: an empty picture would say that all is well", () => {
    const player = new Player(after(0), after(3_600), after(0));
    player.add(past(undefined, [], { reset: true }));
    expect([player.begun.value, player.from]).toEqual([false, after(0)]);
    player.add(past(600, [{ case: "incident", value: incident("b") }]));
    expect([player.begun.value, player.asked, player.from, player.position.value]).toEqual([true, after(0), after(600), after(600)]);
    player.seek(after(0));
    expect([player.position.value, shown(player)]).toEqual([after(600), [["b"], undefined]]);
  });

  it("never begins where there is no record at all", () => {
    const player = new Player(after(0), after(60), after(0));
    player.add(past(undefined, [], { reset: true }));
    player.whole();
    expect([player.begun.value, player.loading.value]).toEqual([false, "whole"]);
  });

  it("plays at its speed, and stops at its end", () => {
    const player = hour(after(0));
    player.pass(5_000);
    expect(player.position.value).toBe(after(0));
    player.play();
    player.pass(5_000);
    expect(player.position.value).toBe(after(5));
    for (let press = 0; press < 9; press += 1) player.faster(1);
    expect(player.speed.value).toBe(SPEEDS.at(-1));
    player.pass(10_000);
    expect(player.position.value).toBe(after(605));
    expect(player.picture.incidents.has("b")).toBe(true);
    player.pass(100_000);
    expect([player.position.value, player.playing.value]).toEqual([after(3_600), false]);
    player.play();
    expect(player.position.value).toBe(after(0));
  });

  it("tells what had happened by then, newest first, and nothing of the picture at its beginning", () => {
    const player = hour(after(0));
    expect(player.events(10)).toEqual([]);
    player.seek(after(720));
    expect(player.events(10).map(({ what, who, spokenNumber, at }) => [what, who, spokenNumber, at])).toEqual([
      [{ step: Step.RECEIVED }, "Asanov", "B", after(720)],
      [{ step: Step.SENT }, "system", "B", after(700)],
      [{ step: Step.CREATED }, "call-taker", "B", after(600)],
    ]);
    expect(player.events(1)).toHaveLength(1);
  });

  it("tells a note once, with its words", () => {
    const player = new Player(after(0), after(60), after(60));
    player.add(past(undefined, [{ case: "incident", value: incident("a") }], { reset: true }));
    const written = create(NoteSchema, { noteId: "n", version: 2n, incidentId: "a", text: "the door is open", writtenBy: "asel", recordedAt: stamp(9) });
    player.add(past(9, [{ case: "incident", value: incident("a", { version: 2n, noteIds: ["n"] }) }, { case: "note", value: written }], { left: [{ kind: RecordKind.NOTE, id: "n" }] as never }));
    expect(player.events(10).map(({ what, who, detail }) => [what, who, detail])).toEqual([[{ happening: "note" }, "asel", "the door is open"]]);
  });

  it("does not take the past of a record that comes back for something new", () => {
    const player = new Player(after(0), after(7_200), after(7_200));
    player.add(past(undefined, [], { reset: true }));
    player.add(past(7_000, [{ case: "incident", value: incident("c", { version: 9n, milestones: [step(Step.CREATED, 0), step(Step.CLOSED, 300), step(Step.REOPENED, 7_000, "operator-1")] }) }]));
    expect(player.events(10).map(({ what }) => what)).toEqual([{ step: Step.REOPENED }]);
  });
});

describe("the surroundings of a replay", () => {
  const live = { session: { role: "supervisor" }, places: signal(undefined) } as unknown as Console;

  it("have no way to the centre", () => {
    const around = surroundings(live, hour(after(0)));
    expect(() => around.call("AlarmService")).toThrow("a replay sends nothing");
    expect(() => around.stream("AlarmService")).toThrow("a replay sends nothing");
    expect(maySend(around.link.state.value)).toBe(false);
  });

  it("have the past's clock and records", () => {
    const player = hour(after(0));
    const around = surroundings(live, player);
    player.seek(after(710));
    expect([around.now.value, around.link.now(), around.link.picture]).toEqual([after(710), after(710), player.picture]);
  });
});

describe("fetching the past", () => {
  const answering = (frames: () => AsyncIterable<ReviewChangesResponse>): Call => (() => ({ reviewChanges: frames })) as unknown as Call;

  it("fills the player to its end", async () => {
    const player = new Player(after(0), after(60), after(0));
    await fill(player, answering(async function* () { yield past(undefined, [{ case: "incident", value: incident("a") }], { reset: true }); }), new AbortController().signal);
    expect([player.loading.value, player.picture.incidents.size]).toEqual(["whole", 1]);
  });

  it("says what the centre refused, and nothing once it was left", async () => {
    const refusing = answering(async function* () { throw new ConnectError("not kept", Code.OutOfRange); });
    const stop = new AbortController();
    await expect(fill(new Player(after(0), after(60), after(0)), refusing, stop.signal)).rejects.toThrow("not kept");
    stop.abort();
    await expect(fill(new Player(after(0), after(60), after(0)), refusing, stop.signal)).resolves.toBeUndefined();
  });

  it("reads since when the past is kept", () => {
    expect(keptSince({ kept_since: "2026-11-26T14:00:00Z" })).toBe(after(0));
    expect(keptSince({ kept_since: String(after(5)) })).toBe(after(5));
    expect(keptSince({})).toBeUndefined();
    expect(keptSince({ kept_since: "yesterday" })).toBeUndefined();
  });
});
