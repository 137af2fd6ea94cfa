import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { AlarmLevel } from "../contract/kezek/record/v1/alarm_pb";
import { AutomaticDispatch, DispatchSchema } from "../contract/kezek/record/v1/centre_pb";
import { Step } from "../contract/kezek/record/v1/milestone_pb";
import { DeskSchema, UnitSchema } from "../contract/kezek/record/v1/unit_pb";
import { RecordKind } from "../contract/kezek/watch/v1/watch_service_pb";
import { NotedChangeSchema, NoteSchema } from "../contract/kezek/record/v1/note_pb";
import { alarmRate, KEPT_MS, Observer } from "./observe";
import { after, alarm, assignment, incident, picture, stamp, step } from "./samples";
import { between, type AnyRecord, type TapeEvent } from "./tape";

const told = (now: AnyRecord, before?: AnyRecord): TapeEvent[] => between(now, before, (id) => id.toUpperCase(), { at: after(100), who: "operator-1" });
const names = (events: readonly TapeEvent[]): unknown[] => events.map(({ what }) => ("step" in what ? Step[what.step] : what.happening));

describe("between two versions of a record", () => {
  it("nothing happened if they are the same version", () => {
    expect(told({ case: "incident", value: incident("a", { priority: 1 }) }, { case: "incident", value: incident("a") })).toEqual([]);
  });

  it("only the steps that were added are told, with who reported them and when", () => {
    const before = assignment("s");
    const now = assignment("s", { version: 2n, milestones: [...before.milestones, step(Step.DELIVERED, 3), step(Step.RECEIVED, 9, "Asanov")] });
    const events = told({ case: "assignment", value: now }, { case: "assignment", value: before });
    expect(names(events)).toEqual(["DELIVERED", "RECEIVED"]);
    expect(events[1]).toMatchObject({ at: after(9), who: "Asanov", incidentId: "a", spokenNumber: "A", stationId: "leninsky", system: false });
  });

  it("the oldest steps may be left out without the newer being told again", () => {
    const steps = [step(Step.SENT, 0), step(Step.DELIVERED, 3), step(Step.RECEIVED, 9)];
    const before = assignment("s", { milestones: steps });
    const now = assignment("s", { version: 2n, milestones: [...steps.slice(1), step(Step.ACCEPTED, 12)] });
    expect(names(told({ case: "assignment", value: now }, { case: "assignment", value: before }))).toEqual(["ACCEPTED"]);
  });

  it("that somebody can be found again ends no shortfall, and that somebody was sent does", () => {
    const needing = (version: bigint, need: { shortfall?: boolean; eased?: boolean }) => incident("a", { version, needs: [{ unitKindId: "patrol", units: 1, ...need }] });
    const [short, eased, filled] = [needing(1n, { shortfall: true }), needing(2n, { eased: true }), needing(3n, {})];
    const from = (now: typeof short, before: typeof short) => names(told({ case: "incident", value: now }, { case: "incident", value: before }));
    expect([from(eased, short), from(short, eased), from(filled, eased)]).toEqual([[], [], ["filled"]]);
  });

  it("what has no step is told by what differs", () => {
    const before = incident("a", { needs: [{ unitKindId: "patrol", units: 1 }] });
    const now = incident("a", { version: 2n, priority: 1, incidentTypeId: "robbery", needs: [{ unitKindId: "patrol", units: 1, shortfall: true }], location: { address: "Manas 12" } });
    const events = told({ case: "incident", value: now }, { case: "incident", value: before });
    expect(names(events)).toEqual(["priority", "type", "place", "shortfall"]);
    expect(events[0]).toMatchObject({ detail: "2 → 1", who: "operator-1", at: after(100) });
    expect(new Set(events.map(({ key }) => key)).size).toBe(4);
  });

  it("a note is told by its incident, which alone keeps that there is one", () => {
    const [event, ...others] = told({ case: "incident", value: incident("a", { version: 2n, noteIds: ["n1", "n2"] }) }, { case: "incident", value: incident("a", { noteIds: ["n1"] }) });
    expect(others).toEqual([]);
    expect(event).toMatchObject({ what: { happening: "note" }, detail: "", spokenNumber: "A" });
  });

  it("an alarm is raised, goes to the supervisor, is taken, taken over and ends", () => {
    const raised = alarm("x", "SHORTFALL", { incidentId: "a" });
    const higher = alarm("x", "SHORTFALL", { incidentId: "a", version: 2n, level: AlarmLevel.SUPERVISOR });
    const takenBy = (by: string, seconds: number, version: bigint) => alarm("x", "SHORTFALL", { version, level: AlarmLevel.SUPERVISOR, state: { state: { case: "acknowledged", value: { acknowledgedBy: by, acknowledgedAt: stamp(seconds) } } } });
    const ended = alarm("x", "SHORTFALL", { version: 5n, level: AlarmLevel.SUPERVISOR, state: { state: { case: "ended", value: { endedBy: "system", endedAt: stamp(90) } } } });
    const versions = [raised, higher, takenBy("operator-1", 50, 3n), takenBy("demo.supervisor", 60, 4n), ended].map((value): AnyRecord => ({ case: "alarm", value }));
    const events = versions.flatMap((now, index) => told(now, versions[index - 1]));
    expect(names(events)).toEqual(["alarmRaised", "alarmHigher", "alarmTaken", "alarmTaken", "alarmEnded"]);
    expect(events.map(({ who }) => who)).toEqual(["system", "system", "operator-1", "demo.supervisor", "system"]);
  });

  it("units, desks and the switch say what they became", () => {
    const unit = (state: "signedOff" | "available" | "outOfService", version: bigint): AnyRecord => ({ case: "unit", value: create(UnitSchema, { unitId: "leninsky-11", version, since: stamp(7), state: { state: { case: state, value: {} } } }) });
    expect(names([...told(unit("available", 2n), unit("signedOff", 1n)), ...told(unit("outOfService", 3n), unit("available", 2n)), ...told(unit("available", 4n), unit("outOfService", 3n))]))
      .toEqual(["signedOn", "outOfService", "backInService"]);
    const desk = (up: boolean, silent: boolean, version: bigint): AnyRecord => ({ case: "desk", value: create(DeskSchema, { stationId: "leninsky", version, silent, link: { state: { case: up ? "up" : "down", value: {} } } }) });
    expect(names(told(desk(false, true, 2n), desk(true, false, 1n)))).toEqual(["linkDown", "deskSilent"]);
    const dispatch = (automatic: AutomaticDispatch, version: bigint): AnyRecord => ({ case: "dispatch", value: create(DispatchSchema, { automatic, version, switchedBy: "demo.supervisor", reason: "drill" }) });
    expect(told(dispatch(AutomaticDispatch.OFF, 2n), dispatch(AutomaticDispatch.ON, 1n))[0]).toMatchObject({ what: { happening: "automaticOff" }, who: "demo.supervisor", detail: "drill" });
    // the dispatcher moving to another node is none of the shift's business
    expect(told(dispatch(AutomaticDispatch.ON, 2n), dispatch(AutomaticDispatch.ON, 1n))).toEqual([]);
  });
});

describe("the live tape", () => {
  it("begins with what the open records say of the last hour, and goes on with what it sees", () => {
    const observer = new Observer();
    const old = incident("a", { milestones: [step(Step.CREATED, -2 * 3_600), step(Step.HELD, 10)] });
    observer.look(picture({ case: "incident", value: old }), after(20));
    expect(names(observer.events.value)).toEqual(["HELD"]);
    const now = incident("a", { version: 2n, milestones: [...old.milestones, step(Step.RELEASED, 25)] });
    observer.look(picture({ case: "incident", value: now }), after(26));
    expect(names(observer.events.value)).toEqual(["RELEASED", "HELD"]);
  });

  it("tells nothing twice when the whole picture comes anew, and forgets after an hour", () => {
    const observer = new Observer();
    observer.look(picture({ case: "incident", value: incident("a") }), after(1));
    observer.look(picture({ case: "incident", value: incident("a") }), after(2));
    expect(names(observer.events.value)).toEqual(["CREATED"]);
    observer.look(picture(), after(KEPT_MS / 1_000 + 1));
    expect(observer.events.value).toEqual([]);
  });

  it("tells a note once and by its author, though no picture keeps it", () => {
    const observer = new Observer();
    const shown = picture({ case: "incident", value: incident("a") });
    const hear = (...records: AnyRecord[]): void => {
      const noted = records.some((record) => record.case === "note") ? [{ $typeName: "kezek.watch.v1.RecordKey", kind: RecordKind.NOTE, id: "n" } as const] : [];
      shown.apply({ reset: false, lineage: "one", through: 2n, records: records.map((record) => ({ $typeName: "kezek.watch.v1.Record", record })), left: noted, positions: [] });
      shown.shown();
      observer.hear(shown);
    };
    observer.look(shown, after(1));
    const note = create(NoteSchema, { noteId: "n", incidentId: "a", version: 2n, writtenBy: "asel", text: "a knife", recordedAt: stamp(2) });
    hear({ case: "incident", value: incident("a", { version: 2n, noteIds: ["n"] }) }, { case: "note", value: note });
    // other frames come before it looks
    hear();
    expect(shown.toldNotes.size).toBe(0);
    observer.look(shown, after(3));
    observer.look(shown, after(4));
    const notes = observer.events.value.filter(({ what }) => "happening" in what && what.happening === "note");
    expect(notes.map(({ who, detail }) => [who, detail])).toEqual([["asel", "a knife"]]);
  });

  it("tells by whom an incident was changed", () => {
    const observer = new Observer();
    const shown = picture({ case: "incident", value: incident("a", { priority: 3 }) });
    observer.look(shown, after(1));
    const changes = [create(NotedChangeSchema, { change: { case: "priority", value: { from: 3, to: 1 } } })];
    const note = create(NoteSchema, { noteId: "n", incidentId: "a", version: 2n, writtenBy: "asel", changes, recordedAt: stamp(2) });
    const records: AnyRecord[] = [{ case: "incident", value: incident("a", { version: 2n, priority: 1, noteIds: ["n"] }) }, { case: "note", value: note }];
    shown.apply({ reset: false, lineage: "one", through: 2n, records: records.map((record) => ({ $typeName: "kezek.watch.v1.Record", record })), left: [], positions: [] });
    shown.shown();
    observer.hear(shown);
    observer.look(shown, after(3));
    const events = observer.events.value.filter(({ what }) => "happening" in what);
    expect(events.map(({ what, who, detail }) => [what, who, detail])).toEqual([[{ happening: "priority" }, "asel", "3 → 1"]]);
  });

  it("counts the alarms of the last minutes, in all and for each desk", () => {
    const observer = new Observer();
    observer.look(picture({ case: "alarm", value: alarm("x", "DESK_UNANSWERED", { stationId: "leninsky" }) }, { case: "alarm", value: alarm("y", "SHORTFALL") }), after(40));
    expect(alarmRate(observer.events.value, after(40), 60_000)).toEqual({ all: 2, byStation: new Map([["leninsky", 1]]) });
    expect(alarmRate(observer.events.value, after(100), 60_000).all).toBe(0);
  });
});
