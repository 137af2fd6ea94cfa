// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { beforeEach, expect, test } from "vitest";
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
  const taking: Taking = { busy: false, refused: undefined, answer: async () => undefined, answered: () => undefined, take: async () => undefined };
  const page = await show(on, <DeskProvider value={desk}><CallCard taking={taking} handled={undefined} onHandled={() => undefined} /></DeskProvider>);
  const change = (changed: Partial<Card>): Promise<void> => act(() => desk.cards.change(desk.cards.front.value.id, changed));
  return { page, change, caution: () => page.querySelector(".without-point")?.textContent ?? "" };
}

test("a card without a point says what it means and what to do, and no more once it has one", async () => {
  const { change, caution } = await card();
  expect(caution()).toBe("");
  await change({ address: "Frunze 1", landmark: "by the bazaar", coordinates: "behind the shop" });
  expect(caution()).toBe("⚠ No point: units cannot be ranked by the way they have. Click the map (Alt+5) or type coordinates.");
  await change({ coordinates: "42.87, 74.59" });
  expect(caution()).toBe("");
});
