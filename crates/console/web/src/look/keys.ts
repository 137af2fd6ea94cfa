// Keys, bound by where they are on the keyboard and not by what is printed on them, so that they stay where they are in every layout.
import { useEffect } from "preact/hooks";

/** What a key does: `KeyboardEvent.code`, with `Alt+`, `Ctrl+`, `Shift+` before it in that order, to what happens. */
export type Keys = Readonly<Record<string, (event: KeyboardEvent) => void>>;

/** Binds keys for as long as a part of a screen is shown. Keys without Alt or Ctrl other than F-keys and Escape do nothing while somebody types. */
export function useKeys(keys: Keys): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const name = `${event.altKey ? "Alt+" : ""}${event.ctrlKey ? "Ctrl+" : ""}${event.shiftKey ? "Shift+" : ""}${event.code}`;
      const act = keys[name];
      if (act === undefined) return;
      const types = event.target instanceof HTMLElement && event.target.matches("input, textarea, select, [contenteditable]");
      if (types && !event.altKey && !event.ctrlKey && !/^F\d|^Escape$/.test(event.code)) return;
      event.preventDefault();
      act(event);
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  });
}
