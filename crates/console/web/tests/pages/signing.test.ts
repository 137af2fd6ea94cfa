// Signing in and out: by a token, in a demo by a role, again when the access ends, as the same person and as another.
import { expect, test } from "vitest";
import { requestId } from "../../src/api/api";
import { IncidentService } from "../../src/contract/kezek/dispatch/v1/incident_service_pb";
import { linkIs, picture, type Browser } from "../harness/browser";
import type { Centre } from "../harness/centre";
import { takeCall } from "../harness/people";
import { scene } from "../harness/scene";
import { until } from "../harness/wait";
import { LANGUAGES } from "../../src/words/languages";

let centre: Centre;
let browser: Browser;
scene((one, other) => { [centre, browser] = [one, other]; });

test("a token is asked for in words, and what is none is said to be none", async () => {
  const seat = await browser.seat({ address: centre.address });
  const page = await seat.open("/desk");
  const field = page.getByLabel("Access token");
  await field.waitFor();
  expect(await field.evaluate((input) => input === document.activeElement)).toBe(true);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText("Paste the token first.").waitFor();
  await field.fill("no token at all");
  await field.press("Enter");
  await page.getByText("This is no token").waitFor();
  expect(await field.getAttribute("aria-invalid")).toBe("true");
  expect(await field.inputValue()).toBe("no token at all");
  await picture(page, "sign-in");
  await field.fill(await centre.token("operator"));
  await field.press("Enter");
  await linkIs(page, "live");
  expect(new URL(page.url()).pathname).toBe("/desk");
  await seat.close();
});

test("the demo lets a visitor be anybody, in the language and light of their choice", async () => {
  const seat = await browser.seat({ address: centre.address });
  const page = await seat.open("/");
  await page.getByRole("combobox", { name: "Language" }).selectOption("ru");
  await page.getByRole("button", { name: "Ночь" }).click();
  expect(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dataset["theme"]])).toEqual(["ru", "night"]);
  await page.getByRole("region", { name: /Демонстрация/ }).getByRole("button", { name: /оператор/ }).first().waitFor();
  await picture(page, "sign-in-demo");
  await page.getByRole("region", { name: /Демонстрация/ }).getByRole("button", { name: /старший смены/ }).click();
  await page.waitForURL("**/board");
  await linkIs(page, "live");
  await seat.close();
});

test.each([["crew", "crew", { unit: "leninsky-11" }], ["integration", "another program", {}]] as const)(
  "a role without a screen is told so: %s", async (role, called, holder) => {
    const seat = await browser.seat({ address: centre.address, token: await centre.token(role, holder) });
    const page = await seat.open("/desk");
    await page.getByRole("heading", { name: `There is no screen for the role “${called}”` }).waitFor();
    await page.getByRole("button", { name: "Sign in as somebody else" }).click();
    await page.getByLabel("Access token").waitFor();
    await seat.close();
  });

test("who may not work at a screen is led to their own", async () => {
  const seat = await browser.seat({ address: centre.address, token: await centre.token("duty_officer", { station: "sverdlovsky" }) });
  const page = await seat.open("/desk");
  await page.waitForURL("**/station/sverdlovsky");
  await linkIs(page, "live");
  await seat.close();
});

test("an access that ends is announced, and who signs in again finds every word where it was", async () => {
  const name = "Айгүл Осмонова";
  const seat = await browser.seat({ address: centre.address, token: await centre.token("operator", { name, lifetime_s: 20 }) });
  const [page, other] = [await seat.open("/desk"), await seat.open("/desk")];
  await page.bringToFront();
  await linkIs(page, "live");
  await page.getByText("Your access ends at").waitFor();
  const words = page.getByLabel("The caller’s words");
  await words.fill("three men with a knife, she is hiding in the kitchen");
  await page.getByRole("dialog", { name: `Signed out: ${name}` }).waitFor({ timeout: 40_000 });
  await linkIs(page, "signed_out");
  await linkIs(other, "signed_out");
  await picture(page, "signed-out");
  // what is typed now is not taken for a token
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("H2");
  const field = page.getByLabel("Access token");
  await field.fill(await centre.token("operator", { name, lifetime_s: 3_600 }));
  await field.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await linkIs(page, "live");
  expect(await words.inputValue()).toBe("three men with a knife, she is hiding in the kitchen");
  // the other window needs nobody to sign in there too
  await linkIs(other, "live");
  const taken = await takeCall(centre);
  for (const one of [page, other]) await one.getByText(new RegExp(`(^|\\D)${taken.spokenNumber}(\\D|$)`)).first().waitFor({ state: "attached" });
  expect(seat.complaints.filter((complaint) => !complaint.includes("401"))).toEqual([]);
  await seat.close();
});

test("who signs out is asked about a card that is not saved, and leaves nothing readable behind", async () => {
  const seat = await browser.seat({ address: centre.address, token: await centre.token("operator", { name: "anna" }) });
  const [page, other] = [await seat.open("/desk"), await seat.open("/desk")];
  await linkIs(page, "live");
  await page.getByLabel("The caller’s words").fill("hiding in the kitchen");
  const line = page.getByRole("textbox", { name: "Command line" });
  await line.fill("V 1");
  const signOut = other.getByRole("button", { name: "Sign out", exact: true });
  await signOut.click();
  await other.getByRole("button", { name: "Close" }).click();
  expect(await page.getByLabel("The caller’s words").inputValue()).toBe("hiding in the kitchen");
  await signOut.click();
  await other.getByRole("button", { name: "Throw it away and sign out" }).click();
  for (const one of [page, other]) await one.getByLabel("Access token").waitFor();
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("anna") && key.startsWith("kezek.typed")))).toEqual([]);
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain("kitchen");
  await seat.close();
});

test("what was entered for an incident that somebody else ends stays while its form is open, and is not asked about once it is left", async () => {
  const [taken, other] = [await takeCall(centre), await takeCall(centre, { duplicate: { choice: { case: "separate", value: {} } } })];
  const seat = await browser.seat({ address: centre.address, token: await centre.token("operator", { name: "dina" }) });
  const page = await seat.open(`/desk?incident=${taken.incidentId}`);
  await linkIs(page, "live");
  await page.getByRole("button", { name: "Cancel it" }).click();
  const reason = page.locator("form.action input");
  await reason.fill("the caller rang again");
  const ask = await centre.as("supervisor");
  await ask(IncidentService).cancelIncident({ requestId: requestId(), incidentId: taken.incidentId, reason: "a drill" });
  await page.locator("#detail .mark", { hasText: "a drill" }).waitFor();
  expect(await reason.inputValue()).toBe("the caller rang again");
  await reason.press("Enter");
  await page.locator("form.action .refused").waitFor();
  expect(await reason.inputValue()).toBe("the caller rang again");
  await reason.press("Escape");
  await page.locator(`#queue-${other.incidentId}`).click();
  await until("nothing is kept", () => page.evaluate(() => !Object.keys(localStorage).some((key) => key.includes(".action."))));
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByLabel("Access token").waitFor();
  await seat.close();
});

test("another person gets a fresh screen, and is told so before anything is lost", async () => {
  const seat = await browser.seat({ address: centre.address, token: await centre.token("operator", { name: "anna", lifetime_s: 8 }) });
  const page = await seat.open("/desk");
  await page.getByLabel("The caller’s words").fill("for Anna’s eyes only");
  await page.getByRole("dialog", { name: "Signed out: anna" }).waitFor({ timeout: 40_000 });
  await page.getByLabel("Access token").fill(await centre.token("operator", { name: "bek" }));
  await page.getByLabel("Access token").press("Enter");
  await page.getByText("This token is bek’s.").waitFor();
  await page.getByRole("button", { name: "Open a fresh screen for bek" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await linkIs(page, "live");
  expect(await page.getByLabel("The caller’s words").inputValue()).toBe("");
  await seat.close();
});

test("a newer console behind the same address is offered, and nothing stops until it is taken", async () => {
  const seat = await browser.seat({ address: centre.address, token: await centre.token("operator", { name: "asel" }), viewport: { width: 1366, height: 768 } });
  let build = "first-build";
  await seat.context.route("**/console.json", (route) => route.fulfill({ json: { build } }));
  const page = await seat.open("/desk");
  await linkIs(page, "live");
  await until("the page knows its own build", () => page.evaluate(() => performance.getEntriesByName(`${location.origin}/console.json`).length > 0));
  // in each language, because the bar is a line in each, and stays one
  const bars = async (): Promise<[string, number | undefined][]> => {
    const found: [string, number | undefined][] = [];
    for (const language of [...Object.keys(LANGUAGES), "en"]) {
      await page.locator("select.language").selectOption(language);
      await until(`the page is in ${language}`, () => page.evaluate((wanted) => document.documentElement.lang === wanted, language));
      found.push([language, (await page.locator(".top-bar").boundingBox())?.height]);
    }
    return found;
  };
  const before = await bars();
  build = "second-build";
  await centre.kill();
  await centre.restart();
  await linkIs(page, "mismatch");
  const taken = await takeCall(centre);
  await page.getByText(new RegExp(`(^|\\D)${taken.spokenNumber}(\\D|$)`)).first().waitFor({ state: "attached" });
  await picture(page, "link-mismatch");
  expect(await bars()).toEqual(before);
  await page.getByRole("button", { name: "Reload to build second-b" }).click();
  await linkIs(page, "live");
  await seat.close();
});
