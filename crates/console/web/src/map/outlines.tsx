// The ground that every browser can draw: the districts' outlines, as an SVG.
import type { ReadonlySignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { DistrictMark, Land } from "./features";
import { onSquare, scale, type Point, type View } from "./view";

/** Pixels of the unit square in which the outlines are written once: fine enough for every zoom, so that moving the map only moves a group. */
const FINE = 2 ** 24;

/** The outlines of a land, moved and scaled to a view. */
export function Outlines({ view, land }: { view: ReadonlySignal<View | undefined>; land: Land }) {
  const written = useMemo(() => write(land), [land]);
  const shown = view.value;
  if (shown === undefined) return null;
  return (
    <svg class="map-ground" width={shown.width} height={shown.height} aria-hidden="true">
      <g transform={moved(shown, written.from)}>
        {written.paths.map(({ id, path }) => <path key={id} d={path} />)}
      </g>
    </svg>
  );
}

/** Brings what was written around a point of the unit square into a view. */
export function moved(view: View, from: Point): string {
  const [side, centre] = [scale(view), onSquare(view.centre)];
  return `translate(${(from.x - centre.x) * side + view.width / 2} ${(from.y - centre.y) * side + view.height / 2}) scale(${side / FINE})`;
}

/** Outlines around a point in their midst: counted from the corner of the square, the numbers of an SVG would be too coarse for a street. */
export function write({ districts }: Land): { readonly from: Point; readonly paths: readonly { readonly id: string; readonly path: string }[] } {
  const from = onSquare(districts[0]?.at ?? { latitude: 0, longitude: 0 });
  return { from, paths: districts.map((district) => ({ id: district.id, path: outline(district, from) })) };
}

function outline({ outlines }: DistrictMark, from: Point): string {
  return outlines.flatMap(({ rings }) => rings).map(({ points }) => {
    const corners = points.map((point) => onSquare(point)).map(({ x, y }) => `${((x - from.x) * FINE).toFixed(1)},${((y - from.y) * FINE).toFixed(1)}`);
    return `M${corners.join("L")}Z`;
  }).join("");
}
