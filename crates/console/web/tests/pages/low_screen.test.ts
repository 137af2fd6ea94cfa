// A low screen, such as an old portable's: what a person works with is on it whole, and an alarm that comes moves nothing.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { requestId } from "../../src/api/api";
import { DeskService } from "../../src/contract/kezek/desk/v1/desk_service_pb";
import { DispatchService } from "../../src/contract/kezek/dispatch/v1/dispatch_service_pb";
import { IncidentService } from "../../src/contract/kezek/dispatch/v1/incident_service_pb";
import { LocationMethod } from "../../src/contract/kezek/record/v1/location_pb";
import { linkIs, picture, type Browser, type Profile } from "../harness/browser";
import type { Centre, Role } from "../harness/centre";
import { note, placeOf, signOn, takeCall } from "../harness/people";
import { scene } from "../harness/scene";
import { until } from "../harness/wait";

const LOW = { width: 1366, height: 768 };

let centre: Centre;
let browser: Browser;
scene((one, other) => { [centre, browser] = [one, other]; });

async function sit(role: Role, path: string, viewport = LOW): Promise<{ readonly seat: Profile; readonly page: Page }> {
  const seat = await browser.seat({ address: centre.address, token: await centre.token(role, { name: "asel" }), viewport });
  const page = await seat.open(path);
  await linkIs(page, "live");
  return { seat, page };
}

/** What of a list can be seen whole. */
async function wholeRows(page: Page, list: string): Promise<number> {
  return page.evaluate((id) => {
    const box = document.getElementById(id)?.getBoundingClientRect();
    if (box === undefined) return 0;
    return [...document.querySelectorAll(`#${id} .row`)].map((row) => row.getBoundingClientRect()).filter(({ top, bottom }) => top >= box.top && bottom <= box.bottom + 0.5).length;
  }, list);
}

test("the queue shows eight incidents above the selected one and the command line, and an alarm that comes moves none of it", async () => {
  const other = { duplicate: { choice: { case: "separate", value: {} } } } as const;
  const first = await takeCall(centre, { incidentTypeId: "trespass", narrative: "N 1" });
  for (let count = 0; count < 9; count += 1) await takeCall(centre, { incidentTypeId: "trespass", narrative: `N ${count + 2}`, ...other });
  const { seat, page } = await sit("operator", `/desk?incident=${first.incidentId}`);
  await page.locator(".responding").waitFor();
  await until("eight rows are whole", async () => (await wholeRows(page, "queue")) >= 8);
  const places = (): Promise<unknown> => page.evaluate(() => ["#region-card", "#region-queue", "#region-units", "#region-detail", ".responding", ".command input"].map((one) => {
    const { top, bottom } = document.querySelector(one)?.getBoundingClientRect() ?? { top: 0, bottom: 0 };
    return [one, top, bottom];
  }));
  const before = await places();
  expect(await page.evaluate(() => [document.documentElement.scrollHeight, document.querySelector(".command")?.getBoundingClientRect().bottom])).toEqual([LOW.height, LOW.height]);
  const waiting = async (): Promise<number> => Number(await page.locator(".alarms").getAttribute("data-waiting"));
  const alarms = await waiting();
  for (const incidentTypeId of ["stabbing", "shooting", "robbery"]) await takeCall(centre, { incidentTypeId, narrative: "N 20", ...other });
  await until("three more alarms came", async () => (await waiting()) >= alarms + 3);
  expect(await places()).toEqual(before);
  expect(await wholeRows(page, "queue")).toBeGreaterThanOrEqual(8);
  await picture(page, "low-screen-desk");
  // those for which the strip has no room lie over the rest as long as somebody looks at them
  const last = page.locator(".alarms .alarm").last();
  const bottom = async (): Promise<number> => (await page.locator(".alarms > ol").boundingBox().then((box) => (box?.y ?? 0) + (box?.height ?? 0)));
  expect((await last.boundingBox())?.y).toBeGreaterThan(await bottom());
  await page.keyboard.press("Shift+F9");
  expect((await last.boundingBox())?.y).toBeLessThan(await bottom());
  expect(await places()).toEqual(before);
  await picture(page, "low-screen-alarms");
  await page.keyboard.press("Escape");
  expect((await last.boundingBox())?.y).toBeGreaterThan(await bottom());
  expect(seat.complaints).toEqual([]);
  await seat.close();
});

test("the caller's words, who goes and the newest of the history stay in sight, whatever comes and whatever is entered", async () => {
  const long = `he hit him with a bottle and went to the park ${"and she follows them at a distance ".repeat(12)}`.trim();
  const { incidentId } = await takeCall(centre, { incidentTypeId: "violence", narrative: long, duplicate: { choice: { case: "separate", value: {} } } });
  await signOn(centre, ["leninsky-11"]);
  await (await centre.as("operator"))(DispatchService).assignDesk({ requestId: requestId(), incidentId, stationId: "leninsky", recommendedUnitId: "leninsky-11", purpose: { case: "needIndex", value: 0 } });
  for (let count = 1; count <= 12; count += 1) await note(centre, incidentId, `note ${count}`);
  const { seat, page } = await sit("operator", `/desk?incident=${incidentId}`);
  /** How much of the height of an element is on the screen, not counting what an element around it does not show. */
  const seen = (which: string, has = ""): Promise<number> => page.evaluate(([selector, text]) => {
    const found = [...document.querySelectorAll<HTMLElement>(selector ?? "")].find((one) => (one.textContent ?? "").includes(text ?? ""));
    if (found === undefined) return 0;
    const own = found.getBoundingClientRect();
    let [top, bottom] = [Math.max(0, own.top), Math.min(innerHeight, own.bottom)];
    for (let around = found.parentElement; around !== null; around = around.parentElement) {
      const box = around.getBoundingClientRect();
      if (getComputedStyle(around).overflowY !== "visible") [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
    }
    return Math.max(0, bottom - top) / Math.max(1, own.height);
  }, [which, has]);
  const inSight = async (newest: string): Promise<void> => {
    await page.locator(".history li", { hasText: newest }).waitFor();
    for (const [which, has] of [[".caller-words", "he hit him"], [".history li", newest], [".desk-line .line", ""]] as const) {
      await until(`${which} ${has} is in sight`, async () => (await seen(which, has)) > 0.95);
    }
    const lines = await page.locator(".caller-words").evaluate((one) => one.clientHeight / Number.parseFloat(getComputedStyle(one).lineHeight));
    expect(lines).toBeGreaterThanOrEqual(2);
  };
  await page.locator(".desk-line").first().waitFor();
  await inSight("note 12");
  await picture(page, "low-screen-incident");

  // while something is entered, and however much comes at once
  await page.keyboard.press("Alt+4");
  for (const key of ["KeyN", "KeyT", "KeyX", "KeyR"]) {
    await page.keyboard.press(key);
    await page.locator("form.action").waitFor();
    await inSight("note 12");
    expect(await seen("form.action button[type=submit]")).toBeGreaterThan(0.95);
    await picture(page, `low-screen-${key}`);
    await page.keyboard.press("Escape");
    await page.locator("form.action").waitFor({ state: "detached" });
    await inSight("note 12");
  }
  // what the centre and others say about it is not below its edge
  const told = async (which: string): Promise<void> => {
    for (const one of [which, "form.action button[type=submit]"]) await until(`${one} is in sight`, async () => (await seen(one)) > 0.95);
  };
  await page.keyboard.press("KeyX");
  const fields = page.locator("form.action input");
  await fields.first().fill("x".repeat(2_000));
  await fields.last().fill("1");
  await page.keyboard.press("Enter");
  await page.locator("form.action .refused").waitFor();
  await told("form.action .refused");
  await picture(page, "low-screen-refused");
  await page.keyboard.press("Escape");
  await page.keyboard.press("KeyL");
  await page.locator("form.action").waitFor();
  await (await centre.as("supervisor"))(IncidentService).changeLocation({ requestId: requestId(), incidentId, location: { address: "Манас 5" } });
  await page.locator("form.action .moved").waitFor();
  await told("form.action .moved");
  await page.keyboard.press("Escape");
  await Promise.all(["a", "b", "c", "d", "e", "f"].map((one) => note(centre, incidentId, `at once ${one}`)));
  for (const one of ["a", "b", "c", "d", "e", "f"]) await page.locator(".history li", { hasText: `at once ${one}` }).waitFor();
  await note(centre, incidentId, "note 13");
  await inSight("note 13");

  // whoever reads further up is left there
  await page.locator(".history").hover();
  await page.mouse.wheel(0, -5_000);
  await until("the oldest is in sight", async () => (await page.locator(".history").evaluate((list) => list.scrollTop)) === 0);
  await note(centre, incidentId, "note 14");
  await page.locator(".history li", { hasText: "note 14" }).waitFor();
  expect(await page.locator(".history").evaluate((list) => list.scrollTop)).toBe(0);
  await page.mouse.wheel(0, 5_000);
  await until("the newest is in sight", async () => (await seen(".history li", "note 14")) > 0.95);
  await note(centre, incidentId, "note 15");
  await inSight("note 15");

  // all of what the caller said, for whoever asks
  const words = page.locator(".caller-words");
  await words.click();
  await until("all of it can be read", () => words.evaluate((one) => one.scrollHeight <= one.clientHeight + 1 || getComputedStyle(one).overflowY === "auto"));
  await picture(page, "low-screen-caller-words");
  expect(seat.complaints).toEqual([]);
  await seat.close();
});

test("several who go are in sight together, in whatever language", async () => {
  const { incidentId } = await takeCall(centre, { incidentTypeId: "violence", duplicate: { choice: { case: "separate", value: {} } } });
  const units = ["leninsky-11", "leninsky-12", "leninsky-13"];
  await signOn(centre, units.slice(1));
  const call = await centre.as("operator");
  const { assignment } = await call(DispatchService).assignDesk({ requestId: requestId(), incidentId, stationId: "leninsky", purpose: { case: "needIndex", value: 0 } });
  await call(DeskService).acceptAssignment({ requestId: requestId(), assignmentId: assignment?.assignmentId ?? "", expectedVersion: assignment?.version ?? 0n, unitIds: units, person: "Asanov" });
  const { seat, page } = await sit("operator", `/desk?incident=${incidentId}`);
  await page.locator(".responding .run").nth(2).waitFor();
  /** How many of those who go are seen whole. */
  const seen = (): Promise<number> => page.locator(".responding").evaluate((box) => {
    const { bottom } = box.getBoundingClientRect();
    return [...box.querySelectorAll(".run .line")].filter((one) => one.getBoundingClientRect().bottom <= bottom + 1).length;
  });
  for (const language of ["en", "ru", "ky", "uz", "uz-Cyrl"]) {
    await page.locator("select.language").selectOption(language);
    await until("the page speaks it", () => page.evaluate((wanted) => document.documentElement.lang === wanted, language));
    await picture(page, `low-screen-runs-${language}`);
    expect(await seen(), language).toBeGreaterThanOrEqual(2);
  }
  expect(seat.complaints).toEqual([]);
  await seat.close();
});

test.each([[1366, 768], [1600, 900], [1920, 1080]])("at %i×%i no norm of the board is cut, nor what heads its alarms, nor a column of its tables, in whatever language", async (width, height) => {
  const { seat, page } = await sit("supervisor", "/board", { width, height });
  await page.locator(".norm").first().waitFor();
  for (const language of ["ky", "ru", "uz", "uz-Cyrl", "en"]) {
    await page.locator("select.language").selectOption(language);
    await until("the page speaks it", () => page.evaluate((wanted) => document.documentElement.lang === wanted, language));
    const cut = await page.evaluate(() => {
      const inside = (one: Element, of: Element): boolean => one.getBoundingClientRect().bottom <= of.getBoundingClientRect().bottom && one.getBoundingClientRect().right <= of.getBoundingClientRect().right + 1;
      const service = document.querySelector("#board-service");
      return [...document.querySelectorAll(".norm")].flatMap((norm) => [...norm.querySelectorAll("p, b, span")].filter((one) => service === null || !inside(one, norm) || !inside(norm, service)).map((one) => one.textContent));
    });
    expect(cut, language).toEqual([]);
    expect(await page.evaluate(() => [".alarms > header", ".norm-name > :first-child"].flatMap((which) => [...document.querySelectorAll(which)]).filter((one) => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth).map((one) => one.textContent)), language).toEqual([]);
    expect(await page.evaluate(() => [...document.querySelectorAll(".panel:has(.board-table) > .body")].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.querySelector("thead")?.textContent)), language).toEqual([]);
    await picture(page, `board-${width}-${language}`);
  }
  expect(seat.complaints).toEqual([]);
  await seat.close();
});

test("no code of an alarm is cut, nor what it says, in whatever language", async () => {
  // its station's desk is told of each, and nobody is there
  for (const narrative of ["N 30", "N 31"]) await takeCall(centre, { incidentTypeId: "shooting", narrative, duplicate: { choice: { case: "separate", value: {} } } });
  const { seat, page } = await sit("operator", "/desk");
  await until("the desk has not answered twice", async () => (await page.locator(".alarm .codes", { hasText: "DESK_UNANSWERED" }).count()) >= 2, 60_000);
  for (const language of ["ky", "ru", "uz", "uz-Cyrl", "en"]) {
    await page.locator("select.language").selectOption(language);
    await until("the page speaks it", () => page.evaluate((wanted) => document.documentElement.lang === wanted, language));
    // letters reach a little over their line, and a line that is cut is higher than that
    const cut = await page.evaluate(() => [...document.querySelectorAll<HTMLElement>(".alarm .codes, .alarm .cut:not(.muted)")]
      .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 6).map((one) => one.textContent));
    expect(cut, language).toEqual([]);
    // and two rows stand in it whole, as before
    const rows = await page.evaluate(() => {
      const strip = document.querySelector(".alarms > ol")?.getBoundingClientRect().bottom ?? 0;
      return [...document.querySelectorAll(".alarms .alarm")].slice(0, 2).map((one) => one.getBoundingClientRect().bottom <= strip + 1);
    });
    expect(rows, language).toEqual([true, true]);
    await picture(page, `low-screen-alarms-${language}`);
  }
  expect(seat.complaints).toEqual([]);
  await seat.close();
});

test("the map of a whole city is large enough to work on, beside the queue and the units", async () => {
  const { incidentId } = await takeCall(centre, { incidentTypeId: "violence", narrative: "N 40", duplicate: { choice: { case: "separate", value: {} } } });
  const { seat, page } = await sit("operator", `/desk?incident=${incidentId}`);
  await page.locator(".responding").waitFor();
  await page.keyboard.press("Alt+5");
  await page.locator('.map[data-ready="true"]').waitFor();
  const city = await page.evaluate(() => {
    const boxes = [...document.querySelectorAll(".map-ground path")].map((one) => one.getBoundingClientRect());
    return { width: Math.max(...boxes.map(({ right }) => right)) - Math.min(...boxes.map(({ left }) => left)), height: Math.max(...boxes.map(({ bottom }) => bottom)) - Math.min(...boxes.map(({ top }) => top)) };
  });
  expect(Math.min(city.width, city.height)).toBeGreaterThan(400);
  expect(await wholeRows(page, "queue")).toBeGreaterThanOrEqual(8);
  expect(await wholeRows(page, "units")).toBeGreaterThanOrEqual(3);
  await picture(page, "low-screen-map");
  expect(seat.complaints).toEqual([]);
  await seat.close();
});

test("nothing of what a desk is asked is cut unseen, however long the place is", async () => {
  const { latitude, longitude } = await placeOf(centre, "leninsky");
  const location = {
    position: { latitude, longitude }, method: LocationMethod.SPOKEN, address: "Jibek Jolu avenue 555, the corner of Logvinenko street, the block behind the old department store",
    landmark: "the entrance from the yard, the third door, the door bell does not work",
  };
  const { incidentId } = await takeCall(centre, { incidentTypeId: "violence", location, duplicate: { choice: { case: "separate", value: {} } } });
  await (await centre.as("operator"))(DispatchService).assignDesk({ requestId: requestId(), incidentId, stationId: "leninsky", purpose: { case: "needIndex", value: 0 } });
  const { seat, page } = await sit("duty_officer", "/station/leninsky");
  await page.locator("dialog[open] input").waitFor();
  await page.keyboard.type("Asanov");
  await page.keyboard.press("Enter");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  await page.locator(".work", { hasText: location.address }).first().click();
  await page.locator(".address", { hasText: location.address }).waitFor();
  const read = page.locator(".asked .read");
  /** What lies below what is seen of it, in words. */
  const below = (): Promise<string[]> => read.evaluate((box) => [...box.querySelectorAll<HTMLElement>("p:not(.below)")].filter((one) => one.getBoundingClientRect().bottom > box.getBoundingClientRect().bottom + 1).map((one) => one.innerText));
  await picture(page, "low-screen-station");
  expect(await below()).toEqual([]);
  await page.keyboard.press("KeyV");
  await page.locator(".peek .told").waitFor();
  await until("whatever is not seen is told of", async () => (await page.locator(".asked .below").isVisible()) === (await below()).length > 0);
  await picture(page, "low-screen-station-words");
  expect(seat.complaints).toEqual([]);
  await seat.close();
});

test("what heads the alarms stands in its two lines also while new ones wait below and when the link is lost, in whatever language", async () => {
  const { seat, page } = await sit("operator", "/desk");
  const head = page.locator(".alarms > header");
  const speak = async (language: string): Promise<void> => {
    await page.locator("select.language").selectOption(language);
    await until("the page speaks it", () => page.evaluate((wanted) => document.documentElement.lang === wanted, language));
  };
  const cut = (): Promise<boolean> => head.evaluate((one) => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth);
  const buttons = (): Promise<number[]> => head.evaluate((one) => [...one.querySelectorAll("button")].map((button) => button.getBoundingClientRect().right));
  const languages = ["ky", "ru", "uz", "uz-Cyrl", "en"];
  for (const language of languages) {
    await speak(language);
    const before = await buttons();
    // what comes while somebody points at an alarm comes after it
    await page.locator(".alarms > ol").hover({ position: { x: 5, y: 5 } });
    await page.mouse.move(500, 80);
    await takeCall(centre, { incidentTypeId: "shooting", narrative: `N 40 ${language}`, duplicate: { choice: { case: "separate", value: {} } } });
    await head.locator(".fresh").waitFor();
    expect([await cut(), (await buttons())[0]], language).toEqual([false, before[0]]);
    await page.mouse.move(500, 700);
    await head.locator(".fresh").waitFor({ state: "detached" });
  }
  centre.freezeStore();
  try {
    await linkIs(page, "lost");
    for (const language of languages) {
      await speak(language);
      await head.locator(".stale").waitFor();
      expect(await cut(), language).toBe(false);
      await picture(page, `low-screen-lost-${language}`);
    }
  } finally {
    centre.thawStore();
  }
  await linkIs(page, "live");
  expect(seat.complaints).toEqual([]);
  await seat.close();
});
