import { alarms } from "./alarms";
import type { board } from "./board";
import { codes } from "./codes";
import { command } from "./command";
import { common } from "./common";
import type { desk } from "./desk";
import { link } from "./link";
import { map } from "./map";
import { signing } from "./signing";
import type { station } from "./station";

const shared = { common, signing, link, alarms, codes, command, map };
export default shared;

/** The words that every screen uses. */
export type Shared = typeof shared;

/** Every word of the console: the shape that each language fills. Those of a screen come with the screen. */
export type Words = Shared & { readonly desk: typeof desk; readonly station: typeof station; readonly board: typeof board };
