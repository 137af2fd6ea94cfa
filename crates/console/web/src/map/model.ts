// What a map is looking at, and how hands and keys change it.
//
// The view is the person's: it is fitted once, to all there is, and after the first touch nothing but a person moves it.
import { signal } from "@preact/signals";
import { fitted, panned, project, resized, unproject, zoomed, ZOOM_STEP, type Bounds, type Place, type Point, type View } from "./view";

/** How far a press of an arrow moves the crosshair, in pixels. */
const AIM_STEP = 12;
/** The same with Shift. */
const AIM_STRIDE = 96;
/** Nearer to the edge the ground moves instead of the crosshair. */
const EDGE = 32;

/** Arrow keys, by where they are, to directions. */
const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 }, ArrowRight: { x: 1, y: 0 }, ArrowUp: { x: 0, y: -1 }, ArrowDown: { x: 0, y: 1 },
};

/** The view of one map and the crosshair in it. */
export class MapModel {
  /** Absent: the map has no size yet, or there is nothing to look at. */
  readonly view = signal<View | undefined>(undefined);
  /** Where the keyboard points; absent: the keyboard is elsewhere. */
  readonly crosshair = signal<Point | undefined>(undefined);
  /** True once a person moved the view. */
  readonly moved = signal(false);
  #bounds: Bounds | undefined;
  #size = { width: 0, height: 0 };

  /** The map has this size now. */
  sized(width: number, height: number): void {
    if (width === 0 || height === 0) return;
    this.#size = { width, height };
    this.#aimKept(() => {
      const view = this.view.value;
      if (view !== undefined && this.moved.value) this.view.value = resized(view, width, height);
      else this.#refit();
    });
  }

  /** All there is to look at lies within these bounds. */
  covers(bounds: Bounds | undefined): void {
    this.#bounds = bounds;
    if (!this.moved.value) this.#refit();
  }

  /** Shows all there is; from now on the view follows the map's size again. */
  fit(): void {
    this.moved.value = false;
    this.#aimKept(() => this.#refit());
  }

  pan(by: Point): void {
    this.#move((view) => panned(view, by));
  }

  zoom(by: number, under?: Point): void {
    this.#move((view) => zoomed(view, by, under));
  }

  /** Brings a place to the middle, because a person asked for it. */
  show(place: Place): void {
    this.#move((view) => ({ ...view, centre: place }));
  }

  /** Puts the crosshair on a place, and brings the place into view if it is not. */
  aimAt(place: Place): void {
    const view = this.view.value;
    if (view === undefined) return;
    const at = project(view, place);
    const inside = at.x >= EDGE && at.y >= EDGE && at.x <= view.width - EDGE && at.y <= view.height - EDGE;
    if (!inside) this.show(place);
    this.crosshair.value = inside ? at : { x: view.width / 2, y: view.height / 2 };
  }

  /** The keyboard came to the map: the crosshair stands where it stood, or in the middle. */
  aim(): void {
    const view = this.view.value;
    if (view !== undefined) this.crosshair.value ??= { x: view.width / 2, y: view.height / 2 };
  }

  /** The keyboard left. */
  aside(): void {
    this.crosshair.value = undefined;
  }

  /** Does what a key that moves something asks for; false: it asks for nothing here. */
  key(code: string, far: boolean): boolean {
    const arrow = ARROWS[code];
    if (arrow !== undefined) {
      this.#aimBy(arrow, far ? AIM_STRIDE : AIM_STEP);
      return true;
    }
    switch (code) {
      case "PageUp":
      case "NumpadAdd": this.zoom(ZOOM_STEP, this.crosshair.value); return true;
      case "PageDown":
      case "NumpadSubtract": this.zoom(-ZOOM_STEP, this.crosshair.value); return true;
      case "Home": this.fit(); return true;
      default: return false;
    }
  }

  #aimBy({ x, y }: Point, step: number): void {
    const view = this.view.value;
    this.aim();
    const from = this.crosshair.value;
    if (view === undefined || from === undefined) return;
    const wanted = { x: from.x + x * step, y: from.y + y * step };
    const kept = { x: Math.max(EDGE, Math.min(view.width - EDGE, wanted.x)), y: Math.max(EDGE, Math.min(view.height - EDGE, wanted.y)) };
    this.crosshair.value = kept;
    if (kept.x !== wanted.x || kept.y !== wanted.y) this.pan({ x: kept.x - wanted.x, y: kept.y - wanted.y });
  }

  /** The crosshair stays on the place that it points at, where the view changes and nobody moved the crosshair. */
  #aimKept(change: () => void): void {
    const [view, aim] = [this.view.value, this.crosshair.value];
    const place = view === undefined || aim === undefined ? undefined : unproject(view, aim);
    change();
    const now = this.view.value;
    if (place === undefined || now === undefined) return;
    const { x, y } = project(now, place);
    this.crosshair.value = { x: Math.max(0, Math.min(now.width, x)), y: Math.max(0, Math.min(now.height, y)) };
  }

  #move(change: (view: View) => View): void {
    const view = this.view.value;
    if (view === undefined) return;
    this.moved.value = true;
    this.view.value = change(view);
  }

  #refit(): void {
    const { width, height } = this.#size;
    if (this.#bounds !== undefined && width > 0) this.view.value = fitted(this.#bounds, width, height);
  }
}
