// Which incident a typed number means, where one is named beside the selected one.
import type { Incident } from "../../contract/kezek/record/v1/incident_pb";
import { goesOn } from "../../picture/queue";

/** The open incident with this number: the whole number, or its last three or more characters where they fit only one. Never the incident itself. */
export function otherIncident(typed: string, itself: Incident, incidents: Iterable<Incident>): Incident | undefined {
  const number = typed.trim().toUpperCase();
  if (number === "") return undefined;
  const others = [...incidents].filter((one) => goesOn(one) && one.incidentId !== itself.incidentId);
  const exact = others.filter(({ spokenNumber }) => spokenNumber.toUpperCase() === number);
  if (exact.length > 0) return exact.length === 1 ? exact[0] : undefined;
  if (number.length < 3) return undefined;
  const ending = others.filter(({ spokenNumber }) => spokenNumber.toUpperCase().endsWith(number));
  return ending.length === 1 ? ending[0] : undefined;
}
