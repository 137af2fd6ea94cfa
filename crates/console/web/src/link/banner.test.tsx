// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { act } from "preact/test-utils";
import { settled, show, stage, type Stage } from "../testing/surroundings";
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
