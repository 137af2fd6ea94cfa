// Every screen in every language, by day and by night: nobody is shut out by how it is made, nothing is cut off, and nobody reads a language
// that they did not choose.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LANGUAGES, type Language } from "../../src/words/languages";
import { cutOff, texts, violations } from "../harness/audit";
import { Browser, linkIs, picture, type Profile } from "../harness/browser";
import { Centre, type Role } from "../harness/centre";
import { signOn, takeCall } from "../harness/people";
import { calendarOf, foreignTo, tableOf, type Table } from "../harness/tables";
import { until } from "../harness/wait";

const EVERY = Object.keys(LANGUAGES) as Language[];
const SCREENS: readonly { readonly name: string; readonly path: string; readonly role?: Role; readonly wide?: number; readonly asks?: true }[] = [
  { name: "sign-in", path: "/" },
  { name: "desk", path: "/desk", role: "operator" },
  { name: "desk-small", path: "/desk", role: "operator", wide: 1366 },
  { name: "station", path: "/station/leninsky", role: "duty_officer", asks: true },
  { name: "station-small", path: "/station/leninsky", role: "duty_officer", wide: 1366, asks: true },
  { name: "board", path: "/board", role: "supervisor" },
  { name: "board-small", path: "/board", role: "supervisor", wide: 1366 },
  { name: "map", path: "/map", role: "operator" },
];

/** What stands the same in every language: languages are offered by their own names, and a person is called as the token says. */
const OWN_NAMES: readonly string[] = [...Object.values(LANGUAGES), "operator", "supervisor"];

let centre: Centre;
let browser: Browser;
let tables: ReadonlyMap<Language, Table>;
beforeAll(async () => {
  tables = new Map(await Promise.all(EVERY.map(async (language) => [language, await tableOf(language)] as const)));
  centre = await Centre.start();
  browser = await Browser.launch();
  await signOn(centre, ["leninsky-11", "leninsky-12"]);
  // what the callers say is a name and numbers: only the console's own words are judged
  for (const incidentTypeId of ["robbery", "violence", "officer-needs-help", "burglary"]) await takeCall(centre, { incidentTypeId, narrative: "N 1" });
});
afterAll(async () => {
  await browser?.close();
  await centre?.stop();
});

async function sit(screen: (typeof SCREENS)[number], language: Language): Promise<{ seat: Profile; page: Page }> {
  const { path, role, wide = 1920 } = screen;
  const token = role === undefined ? {} : { token: await centre.token(role, { name: "asel" }) };
  const seat = await browser.seat({ address: centre.address, language, viewport: { width: wide, height: wide === 1920 ? 1080 : 768 }, ...token });
  const page = await seat.open(path);
  if (role === undefined) await page.locator("main h1").waitFor();
  else {
    await linkIs(page, "live");
    await until("the screen is there", () => page.evaluate(() => document.querySelector("#console")?.textContent?.includes("Kezek") === true || document.querySelectorAll("h1").length > 0));
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
  }
  return { seat, page };
}

/** Judges what a page shows now. */
async function judge(page: Page, language: Language, name: string): Promise<void> {
  await picture(page, name);
  expect.soft(await violations(page), `${name}: accessibility`).toEqual([]);
  expect.soft(await cutOff(page), `${name}: cut off`).toEqual([]);
  if (language === "en") return;
  expect.soft(await untranslated(page, language), `${name}: not translated`).toEqual([]);
}

/** What a page says in English to somebody who chose another language. */
async function untranslated(page: Page, language: Language): Promise<string[]> {
  const foreign = foreignTo(table(language), table("en"));
  return (await texts(page)).filter((text) => !OWN_NAMES.includes(text) && foreign.some((sentence) => sentence.test(text)));
}

function table(language: Language): Table {
  const found = tables.get(language);
  if (found === undefined) throw new Error(`no table of ${language}`);
  return found;
}

/** Turns the light over, as a person does it. */
async function darken(page: Page, language: Language): Promise<void> {
  await page.getByRole("button", { name: table(language).get(".common.theme.night") ?? "", exact: true }).click();
  await until("it is night", () => page.evaluate(() => document.documentElement.dataset["theme"] === "night"));
}

describe.each(EVERY)("in %s", (language) => {
  test.each(SCREENS)("$name, by day and by night", async (screen) => {
    const { seat, page } = await sit(screen, language);
    try {
      expect(await page.evaluate(() => document.documentElement.lang)).toBe(language);
      if (screen.asks === true) {
        // a duty desk asks first who sits at it
        await page.locator("dialog[open]").waitFor();
        await judge(page, language, `${screen.name}-${language}-asks`);
        await page.keyboard.press("Escape");
        await page.locator("dialog[open]").waitFor({ state: "detached" });
      }
      await judge(page, language, `${screen.name}-${language}-day`);
      await darken(page, language);
      await judge(page, language, `${screen.name}-${language}-night`);
      expect(seat.complaints).toEqual([]);
    } finally {
      await seat.close();
    }
  });

  test("the help says it all", async () => {
    const { seat, page } = await sit({ name: "help", path: "/desk", role: "operator" }, language);
    try {
      await page.locator(".top-bar button", { hasText: /^\?$/ }).click();
      await page.locator("dialog[open]").waitFor();
      await judge(page, language, `help-${language}`);
    } finally {
      await seat.close();
    }
  });

  test("the day is written by the language's own table", async () => {
    const { seat, page } = await sit({ name: "desk", path: "/desk", role: "operator" }, language);
    try {
      const { days, months } = calendarOf(table(language));
      const written = (await page.locator(".top-bar .clock .muted").textContent()) ?? "";
      const [day] = days.filter((name) => written.startsWith(`${name},`));
      expect(day, written).toBeDefined();
      expect(months.filter((name) => written.includes(name)), written).toHaveLength(1);
      expect(written).toMatch(/\b20\d\d\b/);
    } finally {
      await seat.close();
    }
  });
});

test("a language is chosen without a reload, and every word of the screen follows", async () => {
  const { seat, page } = await sit({ name: "desk", path: "/desk", role: "operator" }, "en");
  try {
    await page.evaluate(() => { document.body.dataset["loaded"] = "once"; });
    const order = [...EVERY.slice(EVERY.indexOf("en") + 1), ...EVERY.slice(0, EVERY.indexOf("en"))];
    for (const language of order) {
      await page.keyboard.press("Control+Shift+KeyL");
      await until(`the page is in ${language}`, () => page.evaluate((wanted) => document.documentElement.lang === wanted, language));
      await until(`the page speaks ${language} alone`, async () => language === "en" || (await untranslated(page, language)).length === 0);
    }
    expect(await page.evaluate(() => document.body.dataset["loaded"])).toBe("once");
  } finally {
    await seat.close();
  }
});
