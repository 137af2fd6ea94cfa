// Day or night, as the person wants it.
import { signal } from "@preact/signals";

export type Theme = "day" | "night";

const KEPT_AS = "kezek.theme";

export const theme = signal<Theme>(first());

function first(): Theme {
  const kept = globalThis.localStorage?.getItem(KEPT_AS);
  if (kept === "day" || kept === "night") return kept;
  return globalThis.matchMedia?.("(prefers-color-scheme: dark)").matches ? "night" : "day";
}

/** Shows the page in a theme and remembers it. */
export function wear(chosen: Theme): void {
  theme.value = chosen;
  document.documentElement.dataset["theme"] = chosen;
  localStorage.setItem(KEPT_AS, chosen);
}
