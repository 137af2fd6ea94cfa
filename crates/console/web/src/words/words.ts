// The words of the console in the person's language. Each language is a table of its own that comes when it is wanted; a table that lacks a
// word does not compile.
import { signal } from "@preact/signals";
import { keep, language, type Language } from "./languages";
import type { Words } from "./en";

const TABLES: Readonly<Record<Language, () => Promise<{ default: Words }>>> = {
  ky: () => import("./ky"),
  ru: () => import("./ru"),
  uz: () => import("./uz"),
  "uz-Cyrl": () => import("./uz-cyrl"),
  en: () => import("./en"),
};

const table = signal<Words | undefined>(undefined);

/** Brings the words of a language and shows them. */
export async function speak(chosen: Language): Promise<void> {
  const brought = await TABLES[chosen]();
  table.value = brought.default;
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
