// How a place is named in a line, wherever one is shown.
import type { Location } from "../contract/kezek/record/v1/location_pb";
import { pointText } from "../places/coordinates";
import { words } from "../words/words";

/** Where something is, in one line: what was said first, `between` its parts, the point only where nothing was. */
export function placeText(location: Location | undefined, between = " · "): string {
  const said = [location?.address ?? "", location?.landmark ?? ""].filter((text) => text !== "").join(between);
  if (said !== "") return said;
  return location?.position === undefined ? words().common.unknownPlace : pointText(location.position);
}
