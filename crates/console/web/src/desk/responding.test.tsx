// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { act } from "preact/test-utils";
import { beforeAll, expect, test } from "vitest";
import { AssignmentSchema } from "../contract/kezek/record/v1/assignment_pb";
import { IncidentSchema } from "../contract/kezek/record/v1/incident_pb";
import { RunSchema } from "../contract/kezek/record/v1/run_pb";
import { NOW, show, stage } from "../testing/surroundings";
import { speak } from "../words/words";
import { Entered } from "./actions/entered";
import { Cards } from "./cards";
import { Responding } from "./responding";
import { DeskProvider, deskState, type Action } from "./state";

beforeAll(async () => { await speak("en"); });

test("a run's and a desk's button has dots while something was entered for it and not sent", async () => {
  const on = stage(() => undefined);
  const desk = deskState(new Cards(on.console.session, () => NOW));
  const whole = {
    incident: create(IncidentSchema, { incidentId: "i" }), calls: [], notes: [],
    runs: [create(RunSchema, { runId: "r", incidentId: "i", unitId: "u21", state: { state: { case: "onScene", value: {} } } })],
    assignments: [create(AssignmentSchema, { assignmentId: "a", incidentId: "i", stationId: "leninsky", state: { state: { case: "received", value: {} } } })],
  };
  const page = await show(on, <DeskProvider value={desk}><Responding whole={whole} readOnly={false} /></DeskProvider>);
  const dotted = (): string[] => [...page.querySelectorAll("button")].map(({ textContent }) => textContent ?? "").filter((text) => text.includes("…"));
  expect(dotted()).toEqual([]);
  for (const action of [{ what: "stand_down", runId: "r" }, { what: "returned", assignmentId: "a" }] satisfies Action[]) {
    await act(() => desk.begin(action));
    new Entered(on.console.session, "i", action).keep("reason", { value: "x", upon: "" });
    await act(() => desk.done());
  }
  expect(dotted()).toEqual(["Stand down … D", "Returned … B"]);
});
