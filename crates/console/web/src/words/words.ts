// The words of the console in the person's language. Each language is a table of its own that comes when it is wanted, and each screen has
// its own words beside those that all share; a table that lacks a word does not compile.
import { signal } from "@preact/signals";
import { keep, language, type Language } from "./languages";
import type { Shared, Words } from "./en";

type Brought<Table> = Readonly<Record<Language, () => Promise<Table>>>;

const SHARED: Brought<{ default: Shared }> = {
  ky: () => import("./ky"),
  ru: () => import("./ru"),
  uz: () => import("./uz"),
  "uz-Cyrl": () => import("./uz-cyrl"),
  en: () => import("./en"),
};

/** The screens that have words of their own. */
const OF_SCREENS: { readonly [Screen in Exclude<keyof Words, keyof Shared>]: Brought<Pick<Words, Screen>> } = {
  desk: {
    ky: () => import("./ky/desk"),
    ru: () => import("./ru/desk"),
    uz: () => import("./uz/desk"),
    "uz-Cyrl": () => import("./uz-cyrl/desk"),
    en: () => import("./en/desk"),
  },
  station: {
    ky: () => import("./ky/station"),
    ru: () => import("./ru/station"),
    uz: () => import("./uz/station"),
    "uz-Cyrl": () => import("./uz-cyrl/station"),
    en: () => import("./en/station"),
  },
  board: {
    ky: () => import("./ky/board"),
    ru: () => import("./ru/board"),
    uz: () => import("./uz/board"),
    "uz-Cyrl": () => import("./uz-cyrl/board"),
    en: () => import("./en/board"),
  },
};

/** A screen with words of its own. */
export type WordyScreen = keyof typeof OF_SCREENS;

const table = signal<Words | undefined>(undefined);
let screens: readonly WordyScreen[] = Object.keys(OF_SCREENS) as WordyScreen[];
let latest = 0;

/** Which screens' words are brought from now on; before anybody says so, those of all. A page shows one screen and waits for no other's words. */
export async function speakFor(shown: readonly WordyScreen[]): Promise<void> {
  screens = shown;
  await speak(language.value);
}

/** Brings the words of a language and shows them. Asked for two, the one that was asked for last is shown, whichever comes first. */
export async function speak(chosen: Language): Promise<void> {
  latest += 1;
  const asked = latest;
  const [shared, ...own] = await Promise.all([SHARED[chosen](), ...screens.map((screen) => OF_SCREENS[screen][chosen]())]);
  if (asked !== latest) return;
  table.value = Object.assign({}, shared.default, ...own) as Words;
  language.value = chosen;
  document.documentElement.lang = chosen;
  keep(chosen);
}

/** The words. Whoever reads them is shown again when the language changes. */
export function words(): Words {
  const found = table.value;
  if (found === undefined) throw new Error("a screen is shown before its words came");
  return found;
}

export type { Words };
