// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AssignmentSchema } from "../contract/kezek/record/v1/assignment_pb";
import { IncidentSchema } from "../contract/kezek/record/v1/incident_pb";
import { useChosen } from "./chosen";
import type { Task, Work } from "./next";

let place: HTMLElement;
let shown: string | undefined;
let choose: (incident: string | undefined) => void;

beforeEach(() => { place = document.body.appendChild(document.createElement("div")); });
afterEach(() => {
  act(() => render(null, place));
  place.remove();
});

const work = (incidentId: string, ...asks: readonly Task["what"][]): Work => {
  const incident = create(IncidentSchema, { incidentId });
  const tasks = asks.map((what) => ({ what, assignment: create(AssignmentSchema), alike: [], incident }) as Task);
  return { incident, assignments: [], runs: [], tasks, mayClose: false };
};

function Shown({ works }: { works: readonly Work[] }) {
  const [chosen, setChosen] = useChosen(works, works.flatMap(({ tasks }) => tasks));
  shown = chosen?.incident.incidentId;
  choose = setChosen;
  return null;
}
const show = (...works: readonly Work[]): void => { act(() => render(<Shown works={works} />, place)); };

test("what was chosen stays through its questions, and gives way once they are answered and another asks", () => {
  show(work("one", "unanswered"));
  act(() => choose("one"));
  show(work("one", "undecided"), work("two", "unanswered"));
  expect(shown).toBe("one");
  show(work("one"), work("two", "unanswered"));
  expect(shown).toBeUndefined();
});

test("what was answered and nothing else asks is looked at on", () => {
  show(work("one", "unanswered"));
  act(() => choose("one"));
  show(work("one"));
  expect(shown).toBe("one");
});

test("what is chosen to be looked at, and asks nothing, stays whatever else asks", () => {
  show(work("one"), work("two", "unanswered"));
  act(() => choose("one"));
  show(work("one"), work("two", "unanswered"), work("three", "unanswered"));
  expect(shown).toBe("one");
  // and so does one that was answered and is chosen again
  show(work("one"), work("two"), work("three", "unanswered"));
  act(() => choose("two"));
  expect(shown).toBe("two");
});
