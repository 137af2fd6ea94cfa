// A low screen, such as an old portable's: what a person works with is on it whole, and an alarm that comes moves nothing.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { linkIs, picture, type Browser, type Profile } from "../harness/browser";
import type { Centre, Role } from "../harness/centre";
import { takeCall } from "../harness/people";
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

test.each([[1366, 768], [1600, 900], [1920, 1080]])("at %i×%i no norm of the board is cut, nor what heads its alarms, in whatever language", async (width, height) => {
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
    await picture(page, `board-${width}-${language}`);
  }
  expect(seat.complaints).toEqual([]);
  await seat.close();
});
