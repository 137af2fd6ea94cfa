// A real browser for a test: one Chromium, and in it as many profiles as there are people. The windows of one profile share their session, as
// the windows of one dispatcher do.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium, type Browser as Chromium, type BrowserContext, type Page } from "playwright-core";
import type { Language } from "../../src/words/languages";
import type { Theme } from "../../src/look/theme";

const PROGRAM = process.env["KEZEK_CHROMIUM"] ?? "/usr/bin/chromium";
/** Where what a run leaves for people to look at goes. */
export const ARTEFACTS = process.env["KEZEK_ARTEFACTS"] ?? fileURLToPath(new URL("../../../../../target/pages", import.meta.url));
const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** Who sits at a profile, and how they like it. */
export interface Seat {
  /** Where the pages are: a centre's address, or that of a wire to it. */
  readonly address: string;
  /** Signed in with this; absent: nobody is. */
  readonly token?: string;
  /** English unless said. */
  readonly language?: Language;
  /** Day unless said. */
  readonly theme?: Theme;
  /** 1920×1080 unless said. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Runs in every page before its own code: to take something away that another browser lacks. */
  readonly before?: () => void;
}

/** A running Chromium. */
export class Browser {
  private constructor(private readonly chromium: Chromium) {}

  static async launch(): Promise<Browser> {
    return new Browser(await chromium.launch({ executablePath: PROGRAM, args: ARGUMENTS }));
  }

  /** A profile of its own: storage, session and workers are shared with no other. */
  async seat(seat: Seat): Promise<Profile> {
    const kept = [["kezek.token", seat.token], ["kezek.language", seat.language ?? "en"], ["kezek.theme", seat.theme ?? "day"]] as const;
    const localStorage = kept.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
    const context = await this.chromium.newContext({
      viewport: seat.viewport ?? { width: 1920, height: 1080 },
      reducedMotion: "reduce",
      storageState: { cookies: [], origins: [{ origin: new URL(seat.address).origin, localStorage }] },
    });
    if (seat.before !== undefined) await context.addInitScript(seat.before);
    return new Profile(context, seat.address);
  }

  async close(): Promise<void> {
    await this.chromium.close();
  }
}

/** A person's browser. */
export class Profile {
  /** What pages complained of: errors of theirs, and files that did not come. */
  readonly complaints: string[] = [];

  constructor(readonly context: BrowserContext, private readonly address: string) {}

  /** Opens a window at a path, such as `/desk`. */
  async open(path: string): Promise<Page> {
    const page = await this.context.newPage();
    page.on("pageerror", (error) => this.complaints.push(`${path}: ${error.stack ?? error.message}`));
    page.on("console", (message) => { if (message.type() === "error") this.complaints.push(`${path}: ${message.text()}`); });
    await page.goto(`${this.address}${path}`);
    return page;
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}

/** Where the link of a window stands, such as `live`; empty while there is none. */
export async function linkOf(page: Page): Promise<string> {
  return (await page.locator("[data-link]").first().getAttribute("data-link", { timeout: 5_000 })) ?? "";
}

/** Waits until a window's link stands there. */
export async function linkIs(page: Page, ...wanted: readonly string[]): Promise<void> {
  const any = wanted.map((one) => `[data-link="${one}"]`).join(", ");
  await page.locator(any).first().waitFor({ state: "attached", timeout: 45_000 });
}

/** Keeps what a window shows, under a name, where people look at it after the tests. */
export async function picture(page: Page, name: string): Promise<void> {
  await pictureOf(page, pathToFileURL(join(ARTEFACTS, `${name}.png`)));
}

/** Keeps what a window shows in a file. */
export async function pictureOf(page: Page, file: URL): Promise<void> {
  mkdirSync(new URL(".", file), { recursive: true });
  await page.screenshot({ path: fileURLToPath(file) });
}
