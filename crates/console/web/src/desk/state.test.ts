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
