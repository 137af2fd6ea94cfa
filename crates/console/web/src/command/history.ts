// The lines that a person typed before, as the up and down keys bring them back. What is being typed is never lost by looking.

/** How many lines are remembered. */
export const REMEMBERED = 100;

/** Earlier lines, and where among them the person is. */
export interface History {
  /** The oldest first. */
  readonly lines: readonly string[];
  /** Which of them is shown; `lines.length`: what is being typed. */
  readonly at: number;
  /** What was being typed when the person began to look back. */
  readonly draft: string;
}

/** Begins with lines that were kept; whatever is no list of lines is none. */
export function begun(kept: unknown): History {
  const lines = Array.isArray(kept) ? kept.filter((line): line is string => typeof line === "string").slice(-REMEMBERED) : [];
  return { lines, at: lines.length, draft: "" };
}

/** One line back. */
export function previous(history: History, typed: string): { readonly history: History; readonly line: string } {
  const at = Math.max(0, history.at - 1);
  const draft = history.at === history.lines.length ? typed : history.draft;
  return { history: { ...history, at, draft }, line: history.lines[at] ?? draft };
}

/** One line forward; after the last comes what was being typed. */
export function next(history: History, typed: string): { readonly history: History; readonly line: string } {
  if (history.at === history.lines.length) return { history, line: typed };
  const at = history.at + 1;
  return { history: { ...history, at }, line: history.lines[at] ?? history.draft };
}

/** Remembers a line that was done, once even if it was done several times running. */
export function done(history: History, line: string): History {
  const lines = (history.lines.at(-1) === line ? history.lines : [...history.lines, line]).slice(-REMEMBERED);
  return { lines, at: lines.length, draft: "" };
}
