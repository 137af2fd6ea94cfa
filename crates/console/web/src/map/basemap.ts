// The quiet ground under the districts where a centre has a map of its streets: water, green, buildings and roads in grey, without words.
//
// Layers are taken by the names that open maps commonly give them; a layer nobody knows is not drawn, and one that is missing is not missed.
import type { ExpressionSpecification, GeoJSONSourceSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { Land } from "./features";
import type { Palette } from "./palette";

/** A map of streets that the centre serves. */
export interface Basemap {
  /** Address of its PMTiles archive. */
  readonly url: string;
  /** Names of its vector layers. */
  readonly layers: readonly string[];
  /** Whom it is by, as its licence asks to say. Empty: it does not say. */
  readonly attribution: string;
}

const WATER = ["water", "waterway", "ocean", "water_polygons", "water_lines"];
const GREEN = ["landcover", "landuse", "park", "land", "globallandcover"];
const BUILDINGS = ["buildings", "building"];
const ROADS = ["roads", "transportation", "streets", "road", "highway"];
const BORDERS = ["boundaries", "boundary"];

const BASE = "basemap";
const DISTRICTS = "districts";

/** The kind of a road, as the common schemas name the property. */
const KIND: ExpressionSpecification = ["to-string", ["coalesce", ["get", "kind"], ["get", "class"], ["get", "highway"], ""]];

/** Width of a road at a zoom: wide ones first, so that a city is readable from afar. */
function roadWidth(): ExpressionSpecification {
  const weight: ExpressionSpecification = ["match", KIND,
    ["highway", "motorway", "trunk"], 4,
    ["major_road", "primary", "secondary"], 3,
    ["medium_road", "tertiary"], 2,
    ["path", "track", "footway", "pedestrian", "rail", "cycleway", "steps"], 0.5,
    1];
  return ["interpolate", ["exponential", 1.6], ["zoom"], 8, ["*", 0.3, weight], 13, ["*", 1, weight], 18, ["*", 5, weight]];
}

function baseLayers(layers: readonly string[], { line, muted, ground }: Palette): LayerSpecification[] {
  const known = (names: readonly string[]): string[] => names.filter((name) => layers.includes(name));
  const area = (name: string, colour: string, opacity: number, minzoom = 0): LayerSpecification => ({
    id: `${name}-area`, type: "fill", source: BASE, "source-layer": name, minzoom, filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": colour, "fill-opacity": opacity, "fill-antialias": true },
  });
  const lineOf = (name: string, colour: string, opacity: number, width: number | ExpressionSpecification): LayerSpecification => ({
    id: `${name}-line`, type: "line", source: BASE, "source-layer": name, filter: ["==", ["geometry-type"], "LineString"],
    layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": colour, "line-opacity": opacity, "line-width": width },
  });
  return [
    ...known(["earth"]).map((name) => area(name, ground, 1)),
    ...known(GREEN).map((name) => area(name, line, 0.14)),
    ...known(WATER).flatMap((name) => [area(name, line, 0.35), lineOf(name, line, 0.35, 1.5)]),
    ...known(BUILDINGS).map((name) => area(name, line, 0.25, 14)),
    ...known(BORDERS).map((name) => lineOf(name, muted, 0.4, 1)),
    ...known(ROADS).map((name) => lineOf(name, line, 0.8, roadWidth())),
  ];
}

/** Districts as GeoJSON. */
export function geojson({ districts }: Land): GeoJSONSourceSpecification["data"] {
  return {
    type: "FeatureCollection",
    features: districts.map(({ id, outlines }) => ({
      type: "Feature",
      properties: { id },
      geometry: {
        type: "MultiPolygon",
        coordinates: outlines.map(({ rings }) => rings.map(({ points }) => points.map(({ longitude, latitude }) => [longitude, latitude]))),
      },
    })),
  };
}

/** How the ground looks: streets, and the districts over them. */
export function style(basemap: Basemap, land: Land, palette: Palette): StyleSpecification {
  return {
    version: 8,
    sources: {
      [BASE]: { type: "vector", url: `pmtiles://${basemap.url}` },
      [DISTRICTS]: { type: "geojson", data: geojson(land) },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": palette.ground } },
      ...baseLayers(basemap.layers, palette),
      { id: "district-outline", type: "line", source: DISTRICTS, paint: { "line-color": palette.muted, "line-width": 2 } },
    ],
  };
}

/** The names of vector layers and the attribution, as an archive's metadata says them. */
export function described(url: string, metadata: unknown): Basemap {
  const said = typeof metadata === "object" && metadata !== null ? metadata as Record<string, unknown> : {};
  const layers = Array.isArray(said["vector_layers"]) ? said["vector_layers"] as unknown[] : [];
  const names = layers.flatMap((layer) => {
    const id = typeof layer === "object" && layer !== null ? (layer as Record<string, unknown>)["id"] : undefined;
    return typeof id === "string" ? [id] : [];
  });
  const attribution = typeof said["attribution"] === "string" ? said["attribution"].replace(/<[^>]*>/g, "") : "";
  return { url, layers: names, attribution };
}
