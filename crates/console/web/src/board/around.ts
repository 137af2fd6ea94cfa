// What every panel of the board may ask for beyond a screen's surroundings: which hour is shown, what may be done, and when to look again.
//
// While the past is shown the panels stand inside surroundings of their own: the picture, the clock and the calls are those of the replay, so
// that no panel can mix the two and none can send anything.
import type { ReadonlySignal } from "@preact/signals";
import type { Player } from "./replay";
import { surroundings } from "../surroundings";

/** What a panel of the board knows of the board. */
export interface Board {
  /** The replay that is shown; absent: the board is live. */
  readonly past: Player | undefined;
  /** True where the person may act on what the board shows: a supervisor, and only live. */
  readonly acts: boolean;
  /** Moves when the picture has, a few times a second at most: nobody reads figures that change with every frame. */
  readonly moved: ReadonlySignal<number>;
  /** Shows an incident in place. */
  readonly open: (incidentId: string) => void;
  /** Shows a list of incidents in place. */
  readonly list: (districtId: string, priority: number | undefined) => void;
}

/** The board around the panel that asks. */
export const [BoardProvider, useBoard] = surroundings<Board>("the board");
