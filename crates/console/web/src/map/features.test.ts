import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { DirectorySchema, OutlineSchema } from "../contract/kezek/directory/v1/directory_pb";
import { IncidentSchema, type Incident } from "../contract/kezek/record/v1/incident_pb";
import { RunSchema } from "../contract/kezek/record/v1/run_pb";
import { UnitPositionSchema, UnitSchema } from "../contract/kezek/record/v1/unit_pb";
import { Picture } from "../picture/picture";
import { Places } from "../places/places";
import { FADING_MS, STRENGTH, fading, land, scene, shortened, titlePlace, type Wanted } from "./features";

const NOW = 1_000_000_000;

function square(west: number, south: number, side: number) {
  const points = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    .map(([longitude, latitude]) => ({ longitude: longitude ?? 0, latitude: latitude ?? 0 }));
  return create(OutlineSchema, { rings: [{ points }] });
}

const places = new Places(create(DirectorySchema, {
  districts: [
    { districtId: "north", title: { byLanguage: { en: "North" } }, stationId: "first", outlines: [square(74, 43, 1)] },
    { districtId: "south", title: { byLanguage: { en: "South" } }, stationId: "second", outlines: [square(74, 42, 1)] },
  ],
  stations: [
    { stationId: "first", title: { byLanguage: { en: "First" } }, position: { latitude: 43.5, longitude: 74.5 } },
    { stationId: "first-post", title: { byLanguage: { en: "Post" } }, position: { latitude: 43.6, longitude: 74.6 }, parentStationId: "first" },
    { stationId: "second", title: { byLanguage: { en: "Second" } } },
  ],
  unitKinds: [{ unitKindId: "dog" }, { unitKindId: "patrol" }],
  units: [
    { unitId: "u1", callsign: "11", unitKindId: "patrol", stationId: "first" },
    { unitId: "u2", callsign: "12", unitKindId: "dog", stationId: "second" },
    { unitId: "u3", callsign: "13", unitKindId: "patrol", stationId: "first-post" },
    { unitId: "u4", callsign: "14", unitKindId: "patrol", stationId: "first" },
  ],
}));

function incident(incidentId: string, priority: number, of: Partial<Incident> = {}): Incident {
  return create(IncidentSchema, {
    incidentId, priority, spokenNumber: incidentId, queued: true, createdAt: timestampFromMs(NOW - 60_000), districtId: "north", stationId: "first",
    state: { state: { case: "open", value: {} } }, location: { position: { latitude: 43.2, longitude: 74.2 }, uncertaintyM: 80 }, ...of,
  } as Parameters<typeof create<typeof IncidentSchema>>[1]);
}

function picture(): Picture {
  const found = new Picture();
  found.units.set("u1", create(UnitSchema, { unitId: "u1", state: { state: { case: "assigned", value: { runId: "r1" } } } }));
  found.units.set("u2", create(UnitSchema, { unitId: "u2", state: { state: { case: "available", value: {} } } }));
  found.units.set("u3", create(UnitSchema, { unitId: "u3", state: { state: { case: "outOfService", value: { reason: "repair" } } } }));
  found.units.set("u4", create(UnitSchema, { unitId: "u4", state: { state: { case: "signedOff", value: {} } } }));
  found.runs.set("r1", create(RunSchema, { runId: "r1", incidentId: "7", unitId: "u1" }));
  for (const [unitId, age] of [["u1", 10_000], ["u2", 700_000], ["u4", 1_000]] as const) {
    found.positions.set(unitId, create(UnitPositionSchema, { unitId, position: { latitude: 43.1, longitude: 74.1 }, measuredAt: timestampFromMs(NOW - age), uncertaintyM: 30 }));
  }
  found.incidents.set("7", incident("7", 3));
  found.incidents.set("8", incident("8", 1, { stationId: "second", districtId: "south" }));
  found.incidents.set("9", incident("9", 2, { location: undefined as never }));
  found.incidents.set("10", incident("10", 1, { state: { state: { case: "closed", value: {} } } as never }));
  return found;
}

function wanted(of: Partial<Wanted> = {}): Wanted {
  return { picture: picture(), places, language: "en", now: NOW, ...of };
}

describe("fading", () => {
  it("goes in steps, and the second is as long as the centre calls a position fresh", () => {
    expect([0, 30_000, 30_001, 120_000, 120_001, 600_001].map(fading)).toEqual([0, 0, 1, 1, 2, 3]);
    expect(FADING_MS[1]).toBe(120_000);
  });

  it("has a strength for every step, each weaker than the one before and none invisible", () => {
    expect(STRENGTH).toHaveLength(FADING_MS.length + 1);
    STRENGTH.forEach((strength, step) => expect(strength).toBeLessThan(STRENGTH[step - 1] ?? 1.1));
    expect(Math.min(...STRENGTH)).toBeGreaterThan(0.3);
  });
});

describe("units", () => {
  it("stand where they were measured, as old as that is, and are counted where nobody measured them", () => {
    const { units, unitsNowhere } = scene(wanted());
    expect(units.map(({ callsign, doing, step, shape }) => [callsign, doing, step, shape])).toEqual([["11", "assigned", 0, 1], ["12", "available", 3, 0]]);
    expect(units[0]).toMatchObject({ at: { latitude: 43.1, longitude: 74.1 }, uncertaintyM: 30, measuredAt: NOW - 10_000 });
    expect(unitsNowhere).toBe(1);
  });

  it("of nobody on duty are neither drawn nor counted", () => {
    expect(scene(wanted()).units.some(({ id }) => id === "u4")).toBe(false);
  });

  it("fade by the moment that is shown", () => {
    expect(scene(wanted({ now: NOW + 300_000 })).units.map(({ step }) => step)).toEqual([2, 3]);
  });
});

describe("incidents", () => {
  it("come with the most urgent last, without those that are over or have no place, which are counted", () => {
    const { incidents, incidentsNowhere } = scene(wanted());
    expect(incidents.map(({ id }) => id)).toEqual(["7", "8"]);
    expect(incidentsNowhere).toBe(1);
    expect(incidents[0]).toMatchObject({ number: "7", district: "North", queued: true, uncertaintyM: 80 });
  });

  it("that is selected has lines to the units that are sent to it", () => {
    const found = scene(wanted({ selected: "7" }));
    expect(found.selected?.id).toBe("7");
    expect(found.sent.map(({ id }) => id)).toEqual(["u1"]);
    expect(scene(wanted({ selected: "9" })).selected).toBeUndefined();
    expect(scene(wanted()).sent).toEqual([]);
  });
});

describe("a station's map", () => {
  it("shows its own units, those of the stations under it, and its incidents", () => {
    const found = scene(wanted({ station: "first" }));
    expect(found.units.map(({ id }) => id)).toEqual(["u1"]);
    expect(found.unitsNowhere).toBe(1);
    expect(found.incidents.map(({ id }) => id)).toEqual(["7"]);
  });

  it("shows its district, and for a post that of the station above it", () => {
    expect(land(places, "en", "first").districts.map(({ id }) => id)).toEqual(["north"]);
    expect(land(places, "en", "first-post").districts.map(({ id }) => id)).toEqual(["north"]);
    expect(land(places, "en", "first").stations.map(({ id }) => id)).toEqual(["first", "first-post"]);
  });
});

describe("the land", () => {
  it("calls districts shortly by what tells them apart", () => {
    const short = (...titles: string[]): string[] => titles.map(shortened(titles));
    expect(short("Leninsky District", "Oktyabrsky District")).toEqual(["Leninsky", "Oktyabrsky"]);
    expect(short("район Ленинский", "район Первомайский")).toEqual(["Ленинский", "Первомайский"]);
    expect(short("Old Town", "Town")).toEqual(["Old Town", "Town"]);
    expect(short("Leninsky District")).toEqual(["Leninsky District"]);
    expect(short("Centre", "Centre")).toEqual(["Centre", "Centre"]);
  });

  it("has titles, stations with a place, and the bounds of all outlines", () => {
    const found = land(places, "en");
    expect(found.districts.map(({ title }) => title)).toEqual(["North", "South"]);
    expect(found.stations.map(({ title }) => title)).toEqual(["First", "Post"]);
    expect(found.bounds).toEqual({ south: 42, west: 74, north: 44, east: 75 });
  });

  it("has the bounds of the stations where no district is drawn, and none where nothing is", () => {
    const bare = new Places(create(DirectorySchema, { stations: [{ stationId: "only", position: { latitude: 40, longitude: 70 } }] }));
    expect(land(bare, "en").bounds).toEqual({ south: 40, west: 70, north: 40, east: 70 });
    expect(land(new Places(create(DirectorySchema, {})), "en").bounds).toBeUndefined();
  });

  it("puts a title into the middle of the largest part", () => {
    const place = titlePlace([square(10, 10, 1), square(20, 20, 4)]);
    expect(place?.longitude).toBeCloseTo(22, 9);
    expect(place?.latitude).toBeCloseTo(22, 9);
    expect(titlePlace([])).toBeUndefined();
  });
});
