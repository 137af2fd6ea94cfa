// What the words of a command's effect are made from: everything already as people call it, nothing to look up.
import type { Verb } from "../contract/kezek/command/v1/command_service_pb";

/** The verbs of the grammar by name. */
export type VerbName = Exclude<keyof typeof Verb, "UNSPECIFIED">;

/** What a line is about. Empty: that is no part of it. */
export interface Said {
  /** Callsigns, with commas between. */
  readonly units: string;
  /** The number of the incident. */
  readonly incident: string;
  /** The number of the other incident. */
  readonly other: string;
  /** What the station is called. */
  readonly station: string;
  readonly priority: string;
  /** What the type is called. */
  readonly type: string;
  /** What the kind of unit is called. */
  readonly kind: string;
  readonly count: string;
  /** The person's own words: a note, a reason, a result, a place. */
  readonly text: string;
  /** The time until when something is held. */
  readonly until: string;
  /** The code of the alarm. */
  readonly alarm: string;
  /** The number of the call. */
  readonly call: string;
  /** `on`, `off`, `out` or `in`. */
  readonly state: string;
}

/** Words after a sentence, where there are any: `: domestic dispute`. */
export function because(text: string): string {
  return text === "" ? "" : `: ${text}`;
}
