// How true the screen is. Nothing may look live that is not.
import type { ReadonlySignal } from "@preact/signals";
import type { Picture } from "../picture/picture";
import type { Session } from "../session/session";

/** Where the link to the centre stands. */
export type LinkState =
  /** The first picture has not come. */
  | { readonly at: "connecting" }
  /** What is shown is what the store has. */
  | { readonly at: "live" }
  /** Nothing was heard for longer than `LATE_MS`, or the node itself follows its store no more. */
  | { readonly at: "late" }
  /** Nothing for longer than `LOST_MS`: what is shown was last true then. */
  | { readonly at: "lost" }
  /** Connected again; the picture is being told anew. */
  | { readonly at: "resync"; readonly got: number; readonly of: number | undefined }
  /** The centre serves another build of the console than this page. */
  | { readonly at: "mismatch"; readonly build: string }
  /** The token is not valid any more, or another person signed in. */
  | { readonly at: "signed_out" };

/** After how long without a word from the centre the picture is called late (the contract's own figure). */
export const LATE_MS = 5_000;
/** After how long it is called lost. */
export const LOST_MS = 10_000;
/** How long a command may take while the link is late. */
export const LATE_COMMAND_MS = 3_000;

/** The one link of this window to the centre; all windows of a browser share one stream. */
export interface Link {
  readonly picture: Picture;
  readonly state: ReadonlySignal<LinkState>;
  /** When what is shown was last known to be true, in milliseconds of the centre's clock. 0: never yet. */
  readonly trueAt: ReadonlySignal<number>;
  /** The centre's clock now, in milliseconds since 1970, running also while nothing is heard. */
  now(): number;
  /** Goes on with a new token of the same person. */
  renew(session: Session): void;
  /** Ends it. */
  close(): void;
}

/** True where a command may be sent; a screen that is not sure of itself sends nothing. */
export function maySend(state: LinkState): boolean {
  return state.at === "live" || state.at === "late" || state.at === "mismatch";
}
