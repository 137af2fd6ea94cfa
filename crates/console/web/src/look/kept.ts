// What a person wishes for in this browser, kept under their own name because desks are shared. What they type is kept elsewhere (`typed.ts`).

/** Where it lies in the browser's storage. */
function place(what: string, person: string): string {
  return `kezek.${what}.${person}`;
}

/** What was kept. Nothing: nothing was, or it can no longer be read. */
export function recall(what: string, person: string): unknown {
  const kept = globalThis.localStorage?.getItem(place(what, person));
  if (kept == null) return undefined;
  try {
    return JSON.parse(kept) as unknown;
  } catch {
    return undefined;
  }
}

/** Keeps it. A browser that has no room goes on without. */
export function remember(what: string, person: string, value: unknown): void {
  try {
    globalThis.localStorage?.setItem(place(what, person), JSON.stringify(value));
  } catch {
    // a wish that is forgotten at the next start hurts less than a screen that stops
  }
}
