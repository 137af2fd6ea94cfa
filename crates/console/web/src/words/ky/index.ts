import type { Words } from "../en";
import { alarms } from "./alarms";
import { board } from "./board";
import { codes } from "./codes";
import { command } from "./command";
import { common } from "./common";
import { desk } from "./desk";
import { link } from "./link";
import { map } from "./map";
import { signing } from "./signing";
import { station } from "./station";

const words: Words = { common, signing, link, alarms, codes, command, desk, station, board, map };
export default words;

