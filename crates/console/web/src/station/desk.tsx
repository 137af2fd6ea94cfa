// What every part of the station's screen needs to know of the desk it stands on: whose it is, who is there, and how it speaks to the centre.
import type { Picture } from "../picture/picture";
import type { Channel } from "../contract/kezek/record/v1/milestone_pb";
import type { OwnUnit } from "./fleet";
import type { Circumstances, Saying } from "./saying";
import type { Sayings, Unsaid } from "./unsaid";
import { surroundings } from "../surroundings";

/** On whose word something is entered, and over what it came. */
export interface Speaker {
  /** The person at the desk. */
  readonly name: string;
  readonly channel: Channel;
}

/** The desk of this screen. */
export interface Desk {
  readonly station: string;
  /** Its records, as the link has told them. */
  readonly picture: Picture;
  /** True for the desk's own duty officer; others enter what the desk says by telephone or radio. */
  readonly own: boolean;
  /** On whose word answers are entered; absent: nobody is named yet, or the screen is only read. */
  readonly speaker: Speaker | undefined;
  /** True if something may be said to the centre now; else it is kept until a person confirms it. */
  readonly live: boolean;
  readonly units: readonly OwnUnit[];
  readonly sayings: Sayings;
  /** Says something to the centre. */
  readonly say: (saying: Saying) => Promise<Unsaid | undefined>;
}

/** The desk of this screen. */
export const [DeskProvider, useDesk] = surroundings<Desk>("the station's screen");

/** The circumstances of what the person at the desk says for themselves. */
export function ownWord(speaker: Speaker): Circumstances {
  return { channel: speaker.channel, person: speaker.name };
}
