// The command line and the alarm strip as an operator has them, at a real centre that reads the lines: by keyboard, in the wrong layout, refused,
// taken back; an alarm taken by its key.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AlarmService } from "../../src/contract/kezek/dispatch/v1/alarm_service_pb";
import { IncidentService, type GetIncidentResponse } from "../../src/contract/kezek/dispatch/v1/incident_service_pb";
import { Browser, linkIs, picture, type Profile } from "../harness/browser";
import { Centre, type Call } from "../harness/centre";
import { signOn, takeCall } from "../harness/people";
import { until } from "../harness/wait";

let centre: Centre;
let browser: Browser;
let seat: Profile;
let page: Page;
let ask: Call;
let incidentId: string;
let number: string;
beforeAll(async () => {
  centre = await Centre.start();
  browser = await Browser.launch();
  ask = await centre.as("supervisor");
  await signOn(centre, ["leninsky-11", "leninsky-12"]);
  incidentId = (await takeCall(centre)).incidentId;
  const { incident } = await ask(IncidentService).getIncident({ name: { case: "incidentId", value: incidentId } });
  number = incident?.spokenNumber ?? "";
  seat = await browser.seat({ address: centre.address, token: await centre.token("operator", { name: "asel", desk: "3" }) });
  page = await seat.open("/desk");
  await linkIs(page, "live");
});
afterAll(async () => {
  await seat?.close();
  await browser?.close();
  await centre?.stop();
});

const now = (): Promise<GetIncidentResponse> => ask(IncidentService).getIncident({ name: { case: "incidentId", value: incidentId } });

/** Types a line into an empty command line, as a person does after F2. */
async function type(line: string): Promise<void> {
  await page.keyboard.press("F2");
  await page.keyboard.press("Control+A");
  await page.keyboard.type(line);
}

const typed = (): Promise<string> => page.locator("#command-line").inputValue();

// a centre's first numbers are short, and a short number after P could be a priority: `#` says that it is an incident
test("what a line would do is said before Enter, also where the wrong layout was on", async () => {
  await type(`З №${number} 1 нож`);
  await page.locator(".would strong", { hasText: `Change the priority of ${number} to 1` }).waitFor();
  expect(await page.locator(".would .caution").allTextContents()).toContainEqual(expect.stringContaining("another keyboard layout"));
  await picture(page, "command-preview");
  expect((await now()).incident?.priority).not.toBe(1);
});

test("Enter does it once, the screen says so, and it is taken back while that may be", async () => {
  await type(`P #${number} 1 knife`);
  await page.keyboard.press("Enter");
  await page.locator(".done", { hasText: `Change the priority of ${number} to 1` }).waitFor();
  expect(await typed()).toBe("");
  expect((await now()).incident?.priority).toBe(1);
  await picture(page, "command-done");
  await page.locator(".done button").click();
  await until("the priority is what it was", async () => (await now()).incident?.priority !== 1);
  await page.keyboard.press("F2");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  expect(await typed()).toBe(`P #${number} 1 knife`);
});

test("a refused line stays with its code, and what is meant instead is picked by keyboard", async () => {
  await type(`D 99 ${number}`);
  await page.keyboard.press("Enter");
  await page.locator(".command .refused", { hasText: "UNKNOWN_UNIT" }).waitFor();
  await page.locator(".command .refused", { hasText: "the directory has no such unit" }).waitFor();
  expect(await typed()).toBe(`D 99 ${number}`);
  await picture(page, "command-refused");
  await type("VV 1");
  await page.keyboard.press("Enter");
  await page.locator(".command .refused", { hasText: "COMMAND_UNKNOWN" }).waitFor();
  expect(await page.locator(".command [data-choice]").count()).toBeGreaterThan(0);
  await page.keyboard.press("ArrowDown");
  const choice = await page.evaluate(() => document.activeElement?.textContent ?? "");
  await page.keyboard.press("Enter");
  expect(await typed()).toContain(choice);
});

test("V shows an incident, ? shows every verb of the role, and Escape leads back", async () => {
  await type(`V ${number}`);
  await page.keyboard.press("Enter");
  await until("the line is done", async () => (await typed()) === "");
  await page.locator(".panel", { hasText: "Frunze 1" }).first().waitFor();
  await type("?");
  await page.keyboard.press("Enter");
  const help = page.locator("dialog[open]");
  await help.locator("code", { hasText: "D unit" }).first().waitFor();
  expect(await help.locator(".help-table").first().locator("tr").count()).toBeGreaterThan(25);
  // the same help as that of its key: also with what the keys of this screen do
  expect(await help.locator(".help-table").count()).toBe(3);
  await picture(page, "command-help");
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
});

test("an alarm is taken by its key once it has stood still, and everybody sees by whom", async () => {
  // nobody of this kind is there to be sent
  for (const at of [1, 2, 3]) await takeCall(centre, { incidentTypeId: "officer-needs-help", narrative: `help ${at}` });
  const first = page.locator('.alarm[data-taken="false"]').first();
  await first.waitFor();
  const alarmId = await until("the first alarm stands still", async () => {
    const before = await first.getAttribute("data-alarm");
    await new Promise((next) => setTimeout(next, 700));
    return before !== null && (await first.getAttribute("data-alarm")) === before ? before : undefined;
  });
  await page.keyboard.press("Escape");
  await page.keyboard.press("F9");
  await until("the centre knows who took it", async () => {
    const { alarms } = await ask(AlarmService).listAlarms({});
    const state = alarms.find((alarm) => alarm.alarmId === alarmId)?.state?.state;
    return state?.case === "acknowledged" && state.value.acknowledgedBy === "asel";
  });
  await page.locator('.alarm[data-taken="true"]', { hasText: "taken by asel" }).first().waitFor();
  await picture(page, "alarms");
  expect(seat.complaints).toEqual([]);
});

test("a line that begins with no command is told the nearest and where all of them stand, in the one line of a low screen", async () => {
  await page.setViewportSize({ width: 1366, height: 768 });
  const whole = (which: string): Promise<boolean> => page.evaluate((selector) => {
    const beside = document.querySelector(".command .beside")?.getBoundingClientRect();
    const [last] = [...document.querySelectorAll(selector)].slice(-1).map((one) => one.getBoundingClientRect());
    return beside !== undefined && last !== undefined && last.bottom <= beside.bottom + 1 && last.right <= beside.right;
  }, which);
  await type("FOO 12");
  await page.locator(".mend", { hasText: "list all" }).waitFor();
  expect(await whole(".mend > *")).toBe(true);
  await page.keyboard.press("Enter");
  await page.locator(".mend .choices", { hasText: "list all" }).waitFor();
  expect(await page.locator(".mend .choices button").count()).toBe(5);
  expect(await whole(".mend > *")).toBe(true);
  await picture(page, "command-unknown");
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
});
