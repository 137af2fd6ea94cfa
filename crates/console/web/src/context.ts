// What every part of a screen may ask for.
import type { ReadonlySignal } from "@preact/signals";
import type { Call } from "./api/api";
import type { Link } from "./link/state";
import type { Places } from "./places/places";
import type { Session } from "./session/session";
import { surroundings } from "./surroundings";

/** A screen's surroundings. */
export interface Console {
  /** Who is signed in. The same object for as long as the screen is theirs; the token in force is the API's affair. */
  readonly session: Session;
  /** Calls a service of the contract. */
  readonly call: Call;
  /** Calls a method that answers with a stream. */
  readonly stream: Call;
  readonly link: Link;
  /** The directory in force: stations, districts, units, types. Absent until it came. */
  readonly places: ReadonlySignal<Places | undefined>;
  /** The centre's clock, moved once a second. */
  readonly now: ReadonlySignal<number>;
}

/** The surroundings of the part that asks. */
export const [ConsoleProvider, useConsole] = surroundings<Console>("a screen");
