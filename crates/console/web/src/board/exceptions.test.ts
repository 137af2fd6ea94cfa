import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { AlarmLevel } from "../contract/kezek/record/v1/alarm_pb";
import { AutomaticDispatch, DispatchSchema } from "../contract/kezek/record/v1/centre_pb";
import { PassedOverReason } from "../contract/kezek/record/v1/incident_pb";
import { Step } from "../contract/kezek/record/v1/milestone_pb";
import { DeskSchema, UnitSchema } from "../contract/kezek/record/v1/unit_pb";
import type { Picture } from "../picture/picture";
import { exceptions, followed, HOLD_AHEAD_MS } from "./exceptions";
import { after, alarm, assignment, incident, picture, run, stamp, step } from "./samples";

const keys = (of: Picture, seconds: number): string[] => exceptions(of, after(seconds)).map(({ key }) => key);

describe("what is late", () => {
  it("is an assignment that nobody received, from the moment its time is over", () => {
    const of = picture({ case: "incident", value: incident("a", { queued: false }) }, { case: "assignment", value: assignment("s") });
    expect(keys(of, 29)).toEqual([]);
    expect(keys(of, 30)).toEqual(["answerLate:s"]);
    expect(exceptions(of, after(30))[0]).toMatchObject({ since: after(0), incidentId: "a", stationId: "leninsky", priority: 2, owner: "", level: "operator", toKnow: false });
  });

  it("is a desk that received it and sent nobody, but not one that was only informed", () => {
    const received = { state: { state: { case: "received" as const, value: { person: "Asanov" } } }, answerDue: stamp(120), milestones: [step(Step.SENT, 0), step(Step.RECEIVED, 9)] };
    const of = picture({ case: "assignment", value: assignment("s", received) });
    expect(exceptions(of, after(121))[0]).toMatchObject({ key: "nobodySent:s", since: after(9), detail: "Asanov" });
    const informed = picture({ case: "assignment", value: assignment("s", { ...received, purpose: { purpose: { case: "inform" as const, value: {} } } }) });
    expect(keys(informed, 121)).toEqual([]);
  });

  it("is a crew that has not acknowledged, and a stand-down that nobody confirmed", () => {
    const of = picture(
      { case: "run", value: run("r") },
      { case: "run", value: run("q", { state: { state: { case: "standDownSent", value: { sentBy: "operator-1", reason: "too many" } } }, milestones: [step(Step.SENT, 0), step(Step.STAND_DOWN_SENT, 20)] }) },
    );
    expect(keys(of, 59)).toEqual([]);
    expect(keys(of, 60)).toEqual(["crewLate:r"]);
    expect(keys(of, 140)).toEqual(["crewLate:r", "standDown:q"]);
  });

  it("is a hold that runs out within five minutes, and whoever held it has it", () => {
    const held = incident("a", { queued: false, state: { state: { case: "held", value: { heldBy: "operator-2", until: stamp(1_000), reason: "waits for the owner" } } } });
    const of = picture({ case: "incident", value: held });
    expect(keys(of, 1_000 - HOLD_AHEAD_MS / 1_000 - 1)).toEqual([]);
    expect(exceptions(of, after(1_000))[0]).toMatchObject({ key: "holdEnds:a", owner: "operator-2", detail: "waits for the owner" });
  });
});

describe("an alarm", () => {
  it("joins the matter that the records tell, and names its owner", () => {
    const owned = alarm("x", "DESK_UNANSWERED", { assignmentId: "s", incidentId: "a", level: AlarmLevel.SUPERVISOR, state: { state: { case: "acknowledged", value: { acknowledgedBy: "operator-3", acknowledgedAt: stamp(40) } } } });
    const of = picture({ case: "incident", value: incident("a", { queued: false }) }, { case: "assignment", value: assignment("s") }, { case: "alarm", value: owned });
    const [only, ...others] = exceptions(of, after(45));
    expect(others).toEqual([]);
    expect(only).toMatchObject({ key: "answerLate:s", code: "DESK_UNANSWERED", owner: "operator-3", level: "supervisor", since: after(0) });
    expect(only?.alarms.map(({ alarmId }) => alarmId)).toEqual(["x"]);
  });

  it("stands alone where the records tell nothing, and not at all once it ended", () => {
    const of = picture({ case: "alarm", value: alarm("x", "JOURNAL_FULL", { detail: "96 %" }) });
    expect(exceptions(of, after(60))[0]).toMatchObject({ key: "alarm:x", kind: "alarm", code: "JOURNAL_FULL", since: after(35), detail: "96 %", priority: 6 });
    const ended = alarm("x", "JOURNAL_FULL", { state: { state: { case: "ended", value: { endedBy: "system", endedAt: stamp(50) } } } });
    expect(keys(picture({ case: "alarm", value: ended }), 60)).toEqual([]);
  });

  it("stays one matter when somebody can be found again, and says so", () => {
    const eased = incident("a", { needs: [{ unitKindId: "patrol", units: 1, eased: true, unitsMissing: 1 }] });
    const of = picture({ case: "incident", value: eased }, { case: "alarm", value: alarm("x", "SHORTFALL", { incidentId: "a" }) }, { case: "alarm", value: alarm("y", "QUEUE_AGE", { incidentId: "a" }) });
    const [only, ...others] = exceptions(of, after(90));
    expect(others).toEqual([]);
    expect(only).toMatchObject({ key: "shortfall:a", kind: "eased", code: "SHORTFALL", level: "supervisor" });
  });

  it("of the queue's age belongs to the shortfall that makes it wait, and gives it no owner", () => {
    const short = incident("a", { needs: [{ unitKindId: "patrol", units: 1, shortfall: true, unitsMissing: 1 }] });
    const acknowledged = { state: { case: "acknowledged", value: { acknowledgedBy: "operator-1", acknowledgedAt: stamp(70) } } } as const;
    const of = picture({ case: "incident", value: short }, { case: "alarm", value: alarm("x", "SHORTFALL", { incidentId: "a" }) }, { case: "alarm", value: alarm("y", "QUEUE_AGE", { incidentId: "a", state: acknowledged }) });
    const [only, ...others] = exceptions(of, after(90));
    expect(others).toEqual([]);
    expect(only).toMatchObject({ key: "shortfall:a", code: "SHORTFALL", owner: "" });
    expect(only?.alarms).toHaveLength(2);
  });

  it("says since when a desk is silent, which the desk itself does not", () => {
    const desk = create(DeskSchema, { stationId: "leninsky", silent: true, unansweredInARow: 2, link: { state: { case: "down", value: { since: stamp(5) } } } });
    const of = picture({ case: "desk", value: desk }, { case: "alarm", value: alarm("x", "DESK_SILENT", { stationId: "leninsky" }) });
    const found = exceptions(of, after(60));
    expect(found.map(({ key, since }) => [key, since])).toEqual([["linkDown:leninsky", after(5)], ["deskSilent:leninsky", after(35)]]);
  });
});

describe("the queue", () => {
  it("shows what waits longer than a minute, and the more urgent first", () => {
    const of = picture({ case: "incident", value: incident("a", { priority: 3 }) }, { case: "incident", value: incident("b", { priority: 1, createdAt: stamp(10) }) });
    expect(keys(of, 59)).toEqual([]);
    expect(keys(of, 75)).toEqual(["queueAge:b", "queueAge:a"]);
  });

  it("shows a suspected duplicate while both go on and nobody is there", () => {
    const suspect = incident("b", { queued: false, suspectedDuplicateOf: "a", runIds: ["r"] });
    const first = incident("a", { queued: false, spokenNumber: "1042" });
    expect(exceptions(picture({ case: "incident", value: first }, { case: "incident", value: suspect }), after(10))[0]).toMatchObject({ key: "duplicate:b", detail: "1042" });
    const there = run("r", { incidentId: "b", state: { state: { case: "onScene", value: {} } } });
    expect(keys(picture({ case: "incident", value: first }, { case: "incident", value: suspect }, { case: "run", value: there }), 10)).toEqual([]);
  });
});

describe("what somebody decided", () => {
  it("comes after everything that must be acted on", () => {
    const decided = incident("a", {
      priority: 1, queued: false, restriction: { readers: ["demo.supervisor"], reason: "witness", restrictedBy: "demo.supervisor" },
      passedOver: [
        { who: { case: "unitId", value: "leninsky-12" }, reason: PassedOverReason.STOOD_DOWN, since: stamp(20) },
        { who: { case: "stationId", value: "oktyabrsky" }, reason: PassedOverReason.RETURNED, since: stamp(21) },
      ],
    });
    const of = picture(
      { case: "incident", value: decided }, { case: "incident", value: incident("b", { priority: 5 }) },
      { case: "dispatch", value: create(DispatchSchema, { automatic: AutomaticDispatch.OFF, switchedBy: "demo.supervisor", reason: "drill" }) },
    );
    const found = exceptions(of, after(90));
    expect(found.map(({ key, toKnow }) => [key, toKnow])).toEqual([["queueAge:b", false], ["passedOver:a:leninsky-12", true], ["restricted:a", true], ["automaticOff:", true]]);
    expect(found.at(-1)).toMatchObject({ owner: "demo.supervisor", detail: "drill" });
  });

  it("is a unit that was silent only while it is on duty", () => {
    const silent = (state: "available" | "signedOff") => create(UnitSchema, { unitId: "leninsky-11", unansweredInARow: 2, state: { state: { case: state, value: {} } } });
    expect(keys(picture({ case: "unit", value: silent("available") }), 10)).toEqual(["unitSilent:leninsky-11"]);
    expect(keys(picture({ case: "unit", value: silent("signedOff") }), 10)).toEqual([]);
  });

  it("is another unit than the desk was recommended, where the records tell", () => {
    const served = incident("a", { queued: false, runIds: ["r"] });
    const accepted = { state: { state: { case: "accepted" as const, value: { person: "Asanov" } } } };
    const by = (name: string, role: string) => run("r", { milestones: [step(Step.SENT, 5, name, role)] });
    const all = (of: ReturnType<typeof run>, recommendedUnitId: string): Picture =>
      picture({ case: "incident", value: served }, { case: "assignment", value: assignment("s", { ...accepted, recommendedUnitId }) }, { case: "run", value: of });
    const officer = by("duty-leninsky", "duty_officer");
    expect(keys(all(officer, "leninsky-12"), 20)).toEqual(["otherUnit:r"]);
    expect(followed(all(officer, "leninsky-11"), officer)).toBe(true);
    expect(followed(all(officer, ""), officer)).toBeUndefined();
    // what the centre itself sent follows its own recommendation
    const system = by("system", "system");
    expect(followed(all(system, "leninsky-12"), system)).toBeUndefined();
  });
});
