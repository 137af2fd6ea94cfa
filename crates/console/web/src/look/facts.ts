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
    .map(([name, label]) => ({ name, label, value: valueOf(name, facts[name] ?? "", reading) }))
    .filter(({ value }) => value !== "");
}

function valueOf(name: string, value: string, reading: Reading): string {
  const { places, picture, language, words } = reading;
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
    case "into": return each((one) => picture?.incidents.get(one)?.spokenNumber ?? (/^[0-9a-f-]{36}$/.test(one) ? "" : one));
    default: return value;
  }
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
