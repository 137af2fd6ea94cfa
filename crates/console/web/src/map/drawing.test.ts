// What is written on the sheet: a district's title is there however busy the district is, and never under the buttons.
import { expect, test } from "vitest";
import { draw } from "./drawing";
import type { DistrictMark, UnitMark } from "./features";
import type { Palette } from "./palette";
import type { Stamps } from "./stamps";
import { unproject, type View } from "./view";

const view: View = { centre: { latitude: 42.87, longitude: 74.6 }, zoom: 12, width: 800, height: 600 };
const LETTER = 8;

/** What was done to the sheet, in order: words with where they stand, and marks. */
function drawn(districts: readonly DistrictMark[], units: readonly UnitMark[]): { what: string; x: number; y: number }[] {
  const done: { what: string; x: number; y: number }[] = [];
  const methods: Readonly<Record<string, unknown>> = {
    measureText: (text: string) => ({ width: text.length * LETTER }),
    fillText: (what: string, x: number, y: number) => done.push({ what, x, y }),
  };
  const context = new Proxy({}, { get: (_, name) => methods[String(name)] ?? (() => undefined), set: () => true }) as CanvasRenderingContext2D;
  const stamps = { palette: {} as Palette, unit: (_: unknown, mark: UnitMark) => done.push({ what: `mark ${mark.id}`, x: 0, y: 0 }), incident: () => undefined } as unknown as Stamps;
  const scene = { incidents: [], units, unitsNowhere: 0, incidentsNowhere: 0, selected: undefined, sent: [] };
  draw(context, { view, land: { districts, stations: [], bounds: undefined }, scene, stamps, crosshair: undefined, marked: undefined, age: () => "" });
  return done;
}

const district = (title: string, x: number, y: number): DistrictMark => ({ id: title, title, short: title.split(" ")[0] ?? "", outlines: [], at: unproject(view, { x, y }) });

function unit(id: string, x: number, y: number): UnitMark {
  return { id, callsign: id, kind: "", shape: 0, doing: "available", at: unproject(view, { x, y }), measuredAt: 0, step: 0, uncertaintyM: undefined, incidentId: undefined };
}

test("a district so busy that its title finds no room has it all the same, under the marks", () => {
  const crowd = Array.from({ length: 1_200 }, (_, index) => unit(`u${index}`, (index % 40) * 20, Math.floor(index / 40) * 20));
  const done = drawn([district("Leninsky", 400, 300)], crowd);
  const title = done.findIndex(({ what }) => what === "Leninsky");
  expect(done[title]?.y).toBeCloseTo(300, 0);
  expect(title).toBeLessThan(done.findIndex(({ what }) => what.startsWith("mark")));
});

test("a title gets the room before the callsigns of units do", () => {
  const names = drawn([district("Leninsky", 400, 300)], [unit("21", 330, 300)]).map(({ what }) => what);
  expect(names).toEqual(["Leninsky", "mark 21", "21"]);
});

test("titles that would stand on each other are all short, and one that even so finds no room is not written", () => {
  const close = [district("Leninsky District", 360, 300), district("Oktyabrsky District", 440, 300), district("Sverdlovsky District", 400, 500)];
  const names = drawn(close, []);
  expect(names.map(({ what }) => what)).toEqual(["Leninsky", "Oktyabrsky", "Sverdlovsky"]);
  expect(new Set(names.map(({ x, y }) => `${x} ${y}`)).size).toBe(3);
  const apart = [district("Leninsky District", 200, 300), district("Oktyabrsky District", 600, 300)];
  expect(drawn(apart, []).map(({ what }) => what)).toEqual(["Leninsky District", "Oktyabrsky District"]);
  const crowd = Array.from({ length: 1_200 }, (_, index) => unit(`u${index}`, (index % 40) * 20, Math.floor(index / 40) * 20));
  const heap = Array.from({ length: 5 }, (_, index) => district(`Leninsky${index}`, 400, 300));
  expect(drawn(heap, crowd).filter(({ what }) => what.startsWith("Leninsky"))).toHaveLength(3);
});

test("no title stands under the buttons or beyond the edge", () => {
  const [buttons] = drawn([district("Oktyabrsky", 720, 20)], []);
  expect(buttons?.y).toBeGreaterThan(40 + LETTER);
  const [edge] = drawn([district("Oktyabrsky", 795, 300)], []);
  expect(edge?.x).toBeLessThanOrEqual(800 - "Oktyabrsky".length * LETTER);
  expect(drawn([district("Elsewhere", 900, 300)], [])).toEqual([]);
});
