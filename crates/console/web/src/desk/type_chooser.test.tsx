// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { signal } from "@preact/signals";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { DirectorySchema } from "../contract/kezek/directory/v1/directory_pb";
import { Places } from "../places/places";
import { press, settled, show, stage, write } from "../testing/surroundings";
import { speak } from "../words/words";
import { desk as deskWords } from "../words/en/desk";
import { common } from "../words/en/common";
import { CallCard } from "./call_card";
import { Cards } from "./cards";
import { DeskProvider, deskState, type DeskState } from "./state";

const TYPES = [
  { incidentTypeId: "armed-robbery", title: { byLanguage: { en: "Armed robbery", ru: "Разбой" } }, priority: 1 },
  { incidentTypeId: "fight", title: { byLanguage: { en: "Fight", ru: "Драка" } }, priority: 2 },
  { incidentTypeId: "robbery", title: { byLanguage: { en: "Robbery", ru: "Грабёж" } }, priority: 3 },
];
const PLACES = new Places(create(DirectorySchema, { centreId: "bishkek", incidentTypes: TYPES, untyped: { title: { byLanguage: { en: "Not known" } }, priority: 4 } }));

beforeAll(() => speak("en"));
beforeEach(() => localStorage.clear());

const taking = { isTaking: () => false, refused: () => undefined, answer: async () => undefined, answered: () => false, notAnswered: () => undefined, take: async () => undefined };

async function card(): Promise<{ readonly desk: DeskState; readonly type: HTMLInputElement; priority(): string }> {
  const on = stage(() => undefined);
  const desk = deskState(new Cards(on.console.session, () => 0));
  const root = await show({ ...on, console: { ...on.console, places: signal(PLACES) } }, <DeskProvider value={desk}><CallCard taking={taking} handled={undefined} onHandled={() => undefined} /></DeskProvider>);
  const type = root.querySelector<HTMLInputElement>("#card-type");
  if (type === null) throw new Error("the card has no field for the type");
  const field = [...root.querySelectorAll("label")].find((one) => one.textContent?.startsWith(common.priority));
  return { desk, type, priority: () => field?.querySelector("option")?.textContent ?? "" };
}

const says = (priority: number): string => `${priority} ${deskWords.card.asType}`;

test("what is typed whole is what is taken, whatever stands above it in the tree", async () => {
  const { desk, type } = await card();
  type.focus();
  await write(type, "robbery");
  type.blur();
  expect(desk.cards.front.value.typeId).toBe("robbery");
});

test("Enter takes the type and goes on to the next field: what is typed next does not change it", async () => {
  const { desk, type } = await card();
  type.focus();
  await write(type, "fig");
  await press(type, "Enter");
  expect([desk.cards.front.value.typeId, type.value]).toEqual(["fight", "Fight"]);
  expect(document.activeElement?.id).toBe("card-landmark");
});

test("card and priority follow what is typed before anybody leaves the field, and Escape takes it back", async () => {
  const { desk, type, priority } = await card();
  expect(priority()).toBe(says(4));
  type.focus();
  await write(type, "fight");
  await press(type, "Enter");
  type.focus();
  await write(type, "Fightthree of them");
  expect([desk.cards.front.value.typeId, desk.cards.front.value.typeText, priority()]).toEqual(["", "Fightthree of them", says(4)]);
  await press(type, "Escape");
  expect([desk.cards.front.value.typeId, priority()]).toEqual(["fight", says(2)]);
});

test("a list that was only opened changes nothing, nor does Enter in an emptied field choose the first of them", async () => {
  const { desk, type } = await card();
  const chosen = (): string => desk.cards.front.value.typeId;
  type.focus();
  await write(type, "fight");
  await press(type, "Enter");
  type.focus();
  await press(type, "ArrowDown");
  type.blur();
  await settled();
  expect(chosen()).toBe("fight");
  type.focus();
  await press(type, "ArrowDown");
  await press(type, "ArrowDown");
  expect(chosen()).toBe("armed-robbery");
  await write(type, "");
  await press(type, "Enter");
  expect(chosen()).toBe("");
});
