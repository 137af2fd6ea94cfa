// Which actions an incident's state allows, with the key of each. Mirrors `domain/src/incident/state.rs`; what is refused anyway the centre says.
import type { Incident } from "../../contract/kezek/record/v1/incident_pb";

/** An action about the incident itself. */
export interface IncidentAction {
  readonly what: "note" | "priority" | "type" | "location" | "desk" | "request" | "hold" | "release" | "merge" | "unmerge" | "close" | "cancel" | "reopen";
  readonly code: string;
}

const ACTIONS: readonly (IncidentAction & { readonly states: readonly string[] })[] = [
  { what: "note", code: "KeyN", states: ["open", "held", "closed", "cancelled", "merged"] },
  { what: "desk", code: "KeyS", states: ["open"] },
  { what: "request", code: "KeyR", states: ["open"] },
  { what: "priority", code: "KeyP", states: ["open", "held"] },
  { what: "type", code: "KeyT", states: ["open", "held"] },
  { what: "location", code: "KeyL", states: ["open", "held"] },
  { what: "hold", code: "KeyH", states: ["open"] },
  { what: "release", code: "KeyH", states: ["held"] },
  { what: "merge", code: "KeyM", states: ["open"] },
  { what: "unmerge", code: "KeyM", states: ["merged"] },
  { what: "close", code: "KeyX", states: ["open"] },
  { what: "cancel", code: "KeyQ", states: ["open", "held"] },
  { what: "reopen", code: "KeyO", states: ["closed", "cancelled"] },
];

/** What may be done with an incident as it stands. */
export function actionsOf(incident: Incident): IncidentAction[] {
  const state = incident.state?.state.case ?? "";
  return ACTIONS.filter(({ states }) => states.includes(state)).map(({ what, code }) => ({ what, code }));
}
