// What an alarm is about, as people call it.
import type { Alarm } from "../contract/kezek/record/v1/alarm_pb";
import type { Picture } from "../picture/picture";
import type { Places } from "../places/places";
import type { Language } from "../words/languages";
import type { Words } from "../words/words";

/** What an alarm's own parts are called. */
export interface About {
  /** The number of the incident. Empty: it is about none, or about one that is not shown here. */
  readonly incident: string;
  /** The rest: the type, the call, the desk, the unit. */
  readonly rest: readonly string[];
}

/** Names what an alarm is about. */
export function aboutOf(alarm: Alarm, picture: Picture, places: Places | undefined, language: Language, { common }: Words): About {
  const incident = picture.incidents.get(alarm.incidentId);
  const call = picture.calls.get(alarm.callId);
  const rest = [
    incident === undefined ? "" : places?.type(incident.incidentTypeId, language) ?? "",
    incident !== undefined || call === undefined ? "" : `${common.call} ${call.spokenNumber}`,
    ...whoOf(alarm, places, language),
  ];
  return { incident: incident?.spokenNumber ?? "", rest: rest.filter((part) => part !== "") };
}

/** The desk and the unit that an alarm is about, those that it names. */
export function whoOf({ stationId, unitId }: Alarm, places: Places | undefined, language: Language): string[] {
  return [
    stationId === "" ? "" : places?.station(stationId, language) ?? stationId,
    unitId === "" ? "" : places?.callsign(unitId) ?? unitId,
  ].filter((part) => part !== "");
}

/** The sentence of an alarm's code; the code itself where a newer centre has a new one. */
export function sentenceOf(code: string, { codes }: Words): string {
  return (codes.alarms as Readonly<Record<string, string>>)[code] ?? code;
}
