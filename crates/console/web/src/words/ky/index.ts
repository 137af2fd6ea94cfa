import type { Shared } from "../en";
import { alarms } from "./alarms";
import { codes } from "./codes";
import { command } from "./command";
import { common } from "./common";
import { link } from "./link";
import { map } from "./map";
import { signing } from "./signing";

const shared: Shared = { common, signing, link, alarms, codes, command, map };
export default shared;
