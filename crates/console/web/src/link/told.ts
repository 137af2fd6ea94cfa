// What the hub, which holds the one stream of a browser, and the windows say to each other.
//
// Frames and the directory travel decoded: they were decoded once to be remembered, and a copy between threads costs a window less than decoding them again.
import type { Directory } from "../contract/kezek/directory/v1/directory_pb";
import type { Told } from "../picture/picture";

/** What one part of a frame brings. */
export type Part = Pick<Told, "records" | "left" | "positions">;

/** A frame that is whole, however many parts it came in. */
export interface WholeFrame extends Told {
  /** The number it continues from. */
  readonly after: bigint;
  /** The centre's clock when it was made. */
  readonly serverTime: number;
  /** When what it tells was last known to be the store's, on the centre's clock. */
  readonly trueAt: number;
  /** Which connection brought it, counted from 1. */
  readonly connection: number;
}

/** Where the stream stands. */
export type Standing =
  /** There is no connection, or one on which nothing was heard yet. */
  | { readonly at: "reaching" }
  /** Frames come as things happen. */
  | { readonly at: "following"; readonly connection: number }
  /** A whole picture or a long stretch is being told in parts; `of` is how many records there were before. */
  | { readonly at: "collecting"; readonly connection: number; readonly got: number; readonly of: number | undefined }
  /** The token is not valid (any more), or does not let its holder watch. */
  | { readonly at: "signed_out" }
  /** Another person signed in, in another window. */
  | { readonly at: "replaced" };

/** Whose stream it is. Those with the same `who` may see the same, so that one goes on where the other ended. */
export interface Holder {
  readonly token: string;
  readonly who: string;
}

/** What a window says to the hub. */
export type Said =
  /** Tell me everything, and then every change. */
  | { readonly say: "hello"; readonly holder: Holder }
  /** A frame did not continue the one before: tell me everything anew. */
  | { readonly say: "again" }
  /** Are you there? The answer is where the stream stands. */
  | { readonly say: "there" }
  /** The network came back, or somebody looks at the window: do not wait for the next attempt. */
  | { readonly say: "wake" }
  /** The machine slept: what this connection still brings may be from before. */
  | { readonly say: "slept"; readonly connection: number }
  /** The window closes. */
  | { readonly say: "bye" };

/** What the hub tells a window. */
export type Heard =
  /** A frame. If it came in several parts, the last one: those before were told as they came, so many of them. */
  | ({ readonly tell: "frame"; readonly frame: WholeFrame; readonly partsBefore: number } & Timed)
  /** A part of a frame that is not whole yet, and whether it is the first: a window copies it while the next one is on its way. Nothing of it is shown. */
  | { readonly tell: "part"; readonly part: Part; readonly first: boolean }
  /** The directory in force: told once to each window, and again when it changes. */
  | { readonly tell: "directory"; readonly directory: Directory }
  | { readonly tell: "standing"; readonly standing: Standing };

/** When something was said. */
export interface Timed {
  /** The centre's clock then. */
  readonly clock: number;
  /** The clock on the machine's wall then. */
  readonly wall: number;
}

/** The centre's clock when something arrives: a window that its browser froze is told all at once what was said to it meanwhile. */
export function clockOnArrival({ clock, wall }: Timed, now: number): number {
  return clock + Math.max(0, now - wall);
}

/** What parts bring together, and nothing else of the messages that they came in. */
export function together(parts: readonly Part[]): Part {
  const [first] = parts;
  // nearly every frame is one part, and nothing of it needs a copy
  if (first !== undefined && parts.length === 1) return { records: first.records, left: first.left, positions: first.positions };
  return { records: parts.flatMap(({ records }) => records), left: parts.flatMap(({ left }) => left), positions: parts.flatMap(({ positions }) => positions) };
}
