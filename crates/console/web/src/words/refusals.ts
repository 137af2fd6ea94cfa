// What the codes of refusals mean, in the person's language. A table of its own that comes when the first refusal is shown: most days have
// few, and the first picture waits for none of it.
import { signal } from "@preact/signals";
import type { refusals as english } from "./en/refusals";
import { language, type Language } from "./languages";

/** A sentence for every code. */
export type Refusals = Readonly<Record<keyof typeof english, string>>;

const TABLES: Readonly<Record<Language, () => Promise<{ refusals: Refusals }>>> = {
  ky: () => import("./ky/refusals"),
  ru: () => import("./ru/refusals"),
  uz: () => import("./uz/refusals"),
  "uz-Cyrl": () => import("./uz-cyrl/refusals"),
  en: () => import("./en/refusals"),
};

const table = signal<{ readonly of: Language; readonly refusals: Refusals } | undefined>(undefined);
let coming: Language | undefined;

/** The sentence of a code. Nothing: it has not come yet, or the code is of a newer centre; then the centre's own sentence is shown. */
export function refusalSentence(code: string): string | undefined {
  const wanted = language.value;
  const found = table.value;
  if (found?.of === wanted) return (found.refusals as Readonly<Record<string, string>>)[code];
  if (coming !== wanted) {
    coming = wanted;
    TABLES[wanted]().then(
      ({ refusals }) => {
        if (coming === wanted) table.value = { of: wanted, refusals };
      },
      // it is asked for again at the next refusal
      () => { coming = undefined; },
    );
  }
  return undefined;
}
