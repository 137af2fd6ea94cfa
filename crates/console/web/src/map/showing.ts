// What keeps a map's picture up to date: features from the records, the sheet from the features, the ground from the view.
import { effect, signal, useComputed, useSignal, type ReadonlySignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useConsole } from "../context";
import { theme } from "../look/theme";
import { language } from "../words/languages";
import { span } from "../words/time";
import { draw } from "./drawing";
import { land as landOf, scene as sceneOf, type Land, type Scene } from "./features";
import type { Shown } from "./centre_map";
import type { CentreMapProps } from "./map";
import type { MapModel } from "./model";
import { paced } from "./paced";
import { palette } from "./palette";
import { Stamps } from "./stamps";
import type { Ground } from "./streets";
import type { Place } from "./view";

/** How often changes of the records are drawn, in milliseconds. Nobody reads a map faster; the rest of the time belongs to whoever types. */
const DRAWN_EVERY_MS = 200;

const BARE: Land = { districts: [], stations: [], bounds: undefined };
const EMPTY: Scene = { incidents: [], units: [], unitsNowhere: 0, incidentsNowhere: 0, selected: undefined, sent: [] };

/** The directory's and the records' parts of a map. */
export function useFeatures(given: ReadonlySignal<CentreMapProps>, clock: ReadonlySignal<number>): { land: ReadonlySignal<Land>; scene: ReadonlySignal<Scene> } {
  const { link, places } = useConsole();
  const station = useComputed(() => given.value.station);
  const land = useComputed(() => (places.value === undefined ? BARE : landOf(places.value, language.value, station.value)));
  const selected = useComputed(() => given.value.selected);
  const picture = useComputed(() => given.value.picture ?? link.picture);
  const scene = useSignal<Scene>(EMPTY);
  useEffect(() => {
    const again = (): void => {
      const known = places.peek();
      if (known === undefined) return;
      // the clock as it runs and not as it last ticked: a position would look fresher than it is until the next tick
      const now = given.peek().at ?? link.now();
      scene.value = sceneOf({ picture: picture.peek(), places: known, language: language.peek(), station: station.peek(), selected: selected.peek(), now });
    };
    const records = paced(again, DRAWN_EVERY_MS);
    const endRecords = effect(() => {
      void [picture.value.revision.value, clock.value];
      records.ask();
    });
    // what a person chose is shown at once
    const endChoices = effect(() => {
      void [selected.value, station.value, picture.value, places.value, language.value];
      again();
    });
    return () => {
      endRecords();
      endChoices();
      records.end();
    };
  }, []);
  return { land, scene };
}

/** Draws the sheet whenever something on it changed, once a picture of the screen. */
export function useDrawing(sheet: { readonly current: HTMLCanvasElement | null }, { model, land, scene, clock }: Shown, marked: ReadonlySignal<Place | undefined>): void {
  useEffect(() => {
    const canvas = sheet.current;
    const context = canvas?.getContext("2d") ?? null;
    if (canvas === null || context === null) return;
    let stamps: { of: string; those: Stamps } | undefined;
    const drawn = paced(() => {
      const view = model.view.peek();
      if (view === undefined) return;
      const look = `${theme.peek()} ${ratio()}`;
      if (stamps?.of !== look) stamps = { of: look, those: new Stamps(palette(canvas), ratio()) };
      fitted(canvas, context, view.width, view.height);
      draw(context, {
        view, land: land.peek(), scene: scene.peek(), stamps: stamps.those, crosshair: model.crosshair.peek(), marked: marked.peek(),
        age: (measuredAt) => span(clock.peek() - measuredAt),
      });
    }, 0);
    const end = effect(() => {
      void [model.view.value, land.value, scene.value, model.crosshair.value, marked.value, theme.value];
      drawn.ask();
    });
    return () => {
      end();
      drawn.end();
    };
  }, []);
}

/** The screen's own pixels in a CSS pixel. */
function ratio(): number {
  return Math.max(1, devicePixelRatio);
}

/** Gives the canvas the screen's own pixels. */
function fitted(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, width: number, height: number): void {
  const fine = ratio();
  const [wide, high] = [Math.round(width * fine), Math.round(height * fine)];
  if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
  context.setTransform(fine, 0, 0, fine, 0, 0);
}

/** True once it is known that this browser cannot draw streets though the centre has them. */
export const streetsMissing = signal(false);

/** Where the centre's map of streets is; absent: it has none. */
async function streetsAddress(): Promise<string | undefined> {
  const answer = await fetch("/console.json", { cache: "no-store" });
  if (!answer.ok || answer.headers.get("content-type")?.includes("json") !== true) return undefined;
  const { basemap } = (await answer.json()) as { basemap?: unknown };
  return typeof basemap === "string" ? new URL(basemap, location.origin).href : undefined;
}

/** True if this browser can draw what MapLibre asks of it. */
function drawsStreets(): boolean {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

/**
 * Raises the ground with streets where there is one and the browser can draw it; until then, and otherwise, the outlines stay. Without
 * streets there is nothing that MapLibre would add to them, and it is not even fetched.
 */
export function useStreets(into: { readonly current: HTMLDivElement | null }, model: MapModel, land: ReadonlySignal<Land>): ReadonlySignal<Ground | undefined> {
  const ground = useSignal<Ground | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    let follow = (): void => undefined;
    const lose = (): void => {
      follow();
      ground.peek()?.end();
      ground.value = undefined;
      streetsMissing.value = true;
    };
    const raise = async (): Promise<void> => {
      const url = await streetsAddress();
      if (url === undefined || gone) return;
      if (!drawsStreets()) throw new Error("the browser has no WebGL 2");
      const streets = await import("./streets");
      const view = await first(model);
      const { current } = into;
      if (current === null || gone) return;
      const raised = await streets.raise({ into: current, url, land: land.peek(), palette: palette(current), view, onLost: lose });
      if (gone) return raised.end();
      streetsMissing.value = false;
      ground.value = raised;
      follow = followed(raised, model, land, current);
    };
    raise().catch(() => { if (!gone) streetsMissing.value = true; });
    return () => {
      gone = true;
      follow();
      ground.peek()?.end();
    };
  }, []);
  return ground;
}

/** The first view that the map has. */
function first(model: MapModel): Promise<NonNullable<MapModel["view"]["value"]>> {
  return new Promise((found) => {
    const end = effect(() => {
      const view = model.view.value;
      if (view === undefined) return;
      found(view);
      queueMicrotask(() => end());
    });
  });
}

function followed(ground: Ground, model: MapModel, land: ReadonlySignal<Land>, element: Element): () => void {
  const endView = effect(() => { if (model.view.value !== undefined) ground.show(model.view.value); });
  let worn = `${theme.peek()}`;
  let shown = land.peek();
  const endLook = effect(() => {
    if (theme.value === worn && land.value === shown) return;
    [worn, shown] = [theme.value, land.value];
    ground.wear(shown, palette(element));
  });
  return () => {
    endView();
    endLook();
  };
}
