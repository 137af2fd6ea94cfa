// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { beforeAll, expect, test } from "vitest";
import { AssignmentSchema } from "../contract/kezek/record/v1/assignment_pb";
import { Channel } from "../contract/kezek/record/v1/milestone_pb";
import { RunSchema } from "../contract/kezek/record/v1/run_pb";
import { UnitSchema } from "../contract/kezek/record/v1/unit_pb";
import { show, stage, type Stage } from "../testing/surroundings";
import { speak } from "../words/words";
import { Answer } from "./answer";
import type { AssignmentProps } from "./assignment";
import { DeskProvider, type Desk } from "./desk";
import { fleet } from "./fleet";
import { Goes } from "./goes";
import type { Task } from "./next";
import type { Saying } from "./saying";
import { Sayings } from "./unsaid";

beforeAll(async () => { await speak("en"); });

const assignment = create(AssignmentSchema, {
  assignmentId: "a", recommendedUnitId: "u21", state: { state: { case: "received", value: {} } }, purpose: { purpose: { case: "respond", value: { unitKindId: "patrol" } } },
});
const TASK: Task = { what: "undecided", assignment, alike: [], incident: undefined };

/** Shows the answer to who goes while 21 is free, or off duty, and 22 is at a scene. */
async function shown(picked: readonly string[], { is21 = "available" as "available" | "signedOff", live = true, said = [] as readonly Saying[] } = {}): Promise<HTMLElement> {
  const on: Stage = stage(() => undefined);
  on.picture.units.set("u21", create(UnitSchema, { unitId: "u21", state: { state: { case: is21, value: {} } } }));
  on.picture.units.set("u22", create(UnitSchema, { unitId: "u22", state: { state: { case: "assigned", value: { runId: "r" } } } }));
  on.picture.runs.set("r", create(RunSchema, { runId: "r", unitId: "u22", state: { state: { case: "onScene", value: {} } } }));
  const sayings = new Sayings("leninsky", { tell: async () => undefined, maySend: () => false, now: () => 0 });
  for (const { id } of sayings.list.value) sayings.drop(id);
  for (const one of said) await sayings.say(one);
  const known = on.console.places.value?.units.values() ?? [];
  const desk: Desk = {
    station: "leninsky", picture: on.picture, own: true, speaker: { name: "Asanov", channel: Channel.DEVICE }, live,
    units: fleet(known, on.picture.units, on.picture.runs, "leninsky"), sayings, say: async () => undefined,
  };
  const props = { task: TASK, work: undefined, picked, peeking: { open: false }, more: [] } as unknown as AssignmentProps;
  return show(on, <DeskProvider value={desk}><Goes {...props} /><Answer {...props} incident={undefined} /></DeskProvider>);
}
const answer = (page: HTMLElement) => {
  const held = page.querySelector<HTMLElement>(".hold");
  return { says: held?.querySelector(".said")?.textContent.trim(), greyed: held?.ariaDisabled ?? held?.getAttribute("aria-disabled") };
};

test("whom the centre recommends is the answer of whoever picks nobody", async () => {
  expect(answer(await shown([]))).toEqual({ says: "Hold Enter Send 21", greyed: "false" });
});

test("a unit that is out and picked alone is an answer that cannot be given: it says why and what to do, and nobody else goes in its place", async () => {
  const page = await shown(["u22"]);
  expect(answer(page)).toEqual({ says: "22 cannot go: on scene. Pick another, or take the pick off: Esc", greyed: "true" });
  expect(page.querySelector(".goes")?.textContent).toBe("22 cannot go: on scene. Free: 21");
});

test("where nobody is free the answer says to give it back", async () => {
  expect(answer(await shown([], { is21: "signedOff" }))).toEqual({ says: "21 cannot go: signed off. Nobody is free. Return it: R", greyed: "true" });
});

test("what was said over a dead link says how it reaches the centre all the same", async () => {
  const said: Saying = { say: "accepted", assignmentId: "a", version: "1", unitIds: ["u21"], person: "Asanov", how: { channel: Channel.DEVICE, person: "Asanov" } };
  expect(answer(await shown([], { live: false }))).toEqual({ says: "Hold Enter Send 21 · will be kept, not sent", greyed: "false" });
  expect(answer(await shown([], { live: false, said: [said] }))).toEqual({ says: "Send 21 · no answer: say it by telephone or radio", greyed: "true" });
  expect(answer(await shown([], { said: [said] })).says).toMatch(/^Hold Enter Still true: send · send 21/);
});
