// What was said, in words: `received · 1043`, `11 en route`.
import type { Picture } from "../picture/picture";
import type { Places } from "../places/places";
import { language } from "../words/languages";
import { words } from "../words/words";
import type { Saying } from "./saying";

/** Names a saying as a person would. A record that is not known any more is not named. */
export function described(saying: Saying, picture: Picture, places: Places | undefined): string {
  const { station, common } = words();
  const { said } = station;
  const callsign = (unit: string): string => places?.callsign(unit) ?? unit;
  const incident = (id: string | undefined): string => {
    const number = id === undefined ? undefined : picture.incidents.get(id)?.spokenNumber;
    return number === undefined ? "" : ` · ${common.incident} ${number}`;
  };
  const ofAssignment = (id: string): string => incident(picture.assignments.get(id)?.incidentId);
  const unitOfRun = (id: string): string => callsign(picture.runs.get(id)?.unitId ?? "");
  switch (saying.say) {
    case "received": return `${said.received(saying.person)}${ofAssignment(saying.assignmentId)}`;
    case "accepted": return `${said.accepted(saying.unitIds.map(callsign).join(", "))}${ofAssignment(saying.assignmentId)}`;
    case "returned": return `${said.returned(saying.reason)}${ofAssignment(saying.assignmentId)}`;
    case "standDownConfirmed": return `${said.standDown}${ofAssignment(saying.assignmentId)}`;
    case "runStandDownConfirmed": return `${unitOfRun(saying.runId)}: ${said.standDown}`;
    case "step": return `${unitOfRun(saying.runId)}: ${common.runState[saying.step]}`;
    case "signOn": return `${callsign(saying.unitId)}: ${said.signOn}`;
    case "signOff": return `${callsign(saying.unitId)}: ${said.signOff}`;
    case "outOfService": return `${callsign(saying.unitId)}: ${said.outOfService(saying.reason)}`;
    case "inService": return `${callsign(saying.unitId)}: ${said.inService}`;
    case "backup": return `${said.backup(places?.kind(saying.kind, language.value) ?? saying.kind, saying.units)}${incident(saying.incidentId)}`;
    case "close": return `${said.close(saying.disposition)}${incident(saying.incidentId)}`;
  }
}
