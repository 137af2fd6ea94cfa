// The map of the centre: districts, stations, units where they were last measured, incidents.
import type { Position } from "../contract/kezek/record/v1/location_pb";
import type { Picture } from "../picture/picture";

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
}

export function CentreMap(_props: CentreMapProps) {
  return <div class="map" />;
}
