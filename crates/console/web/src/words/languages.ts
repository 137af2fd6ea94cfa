// The languages of the console, and which one a person reads. Switched without a reload.
import { signal } from "@preact/signals";

/** Tags as BCP 47 has them. Uzbek is written in two scripts. */
export type Language = "ky" | "ru" | "uz" | "uz-Cyrl" | "en";

/** Every language by its own name, in the order in which they are offered. */
export const LANGUAGES: Readonly<Record<Language, string>> = {
  ky: "Кыргызча",
  ru: "Русский",
  uz: "O‘zbekcha",
  "uz-Cyrl": "Ўзбекча",
  en: "English",
};

const KEPT_AS = "kezek.language";

/** The language a person reads. */
export const language = signal<Language>(first());

function first(): Language {
  const kept = globalThis.localStorage?.getItem(KEPT_AS);
  if (kept != null && kept in LANGUAGES) return kept as Language;
  const asked = (globalThis.navigator?.languages ?? []).map((tag) => tag.split("-")[0]);
  return (asked.find((tag) => tag !== undefined && tag in LANGUAGES) as Language | undefined) ?? "ru";
}

/** Remembers which language a person reads. */
export function keep(chosen: Language): void {
  localStorage.setItem(KEPT_AS, chosen);
}
