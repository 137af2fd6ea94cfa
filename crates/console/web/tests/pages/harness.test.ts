// The harness itself: a centre that starts, serves a page, is killed and starts again where it was.
import { expect, test } from "vitest";
import { cutOff } from "../harness/audit";
import type { Browser } from "../harness/browser";
import type { Centre } from "../harness/centre";
import { directory, note, signOn, takeCall } from "../harness/people";
import { Relay } from "../harness/relay";
import { scene } from "../harness/scene";
import { IncidentService } from "../../src/contract/kezek/dispatch/v1/incident_service_pb";
import { UnitService } from "../../src/contract/kezek/crew/v1/unit_service_pb";

let centre: Centre;
let browser: Browser;
scene((one, other) => { [centre, browser] = [one, other]; });

test("what was accepted before the power went is there after it", async () => {
  await signOn(centre, ["leninsky-11"]);
  const taken = await takeCall(centre);
  await note(centre, taken.incidentId, "before the cut");
  const { address } = centre;
  await centre.kill();
  await expect(fetch(`${address}/livez`)).rejects.toThrow();
  await centre.restart();
  expect(centre.address).toBe(address);
  const call = await centre.as("operator");
  const { incident } = await call(IncidentService).getIncident({ name: { case: "incidentId", value: taken.incidentId } });
  expect(incident?.noteIds).toHaveLength(1);
  const { unit } = await call(UnitService).getUnit({ unitId: "leninsky-11" });
  expect(unit?.unit?.state?.state.case).toBe("available");
});

test("a wire passes everything, then nothing, then everything again", async () => {
  const wire = await Relay.to(centre.port);
  try {
    expect((await fetch(`${wire.address}/readyz`)).ok).toBe(true);
    wire.silence();
    await expect(fetch(`${wire.address}/readyz`, { signal: AbortSignal.timeout(500) })).rejects.toThrow(/timeout/);
    wire.mend();
    expect((await fetch(`${wire.address}/readyz`)).ok).toBe(true);
    wire.break();
    await expect(fetch(`${wire.address}/readyz`)).rejects.toThrow();
  } finally {
    await wire.stop();
  }
});

test("a page comes to somebody who is not signed in, and asks who it is", async () => {
  const seat = await browser.seat({ address: centre.address });
  const page = await seat.open("/");
  await page.locator("main form").waitFor();
  expect(await directory(centre)).toMatchObject({ centreId: "bishkek" });
  await seat.close();
});

test("text is cut off where a box hides what is too wide or too low for it, and not where it scrolls or is told whole", async () => {
  const seat = await browser.seat({ address: centre.address });
  const page = await seat.open("/");
  await page.locator("main form").waitFor();
  await page.evaluate(() => {
    const box = (name: string, style: string, title = ""): void => {
      const made = document.createElement("div");
      Object.assign(made, { className: name, title, textContent: "one two three four five six seven" });
      made.style.cssText = `width: 60px; line-height: 20px; ${style}`;
      document.body.append(made);
    };
    box("whole", "height: auto; overflow: hidden");
    box("low", "height: 40px; overflow: hidden");
    box("clamped", "height: 40px; overflow: hidden", "one two three four five six seven");
    box("scrolls", "height: 40px; overflow: auto");
    box("wide", "height: 20px; overflow: hidden; white-space: nowrap");
  });
  expect((await cutOff(page)).map((found) => /class="(\w*)"/.exec(found)?.[1])).toEqual(["low", "wide"]);
  await seat.close();
});
