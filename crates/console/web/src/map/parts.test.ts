// The map's smaller parts: what is pointed at, where words find room, how keys move, what an archive of streets says of itself.
import { describe, expect, it } from "vitest";
import { described, style } from "./basemap";
import type { IncidentMark, Land, Scene, UnitMark } from "./features";
import { next, REACH, under } from "./hit";
import { Room } from "./labels";
import { MapModel } from "./model";
import { write } from "./outlines";
import type { Palette } from "./palette";
import { ofKind, ofPriority, path } from "./shapes";
import { project, unproject, type View } from "./view";

const view: View = { centre: { latitude: 42.87, longitude: 74.6 }, zoom: 12, width: 800, height: 600 };

function incident(id: string, x: number, y: number): IncidentMark {
  return { id, number: id, type: "", district: "", priority: 2, queued: true, at: unproject(view, { x, y }), uncertaintyM: undefined };
}

function unit(id: string, x: number, y: number): UnitMark {
  return { id, callsign: id, kind: "", shape: 0, doing: "available", at: unproject(view, { x, y }), measuredAt: 0, step: 0, uncertaintyM: undefined, incidentId: undefined };
}

function scene(incidents: IncidentMark[], units: UnitMark[] = []): Scene {
  return { incidents, units, unitsNowhere: 0, incidentsNowhere: 0, selected: undefined, sent: [] };
}

describe("pointing", () => {
  it("means the nearest within reach, and incidents before units", () => {
    const shown = scene([incident("a", 100, 100), incident("b", 112, 100)], [unit("u", 108, 100), unit("v", 300, 300)]);
    const station = { id: "s", title: "S", at: unproject(view, { x: 300, y: 310 }) };
    const at = (x: number, y: number) => under(view, shown, [station], { x, y })?.mark.id;
    expect(at(109, 100)).toBe("b");
    expect(at(101, 100)).toBe("a");
    expect(at(300, 309)).toBe("v");
    expect(at(300, 310 + REACH + 1)).toBeUndefined();
    expect(at(300, 310 + REACH - 1)).toBe("s");
  });

  it("means the one drawn on top where several are at one place", () => {
    expect(under(view, scene([incident("calm", 50, 50), incident("urgent", 50, 50)]), [], { x: 50, y: 50 })?.mark.id).toBe("urgent");
  });

  it("goes through the incidents from the most urgent on, and around", () => {
    const incidents = [incident("third", 0, 0), incident("second", 0, 0), incident("first", 0, 0)];
    const order = [undefined, "first", "second", "third", "gone"].map((after) => next(incidents, after)?.id);
    expect(order).toEqual(["first", "second", "third", "first", "first"]);
    expect(next([], undefined)).toBeUndefined();
  });
});

describe("room for words", () => {
  it("is given once, and never over a mark or outside of the map", () => {
    const room = new Room(200, 100);
    room.take({ x: 100, y: 50, width: 10, height: 10 });
    expect(room.ask({ x: 60, y: 50, width: 60, height: 10 })).toBe(false);
    expect(room.ask({ x: 10, y: 10, width: 40, height: 12 })).toBe(true);
    expect(room.ask({ x: 40, y: 15, width: 40, height: 12 })).toBe(false);
    expect(room.ask({ x: 180, y: 10, width: 40, height: 12 })).toBe(false);
    expect(room.ask({ x: -5, y: 70, width: 40, height: 12 })).toBe(false);
  });
});

describe("the view of a map", () => {
  const bounds = { south: 42.78, west: 74.46, north: 42.97, east: 74.72 };
  function model(): MapModel {
    const made = new MapModel();
    made.sized(800, 600);
    made.covers(bounds);
    return made;
  }

  it("is fitted until a person moves it, and never after", () => {
    const made = model();
    const whole = made.view.value;
    expect(whole).toBeDefined();
    made.sized(400, 300);
    expect(made.view.value?.zoom).toBeLessThan(whole?.zoom ?? 0);
    made.pan({ x: 10, y: 10 });
    const own = made.view.value;
    made.covers({ ...bounds, north: 43.5 });
    expect(made.view.value).toBe(own);
    made.sized(500, 300);
    expect(made.view.value?.centre).toEqual(own?.centre);
    made.fit();
    expect(made.moved.value).toBe(false);
    expect(made.view.value?.centre).not.toEqual(own?.centre);
  });

  it("has no size before the page gives it one", () => {
    const made = new MapModel();
    made.covers(bounds);
    expect(made.view.value).toBeUndefined();
    made.sized(0, 0);
    expect(made.view.value).toBeUndefined();
  });

  it("is moved by keys: the crosshair first, the ground at its edge", () => {
    const made = model();
    expect(made.key("ArrowLeft", false)).toBe(true);
    expect(made.crosshair.value).toEqual({ x: 388, y: 300 });
    expect(made.moved.value).toBe(false);
    for (let step = 0; step < 5; step += 1) made.key("ArrowLeft", true);
    expect(made.crosshair.value?.x).toBe(32);
    expect(made.moved.value).toBe(true);
    const zoom = made.view.value?.zoom ?? 0;
    made.key("PageUp", false);
    expect(made.view.value?.zoom).toBe(zoom + 0.5);
    expect(made.key("KeyQ", false)).toBe(false);
    made.aside();
    expect(made.crosshair.value).toBeUndefined();
  });

  it("keeps the crosshair on its place when the map gets another size", () => {
    const made = model();
    made.aimAt({ latitude: 42.9, longitude: 74.5 });
    made.sized(500, 200);
    const [shown, aim] = [made.view.value, made.crosshair.value];
    const place = shown === undefined || aim === undefined ? undefined : unproject(shown, aim);
    expect(place?.latitude).toBeCloseTo(42.9, 6);
    expect(place?.longitude).toBeCloseTo(74.5, 6);
  });

  it("brings a place into sight only if it is out of it", () => {
    const made = model();
    const before = made.view.value;
    made.aimAt({ latitude: 42.88, longitude: 74.6 });
    expect(made.view.value).toBe(before);
    made.aimAt({ latitude: 45, longitude: 80 });
    expect(made.view.value?.centre).toEqual({ latitude: 45, longitude: 80 });
    expect(made.crosshair.value).toEqual({ x: 400, y: 300 });
  });
});

describe("shapes", () => {
  it("differ between all priorities and the first kinds of unit", () => {
    const drawn = [...[1, 2, 5].map((of) => path(ofPriority(of), 10)), ...Array.from({ length: 8 }, (_, index) => path(ofKind(index), 10))];
    expect(new Set(drawn).size).toBe(drawn.length);
    expect(ofKind(8)).toBe(ofKind(0));
  });
});

describe("outlines", () => {
  it("are written once around a place, fine enough for a doorstep", () => {
    const points = [{ latitude: 42.8, longitude: 74.5 }, { latitude: 42.80001, longitude: 74.5 }, { latitude: 42.9, longitude: 74.6 }];
    const land = { districts: [{ id: "d", title: "", outlines: [{ rings: [{ points }] }], at: { latitude: 42.85, longitude: 74.55 } }], stations: [], bounds: undefined } as unknown as Land;
    const [first] = write(land).paths;
    const [one, other] = (first?.path ?? "").slice(1).split("L");
    // a metre apart, and still two points
    expect(one).not.toBe(other);
    expect(project(view, land.districts[0]?.at ?? view.centre).x).toBeLessThan(400);
  });
});

describe("streets", () => {
  const palette: Palette = { ground: "#111", panel: "#222", text: "#eee", muted: "#999", line: "#555", focus: "#fff", priorities: [] };
  const bare: Land = { districts: [], stations: [], bounds: undefined };

  it("say their layers and whom they are by, without markup", () => {
    const found = described("u", { vector_layers: [{ id: "roads" }, { id: "water" }, {}], attribution: '<a href="x">© OpenStreetMap</a>' });
    expect(found).toEqual({ url: "u", layers: ["roads", "water"], attribution: "© OpenStreetMap" });
    expect(described("u", undefined)).toEqual({ url: "u", layers: [], attribution: "" });
    expect(described("u", { vector_layers: "no" }).layers).toEqual([]);
  });

  it("draw the layers that are there and known, below the districts, and no words", () => {
    const drawn = style({ url: "u", layers: ["roads", "water", "secrets", "places"], attribution: "" }, bare, palette).layers;
    const named = drawn.flatMap((layer) => ("source-layer" in layer && layer["source-layer"] !== undefined ? [layer["source-layer"]] : []));
    expect(new Set(named)).toEqual(new Set(["roads", "water"]));
    expect(drawn.at(-1)?.id).toBe("district-outline");
    expect(drawn.some(({ type }) => type === "symbol")).toBe(false);
  });
});
