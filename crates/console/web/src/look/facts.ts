// The facts of a refusal as people read them: callsigns and titles for ids, words for states; what only a program needs is left out.
import type { Refusal } from "../api/refusal";
import type { Picture } from "../picture/picture";
import type { Places } from "../places/places";
import type { Language } from "../words/languages";
import { timeOfDay } from "../words/time";
import type { Words } from "../words/words";

/** What the facts are read with. */
export interface Reading {
  readonly words: Words;
  readonly language: Language;
  readonly places: Places | undefined;
  readonly picture: Picture | undefined;
}

/** One fact. */
export interface Fact {
  readonly name: string;
  readonly label: string;
  readonly value: string;
}

/** The facts worth reading, in the order of the words. */
export function factsOf({ facts }: Pick<Refusal, "facts">, reading: Reading): Fact[] {
  const labels: Readonly<Record<string, string>> = reading.words.codes.facts;
  return Object.entries(labels)
    .map(([name, label]) => ({ name, label, value: valueOf(name, facts[name] ?? "", reading) || (name === "incident" ? facts["incident_number"] ?? "" : "") }))
    .filter(({ value }) => value !== "");
}

function valueOf(name: string, value: string, reading: Reading): string {
  const { places, language, words } = reading;
  const each = (title: (one: string) => string): string => value.split(",").filter((one) => one !== "").map((one) => title(one.trim())).join(", ");
  switch (name) {
    case "unit":
    case "units": return each((one) => places?.callsign(one) ?? one);
    case "desk": return each((one) => places?.station(one, language) ?? one);
    case "kind":
    case "needed": return each((one) => places?.kind(one, language) ?? one);
    case "type": return each((one) => places?.type(one, language) ?? one);
    case "state":
    case "why": return each((one) => stateTitle(one, words));
    case "allowed": return each((one) => roleTitle(one, words) ?? stateTitle(one, words));
    case "expected": return (words.codes.expected as Readonly<Record<string, string>>)[value] ?? value;
    case "role": return each((one) => roleTitle(one, words) ?? one);
    case "earliest":
    case "latest":
    case "since": return time(value, places);
    // an id that belongs to nothing shown says nothing to a person
    case "incident":
    case "into": return each((one) => withoutIds(one, reading));
    default: return withoutIds(value, reading);
  }
}

/** Ids of records, with the blank before them. */
const RECORD_IDS = /\s?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/g;

/** A text of the centre's with what people call a record or a unit in the place of its id; the id of what is not shown here says nothing, and is left out. */
export function withoutIds(text: string, { places, picture, language }: Reading): string {
  const name = (id: string): string | undefined => {
    const [run, assignment] = [picture?.runs.get(id), picture?.assignments.get(id)];
    if (run !== undefined) return places?.callsign(run.unitId);
    if (assignment !== undefined) return places?.station(assignment.stationId, language);
    return (picture?.incidents.get(id) ?? picture?.calls.get(id))?.spokenNumber;
  };
  return text.replace(RECORD_IDS, (found, id: string) => {
    const named = name(id);
    return named === undefined ? "" : found.replace(id, named);
  }).replace(/`([^`]+)`/g, (quoted, id: string) => places?.units.get(id)?.callsign ?? quoted);
}

/** A state or a step in the person's language; as it came where a newer centre has a new one. */
export function stateTitle(state: string, { codes }: Words): string {
  return (codes.states as Readonly<Record<string, string>>)[state] ?? state;
}

function roleTitle(role: string, { common }: Words): string | undefined {
  return (common.roles as Readonly<Record<string, string>>)[role];
}

function time(value: string, places: Places | undefined): string {
  const at = Date.parse(value);
  return Number.isNaN(at) || places === undefined ? value : timeOfDay(at, places.directory.timeZone);
}
