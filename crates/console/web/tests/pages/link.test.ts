// The link in every way in which it breaks. A screen that is not true must say so, and when it says that it is true again, nothing may be missing.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Browser, linkIs, linkOf, picture, type Profile } from "../harness/browser";
import { Centre } from "../harness/centre";
import { signOn, takeCall } from "../harness/people";
import { Relay } from "../harness/relay";
import { until } from "../harness/wait";

let centre: Centre;
let browser: Browser;
let wire: Relay;
let seat: Profile;
/** The centre's own watchers: its log, which is no window. */
let others: number;

beforeAll(async () => {
  centre = await Centre.start();
  browser = await Browser.launch();
  wire = await Relay.to(centre.port);
});
afterAll(async () => {
  await browser?.close();
  await wire?.stop();
  await centre?.stop();
});
beforeEach(async () => {
  others = await until("nobody else watches", async () => {
    const watchers = await centre.metric("kezek_watchers");
    return watchers <= 1 && watchers;
  });
  seat = await browser.seat({ address: wire.address, token: await centre.token("operator") });
});
afterEach(async () => {
  await seat.close();
  wire.mend();
});

/** Waits until a window shows a call by its spoken number: the map of a desk's own picture is what a person reads. */
async function shows(page: Page, spoken: string): Promise<void> {
  await page.getByText(new RegExp(`(^|\\D)${spoken}(\\D|$)`)).first().waitFor({ state: "attached", timeout: 45_000 });
}

/** Waits until a window knows its centre's directory, which may come after the first picture: without it no time of day can be told. */
async function tellsTime(page: Page): Promise<void> {
  await page.locator(".clock time").filter({ hasText: /\d/ }).waitFor();
}

const streams = async (): Promise<number> => (await centre.metric("kezek_watchers")) - others;

/** The states a window's link goes through from now on. */
async function followLink(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const place = document.querySelector("[data-link]");
    const went: string[] = [place?.getAttribute("data-link") ?? ""];
    Object.assign(globalThis, { went });
    new MutationObserver(() => went.push(document.querySelector("[data-link]")?.getAttribute("data-link") ?? ""))
      .observe(document.body, { attributes: true, subtree: true, childList: true, attributeFilter: ["data-link"] });
  });
  return async () => {
    const went = await page.evaluate(() => (globalThis as unknown as { went: string[] }).went);
    return went.filter((state, index) => state !== went[index - 1]);
  };
}

test("a centre that freezes makes the screen late, then lost, and nothing is missing when it thaws", async () => {
  const page = await seat.open("/desk");
  await linkIs(page, "live");
  await tellsTime(page);
  const went = await followLink(page);
  centre.freeze();
  const frozen = performance.now();
  try {
    await linkIs(page, "late");
    expect(performance.now() - frozen).toBeLessThan(8_000);
    await linkIs(page, "lost");
    expect(performance.now() - frozen).toBeLessThan(13_000);
    await picture(page, "link-lost");
    await page.getByText("Last true at").waitFor();
    await page.getByRole("region", { name: "Duty desks by voice" }).waitFor();
  } finally {
    centre.thaw();
  }
  await linkIs(page, "live");
  const taken = await takeCall(centre);
  await shows(page, taken.spokenNumber);
  // a node that thaws may first tell how long ago it knew; what counts is that nothing looks live in between
  expect((await went()).join(" ")).toMatch(/^live late lost ((late|lost|resync) )*live$/);
});

test("a centre that is killed and started again comes back with the right picture", async () => {
  const before = await takeCall(centre);
  const page = await seat.open("/desk");
  await shows(page, before.spokenNumber);
  await centre.kill();
  await linkIs(page, "lost");
  // what was true last stays readable
  await shows(page, before.spokenNumber);
  await centre.restart();
  await signOn(centre, ["leninsky-11"]);
  const after = await takeCall(centre);
  await linkIs(page, "live");
  await shows(page, after.spokenNumber);
  await shows(page, before.spokenNumber);
});

test("a centre that follows its store no more makes the screen late and lost, though it answers", async () => {
  const page = await seat.open("/desk");
  await linkIs(page, "live");
  const went = await followLink(page);
  centre.freezeStore();
  try {
    await linkIs(page, "lost");
    expect((await fetch(`${centre.address}/livez`)).ok).toBe(true);
  } finally {
    centre.thawStore();
  }
  await linkIs(page, "live");
  const taken = await takeCall(centre);
  await shows(page, taken.spokenNumber);
  expect((await went()).slice(0, 3)).toEqual(["live", "late", "lost"]);
});

test("a pulled cable is noticed, and what happened meanwhile is there when it is put back", async () => {
  const page = await seat.open("/desk");
  await linkIs(page, "live");
  wire.silence();
  await linkIs(page, "late");
  const missed = await takeCall(centre);
  await linkIs(page, "lost");
  wire.mend();
  await linkIs(page, "live");
  await shows(page, missed.spokenNumber);
});

test("a connection that breaks and comes back within five seconds is not noticed by anybody", async () => {
  const page = await seat.open("/desk");
  await linkIs(page, "live");
  const went = await followLink(page);
  for (let cut = 0; cut < 3; cut += 1) {
    const requests = await centre.metric("kezek_requests_total");
    wire.break();
    wire.mend();
    await until("it is connected again", async () => (await streams()) === 1 && (await centre.metric("kezek_requests_total")) > requests);
  }
  const taken = await takeCall(centre);
  await shows(page, taken.spokenNumber);
  expect(await went()).toEqual(["live"]);
});

test("six windows share one stream, and commands still go through", async () => {
  const pages = [await seat.open("/desk"), await seat.open("/board"), await seat.open("/map"), await seat.open("/desk"), await seat.open("/map"), await seat.open("/desk")];
  await until("all are live", async () => (await Promise.all(pages.map(linkOf))).every((at) => at === "live"));
  expect(await streams()).toBe(1);
  const taken = await takeCall(centre);
  await Promise.all([pages[0], pages[3], pages[5]].map(async (page) => page && shows(page, taken.spokenNumber)));
  // a call of the API from a page, beside the stream and five other windows
  const answered = await pages[5]?.evaluate(async (token) => {
    const message = new Uint8Array([0, 0, 0, 0, 0]);
    const answer = await fetch("/kezek.directory.v1.DirectoryService/GetDirectory", {
      method: "POST", body: message, headers: { "content-type": "application/grpc-web+proto", "x-grpc-web": "1", authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(3_000),
    });
    return (await answer.arrayBuffer()).byteLength;
  }, await centre.token("operator"));
  expect(answered).toBeGreaterThan(1_000);
  for (const page of pages.slice(0, 5)) await page.close();
  expect(await streams()).toBe(1);
  await pages[5]?.close();
  await until("the last window takes the stream with it", async () => (await streams()) === 0);
});

test("a window that says that it is offline, and is, comes back the moment that it is online", async () => {
  const page = await seat.open("/desk");
  await linkIs(page, "live");
  wire.break();
  await linkIs(page, "lost");
  wire.mend();
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await linkIs(page, "live");
});

test("a laptop that slept does not show its old picture as if it were new", async () => {
  // the clock on the wall is one for all threads of a machine, and a test can only set that of a window: the stream must be in it
  const plain = await browser.seat({ address: wire.address, token: await centre.token("operator"), before: () => { Reflect.deleteProperty(globalThis, "SharedWorker"); } });
  const page = await plain.open("/desk");
  await linkIs(page, "live");
  const went = await followLink(page);
  const requests = await centre.metric("kezek_requests_total");
  // the lid was closed for ten minutes: the monotonic clock stood still, the one on the wall did not
  await page.evaluate(() => {
    const wall = Date.now.bind(Date);
    Date.now = () => wall() + 600_000;
  });
  await until("it was called lost and came back", async () => (await went()).join(" ").startsWith("live lost ") && (await linkOf(page)) === "live");
  expect(await centre.metric("kezek_requests_total")).toBeGreaterThan(requests);
  await plain.close();
});

test("who signs out in one window is signed out in all, and nothing is left of the stream", async () => {
  const [one, other] = [await seat.open("/desk"), await seat.open("/desk")];
  await linkIs(one, "live");
  await linkIs(other, "live");
  await one.getByRole("button", { name: "Sign out" }).click();
  await other.getByLabel("Access token").waitFor();
  await one.getByLabel("Access token").waitFor();
  await until("the stream ended", async () => (await streams()) === 0);
});

test("a browser without shared threads has a window that leads, and another takes over when it closes", async () => {
  const plain = await browser.seat({ address: wire.address, token: await centre.token("operator"), before: () => { Reflect.deleteProperty(globalThis, "SharedWorker"); } });
  try {
    const pages = [await plain.open("/desk"), await plain.open("/desk"), await plain.open("/desk")];
    await until("all are live", async () => (await Promise.all(pages.map(linkOf))).every((at) => at === "live"));
    expect(await pages[0]?.evaluate(() => typeof SharedWorker)).toBe("undefined");
    expect(await streams()).toBe(1);
    await pages[0]?.close();
    const taken = await takeCall(centre);
    for (const page of pages.slice(1)) {
      await shows(page, taken.spokenNumber);
      await linkIs(page, "live");
    }
    expect(await streams()).toBe(1);
    expect(plain.complaints).toEqual([]);
  } finally {
    await plain.close();
  }
});
