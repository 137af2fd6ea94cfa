// Whether what a window shows may be taken for true, from what is known of it and of the stream. It is judged by how old the picture is, not by
// whether a connection stands: a frozen centre keeps its connections, and a short break that ends in time is none.
import { LATE_MS, LOST_MS, type LinkState } from "./state";
import type { Standing } from "./told";

/** What a window knows. */
export interface Known {
  readonly standing: Standing;
  /** How old the picture is, in milliseconds; absent: there was none yet. */
  readonly age: number | undefined;
  /** For how long this window has waited for its first picture. */
  readonly waited: number;
  /** For how long the hub has said nothing, whatever it might be. */
  readonly silent: number;
  /** How long ago the last frame came, by the machine's clock. */
  readonly quiet: number;
  /** How long the last frame was on its way, in milliseconds. */
  readonly lag: number;
  /** How many changes came since the connection began. */
  readonly caughtUp: number;
  /** What the centre serves, if it is another build than this page. */
  readonly newer: string | undefined;
}

export function judge({ standing, age, waited, silent, quiet, lag, caughtUp, newer }: Known): LinkState {
  if (standing.at === "signed_out" || standing.at === "replaced") return { at: "signed_out" };
  if (age === undefined) return waited > LOST_MS ? { at: "lost" } : { at: "connecting" };
  if (age <= LATE_MS) return newer === undefined ? { at: "live" } : { at: "mismatch", build: newer };
  // a hub that was ended while it collected never says so: what it said last does not hold for good
  if (standing.at === "collecting" && silent <= LOST_MS) return { at: "resync", got: standing.got, of: standing.of };
  // frames come, but from a while ago: they lay in a buffer and are being worked through
  if (standing.at === "following" && quiet <= LATE_MS && lag > LATE_MS) return { at: "resync", got: caughtUp, of: undefined };
  return { at: age > LOST_MS ? "lost" : "late" };
}

/** True if two states are shown alike. */
export function alike(one: LinkState, other: LinkState): boolean {
  if (one.at === "resync" && other.at === "resync") return one.got === other.got && one.of === other.of;
  return one.at === other.at && (one.at !== "mismatch" || other.at !== "mismatch" || one.build === other.build);
}
