// Where most files of page tests play: at a centre of their own, where nobody is on duty yet, in a browser.
import { afterAll, beforeAll } from "vitest";
import { Browser } from "./browser";
import { Centre } from "./centre";

/** A centre and a browser are there before the first test and gone after the last. `begun` is given both. */
export function scene(begun: (centre: Centre, browser: Browser) => Promise<void> | void): void {
  let centre: Centre | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    centre = await Centre.start();
    browser = await Browser.launch();
    await begun(centre, browser);
  });
  afterAll(async () => {
    await browser?.close();
    await centre?.stop();
  });
}
