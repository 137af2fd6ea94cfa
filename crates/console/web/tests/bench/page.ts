// What is measured in the page: how long after a key the next picture of the screen is there, how much memory it holds, how soon a first
// screen is there and what was fetched for it.
import { readFileSync } from "node:fs";
import { get } from "node:http";
import type { Browser as Chromium, CDPSession, Page } from "playwright-core";

/** Where a measured page keeps its figures. */
interface Measured {
  kezekKeys: number[];
  kezekStates: string[];
}

/** Chromium reports no keys that were answered faster than this; they count as this long. */
export const SHORTEST_MS = 16;

/** Watches keys and the state of the link in a page from now on. */
export async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const measured: Measured = Object.assign(window as unknown as Measured, { kezekKeys: [], kezekStates: [] });
    const keys = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (entry.name === "keydown") measured.kezekKeys.push(entry.duration);
    });
    keys.observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
    const link = document.querySelector("[data-link]");
    const look = (): void => {
      const state = link?.getAttribute("data-link") ?? "none";
      if (measured.kezekStates.at(-1) !== state) measured.kezekStates.push(state);
    };
    look();
    if (link !== null) new MutationObserver(look).observe(link, { attributes: true, attributeFilter: ["data-link"] });
  });
}

/** Every state the link was in, in order, since it is watched. */
export async function linkStates(page: Page): Promise<string[]> {
  return page.evaluate(() => (window as unknown as Measured).kezekStates);
}

/** How long keys took that were answered later than `SHORTEST_MS`, and forgets them. */
export async function keysSoFar(page: Page): Promise<number[]> {
  // two pictures, so that the last key has its own
  await page.evaluate(() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))));
  return page.evaluate(() => (window as unknown as Measured).kezekKeys.splice(0));
}

/** Memory after everything that nobody needs was thrown away. */
export interface Memory {
  /** The page's own heap, in MB. */
  readonly heap: number;
  /** What the processes of pages and workers hold, in MB. */
  readonly processes: number;
}

/** Looks at a page's memory. */
export class MemoryGauge {
  private constructor(private readonly page: CDPSession, private readonly whole: CDPSession) {}

  static async of(page: Page): Promise<MemoryGauge> {
    const chromium = page.context().browser() as Chromium;
    const gauge = new MemoryGauge(await page.context().newCDPSession(page), await chromium.newBrowserCDPSession());
    await gauge.page.send("Performance.enable");
    return gauge;
  }

  async read(): Promise<Memory> {
    await this.page.send("HeapProfiler.collectGarbage");
    const { metrics } = await this.page.send("Performance.getMetrics");
    const heap = metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? 0;
    const { processInfo } = await this.whole.send("SystemInfo.getProcessInfo");
    const resident = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => residentKb(id));
    return { heap: heap / 1e6, processes: resident.reduce((sum, kb) => sum + kb, 0) / 1e3 };
  }
}

function residentKb(pid: number): number {
  try {
    const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kb ?? 0);
  } catch {
    // it ended meanwhile
    return 0;
  }
}

/** Runs in a page before its own code: marks when the first row of the queue is on the screen. */
export function markFirstScreen(): void {
  const look = new MutationObserver(() => {
    if (document.querySelector("#queue [role=option][aria-posinset]") === null) return;
    look.disconnect();
    // the next picture holds it; after the one after that it is certainly shown
    requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("first-screen")));
  });
  look.observe(document, { childList: true, subtree: true });
}

/** How soon the first screen was there and what it took. */
export interface FirstScreen {
  readonly ms: number;
  /** What the page had fetched by then, gzipped, in bytes. */
  readonly page: number;
  /** The thread that all windows share, gzipped, in bytes: it is fetched once for a browser and not for a window. */
  readonly shared: number;
}

/** Waits for the first screen of a page that `markFirstScreen` runs in. */
export async function firstScreen(page: Page): Promise<FirstScreen> {
  await page.waitForFunction(() => performance.getEntriesByName("first-screen").length > 0, undefined, { timeout: 60_000 });
  const { ms, files } = await page.evaluate(() => {
    const [mark] = performance.getEntriesByName("first-screen");
    const shown = mark?.startTime ?? 0;
    const fetched = (performance.getEntriesByType("resource") as PerformanceResourceTiming[]).filter(({ name, responseEnd }) => responseEnd <= shown && new URL(name).pathname.startsWith("/assets/"));
    return { ms: shown, files: [location.href, ...fetched.map(({ name }) => name)] };
  });
  const workers = await Promise.all(files.filter((name) => name.endsWith(".js")).map(async (name) => (await (await fetch(name)).text()).match(/[\w/.-]*worker-[\w-]+\.js/g) ?? []));
  const shared = new Set(workers.flat().map((name) => new URL(name.replace(/^.*\//, "/assets/"), page.url()).href));
  return { ms, page: await gzipped(files), shared: await gzipped([...shared]) };
}

/** Bytes of files as a centre sends them to a browser that reads gzip. */
async function gzipped(addresses: readonly string[]): Promise<number> {
  const sizes = await Promise.all(addresses.map((address) => new Promise<number>((told, failed) => {
    get(address, { headers: { "accept-encoding": "gzip" } }, (answer) => {
      let bytes = 0;
      answer.on("data", (part: Buffer) => { bytes += part.length; });
      answer.on("end", () => told(bytes));
    }).on("error", failed);
  })));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}
