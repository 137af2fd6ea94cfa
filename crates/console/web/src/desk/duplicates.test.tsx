// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { IntakeService } from "../contract/kezek/intake/v1/intake_service_pb";
import { appears, settled, show, stage } from "../testing/surroundings";
import { speak } from "../words/words";
import { newCard } from "./call_draft";
import { Duplicates, focusedDuplicate } from "./duplicates";

beforeEach(async () => {
  await speak("en");
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});
afterEach(() => { vi.useRealTimers(); });

/** A card with likely duplicates as the centre has them, and what is shown of them: those that can be chosen, and in parentheses those that cannot any more. */
async function duplicates(first: readonly string[]) {
  let likely = first;
  const on = stage(({ service }) => service(IntakeService, {
    findLikelyDuplicates: () => ({ likely: likely.map((incidentId) => ({ incident: { incidentId, spokenNumber: incidentId } })) }),
  }));
  const address = signal("Чуй 1");
  const chosen: unknown[] = [];
  const On = () => <Duplicates card={{ ...newCard("c", "r", 0), address: address.value }} change={() => undefined} onSame={(choice) => chosen.push(choice)} />;
  const page = await show(on, <On />);
  await appears(page, ".same");
  return {
    page, address, chosen,
    shows: () => [...page.querySelectorAll<HTMLElement>(".same")].map((same) => (same.getAttribute("aria-disabled") === "true" ? `(${same.dataset["number"]})` : same.dataset["number"])),
    /** The centre is asked again and says something else. */
    again: async (next: readonly string[]) => {
      likely = next;
      vi.advanceTimersByTime(5_000);
      await settled(20);
    },
  };
}

test("likely duplicates stay under the keyboard in their places for as long as it is there, and new ones come last", async () => {
  const { page, shows, again } = await duplicates(["1", "2"]);
  await again(["2", "1"]);
  expect(shows()).toEqual(["2", "1"]);
  page.querySelector<HTMLButtonElement>('[data-number="1"]')?.focus();
  await again(["3", "1", "2"]);
  expect(shows()).toEqual(["2", "1", "3"]);
  await again([]);
  expect(shows()).toEqual(["(2)", "(1)", "(3)"]);
  expect(focusedDuplicate()).toBeUndefined();
  await again(["1"]);
  page.querySelector<HTMLButtonElement>('[data-number="1"]')?.focus();
  expect(focusedDuplicate()).toMatchObject({ said: "same", incidentId: "1" });
  await again(["3", "1"]);
  page.querySelector<HTMLButtonElement>("[aria-pressed]")?.focus();
  await settled();
  expect(shows()).toEqual(["3", "1"]);
});

test("nothing stays of what was typed before, wherever the keyboard is", async () => {
  const { page, address, shows } = await duplicates(["1", "2"]);
  page.querySelector<HTMLButtonElement>('[data-number="1"]')?.focus();
  address.value = "Чуй 2";
  await settled();
  expect(shows()).toEqual([]);
  await appears(page, ".same");
  expect(shows()).toEqual(["1", "2"]);
});

test("what is not likely any more is not chosen", async () => {
  const { page, chosen, again } = await duplicates(["1"]);
  const same = page.querySelector<HTMLButtonElement>(".same");
  same?.focus();
  await again([]);
  same?.click();
  expect(chosen).toEqual([]);
});
