// The ground with streets, drawn by MapLibre: brought only where the centre serves a map of them and the browser can draw it.
import { addProtocol, Map as Drawn, setWorkerUrl } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { PMTiles, Protocol } from "pmtiles";
import { described, style, type Basemap } from "./basemap";
import type { Land } from "./features";
import type { Palette } from "./palette";
import type { View } from "./view";

/** Longer than this a person has been working on the outlines, and the streets stay away. */
const READY_WITHIN_MS = 15_000;

/** A ground that follows a view. */
export interface Ground {
  readonly basemap: Basemap;
  show(view: View): void;
  wear(land: Land, palette: Palette): void;
  end(): void;
}

let protocol: Protocol | undefined;

/** Where the ground is raised, what it shows first, and whom to tell that the browser took it away. */
export interface Raising {
  readonly into: HTMLElement;
  readonly url: string;
  readonly land: Land;
  readonly palette: Palette;
  readonly view: View;
  readonly onLost: () => void;
}

/**
 * Raises the ground; comes back when it is drawn.
 *
 * # Errors
 * The archive cannot be read, or the browser cannot draw: the caller keeps what it has.
 */
export async function raise({ into, url, land, palette, view, onLost }: Raising): Promise<Ground> {
  const archive = new PMTiles(url);
  const basemap = described(url, await archive.getMetadata());
  if (protocol === undefined) {
    setWorkerUrl(workerUrl);
    protocol = new Protocol();
    addProtocol("pmtiles", protocol.tile);
  }
  protocol.add(archive);
  const drawn = new Drawn({
    container: into, style: style(basemap, land, palette), interactive: false, attributionControl: false, fadeDuration: 0, trackResize: false,
    pitchWithRotate: false, renderWorldCopies: false, ...looking(view),
  });
  // a tile that does not come is a grey patch, and no reason to disturb anybody
  drawn.on("error", () => undefined);
  const ground: Ground = {
    basemap,
    show: (wanted) => {
      const { clientWidth, clientHeight } = drawn.getCanvas();
      if (Math.abs(clientWidth - wanted.width) > 1 || Math.abs(clientHeight - wanted.height) > 1) drawn.resize();
      drawn.jumpTo(looking(wanted));
    },
    wear: (otherLand, otherPalette) => void drawn.setStyle(style(basemap, otherLand, otherPalette)),
    end: () => drawn.remove(),
  };
  try {
    await new Promise<void>((ready, failed) => {
      const late = setTimeout(() => failed(new Error("the ground was not drawn in time")), READY_WITHIN_MS);
      drawn.once("load", () => {
        clearTimeout(late);
        ready();
      });
    });
  } catch (reason) {
    ground.end();
    throw reason;
  }
  drawn.getCanvas().addEventListener("webglcontextlost", onLost, { once: true });
  return ground;
}

function looking({ centre, zoom }: View): { center: [number, number]; zoom: number } {
  return { center: [centre.longitude, centre.latitude], zoom };
}
