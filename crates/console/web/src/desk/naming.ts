// How a desk names callers in a line.
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import { words } from "../words/words";

/** A caller's number, or why there is none: nobody gave one, or whoever looks may not see it. */
export function numberText(number: string, incident: Pick<Incident, "restriction"> | undefined): string {
  const { queue } = words().desk;
  if (number !== "") return number;
  return incident?.restriction === undefined ? queue.noNumber : queue.withheld;
}
