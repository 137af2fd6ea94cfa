// The queue and what else is open, in the order in which the centre serves it: priority, then age, then id. It is the order of the store's
// own queue (`domain/src/incident`), mirrored here because it is shown.
import { momentMs } from "../api/times";
import type { Incident, Need } from "../contract/kezek/record/v1/incident_pb";

/** By record, which is never changed: a queue of a thousand is put in order at every picture of the screen, and reads each time twenty times. */
const opened = new WeakMap<Incident, number>();

/** When an incident was opened, in milliseconds since 1970. */
export function openedAt(incident: Incident): number {
  const known = opened.get(incident);
  if (known !== undefined) return known;
  const at = momentMs(incident.createdAt) ?? 0;
  opened.set(incident, at);
  return at;
}

/** Which of two is served first: negative if the first is. */
export function servedBefore(one: Incident, other: Incident): number {
  return one.priority - other.priority || openedAt(one) - openedAt(other) || (one.incidentId < other.incidentId ? -1 : 1);
}

/** Open incidents that lack units, first to be served first. */
export function queued(incidents: Iterable<Incident>): Incident[] {
  return [...incidents].filter((incident) => incident.queued).sort(servedBefore);
}

/** Incidents that are open or held and lack nobody, first to be served first. */
export function inHand(incidents: Iterable<Incident>): Incident[] {
  return [...incidents].filter((incident) => !incident.queued && goesOn(incident)).sort(servedBefore);
}

/** True while an incident is open or held. */
export function goesOn(incident: Incident): boolean {
  return incident.state?.state.case === "open" || incident.state?.state.case === "held";
}

/** True from when nobody could be found for a need until somebody was sent: that somebody can be found again ends nothing, another incident may get them. */
export function isLacking({ shortfall, eased }: Need): boolean {
  return shortfall || eased;
}
