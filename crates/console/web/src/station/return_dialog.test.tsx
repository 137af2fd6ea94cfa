// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { act } from "preact/test-utils";
import { beforeAll, expect, test } from "vitest";
import { AssignmentSchema, type Assignment } from "../contract/kezek/record/v1/assignment_pb";
import { Channel } from "../contract/kezek/record/v1/milestone_pb";
import { RunSchema } from "../contract/kezek/record/v1/run_pb";
import { show, stage, type Stage } from "../testing/surroundings";
import { speak } from "../words/words";
import { DeskProvider, type Desk } from "./desk";
import { ReturnDialog } from "./return_dialog";
import type { Saying } from "./saying";
import { Sayings } from "./unsaid";

beforeAll(async () => { await speak("en"); });

const assignment = (at: "sent" | "delivered" | "accepted", version: bigint, ...runIds: string[]): Assignment =>
  create(AssignmentSchema, { assignmentId: "a", version, runIds, state: { state: { case: at, value: {} } } });
const speaker = { name: "Asanov", channel: Channel.DEVICE };

/** A desk that writes down what it says. */
function desk(on: Stage, said: Saying[]): Desk {
  return {
    station: "leninsky", picture: on.picture, own: true, speaker, live: true, units: [], sayings: new Sayings("leninsky", { tell: async () => undefined, maySend: () => true, now: () => 0 }),
    say: async (saying) => { said.push(saying); return undefined; },
  };
}

test("what moved while it is given back is said, and goes back only once somebody let it stand, upon what was shown", async () => {
  const on = stage(() => undefined);
  const said: Saying[] = [];
  const here = desk(on, said);
  const told = async (now: Assignment): Promise<void> => {
    await act(() => {
      on.picture.assignments.set("a", now);
      on.picture.shown();
    });
  };
  await told(assignment("sent", 3n));
  function Shown() {
    void on.picture.revision.value;
    return <DeskProvider value={here}><ReturnDialog assignments={[assignment("sent", 3n)]} speaker={speaker} onClose={() => undefined} /></DeskProvider>;
  }
  const page = await show(on, <Shown />);
  const submit = (): Promise<void> => act(() => { page.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })); });
  const warned = (): string => page.querySelector(".missing")?.textContent ?? "";
  await act(() => page.querySelector<HTMLInputElement>(".reasons input")?.click());

  // the screen itself has told that it shows it
  await told(assignment("delivered", 4n));
  expect(warned()).toBe("");
  on.picture.runs.set("r", create(RunSchema, { runId: "r", unitId: "u21" }));
  await told(assignment("accepted", 5n, "r"));
  expect(warned()).toBe("It has changed meanwhile. Now: accepted 21");
  await submit();
  expect([said, warned()]).toEqual([[], ""]);
  await submit();
  expect(said).toMatchObject([{ say: "returned", assignmentId: "a", version: "5" }]);
});

test("of several what went back already is not given back again", async () => {
  const on = stage(() => undefined);
  const said: Saying[] = [];
  const both = [assignment("sent", 3n), create(AssignmentSchema, { ...assignment("sent", 3n), assignmentId: "b" })];
  for (const one of both) on.picture.assignments.set(one.assignmentId, one);
  const page = await show(on, <DeskProvider value={desk(on, said)}><ReturnDialog assignments={both} speaker={speaker} onClose={() => undefined} /></DeskProvider>);
  on.picture.assignments.delete("a");
  await act(() => page.querySelector<HTMLInputElement>(".reasons input")?.click());
  const submit = (): Promise<void> => act(() => { page.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })); });
  await submit();
  await submit();
  expect(said).toMatchObject([{ assignmentId: "b" }]);
});
