// The duty desk's screen on a real centre: an officer's day by keyboard alone, a desk and a station that see each other, a link that goes and
// comes back, a browser that is started again.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { requestId } from "../../src/api/api";
import { UnitService } from "../../src/contract/kezek/crew/v1/unit_service_pb";
import { DeskService } from "../../src/contract/kezek/desk/v1/desk_service_pb";
import { DispatchService } from "../../src/contract/kezek/dispatch/v1/dispatch_service_pb";
import { IncidentService } from "../../src/contract/kezek/dispatch/v1/incident_service_pb";
import type { Assignment } from "../../src/contract/kezek/record/v1/assignment_pb";
import type { Incident } from "../../src/contract/kezek/record/v1/incident_pb";
import { LocationMethod } from "../../src/contract/kezek/record/v1/location_pb";
import { Channel, Step } from "../../src/contract/kezek/record/v1/milestone_pb";
import type { Run } from "../../src/contract/kezek/record/v1/run_pb";
import { Browser, linkIs, picture, type Profile } from "../harness/browser";
import { Centre } from "../harness/centre";
import { note, signOn, takeCall } from "../harness/people";
import { Relay } from "../harness/relay";
import { until } from "../harness/wait";

const WORDS = "two men are fighting and one has a knife";
const NUMBER = "+996555010203";
const PLACE = "Frunze 1, the yard behind the shop";

let centre: Centre;
let browser: Browser;
beforeAll(async () => {
  browser = await Browser.launch();
});
afterAll(async () => {
  await browser?.close();
});
beforeEach(async () => {
  centre = await Centre.start();
  await signOn(centre, ["leninsky-11", "leninsky-12"]);
  return () => centre.stop();
});

/** An incident of which a station's desk is asked to send one patrol. */
async function given(station = "leninsky"): Promise<{ readonly incidentId: string; readonly assignmentId: string }> {
  const { incidentId } = await takeCall(centre, { narrative: WORDS, callerNumber: NUMBER, location: { position: { latitude: 42.8757, longitude: 74.556 }, method: LocationMethod.SPOKEN, address: PLACE } });
  const call = await centre.as("operator");
  const { assignment } = await call(DispatchService).assignDesk({ requestId: requestId(), incidentId, stationId: station, recommendedUnitId: "leninsky-11", purpose: { case: "needIndex", value: 0 } });
  if (assignment === undefined) throw new Error("the desk was asked nothing");
  return { incidentId, assignmentId: assignment.assignmentId };
}

/** What is open at Leninsky's desk, as the centre has it. */
async function atDesk() {
  return (await centre.as("operator"))(DeskService).getDesk({ stationId: "leninsky" });
}

async function assignment(id: string): Promise<Assignment | undefined> {
  return (await atDesk()).assignments.find(({ assignmentId }) => assignmentId === id);
}

async function incident(id: string): Promise<Incident | undefined> {
  return (await (await centre.as("operator"))(IncidentService).getIncident({ name: { case: "incidentId", value: id } })).incident;
}

async function runOf(unit: string): Promise<Run | undefined> {
  return (await atDesk()).runs.find(({ unitId }) => unitId === unit);
}

/** Opens the screen and says who is at the desk. */
async function atScreen(seat: Profile): Promise<Page> {
  const page = await seat.open("/station/leninsky");
  await page.locator("dialog[open] input").waitFor();
  await page.keyboard.type("Asanov B.");
  await page.keyboard.press("Enter");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  await linkIs(page, "live");
  return page;
}

async function seated(said: { readonly address?: string } = {}): Promise<Profile> {
  return browser.seat({ address: said.address ?? centre.address, token: await centre.token("duty_officer") });
}

const heading = (page: Page) => page.locator("#assignment > header h2");

/** Holds Enter until the fill is full. It may be pressed in vain just after the question changed, as a hand's key is. */
async function holdEnter(page: Page, answered: () => Promise<boolean>): Promise<void> {
  await until("a held Enter answers", async () => {
    await page.keyboard.down("Enter");
    await new Promise((next) => setTimeout(next, 700));
    await page.keyboard.up("Enter");
    return answered();
  });
}

describe("an officer's day by keyboard alone", () => {
  test("told, received, sent, reported and closed", async () => {
    const seat = await seated();
    const page = await atScreen(seat);
    await page.locator(".quiet").waitFor();
    await picture(page, "station-quiet");
    const { incidentId, assignmentId } = await given();
    await heading(page).getByText("NEW ASSIGNMENT").waitFor();
    await page.locator(".address", { hasText: PLACE }).waitFor();
    await until("the screen tells that it shows it", async () => (await assignment(assignmentId))?.state?.state.case === "delivered");
    await picture(page, "station-new");

    // nobody in the corridor reads what the caller said
    expect(await page.locator("body").innerText()).not.toMatch(/knife|555010203/);
    await page.keyboard.press("KeyV");
    await page.locator(".peek .told", { hasText: WORDS }).waitFor();
    expect(await page.locator(".peek .told").innerText()).toContain(NUMBER);
    await page.keyboard.press("KeyV");
    await page.locator(".peek .told").waitFor({ state: "detached" });

    // a short key answers nothing
    await page.keyboard.press("Enter");
    expect((await assignment(assignmentId))?.state?.state.case).toBe("delivered");
    await holdEnter(page, async () => (await assignment(assignmentId))?.state?.state.case === "received");
    expect((await assignment(assignmentId))?.state?.state.value).toMatchObject({ person: "Asanov B." });

    await heading(page).getByText("WHO GOES?").waitFor();
    await page.locator(".goes", { hasText: "Recommended: 11" }).waitFor();
    await page.locator(".facts", { hasText: /Received at \d\d:\d\d by Asanov B\./ }).waitFor();
    // whoever is recommended and cannot go any more is not written as if they could
    const supervisor = await centre.as("supervisor");
    for (const unitId of ["leninsky-11", "leninsky-12"]) await supervisor(UnitService).setOutOfService({ requestId: requestId(), unitId, reason: "repair" });
    await page.locator(".goes", { hasText: /11 cannot go: out of service.*Nobody else is free/ }).waitFor();
    await supervisor(UnitService).returnToService({ requestId: requestId(), unitId: "leninsky-12" });
    await page.locator(".goes", { hasText: /11 cannot go: out of service.*Free: 12/ }).waitFor();
    await picture(page, "station-gone");
    await page.keyboard.press("Digit2");
    await page.locator(".goes", { hasText: "Chosen: 12" }).waitFor();
    await holdEnter(page, async () => (await runOf("leninsky-12")) !== undefined);
    expect(await runOf("leninsky-11")).toBeUndefined();
    await page.locator(".unit", { hasText: "sent" }).waitFor();

    const step = async (key: string, state: string): Promise<void> => {
      await page.keyboard.press(key);
      await until(`12 is ${state}`, async () => (await runOf("leninsky-12"))?.state?.state.case === state);
    };
    await page.locator('.unit[aria-pressed="true"]').waitFor();
    await step("KeyK", "acknowledged");
    await step("KeyE", "enRoute");
    await step("KeyA", "onScene");
    const onScene = (await runOf("leninsky-12"))?.milestones.find((one) => one.step === Step.ON_SCENE);
    expect(onScene).toMatchObject({ channel: Channel.RADIO, onBehalfOf: "12", reportedByRole: "duty_officer" });
    await picture(page, "station-on-scene");

    await page.keyboard.press("KeyC");
    await page.locator("dialog[open] .reasons").waitFor();
    await page.keyboard.press("Space");
    await page.keyboard.press("Enter");
    await until("12 is free again", async () => (await runOf("leninsky-12")) === undefined);
    await page.locator("dialog[open]").waitFor({ state: "detached" });

    await page.keyboard.press("ArrowDown");
    await page.locator(".answers", { hasText: "Close incident" }).waitFor();
    await page.keyboard.press("KeyX");
    await page.locator("dialog[open] .reasons").waitFor();
    await page.keyboard.press("Enter");
    await page.locator("dialog[open] .missing").waitFor();
    await page.keyboard.press("Space");
    for (const _field of ["own words", "basis", "number"]) await page.keyboard.press("Tab");
    await page.keyboard.type("KUI 1043");
    await page.keyboard.press("Enter");
    await until("it is closed", async () => (await incident(incidentId))?.state?.state.case === "closed");
    expect((await incident(incidentId))?.state?.state.value).toMatchObject({ basis: { case: "registrationNumber", value: "KUI 1043" } });
    await page.locator(".quiet").waitFor();
    expect(seat.complaints).toEqual([]);
    await seat.close();
  });

  test("an assignment goes back with a reason, more are asked for, and a stand-down is confirmed", async () => {
    const seat = await seated();
    const page = await atScreen(seat);
    const first = await given();
    await heading(page).getByText("NEW ASSIGNMENT").waitFor();
    // until the screen told that it shows it, the assignment moves away from what is said of it
    await until("the screen tells that it shows it", async () => (await assignment(first.assignmentId))?.state?.state.case === "delivered");
    await page.keyboard.press("KeyB");
    await page.locator("dialog[open] select").waitFor();
    for (const _field of ["how many", "why"]) await page.keyboard.press("Tab");
    await page.keyboard.type("a knife");
    await page.keyboard.press("Enter");
    await until("the centre heard that more are needed", async () => (await incident(first.incidentId))?.milestones.some((one) => one.step === Step.RESOURCE_REQUESTED) === true);
    await page.locator("dialog[open]").waitFor({ state: "detached" });
    await page.keyboard.press("KeyR");
    await page.locator("dialog[open] .reasons").waitFor();
    await page.keyboard.press("Space");
    await page.keyboard.press("Enter");
    await until("it went back", async () => (await assignment(first.assignmentId)) === undefined);
    await page.locator("dialog[open]").waitFor({ state: "detached" });

    const second = await given();
    await heading(page).getByText("NEW ASSIGNMENT").waitFor();
    const call = await centre.as("operator");
    await call(DispatchService).standDown({ requestId: requestId(), who: { case: "assignmentId", value: second.assignmentId }, reason: "a false alarm" });
    await heading(page).getByText("STAND DOWN").waitFor();
    await page.locator(".facts", { hasText: "a false alarm" }).waitFor();
    await page.locator(".goes", { hasText: "Stand down: 11" }).waitFor();
    // a button that was pressed with the mouse keeps no Enter from the answer
    await page.getByRole("button", { name: /^(Night|Day)/ }).click();
    await picture(page, "station-stand-down");
    await holdEnter(page, async () => (await assignment(second.assignmentId)) === undefined);
    expect(seat.complaints).toEqual([]);
    await seat.close();
  });

  test("a number picks and never lets go: what a unit that is out says is reported, and is no answer to the next question", async () => {
    const seat = await seated();
    const page = await atScreen(seat);
    const first = await given();
    await heading(page).getByText("NEW ASSIGNMENT").waitFor();
    await holdEnter(page, async () => (await assignment(first.assignmentId))?.state?.state.case === "received");
    await heading(page).getByText("WHO GOES?").waitFor();
    await page.keyboard.press("Digit2");
    await page.locator(".goes", { hasText: "Chosen: 12" }).waitFor();
    await holdEnter(page, async () => (await runOf("leninsky-12")) !== undefined);
    const second = await given();
    await page.locator(".unit[aria-pressed=true]", { hasText: "sent" }).waitFor();
    await heading(page).getByText("NEW ASSIGNMENT").waitFor();
    await holdEnter(page, async () => (await assignment(second.assignmentId))?.state?.state.case === "received");
    await heading(page).getByText("WHO GOES?").waitFor();
    await page.keyboard.press("Digit2");
    await page.keyboard.press("KeyK");
    await until("12 acknowledged", async () => (await runOf("leninsky-12"))?.state?.state.case === "acknowledged");
    await page.locator(".unit[aria-pressed=true]", { hasText: "acknowledged" }).waitFor();
    // it is not who goes, and nobody who was not picked goes in its place
    await page.locator('.hold[aria-disabled="true"]', { hasText: "12 cannot go: acknowledged. Pick another" }).waitFor();
    await picture(page, "station-pick-is-out");
    await page.keyboard.down("Enter");
    expect(await page.locator('.hold[data-held="true"]').count()).toBe(0);
    await page.keyboard.up("Enter");
    await page.keyboard.press("Escape");
    await page.locator(".goes", { hasText: "Recommended: 11" }).waitFor();
    await page.locator('.hold[aria-disabled="false"]', { hasText: "11" }).waitFor();
    await page.keyboard.press("Digit2");
    // one that is free, picked beside it, is the answer
    await page.keyboard.press("Shift+Digit1");
    await page.locator(".goes", { hasText: "Chosen: 11" }).waitFor();
    await page.keyboard.press("Digit2");
    await page.locator(".goes", { hasText: /12 cannot go: acknowledged.*Free: 11/ }).waitFor();

    // a time before it was sent is taken, and not without a word
    await page.keyboard.press("KeyT");
    await page.locator("dialog[open] select").first().waitFor();
    for (const _field of ["over what", "when"]) await page.keyboard.press("Tab");
    await page.keyboard.type("-10");
    await page.locator("dialog[open] .missing", { hasText: "before it was sent" }).waitFor();
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Backspace");
    await page.keyboard.type("0");
    await page.locator("dialog[open] .missing").waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    await page.locator("dialog[open]").waitFor({ state: "detached" });

    // a key that can report nothing says so
    await page.keyboard.press("Digit1");
    await page.keyboard.press("KeyE");
    await page.locator(".bar-of-picked .nothing", { hasText: "11: available" }).waitFor();
    // and what it says of the unit is as true as the unit's row
    const supervisor = await centre.as("supervisor");
    await supervisor(UnitService).setOutOfService({ requestId: requestId(), unitId: "leninsky-11", reason: "repair" });
    await page.locator(".bar-of-picked .nothing", { hasText: "11: out of service" }).waitFor();
    await supervisor(UnitService).returnToService({ requestId: requestId(), unitId: "leninsky-11" });
    await page.keyboard.press("Digit2");
    await page.locator(".bar-of-picked .nothing").waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    await page.keyboard.press("KeyE");
    await page.locator(".bar-of-picked .nothing", { hasText: "no unit is picked" }).waitFor();
    await picture(page, "station-nothing-reported");
    expect((await runOf("leninsky-12"))?.state?.state.case).toBe("acknowledged");
    expect(seat.complaints).toEqual([]);
    await seat.close();
  });

  test("a radio-only unit comes on duty, is out of service and back, by its number", async () => {
    const seat = await seated();
    const page = await atScreen(seat);
    const unit = async () => (await atDesk()).units.find(({ unitId }) => unitId === "leninsky-13");
    await page.locator(".unit", { hasText: "radio only" }).first().waitFor();
    await page.keyboard.press("Digit3");
    await page.keyboard.press("KeyS");
    await page.locator("dialog[open] input").waitFor();
    await page.keyboard.type("Osmonov, Petrov");
    await page.keyboard.press("Enter");
    await until("13 is on duty", async () => (await unit())?.state?.state.case === "available");
    expect((await unit())?.crew).toEqual(["Osmonov", "Petrov"]);
    await page.locator("dialog[open]").waitFor({ state: "detached" });
    await page.locator('.unit[aria-pressed="true"][data-doing="available"]').waitFor();
    await page.keyboard.press("KeyO");
    await page.locator("dialog[open] .reasons").waitFor();
    await page.keyboard.press("Space");
    await page.keyboard.press("Enter");
    await page.locator('.unit[data-doing="outOfService"]').waitFor();
    await page.locator("dialog[open]").waitFor({ state: "detached" });
    await page.keyboard.press("KeyO");
    await page.locator('.unit[aria-pressed="true"][data-doing="available"]').waitFor();
    expect(seat.complaints).toEqual([]);
    await seat.close();
  });
});

describe("a desk and a station", () => {
  test("each sees what the other does", async () => {
    const officer = await seated();
    const operator = await browser.seat({ address: centre.address, token: await centre.token("operator") });
    const station = await atScreen(officer);
    const desk = await operator.open("/desk");
    await linkIs(desk, "live");
    const { incidentId, assignmentId } = await given();
    await heading(station).getByText("NEW ASSIGNMENT").waitFor();
    await holdEnter(station, async () => (await assignment(assignmentId))?.state?.state.case === "received");
    await heading(station).getByText("WHO GOES?").waitFor();
    await holdEnter(station, async () => (await runOf("leninsky-11")) !== undefined);
    await station.locator('.unit[data-doing="sent"]').waitFor();
    await station.keyboard.press("Digit1");
    await station.keyboard.press("KeyE");
    await until("11 is en route", async () => (await runOf("leninsky-11"))?.state?.state.case === "enRoute");
    await desk.locator("#region-units .line", { hasText: "en route" }).first().waitFor();
    await note(centre, incidentId, "the knife was found");
    await station.locator(".work .units", { hasText: "1 note" }).waitFor();
    const call = await centre.as("operator");
    await call(IncidentService).changePriority({ requestId: requestId(), incidentId, priority: 1, reason: "a knife" });
    await station.locator('.work .priority[data-priority="1"]').waitFor();
    expect([...officer.complaints, ...operator.complaints]).toEqual([]);
    await officer.close();
    await operator.close();
  });

  test("an operator reads a desk's screen, and enters what it says by telephone under the name of whoever said it", async () => {
    const seat = await browser.seat({ address: centre.address, token: await centre.token("operator") });
    const page = await seat.open("/station/leninsky");
    await linkIs(page, "live");
    const { assignmentId } = await given();
    await heading(page).getByText("NEW ASSIGNMENT").waitFor();
    expect(await page.locator(".hold, .bar-of-picked").count()).toBe(0);
    await page.locator(".voice button").press("Enter");
    await page.locator("dialog[open] input").fill("Bakirov");
    await page.keyboard.press("Enter");
    await page.locator('.voice[data-on="true"]').waitFor();
    await holdEnter(page, async () => (await assignment(assignmentId))?.state?.state.case === "received");
    const said = (await assignment(assignmentId))?.milestones.find((one) => one.step === Step.RECEIVED);
    expect(said).toMatchObject({ channel: Channel.PHONE, onBehalfOf: "Bakirov", detail: "Bakirov", reportedByRole: "operator" });
    // only the desk's own screen says that it was delivered there
    expect((await assignment(assignmentId))?.milestones.some((one) => one.step === Step.DELIVERED)).toBe(false);
    await seat.close();
  });

  test("another station's screen is refused in words, with the way to the own one", async () => {
    const seat = await seated();
    const page = await seat.open("/station/oktyabrsky");
    await page.locator(".refused", { hasText: "SCOPE_OTHER_STATION" }).waitFor();
    await page.locator(".elsewhere a").click();
    await page.locator("#units").waitFor();
    expect(new URL(page.url()).pathname).toBe("/station/leninsky");
    await seat.close();
  });
});

describe("a link that goes, and a browser that is started again", () => {
  test("nothing is sent without a person: what was said over a dead link waits, over a restart too, and goes with its own time", async () => {
    const wire = await Relay.to(centre.port);
    const seat = await seated({ address: wire.address });
    let page = await atScreen(seat);
    const { assignmentId } = await given();
    await heading(page).getByText("NEW ASSIGNMENT").waitFor();
    await until("the screen tells that it shows it", async () => (await assignment(assignmentId))?.state?.state.case === "delivered");
    wire.silence();
    await linkIs(page, "lost");
    for (const contact of ["talkgroup CENTRE-1", "talkgroup LEN-1"]) await page.locator('.lost[data-away="true"]', { hasText: contact }).waitFor();
    expect(await page.locator(".address").innerText()).toBe(PLACE);
    await picture(page, "station-lost");
    await holdEnter(page, async () => (await page.locator('.unsaid [data-state="waiting"]').count()) === 1);
    wire.mend();
    await linkIs(page, "live");
    await page.locator(".unsaid", { hasText: "Is it still true?" }).waitFor();
    expect((await assignment(assignmentId))?.state?.state.case).toBe("delivered");

    // the kiosk is switched off and on: the name and the unsaid word are kept, the rest the centre tells
    await page.close();
    page = await seat.open("/station/leninsky");
    await linkIs(page, "live");
    await page.locator(".person", { hasText: "Asanov B." }).waitFor();
    await page.locator(".unsaid", { hasText: "received by Asanov B." }).waitFor();
    expect(await page.locator("dialog[open]").count()).toBe(0);
    expect((await assignment(assignmentId))?.state?.state.case).toBe("delivered");
    await page.locator(".hold", { hasText: "Still true: send · received by Asanov B." }).waitFor();
    await holdEnter(page, async () => (await assignment(assignmentId))?.state?.state.case === "received");
    const said = (await assignment(assignmentId))?.milestones.find((one) => one.step === Step.RECEIVED);
    expect(Number((said?.recordedAt?.seconds ?? 0n) - (said?.occurredAt?.seconds ?? 0n))).toBeGreaterThan(0);
    await page.locator(".unsaid > li").waitFor({ state: "detached" });
    await seat.close();
    await wire.stop();
  });

  test("what happened meanwhile is there when the link is back", async () => {
    const wire = await Relay.to(centre.port);
    const seat = await seated({ address: wire.address });
    const page = await atScreen(seat);
    wire.silence();
    await linkIs(page, "lost");
    await given();
    expect(await heading(page).getByText("NEW ASSIGNMENT").count()).toBe(0);
    wire.mend();
    await heading(page).getByText("NEW ASSIGNMENT").waitFor({ timeout: 45_000 });
    await page.locator('.lost[data-away="false"]').waitFor({ state: "attached" });
    await seat.close();
    await wire.stop();
  });
});
