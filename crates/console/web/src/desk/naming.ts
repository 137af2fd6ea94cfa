// How a desk names places, units and people in a line.
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import type { Location } from "../contract/kezek/record/v1/location_pb";
import { words } from "../words/words";
import { pointText } from "../places/coordinates";

/** Where something is, in one line: what was said first, the point only where nothing was. */
export function placeText(location: Location | undefined): string {
  const said = [location?.address ?? "", location?.landmark ?? ""].filter((text) => text !== "").join(" · ");
  if (said !== "") return said;
  return location?.position === undefined ? words().common.unknownPlace : pointText(location.position);
}

/** A caller's number, or why there is none: nobody gave one, or whoever looks may not see it. */
export function numberText(number: string, incident: Pick<Incident, "restriction"> | undefined): string {
  const { queue } = words().desk;
  if (number !== "") return number;
  return incident?.restriction === undefined ? queue.noNumber : queue.withheld;
}
