// An operator's day at the desk, by keyboard only, at a real centre where nobody is but the operator: a crew with nothing but a radio, a desk
// with nothing but a telephone.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { requestId } from "../../src/api/api";
import { IncidentService, type GetIncidentResponse } from "../../src/contract/kezek/dispatch/v1/incident_service_pb";
import { IntakeService } from "../../src/contract/kezek/intake/v1/intake_service_pb";
import { CallOutcome } from "../../src/contract/kezek/record/v1/call_pb";
import { LocationMethod } from "../../src/contract/kezek/record/v1/location_pb";
import { Channel, Step } from "../../src/contract/kezek/record/v1/milestone_pb";
import { common } from "../../src/words/ru/common";
import { violations } from "../harness/audit";
import { Browser, linkIs, picture, type Profile } from "../harness/browser";
import { Centre, type Call } from "../harness/centre";
import { placeOf, signOn, takeCall } from "../harness/people";
import { Relay } from "../harness/relay";
import { until } from "../harness/wait";

/** A patrol of Leninsky that has only a radio. */
const UNIT = "leninsky-13";
const CALLSIGN = "13";

const { runState } = common;

let centre: Centre;
let browser: Browser;
let wire: Relay;
let seat: Profile;
let page: Page;
let ask: Call;
beforeAll(async () => {
  centre = await Centre.start();
  browser = await Browser.launch();
  wire = await Relay.to(centre.port);
  ask = await centre.as("supervisor");
  await signOn(centre, [UNIT]);
  seat = await browser.seat({ address: wire.address, token: await centre.token("operator", { name: "aigul", desk: "3" }), language: "ru" });
  page = await seat.open("/desk");
  await linkIs(page, "live");
  await page.locator("#card-address").waitFor();
});
afterAll(async () => {
  await seat?.close();
  await browser?.close();
  await wire?.stop();
  await centre?.stop();
});

/** A keyboard that counts: keys that are pressed, and words that are typed beside them. */
class Keyboard {
  pressed = 0;

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.pressed += 1;
      await page.keyboard.press(key);
    }
  }

  async type(words: string): Promise<void> {
    await page.keyboard.type(words);
  }
}

const keys = new Keyboard();

const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.id ?? "");

/** Waits until the focus is in a field: only then does a person type into it. */
const focusIn = (id: string): Promise<unknown> => until(`the focus is in ${id}`, async () => (await focused()) === id);

/** Goes to a field as a person does who has no mouse. */
async function tabTo(id: string): Promise<void> {
  for (let steps = 0; steps < 20 && (await focused()) !== id; steps += 1) await keys.press("Tab");
  expect(await focused()).toBe(id);
}

async function rings(callerNumber: string): Promise<string> {
  const { call } = await ask(IntakeService).reportRinging({ requestId: requestId(), callerNumber, trunk: "102" });
  if (call === undefined) throw new Error("the call does not ring");
  return call.callId;
}

async function incident(incidentId: string): Promise<GetIncidentResponse> {
  return ask(IncidentService).getIncident({ name: { case: "incidentId", value: incidentId } });
}

/** The incident in the address of the page. */
async function selected(): Promise<string> {
  return until("an incident is selected", () => new URL(page.url()).searchParams.get("incident") ?? undefined);
}

const seen = (text: string, within = "body"): Promise<void> => page.locator(within).getByText(text).first().waitFor({ timeout: 20_000 });

let taken = "";

test("a call with a known type and place is taken with at most twelve keys beside the words", async () => {
  const { latitude, longitude } = await placeOf(centre, "leninsky");
  const other = await takeCall(centre, { incidentTypeId: "trespass", narrative: "somebody climbs over the fence", callerNumber: "+996700111222" });
  const ringing = await rings("+996555040506");
  await seen("+996555040506", "#queue");
  keys.pressed = 0;
  await keys.press("F4");
  await focusIn("card-address");
  expect(await page.locator("#card-number").inputValue()).toBe("+996555040506");
  await keys.type("улица Фрунзе 1");
  await keys.press("Tab");
  await keys.type("trespass");
  await page.locator("#card-type-list [role=option]").first().waitFor();
  await keys.press("Enter", "Tab");
  // by its address alone nobody can be ranked
  await seen("Нет точки", ".without-point");
  await keys.type(`${latitude}, ${longitude}`);
  await page.locator(".without-point:empty").waitFor({ state: "attached" });
  // shown before anything is saved
  await seen(other.spokenNumber, ".duplicates");
  await picture(page, "desk-duplicates");
  await keys.press("F8");
  taken = await selected();
  expect(keys.pressed).toBeLessThanOrEqual(12);
  const { calls, incident: opened } = await incident(taken);
  expect(calls.map(({ callId }) => callId)).toEqual([ringing]);
  expect(opened?.incidentTypeId).toBe("trespass");
  expect(opened?.location?.address).toBe("улица Фрунзе 1");
  // nobody was asked about the duplicate: it is linked, and not merged
  expect(opened?.suspectedDuplicateOf).toBe(other.incidentId);
  await seen(opened?.spokenNumber ?? "?", ".spoken-big");
});

test("what the caller goes on saying is added while he speaks, and then the call ends", async () => {
  await focusIn("card-addition");
  await keys.type("их двое, один с фонарём");
  await keys.press("Control+Enter");
  await until("it is added", async () => (await incident(taken)).calls[0]?.additions.some(({ narrative }) => narrative === "их двое, один с фонарём"));
  await until("the field is empty again", async () => (await page.locator("#card-addition").inputValue()) === "");
  await tabTo("card-end");
  await keys.press("Enter");
  await until("the call is over", async () => (await incident(taken)).calls[0]?.state?.state.case === "ended");
  expect((await incident(taken)).calls[0]?.state?.state.value).toMatchObject({ outcome: CallOutcome.INCIDENT });
});

test("one key carries out the recommendation that is shown, and the telephone and the radio do the rest", async () => {
  await page.locator("#confirm[aria-disabled=false]").waitFor();
  expect(await page.locator("#confirm").innerText()).toContain(CALLSIGN);
  await keys.press("Alt+Enter");
  await until("the desk is asked", async () => (await incident(taken)).assignments.some(({ recommendedUnitId }) => recommendedUnitId === UNIT));

  // the desk says by telephone that 13 goes
  await keys.press("Alt+4");
  await focusIn("detail");
  // the station that is only told stood first until then
  await page.locator(`.desk-line[data-place="1"]`, { hasText: CALLSIGN }).waitFor();
  await keys.press("Digit1", "KeyY");
  await page.locator("form.action").waitFor();
  await keys.press("Enter");
  await until("the run is there", async () => (await incident(taken)).runs.length === 1);

  for (const [key, step, stands] of [["KeyK", Step.ACKNOWLEDGED, runState.sent], ["KeyE", Step.EN_ROUTE, runState.acknowledged], ["KeyA", Step.ON_SCENE, runState.enRoute]] as const) {
    // a person begins once the screen shows where the crew stands, and then waits for nothing between the keys
    await page.locator(`.run[data-place="1"] .grow`, { hasText: stands }).waitFor();
    await keys.press("Alt+4", "Digit1", key);
    await page.locator("form.action").waitFor();
    if (step === Step.ON_SCENE) await keys.type("-2");
    await keys.press("Enter");
    await until("it is reported", async () => (await incident(taken)).runs[0]?.milestones.some((one) => one.step === step && one.channel === Channel.RADIO));
    await page.locator("form.action").waitFor({ state: "detached" });
    // the key that was pressed is gone with its step, and the next one is about the same crew
    await page.locator(`.run[data-place="1"] button kbd`, { hasText: step === Step.ACKNOWLEDGED ? "K" : step === Step.EN_ROUTE ? "E" : "A" }).waitFor({ state: "detached" });
    expect(await page.evaluate(() => document.activeElement?.closest(".run")?.getAttribute("data-place"))).toBe("1");
  }
  const scene = (await incident(taken)).runs[0]?.milestones.find(({ step }) => step === Step.ON_SCENE);
  expect(Number(scene?.recordedAt?.seconds) - Number(scene?.occurredAt?.seconds)).toBeGreaterThanOrEqual(115);
  await picture(page, "desk-on-scene");
});

test("a refusal is shown where the command was given, and what was typed stays", async () => {
  await keys.press("Alt+4");
  await focusIn("detail");
  await keys.press("KeyX");
  await page.locator("form.action").waitFor();
  await keys.type("принято заявление");
  await keys.press("Tab", "Tab");
  await keys.type("КУП 1201");
  await keys.press("Enter");
  await seen("RUNS_OPEN", "form.action");
  const typed = (): Promise<string[]> => page.locator("form.action input").evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value));
  expect(await typed()).toEqual(["принято заявление", "КУП 1201"]);
  await picture(page, "desk-refused");

  await keys.press("Escape");
  await focusIn("detail");
  await keys.press("Digit1", "KeyC");
  await page.locator("form.action").waitFor();
  await keys.type("никого нет");
  await keys.press("Enter");
  await until("the unit is free", async () => (await incident(taken)).runs[0]?.state?.state.case === "cleared");
  await page.locator("form.action").waitFor({ state: "detached" });
  await keys.press("Alt+4");
  await focusIn("detail");
  await keys.press("KeyX");
  await page.locator("form.action").waitFor();
  // what was refused is not typed again
  expect(await typed()).toEqual(["принято заявление", "КУП 1201"]);
  await keys.press("Enter");
  await until("the incident is closed", async () => (await incident(taken)).incident?.state?.state.case === "closed");
  await page.locator(".history").getByText("закрыто").waitFor();
});

test("a place that somebody else changes while it is entered is said, and overwritten only by whoever was told", async () => {
  const { incidentId, spokenNumber } = await takeCall(centre, { duplicate: { choice: { case: "separate", value: {} } } });
  const address = async (): Promise<string | undefined> => (await incident(incidentId)).incident?.location?.address;
  // a number may stand in another row as a time
  await page.locator(`#queue-${incidentId}`).click();
  await page.locator("#detail .spoken", { hasText: new RegExp(`^${spokenNumber}$`) }).waitFor();
  await keys.press("KeyL");
  await page.locator("form.action").waitFor();
  await page.keyboard.press("Control+A");
  await keys.type("Чуй 155");
  await ask(IncidentService).changeLocation({ requestId: requestId(), incidentId, location: { address: "Манас 5" } });
  await seen("Манас 5", "form.action [role=alert]");
  await picture(page, "desk-moved");
  expect(await violations(page)).toEqual([]);
  await keys.press("Enter");
  await page.locator("form.action [role=alert]").waitFor({ state: "detached" });
  expect(await address()).toBe("Манас 5");
  await keys.press("Enter");
  await until("it is where the caller says", async () => (await address()) === "Чуй 155");
});

test("a second caller about the same matter joins it with one key for what is in focus, and never blind", async () => {
  const { latitude, longitude } = await placeOf(centre, "leninsky");
  const first = await takeCall(centre, { incidentTypeId: "public-order", narrative: "they shout and break bottles" });
  await keys.press("F4");
  await focusIn("card-address");
  await keys.press("Shift+Tab", "Shift+Tab", "Shift+Tab");
  await focusIn("card-number");
  await keys.type("+996777000111");
  await tabTo("card-coordinates");
  await keys.type(`${latitude}, ${longitude}`);
  await page.locator(`.duplicates .same[data-number="${first.spokenNumber}"]`).waitFor();
  await keys.press("Shift+F8");
  // the first press only goes there: nothing is attached that nobody looked at
  await until("a duplicate is in focus", () => page.evaluate(() => document.activeElement?.matches(".duplicates .same") ?? false));
  await until("it is the one that is meant", async () => {
    const number = await page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset["number"]);
    if (number !== first.spokenNumber) await keys.press("Tab");
    return number === first.spokenNumber;
  });
  expect((await incident(first.incidentId)).calls).toHaveLength(1);
  await keys.press("Shift+F8");
  await until("the call is joined", async () => (await incident(first.incidentId)).calls.length === 2);
});

test("likely duplicates that come while the pointer is among the others come after them", async () => {
  const { latitude, longitude } = await placeOf(centre, "sverdlovsky");
  const said = { location: { position: { latitude, longitude }, method: LocationMethod.SPOKEN }, duplicate: { choice: { case: "separate", value: {} } } } as const;
  await takeCall(centre, said);
  await takeCall(centre, said);
  await keys.press("F4");
  await focusIn("card-address");
  await keys.press("Shift+Tab", "Shift+Tab", "Shift+Tab");
  await focusIn("card-number");
  await keys.type("+996777000222");
  await tabTo("card-coordinates");
  await keys.type(`${latitude}, ${longitude}`);
  const shown = (): Promise<(string | undefined)[]> => page.locator(".duplicates .same").evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset["number"]));
  await until("both are shown", async () => (await shown()).length === 2);
  const before = await shown();
  const last = page.locator(".duplicates .same").nth(1);
  await last.hover();
  const [place, number] = [await last.boundingBox(), await last.getAttribute("data-number")];
  // of the same caller: it belongs above
  const { spokenNumber } = await takeCall(centre, { ...said, callerNumber: "+996777000222" });
  await until("the third is shown", async () => (await shown()).length === 3);
  expect(await shown()).toEqual([...before, spokenNumber]);
  expect([await last.boundingBox(), await last.getAttribute("data-number")]).toEqual([place, number]);
  await page.mouse.move(0, 0);
  await until("it is where it belongs", async () => (await shown())[0] === spokenNumber);
  await page.getByRole("button", { name: "Выбросить карточку" }).click();
  await page.getByRole("button", { name: "Точно выбросить" }).click();
});

test("what is typed right after F4 stands in the address, whether a call rings or none does", async () => {
  const address = page.locator("#card-address");
  await keys.press("Alt+2", "F4");
  await keys.type("Манас 5");
  expect(await address.inputValue()).toBe("Манас 5");
  expect(await page.locator("form.action").count()).toBe(0);
  // one Tab too many: the caller's words are written all the same, and their spaces save nothing
  await page.locator("#card-narrative").focus();
  await keys.press("Tab");
  await keys.type("двое и нож");
  expect(await page.locator("#card-narrative").inputValue()).toBe("двое и нож");
  await page.getByRole("button", { name: "Выбросить карточку" }).click();
  await page.getByRole("button", { name: "Точно выбросить" }).click();

  const ringing = await rings("+996555070809");
  await seen("+996555070809", "#queue");
  await keys.press("Alt+2", "F4");
  await keys.type("Ахунбаева 100");
  expect(await address.inputValue()).toBe("Ахунбаева 100");
  await keys.press("F8");
  const { calls } = await incident(await until("it is taken", async () => {
    const { incidents } = await ask(IncidentService).listIncidents({ pageSize: 500 });
    return incidents.find(({ incident: one }) => one?.location?.address === "Ахунбаева 100")?.incident?.incidentId;
  }));
  expect(calls.map(({ callId }) => callId)).toEqual([ringing]);
});

test("a call that is answered from the command line has its card in front, and the cursor in its address", async () => {
  await rings("+996555151617");
  await seen("+996555151617", "#queue");
  await keys.press("F2");
  await keys.type("ANS");
  await keys.press("Enter");
  // no key is lost to the line, also one that comes before the centre has answered
  await keys.type("Ибраимова 7");
  await focusIn("card-address");
  expect(await page.locator("#card-number").inputValue()).toBe("+996555151617");
  expect([await page.locator("#card-address").inputValue(), await page.locator("#command-line").inputValue()]).toEqual(["Ибраимова 7", ""]);
  await keys.press("F8");
  await seen("Ибраимова 7", "#queue");
});

test("the map that a key opens has the keyboard, and gives it back", async () => {
  const within = (selector: string): Promise<unknown> => until(`the focus is in ${selector}`, () => page.evaluate((wanted) => document.activeElement?.closest(wanted) != null, selector));
  await keys.press("Alt+4", "Alt+5");
  await within("#region-map [role=application]");
  await keys.press("ArrowLeft", "Alt+5");
  await page.locator("#region-map").waitFor({ state: "detached" });
  await within("#detail");
});

test("all alarms open with the keyboard in them, and give it back", async () => {
  await page.locator(".alarms li").first().waitFor();
  await keys.press("Alt+2");
  await focusIn("queue");
  await keys.press("Shift+F9");
  expect(await page.evaluate(() => document.activeElement?.closest(".alarms ol .alarm") != null)).toBe(true);
  await keys.press("Escape");
  await focusIn("queue");
});

test("what is more urgent comes above and moves nothing under the cursor", async () => {
  for (let count = 0; count < 30; count += 1) {
    await takeCall(centre, { incidentTypeId: "trespass", narrative: `noise ${count}`, duplicate: { choice: { case: "separate", value: {} } } });
  }
  await keys.press("Alt+2");
  await focusIn("queue");
  await keys.press("Home", "PageDown", "PageDown");
  const active = page.locator('#queue .row[data-active="true"]');
  const [number, before] = [await active.locator("strong").first().innerText(), await active.boundingBox()];
  await takeCall(centre, { incidentTypeId: "stabbing", narrative: "he bleeds", priority: 1 });
  await page.locator(".middle .fresh").waitFor();
  expect(await page.locator(".middle .fresh").innerText()).toMatch(/^1 /);
  expect(await active.locator("strong").first().innerText()).toBe(number);
  expect(await active.boundingBox()).toEqual(before);
  // of all of them only those in sight are in the page
  expect(await page.locator("#queue .row").count()).toBeLessThan(30);
  await page.locator(".middle .fresh").click();
  await page.locator(".middle .fresh").waitFor({ state: "detached" });
});

test("a card outlives a lost link and a reload, and is not sent by itself", async () => {
  const open = async (): Promise<number> => (await ask(IncidentService).listIncidents({ pageSize: 500 })).incidents.length;
  await keys.press("F4");
  await focusIn("card-address");
  await keys.press("Shift+Tab", "Shift+Tab", "Shift+Tab");
  await focusIn("card-number");
  await keys.type("+996312999888");
  await tabTo("card-narrative");
  await keys.type("горит балкон на третьем этаже");
  const before = await open();
  wire.break();
  await linkIs(page, "lost");
  await keys.press("F8");
  await seen("карточка хранится в этом браузере", "#region-card");
  expect(await page.locator("#card-narrative").inputValue()).toBe("горит балкон на третьем этаже");
  wire.mend();
  await linkIs(page, "live");
  await page.reload();
  await linkIs(page, "live");
  await page.locator("#card-narrative").waitFor();
  expect(await page.locator("#card-narrative").inputValue()).toBe("горит балкон на третьем этаже");
  expect(await open()).toBe(before);
  await keys.press("F8");
  await until("it is taken once somebody says so", async () => (await open()) === before + 1);
});

test("a call that rings is amber after ten seconds and red after fifteen", async () => {
  const callId = await rings("+996555121314");
  const row = page.locator("#queue .row", { hasText: "+996555121314" });
  await row.waitFor();
  const colour = (): Promise<string> => row.evaluate((element) => getComputedStyle(element).backgroundColor);
  const grey = await colour();
  await row.locator('.timer[data-stage="near"]').waitFor({ timeout: 15_000 });
  const amber = await colour();
  await row.locator('.timer[data-stage="over"]').waitFor({ timeout: 10_000 });
  expect(new Set([grey, amber, await colour()]).size).toBe(3);
  expect(await violations(page)).toEqual([]);
  await picture(page, "desk-rings");
  await ask(IntakeService).markAbandoned({ requestId: requestId(), callId });
});
