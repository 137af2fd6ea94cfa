// Measures the desk as a large city's evening would have it: a thousand incidents in the queue, five hundred units on the map, changes without
// a pause, and somebody who types.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { IncidentService } from "../../src/contract/kezek/dispatch/v1/incident_service_pb";
import { ARTEFACTS, Browser, linkIs, picture } from "../harness/browser";
import { Centre } from "../harness/centre";
import { until } from "../harness/wait";
import { city, UNITS } from "./city";
import { slope, spread, table, type Spread } from "./figures";
import { Load, QUEUED, type Done } from "./load";
import { firstScreen, keysSoFar, linkStates, markFirstScreen, MemoryGauge, SHORTEST_MS, watch, type FirstScreen, type Memory } from "./page";

/** What is measured for how long. */
export interface Asked {
  readonly minutes: number;
  /** Changes a second. */
  readonly rate: number;
}

/** How often a first screen is opened. */
const OPENED = 5;
/** Between two keys, as fast as people type. */
const KEY_EVERY_MS = 120;
/** What the project promises. */
const LIMITS = { inputMs: 100, firstScreenMs: 1_000, bytes: 80_000 } as const;
/** A heap that grows less than this, in MB a minute, is flat: over half an hour that is less than what one rebuilt queue leaves behind. */
const FLAT_MB_A_MINUTE = 0.2;

/** With fewer readings nobody can say whether something is flat. */
const SETTLED_MIN = 5;

/** What keys of one place of the desk took. */
interface Keys {
  readonly place: "command line" | "queue";
  readonly pressed: number;
  readonly late: readonly number[];
}

interface Result {
  readonly asked: Asked;
  readonly machine: { readonly cores: number; readonly loadBefore: number };
  readonly first: readonly FirstScreen[];
  readonly keys: readonly { readonly place: string; readonly ms: Spread }[];
  readonly memory: readonly (Memory & { readonly at: number })[];
  readonly load: Omit<Done, "newest"> & { readonly changesASecond: number };
  readonly whole: Whole;
}

/** Whether the page has every change. */
interface Whole {
  readonly newest: string;
  readonly cursor: string;
  readonly states: readonly string[];
  readonly sameRows: number;
}

/** Runs the measurement and prints it. 0: everything is within what is promised. */
export async function bench(asked: Asked): Promise<number> {
  const loadBefore = loadavg()[0] ?? 0;
  const folder = city();
  let centre: Centre | undefined;
  let browser: Browser | undefined;
  let load: Load | undefined;
  try {
    say("starting a centre and filling it …");
    centre = await Centre.start({ directory: folder });
    load = await Load.fill(centre);
    browser = await Browser.launch();
    say(`${QUEUED} incidents and ${UNITS} units; opening first screens …`);
    const first = await firstScreens(browser, centre);
    return told({ asked, machine: { cores: cpus().length, loadBefore }, first, ...await underLoad(browser, centre, load, asked) });
  } finally {
    await load?.end();
    await browser?.close();
    await centre?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function firstScreens(browser: Browser, centre: Centre): Promise<FirstScreen[]> {
  const found: FirstScreen[] = [];
  for (let opened = 0; opened < OPENED; opened += 1) {
    // a profile of its own has an empty cache
    const seat = await browser.seat({ address: centre.address, token: await centre.token("operator"), before: markFirstScreen });
    found.push(await firstScreen(await seat.open("/desk")));
    await seat.close();
  }
  return found;
}

async function underLoad(browser: Browser, centre: Centre, load: Load, { minutes, rate }: Asked): Promise<Omit<Result, "asked" | "machine" | "first">> {
  const seat = await browser.seat({ address: centre.address, token: await centre.token("operator") });
  const page = await seat.open("/desk");
  await linkIs(page, "live");
  await page.locator("#queue [role=option][aria-posinset]").first().waitFor();
  await page.keyboard.press("Alt+5");
  await page.locator(`.map[data-units="${UNITS}"]`).waitFor({ timeout: 60_000 });
  await watch(page);
  const before = load.done.newest;
  const ending = new AbortController();
  const driving = load.drive(await centre.as("operator"), rate, ending.signal);
  try {
    const began = performance.now();
    const { keys, memory } = await typed(page, began + minutes * 60_000, began);
    const seconds = (performance.now() - began) / 1_000;
    await picture(page, "bench-desk");
    ending.abort();
    await driving;
    const whole = await wholeness(page, centre, load.done);
    const { requests, refused, held_back, newest } = load.done;
    return { keys, memory, load: { requests, refused, held_back, changesASecond: Number(newest - before) / seconds }, whole };
  } finally {
    ending.abort();
    await driving;
    await seat.close();
  }
}

/** Somebody types into the command line and moves in the queue, turn about, until the time is over. */
async function typed(page: Page, end: number, began: number): Promise<Pick<Result, "keys" | "memory">> {
  const gauge = await MemoryGauge.of(page);
  const keys: Keys[] = [];
  const memory: (Memory & { at: number })[] = [];
  const every = Math.max(10_000, (end - began) / 60);
  let next = began;
  while (performance.now() < end) {
    if (performance.now() >= next) {
      next += every;
      memory.push({ at: (performance.now() - began) / 60_000, ...await gauge.read() });
      process.stdout.write(".");
      await keysSoFar(page);
    }
    await page.keyboard.press("F2");
    keys.push({ place: "command line", ...await pressed(page, [..."n1043 the yard is dark", ...Array.from({ length: 22 }, () => "Backspace")]) });
    await page.keyboard.press("Alt+2");
    keys.push({ place: "queue", ...await pressed(page, [...Array.from({ length: 16 }, () => "ArrowDown"), ...Array.from({ length: 8 }, () => "ArrowUp")]) });
  }
  process.stdout.write("\n");
  memory.push({ at: (performance.now() - began) / 60_000, ...await gauge.read() });
  return { keys: (["command line", "queue"] as const).map((place) => ({ place, ms: spread(ofPlace(keys, place)) })), memory };
}

function ofPlace(keys: readonly Keys[], place: Keys["place"]): number[] {
  return keys.filter((one) => one.place === place).flatMap(({ pressed: count, late }) => [...late, ...Array.from({ length: Math.max(0, count - late.length) }, () => SHORTEST_MS)]);
}

async function pressed(page: Page, keys: readonly string[]): Promise<Omit<Keys, "place">> {
  await keysSoFar(page);
  for (const key of keys) {
    const pause = new Promise((next) => setTimeout(next, KEY_EVERY_MS));
    await page.keyboard.press(key === " " ? "Space" : key);
    await pause;
  }
  return { pressed: keys.length, late: await keysSoFar(page) };
}

/** Compares the page with the centre after the last change. */
async function wholeness(page: Page, centre: Centre, { newest }: Done): Promise<Whole> {
  const through = async (): Promise<bigint> => BigInt((await page.locator(".map").getAttribute("data-through")) ?? "0");
  await until("the page has the newest change", async () => (await through()) >= newest, 60_000);
  await page.evaluate(() => document.getElementById("queue")?.scrollTo(0, 0));
  const call = await centre.as("operator");
  let same = 0;
  await until("the queue on the page is the centre's own", async () => {
    const { incidents } = await call(IncidentService).listIncidents({ queuedOnly: true, pageSize: 10 });
    const wanted = incidents.map(({ incident }) => `queue-${incident?.incidentId ?? ""}`);
    const rows = await page.locator("#queue [role=option][aria-posinset]").evaluateAll((shown) => shown.map(({ id }) => id));
    same = wanted.filter((id, index) => rows[index] === id).length;
    return same === wanted.length && same > 0;
  });
  return { newest: String(newest), cursor: String(await through()), states: await linkStates(page), sameRows: same };
}

function told(result: Result): number {
  const { first, keys, memory, load, whole, asked } = result;
  const [open, bytes] = [spread(first.map(({ ms }) => ms)), spread(first.map((one) => one.page))];
  // at first the load itself still grows: alarms come as the first answers are overdue, notes as the first incidents have not yet gone
  const settled = memory.filter(({ at }) => at >= asked.minutes / 3).map(({ at, heap, processes }) => ({ at, heap, processes }));
  const growth = slope(settled.map(({ at, heap }) => ({ at, value: heap })));
  const ms = (value: number): string => `${Math.round(value)} ms`;
  const refusals = Object.values(load.refused).reduce((sum, count) => sum + count, 0);
  const heaps = memory.map(({ heap }) => heap);
  const rows: [string, string, string, boolean][] = [
    ...keys.map(({ place, ms: taken }): [string, string, string, boolean] => [
      `key to paint, ${place} (${taken.count} keys)`, `p50 ${ms(taken.p50)}, p95 ${ms(taken.p95)}, p99 ${ms(taken.p99)}, max ${ms(taken.max)}`,
      `p95 ≤ ${LIMITS.inputMs} ms`, taken.count > 0 && taken.p95 <= LIMITS.inputMs,
    ]),
    ["changes a second, as committed", load.changesASecond.toFixed(0), `${asked.rate} asked; ${load.held_back} held back, ${refusals} refused`, load.changesASecond >= asked.rate * 0.9],
    ["newest change on the page", `${whole.cursor} of ${whole.newest}`, "none dropped", BigInt(whole.cursor) >= BigInt(whole.newest)],
    ["states of the link", whole.states.join(" → "), "live throughout", whole.states.join() === "live"],
    ["heap of the page", `${Math.min(...heaps).toFixed(1)}–${Math.max(...heaps).toFixed(1)} MB, ${growth >= 0 ? "+" : ""}${growth.toFixed(2)} MB a minute`, `flat: < ${FLAT_MB_A_MINUTE} MB a minute`, settled.length >= SETTLED_MIN && growth < FLAT_MB_A_MINUTE],
    ["processes of pages", `${memory.at(0)?.processes.toFixed(0)} → ${memory.at(-1)?.processes.toFixed(0)} MB`, "", true],
    [`first screen, cold cache (${open.count} times)`, `median ${ms(open.p50)}, ${ms(Math.min(...first.map((one) => one.ms)))}–${ms(open.max)}`, `< ${LIMITS.firstScreenMs} ms`, open.p50 < LIMITS.firstScreenMs],
    ["sent for the first screen, gzipped", `${(bytes.max / 1_000).toFixed(1)} KB, and ${((first[0]?.shared ?? 0) / 1_000).toFixed(1)} KB that windows share`, `≤ ${LIMITS.bytes / 1_000} KB`, bytes.max > 0 && bytes.max <= LIMITS.bytes],
  ];
  mkdirSync(ARTEFACTS, { recursive: true });
  writeFileSync(join(ARTEFACTS, "bench.json"), `${JSON.stringify({ ...result, growthMbAMinute: growth }, undefined, 2)}\n`);
  const { cores, loadBefore } = result.machine;
  say(`${asked.minutes} min, ${QUEUED} incidents queued, ${UNITS} units; ${cores} cores, load before ${loadBefore.toFixed(1)}\n`);
  say(table(["what", "measured", "wanted", ""], rows.map(([what, measured, wanted, kept]) => [what, measured, wanted, kept ? "ok" : "**no**"])));
  return rows.every(([, , , kept]) => kept) ? 0 : 1;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
