// What a command would do, in the person's own words.
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { timestampMs } from "../api/times";
import type { AffectedUnit, Effect } from "../contract/kezek/command/v1/command_service_pb";
import type { LikelyDuplicate } from "../contract/kezek/intake/v1/intake_service_pb";
import { Channel } from "../contract/kezek/record/v1/milestone_pb";
import type { Places } from "../places/places";
import { distanceText } from "../words/distance";
import type { Language } from "../words/languages";
import { hourMinute, span } from "../words/time";
import type { Words } from "../words/words";
import { stateTitle } from "../look/facts";
import type { Said } from "./said";
import { verbName } from "./verb";

/** Whose words, and what the directory calls things. */
export interface Speech {
  readonly words: Words;
  readonly language: Language;
  readonly places: Places | undefined;
}

/** What a line is about, each part as people call it. */
export function said(effect: Effect, speech: Speech): Said {
  const { places, language } = speech;
  return {
    units: effect.units.map(({ callsign, unitId }) => callsign || unitId).join(", "),
    incident: effect.incidentNumber,
    other: effect.otherIncidentNumber,
    station: stationTitle(effect.stationId, speech),
    priority: effect.priority === 0 ? "" : String(effect.priority),
    type: effect.incidentTypeId === "" ? "" : places?.type(effect.incidentTypeId, language) ?? effect.incidentTypeId,
    kind: effect.unitKindId === "" ? "" : places?.kind(effect.unitKindId, language) ?? effect.unitKindId,
    count: effect.count === 0 ? "" : String(effect.count),
    text: effect.text,
    until: time(effect.until, places),
    alarm: effect.alarmCode,
    call: effect.callNumber,
    state: effect.state,
  };
}

/** The sentence: `Send 21 to 1043`. The line as the centre wrote it in full, for a verb that this console does not know. */
export function sentence(effect: Effect, speech: Speech): string {
  const name = verbName(effect.verb);
  return name === undefined ? effect.canonical : speech.words.command.says[name](said(effect, speech));
}

/** When it happened, by which channel and on whose word, where the line says so. */
export function circumstances(effect: Effect, { words: { command, common }, places }: Speech): string[] {
  const channels: Partial<Record<Channel, string>> = {
    [Channel.RADIO]: common.channels.radio, [Channel.PHONE]: common.channels.phone, [Channel.PAPER]: common.channels.paper,
  };
  const channel = channels[effect.channel];
  return [
    ...(effect.occurredAt === undefined ? [] : [command.at(time(effect.occurredAt, places))]),
    ...(channel === undefined ? [] : [command.by(channel)]),
    ...(effect.person === "" ? [] : [command.onTheWordOf(effect.person)]),
  ];
}

/** One unit: where it stands now, how far away it is, and whether its desk is asked for it: `21: available, 4:10 away`. */
export function unitLine(unit: AffectedUnit, speech: Speech): string {
  const { command } = speech.words;
  const parts = [
    stateTitle(unit.state, speech.words),
    unit.travelTimeS === undefined ? "" : command.travel(span(unit.travelTimeS * 1_000)),
    unit.throughDesk ? command.throughDesk(stationTitle(unit.stationId, speech)) : "",
  ];
  return `${unit.callsign || unit.unitId}: ${parts.filter((part) => part !== "").join(", ")}`;
}

/** What to think of before Enter; a caution of a newer centre by its own name. */
export function cautions(effect: Effect, { words }: Speech): string[] {
  return effect.cautions.map((caution) => words.command.cautions[caution] ?? caution);
}

/** An open incident that a new one may be the same matter as: `1041: Theft, 20 m, 1:35 ago`. */
export function likelyLine({ incident, distanceM, ageS }: LikelyDuplicate, { words: { common }, places, language }: Speech): string {
  const { spokenNumber = "", incidentTypeId = "" } = incident ?? {};
  const parts = [
    (places?.type(incidentTypeId, language) ?? incidentTypeId) || common.typeNotKnown,
    distanceM === undefined ? "" : distanceText(distanceM),
    common.ago(span(ageS * 1_000)),
  ];
  return `${spokenNumber}: ${parts.filter((part) => part !== "").join(", ")}`;
}

function stationTitle(id: string, { places, language }: Speech): string {
  return id === "" ? "" : places?.station(id, language) ?? id;
}

function time(at: Timestamp | undefined, places: Places | undefined): string {
  return at === undefined || places === undefined ? "" : hourMinute(timestampMs(at), places.directory.timeZone);
}
