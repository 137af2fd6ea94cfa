// What a note on an incident says, in the person's language: what was changed with it, then its words.
import type { Location } from "../contract/kezek/record/v1/location_pb";
import type { Note, NotedChange } from "../contract/kezek/record/v1/note_pb";
import { pointText } from "../places/coordinates";
import type { Places } from "../places/places";
import { words } from "../words/words";
import { typeTitle } from "./incident_type";
import { placeText } from "./place_text";

/** Empty: whoever looks may not read it. */
export function notedText({ changes, text }: Pick<Note, "changes" | "text">, places: Places | undefined): string {
  return [changesText(changes, places), text].filter((part) => part !== "").join(": ");
}

/** What was changed, from what to what. Empty: nothing. */
export function changesText(changes: readonly NotedChange[], places: Places | undefined): string {
  return changes.map((one) => changeText(one, places)).filter((part) => part !== "").join("; ");
}

function changeText({ change }: NotedChange, places: Places | undefined): string {
  const { noted } = words().common;
  switch (change.case) {
    case "incidentType": return noted.type(typeTitle(places, change.value.fromIncidentTypeId), typeTitle(places, change.value.toIncidentTypeId));
    case "place": return noted.place(...placeTexts(change.value.from, change.value.to));
    case "priority": return noted.priority(change.value.from, change.value.to);
    case "reopened": return noted.reopened;
    case undefined: return "";
  }
}

/** Two places in words, with their points where the words are the same. */
function placeTexts(from: Location | undefined, to: Location | undefined): readonly [from: string, to: string] {
  const [was, is] = [placeText(from), placeText(to)];
  if (was !== is) return [was, is];
  const pointed = (place: Location | undefined): string => [is, place?.position === undefined ? "" : `(${pointText(place.position)})`].join(" ").trim();
  return [pointed(from), pointed(to)];
}
