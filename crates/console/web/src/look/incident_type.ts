// What an incident's type is called in the person's language, as every screen says it.
import type { Places } from "../places/places";
import { language } from "../words/languages";
import { words } from "../words/words";

/** Its title; that it is not known where it was left blank. Before the directory came it is called by its id: nobody can say then that it is not known. */
export function typeTitle(places: Places | undefined, incidentTypeId: string): string {
  return (places?.type(incidentTypeId, language.value) ?? incidentTypeId) || words().common.typeNotKnown;
}
