import { create } from "@bufbuild/protobuf";
import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DirectorySchema } from "../contract/kezek/directory/v1/directory_pb";
import { CallSchema } from "../contract/kezek/record/v1/call_pb";
import { Step } from "../contract/kezek/record/v1/milestone_pb";
import { DeskSchema, UnitSchema } from "../contract/kezek/record/v1/unit_pb";
import { Measure, ServiceLevelSchema, type ServiceLevel } from "../contract/kezek/review/v1/review_service_pb";
import { Places } from "../places/places";
import { calmed } from "./calm";
import { csv } from "./csv";
import { desks, operators, ringing } from "./desks";
import { figures, heat } from "./heat";
import { standing, usual } from "./levels";
import { after, assignment, incident, picture, stamp, step } from "./samples";

const level = (more: Partial<Omit<ServiceLevel, "$typeName" | "$unknown">>): ServiceLevel => create(ServiceLevelSchema, { normId: "n", measure: Measure.ANSWER, limitS: 15, aimPerMille: 900, ...more });

describe("a norm", () => {
  it("is kept, at the limit or broken by what was decided", () => {
    expect(standing(level({ decided: 100n, within: 95n, lateAllowed: 5n }))).toMatchObject({ share: 950, kept: "kept", breachAt: undefined });
    expect(standing(level({ decided: 100n, within: 90n, nextBreachAt: stamp(9) }))).toMatchObject({ share: 900, kept: "near" });
    // where nobody waits, nobody needs to act
    expect(standing(level({ decided: 100n, within: 100n, aimPerMille: 1_000 }))).toMatchObject({ share: 1_000, kept: "kept" });
    expect(standing(level({ decided: 100n, within: 89n }))).toMatchObject({ share: 890, kept: "broken", breachAt: undefined });
  });

  it("is broken already by those that wait and are late", () => {
    expect(standing(level({ decided: 100n, within: 91n, waiting: 3, waitingLate: 3, lateAllowed: 1n })).kept).toBe("broken");
    // the share that is shown is of the same cases
    expect(standing(level({ decided: 4n, within: 2n, waiting: 7, waitingLate: 7 }))).toMatchObject({ cases: 11, share: 181, kept: "broken" });
    expect(standing(level({ waiting: 1, waitingLate: 1 }))).toMatchObject({ share: 0, kept: "broken" });
  });

  it("says when it breaks only where the next late case breaks it", () => {
    const next = { nextBreachAt: stamp(9), waiting: 1 };
    expect(standing(level({ decided: 100n, within: 90n, ...next })).breachAt).toBe(after(9));
    expect(standing(level({ decided: 100n, within: 95n, lateAllowed: 5n, ...next })).breachAt).toBeUndefined();
  });

  it("has no share where nothing was decided, and rounds none up", () => {
    expect(standing(level({}))).toMatchObject({ share: undefined, kept: "empty" });
    expect(standing(level({ decided: 3n, within: 2n })).share).toBe(666);
  });

  it("is shown first of its measure to somebody who never chose", () => {
    expect(usual([level({ normId: "a" }), level({ normId: "b" }), level({ normId: "c", measure: Measure.ARRIVAL })])).toEqual(["a", "c"]);
  });
});

describe("the queue by district", () => {
  const open = [
    incident("a", { priority: 1, createdAt: stamp(20) }), incident("b", { priority: 1, queued: false }), incident("c", { priority: 9, districtId: "" }),
    incident("d", { priority: 1, state: { state: { case: "closed", value: {} } } }), incident("e", { priority: 1, createdAt: stamp(10) }),
  ];

  it("counts who waits and who is open, and puts what lies nowhere last", () => {
    const rows = heat(open, ["oktyabrsky", "leninsky"]);
    expect(rows.map(({ districtId, all }) => [districtId, all.waiting, all.open])).toEqual([["oktyabrsky", 0, 0], ["leninsky", 2, 3], ["", 1, 1]]);
    expect(rows[1]?.cells[0]).toEqual({ waiting: 2, open: 3, oldest: after(10) });
    expect(rows[2]?.cells[4]?.waiting).toBe(1);
  });

  it("says the figures of the whole centre", () => {
    expect(figures(open)).toEqual({ waiting: 3, oldest: after(0), urgent: 3 });
    expect(figures([])).toEqual({ waiting: 0, oldest: undefined, urgent: 0 });
  });
});

describe("desks", () => {
  const places = new Places(create(DirectorySchema, {
    stations: [{ stationId: "leninsky" }, { stationId: "oktyabrsky" }],
    units: [{ unitId: "11", stationId: "leninsky" }, { unitId: "12", stationId: "leninsky" }, { unitId: "13", stationId: "leninsky" }],
  }));
  const unit = (unitId: string, state: "available" | "assigned") => ({ case: "unit" as const, value: create(UnitSchema, { unitId, state: { state: { case: state, value: {} } } }) });

  it("count their units and what they have not answered", () => {
    const of = picture(
      unit("11", "available"), unit("12", "assigned"),
      { case: "assignment", value: assignment("s", { milestones: [step(Step.SENT, 40)] }) }, { case: "assignment", value: assignment("t", { milestones: [step(Step.SENT, 20)] }) },
      { case: "assignment", value: assignment("u", { state: { state: { case: "accepted", value: { person: "Asanov" } } } }) },
      { case: "assignment", value: assignment("v", { state: { state: { case: "done", value: {} } } }) },
      { case: "desk", value: create(DeskSchema, { stationId: "leninsky", unansweredInARow: 1, link: { state: { case: "down", value: { since: stamp(5) } } } }) },
    );
    const [leninsky, oktyabrsky] = desks(of, places);
    expect(leninsky).toEqual({ stationId: "leninsky", link: "down", downSince: after(5), silent: false, missed: 1, open: 3, unanswered: 2, oldestUnanswered: after(20), free: 1, onDuty: 2, all: 3 });
    expect(oktyabrsky).toMatchObject({ link: "unknown", downSince: undefined, open: 0, unanswered: 0, oldestUnanswered: undefined, all: 0 });
  });

  it("of operators come with their calls, the most burdened first", () => {
    const call = (callId: string, state: "ringing" | "answered", desk: string, seconds: number) => ({
      case: "call" as const,
      value: create(CallSchema, { callId, milestones: [step(state === "ringing" ? Step.RANG : Step.ANSWERED, seconds)], state: { state: state === "ringing" ? { case: state, value: {} } : { case: state, value: { desk } } } }),
    });
    const of = picture(call("1", "answered", "west", 9), call("2", "answered", "east", 7), call("3", "answered", "east", 3), call("4", "ringing", "", 11), call("5", "ringing", "", 8));
    expect(operators(of)).toEqual([{ desk: "east", calls: 2, longest: after(3) }, { desk: "west", calls: 1, longest: after(9) }]);
    expect(ringing(of)).toEqual({ calls: 2, oldest: after(8) });
  });
});

describe("a table", () => {
  it("keeps commas, quotes and lines, and no formula", () => {
    expect(csv(["what", "n"], [["said \"go\", now", 2], ["=HYPERLINK(1)", undefined], ["two\nlines", 0]]))
      .toBe("\uFEFFwhat,n\r\n\"said \"\"go\"\", now\",2\r\n'=HYPERLINK(1),\r\n\"two\nlines\",0\r\n");
  });
});

describe("a calm beat", () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  it("moves at once, then seldom, and never loses the last move", () => {
    const fast = signal(0);
    const { moved, stop } = calmed(fast, 250);
    expect(moved.value).toBe(0);
    fast.value = 1;
    expect(moved.value).toBe(1);
    for (let move = 2; move < 50; move += 1) fast.value = move;
    expect(moved.value).toBe(1);
    vi.advanceTimersByTime(250);
    expect(moved.value).toBe(2);
    vi.advanceTimersByTime(1_000);
    expect(moved.value).toBe(2);
    fast.value = 99;
    expect(moved.value).toBe(3);
    stop();
  });
});
