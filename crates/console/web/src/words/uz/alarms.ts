import type { Words } from "../en";

export const alarms: Words["alarms"] = {};
