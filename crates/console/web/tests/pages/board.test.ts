// A supervisor's day by keyboard alone, on a real centre: what is wrong is found, opened and taken over with a reason; automatic sending is
// switched off and on; the past is looked at, and nothing is sent while it is.
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { DispatchService } from "../../src/contract/kezek/dispatch/v1/dispatch_service_pb";
import { IncidentService, type GetIncidentResponse } from "../../src/contract/kezek/dispatch/v1/incident_service_pb";
import { AutomaticDispatch, type Dispatch } from "../../src/contract/kezek/record/v1/centre_pb";
import { linkIs, picture, type Browser, type Profile } from "../harness/browser";
import type { Call, Centre } from "../harness/centre";
import { takeCall } from "../harness/people";
import { scene } from "../harness/scene";
import { until } from "../harness/wait";

/** How often Tab may be pressed before what is looked for is called out of reach. */
const TABS_MAX = 200;

let centre: Centre;
let browser: Browser;
let ask: Call;
// nobody is on duty: whatever happens, nobody can be found for it
scene(async (one, other) => {
  [centre, browser] = [one, other];
  ask = await centre.as("supervisor", { name: "asel" });
});

async function sit(role: "supervisor" | "observer"): Promise<{ readonly seat: Profile; readonly page: Page }> {
  const seat = await browser.seat({ address: centre.address, token: await centre.token(role, { name: "asel" }) });
  const page = await seat.open("/board");
  await linkIs(page, "live");
  await page.locator("#board-exceptions").waitFor();
  return { seat, page };
}

/** Goes on with Tab until the element that has the keyboard matches. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let press = 0; press < TABS_MAX; press += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${selector}`);
}

/** Steps through the exceptions until the one of an incident has the keyboard. */
async function stepTo(page: Page, spokenNumber: string): Promise<void> {
  await page.locator(".exception", { hasText: `№ ${spokenNumber}` }).first().waitFor();
  for (let press = 0; press < TABS_MAX; press += 1) {
    await page.keyboard.press("KeyJ");
    if (await page.evaluate((number) => document.activeElement?.textContent?.includes(`№ ${number} `) === true, spokenNumber)) return;
  }
  throw new Error(`J does not reach ${spokenNumber}`);
}

async function read(incidentId: string): Promise<GetIncidentResponse> {
  return ask(IncidentService).getIncident({ name: { case: "incidentId", value: incidentId } });
}

async function automatic(): Promise<Dispatch> {
  const { dispatch } = await ask(DispatchService).getDispatch({});
  if (dispatch === undefined) throw new Error("a centre has the switch");
  return dispatch;
}

describe("the supervisor", () => {
  test("finds what is wrong, opens it, and takes it over with a reason", async () => {
    const { seat, page } = await sit("supervisor");
    const taken = await takeCall(centre, { incidentTypeId: "robbery" });
    const spokenNumber = taken.spokenNumber;
    await stepTo(page, spokenNumber);
    await page.keyboard.press("Enter");
    await page.locator("#board-incident", { hasText: "a fight in the yard" }).waitFor();
    await page.keyboard.press("Escape");
    await page.locator("#board-incident").waitFor({ state: "detached" });
    await stepTo(page, spokenNumber);
    await page.keyboard.press("KeyT");
    await page.locator(".exception-todo input").waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".exception-todo [role=alert]", { hasText: "Say why" }).waitFor();
    await page.keyboard.type("the operators are at the fire");
    await picture(page, "board-take-over");
    await page.keyboard.press("Enter");
    const after = await until("the incident has an owner and a note that says why", async () => {
      const found = await read(taken.incidentId);
      const owned = found.alarms.some(({ code, state }) => code === "SHORTFALL" && state?.state.case === "acknowledged" && state.state.value.acknowledgedBy === "asel");
      return found.notes.length === 1 && owned ? found : undefined;
    });
    expect(after.notes[0]).toMatchObject({ writtenBy: "asel" });
    expect(after.notes[0]?.text).toContain("the operators are at the fire");
    await page.locator(".exception", { hasText: `№ ${spokenNumber}` }).locator("[data-owned=true]", { hasText: "asel" }).waitFor();
    const noted = page.locator("#board-tape li", { hasText: `№ ${spokenNumber}` }).filter({ hasText: "note" });
    await noted.first().waitFor();
    // once, and by its author
    expect(await noted.allInnerTexts()).toEqual([expect.stringContaining("asel")]);
    await stepTo(page, spokenNumber);
    await page.keyboard.press("Enter");
    await page.locator("#board-incident", { hasText: "the operators are at the fire" }).waitFor();
    expect(seat.complaints).toEqual([]);
    await seat.close();
  });

  test("switches automatic sending off, which everybody who looks is told, and on again", async () => {
    const { seat, page } = await sit("supervisor");
    for (const [wanted, reason] of [[AutomaticDispatch.OFF, "a drill in the north"], [AutomaticDispatch.ON, "the drill is over"]] as const) {
      await tabTo(page, ".switch .body > button");
      await page.keyboard.press("Enter");
      await page.locator("dialog[open] input").waitFor();
      await page.keyboard.type(reason);
      await page.keyboard.press("Enter");
      const now = await until("the switch is where it was put", async () => {
        const found = await automatic();
        return found.automatic === wanted ? found : undefined;
      });
      expect(now).toMatchObject({ switchedBy: "asel", reason });
      await page.locator(".switch", { hasText: reason }).waitFor();
      await page.locator("dialog").waitFor({ state: "detached" });
      const told = page.locator(".exception[data-key='automaticOff:']");
      await told.waitFor({ state: wanted === AutomaticDispatch.OFF ? "attached" : "detached" });
    }
    expect(seat.complaints).toEqual([]);
    await seat.close();
  });

  test("sends nothing without a reason", async () => {
    const { seat, page } = await sit("supervisor");
    const before = await automatic();
    await tabTo(page, ".switch .body > button");
    await page.keyboard.press("Enter");
    await page.locator("dialog[open] input").waitFor();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    expect((await automatic()).version).toBe(before.version);
    await seat.close();
  });

  test("looks at the past, sends nothing from it, and is back with one key", async () => {
    const earlier = await takeCall(centre, { incidentTypeId: "burglary" });
    const { seat, page } = await sit("supervisor");
    await page.locator(".exception", { hasText: `№ ${earlier.spokenNumber}` }).first().waitFor();
    // the past ends where somebody begins to look at it: what comes later is of the present alone
    await tabTo(page, ".transport > button");
    await page.keyboard.press("Enter");
    await page.locator(".replay-bar").waitFor();
    await page.locator("#board-tape .transport[role=group]").waitFor();
    // this centre is younger than the hour that was asked for: it begins with its first record, and says so
    await page.locator(".transport-first").waitFor();
    await until("the whole stretch is there", async () => (await page.locator("#board-tape .transport [role=status]").textContent()) === "");
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    // to the end, where the incident is
    await tabTo(page, "#board-tape .slider");
    await page.keyboard.press("End");
    await page.locator("#board-exceptions .exception", { hasText: `№ ${earlier.spokenNumber}` }).first().waitFor();
    expect(await page.locator(".replay-mark").count()).toBeGreaterThanOrEqual(6);
    expect(await page.locator(".command, .alarms").count()).toBe(0);
    expect(await page.locator(".switch button").count()).toBe(0);
    const version = (await automatic()).version;
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Shift+Tab");
    for (const key of ["Space", "BracketRight", "ArrowLeft", "KeyJ", "KeyT", "Enter", "KeyK", "KeyT", "F9", "F2"]) await page.keyboard.press(key);
    expect(await page.locator(".exception-todo input").count()).toBe(0);
    await picture(page, "board-replay");
    const later = await takeCall(centre, { incidentTypeId: "robbery", location: {} });
    await until("what waits in the present is counted", async () => /\d/.test((await page.locator(".replay-live").textContent()) ?? ""));
    expect(await page.locator(".exception", { hasText: `№ ${later.spokenNumber}` }).count()).toBe(0);
    expect(asked.filter((url) => url.includes("/kezek."))).toEqual([]);
    expect((await automatic()).version).toBe(version);
    await page.keyboard.press("Escape");
    await page.locator(".replay-bar").waitFor({ state: "detached" });
    await page.locator(".exception", { hasText: `№ ${later.spokenNumber}` }).first().waitFor();
    expect(await page.locator(".command").count()).toBe(1);
    expect(seat.complaints).toEqual([]);
    await seat.close();
  });
});

test("an observer sees the board, and neither words of callers nor anything to press that acts", async () => {
  const taken = await takeCall(centre, { incidentTypeId: "violence", narrative: "words of a caller" });
  const { seat, page } = await sit("observer");
  const row = page.locator(".exception", { hasText: `№ ${taken.spokenNumber}` }).first();
  await row.focus();
  await page.keyboard.press("Enter");
  await page.locator("#board-incident").waitFor();
  expect(await page.locator("main").textContent()).not.toContain("words of a caller");
  await page.keyboard.press("KeyT");
  expect(await page.locator(".exception-todo input, .switch button, .transport").count()).toBe(0);
  expect(seat.complaints).toEqual([]);
  await seat.close();
});
