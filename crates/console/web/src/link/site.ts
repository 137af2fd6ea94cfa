// What the site says of itself in `/console.json`: which build of the console it serves, and in a demo, whose tokens it gives away.
import { signal, type ReadonlySignal } from "@preact/signals";

/** Somebody whose token a demo gives to whoever asks. */
export interface DemoHolder {
  readonly role: string;
  readonly holder: string;
  /** What their station is called, by language. */
  readonly title: Readonly<Record<string, string>>;
  readonly token: string;
}

/** What a site says. */
export interface Site {
  /** Which build of the console it serves; absent: it does not say. */
  readonly build: string | undefined;
  readonly demo: readonly DemoHolder[];
}

/** Reads what a site said; whatever is not as it should be counts as not said. */
export function readSite(said: unknown): Site {
  const { build, demo } = (typeof said === "object" && said !== null ? said : {}) as Record<string, unknown>;
  const isHolder = (one: unknown): one is DemoHolder =>
    typeof one === "object" && one !== null && ["role", "holder", "token"].every((name) => typeof (one as Record<string, unknown>)[name] === "string")
    && typeof (one as DemoHolder).title === "object" && (one as DemoHolder).title !== null;
  return { build: typeof build === "string" && build !== "" ? build : undefined, demo: Array.isArray(demo) ? demo.filter(isHolder) : [] };
}

/** Asks the site; absent if it does not answer. */
export async function askSite(): Promise<Site | undefined> {
  try {
    const answer = await fetch("/console.json", { cache: "no-store", signal: AbortSignal.timeout(5_000) });
    return answer.ok ? readSite(await answer.json()) : undefined;
  } catch {
    return undefined;
  }
}

/** True if the page that the site serves names these scripts, so that it is of the same build as theirs; absent if it does not answer. */
export async function serves(scripts: readonly string[]): Promise<boolean | undefined> {
  try {
    const answer = await fetch("/", { cache: "no-store", signal: AbortSignal.timeout(5_000) });
    if (!answer.ok) return undefined;
    const page = await answer.text();
    return scripts.every((script) => page.includes(`"${script}`));
  } catch {
    return undefined;
  }
}

/** The scripts that this page names, which are called by what they hold. */
function scriptsHere(): readonly string[] {
  return [...document.querySelectorAll<HTMLScriptElement>("script[type=module][src]")].map((script) => new URL(script.src).pathname);
}

const other = signal<string | undefined>(undefined);
let own: string | undefined;

/** The build that the centre serves, if it is another than this page is of. */
export const newer: ReadonlySignal<string | undefined> = other;

/**
 * Reads the site's build again: after a connection came back another release may stand behind it. The first one read is this page's own if the
 * site still serves this page; the centre may have been replaced since it was loaded.
 */
export async function readAgain(): Promise<void> {
  const build = (await askSite())?.build;
  if (build === undefined) return;
  if (own === undefined) {
    const same = await serves(scriptsHere());
    if (same === undefined) return;
    if (same) own ??= build;
  }
  other.value = build === own ? undefined : build;
}
