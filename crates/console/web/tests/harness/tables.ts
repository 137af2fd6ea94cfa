// The tables of words as a test compares them with what a page says.
import type { Language } from "../../src/words/languages";

const FOLDERS: Readonly<Record<Language, string>> = { ky: "ky", ru: "ru", uz: "uz", "uz-Cyrl": "uz-cyrl", en: "en" };
const OF_SCREENS = ["desk", "station", "board"];

/** What stands for whatever a sentence is given. */
const GIVEN = "¤";

/** Words by language: every entry of a table under its path, sentences with `¤` where they are given something. */
export type Table = ReadonlyMap<string, string>;

/** The whole table of a language. */
export async function tableOf(language: Language): Promise<Table> {
  const folder = FOLDERS[language];
  const shared = ((await import(`../../src/words/${folder}/index.ts`)) as { default: object }).default;
  const own = await Promise.all(OF_SCREENS.map((screen) => import(`../../src/words/${folder}/${screen}.ts`) as Promise<object>));
  const { refusals } = (await import(`../../src/words/${folder}/refusals.ts`)) as { refusals: object };
  const found = new Map<string, string>();
  gather(Object.assign({ refusals }, shared, ...own) as object, "", found);
  return found;
}

function gather(entry: unknown, path: string, into: Map<string, string>): void {
  if (typeof entry === "string") into.set(path, entry);
  else if (typeof entry === "function") {
    const said = saidBy(entry as (...given: unknown[]) => unknown);
    if (said !== undefined) into.set(path, said);
  } else if (typeof entry === "object" && entry !== null) {
    for (const [name, value] of Object.entries(entry)) gather(value, `${path}.${name}`, into);
  }
}

/** A sentence with its gaps; nothing where it cannot be said without knowing more of what it is given. */
function saidBy(sentence: (...given: unknown[]) => unknown): string | undefined {
  try {
    const said = sentence(GIVEN, GIVEN, GIVEN, GIVEN);
    return typeof said === "string" && !/undefined|NaN|object/.test(said) ? said : undefined;
  } catch {
    return undefined;
  }
}

/** The sentences of one table that no other language says alike: whoever reads another language must never meet them. */
export function foreignTo(table: Table, english: Table): RegExp[] {
  const own = new Set(table.values());
  return [...english]
    .filter(([path, said]) => table.get(path) !== said && !own.has(said) && /\p{L}{3}/u.test(said.replaceAll(GIVEN, "")))
    .map(([, said]) => new RegExp(`^${said.split(GIVEN).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".+")}$`, "u"));
}

/** The days and months of a language, as its own table has them. */
export function calendarOf(table: Table): { readonly days: readonly string[]; readonly months: readonly string[] } {
  const under = (path: string): string[] => [...table].filter(([name]) => name.startsWith(path)).map(([, said]) => said);
  return { days: under(".common.weekdays."), months: under(".common.months.") };
}
