// The map: what it shows is what the centre has, nothing but a person moves it, and it works with streets, without them and without WebGL.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Browser, picture, type Profile, type Seat } from "../harness/browser";
import { Centre } from "../harness/centre";
import { placeOf, signOn, takeCall } from "../harness/people";
import { Positions } from "../harness/positions";
import { streets } from "../harness/streets";
import { project, type View } from "../../src/map/view";
import { until } from "../harness/wait";

const UNITS = ["leninsky-11", "leninsky-12", "leninsky-13"];

let centre: Centre;
let browser: Browser;
let positions: Positions;
let place: { latitude: number; longitude: number };
let first: string;
let seat: Profile | undefined;

beforeAll(async () => {
  centre = await Centre.start();
  browser = await Browser.launch();
  place = await placeOf(centre, "leninsky");
  await signOn(centre, UNITS);
  positions = await Positions.to(centre);
  positions.report([
    { unitId: "leninsky-11", latitude: place.latitude + 0.01, longitude: place.longitude, uncertaintyM: 25 },
    { unitId: "leninsky-12", latitude: place.latitude - 0.01, longitude: place.longitude, at: Date.now() - 300_000 },
  ]);
  first = (await takeCall(centre, { incidentTypeId: "robbery" })).incidentId;
  await takeCall(centre, { location: { address: "nobody knows where" } });
});
afterEach(async () => {
  await seat?.close();
  seat = undefined;
});
afterAll(async () => {
  await positions?.end();
  await browser?.close();
  await centre?.stop();
});

/** Opens the map's window; `archive`: the centre has this map of streets. */
async function open(how: Partial<Seat> = {}, archive?: Buffer | "broken"): Promise<Page> {
  seat = await browser.seat({ address: centre.address, token: await centre.token("operator"), ...how });
  if (archive !== undefined) await serve(seat, archive);
  const page = await seat.open("/map");
  await page.locator('.map[data-ready="true"]').waitFor();
  return page;
}

async function serve({ context }: Profile, archive: Buffer | "broken"): Promise<void> {
  await context.route("**/console.json", async (route) => {
    const said = (await (await route.fetch()).json()) as object;
    await route.fulfill({ json: { ...said, basemap: "/basemap.pmtiles" } });
  });
  await context.route("**/basemap.pmtiles", async (route) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(route.request().headers()["range"] ?? "") ?? [];
    if (archive === "broken" || from === undefined || to === undefined) return route.fulfill({ status: 200, body: "this is no archive" });
    const part = archive.subarray(Number(from), Number(to) + 1);
    const range = `bytes ${from}-${Number(from) + part.length - 1}/${archive.length}`;
    await route.fulfill({ status: 206, body: part, headers: { "content-range": range, "content-type": "application/octet-stream" } });
  });
}

const counts = (page: Page) => page.locator(".map").evaluate((map) => [map.getAttribute("data-units"), map.getAttribute("data-incidents")]);
const view = (page: Page) => page.locator(".map-stage").getAttribute("data-view");

test("units stand where they were measured, incidents where they happened, and what has no place is counted", async () => {
  const page = await open();
  await until("two units and one incident are drawn", async () => (await counts(page)).join() === "2,1");
  await page.getByText("1 unit without a position · 1 incident without a place").waitFor();
  const words = page.locator('section[aria-label="The map in words"]');
  await until("the map in words says the same", async () => /1 incident, 2 units.*Robbery/s.test((await words.textContent()) ?? ""));
  await picture(page, "map-day");
});

test("nothing but a person moves the view", async () => {
  const page = await open();
  await until("all is drawn", async () => (await counts(page)).join() === "2,1");
  await page.locator(".map-stage").focus();
  await page.keyboard.press("PageUp");
  const own = await view(page);
  const taken = await takeCall(centre, { location: { position: { latitude: place.latitude + 0.2, longitude: place.longitude + 0.2 } } });
  positions.report([{ unitId: "leninsky-13", latitude: place.latitude + 0.1, longitude: place.longitude - 0.1 }]);
  await until("the new ones are there", async () => (await counts(page)).join() === "3,2");
  expect(await view(page)).toBe(own);
  expect(await page.locator(".map").getAttribute("data-moved")).toBe("true");
  await page.getByRole("button", { name: "Show everything" }).click();
  expect(await page.locator(".map").getAttribute("data-moved")).toBe("false");
  expect(await view(page)).not.toBe(own);
  expect(taken.incidentId).not.toBe("");
});

test("an incident is found and chosen by keyboard alone, and by hand", async () => {
  const page = await open({ theme: "night" });
  await until("all is drawn", async () => Number((await counts(page))[1]) > 0);
  await page.locator(".map-stage").focus();
  await page.keyboard.press("n");
  await page.getByRole("status").filter({ hasText: "Robbery" }).waitFor({ state: "attached" });
  await page.keyboard.press("Enter");
  await until("the address names it", () => new URL(page.url()).searchParams.get("incident") === first);
  await picture(page, "map-night-selected");

  await page.goto(`${centre.address}/map`);
  await page.locator('.map[data-ready="true"]').waitFor();
  await until("all is drawn", async () => Number((await counts(page))[1]) > 0);
  const box = await page.locator(".map-stage").boundingBox();
  const [latitude = 0, longitude = 0, zoom = 0] = ((await view(page)) ?? "").split(/,? /).map(Number);
  const shown: View = { centre: { latitude, longitude }, zoom, width: box?.width ?? 0, height: box?.height ?? 0 };
  const { x, y } = project(shown, place);
  await page.mouse.move((box?.x ?? 0) + x, (box?.y ?? 0) + y);
  await page.locator('.map-stage[data-over="incident"]').waitFor();
  await page.mouse.down();
  await page.mouse.up();
  await until("the address names it", () => new URL(page.url()).searchParams.get("incident") === first);
});

test("streets lie under the districts where the centre has them, under the strict policy of the pages", async () => {
  const page = await open({}, streets(place));
  await page.locator('.map-stage[data-ground="streets"]').waitFor({ timeout: 30_000 });
  await page.getByText("© a mapmaker").waitFor();
  await page.locator(".map-stage").focus();
  await page.keyboard.press("PageUp");
  expect(await page.locator(".map").getAttribute("data-moved")).toBe("true");
  await until("units are drawn over them", async () => Number((await counts(page))[0]) > 0);
  await picture(page, "map-streets");
  expect(seat?.complaints).toEqual([]);
});

test("an archive that cannot be read leaves the districts, and says so", async () => {
  const page = await open({}, "broken");
  await page.getByText("Streets cannot be drawn here").waitFor();
  expect(await page.locator(".map-stage").getAttribute("data-ground")).toBe("outlines");
  expect(Number((await counts(page))[0])).toBeGreaterThan(0);
});

test("without WebGL the districts are drawn, and the map answers as ever", async () => {
  const page = await open({
    before: () => {
      const whole = HTMLCanvasElement.prototype.getContext as (this: HTMLCanvasElement, kind: string, ...rest: unknown[]) => unknown;
      HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
        return kind.startsWith("webgl") ? null : whole.call(this, kind, ...rest);
      } as typeof HTMLCanvasElement.prototype.getContext;
    },
  }, streets(place));
  await page.getByText("Streets cannot be drawn here").waitFor();
  expect(await page.locator(".map-ground path").count()).toBe(4);
  await until("all is drawn", async () => Number((await counts(page))[0]) > 0);
  await page.locator(".map-stage").focus();
  await page.keyboard.press("n");
  await page.keyboard.press("Enter");
  await until("the address names an incident", () => new URL(page.url()).searchParams.get("incident") === first);
  await picture(page, "map-no-webgl");
});
