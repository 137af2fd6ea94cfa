// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { act } from "preact/test-utils";
import { beforeEach, expect, test } from "vitest";
import { IncidentSchema } from "../contract/kezek/record/v1/incident_pb";
import { NOW, show, stage } from "../testing/surroundings";
import { speak } from "../words/words";
import { CallCard } from "./call_card";
import type { Card } from "./call_draft";
import { Cards } from "./cards";
import { DeskProvider, deskState } from "./state";
import type { Taking } from "./taking";

beforeEach(async () => {
  localStorage.clear();
  history.replaceState(null, "", "/desk");
  await speak("en");
});

/** A card on a screen, and what changes it. */
async function card() {
  const on = stage(() => undefined);
  const desk = deskState(new Cards(on.console.session, () => NOW));
  const taking: Taking = { isTaking: () => false, refused: () => undefined, answer: async () => undefined, answered: () => false, notAnswered: () => undefined, take: async () => undefined };
  const page = await show(on, <DeskProvider value={desk}><CallCard taking={taking} handled={undefined} onHandled={() => undefined} /></DeskProvider>);
  const change = (changed: Partial<Card>): Promise<void> => act(() => desk.cards.change(desk.cards.front.value.id, changed));
  return { on, desk, page, change, caution: () => page.querySelector(".without-point")?.textContent ?? "" };
}

test("a card without a point says what it means and what to do, and no more once it has one", async () => {
  const { change, caution } = await card();
  expect(caution()).toBe("");
  await change({ address: "Frunze 1", landmark: "by the bazaar", coordinates: "behind the shop" });
  expect(caution()).toBe("⚠ No point: units cannot be ranked by the way they have. Click the map (Alt+5) or type coordinates.");
  await change({ coordinates: "42.87, 74.59" });
  expect(caution()).toBe("");
});

test("what a call may be the same as follows the record, whichever desk decides about it", async () => {
  const { on, desk, page, change } = await card();
  const says = (): boolean => page.textContent.includes("may be the same as 1041");
  const told = (suspectedDuplicateOf?: string): Promise<void> => act(() => {
    if (suspectedDuplicateOf === undefined) on.picture.incidents.delete("i");
    else on.picture.incidents.set("i", create(IncidentSchema, { incidentId: "i", spokenNumber: "1043", suspectedDuplicateOf }));
    on.picture.shown();
    desk.cards.suspectedByRecord(on.picture.incidents);
  });
  on.picture.incidents.set("other", create(IncidentSchema, { incidentId: "other", spokenNumber: "1041" }));
  await change({ stage: "taken", incidentId: "i", suspects: ["other"], narrative: "a fight" });
  expect(says()).toBe(true);
  await told("other");
  expect(says()).toBe(true);
  await told("");
  expect(says()).toBe(false);
  await told();
  expect(says()).toBe(false);
});

test("whoever writes on with the focus on a button of the card writes the caller's words, and presses nothing", async () => {
  const { page, change } = await card();
  await change({ address: "Frunze 1" });
  const button = page.querySelector<HTMLButtonElement>(".sends button");
  const narrative = page.querySelector("#card-narrative");
  for (const key of [" ", "д"]) {
    button?.focus();
    await act(() => { button?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })); });
    expect(document.activeElement).toBe(narrative);
  }
  button?.focus();
  await act(() => { button?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true })); });
  expect(document.activeElement).toBe(button);
});
