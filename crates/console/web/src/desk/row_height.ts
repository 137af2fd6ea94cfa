// How high a row of a list is: two lines of text and the room around them, closer together on a low screen, where it is rows that are short.
import { signal } from "@preact/signals";

/** A low screen, as `desk.css` has it. */
const low = globalThis.matchMedia?.("(max-height: 900px)");

/** CSS pixels. */
export const rowHeight = signal(now());

function now(): number {
  return low?.matches === true ? 40 : 48;
}

low?.addEventListener("change", () => { rowHeight.value = now(); });
