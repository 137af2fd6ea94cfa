// Hands on the map: drag to move, wheel or two fingers to come nearer, a press without moving to point.
import type { MapModel } from "./model";
import type { Point } from "./view";

/** A hand that moved farther than this between down and up dragged, and did not point, in pixels. */
const STILL = 4;
/** How much nearer one notch of a wheel comes. */
const WHEEL_STEP = 1 / 400;

/** What hands tell besides moving the map. */
export interface Pointing {
  /** Pressed at a point; `exactly`: with Shift, so that the ground is meant and no mark on it. */
  pressed(at: Point, exactly: boolean): void;
  /** Over a point; absent: no longer over the map. */
  over(at: Point | undefined): void;
}

/** Lets hands move a map; the answer ends it. */
export function handle(stage: HTMLElement, model: MapModel, pointing: Pointing): () => void {
  const down = new Map<number, Point>();
  let wandered = 0;
  const at = (event: MouseEvent): Point => {
    const { left, top } = stage.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const pressed = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    stage.setPointerCapture(event.pointerId);
    if (down.size === 0) wandered = 0;
    down.set(event.pointerId, at(event));
  };
  const moved = (event: PointerEvent): void => {
    const to = at(event);
    const from = down.get(event.pointerId);
    if (from === undefined) return pointing.over(to);
    const by = { x: to.x - from.x, y: to.y - from.y };
    wandered += Math.hypot(by.x, by.y);
    down.set(event.pointerId, to);
    const [other] = [...down].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    if (other !== undefined) pinched(model, other, from, to);
    else if (wandered > STILL) model.pan(by);
  };
  const lifted = (event: PointerEvent): void => {
    const last = down.size === 1;
    if (!down.delete(event.pointerId)) return;
    if (event.type === "pointerup" && last && wandered <= STILL) pointing.pressed(at(event), event.shiftKey);
  };
  const wheeled = (event: WheelEvent): void => {
    event.preventDefault();
    model.zoom(-Math.max(-400, Math.min(400, event.deltaY * (event.deltaMode === 0 ? 1 : 33))) * WHEEL_STEP, at(event));
  };
  const left = (): void => pointing.over(undefined);
  const ending = new AbortController();
  const { signal } = ending;
  stage.addEventListener("pointerdown", pressed, { signal });
  stage.addEventListener("pointermove", moved, { signal });
  stage.addEventListener("pointerup", lifted, { signal });
  stage.addEventListener("pointercancel", lifted, { signal });
  stage.addEventListener("pointerleave", left, { signal });
  stage.addEventListener("wheel", wheeled, { signal, passive: false });
  return () => ending.abort();
}

/** Two fingers: what lies between them grows with their distance and follows their middle. */
function pinched(model: MapModel, other: Point, from: Point, to: Point): void {
  const [before, after] = [Math.hypot(from.x - other.x, from.y - other.y), Math.hypot(to.x - other.x, to.y - other.y)];
  model.pan({ x: (to.x - from.x) / 2, y: (to.y - from.y) / 2 });
  if (before > 0 && after > 0) model.zoom(Math.log2(after / before), { x: (to.x + other.x) / 2, y: (to.y + other.y) / 2 });
}
