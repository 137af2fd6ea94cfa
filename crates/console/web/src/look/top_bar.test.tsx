// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { allowSound } from "../alarms/tones";
import { appears, press, settled, show, stage } from "../testing/surroundings";
import { language } from "../words/languages";
import { speak } from "../words/words";
import { isSingle, singleKeys, useKeys } from "./keys";
import { after, TopBar } from "./top_bar";
import { Typed } from "./typed";

beforeEach(async () => {
  localStorage.clear();
  await speak("en");
});

/** A screen with one key of its own. */
function Screen({ onKey }: { onKey: () => void }) {
  useKeys({ KeyE: onKey, Enter: onKey });
  return <><TopBar title="Desk" keys={[{ key: "KeyE", does: "en route" }]} /><input /><button type="button">act</button></>;
}

function signOutButton(page: HTMLElement): HTMLButtonElement | undefined {
  return [...page.querySelectorAll("button")].find(({ textContent }) => textContent === "Sign out");
}

describe("the bar", () => {
  it("says where this is, the centre's time and day, and who is signed in as what", async () => {
    const page = await show(stage(() => undefined), <TopBar title="Desk" />);
    expect(page.querySelector("h1")?.textContent).toBe("Desk");
    expect(document.title).toBe("Desk · Kezek");
    expect(page.textContent).toContain("14:03:22");
    expect(page.textContent).toContain("Thursday, 26 November 2026");
    expect(page.textContent).toContain("aigul");
    expect(page.textContent).toContain("operator · Desk 3");
  });

  it("goes through the languages without a reload", async () => {
    const page = await show(stage(() => undefined), <TopBar title="Desk" />);
    expect(after("en")).toBe("ky");
    document.dispatchEvent(new KeyboardEvent("keydown", { code: "KeyL", ctrlKey: true, shiftKey: true, bubbles: true }));
    await vi.waitFor(() => expect(language.value).toBe("ky"), { timeout: 10_000 });
    await settled();
    expect(page.textContent).toContain("бейшемби");
    expect(document.documentElement.lang).toBe("ky");
  });

  it("explains at ?, and lets single keys be switched off for good", async () => {
    let pressed = 0;
    const page = await show(stage(() => undefined), <Screen onKey={() => { pressed += 1; }} />);
    await press(page, "KeyE");
    expect(pressed).toBe(1);
    await press(page.querySelector("input") ?? page, "KeyE");
    expect(pressed).toBe(1);
    await press(page.querySelector("input + button") ?? page, "Enter");
    expect(pressed).toBe(1);
    await press(page, "?");
    const dialog = await appears(page, "dialog");
    expect(dialog.textContent).toContain("en route");
    await press(page, "KeyE");
    expect(pressed).toBe(1);
    dialog.querySelector<HTMLInputElement>('input[type="checkbox"]')?.click();
    expect(singleKeys.value).toBe(false);
    dialog.querySelector<HTMLButtonElement>("header button")?.click();
    await settled();
    await press(page, "KeyE");
    expect(pressed).toBe(1);
    await press(page, "Enter");
    expect(pressed).toBe(2);
    expect(isSingle("Enter")).toBe(false);
    await show(stage(() => undefined), <TopBar title="Desk" />);
    expect(singleKeys.value).toBe(false);
  });

  it("says that the browser is silent until somebody clicks", async () => {
    await allowSound();
    const page = await show(stage(() => undefined), <TopBar title="Desk" />);
    expect(page.querySelector(".sound")?.textContent).toBe("Click to allow sound");
  });

  it("signs out at once where everything was sent, and leaves nothing that was typed", async () => {
    const on = stage(() => undefined);
    const typed = new Typed(on.console.session);
    typed.keep("command.history", ["N 1043 у него нож"], "sent");
    new Typed({ centre: "bishkek", name: "bakyt" }).keep("command.history", ["V 1"], "sent");
    localStorage.setItem("kezek.language", "en");
    const page = await show(on, <TopBar title="Desk" />);
    signOutButton(page)?.click();
    await settled();
    expect(page.querySelector("dialog")).toBeNull();
    expect([typed.names, Object.keys(localStorage).length]).toEqual([[], 2]);
  });

  it("asks before it throws away what was not sent", async () => {
    const on = stage(() => undefined);
    const typed = new Typed(on.console.session);
    typed.keep("card.1", { narrative: "кричат" }, "unsent");
    const page = await show(on, <TopBar title="Desk" />);
    signOutButton(page)?.click();
    await settled();
    const dialog = page.querySelector("dialog");
    expect(dialog?.textContent).toContain("was not sent");
    dialog?.querySelector<HTMLButtonElement>("header button")?.click();
    await settled();
    expect([page.querySelector("dialog"), typed.names]).toEqual([null, ["card.1"]]);
    signOutButton(page)?.click();
    await settled();
    page.querySelector<HTMLButtonElement>("dialog .content button")?.click();
    expect(typed.names).toEqual([]);
  });
});
