import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { IncidentTypeSchema } from "../contract/kezek/directory/v1/directory_pb";
import { choices } from "./types";

function type(incidentTypeId: string, parentIncidentTypeId: string, ru: string, ky: string, en: string) {
  return create(IncidentTypeSchema, { incidentTypeId, parentIncidentTypeId, title: { byLanguage: { ru, ky, en } } });
}

const TYPES = [
  type("armed-robbery", "violence", "Разбой", "Каракчылык", "Armed robbery"),
  type("burglary", "property", "Кража со взломом", "Үйгө кирип уурдоо", "Burglary"),
  type("property", "", "Преступление против собственности", "Мүлккө каршы кылмыш", "Crime against property"),
  type("robbery", "violence", "Грабёж", "Тоноо", "Robbery"),
  type("violence", "", "Преступление против личности", "Адамга каршы зомбулук", "Violence against a person"),
];

const ids = (text: string): string[] => choices(TYPES, text).map((choice) => choice.type.incidentTypeId);

test("without a word the whole tree is offered, groups before what is under them", () => {
  expect(choices(TYPES, "").map((choice) => [choice.type.incidentTypeId, choice.depth])).toEqual([
    ["property", 0], ["burglary", 1], ["violence", 0], ["armed-robbery", 1], ["robbery", 1],
  ]);
});

test("a few letters of a title in any language find it, whatever letters were left out", () => {
  expect(ids("граб")).toEqual(["robbery"]);
  expect(ids("грабеж")).toEqual(["robbery"]);
  expect(ids("burg")).toEqual(["burglary"]);
  expect(ids("уйго")).toEqual(["burglary"]);
  expect(ids("грабёж")).toEqual(["robbery"]);
});

test("a whole title or id comes first, then a title that begins so, then a word that does", () => {
  expect(ids("robbery")).toEqual(["robbery", "armed-robbery"]);
  expect(ids("ROBB")).toEqual(["robbery", "armed-robbery"]);
  expect(ids("armed robbery")).toEqual(["armed-robbery"]);
  expect(ids("prop")).toEqual(["property"]);
  expect(choices([type("b", "", "Стрельба", "", "Shots fired, old"), type("a", "", "", "", "Shots fired")], " shots  fired ").map((one) => one.type.incidentTypeId)).toEqual(["a", "b"]);
});

test("several words must all fit, and a group can be found too", () => {
  expect(ids("arm rob")).toEqual(["armed-robbery"]);
  expect(ids("против личн")).toEqual(["violence"]);
});

test("a word inside a title comes after those that begin with it", () => {
  expect(ids("взлом")).toEqual(["burglary"]);
  expect(ids("обери")).toEqual([]);
  expect(ids("бой")).toEqual(["armed-robbery"]);
});

test("what was typed in the other keyboard layout is read as the keys that were pressed", () => {
  expect(ids("uhf,")).toEqual(["robbery"]);
  expect(ids("игкп")).toEqual(["burglary"]);
});
