// The map of the centre: districts, stations, units where they were last measured, incidents.
//
// It comes when a screen first shows it and not before, and whatever goes wrong with it stays in here: the queue and the command line never
// wait for a map.
import { useErrorBoundary } from "preact/hooks";
import type { Position } from "../contract/kezek/record/v1/location_pb";
import { later } from "../look/later";
import type { Picture } from "../picture/picture";
import { words } from "../words/words";
import type { Place } from "./view";

/** What a screen lets its map know and tell. */
export interface CentreMapProps {
  /** The selected incident, by id. */
  readonly selected?: string | undefined;
  /** An incident was chosen on the map. */
  readonly onSelect?: (incidentId: string) => void;
  /** A place was pointed at; absent: the map only shows. */
  readonly onPick?: (position: Position) => void;
  /** Only this station's district and units; absent: all. */
  readonly station?: string;
  /** Another picture than the live one: a review of the past. */
  readonly picture?: Picture;
  /** When that picture was true, in milliseconds since 1970, by which the ages of its positions count; absent: now. */
  readonly at?: number | undefined;
  /** A place to mark: that of the call being taken. */
  readonly marked?: Place | undefined;
}

const Drawn = later(() => import("./centre_map").then((map) => map.default));

export function CentreMap(props: CentreMapProps) {
  const [failed] = useErrorBoundary();
  return failed === undefined ? <Drawn {...props} /> : <p class="muted">{words().map.missing}</p>;
}
