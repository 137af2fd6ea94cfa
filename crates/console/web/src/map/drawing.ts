// Draws marks and words on the sheet that lies over the ground of a map.
//
// One sheet for every ground, so that units and incidents look and answer the same whatever draws the land under them; and moving a
// thousand marks costs one pass over a canvas instead of a rendering of the land.
import { STRENGTH, type DistrictMark, type IncidentMark, type Land, type Scene, type UnitMark } from "./features";
import { CELL, Room, type Box } from "./labels";
import type { Palette } from "./palette";
import { FONT, INCIDENT_RADIUS, OLD, UNIT_RADIUS, type Stamps } from "./stamps";
import { pixels, project, type Place, type Point, type View } from "./view";

/** Everything that a sheet shows. */
export interface Sheet {
  readonly view: View;
  readonly land: Land;
  readonly scene: Scene;
  readonly stamps: Stamps;
  /** Where the keyboard points; absent: nowhere. */
  readonly crosshair: Point | undefined;
  /** A place that the screen wants marked. */
  readonly marked: Place | undefined;
  /** The age of a position that is not fresh, in words. */
  readonly age: (measuredAt: number) => string;
}

const STATION_RADIUS = 4;
const CALLSIGN_FONT = `600 12px ${FONT}`;
const URGENT_FONT = `700 12px ${FONT}`;
const PLAIN_FONT = `400 12px ${FONT}`;
const TITLE_FONT = `600 14px ${FONT}`;
/** Height of a line of words. */
const HEIGHT = 14;
/** How far up or down from its middle the title of a district may stand, nearest first. */
const TITLE_AWAY: readonly number[] = [0, -24, 24, -48, 48, -96, 96, -160, 160];
/** How far it may stand where it covers marks. Where it is alone it may stand a fifth of the map away: further, it would be taken for another's. */
const TITLE_NEAR = 24;
/** Where the map's buttons lie, counted from its right upper corner (`map.css`): what is written under them is not read. */
const BUTTONS = { right: 8, top: 8, width: 176, height: 32 };
/** From here on a mark is so far outside that nothing of it is seen. */
const OUTSIDE = 40;

/** Draws a sheet anew. The context counts in CSS pixels. */
export function draw(context: CanvasRenderingContext2D, sheet: Sheet): void {
  const { view, scene, stamps, land } = sheet;
  context.clearRect(0, 0, view.width, view.height);
  context.lineJoin = "round";
  const room = new Room(view.width, view.height);
  const pen = new Pen(context, stamps, room);
  const seen = <M extends { readonly at: Place }>(marks: readonly M[]): (readonly [M, Point])[] => marks.flatMap((mark) => {
    const at = project(view, mark.at);
    const on = at.x > -OUTSIDE && at.y > -OUTSIDE && at.x < view.width + OUTSIDE && at.y < view.height + OUTSIDE;
    return on ? [[mark, at] as const] : [];
  });
  const [units, incidents, stations] = [seen(scene.units), seen(scene.incidents), seen(land.stations)];
  rings(context, sheet, units.map(([mark]) => mark), incidents.map(([mark]) => mark));
  if (scene.selected !== undefined) lines(context, sheet, scene.selected);
  keepButtons(room, view);
  for (const [, at] of stations) pen.station(at);
  for (const [, at] of units) pen.keepFree(at, UNIT_RADIUS);
  for (const [, at] of incidents) pen.keepFree(at, INCIDENT_RADIUS);
  // before the marks: where a busy district has no room for its title, they lie over it, and it is there all the same
  pen.districts(seen(land.districts), view);
  for (const [mark, at] of units) stamps.unit(context, mark, at);
  for (const [mark, at] of incidents) stamps.incident(context, mark, at);
  if (scene.selected !== undefined) pen.chosen(scene.selected, project(view, scene.selected.at));
  if (sheet.marked !== undefined) pen.pin(project(view, sheet.marked));
  if (sheet.crosshair !== undefined) pen.crosshair(sheet.crosshair);
  // words last and the most wanted first, since the first get the room
  const sent = new Set(scene.sent.map(({ id }) => id));
  for (const [mark, at] of units) if (sent.has(mark.id)) pen.callsign(mark, at, sheet.age);
  for (const [mark, at] of incidents.toReversed()) pen.number(mark, at);
  for (const [mark, at] of units) if (!sent.has(mark.id)) pen.callsign(mark, at, sheet.age);
  for (const [mark, at] of stations) pen.stationTitle(mark.title, at);
}

/** No words stand under the map's buttons. */
function keepButtons(room: Room, { width }: View): void {
  room.take({ x: width - BUTTONS.right - BUTTONS.width, y: BUTTONS.top, width: BUTTONS.width, height: BUTTONS.height });
}

/** Room for titles, whatever marks there are. */
function titleRoom(view: View): Room {
  const room = new Room(view.width, view.height);
  keepButtons(room, view);
  return room;
}

/** Circles that hold the true place of what is not known exactly. */
function rings(context: CanvasRenderingContext2D, { view, stamps: { palette } }: Sheet, units: readonly UnitMark[], incidents: readonly IncidentMark[]): void {
  context.strokeStyle = palette.muted;
  context.lineWidth = 1;
  for (const { at, uncertaintyM } of [...units, ...incidents]) {
    const radius = uncertaintyM === undefined ? 0 : pixels(view, uncertaintyM, at);
    if (radius < INCIDENT_RADIUS + 4) continue;
    const { x, y } = project(view, at);
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** From the selected incident to each unit that is sent to it. */
function lines(context: CanvasRenderingContext2D, { view, stamps: { palette }, scene }: Sheet, selected: IncidentMark): void {
  const from = project(view, selected.at);
  context.strokeStyle = palette.focus;
  context.lineWidth = 2;
  for (const unit of scene.sent) {
    const to = project(view, unit.at);
    context.globalAlpha = STRENGTH[unit.step] ?? 1;
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** Widths of words already written, by font: they are asked for at every drawing. */
const widths = new Map<string, Map<string, number>>();
const WIDTHS_MAX = 4_000;

class Pen {
  readonly palette: Palette;

  constructor(readonly context: CanvasRenderingContext2D, readonly stamps: Stamps, readonly room: Room) {
    this.palette = stamps.palette;
  }

  /** No words stand where a mark does. */
  keepFree(at: Point, radius: number): void {
    this.room.take({ x: at.x - radius, y: at.y - radius, width: 2 * radius, height: 2 * radius });
  }

  /** The selected incident, over everything else, with a ring. */
  chosen(mark: IncidentMark, at: Point): void {
    this.stamps.incident(this.context, mark, at);
    this.context.strokeStyle = this.palette.focus;
    this.context.lineWidth = 3;
    this.context.beginPath();
    this.context.arc(at.x, at.y, INCIDENT_RADIUS + 6, 0, 2 * Math.PI);
    this.context.stroke();
  }

  station({ x, y }: Point): void {
    this.context.fillStyle = this.palette.muted;
    const box = { x: x - STATION_RADIUS, y: y - STATION_RADIUS, width: 2 * STATION_RADIUS, height: 2 * STATION_RADIUS };
    this.context.fillRect(box.x, box.y, box.width, box.height);
    this.room.take(box);
  }

  /** The place of a call that is being taken. */
  pin({ x, y }: Point): void {
    const { context, palette } = this;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x - 8, y - 16);
    context.arc(x, y - 18, 8.2, Math.PI * 0.92, Math.PI * 0.08);
    context.closePath();
    context.fillStyle = palette.ground;
    context.fill();
    context.lineWidth = 3;
    context.strokeStyle = palette.focus;
    context.stroke();
    context.beginPath();
    context.arc(x, y - 18, 2.5, 0, 2 * Math.PI);
    context.fillStyle = palette.focus;
    context.fill();
  }

  crosshair({ x, y }: Point): void {
    const { context, palette } = this;
    for (const [colour, width] of [[palette.ground, 5], [palette.focus, 2]] as const) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) this.#stroke([x + dx * 6, y + dy * 6], [x + dx * 22, y + dy * 22]);
    }
  }

  callsign(mark: UnitMark, at: Point, age: (measuredAt: number) => string): void {
    const old = mark.step >= OLD;
    this.#beside(old ? `${mark.callsign} · ${age(mark.measuredAt)}` : mark.callsign, at, UNIT_RADIUS, CALLSIGN_FONT, old);
  }

  number(mark: IncidentMark, at: Point): void {
    this.#beside(mark.number, at, INCIDENT_RADIUS, mark.queued ? URGENT_FONT : PLAIN_FONT, !mark.queued);
  }

  stationTitle(title: string, at: Point): void {
    this.#beside(title, at, STATION_RADIUS, PLAIN_FONT, true);
  }

  /**
   * The titles of the districts whose middle is on the map, whole or, where they would stand on each other in the middles, all of them short. One stands
   * where there is room for it, else under the marks; where even other titles leave it no room, it is not written.
   */
  districts(marks: readonly (readonly [DistrictMark, Point])[], view: View): void {
    const { width, height } = view;
    const shown = marks.filter(([, { x, y }]) => x >= 0 && y >= 0 && x <= width && y <= height);
    const places = (title: string, at: Point, reach: number): Point[] => {
      const wide = this.#width(title, TITLE_FONT);
      const x = Math.max(0, Math.min(width - wide, at.x - wide / 2));
      return TITLE_AWAY.filter((away) => Math.abs(away) <= reach).map((away) => ({ x, y: at.y + away }));
    };
    const alone = titleRoom(view);
    const whole = shown.every(([{ title }, at]) => places(title, at, 0).every((place) => alone.ask(this.#box(title, place, TITLE_FONT))));
    const titles = titleRoom(view);
    for (const [mark, at] of shown) {
      const title = whole ? mark.title : mark.short;
      const free = places(title, at, height / 5).find((place) => this.room.ask(this.#box(title, place, TITLE_FONT)))
        ?? places(title, at, TITLE_NEAR).find((place) => titles.ask(this.#box(title, place, TITLE_FONT)));
      if (free === undefined) continue;
      for (const room of [this.room, titles]) room.take(this.#box(title, free, TITLE_FONT));
      this.#inscribe(title, free, TITLE_FONT, true);
    }
  }

  /** Words beside a mark: on its right, else left, under or over it. */
  #beside(text: string, { x, y }: Point, radius: number, font: string, muted: boolean): void {
    const [width, gap] = [this.#width(text, font), radius + CELL];
    const around = [{ x: x + gap, y }, { x: x - gap - width, y }, { x: x - width / 2, y: y + gap + HEIGHT / 2 }, { x: x - width / 2, y: y - gap - HEIGHT / 2 }];
    for (const at of around) if (this.#write(text, at, font, muted)) return;
  }

  #write(text: string, at: Point, font: string, muted: boolean): boolean {
    if (!this.room.ask(this.#box(text, at, font))) return false;
    this.#inscribe(text, at, font, muted);
    return true;
  }

  #box(text: string, { x, y }: Point, font: string): Box {
    return { x, y: y - HEIGHT / 2, width: this.#width(text, font), height: HEIGHT };
  }

  #inscribe(text: string, at: Point, font: string, muted: boolean): void {
    const { context, palette } = this;
    context.font = font;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.lineWidth = 3;
    context.strokeStyle = palette.ground;
    context.strokeText(text, at.x, at.y);
    context.fillStyle = muted ? palette.muted : palette.text;
    context.fillText(text, at.x, at.y);
  }

  #width(text: string, font: string): number {
    let known = widths.get(font);
    if (known === undefined || known.size >= WIDTHS_MAX) widths.set(font, known = new Map());
    let width = known.get(text);
    if (width === undefined) {
      this.context.font = font;
      width = this.context.measureText(text).width;
      known.set(text, width);
    }
    return width;
  }

  #stroke(from: readonly [number, number], to: readonly [number, number]): void {
    this.context.beginPath();
    this.context.moveTo(...from);
    this.context.lineTo(...to);
    this.context.stroke();
  }
}
