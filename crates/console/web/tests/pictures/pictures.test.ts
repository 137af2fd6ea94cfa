// The README's pictures, taken of a real centre with simulated callers, desks and crews. A screen that complains gives no picture.
import { afterAll, beforeAll, expect, test } from "vitest";
import { requestId } from "../../src/api/api";
import { DispatchService } from "../../src/contract/kezek/dispatch/v1/dispatch_service_pb";
import { IncidentService } from "../../src/contract/kezek/dispatch/v1/incident_service_pb";
import { LocationMethod } from "../../src/contract/kezek/record/v1/location_pb";
import { Browser, linkIs, pictureOf, type Seat } from "../harness/browser";
import { Centre, type Role } from "../harness/centre";
import { signOn, takeCall } from "../harness/people";
import { until } from "../harness/wait";

/** Where the README looks for them. */
const FOLDER = new URL("../../../pictures/", import.meta.url);
/** The screen of a desk. */
const VIEWPORT = { width: 1920, height: 1080 };

/** A map that is drawn. */
const MAP = '[data-ready="true"]';

let browser: Browser;
let living: Centre;
beforeAll(async () => {
  browser = await Browser.launch();
  living = await Centre.start({ people: true, callsPerMinute: 40 });
});
afterAll(async () => {
  await browser?.close();
  await living?.stop();
});

/** The incident that has waited longest, once the shift is busy. */
async function longest(): Promise<string> {
  const call = await living.as("supervisor");
  return until("the shift is busy", async () => {
    const { incidents } = await call(IncidentService).listIncidents({ pageSize: 100 });
    const served = incidents.filter(({ incident }) => (incident?.runIds.length ?? 0) > 1);
    return incidents.length >= 25 && served.length >= 5 && served[0]?.incident?.incidentId;
  }, 240_000);
}

/** Takes a screen's picture once what it needs is there. */
async function taken(name: string, centre: Centre, role: Role, path: string, needs: string, how: Partial<Seat> = {}): Promise<void> {
  const profile = await browser.seat({ address: centre.address, token: await centre.token(role), viewport: VIEWPORT, ...how });
  const page = await profile.open(path);
  await linkIs(page, "live");
  await page.locator("dialog[open] input").waitFor({ timeout: 2_000 }).then(
    async () => { await page.keyboard.type("Асанов Б."); await page.keyboard.press("Enter"); },
    () => undefined,
  );
  await page.locator(needs).first().waitFor();
  await pictureOf(page, new URL(`${name}.png`, FOLDER));
  expect(profile.complaints).toEqual([]);
  await profile.close();
}

test("the operator's desk", async () => {
  await taken("desk", living, "operator", `/desk?incident=${await longest()}`, ".responding .run");
});

test("the supervisor's board, at night and in Russian", async () => {
  await longest();
  await taken("board", living, "supervisor", "/board", MAP, { language: "ru", theme: "night" });
});

test("the duty desk's screen, in Kyrgyz", async () => {
  const quiet = await Centre.start();
  try {
    await signOn(quiet, ["leninsky-11", "leninsky-12", "leninsky-13", "leninsky-15"]);
    const location = { position: { latitude: 42.8757, longitude: 74.556 }, method: LocationMethod.SPOKEN, address: "Чүй проспектиси, 155, «Народный» дүкөнүнүн арты" };
    // of such a one no desk is asked by itself: it is asked here
    const { incidentId } = await takeCall(quiet, { incidentTypeId: "burglary", narrative: "кулпу бузулган, үйдө эч ким жок", language: "ky", location });
    const call = await quiet.as("operator");
    await call(DispatchService).assignDesk({ requestId: requestId(), incidentId, stationId: "leninsky", recommendedUnitId: "leninsky-11", purpose: { case: "needIndex", value: 0 } });
    await taken("station", quiet, "duty_officer", "/station/leninsky", MAP, { language: "ky" });
  } finally {
    await quiet.stop();
  }
});
