// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { beforeEach, expect, test } from "vitest";
import { act } from "preact/test-utils";
import { NOW, settled, show, stage, type Stage } from "../testing/surroundings";
import { speak } from "../words/words";
import { LinkBanner } from "./banner";
import type { LinkState } from "./state";

beforeEach(() => speak("en"));

/** What is read aloud after a change from one state to the next. */
async function said(on: Stage, from: LinkState, to: LinkState): Promise<string | null | undefined> {
  on.state.value = from;
  const page = await show(on, <LinkBanner />);
  await act(() => { on.state.value = to; });
  await settled(20);
  return page.querySelector("[role=status]")?.textContent;
}

test("a first picture is not called live again", async () => {
  expect(await said(stage(() => undefined), { at: "connecting" }, { at: "live" })).toBe("");
});

test("a screen that was late is called live again", async () => {
  expect(await said(stage(() => undefined), { at: "late" }, { at: "live" })).toBe("The screen is live again.");
});

/** What a lost link shows, without the duty desks. */
async function lost(on: Stage): Promise<string | null | undefined> {
  on.state.value = { at: "lost" };
  on.now.value = NOW + 12_000;
  return (await show(on, <LinkBanner />)).querySelector(".lost")?.textContent;
}

test("a lost link says when the screen was true last, on the centre's clock", async () => {
  expect(await lost(stage(() => undefined))).toContain("Last true at 14:03:220:12 ago");
});

test("a link lost before the directory came says how long ago, for nobody knows the centre's zone", async () => {
  const on = stage(() => undefined);
  const before = { ...on, console: { ...on.console, places: signal(undefined) } };
  expect(await lost(before)).toContain("The centre cannot be reached0:12 ago");
});
