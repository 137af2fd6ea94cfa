// What part of the earth a map shows, and where on it a place comes to lie: Web Mercator, as tiles have it.
//
// The view is the map's own. The ground under it, whatever draws it, follows; so both grounds are moved by the same hands and nothing but a
// person moves them.
import type { Position } from "../contract/kezek/record/v1/location_pb";

/** A place, as plain numbers. */
export type Place = Pick<Position, "latitude" | "longitude">;

/** A point on the screen, in CSS pixels from the top left corner of the map. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A part of the earth on a rectangle of the screen. */
export interface View {
  readonly centre: Place;
  /** 0: the whole earth is `TILE` wide; each further step doubles it. */
  readonly zoom: number;
  readonly width: number;
  readonly height: number;
}

/** South-west and north-east corners. */
export interface Bounds {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
}

/** Pixels of the whole earth at zoom 0, as vector tiles count them. */
export const TILE = 512;
/** A country at a glance. */
export const ZOOM_MIN = 3;
/** A courtyard. */
export const ZOOM_MAX = 19;
/** One press of a zoom key or button. */
export const ZOOM_STEP = 0.5;

/** Where Web Mercator ends. */
const LATITUDE_MAX = 85.051129;

/** A place on the unit square: 0 to 1 from west to east and from north to south. */
export function onSquare({ latitude, longitude }: Place): Point {
  const bounded = Math.max(-LATITUDE_MAX, Math.min(LATITUDE_MAX, latitude));
  const radians = (bounded * Math.PI) / 180;
  return { x: (longitude + 180) / 360, y: 0.5 - Math.log(Math.tan(Math.PI / 4 + radians / 2)) / (2 * Math.PI) };
}

function offSquare({ x, y }: Point): Place {
  const latitude = (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
  return { latitude, longitude: x * 360 - 180 };
}

/** Pixels that the unit square's side takes. */
export function scale(view: Pick<View, "zoom">): number {
  return TILE * 2 ** view.zoom;
}

/** Where a place lies on the screen; possibly outside of the map. */
export function project(view: View, place: Place): Point {
  const [side, centre, at] = [scale(view), onSquare(view.centre), onSquare(place)];
  return { x: (at.x - centre.x) * side + view.width / 2, y: (at.y - centre.y) * side + view.height / 2 };
}

/** The place under a point of the screen. */
export function unproject(view: View, point: Point): Place {
  const [side, centre] = [scale(view), onSquare(view.centre)];
  return offSquare({ x: centre.x + (point.x - view.width / 2) / side, y: centre.y + (point.y - view.height / 2) / side });
}

/** Moves what is shown by so many pixels: the ground follows the hand. */
export function panned(view: View, by: Point): View {
  return { ...view, centre: unproject(view, { x: view.width / 2 - by.x, y: view.height / 2 - by.y }) };
}

/** Comes nearer (positive) or goes farther, while the place under a point stays under it. */
export function zoomed(view: View, by: number, under: Point = { x: view.width / 2, y: view.height / 2 }): View {
  const zoom = Math.max(ZOOM_MIN, Math.min(ZOOM_MAX, view.zoom + by));
  const kept = unproject(view, under);
  const nearer = { ...view, zoom };
  const now = project(nearer, kept);
  return panned(nearer, { x: under.x - now.x, y: under.y - now.y });
}

/** The same middle on another rectangle. */
export function resized(view: View, width: number, height: number): View {
  return view.width === width && view.height === height ? view : { ...view, width, height };
}

/** The view that holds all of a part of the earth, with a margin in pixels; a small map has no room to give away. */
export function fitted({ south, west, north, east }: Bounds, width: number, height: number, margin = Math.min(24, height / 24)): View {
  const [top, bottom] = [onSquare({ latitude: north, longitude: west }), onSquare({ latitude: south, longitude: east })];
  const [wide, high] = [Math.max(bottom.x - top.x, 1e-9), Math.max(bottom.y - top.y, 1e-9)];
  const side = Math.min(Math.max(width - 2 * margin, 32) / wide, Math.max(height - 2 * margin, 32) / high);
  const zoom = Math.max(ZOOM_MIN, Math.min(ZOOM_MAX - 3, Math.log2(side / TILE)));
  return { centre: offSquare({ x: (top.x + bottom.x) / 2, y: (top.y + bottom.y) / 2 }), zoom, width, height };
}

/** The smallest part of the earth that holds some places; absent: there is none of them. */
export function around(places: Iterable<Place>): Bounds | undefined {
  let found: Bounds | undefined;
  for (const { latitude, longitude } of places) {
    found = found === undefined
      ? { south: latitude, west: longitude, north: latitude, east: longitude }
      : {
        south: Math.min(found.south, latitude), west: Math.min(found.west, longitude),
        north: Math.max(found.north, latitude), east: Math.max(found.east, longitude),
      };
  }
  return found;
}

/** Circumference of the earth at the equator, in metres. */
const EQUATOR_M = 40_075_016.686;

/** How many pixels a length on the ground takes at a place. */
export function pixels(view: View, metres: number, at: Place): number {
  return (metres * scale(view)) / (EQUATOR_M * Math.cos((at.latitude * Math.PI) / 180));
}
