import { expect, test } from "vitest";
import { pointOf, pointText } from "./coordinates";

test("a point is read as people paste, type and say it", () => {
  const point = { latitude: 42.87, longitude: 74.59 };
  for (const text of ["42.87, 74.59", "42.87,74.59", "42.87 74.59", " 42,87 74,59 ", "42,87; 74,59", "42,87, 74,59", "42.87° N, 74.59° E", "N42.87 E74.59"]) {
    expect(pointOf(text), text).toEqual(point);
  }
});

test("nothing typed is no point, and what is none is said to be odd and not guessed", () => {
  expect(pointOf("  ")).toBeUndefined();
  for (const text of ["42.87", "42.87, 74.59, 3", "95, 74.59", "42.87, 190", "Чуй 155", "42.87, дом 5"]) expect(pointOf(text), text).toBe("odd");
});

test("a point that is shown is read back as the same place", () => {
  const point = { latitude: 42.88501434, longitude: -74.5545151 };
  const again = pointOf(pointText(point));
  if (again === undefined || again === "odd") throw new Error("it is a point");
  expect(Math.abs(again.latitude - point.latitude)).toBeLessThan(0.00001);
  expect(Math.abs(again.longitude - point.longitude)).toBeLessThan(0.00001);
});
