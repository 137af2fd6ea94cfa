import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { AssignmentSchema, type Assignment } from "../contract/kezek/record/v1/assignment_pb";
import { IncidentSchema, type Incident } from "../contract/kezek/record/v1/incident_pb";
import { RunSchema, type Run } from "../contract/kezek/record/v1/run_pb";
import { assignmentsOf, dueOf, keyOf, phase, tasks, work, type Records } from "./next";

type State = NonNullable<MessageInitShape<typeof AssignmentSchema>["state"]>["state"];
const SENT: State = { case: "sent", value: {} };
const RECEIVED: State = { case: "received", value: { person: "Asanov" } };

function assignment(id: string, said: Partial<MessageInitShape<typeof AssignmentSchema>> & { is?: State; due?: number } = {}): Assignment {
  const { is = SENT, due, ...rest } = said;
  return create(AssignmentSchema, {
    assignmentId: id, incidentId: "i1", stationId: "leninsky", state: { state: is }, purpose: { purpose: { case: "respond", value: { needIndex: 0, unitKindId: "patrol" } } },
    ...(due === undefined ? {} : { answerDue: timestampFromMs(due) }), ...rest,
  } as MessageInitShape<typeof AssignmentSchema>);
}

function incident(id: string, priority: number, said: Partial<MessageInitShape<typeof IncidentSchema>> = {}): Incident {
  return create(IncidentSchema, { incidentId: id, priority, state: { state: { case: "open", value: {} } }, createdAt: timestampFromMs(1_000), ...said } as MessageInitShape<typeof IncidentSchema>);
}

function run(id: string, is: NonNullable<Run["state"]>["state"]["case"], said: Partial<MessageInitShape<typeof RunSchema>> = {}): Run {
  return create(RunSchema, { runId: id, incidentId: "i1", assignmentId: "a", unitId: "u1", stationId: "leninsky", state: { state: { case: is, value: {} } }, ...said } as MessageInitShape<typeof RunSchema>);
}

function records(assignments: readonly Assignment[], incidents: readonly Incident[], runs: readonly Run[] = []): Records {
  return {
    assignments: new Map(assignments.map((one) => [one.assignmentId, one])),
    incidents: new Map(incidents.map((one) => [one.incidentId, one])),
    runs: new Map(runs.map((one) => [one.runId, one])),
  };
}

const keys = (found: Records): string[] => tasks(found, "leninsky").map(keyOf);

describe("where an assignment stands for its desk", () => {
  test("nobody has it until a person says so, and then somebody must be chosen", () => {
    expect(phase(assignment("a"))).toBe("unanswered");
    expect(phase(assignment("a", { is: { case: "delivered", value: {} } }))).toBe("unanswered");
    expect(phase(assignment("a", { is: RECEIVED }))).toBe("undecided");
  });
  test("a desk that only had to know, or for which the centre chose, has nobody left to choose", () => {
    expect(phase(assignment("a", { is: RECEIVED, purpose: { purpose: { case: "inform", value: {} } } }))).toBe("underway");
    expect(phase(assignment("a", { is: RECEIVED, runIds: ["r"] }))).toBe("underway");
  });
  test("what came back, was done or was stood down is over", () => {
    for (const state of ["done", "returned", "stoodDown"] as const) expect(phase(assignment("a", { is: { case: state, value: {} } as State }))).toBe("over");
  });
});

describe("what is answered next", () => {
  test("stand-downs first, then by priority, then by when the answer is due", () => {
    const found = records(
      [
        assignment("later", { incidentId: "i2", due: 9_000 }), assignment("sooner", { incidentId: "i3", due: 5_000 }), assignment("undated", { incidentId: "i5" }),
        assignment("urgent", { incidentId: "i1", due: 99_000 }), assignment("back", { incidentId: "i4", is: { case: "standDownSent", value: {} } }),
      ],
      [incident("i1", 1), incident("i2", 2), incident("i3", 2), incident("i4", 5), incident("i5", 2)],
    );
    expect(keys(found)).toEqual(["stand_down/back", "unanswered/urgent", "unanswered/sooner", "unanswered/later", "unanswered/undated"]);
  });
  test("what was due before a stand-down is due no more", () => {
    const [task] = tasks(records([assignment("a", { due: 5_000, is: { case: "standDownSent", value: {} } as State })], [incident("i1", 1)]), "leninsky");
    expect(task?.what).toBe("stand_down");
    expect(task === undefined ? 0 : dueOf(task)).toBeUndefined();
  });
  test("a run that was stood down is asked as loudly as an assignment", () => {
    const found = records([assignment("a", { due: 1 })], [incident("i1", 1)], [run("r", "standDownSent")]);
    expect(keys(found)).toEqual(["run/r", "unanswered/a"]);
  });
  test("what nobody can judge yet comes before what can be judged", () => {
    const found = records([assignment("known", { due: 1 }), assignment("strange", { incidentId: "not told yet", due: 2 })], [incident("i1", 1)]);
    expect(keys(found)).toEqual(["unanswered/strange", "unanswered/known"]);
  });
  test("another desk's assignments and runs are not asked", () => {
    expect(keys(records([assignment("a", { stationId: "other" })], [incident("i1", 1)], [run("r", "standDownSent", { stationId: "other" })]))).toEqual([]);
  });
});

describe("one question for all that ask the same", () => {
  test("two places of one need are one question, due when the first of them is", () => {
    const [task, ...more] = tasks(records([assignment("b", { due: 4_000 }), assignment("a", { due: 7_000 })], [incident("i1", 2)]), "leninsky");
    expect(more).toEqual([]);
    expect(task === undefined ? [] : assignmentsOf(task).map(({ assignmentId }) => assignmentId)).toEqual(["a", "b"]);
    expect(task === undefined ? 0 : dueOf(task)).toBe(4_000);
  });
  test("another need, another step and each stand-down are questions of their own", () => {
    const other = { purpose: { case: "respond", value: { needIndex: 1, unitKindId: "dog-team" } } } as const;
    expect(keys(records([assignment("a"), assignment("b", { purpose: { purpose: other.purpose } }), assignment("c", { is: RECEIVED })], [incident("i1", 2)]))).toHaveLength(3);
    const back: State = { case: "standDownSent", value: {} } as State;
    expect(keys(records([assignment("a", { is: back }), assignment("b", { is: back })], [incident("i1", 2)]))).toHaveLength(2);
  });
  test("whoever is asked to send is not told a second time, but whoever is only told is", () => {
    const told = { purpose: { purpose: { case: "inform", value: {} } } } as const;
    const [task, ...more] = tasks(records([assignment("told", told), assignment("z"), assignment("elsewhere", { incidentId: "i2", ...told })], [incident("i1", 2), incident("i2", 3)]), "leninsky");
    expect(task === undefined ? [] : assignmentsOf(task).map(({ assignmentId }) => assignmentId)).toEqual(["z", "told"]);
    expect(more.map(keyOf)).toEqual(["unanswered/elsewhere"]);
    expect(keys(records([assignment("told", told), assignment("z", { is: RECEIVED })], [incident("i1", 2)]))).toEqual(["unanswered/told", "undecided/z"]);
  });
  test("when a further one comes it is another question: a hold that began does not answer it", () => {
    const before = keys(records([assignment("a")], [incident("i1", 2)]));
    expect(keys(records([assignment("a"), assignment("b")], [incident("i1", 2)]))).not.toEqual(before);
  });
});

describe("the incidents of a desk", () => {
  test("what must be answered stands first, then priority and age", () => {
    const found = records([assignment("a", { incidentId: "i3" }), assignment("b", { incidentId: "i2", is: { case: "accepted", value: {} } as State }), assignment("c", { incidentId: "i1", is: { case: "accepted", value: {} } as State })],
      [incident("i1", 3), incident("i2", 2), incident("i3", 4)]);
    expect(work(found, "leninsky").map(({ incident: { incidentId } }) => incidentId)).toEqual(["i3", "i2", "i1"]);
  });
  test("one that was given back, or is over, is not this desk's any more", () => {
    const closed = incident("i2", 1, { state: { state: { case: "closed", value: {} } } });
    expect(work(records([assignment("a", { is: { case: "returned", value: {} } as State }), assignment("b", { incidentId: "i2" })], [incident("i1", 1), closed]), "leninsky")).toEqual([]);
  });
  test("it may be closed by the desk that leads, once nobody of any desk is out and nothing is asked", () => {
    const led = incident("i1", 2, { leadStationId: "leninsky" });
    const done = assignment("a", { is: { case: "done", value: {} } as State });
    const may = (found: Records): boolean | undefined => work(found, "leninsky")[0]?.mayClose;
    expect(may(records([done], [led]))).toBe(true);
    expect(may(records([done], [led], [run("r", "onScene", { stationId: "other" })]))).toBe(false);
    expect(may(records([done, assignment("b")], [led]))).toBe(false);
    expect(may(records([done], [incident("i1", 2, { leadStationId: "other" })]))).toBe(false);
    expect(may(records([done], [led], [run("r", "cleared")]))).toBe(true);
  });
});
