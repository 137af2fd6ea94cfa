// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { signal } from "@preact/signals";
import { beforeEach, expect, test } from "vitest";
import { AssignmentSchema } from "../../contract/kezek/record/v1/assignment_pb";
import { IncidentSchema } from "../../contract/kezek/record/v1/incident_pb";
import { Step } from "../../contract/kezek/record/v1/milestone_pb";
import { RunSchema } from "../../contract/kezek/record/v1/run_pb";
import { Typed } from "../../look/typed";
import { stage } from "../../testing/surroundings";
import type { Action } from "../state";
import { Entered, nameOf } from "./entered";
import { forgetOver } from "./over";

beforeEach(() => { localStorage.clear(); });

const CLOSE: Action = { what: "close" };
const CLEARED: Action = { what: "run", runId: "r", step: Step.CLEARED };
const RETURNED: Action = { what: "returned", assignmentId: "a" };

/** A desk that looks at an incident, with something entered for these actions about incident `i`, which has a run and an assignment. */
function desk(actions: readonly Action[], selected: string | undefined = undefined, open: Action | undefined = undefined) {
  const on = stage(() => undefined);
  for (const action of actions) new Entered(on.console.session, "i", action).keep("reason", { value: "x", upon: "" });
  on.picture.incidents.set("i", create(IncidentSchema, { incidentId: "i", runIds: ["r"], assignmentIds: ["a"], state: { state: { case: "open", value: {} } } }));
  on.picture.runs.set("r", create(RunSchema, { runId: "r", state: { state: { case: "onScene", value: {} } } }));
  on.picture.assignments.set("a", create(AssignmentSchema, { assignmentId: "a", state: { state: { case: "received", value: {} } } }));
  const at = { selected: signal(selected), action: signal(open) };
  return {
    ...on, at,
    /** The actions that something is kept for after a look at the picture. */
    kept(): Action[] {
      forgetOver(on.console, at);
      return actions.filter((action) => new Entered(on.console.session, "i", action).fields !== undefined);
    },
  };
}

test("what is offered stays, and so does what is offered again when an incident is held no longer", () => {
  const { kept, picture } = desk([CLOSE, CLEARED, RETURNED]);
  expect(kept()).toEqual([CLOSE, CLEARED, RETURNED]);
  picture.incidents.set("i", create(IncidentSchema, { incidentId: "i", runIds: ["r"], assignmentIds: ["a"], state: { state: { case: "held", value: {} } } }));
  expect(kept()).toEqual([CLOSE, CLEARED, RETURNED]);
});

test("what was entered for a run that ended, for an answer that a desk gave otherwise and for an incident that is over is forgotten, and nothing else is", () => {
  const { kept, picture, console } = desk([CLOSE, CLEARED, RETURNED]);
  new Typed(console.session).keep("card.1", "words", "unsent");
  picture.runs.delete("r");
  expect(kept()).toEqual([CLOSE, RETURNED]);
  picture.assignments.set("a", create(AssignmentSchema, { assignmentId: "a", state: { state: { case: "accepted", value: {} } } }));
  expect(kept()).toEqual([CLOSE]);
  picture.incidents.delete("i");
  expect(kept()).toEqual([]);
  expect(new Typed(console.session).names).toEqual(["card.1"]);
});

test("a form that is open keeps what stands in it, until it is left", () => {
  const { kept, picture, at } = desk([CLOSE, CLEARED], "i", CLEARED);
  picture.runs.delete("r");
  expect(kept()).toEqual([CLOSE, CLEARED]);
  at.action.value = undefined;
  expect(kept()).toEqual([CLOSE]);
});

test("what was entered for what an incident that is over still offers stays, until that is offered no more", () => {
  const NOTE: Action = { what: "note" };
  const REOPEN: Action = { what: "reopen" };
  const { kept, picture, at } = desk([NOTE, REOPEN, CLOSE], "i");
  picture.incidents.delete("i");
  at.selected.value = "other";
  expect(kept()).toEqual([NOTE, REOPEN]);
  // opened again by somebody else
  picture.incidents.set("i", create(IncidentSchema, { incidentId: "i", state: { state: { case: "open", value: {} } } }));
  expect(kept()).toEqual([NOTE]);
});

test("what an earlier build kept in another shape is forgotten", () => {
  const { kept, console } = desk([]);
  new Typed(console.session).keep(nameOf("i", CLOSE), { basis: { value: "lawfulReason", base: "" } }, "unsent");
  kept();
  expect(new Typed(console.session).names).toEqual([]);
});

test("a picture that is not whole or not true says of nothing that it is over", () => {
  const { kept, picture, state } = desk([CLOSE]);
  picture.incidents.clear();
  for (const at of ["connecting", "late", "lost"] as const) {
    state.value = { at };
    expect(kept()).toEqual([CLOSE]);
  }
  state.value = { at: "live" };
  expect(kept()).toEqual([]);
});
