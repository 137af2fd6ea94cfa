// Where an incident is, in the words that are read aloud over the radio.
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import { pointText } from "../places/coordinates";
import { words } from "../words/words";

/** The address, or the next best that is known; and what helps to find it. Figures are for a map: they are read aloud only where there is nothing better. */
export function placeOf(incident: Incident | undefined): readonly [place: string, more: string] {
  const known = incident?.location;
  const [place, ...more] = [known?.address ?? "", known?.landmark ?? ""].filter((part) => part !== "");
  return [place ?? (spotOf(incident) || words().common.unknownPlace), more.join(" · ")];
}

/** Where it is in degrees, with how far off that may be; empty if nobody knows. */
export function spotOf(incident: Incident | undefined): string {
  const { position, uncertaintyM } = incident?.location ?? {};
  if (position === undefined) return "";
  const spot = pointText(position);
  return uncertaintyM === undefined ? spot : `${spot} ± ${words().common.metres(uncertaintyM)}`;
}
