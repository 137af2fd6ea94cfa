// Keys, bound by where they are on the keyboard and not by what is printed on them, so that they stay where they are in every layout.
import { useLayoutEffect, useRef } from "preact/hooks";
import { signal } from "@preact/signals";
import { recall, remember } from "./kept";

/** What a key does: `KeyboardEvent.code`, with `Alt+`, `Ctrl+`, `Shift+` before it in that order, to what happens. */
export type Keys = Readonly<Record<string, (event: KeyboardEvent) => void>>;

/** A key in a screen's help. */
export interface KeyHelp {
  /** Its name as `Keys` has it, or several that belong together: `["ArrowUp", "ArrowDown"]`. */
  readonly key: string | readonly string[];
  /** What it does, in the person's language. */
  readonly does: string;
}

/** A key as `Keys` names it. */
export function nameOf(event: Pick<KeyboardEvent, "altKey" | "ctrlKey" | "shiftKey" | "code">): string {
  return `${event.altKey ? "Alt+" : ""}${event.ctrlKey ? "Ctrl+" : ""}${event.shiftKey ? "Shift+" : ""}${event.code}`;
}

/** True for a key that writes a character: a person may switch such keys off (WCAG 2.1.4), because speech input and tremor press them. */
export function isSingle(name: string): boolean {
  return /^(Shift\+)?(Key[A-Z]|Digit\d|Numpad(\d|Add|Subtract|Multiply|Divide|Decimal)|Backquote|Minus|Equal|Bracket\w+|Backslash|IntlBackslash|Semicolon|Quote|Comma|Period|Slash)$/.test(name);
}

/** Whether keys that write a character act by themselves, as the person wants it. */
export const singleKeys = signal(true);

const KEPT_AS = "single-keys";

/** Takes up what a person wished of single keys. */
export function recallSingleKeys(person: string): void {
  singleKeys.value = recall(KEPT_AS, person) !== false;
}

/** Lets single keys act, or not, and remembers it for the person. */
export function allowSingleKeys(person: string, allowed: boolean): void {
  singleKeys.value = allowed;
  remember(KEPT_AS, person, allowed);
}

/** True where a key is the element's own: it writes into it or presses it. */
function belongsTo(target: EventTarget | null, event: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (event.altKey || event.ctrlKey || /^F\d|^Escape$/.test(event.code)) return false;
  if (target.matches("input, textarea, select, [contenteditable]")) return true;
  return /^(Enter|NumpadEnter|Space)$/.test(event.code) && !event.shiftKey && target.matches("button, a[href], summary");
}

/**
 * Binds keys for as long as a part of a screen is shown. Keys without Alt or Ctrl other than F-keys and Escape do nothing while somebody
 * types; behind an open dialog no key acts.
 */
export function useKeys(keys: Keys): void {
  const current = useRef(keys);
  // a quick hand presses the next key before the screen is painted: it must act on what the key before it made
  useLayoutEffect(() => {
    current.current = keys;
  });
  useLayoutEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const name = nameOf(event);
      const act = current.current[name];
      // a key under Command or Windows is the machine's own: copying a number must not report a crew
      if (act === undefined || event.defaultPrevented || event.metaKey) return;
      if (isSingle(name) && !singleKeys.value) return;
      if (belongsTo(event.target, event) || document.querySelector("dialog[open]") !== null) return;
      event.preventDefault();
      act(event);
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

/** A key that is kept down does what it does once: a hand that rests on it must not answer a second call. */
export function once(does: () => void): (event: KeyboardEvent) => void {
  return (event) => { if (!event.repeat) does(); };
}

/** What a physical key writes, by `KeyboardEvent.code`. */
export type Layout = ReadonlyMap<string, string>;

/** The person's own layout; absent: the browser does not tell, and keys are called as on a keyboard of the United States. */
export const layout = signal<Layout | undefined>(undefined);

/** Asks the browser what is printed on the keys. */
export async function readLayout(): Promise<void> {
  const { keyboard } = globalThis.navigator as Navigator & { readonly keyboard?: { getLayoutMap?(): Promise<Layout> } };
  try {
    layout.value = await keyboard?.getLayoutMap?.();
  } catch {
    layout.value = undefined;
  }
}

const PRINTED: Readonly<Record<string, string>> = {
  ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Enter: "Enter", NumpadEnter: "Enter", Escape: "Esc", Space: "␣",
  Slash: "/", Period: ".", Comma: ",", Semicolon: ";", Quote: "'", BracketLeft: "[", BracketRight: "]", Minus: "-", Equal: "=", Backquote: "`", Backslash: "\\",
};

/** A key as it is called on the person's keyboard: `Alt+1`, `F8`, `Ctrl+Й` where the key says Й. */
export function label(name: string, written: Layout | undefined): string {
  const pressed = name.split("+");
  const code = pressed.pop() ?? "";
  const own = written?.get(code)?.toUpperCase();
  const said = own ?? PRINTED[code] ?? code.replace(/^(Key|Digit|Numpad)(?=.)/, "");
  return [...pressed, said].join("+");
}

/** A key as it is called on the keyboard of whoever looks. */
export function keyLabel(name: string): string {
  return label(name, layout.value);
}
