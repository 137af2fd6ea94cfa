// The directory as screens ask it: titles in the person's language, and who belongs where.
import type { Directory, DirectoryUnit, District, IncidentType, Station, Titles, UnitKind } from "../contract/kezek/directory/v1/directory_pb";
import type { Language } from "../words/languages";
import { inCyrillic } from "./uzbek_cyrillic";

/** What is shown where the person's language is missing, first to last. */
const FALLBACK: Record<Language, readonly string[]> = {
  ky: ["ky", "ru", "en"],
  ru: ["ru", "ky", "en"],
  uz: ["uz", "ru", "en"],
  "uz-Cyrl": ["uz-Cyrl", "ru", "en"],
  en: ["en", "ru", "ky"],
};

/** A title in the person's language, or in the next best. Empty: there is none at all. */
export function titled(titles: Pick<Titles, "byLanguage"> | undefined, language: Language): string {
  const by = titles?.byLanguage ?? {};
  const uzbek = by["uz"];
  if (language === "uz-Cyrl" && by[language] === undefined && uzbek !== undefined) return inCyrillic(uzbek);
  for (const tag of FALLBACK[language]) {
    const found = by[tag];
    if (found !== undefined) return found;
  }
  return Object.values(by)[0] ?? "";
}

/** The directory, by id. */
export class Places {
  readonly districts: ReadonlyMap<string, District>;
  readonly stations: ReadonlyMap<string, Station>;
  readonly kinds: ReadonlyMap<string, UnitKind>;
  readonly units: ReadonlyMap<string, DirectoryUnit>;
  readonly types: ReadonlyMap<string, IncidentType>;

  constructor(readonly directory: Directory) {
    this.districts = new Map(directory.districts.map((one) => [one.districtId, one]));
    this.stations = new Map(directory.stations.map((one) => [one.stationId, one]));
    this.kinds = new Map(directory.unitKinds.map((one) => [one.unitKindId, one]));
    this.units = new Map(directory.units.map((one) => [one.unitId, one]));
    this.types = new Map(directory.incidentTypes.map((one) => [one.incidentTypeId, one]));
  }

  /** What people call a district; its id if nobody gave it a title. */
  district(id: string, language: Language): string {
    return titled(this.districts.get(id)?.title, language) || id;
  }

  /** What people call a station; its id if nobody gave it a title. */
  station(id: string, language: Language): string {
    return titled(this.stations.get(id)?.title, language) || id;
  }

  /** What people call a kind of unit; its id if nobody gave it a title. */
  kind(id: string, language: Language): string {
    return titled(this.kinds.get(id)?.title, language) || id;
  }

  /** What people call a type of incident; its id if it has no title, that of an unknown type for none. */
  type(id: string, language: Language): string {
    if (id === "") return titled(this.directory.untyped?.title, language);
    return titled(this.types.get(id)?.title, language) || id;
  }

  /** What a unit is called on the radio; its id if the directory does not know it. */
  callsign(id: string): string {
    return this.units.get(id)?.callsign ?? id;
  }
}
