// The keyboard never falls to nowhere: where what has it goes away because of what the centre told, or with what a key hid, what stands around it
// takes it, so that the next single key acts on the same matter.
import { useLayoutEffect } from "preact/hooks";
import { stillThere } from "../look/focus";

/** What may take the keyboard from what stood in it, the nearest first. Never another line: its keys would be about another unit or alarm. The card sees to its own. */
const AROUND = [".buttons", ".alarm", ".alarms", "#detail", "#queue", "#units"];

/** What stands around an element, asked while it is there: who takes the keyboard from it once it is gone. */
export function heirsOf(element: Element | null): () => HTMLElement | undefined {
  const around = AROUND.flatMap((selector) => element?.closest(selector) ?? []);
  return () => {
    const stands = around.find((one) => one.isConnected);
    const heir = stands?.matches("[tabindex]") === true ? stands : stands?.querySelector("button");
    return heir instanceof HTMLElement ? heir : undefined;
  };
}

/** Gives the keyboard to what stood around what had it, for as long as a desk is shown. */
export function useKeptFocus(): void {
  useLayoutEffect(() => {
    let had: Element | null = null;
    let heir = heirsOf(null);
    const came = ({ target }: Event): void => {
      had = target instanceof Element ? target : null;
      heir = heirsOf(had);
    };
    // told before the next key: as soon as the page was changed
    const changed = new MutationObserver(() => {
      if (had !== null && !had.isConnected && document.activeElement === document.body) heir()?.focus();
    });
    addEventListener("focusin", came);
    changed.observe(document.body, { childList: true, subtree: true });
    return () => {
      removeEventListener("focusin", came);
      changed.disconnect();
    };
  }, []);
}

/** Gives the keyboard to the map that a key opened, as soon as it is drawn, and back when it is closed. */
export function useMapKeyboard(region: string): void {
  useLayoutEffect(() => {
    const cameFrom = document.activeElement;
    const around = document.getElementById(region);
    const enter = (): void => {
      const stage = around?.querySelector<HTMLElement>("[role=application]");
      if (stage == null) return;
      drawn.disconnect();
      // whoever went on elsewhere before it was drawn stays there
      if (document.activeElement === cameFrom || document.activeElement === document.body) stage.focus();
    };
    const drawn = new MutationObserver(enter);
    if (around !== null) drawn.observe(around, { childList: true, subtree: true });
    enter();
    return () => {
      drawn.disconnect();
      queueMicrotask(() => {
        if (document.activeElement !== document.body) return;
        (stillThere(cameFrom === document.body ? null : cameFrom) ?? document.getElementById("detail"))?.focus();
      });
    };
  }, []);
}
