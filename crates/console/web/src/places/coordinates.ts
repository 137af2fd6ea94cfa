// A point as people read it out or paste it: "42.87, 74.59", "42,87 74,59", "N42.87 E74.59".
import type { Position } from "../contract/kezek/record/v1/location_pb";

/** Latitude and longitude. */
export type Point = Pick<Position, "latitude" | "longitude">;

/** A number with a decimal point or a decimal comma, with a sign or none. */
const NUMBER = /[-+]?\d+(?:[.,]\d+)?/g;

/** The point that a text names. `undefined`: nothing was typed; `"odd"`: what was typed is no point on the earth. */
export function pointOf(text: string): Point | "odd" | undefined {
  const typed = text.trim();
  if (typed === "") return undefined;
  const bare = typed.replace(/[°NnEeСсВв;/]/g, " ").trim();
  // a comma parts the two where it is followed by a space or where the numbers have points of their own; elsewhere it is a decimal one
  const parted = bare.includes(".") ? bare.replaceAll(",", " ") : bare.replace(/,\s+/g, " ");
  if (/[^\d\s.,+-]/.test(parted)) return "odd";
  const numbers = (parted.match(NUMBER) ?? []).map((number) => Number(number.replace(",", ".")));
  const [latitude, longitude] = numbers;
  if (numbers.length !== 2 || latitude === undefined || longitude === undefined) return "odd";
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : "odd";
}

/** A point as it is shown and typed: five digits after the point are about a metre. */
export function pointText({ latitude, longitude }: Point): string {
  return `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
}
