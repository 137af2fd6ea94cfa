import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { DirectoryUnitSchema } from "../contract/kezek/directory/v1/directory_pb";
import { AssignmentSchema } from "../contract/kezek/record/v1/assignment_pb";
import { RunSchema } from "../contract/kezek/record/v1/run_pb";
import { UnitSchema } from "../contract/kezek/record/v1/unit_pb";
import { ACTS, answering, fleet, going, may, pick, unfit } from "./fleet";

const known = (callsign: string, stationId = "leninsky", unitKindId = "patrol") => create(DirectoryUnitSchema, { unitId: `u${callsign}`, callsign, stationId, unitKindId });
const unit = (id: string, state: MessageInitShape<typeof UnitSchema>["state"], unansweredInARow = 0) => create(UnitSchema, { unitId: id, state, unansweredInARow } as MessageInitShape<typeof UnitSchema>);
const asked = (recommendedUnitId: string) => create(AssignmentSchema, { recommendedUnitId, purpose: { purpose: { case: "respond", value: { unitKindId: "patrol" } } } });

describe("the desk's units", () => {
  test("are its own, by the numbers of their callsigns, and stand still whatever they do", () => {
    const found = fleet([known("101"), known("9"), known("SOG 21"), known("12", "other")], new Map(), new Map(), "leninsky");
    expect(found.map((one) => one.known.callsign)).toEqual(["9", "SOG 21", "101"]);
  });
  test("one that never signed on is off duty", () => {
    expect(fleet([known("9")], new Map(), new Map(), "leninsky")[0]?.doing).toBe("signedOff");
  });
  test("one on a run does what its run does", () => {
    const units = new Map([["u9", unit("u9", { state: { case: "assigned", value: { runId: "r" } } })]]);
    const runs = new Map([["r", create(RunSchema, { runId: "r", state: { state: { case: "onScene", value: {} } } })]]);
    expect(fleet([known("9")], units, runs, "leninsky")[0]).toMatchObject({ doing: "onScene", run: { runId: "r" } });
    expect(fleet([known("9")], units, new Map(), "leninsky")[0]?.doing).toBe("sent");
  });
  test("two runs in a row without an answer are silence", () => {
    const said = (unanswered: number) => fleet([known("9")], new Map([["u9", unit("u9", { state: { case: "available", value: {} } }, unanswered)]]), new Map(), "leninsky")[0]?.silent;
    expect([said(1), said(2)]).toEqual([false, true]);
  });
});

describe("who goes", () => {
  const [free] = fleet([known("9")], new Map([["u9", unit("u9", { state: { case: "available", value: {} } })]]), new Map(), "leninsky");
  const [inspector] = fleet([known("9", "leninsky", "community-inspector")], new Map([["u9", unit("u9", { state: { case: "available", value: {} } })]]), new Map(), "leninsky");
  const [off] = fleet([known("9")], new Map(), new Map(), "leninsky");
  test("only a free unit of the kind that was asked for fits", () => {
    expect(free === undefined ? "?" : unfit(free, asked(""))).toBeUndefined();
    expect(inspector === undefined ? "?" : unfit(inspector, asked(""))).toBe("kind");
    expect(off === undefined ? "?" : unfit(off, asked(""))).toBe("signedOff");
  });
  test("whom the officer picked, else whom the centre recommends for each place", () => {
    expect(going([], [asked("u1"), asked("u2"), asked("u2"), asked("")])).toEqual(["u1", "u2"]);
    expect(going(["u3"], [asked("u1")])).toEqual(["u3"]);
    expect(going([], [asked("")])).toEqual([]);
  });
  test("a number picks one unit alone, with Shift one more, and never lets go of one", () => {
    expect(pick([], "a", false)).toEqual(["a"]);
    expect(pick(["a"], "b", false)).toEqual(["b"]);
    expect(pick(["a"], "a", false)).toEqual(["a"]);
    expect(pick(["a", "b"], "a", false)).toEqual(["a"]);
    expect(pick(["a"], "b", true)).toEqual(["a", "b"]);
    expect(pick(["a", "b"], "a", true)).toEqual(["a", "b"]);
  });
  test("one that is out is no answer beside one that is here, and alone it is one: nobody goes in its place", () => {
    const units = new Map([["u1", unit("u1", { state: { case: "assigned", value: { runId: "r" } } })], ["u2", unit("u2", { state: { case: "available", value: {} } })]]);
    const all = fleet([known("1"), known("2"), known("3")], units, new Map(), "leninsky");
    expect(answering(["u1"], all)).toEqual(["u1"]);
    expect(answering(["u1", "u2"], all)).toEqual(["u2"]);
    expect(answering(["u3"], all)).toEqual(["u3"]);
  });
});

describe("what can be said of a unit", () => {
  const doing = (state: "available" | "outOfService" | undefined) => fleet([known("9")], state === undefined ? new Map() : new Map([["u9", unit("u9", { state: { case: state, value: {} } })]]), new Map(), "leninsky")[0];
  const onRun = (at: "sent" | "onScene") => fleet([known("9")], new Map([["u9", unit("u9", { state: { case: "assigned", value: { runId: "r" } } })]]), new Map([["r", create(RunSchema, { runId: "r", state: { state: { case: at, value: {} } } })]]), "leninsky")[0];
  const said = (one: ReturnType<typeof doing>) => (one === undefined ? [] : ACTS.filter((act) => may(one, act)));
  test("is about its run, or about its service, and never about both", () => {
    expect(said(onRun("sent"))).toEqual(["acknowledged", "enRoute", "onScene", "clear", "late"]);
    expect(said(onRun("onScene"))).toEqual(["enRoute", "onScene", "clear", "late"]);
    expect(said(doing("available"))).toEqual(["sign", "service"]);
    expect(said(doing("outOfService"))).toEqual(["sign", "service"]);
    expect(said(doing(undefined))).toEqual(["sign"]);
  });
});
