// What lies under a point of the map.
import type { IncidentMark, Scene, StationMark, UnitMark } from "./features";
import { project, type Point, type View } from "./view";

/** A mark of the map. */
export type Mark =
  | { readonly what: "incident"; readonly mark: IncidentMark }
  | { readonly what: "unit"; readonly mark: UnitMark }
  | { readonly what: "station"; readonly mark: StationMark };

/** How far from a mark's middle it still counts as pointed at, in pixels: a target 32 px wide. */
export const REACH = 16;

/** The mark under a point. Incidents before units and units before stations, and of each the nearest: where marks lie over each other, the
 *  one that a person must act on is meant. Absent: bare ground. */
export function under(view: View, scene: Scene, stations: readonly StationMark[], point: Point): Mark | undefined {
  const incident = nearest(view, scene.incidents, point);
  if (incident !== undefined) return { what: "incident", mark: incident };
  const unit = nearest(view, scene.units, point);
  if (unit !== undefined) return { what: "unit", mark: unit };
  const station = nearest(view, stations, point);
  return station === undefined ? undefined : { what: "station", mark: station };
}

function nearest<M extends { readonly at: { latitude: number; longitude: number } }>(view: View, marks: readonly M[], point: Point): M | undefined {
  let [found, distance]: [M | undefined, number] = [undefined, REACH];
  for (const mark of marks) {
    const { x, y } = project(view, mark.at);
    const away = Math.hypot(x - point.x, y - point.y);
    // of several at the same place the last is drawn over the others
    if (away <= distance) [found, distance] = [mark, away];
  }
  return found;
}

/** The incident that comes after another in urgency, the first after the last; absent: there is none. */
export function next(incidents: readonly IncidentMark[], after: string | undefined): IncidentMark | undefined {
  // the most urgent is the last of a scene
  const at = incidents.findIndex(({ id }) => id === after);
  return incidents[at <= 0 ? incidents.length - 1 : at - 1];
}
