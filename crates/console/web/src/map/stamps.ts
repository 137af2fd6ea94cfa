// Marks drawn once and stamped often: a thousand of them are put on the sheet several times a second.
import { STRENGTH, type IncidentMark, type UnitMark } from "./features";
import type { Palette } from "./palette";
import { ofKind, ofPriority, type Shape } from "./shapes";
import type { Point } from "./view";

export const INCIDENT_RADIUS = 10;
export const UNIT_RADIUS = 7;
/** The `--font` of `look.css`, which a drawing cannot read there. */
export const FONT = '"Noto Sans", "Segoe UI", "DejaVu Sans Condensed", system-ui, sans-serif';
/** From this step of fading on a position is too old to be ranked by: its mark is dashed and its age is written. */
export const OLD = 2;

/** Side of a stamp in CSS pixels: the largest mark and its edge. */
const SIDE = 30;

/** The stamps of one palette on one kind of screen. */
export class Stamps {
  readonly #made = new Map<string, HTMLCanvasElement>();

  /** `ratio`: the screen's own pixels in a CSS pixel. */
  constructor(readonly palette: Palette, readonly ratio: number) {}

  unit(onto: CanvasRenderingContext2D, mark: UnitMark, at: Point): void {
    this.#press(onto, at, `unit ${mark.shape} ${mark.doing} ${mark.step}`, (context) => unit(context, mark, this.palette));
  }

  incident(onto: CanvasRenderingContext2D, mark: IncidentMark, at: Point): void {
    this.#press(onto, at, `incident ${mark.priority} ${mark.queued}`, (context) => incident(context, mark, this.palette));
  }

  #press(onto: CanvasRenderingContext2D, at: Point, name: string, draw: (context: CanvasRenderingContext2D) => void): void {
    let stamp = this.#made.get(name);
    if (stamp === undefined) {
      stamp = document.createElement("canvas");
      stamp.width = stamp.height = Math.ceil(SIDE * this.ratio);
      const context = stamp.getContext("2d");
      if (context === null) return;
      context.setTransform(this.ratio, 0, 0, this.ratio, (SIDE / 2) * this.ratio, (SIDE / 2) * this.ratio);
      context.lineJoin = "round";
      draw(context);
      this.#made.set(name, stamp);
    }
    // on whole pixels of the screen, or its edges would be blurred
    const whole = (value: number): number => Math.round((value - SIDE / 2) * this.ratio) / this.ratio;
    onto.drawImage(stamp, whole(at.x), whole(at.y), stamp.width / this.ratio, stamp.height / this.ratio);
  }
}

function unit(context: CanvasRenderingContext2D, mark: UnitMark, palette: Palette): void {
  context.globalAlpha = STRENGTH[mark.step] ?? 1;
  trace(context, ofKind(mark.shape), UNIT_RADIUS);
  context.fillStyle = mark.doing === "assigned" ? palette.text : palette.panel;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = mark.doing === "outOfService" ? palette.muted : palette.text;
  context.setLineDash(mark.step >= OLD ? [3, 2] : []);
  context.stroke();
  if (mark.doing !== "outOfService") return;
  context.setLineDash([]);
  context.beginPath();
  context.moveTo(-6, 6);
  context.lineTo(6, -6);
  context.stroke();
}

function incident(context: CanvasRenderingContext2D, mark: IncidentMark, palette: Palette): void {
  const colours = palette.priorities[mark.priority];
  trace(context, ofPriority(mark.priority), INCIDENT_RADIUS);
  // who has everybody they need asks nobody to act, and stays grey
  context.fillStyle = mark.queued && colours !== undefined && colours.fill !== "transparent" ? colours.fill : palette.panel;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = mark.queued && colours !== undefined ? colours.edge : palette.muted;
  context.stroke();
  context.fillStyle = mark.queued && colours !== undefined ? colours.text : palette.text;
  context.font = `700 11px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(String(mark.priority), 0, mark.priority === 1 ? 2 : 1);
}

function trace(context: CanvasRenderingContext2D, shape: Shape, radius: number): void {
  context.beginPath();
  if ("round" in shape) context.arc(0, 0, shape.round * radius, 0, 2 * Math.PI);
  else shape.corners.forEach((corner) => context.lineTo(corner.x * radius, corner.y * radius));
  context.closePath();
}
