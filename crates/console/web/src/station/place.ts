// Where an incident is, in the words that are read aloud over the radio.
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import { words } from "../words/words";

/** The address, or the next best that is known, and what is known besides. */
export function placeOf(incident: Incident | undefined): readonly [place: string, more: string] {
  const known = incident?.location;
  const spot = known?.position === undefined ? "" : `${known.position.latitude.toFixed(5)}, ${known.position.longitude.toFixed(5)}`;
  const around = spot === "" || known?.uncertaintyM === undefined ? spot : `${spot} ± ${words().common.metres(known.uncertaintyM)}`;
  const [place = words().common.unknownPlace, ...more] = [known?.address ?? "", known?.landmark ?? "", around].filter((part) => part !== "");
  return [place, more.join(" · ")];
}
