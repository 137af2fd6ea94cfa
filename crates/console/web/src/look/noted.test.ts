// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { NoteSchema, type NotedChange } from "../contract/kezek/record/v1/note_pb";
import { speak } from "../words/words";
import { notedText } from "./noted";

const said = (change: NotedChange["change"], text = ""): string => notedText(create(NoteSchema, { text, changes: [{ change }] }), undefined);
const point = (latitude: number) => ({ position: { latitude, longitude: 74.6 } });

test("a change is told in the language of whoever reads it", async () => {
  const priority = { case: "priority", value: { from: 3, to: 1 } } as NotedChange["change"];
  await speak("en");
  expect(said(priority, "he is armed")).toBe("priority: 3 → 1: he is armed");
  await speak("ru");
  expect(said(priority)).toBe("приоритет: 3 → 1");
  expect(said({ case: "reopened", value: {} } as NotedChange["change"], "вернулся")).toBe("открыто снова: вернулся");
});

test("a type that was not known is told so", async () => {
  await speak("ru");
  const change = { case: "incidentType", value: { fromIncidentTypeId: "", toIncidentTypeId: "theft" } } as NotedChange["change"];
  expect(said(change)).toBe("вид: вид не известен → theft");
});

test("a place that is called as before is told with its points", async () => {
  await speak("en");
  const place = (from: object, to: object) => said({ case: "place", value: { from, to } } as NotedChange["change"]);
  expect(place({ address: "Chuy 114" }, { address: "Kiev 1" })).toBe("place: Chuy 114 → Kiev 1");
  expect(place({ address: "Chuy 114" }, { address: "Chuy 114", ...point(42.8) })).toBe("place: Chuy 114 → Chuy 114 (42.80000, 74.60000)");
  expect(place(point(42.8), point(42.9))).toBe("place: 42.80000, 74.60000 → 42.90000, 74.60000");
});

test("a note that may not be read says nothing", async () => {
  expect(notedText(create(NoteSchema, {}), undefined)).toBe("");
});
