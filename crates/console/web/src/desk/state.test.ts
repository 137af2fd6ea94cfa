// @vitest-environment happy-dom
import { expect, test } from "vitest";
import type { Session } from "../session/session";
import { Cards } from "./cards";
import { deskState } from "./state";

const session: Session = { token: "t", name: "aigul", role: "operator", centre: "bishkek", desk: "3", endsAt: 3_600_000 };
const desk = () => deskState(new Cards(session, () => 0));

test("an incident that was asked for is not hidden behind the map, even if it was selected before", () => {
  const here = desk();
  here.mapShown.value = true;
  here.view("i-60");
  expect([here.selected.value, here.mapShown.value]).toEqual(["i-60", false]);
  here.mapShown.value = true;
  here.view("i-60");
  expect(here.mapShown.value).toBe(false);
});

test("an incident that is chosen on the map leaves the map there", () => {
  const here = desk();
  here.mapShown.value = true;
  here.select("i-61");
  expect(here.mapShown.value).toBe(true);
});

test("an action that is done gives the keyboard back where it began, and takes it from nobody who went on elsewhere", () => {
  document.body.innerHTML = `<button id="began"></button><form class="action"><input id="typed"></form><div id="detail" tabindex="-1"></div>`;
  const focus = (id: string): void => document.getElementById(id)?.focus();
  const here = desk();
  focus("began");
  here.begin({ what: "note" });
  focus("typed");
  here.done();
  expect(document.activeElement?.id).toBe("began");

  here.begin({ what: "note" });
  focus("typed");
  focus("detail");
  here.done();
  expect([document.activeElement?.id, here.action.value]).toEqual(["detail", undefined]);
});

test("where the key that began it is gone with what it said, the next key of the same line has the keyboard", () => {
  document.body.innerHTML = `<div id="detail" tabindex="-1"><span class="buttons"><button id="began"></button><button id="next"></button></span><form class="action"><input id="typed"></form></div>`;
  const here = desk();
  document.getElementById("began")?.focus();
  here.begin({ what: "note" });
  document.getElementById("typed")?.focus();
  document.getElementById("began")?.remove();
  here.done();
  expect(document.activeElement?.id).toBe("next");
});
