import { describe, expect, it } from "vitest";
import { around, fitted, panned, pixels, project, resized, unproject, zoomed, ZOOM_MAX, ZOOM_MIN, type View } from "./view";

const BISHKEK = { latitude: 42.8746, longitude: 74.5698 };
const view: View = { centre: BISHKEK, zoom: 12, width: 800, height: 600 };

describe("a view", () => {
  it("has its centre in the middle", () => {
    expect(project(view, BISHKEK)).toEqual({ x: 400, y: 300 });
  });

  it("has north above and east on the right", () => {
    const { x, y } = project(view, { latitude: 42.9, longitude: 74.6 });
    expect(x).toBeGreaterThan(400);
    expect(y).toBeLessThan(300);
  });

  it("finds the place under the point where it drew it", () => {
    const place = { latitude: 42.8123, longitude: 74.6321 };
    const found = unproject(view, project(view, place));
    expect(found.latitude).toBeCloseTo(place.latitude, 9);
    expect(found.longitude).toBeCloseTo(place.longitude, 9);
  });

  it("lets the ground follow the hand", () => {
    const place = unproject(view, { x: 100, y: 100 });
    const after = project(panned(view, { x: 30, y: -20 }), place);
    expect(after.x).toBeCloseTo(130, 6);
    expect(after.y).toBeCloseTo(80, 6);
  });

  it("keeps the place under the hand while it comes nearer", () => {
    const under = { x: 700, y: 50 };
    const place = unproject(view, under);
    const after = project(zoomed(view, 2.5, under), place);
    expect(after.x).toBeCloseTo(under.x, 6);
    expect(after.y).toBeCloseTo(under.y, 6);
  });

  it("goes no nearer than a courtyard and no farther than a country", () => {
    expect(zoomed(view, 100).zoom).toBe(ZOOM_MAX);
    expect(zoomed(view, -100).zoom).toBe(ZOOM_MIN);
  });

  it("keeps its middle on another size", () => {
    expect(resized(view, 640, 480)).toEqual({ ...view, width: 640, height: 480 });
    expect(resized(view, 800, 600)).toBe(view);
  });

  it("holds all that it is fitted to, and hardly more", () => {
    const bounds = { south: 42.785, west: 74.465, north: 42.973, east: 74.72 };
    const whole = fitted(bounds, 800, 600, 20);
    const [corner, other] = [project(whole, { latitude: bounds.north, longitude: bounds.west }), project(whole, { latitude: bounds.south, longitude: bounds.east })];
    expect(Math.min(corner.x, corner.y)).toBeGreaterThanOrEqual(19.999);
    expect(other.x).toBeLessThanOrEqual(780.001);
    expect(other.y).toBeLessThanOrEqual(580.001);
    expect(Math.min(corner.x, corner.y)).toBeCloseTo(20, 3);
  });

  it("is not lost over a single place", () => {
    const one = fitted({ south: 42.8, west: 74.5, north: 42.8, east: 74.5 }, 800, 600);
    expect(one.zoom).toBeLessThanOrEqual(ZOOM_MAX);
    expect(one.centre.latitude).toBeCloseTo(42.8, 6);
  });
});

it("measures the ground in pixels as the earth is wide", () => {
  // at 42.87 degrees and zoom 12 a pixel of a 512-pixel tile is 14.0 m
  expect(1_000 / pixels(view, 1_000, BISHKEK)).toBeCloseTo(14.0, 1);
});

it("finds the corners of many places, and none of none", () => {
  expect(around([{ latitude: 1, longitude: 9 }, { latitude: 3, longitude: 4 }])).toEqual({ south: 1, west: 4, north: 3, east: 9 });
  expect(around([])).toBeUndefined();
});
